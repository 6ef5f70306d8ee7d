//! The Rust types that attributes are made of.

use super::diagnostic::{Diagnostic, Path};
use super::model::{Attr, Shape, unexpected};
use super::value::{Number, Refinement, Sink, Type, Value};

mod collections;
mod lenient;
mod secret;
mod text;

pub use lenient::Lenient;
pub use secret::WriteOnly;
pub use text::{Span, Text, Verbatim};

macro_rules! scalar {
    ($ty:ty, $tf:ident, $words:literal, $value:pat => $decoded:expr, $self:ident, $out:ident => $encode:expr) => {
        impl Attr for $ty {
            fn shape() -> Shape {
                Shape::Plain(Type::$tf)
            }
            fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
                match value {
                    $value => Some($decoded),
                    other => unexpected($words, &other, at, problems),
                }
            }
            fn encode(&$self, $out: &mut dyn Sink) {
                $encode;
            }
        }
    };
}

scalar!(String, String, "a string", Value::String(text) => text, self, out => out.string(self));
scalar!(Box<str>, String, "a string", Value::String(text) => text.into(), self, out => out.string(self));
scalar!(bool, Bool, "true or false", Value::Bool(value) => value, self, out => out.bool(*self));

impl Attr for f64 {
    fn shape() -> Shape {
        Shape::Plain(Type::Number)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let Value::Number(number) = &value else {
            return unexpected("a number", &value, at, problems);
        };
        let nearest = number.as_f64();
        if !nearest.is_finite() {
            let detail = format!("`{at}` is too large a number: {number}.");
            problems.push(Diagnostic::invalid(at, detail));
        }
        Some(nearest).filter(|nearest| nearest.is_finite())
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.number(&Number::fraction(*self));
    }
    /// Numbers that round to the same value are the same.
    fn same(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
            _ => a == b,
        }
    }
}

impl Attr for i64 {
    fn shape() -> Shape {
        Shape::Plain(Type::Number)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let Value::Number(number) = &value else {
            return unexpected("a whole number", &value, at, problems);
        };
        let whole = number.as_i64();
        if whole.is_none() {
            let detail = format!("`{at}` must be a whole number, not {number}.");
            problems.push(Diagnostic::invalid(at, detail));
        }
        whole
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.number(&Number::Int(*self));
    }
}

/// An attribute that may be left out, or that the service sets later.
impl<T: Attr> Attr for Option<T> {
    const REQUIRED: bool = false;
    const SENSITIVE: bool = T::SENSITIVE;
    const WRITE_ONLY: bool = T::WRITE_ONLY;
    fn shape() -> Shape {
        T::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::decode(other, at, problems).map(Some),
        }
    }
    fn encode(&self, out: &mut dyn Sink) {
        match self {
            Some(value) => value.encode(out),
            None => out.null(),
        }
    }
    fn same(a: &Value, b: &Value) -> bool {
        T::same(a, b)
    }
    fn adopts(prior: &Value, planned: &Value) -> bool {
        T::adopts(prior, planned)
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        T::check(value, at, problems);
    }
}

/// A provider argument in its three states: an unknown one must not be treated as left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Setting<T> {
    /// Left out: the environment may set it.
    #[default]
    Null,
    /// Known only later.
    Unknown,
    /// Given.
    Set(T),
}

impl<T> Setting<T> {
    /// The value, if it was given.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            _ => None,
        }
    }

    /// The same setting of another type.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Setting<U> {
        match self {
            Self::Null => Setting::Null,
            Self::Unknown => Setting::Unknown,
            Self::Set(value) => Setting::Set(convert(value)),
        }
    }

    /// Whether the value will be known only later.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

impl<T: Attr> Attr for Setting<T> {
    const REQUIRED: bool = false;
    const SENSITIVE: bool = T::SENSITIVE;
    fn shape() -> Shape {
        T::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::Unknown(_) => Some(Self::Unknown),
            other => T::decode(other, at, problems).map(Self::Set),
        }
    }
    fn encode(&self, out: &mut dyn Sink) {
        match self {
            Self::Set(value) => value.encode(out),
            Self::Null => out.null(),
            Self::Unknown => out.unknown(&Refinement::default()),
        }
    }
    fn same(a: &Value, b: &Value) -> bool {
        T::same(a, b)
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        T::check(value, at, problems);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_without_end_is_none() {
        for number in [Number::Float(f64::INFINITY), Number::Decimal("1e400".into())] {
            let mut problems = Vec::new();
            let found = f64::decode(Value::Number(number), &Path::attribute("x"), &mut problems);
            assert_eq!((found, problems.len()), (None, 1));
        }
    }

    #[test]
    fn more_digits_than_fit_are_the_same_number() {
        let number = |digits: &str| Value::Number(Number::parse(digits).unwrap());
        assert!(f64::same(&number("0.10000000000000000001"), &number("0.1")));
        assert!(!f64::same(&number("0.1001"), &number("0.1")));
        assert!(!i64::same(&number("9007199254740993"), &number("9007199254740992")));
    }
}
