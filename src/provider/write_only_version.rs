//! The version that says when a write-only argument has changed.

use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Value};

/// Reports a version without the argument that it belongs to, and warns about an argument without a
/// version.
pub(crate) fn check(
    config: &Config<'_>,
    argument: &'static str,
    version: &'static str,
    problems: &mut Vec<Diagnostic>,
) {
    if config.is_given(version) && !config.is_given(argument) {
        let detail = format!(
            "`{version}` says when `{argument}` has changed. Set `{argument}` as well, or remove \
             `{version}`."
        );
        let path = Path::attribute(version);
        problems.push(Diagnostic::error("Missing argument", detail).at(path));
    }
    // One that is not known yet may turn out to be null.
    if config.is_given(argument) && !config.is_unknown(argument) && !config.is_given(version) {
        let detail = format!(
            "`{argument}` is never stored, so a change of its value cannot be seen. Set `{version}` \
             as well, and raise it whenever the value changes."
        );
        let summary = format!("Write-only argument without `{version}`");
        problems.push(Diagnostic::warning(summary, detail).at(Path::attribute(argument)));
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
