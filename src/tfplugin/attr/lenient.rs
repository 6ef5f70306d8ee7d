//! Texts that are validated in a configuration and accepted unchanged from a service.

use std::fmt;

use super::text::{Text, same};
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape, unexpected};
use crate::tfplugin::value::{Sink, Type, Value};

/// A text that must be valid in a configuration, while a state contains whatever the service sent:
/// a value that this release does not know is not an error.
pub struct Lenient<T>(String, std::marker::PhantomData<fn() -> T>);

impl<T> Lenient<T> {
    /// The text as it was written or sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Text> Lenient<T> {
    /// What a service sent, as a configuration would write it if that can.
    #[must_use]
    pub fn sent(text: &str) -> Self {
        T::written(text).unwrap_or_else(|| text.to_owned()).into()
    }

    /// Takes what the service sent, unless it means the same as the present text.
    pub fn update(&mut self, sent: &str) {
        if !T::same(&self.0, sent) {
            *self = Self::sent(sent);
        }
    }
}

impl<T> From<String> for Lenient<T> {
    fn from(text: String) -> Self {
        Self(text, std::marker::PhantomData)
    }
}

impl<T> Clone for Lenient<T> {
    fn clone(&self) -> Self {
        self.0.clone().into()
    }
}

impl<T> fmt::Debug for Lenient<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Text> PartialEq for Lenient<T> {
    fn eq(&self, other: &Self) -> bool {
        T::same(&self.0, &other.0)
    }
}

impl<T: Text> Attr for Lenient<T> {
    fn shape() -> Shape {
        Shape::Plain(Type::String)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.into()),
            other => unexpected(T::EXPECTED, &other, at, problems),
        }
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.string(&self.0);
    }
    fn same(a: &Value, b: &Value) -> bool {
        same::<T>(a, b)
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        let Value::String(text) = value else { return };
        if let Err(why) = T::parse(text) {
            problems.push(Diagnostic::invalid(at, why));
        } else if let Some(why) = T::doubt(text) {
            let summary = format!("Unusual value for `{at}`");
            problems.push(Diagnostic::warning(summary, why).at(at.clone()));
        }
    }
}
