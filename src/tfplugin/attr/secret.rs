//! Attributes whose values are shown to nobody, or stored nowhere.

use std::fmt;

use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::mask;
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Type, Value};

/// Text that no log, plan or error may show.
///
/// Secrecy is a type rather than a flag, so that it cannot be forgotten. Each one that is read is
/// also masked in everything the process writes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Attr for Secret {
    const SENSITIVE: bool = true;
    fn shape() -> Shape {
        Shape::Plain(Type::String)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let text = String::decode(value, at, problems)?;
        mask::mask(&text);
        Some(Self(text))
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.string(&self.0);
    }
}

/// A value that reaches the service and is never stored.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteOnly<T>(pub T);

impl<T: Attr> Attr for WriteOnly<T> {
    const REQUIRED: bool = T::REQUIRED;
    const SENSITIVE: bool = T::SENSITIVE;
    const WRITE_ONLY: bool = true;
    fn shape() -> Shape {
        T::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        T::decode(value, at, problems).map(Self)
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.null();
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        T::check(value, at, problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_secret() {
        assert_eq!(format!("{:?}", Some(Secret("hush".to_owned()))), "Some((secret))");
    }
}
