//! The environment variables that the parent process sets.
//!
//! Read once, as a plain map, so that tests do not have to change the environment of their own
//! process. The functions that use a variable document it.

use std::collections::HashMap;
use std::env;

/// The variables that concern a plugin, with their values.
#[derive(Debug, Default)]
pub(super) struct Environment(HashMap<String, String>);

impl Environment {
    /// The environment of this process.
    ///
    /// A value that is not valid UTF-8 is kept, with replacements: a variable that is set must not
    /// be treated as unset, least of all the client's certificate.
    pub(super) fn of_process() -> Self {
        let ours = |name: &str| name.starts_with("PLUGIN_") || name.starts_with("TF_");
        let variables = env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok().filter(|name| ours(name))?;
            Some((name, value.to_string_lossy().into_owned()))
        });
        Self(variables.collect())
    }

    /// The value of a variable. An empty one counts as unset, as it does in Go's plugins.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether a variable is set whose name begins with `prefix`.
    pub(super) fn has_prefix(&self, prefix: &str) -> bool {
        self.0.iter().any(|(name, value)| name.starts_with(prefix) && !value.is_empty())
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        Self(variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }
}
