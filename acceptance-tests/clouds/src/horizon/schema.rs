//! Checks JSON bodies against tables of fields.

use serde_json::{Map, Value};

use super::strict_json;

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    /// At least one character.
    Name,
    Bool,
    OneOf(&'static [&'static str]),
    /// A list of strings of one character each.
    Characters,
    /// An object with any keys, at least one of them.
    Map,
    /// A list of any strings.
    Texts,
    Object(&'static [Field]),
    List(&'static Kind),
}

/// A field of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

/// A field that has to be there.
pub(crate) const fn needs(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

/// A field that may be left out.
pub(crate) const fn may(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// Reads a body and names everything that is wrong with it.
pub(crate) fn read(
    text: &str,
    fields: &'static [Field],
) -> Result<Map<String, Value>, Vec<String>> {
    let value = match strict_json::parse(text) {
        Ok(value) => value,
        Err(error) => return Err(vec![format!("the body is not JSON: {error}")]),
    };
    let mut problems = Vec::new();
    check(&value, Kind::Object(fields), "body", &mut problems);
    match value {
        Value::Object(map) if problems.is_empty() => Ok(map),
        _ => Err(problems),
    }
}

fn check(value: &Value, kind: Kind, at: &str, problems: &mut Vec<String>) {
    let mut must = |good: bool, what: &str| {
        if !good {
            problems.push(format!("{at} must be {what}"));
        }
    };
    match kind {
        Kind::Text => must(value.is_string(), "a string"),
        Kind::Name => {
            must(value.as_str().is_some_and(|t| !t.is_empty()), "a string that is not empty")
        }
        Kind::Bool => must(value.is_boolean(), "a boolean"),
        Kind::OneOf(allowed) => must(
            value.as_str().is_some_and(|text| allowed.contains(&text)),
            &format!("one of {}", allowed.join(", ")),
        ),
        Kind::Characters => must(
            value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(is_character)),
            "a list of strings of one character each",
        ),
        Kind::Texts => must(
            value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
            "a list of strings",
        ),
        Kind::Map => {
            must(value.as_object().is_some_and(|map| !map.is_empty()), "an object with some key");
            refuse_nulls(value, at, problems);
        }
        Kind::List(item) => match value.as_array() {
            None => must(false, "a list"),
            Some(list) => {
                for (index, value) in list.iter().enumerate() {
                    check(value, *item, &format!("{at}[{index}]"), problems);
                }
            }
        },
        Kind::Object(fields) => match value.as_object() {
            None => must(false, "an object"),
            Some(map) => check_fields(map, fields, at, problems),
        },
    }
}

fn check_fields(map: &Map<String, Value>, fields: &[Field], at: &str, problems: &mut Vec<String>) {
    for field in fields.iter().filter(|f| f.required && !map.contains_key(f.name)) {
        problems.push(format!("{at}.{} is missing", field.name));
    }
    for (name, value) in map {
        let at = format!("{at}.{name}");
        match fields.iter().find(|field| field.name == name) {
            None => problems.push(format!("{at} is not a known field")),
            Some(_) if value.is_null() => problems.push(format!("{at} must not be null")),
            Some(field) => check(value, field.kind, &at, problems),
        }
    }
}

fn is_character(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.chars().count() == 1)
}

fn refuse_nulls(value: &Value, at: &str, problems: &mut Vec<String>) {
    match value {
        Value::Null => problems.push(format!("{at} must not be null")),
        Value::Object(map) => {
            map.iter()
                .for_each(|(name, value)| refuse_nulls(value, &format!("{at}.{name}"), problems));
        }
        Value::Array(list) => list.iter().for_each(|value| refuse_nulls(value, at, problems)),
        _ => {}
    }
}
