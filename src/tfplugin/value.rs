//! The values Terraform exchanges: known, null or not known yet; and their types.

use std::collections::BTreeMap;

mod number;

pub use number::Number;

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
    /// A value that is not known yet, with what is already known about it.
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
/// Long lists go directly from their structs to the wire. A tree of [`Value`]s in
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
    fn a_builder_gives_back_what_was_written() {
        let inner = Value::Map(Object::from([
            ("empty".to_owned(), Value::List(vec![])),
            ("none".to_owned(), Value::Null),
        ]));
        let value = Value::List(vec![inner, Value::unknown(), Value::Bool(true), 7.into()]);
        assert_eq!(Builder::build(|sink| sink.value(&value)), value);
    }
}
