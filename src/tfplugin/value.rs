//! The values Terraform exchanges: known, null or not known yet; and their types.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use bigdecimal::num_traits::ToPrimitive;

/// Attribute values by name, and the elements of a map.
pub type Object = BTreeMap<String, Value>;

/// An attribute of an object; null when it has none of that name.
#[must_use]
pub fn get<'a>(object: &'a Object, name: &str) -> &'a Value {
    static NULL: Value = Value::Null;
    object.get(name).unwrap_or(&NULL)
}

/// A value of any type.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// A value that a later step will know, with what is already known about it.
    Unknown(Refinement),
    /// True or false.
    Bool(bool),
    /// An exact number.
    Number(Number),
    /// Text.
    String(String),
    /// The elements of a list or set.
    List(Vec<Value>),
    /// The elements of a map or the attributes of an object.
    Map(Object),
}

/// What Terraform knows about an unknown value, as it wrote it; passed on untouched.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refinement(pub Option<Box<[u8]>>);

impl Value {
    /// An unknown value about which nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self::Unknown(Refinement(None))
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value itself is unknown. An element of it still may be.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Whether the value and everything in it is known.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Map(elements) => elements.values().all(Self::is_wholly_known),
            _ => true,
        }
    }

    /// The text of a known string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a known map or object.
    #[must_use]
    pub fn as_map(&self) -> Option<&Object> {
        match self {
            Self::Map(elements) => Some(elements),
            _ => None,
        }
    }

    /// What kind of value this is, for the text of an error. Never shows the value.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown(_) => "a value that is not known yet",
            Self::Bool(_) => "a bool",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Number::Int(number))
    }
}

/// A number, exact whatever its size. Kept in the form in which it came, compared by value.
#[derive(Clone, Debug)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// A binary fraction.
    Float(f64),
    /// Any other decimal, in digits.
    Decimal(Box<str>),
}

impl Number {
    /// Reads decimal digits, with fraction and exponent.
    ///
    /// # Errors
    /// When it is not a number, or one so large that computing with it would take minutes.
    pub fn parse(text: &str) -> Result<Self, String> {
        /// Terraform keeps 150 digits, and writes zeros after them.
        const LONGEST: usize = 5_000;
        if let Ok(whole) = text.parse() {
            return Ok(Self::Int(whole));
        }
        if text.len() > LONGEST {
            return Err("the number has too many digits".to_owned());
        }
        let digits = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
        let exact = BigDecimal::from_str(text).ok().filter(|_| text.chars().all(digits));
        match exact.map(|exact| exact.fractional_digit_count().unsigned_abs()) {
            None => Err(format!("{text:?} is not a number")),
            Some(zeros) if zeros > LONGEST as u64 => Err(format!("{text} is too large a number")),
            Some(_) => Ok(Self::Decimal(text.into())),
        }
    }

    /// A fraction as people write it: `39.9` is exactly that, not the nearest binary fraction.
    #[must_use]
    pub fn fraction(value: f64) -> Self {
        if value.fract() == 0.0 && value.abs() < 9e15 {
            #[allow(clippy::cast_possible_truncation, reason = "whole and within range")]
            return Self::Int(value as i64);
        }
        Self::Decimal(value.to_string().into())
    }

    /// The number, if it is whole and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => self.exact().filter(BigDecimal::is_integer)?.to_i64(),
        }
    }

    /// The nearest floating point number.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match self {
            #[allow(clippy::cast_precision_loss, reason = "the nearest is what was asked for")]
            Self::Int(number) => *number as f64,
            Self::Float(number) => *number,
            Self::Decimal(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    fn exact(&self) -> Option<BigDecimal> {
        match self {
            Self::Int(number) => Some((*number).into()),
            Self::Float(number) => BigDecimal::try_from(*number).ok(),
            Self::Decimal(text) => BigDecimal::from_str(text).ok(),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            _ => self.exact() == other.exact(),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Decimal(text) => f.write_str(text),
        }
    }
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// True or false.
    Bool,
    /// An exact number.
    Number,
    /// Text.
    String,
    /// Elements of one type, in order.
    List(Box<Type>),
    /// Elements of one type, each once, without order.
    Set(Box<Type>),
    /// Elements of one type by name.
    Map(Box<Type>),
    /// Attributes, each of its own type.
    Object(BTreeMap<&'static str, Type>),
}

/// Where a value is written to, piece by piece: bytes on the wire, or a [`Value`] in memory.
///
/// Long lists go straight from the structs that hold them to the wire. A tree of [`Value`]s in
/// between would need several times their memory.
pub trait Sink {
    /// Writes null.
    fn null(&mut self);
    /// Writes an unknown value.
    fn unknown(&mut self, refinement: &Refinement);
    /// Writes a bool.
    fn bool(&mut self, value: bool);
    /// Writes a number.
    fn number(&mut self, number: &Number);
    /// Writes text.
    fn string(&mut self, text: &str);
    /// Begins a list or set; as many values must follow.
    fn list(&mut self, len: usize);
    /// Begins a map or object; as many pairs of [`Sink::key`] and a value must follow.
    fn map(&mut self, len: usize);
    /// Writes the name of the value that follows.
    fn key(&mut self, name: &str);

    /// Writes a whole value.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.null(),
            Value::Unknown(refinement) => self.unknown(refinement),
            Value::Bool(value) => self.bool(*value),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.string(text),
            Value::List(elements) => {
                self.list(elements.len());
                elements.iter().for_each(|element| self.value(element));
            }
            Value::Map(elements) => {
                self.map(elements.len());
                for (name, element) in elements {
                    self.key(name);
                    self.value(element);
                }
            }
        }
    }
}

