//! The version that says when a write-only argument has changed.

use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Value};

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
