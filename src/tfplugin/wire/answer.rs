//! Converts our values to Terraform's messages, and its messages to our values.

use bytes::Bytes;

use crate::secret::redact;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path, Severity, Step};
use crate::tfplugin::value::{Object, Sink, Type, Value};

use super::codec::{self, Writer};
use super::json::{self, Extra};
use super::proto::tfplugin6 as pb;

/// Diagnostics as messages, errors before warnings in the order in which they were found.
pub(super) fn diagnostics(mut found: Vec<Diagnostic>) -> Vec<pb::Diagnostic> {
    found.sort_by_key(|diagnostic| !diagnostic.is_error());
    found.into_iter().map(diagnostic).collect()
}

/// Text for people: without secrets and control characters, and of a readable length.
pub(super) fn text(text: &str) -> String {
    const LONGEST: usize = 10_000;
    let text = redact(text);
    // What a service quotes must not control the terminal that shows it.
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let text = match text.contains(steers) {
        true => text.replace(steers, "\u{fffd}").into(),
        false => text,
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} [...]", &text[..end]),
        None => text.into_owned(),
    }
}

fn diagnostic(found: Diagnostic) -> pb::Diagnostic {
    let severity = match found.severity {
        Severity::Error => pb::diagnostic::Severity::Error,
        Severity::Warning => pb::diagnostic::Severity::Warning,
    };
    pb::Diagnostic {
        severity: severity.into(),
        summary: text(&found.summary),
        detail: text(&found.detail),
        attribute: (!found.path.0.is_empty()).then(|| path(&found.path)),
    }
}

/// A path as a message.
pub(super) fn path(path: &Path) -> pb::AttributePath {
    use pb::attribute_path::step::Selector;
    let step = |step: &Step| pb::attribute_path::Step {
        selector: Some(match step {
            Step::Attribute(name) => Selector::AttributeName(name.to_string()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(*index),
        }),
    };
    pb::AttributePath { steps: path.0.iter().map(step).collect() }
}

/// A value of type `ty`; null when there is no message.
pub(super) fn value(message: Option<pb::DynamicValue>, ty: &Type) -> Result<Value, Failure> {
    let Some(message) = message else { return Ok(Value::Null) };
    let decoded = match (message.msgpack.is_empty(), message.json.is_empty()) {
        (false, _) => codec::decode(&message.msgpack, ty),
        (true, false) => json::decode(&message.json, ty, Extra::Refuse),
        (true, true) => Ok(Value::Null),
    };
    decoded.map_err(|malformed| Diagnostic::from(malformed).into())
}

/// An object, or none when it is null.
pub(super) fn object(
    message: Option<pb::DynamicValue>,
    ty: &Type,
) -> Result<Option<Object>, Failure> {
    match value(message, ty)? {
        Value::Map(object) => Ok(Some(object)),
        Value::Null => Ok(None),
        _ => Err(Diagnostic::error(
            "Unreadable value",
            "Terraform sent an object that is unknown as a whole, which no provider can work with.",
        )
        .into()),
    }
}

/// A required object. If it is null, all its attributes are.
pub(super) fn config(message: Option<pb::DynamicValue>, ty: &Type) -> Result<Object, Failure> {
    Ok(object(message, ty)?.unwrap_or_default())
}

/// What `write` writes, as a message.
pub(super) fn written(write: impl FnOnce(&mut dyn Sink)) -> pb::DynamicValue {
    pb::DynamicValue { msgpack: Bytes::from(Writer::bytes(write)), json: Bytes::new() }
}

/// An object as a message; null when there is none.
pub(super) fn dynamic(object: Option<Object>) -> pb::DynamicValue {
    let value = object.map_or(Value::Null, Value::Map);
    written(|sink| sink.value(&value))
}

/// An identity as a message.
pub(super) fn identity(object: Option<Object>) -> Option<pb::ResourceIdentityData> {
    object.map(|object| pb::ResourceIdentityData { identity_data: Some(dynamic(Some(object))) })
}
