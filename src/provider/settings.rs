//! How the arguments of the provider block are read: from the configuration, or else from the
//! environment.

use std::sync::Arc;

use crate::tfplugin::attr::Setting;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path};

/// How an environment variable is read.
pub(crate) type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The value of an argument, or else of its variables. Empty variables count as unset.
pub(crate) fn fallback<T: Clone>(
    argument: &Setting<T>,
    cloud: &'static str,
    name: &'static str,
    variable: impl FnOnce() -> Option<T>,
) -> Result<Option<T>, Failure> {
    match argument {
        Setting::Set(value) => Ok(Some(value.clone())),
        Setting::Null => Ok(variable()),
        Setting::Unknown => Err(unknown(cloud, name)),
    }
}

/// The error for an argument that is needed now and known only later. `*` stands for all
/// arguments of the cloud.
pub(crate) fn unknown(cloud: &'static str, name: &str) -> Failure {
    let argument = if name == "*" { cloud.to_owned() } else { format!("{cloud}.{name}") };
    Diagnostic::error(
        "Provider configuration not known yet",
        format!(
            "`{argument}` depends on a resource that has not been applied yet, but is needed \
             now. Apply that resource first (terraform apply -target=...), or write the value \
             into the configuration."
        ),
    )
    .into()
}

/// The path of an argument of a cloud.
pub(crate) fn path(cloud: &'static str, name: &'static str) -> Path {
    Path::attribute(cloud).then(name)
}

/// What has been set in the environment to something.
pub(crate) fn variable(env: &Environment, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| env(name).filter(|value| !value.trim().is_empty()))
}

/// Text with a capital letter and a full stop. A file's name at its start stays as it is.
pub(crate) fn sentence(text: &str) -> String {
    let word = text.split_whitespace().next().unwrap_or_default();
    let mut letters = text.chars();
    let first = letters.next().filter(|_| word.chars().all(char::is_alphabetic));
    let text = match first {
        Some(first) => format!("{}{}", first.to_uppercase(), letters.as_str()),
        None => text.to_owned(),
    };
    if text.ends_with('.') { text } else { format!("{text}.") }
}
