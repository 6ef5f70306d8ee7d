//! Values as JSON: the form of stored state, and of requests by callers that prefer it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::tfplugin::diagnostic::{Path, Step};
use crate::tfplugin::value::{Number, Object, Type, Value};

use super::Malformed;

type Result<T> = std::result::Result<T, Malformed>;

/// What to do with attributes that the schema does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// A mistake.
    Refuse,
    /// Left behind by another version of the schema.
    Drop,
}

/// Reads a value of type `ty`. Attributes that are missing are null.
///
/// # Errors
/// Says where the text stops being such a value.
pub fn decode(text: &[u8], ty: &Type, extra: Extra) -> Result<Value> {
    let at = Path::default();
    let raw: &RawValue = serde_json::from_slice(text)
        .map_err(|error| Malformed::new(&at, format!("it is not JSON: {error}")))?;
    read(raw, ty, &at, extra)
}

fn read(raw: &RawValue, ty: &Type, at: &Path, extra: Extra) -> Result<Value> {
    let text = raw.get();
    if text == "null" {
        return Ok(Value::Null);
    }
    match ty {
        Type::Bool => parse(text, at, "a bool").map(Value::Bool),
        Type::String => parse(text, at, "a string").map(Value::String),
        // The digits themselves, so that none is lost. Text is how large numbers are kept.
        Type::Number => Number::parse(text.trim_matches('"'))
            .map(Value::Number)
            .map_err(|_| mismatch(at, "a number", text)),
        Type::List(element) | Type::Set(element) => {
            let elements: Vec<&RawValue> = borrow(text, at, "a list")?;
            let elements = elements.into_iter().enumerate().map(|(index, raw)| {
                let index = i64::try_from(index).unwrap_or(i64::MAX);
                read(raw, element, &at.step(Step::Index(index)), extra)
            });
            elements.collect::<Result<_>>().map(Value::List)
        }
        Type::Map(element) => {
            let pairs: BTreeMap<String, &RawValue> = borrow(text, at, "a map")?;
            let pairs = pairs.into_iter().map(|(key, raw)| {
                let value = read(raw, element, &at.step(Step::Key(key.clone())), extra)?;
                Ok((key, value))
            });
            pairs.collect::<Result<_>>().map(Value::Map)
        }
        Type::Object(attributes) => {
            let mut pairs: BTreeMap<Cow<'_, str>, &RawValue> = borrow(text, at, "an object")?;
            let mut object = Object::new();
            for (name, ty) in attributes {
                let value = match pairs.remove(*name) {
                    Some(raw) => read(raw, ty, &at.then(*name), extra)?,
                    None => Value::Null,
                };
                object.insert((*name).to_owned(), value);
            }
            match pairs.keys().next() {
                Some(name) if extra == Extra::Refuse => {
                    Err(Malformed::new(at, format!("there is no attribute {name:?}")))
                }
                _ => Ok(Value::Map(object)),
            }
        }
    }
}

fn parse<T: DeserializeOwned>(text: &str, at: &Path, expected: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| mismatch(at, expected, text))
}

fn borrow<'a, T: serde::Deserialize<'a>>(text: &'a str, at: &Path, expected: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| mismatch(at, expected, text))
}

fn mismatch(at: &Path, expected: &str, found: &str) -> Malformed {
    let found = match found.as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        Some(b't' | b'f') => "a bool",
        _ => "a number",
    };
    Malformed::new(at, format!("expected {expected}, found {found}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> Type {
        Type::Object(BTreeMap::from([
            ("name", Type::String),
            ("size", Type::Number),
            ("tags", Type::Map(Box::new(Type::String))),
        ]))
    }

    #[test]
    fn what_is_missing_is_null_and_what_is_gone_is_dropped() {
        let text = br#"{"name":"a","old":[1,{"x":2}],"size":1e400}"#;
        let value = decode(text, &object(), Extra::Drop).unwrap();
        let map = value.as_map().unwrap();
        assert_eq!(map["name"], Value::from("a"));
        assert_eq!(map["tags"], Value::Null);
        assert_eq!(map["size"], Value::Number(Number::parse("1e400").unwrap()));
        let refused = decode(text, &object(), Extra::Refuse).unwrap_err();
        assert_eq!(refused.why, "there is no attribute \"old\"");
    }

    #[test]
    fn wrong_types_and_bad_json_are_refused() {
        for (text, message) in [
            (r#"{"name":1}"#, "name: expected a string, found a number"),
            (r#"{"tags":{"a":[]}}"#, "tags[\"a\"]: expected a string, found a list"),
            (r#"{"size":{}}"#, "size: expected a number, found an object"),
            ("[]", ": expected an object, found a list"),
        ] {
            let malformed = decode(text.as_bytes(), &object(), Extra::Drop).unwrap_err();
            assert_eq!(format!("{}: {}", malformed.at, malformed.why), message);
        }
        assert!(
            decode(b"{", &object(), Extra::Drop).unwrap_err().why.starts_with("it is not JSON")
        );
    }
}
