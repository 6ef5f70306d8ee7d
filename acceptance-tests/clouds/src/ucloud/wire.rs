//! Reads the parameters of a request from its raw bytes.
//!
//! No form or query library takes part: how a client escapes its values is one of the things
//! the simulation is there to check.

use std::collections::BTreeMap;

use percent_encoding::percent_decode;
use serde_json::Value;

use crate::shared::Request;

/// The parameters of one request, in the two shapes the gateway needs.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    /// By name, arrays as `Name.0`, `Name.1`, ...
    pub(super) by_name: BTreeMap<String, String>,
    /// What the signature covers. It differs from `by_name` for arrays in a JSON body, which are
    /// signed without indices.
    pub(super) signed: BTreeMap<String, String>,
}

impl Parameters {
    /// Reads a request. A body of an unknown content type has no parameters.
    pub(super) fn read(request: &Request) -> Self {
        let body = request.body.as_bytes();
        // Clients put `?Action=` into the address of a POST for the sake of access logs; the
        // gateway reads (and verifies) the body alone then.
        if request.method == "GET" || body.is_empty() {
            return Self::from_form(request.raw_query().as_bytes());
        }
        let content_type = request
            .header("content-type")
            .and_then(|value| value.split(';').next())
            .map(|value| value.trim().to_ascii_lowercase());
        match content_type.as_deref() {
            Some("application/x-www-form-urlencoded") => Self::from_form(body),
            Some("application/json") => Self::from_json(body),
            _ => Self::default(),
        }
    }

    /// A value that is present and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.by_name.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn from_form(text: &[u8]) -> Self {
        let mut by_name = BTreeMap::new();
        for pair in text.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let split = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match split {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &b""[..]),
            };
            // The first of several values counts, so a client that signs all of them fails.
            by_name.entry(decode(name)).or_insert_with(|| decode(value));
        }
        Self { signed: by_name.clone(), by_name }
    }

    fn from_json(body: &[u8]) -> Self {
        let mut read = Self::default();
        if let Ok(Value::Object(fields)) = serde_json::from_slice(body) {
            for (name, value) in &fields {
                if !value.is_null() {
                    read.signed.insert(name.clone(), signed_text(value));
                    flatten(name, value, &mut read.by_name);
                }
            }
        }
        read
    }
}

fn decode(escaped: &[u8]) -> String {
    let spaced: Vec<u8> =
        escaped.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&spaced).decode_utf8_lossy().into_owned()
}

fn flatten(name: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&format!("{name}.{index}"), item, into);
            }
        }
        Value::Object(fields) => {
            for (field, item) in fields {
                flatten(&format!("{name}.{field}"), item, into);
            }
        }
        scalar => {
            into.insert(name.to_owned(), signed_text(scalar));
        }
    }
}

/// The text of a JSON value in the string to sign.
fn signed_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(flag) => flag.to_string(),
        Value::String(text) => text.clone(),
        // Display of f64 has no exponent and drops a zero fraction: just what is signed.
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => float.to_string(),
            _ => number.to_string(),
        },
        Value::Array(items) => items.iter().map(signed_text).collect(),
        Value::Object(fields) => {
            let sorted: BTreeMap<_, _> = fields.iter().collect();
            sorted.into_iter().map(|(name, item)| format!("{name}{}", signed_text(item))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_is_a_space_and_an_escaped_plus_is_a_plus() {
        let read = Parameters::from_form(b"a=1+2%2B3&b=%E4%BD%8D&c&d=x%3Dy%26z&a=9");
        assert_eq!(read.by_name["a"], "1 2+3");
        assert_eq!(read.by_name["b"], "位");
        assert_eq!(read.by_name["c"], "");
        assert_eq!(read.by_name["d"], "x=y&z");
    }

    #[test]
    fn arrays_of_a_json_body_are_signed_without_indices() {
        let read = Parameters::from_json(
            br#"{"Ids":["x","y"],"N":42.0,"F":65.722,"B":true,"O":{"b":1,"a":2},"Z":null}"#,
        );
        assert_eq!(read.signed["Ids"], "xy");
        assert_eq!(read.by_name["Ids.1"], "y");
        assert_eq!(read.signed["N"], "42");
        assert_eq!(read.signed["F"], "65.722");
        assert_eq!(read.signed["B"], "true");
        assert_eq!(read.signed["O"], "a2b1");
        assert!(!read.signed.contains_key("Z"));
    }
}
