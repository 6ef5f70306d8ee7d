//! Attributes whose values are shown to nobody, or stored nowhere.

use crate::secret::Secret;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Type, Value};

impl Attr for Secret {
    const SENSITIVE: bool = true;
    fn shape() -> Shape {
        Shape::Plain(Type::String)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        String::decode(value, at, problems).map(Self::from)
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.string(self.expose());
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
