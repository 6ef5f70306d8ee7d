//! The version that says when a write-only argument has changed.

use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Value};

/// Reports a version without the argument that it belongs to.
pub(crate) fn check(
    config: &Config<'_>,
    argument: &str,
    version: &'static str,
    problems: &mut Vec<Diagnostic>,
) {
    if config.is_given(version) && !config.is_given(argument) {
        let detail = format!(
            "`{version}` says when `{argument}` has changed. Give that as well, or remove the version."
        );
        let path = Path::attribute(version);
        problems.push(Diagnostic::error("Missing argument", detail).at(path));
    }
}

/// Any number. Leaving it out, because the argument that is not write-only is used instead, does
/// not change the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WriteOnlyVersion(i64);

impl Attr for WriteOnlyVersion {
    fn shape() -> Shape {
        i64::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        i64::decode(value, at, problems).map(Self)
    }
    fn encode(&self, out: &mut dyn Sink) {
        self.0.encode(out);
    }
    fn adopts(_: &Value, planned: &Value) -> bool {
        planned.is_null()
    }
}
