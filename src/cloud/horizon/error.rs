//! What a response says that is not a success.
//!
//! The service sends an `ErrorResponse` with a list of errors and a trace id; the token service sends
//! `cspErrorCode` and `message`; gateways send pages, other objects, or nothing.

use serde_json::Value;

use crate::cloud::http::{Response, redirect_refused};
use crate::cloud::json::text;
use crate::cloud::text::word;
use crate::cloud::{Error, Kind};
use crate::secret::{excerpt, redact};

/// The longest message of the service that is shown whole.
const LONGEST: usize = 500;

/// Codes of a name that is in use, with whatever status they come.
const EXISTS: [&str; 2] = ["IMAGE_ALREADY_EXISTS", "RESOURCE_ALREADY_EXISTS"];

/// Whether a refusal says that the name is in use.
pub(super) fn is_taken(refusal: &Error) -> bool {
    refusal.code.as_deref().is_some_and(|code| EXISTS.contains(&code))
}

/// The error in `response`.
pub(super) fn of_response(operation: &'static str, response: &Response) -> Error {
    let body: Value = serde_json::from_slice(response.json()).unwrap_or_default();
    let status = response.status.as_u16();
    let errors = body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let said: Vec<String> = errors.iter().filter_map(sentence).collect();
    let message = redirect_refused(response)
        .or_else(|| (!said.is_empty()).then(|| said.join("; ")))
        .or_else(|| text(body.get("message")).map(one_line))
        .or_else(|| text(body.get("error_description")).map(one_line))
        .unwrap_or_else(|| one_line(&response.describe()));
    let code = errors.iter().find_map(|error| text(error.get("code")));
    let code = code.or(text(body.get("cspErrorCode"))).or(text(body.get("code")));
    let kind = match status {
        _ if code.is_some_and(|code| EXISTS.contains(&code)) => Kind::Conflict,
        // The page of a gateway says nothing about the object.
        404 if !is_own(&body) => Kind::Unexpected,
        423 | 424 => Kind::Conflict,
        _ => Kind::of_status(status),
    };
    let mut error = Error::new(kind, operation, excerpt(&message, LONGEST)).status(status);
    error.code = code.map(word);
    error
        .fact("Resource", word(text(body.get("resource")).unwrap_or_default()))
        .fact("Trace id", word(text(body.get("traceId")).unwrap_or_default()))
}

/// Whether a document is an error of the service itself.
fn is_own(body: &Value) -> bool {
    body["errors"].is_array() || text(body.get("traceId")).or(text(body.get("code"))).is_some()
}

/// One error of the list: `message - detail (name = value)`. The cause is a stack trace, and left
/// out.
pub(super) fn sentence(error: &Value) -> Option<String> {
    let message = text(error.get("message")).map(one_line);
    let detail =
        text(error.get("detail")).map(one_line).filter(|detail| Some(detail) != message.as_ref());
    let code = || text(error.get("code")).map(one_line);
    let said = match (message, detail) {
        (Some(message), Some(detail)) => format!("{message} - {detail}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => code()?,
    };
    Some(with_parameters(said, error.get("parameters")))
}

/// A text and the values that belong to it.
pub(super) fn with_parameters(said: String, parameters: Option<&Value>) -> String {
    let Some(Value::Object(parameters)) =
        parameters.filter(|p| **p != Value::Object(Default::default()))
    else {
        return said;
    };
    let pairs = parameters.iter().map(|(name, value)| match value.as_str() {
        Some(text) => format!("{name} = {}", one_line(text)),
        None => format!("{name} = {value}"),
    });
    format!("{} ({})", said.trim_end_matches('.'), pairs.collect::<Vec<_>>().join(", "))
}

/// A text on one line. It is redacted before: a secret with other spaces in it is not recognized.
pub(super) fn one_line(text: &str) -> String {
    redact(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
