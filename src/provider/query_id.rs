//! The id of a data source that identifies a query: the same for the same query, whatever release
//! of this provider or of the compiler asks.

use sha2::{Digest, Sha256};

use crate::tfplugin::model::Model;
use crate::tfplugin::value::{Builder, Object, Value};

/// A hash of the query as it was resolved: `places` is where it is sent, such as an endpoint and
/// an API version, and `arguments` what it contains. Arguments that are not set do not count, so
/// that a new argument does not change the ids of old queries.
pub(crate) fn query_id(places: &[(&str, &str)], arguments: &impl Model) -> String {
    let places = places.iter().filter(|(_, place)| !place.is_empty());
    let mut query: Object =
        places.map(|(name, place)| ((*name).to_owned(), Value::from(*place))).collect();
    if let Value::Map(arguments) = Builder::build(|sink| {
        sink.map(len(arguments));
        arguments.encode_fields(sink);
    }) {
        // Where it is sent has been resolved already.
        for (name, value) in arguments {
            query.entry(name).or_insert(value);
        }
    }
    let mut text = String::new();
    write(&Value::Map(query), &mut text);
    Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn len<M: Model>(_: &M) -> usize {
    M::LEN
}

/// Writes a value as JSON without whitespace: objects sorted by name, without null values.
fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null | Value::Unknown(_) => out.push_str("null"),
        Value::Bool(bool) => out.push_str(if *bool { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => out.push_str(&serde_json::Value::from(text.as_str()).to_string()),
        Value::List(elements) => {
            out.push('[');
            for (number, element) in elements.iter().enumerate() {
                if number > 0 {
                    out.push(',');
                }
                write(element, out);
            }
            out.push(']');
        }
        Value::Map(members) => {
            out.push('{');
            let set = members.iter().filter(|(_, value)| !value.is_null());
            for (number, (name, value)) in set.enumerate() {
                if number > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::Value::from(name.as_str()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    model! {
        /// Arguments.
        #[derive(Clone, Default)]
        struct Arguments {
            /// Region.
            region: Option<String>,
            /// Name.
            name: Option<String>,
            /// Features.
            features: Option<BTreeSet<String>>,
            /// Days.
            days: Option<i64>,
            /// Prices.
            prices: Option<bool>,
        }
    }

    fn id(arguments: &Arguments) -> String {
        query_id(&[("endpoint", "https://a.example/"), ("region", "cn-bj2")], arguments)
    }

    /// Changing these changes the ids in the states of users.
    #[test]
    fn ids_are_pinned() {
        let whole = Arguments {
            name: Some("Ubuntu \"22\" 64位".to_owned()),
            features: Some(["b".to_owned(), "a".to_owned()].into()),
            days: Some(90),
            prices: Some(false),
            region: None,
        };
        assert_eq!(id(&Arguments::default()), "1d7fba77c81c9ba586f1f23fcebcdaaf");
        assert_eq!(id(&whole), "ba539c4912593559ff3b2e721e6a80e0");
        // What was resolved takes precedence over what was written.
        let written = Arguments { region: Some("other".to_owned()), ..Arguments::default() };
        assert_eq!(id(&written), id(&Arguments::default()));
        let elsewhere = query_id(&[("region", "cn-bj2")], &Arguments::default());
        assert_ne!(elsewhere, id(&Arguments::default()));
    }

    #[test]
    fn the_encoding_is_json_with_sorted_names() {
        let mut text = String::new();
        let object = Object::from([
            ("b".to_owned(), Value::List(vec!["x\n".into(), 1.into()])),
            ("a".to_owned(), Value::Bool(true)),
            ("null".to_owned(), Value::Null),
        ]);
        write(&Value::Map(object), &mut text);
        assert_eq!(text, r#"{"a":true,"b":["x\n",1]}"#);
    }
}
