//! One line of the log: hclog's JSON object.
//!
//! Terraform's parser assumes that `@message`, `@level` and `@timestamp` are strings,
//! wants microseconds in the timestamp, and reads lines through a buffer of 64 KiB.

use crate::secret::redact;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// Longest line, with room for its newline in Terraform's 64 KiB.
const LONGEST: usize = 60 * 1024;

/// The end of a truncated field.
const CUT: &str = "... (cut)";

/// Go's `2006-01-02T15:04:05.000000Z07:00`, in UTC.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// The fields of an event, or of a span, by name.
pub(super) type Fields = Map<String, Value>;

/// The line, with its newline. `fields` has the message under the name `message`.
pub(super) fn line(
    module: &str,
    level: tracing::Level,
    time: OffsetDateTime,
    mut fields: Fields,
) -> Vec<u8> {
    let message = match fields.remove("message") {
        Some(Value::String(message)) => message,
        Some(other) => other.to_string(),
        None => String::new(),
    };
    for value in fields.values_mut() {
        if let Value::String(text) = value
            && let std::borrow::Cow::Owned(clean) = redact(text)
        {
            *text = clean;
        }
    }
    let time = time.format(&TIMESTAMP).unwrap_or_default();
    let level = level.as_str().to_lowercase();
    let fixed = [("level", level), ("module", module.to_owned()), ("timestamp", time)];
    fields.extend(fixed.map(|(name, text)| (format!("@{name}"), text.into())));
    fields.insert("@message".to_owned(), redact(&message).into());
    fitting(fields)
}

/// Serializes the fields, truncating the longest ones as far as the line's length requires.
fn fitting(mut fields: Fields) -> Vec<u8> {
    loop {
        let mut line = serde_json::to_vec(&fields).unwrap_or_default();
        let excess = line.len().saturating_sub(LONGEST);
        if excess == 0 || !shorten(&mut fields, excess) {
            line.push(b'\n');
            return line;
        }
    }
}

/// Cuts `excess` bytes or more off the longest text. False if there is none left to cut.
fn shorten(fields: &mut Fields, excess: usize) -> bool {
    let texts = fields.values_mut().filter_map(|value| match value {
        Value::String(text) if text.len() > CUT.len() => Some(text),
        _ => None,
    });
    let Some(text) = texts.max_by_key(|text| text.len()) else { return false };
    // A byte of text takes at least one in the line, so that this is always enough.
    let mut end = text.len().saturating_sub(excess + CUT.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.push_str(CUT);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use serde_json::json;
    use time::macros::datetime;

    fn fields(value: Value) -> Fields {
        value.as_object().unwrap().clone()
    }

    fn written(value: Value) -> String {
        let time = datetime!(2026-01-02 03:04:05.000_006 UTC);
        String::from_utf8(line("acme", tracing::Level::WARN, time, fields(value))).unwrap()
    }

    fn read(line: &str) -> Value {
        assert!(line.ends_with("}\n"), "{line}");
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn a_line_has_hclogs_shape() {
        assert_eq!(
            written(json!({"message": "two\nlines", "tf_rpc": "ReadResource", "count": 3})),
            "{\"@level\":\"warn\",\"@message\":\"two\\nlines\",\"@module\":\"acme\",\
             \"@timestamp\":\"2026-01-02T03:04:05.000006Z\",\"count\":3,\"tf_rpc\":\"ReadResource\"}\n"
        );
    }

    #[test]
    fn a_message_of_another_type_becomes_a_string() {
        assert_eq!(read(&written(json!({"message": 5})))["@message"], "5");
        assert_eq!(read(&written(json!({})))["@message"], "");
    }

    #[test]
    fn no_field_replaces_hclogs_own() {
        let value = read(&written(json!({"message": "m", "@level": 1, "@timestamp": 2})));
        assert_eq!(value["@level"], "warn");
        assert_eq!(value["@timestamp"], "2026-01-02T03:04:05.000006Z");
    }

    #[test]
    fn secrets_are_masked_in_the_message_and_in_every_field() {
        let _known = Secret::from("line-secret");
        let line = written(json!({"message": "a line-secret", "header": "Bearer line-secret"}));
        assert!(!line.contains("line-secret"), "{line}");
        assert_eq!(read(&line)["header"], "Bearer (secret)");
    }

    #[test]
    fn a_line_that_is_too_long_loses_the_end_of_its_longest_text() {
        let line =
            written(json!({"message": "short", "a": "ä\n".repeat(60_000), "b": "b".repeat(9000)}));
        assert!(line.len() <= LONGEST + 1, "{}", line.len());
        let value = read(&line);
        assert_eq!(value["@message"], "short");
        assert_eq!(value["b"], "b".repeat(9000));
        assert!(value["a"].as_str().unwrap().ends_with(CUT));
    }

    #[test]
    fn several_long_texts_are_all_cut() {
        let long = "\u{1}".repeat(70_000);
        let line = written(json!({"message": long, "a": long}));
        assert!(line.len() <= LONGEST + 1, "{}", line.len());
        read(&line);
    }
}
