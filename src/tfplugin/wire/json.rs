//! Values as JSON: the form of stored state, and of requests by callers that prefer it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::tfplugin::diagnostic::Step;
use crate::tfplugin::value::{Number, Object, Type, Value};

use super::{Malformed, complete, index};

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
/// Where the text is not such a value.
pub fn decode(text: &[u8], ty: &Type, extra: Extra) -> Result<Value> {
    let raw: &RawValue = serde_json::from_slice(text)
        .map_err(|error| Malformed::new(format!("it is not JSON: {error}")))?;
    read(raw, ty, extra)
}

fn read(raw: &RawValue, ty: &Type, extra: Extra) -> Result<Value> {
    let text = raw.get();
    if text == "null" {
        return Ok(Value::Null);
    }
    match ty {
        Type::Bool => parse(text, "a bool").map(Value::Bool),
        Type::String => parse(text, "a string").map(Value::String),
        // The digits themselves, so that none is lost. Large numbers are stored as text.
        Type::Number => Number::parse(text.trim_matches('"'))
            .map(Value::Number)
            .map_err(|_| mismatch("a number", text)),
        Type::List(element) | Type::Set(element) => {
            let elements: Vec<&RawValue> = parse(text, "a list")?;
            let elements = elements.into_iter().enumerate().map(|(number, raw)| {
                read(raw, element, extra).map_err(|wrong| wrong.inside(index(number)))
            });
            elements.collect::<Result<_>>().map(Value::List)
        }
        Type::Map(element) => {
            let pairs: BTreeMap<String, &RawValue> = parse(text, "a map")?;
            let pairs = pairs.into_iter().map(|(key, raw)| match read(raw, element, extra) {
                Ok(value) => Ok((key, value)),
                Err(wrong) => Err(wrong.inside(Step::Key(key))),
            });
            pairs.collect::<Result<_>>().map(Value::Map)
        }
        Type::Object(attributes) => {
            let pairs: BTreeMap<Cow<'_, str>, &RawValue> = parse(text, "an object")?;
            let mut object = Object::new();
            for (name, raw) in pairs {
                match attributes.get_key_value(&*name) {
                    Some((name, ty)) => {
                        let value = read(raw, ty, extra)
                            .map_err(|wrong| wrong.inside(Step::Attribute((*name).into())))?;
                        object.insert((*name).to_owned(), value);
                    }
                    None if extra == Extra::Drop => {}
                    None => return Err(Malformed::new(format!("there is no attribute {name:?}"))),
                }
            }
            complete(&mut object, attributes);
            Ok(Value::Map(object))
        }
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str, expected: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|_| mismatch(expected, text))
}

fn mismatch(expected: &str, found: &str) -> Malformed {
    let found = match found.as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'[') => "a list",
        Some(b'{') => "an object",
        Some(b't' | b'f') => "a bool",
        _ => "a number",
    };
    Malformed::new(format!("expected {expected}, found {found}"))
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