/// A [`Sink`] that builds a [`Value`].
#[derive(Debug, Default)]
pub struct Builder {
    open: Vec<Open>,
    done: Option<Value>,
}

#[derive(Debug)]
enum Open {
    List(Vec<Value>, usize),
    Map(Object, usize, String),
}

impl Builder {
    /// The value that `write` writes.
    pub fn build(write: impl FnOnce(&mut dyn Sink)) -> Value {
        let mut builder = Self::default();
        write(&mut builder);
        builder.done.unwrap_or(Value::Null)
    }

    fn put(&mut self, mut value: Value) {
        loop {
            match self.open.last_mut() {
                None => {
                    self.done = Some(value);
                    return;
                }
                Some(Open::List(elements, missing)) => {
                    elements.push(value);
                    *missing -= 1;
                    if *missing > 0 {
                        return;
                    }
                    value = Value::List(std::mem::take(elements));
                }
                Some(Open::Map(elements, missing, name)) => {
                    elements.insert(std::mem::take(name), value);
                    *missing -= 1;
                    if *missing > 0 {
                        return;
                    }
                    value = Value::Map(std::mem::take(elements));
                }
            }
            self.open.pop();
        }
    }
}

impl Sink for Builder {
    fn null(&mut self) {
        self.put(Value::Null);
    }
    fn unknown(&mut self, refinement: &Refinement) {
        self.put(Value::Unknown(refinement.clone()));
    }
    fn bool(&mut self, value: bool) {
        self.put(Value::Bool(value));
    }
    fn number(&mut self, number: &Number) {
        self.put(Value::Number(number.clone()));
    }
    fn string(&mut self, text: &str) {
        self.put(Value::String(text.to_owned()));
    }
    fn list(&mut self, len: usize) {
        match len {
            0 => self.put(Value::List(Vec::new())),
            _ => self.open.push(Open::List(Vec::with_capacity(len), len)),
        }
    }
    fn map(&mut self, len: usize) {
        match len {
            0 => self.put(Value::Map(Object::new())),
            _ => self.open.push(Open::Map(Object::new(), len, String::new())),
        }
    }
    fn key(&mut self, name: &str) {
        if let Some(Open::Map(_, _, pending)) = self.open.last_mut() {
            name.clone_into(pending);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_by_value_whatever_their_form() {
        let half = Number::Decimal("0.50".into());
        assert_eq!(half, Number::Float(0.5));
        assert_eq!(Number::Int(7), Number::Decimal("7.0".into()));
        assert_ne!(Number::Decimal("0.1".into()), Number::Float(0.1), "0.1 is no binary fraction");
        let big = "123456789012345678901234567890";
        assert_eq!(Number::parse(big).unwrap(), Number::Decimal(big.into()));
        assert_eq!(Number::fraction(39.9), Number::Decimal("39.9".into()));
        assert_eq!(Number::Decimal("1e3".into()).as_i64(), Some(1000));
        assert_eq!(Number::Float(1.5).as_i64(), None);
    }

    #[test]
    fn only_numbers_of_a_size_to_compute_with_are_numbers() {
        for text in ["", "x", "1_000", "0x10", "1e999999999", "-1e-999999999", "inf", "NaN"] {
            assert!(Number::parse(text).is_err(), "{text}");
        }
        assert!(Number::parse(&"1".repeat(5_000_000)).is_err());
        assert!(Number::parse("-1.5E+3").is_ok());
    }

    #[test]
    fn a_builder_gives_back_what_was_written() {
        let inner = Value::Map(Object::from([
            ("empty".to_owned(), Value::List(vec![])),
            ("none".to_owned(), Value::Null),
        ]));
        let value = Value::List(vec![inner, Value::unknown(), Value::Bool(true), 7.into()]);
        assert_eq!(Builder::build(|sink| sink.value(&value)), value);
    }
}
