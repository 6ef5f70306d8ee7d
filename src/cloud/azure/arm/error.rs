//! Reads error responses: the error envelope in all its forms, and the class of the error.
//!
//! The envelope is that of the common types, version 3: `code`, `message`, `target`, and `details`
//! that nest. Older resource providers leave out the outer `error`, spell names with capitals, or
//! put a whole envelope as text into `message`; gateways send a page or an empty body.

use serde_json::Value;

use crate::cloud::http::{Response, redirect_refused};
use crate::cloud::json::text;
use crate::cloud::{Error, Kind};
use crate::secret::excerpt;

/// Deeper nesting is ignored.
const DEEPEST: usize = 8;

/// One reason of a failure, as the service states it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// The service's code.
    pub code: Option<String>,
    /// The service's message.
    pub message: Option<String>,
    /// What it is about.
    pub target: Option<String>,
}

impl Reason {
    fn says_nothing(&self) -> bool {
        self.code.is_none() && self.message.is_none()
    }

    /// Whether `self` adds nothing to `other`.
    fn is_said_by(&self, other: &Self) -> bool {
        let within = |mine: &Option<String>, theirs: &Option<String>| match (mine, theirs) {
            (None, _) => true,
            (Some(mine), Some(theirs)) => theirs.contains(mine.as_str()),
            (Some(_), None) => false,
        };
        within(&self.message, &other.message) && (self.code.is_none() || self.code == other.code)
    }

    fn line(&self) -> String {
        let words = [self.code.as_deref(), self.message.as_deref()];
        let mut line = words.into_iter().flatten().collect::<Vec<_>>().join(": ");
        if let Some(target) = &self.target {
            line += &format!(" ({target})");
        }
        line
    }
}

/// Nobody reads more reasons of one failure.
const MOST_REASONS: usize = 20;

/// Adds a reason unless an earlier one says the same.
pub fn add(reasons: &mut Vec<Reason>, reason: Reason) {
    let is_new = || !reasons.iter().any(|other| reason.is_said_by(other));
    if reasons.len() < MOST_REASONS && !reason.says_nothing() && is_new() {
        reasons.push(reason);
    }
}

/// All reasons in an error document, the outermost first, each once.
#[must_use]
pub fn reasons(document: &Value) -> Vec<Reason> {
    let mut found = Vec::new();
    read(document, 0, &mut found);
    found
}

fn read(document: &Value, depth: usize, found: &mut Vec<Reason>) {
    match member(document, "error") {
        Some(Value::String(code)) => {
            // The form of the login service.
            let message = text(member(document, "error_description"));
            let message = message.or(text(member(document, "message"))).map(str::to_owned);
            add(found, Reason { code: Some(code.clone()), message, target: None });
        }
        Some(error @ Value::Object(_)) => collect(error, depth, found),
        _ => collect(document, depth, found),
    }
}

/// Whether a document is an error in the service's own form: with a code, which is one word,
/// unlike a gateway's "no Route matched".
#[must_use]
pub fn is_service_error(document: &Value) -> bool {
    let error = match member(document, "error") {
        Some(error) => error,
        None => document,
    };
    let code = text(member(error, "code")).unwrap_or_default();
    code.starts_with(|c: char| c.is_ascii_alphabetic())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

/// Whether a document is nothing but an error.
#[must_use]
pub fn is_error_only(document: &Value) -> bool {
    let object = document.as_object();
    object.is_some_and(|object| {
        let has_error = member(document, "error").is_some_and(|error| !error.is_null());
        let is_bare = || is_service_error(document) && member(document, "message").is_some();
        (has_error || is_bare())
            && !["status", "properties", "id"].iter().any(|name| object.contains_key(*name))
    })
}

fn collect(error: &Value, depth: usize, found: &mut Vec<Reason>) {
    if depth > DEEPEST {
        return;
    }
    let owned = |name| text(member(error, name)).map(|text| text.trim().to_owned());
    let message = owned("message");
    let inner = message.as_deref().and_then(document_in);
    let reason = Reason { code: owned("code"), message, target: owned("target") };
    let before = found.len();
    if let Some(inner) = inner {
        // The text is an envelope itself: its reasons replace it.
        read(&inner, depth + 1, found);
        if let Some(first) = found.get_mut(before) {
            first.code = first.code.take().or(reason.code.clone());
        }
    }
    if found.len() == before {
        add(found, reason);
    }
    if let Some(details) = member(error, "details").and_then(Value::as_array) {
        details.iter().for_each(|detail| collect(detail, depth + 1, found));
    }
    if let Some(inner) = member(error, "innererror") {
        collect(inner, depth + 1, found);
    }
}

/// The object that a text contains as JSON.
fn document_in(message: &str) -> Option<Value> {
    let text = message.strip_prefix('\u{feff}').unwrap_or(message);
    // Skips the parser for what cannot be one.
    let document: Value = text.starts_with('{').then(|| serde_json::from_str(text).ok())??;
    document.is_object().then_some(document)
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    let exact = object.get(name);
    exact.or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

/// The class of a refusal. `is_ours` says whether it is the service's own.
#[must_use]
pub fn classify(status: u16, code: Option<&str>, is_ours: bool) -> Kind {
    match (status, code.unwrap_or_default()) {
        // The subscription is a setting of ours, and every resource of a wrong one looks deleted;
        // the same goes for a wrong api-version.
        (
            404,
            "SubscriptionNotFound"
            | "InvalidSubscriptionId"
            | "InvalidResourceType"
            | "InvalidResourceNamespace"
            | "NoRegisteredProviderFound",
        ) => Kind::Invalid,
        // Only the service itself can say that a resource is gone; a gateway's page cannot.
        (404, _) if !is_ours => Kind::Unexpected,
        (status, _) => Kind::of_status(status),
    }
}

/// Whether a response carries an id by which the support of Azure finds the request. A gateway of
/// somebody else sends none.
fn is_traced(response: &Response) -> bool {
    let names = ["x-ms-request-id", "x-ms-correlation-request-id"];
    names.into_iter().any(|name| response.header(name).is_some())
}

fn is_markup(response: &Response) -> bool {
    response.is_html() || response.text().trim_start().starts_with('<')
}

/// The error in a response.
#[must_use]
pub fn of_response(operation: &'static str, response: &Response) -> Error {
    let status = response.status.as_u16();
    let document: Option<Value> = serde_json::from_slice(response.json()).ok();
    let reasons = document.as_ref().map(reasons).unwrap_or_default();
    let code = reasons.first().and_then(|reason| reason.code.as_deref());
    let is_ours = document.as_ref().is_some_and(is_service_error)
        || code.is_none() && is_traced(response) && !is_markup(response);
    let kind = classify(status, code, is_ours);
    let error = if reasons.is_empty() {
        let words = redirect_refused(response).unwrap_or_else(|| description(response));
        Error::new(kind, operation, words)
    } else {
        of_reasons(kind, operation, &reasons)
    };
    error.status(status)
}

/// The error that consists of `reasons`: the first is its message, the others its details.
#[must_use]
pub fn of_reasons(kind: Kind, operation: &'static str, reasons: &[Reason]) -> Error {
    let first = reasons.first().cloned().unwrap_or_default();
    let message = first.message.or_else(|| first.code.clone()).unwrap_or_default();
    let mut error = Error::new(kind, operation, message);
    if let Some(code) = first.code {
        error = error.code(code);
    }
    if let Some(target) = first.target {
        error = error.fact("Target", target);
    }
    for reason in reasons.iter().skip(1) {
        error = error.fact("Detail", reason.line());
    }
    error
}

/// The body that is not an envelope; of a page, only its title.
fn description(response: &Response) -> String {
    let body = response.text();
    let lower = body.to_ascii_lowercase();
    let title = lower.find("<title>").map(|at| at + "<title>".len()).and_then(|start| {
        let end = start + lower[start..].find("</title>")?;
        Some(body[start..end].split_whitespace().collect::<Vec<_>>().join(" "))
    });
    match title {
        Some(title) if !title.is_empty() => {
            format!("HTTP {} with a page titled {:?}", response.status, excerpt(&title, 200))
        }
        _ => response.describe(),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
    use serde_json::json;

    use super::*;

    fn error(status: u16, kind: &'static str, body: &str) -> Error {
        error_with(status, kind, body, None)
    }

    fn error_with(
        status: u16,
        kind: &'static str,
        body: &str,
        trace: Option<&'static str>,
    ) -> Error {
        let mut headers = HeaderMap::new();
        if let Some(name) = trace {
            headers.insert(name, HeaderValue::from_static("3f1c"));
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        let response = Response {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: body.as_bytes().to_vec(),
            url: "https://management.example/".parse().unwrap(),
            attempts: 1,
        };
        of_response("Get", &response)
    }

    #[test]
    fn an_envelope_and_a_bare_error_read_the_same() {
        let bare = json!({"code": "InvalidName", "message": "Bad name.", "target": "name"});
        for body in [
            json!({"error": bare}),
            bare.clone(),
            json!({"Code": "InvalidName", "Message": "Bad name.", "Target": "name"}),
        ] {
            let error = error(400, "application/json", &body.to_string());
            assert_eq!((error.kind, error.code.as_deref()), (Kind::Invalid, Some("InvalidName")));
            assert_eq!(error.message, "Bad name.");
            assert_eq!(error.facts, [("Target", "name".to_owned())]);
        }
    }

    #[test]
    fn nested_details_are_flattened_and_each_is_said_once() {
        let body = json!({"error": {
            "code": "DownloadFailed", "message": "The download failed.",
            "details": [
                {"code": "Moc", "message": "disk full", "target": "node1",
                 "details": [{"code": "Inner", "message": "no space"}, {"message": "disk full"}]},
                {"code": "DownloadFailed", "message": "The download failed."},
                {"code": "Moc", "message": "disk full"}, null, {},
            ],
            "innererror": {"code": "Deep", "message": "deeper"}}});
        let error = error(409, "application/json", &body.to_string());
        let details: Vec<&str> = error.facts.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(details, ["Moc: disk full (node1)", "Inner: no space", "Deep: deeper"]);
        assert_eq!(error.kind, Kind::Conflict);
    }

    #[test]
    fn an_envelope_within_a_message_is_opened() {
        let inner = json!({"error": {"code": "Inner", "message": "The real reason."}}).to_string();
        let body = json!({"error": {"code": "Outer", "message": inner}});
        let error = error(400, "application/json", &body.to_string());
        assert_eq!((error.code.as_deref(), &*error.message), (Some("Inner"), "The real reason."));
    }

    #[test]
    fn a_page_is_named_by_its_title_and_is_never_a_missing_resource() {
        let page = "<html><head><TITLE>404 Not\n Found</TITLE></head><body>x</body></html>";
        let error = error(404, "text/html", page);
        assert_eq!(error.kind, Kind::Unexpected);
        assert!(error.message.contains("a page titled \"404 Not Found\""), "{}", error.message);
    }

    #[test]
    fn an_empty_body_and_a_byte_order_mark_are_read() {
        let empty = error(502, "text/plain", "");
        assert_eq!(empty.kind, Kind::Unavailable);
        assert!(empty.message.contains("empty body"));
        let marked = error(
            403,
            "application/json",
            "\u{feff}{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"No.\"}}",
        );
        assert_eq!(
            (marked.kind, marked.code.as_deref()),
            (Kind::Denied, Some("AuthorizationFailed"))
        );
    }

    #[test]
    fn a_missing_subscription_is_not_a_missing_resource() {
        for (code, kind) in [
            ("ResourceNotFound", Kind::NotFound),
            ("ResourceGroupNotFound", Kind::NotFound),
            ("SubscriptionNotFound", Kind::Invalid),
            ("InvalidResourceType", Kind::Invalid),
        ] {
            let body = json!({"error": {"code": code, "message": "Not there."}}).to_string();
            let error = error(404, "application/json", &body);
            assert_eq!((error.kind, error.code.as_deref()), (kind, Some(code)));
        }
    }

    #[test]
    fn a_resource_is_missing_only_if_the_service_itself_says_so() {
        for body in [
            "",
            "{}",
            r#"{"message": "no Route matched with those values"}"#,
            r#"{"error": "not found"}"#,
            r#"{"code": 404, "message": "not found"}"#,
            r#"{"error": {"code": "404 page not found", "message": "x"}}"#,
        ] {
            assert_eq!(error(404, "application/json", body).kind, Kind::Unexpected, "{body}");
        }
        let bare = r#"{"code": "ResourceNotFound", "message": "Not there."}"#;
        assert_eq!(error(404, "application/json", bare).kind, Kind::NotFound);
    }

    /// The service's front end does not always send a body.
    #[test]
    fn a_404_without_a_code_is_the_services_own_if_it_is_traced() {
        for (header, kind, body, expected) in [
            ("x-ms-request-id", "text/plain", "", Kind::NotFound),
            ("x-ms-correlation-request-id", "application/json", "{}", Kind::NotFound),
            ("x-request-id", "text/plain", "", Kind::Unexpected),
            ("x-ms-request-id", "text/html", "", Kind::Unexpected),
            ("x-ms-request-id", "text/plain", " <!doctype html>", Kind::Unexpected),
            (
                "x-ms-request-id",
                "application/json",
                r#"{"error": "no such path"}"#,
                Kind::Unexpected,
            ),
        ] {
            let error = error_with(404, kind, body, Some(header));
            assert_eq!(error.kind, expected, "{header} {kind} {body}");
        }
    }

    /// If each level doubled the work, this would never end.
    #[test]
    fn envelopes_within_envelopes_are_read_once_each_and_not_for_ever() {
        let mut body = json!({"error": {"code": "Inner", "message": "The real reason."}});
        for _ in 0..6 {
            body = json!({"error": {"code": "Outer", "message": body.to_string()}});
        }
        let found = error(400, "application/json", &body.to_string());
        assert_eq!((found.code.as_deref(), &*found.message), (Some("Inner"), "The real reason."));
        let mut deep = json!({"message": "deep"});
        for _ in 0..12 {
            deep = json!({"message": json!({"message": deep.to_string()}).to_string()});
            if deep.to_string().len() > 1 << 20 {
                break;
            }
        }
        let found = error(400, "application/json", &json!({"error": deep}).to_string());
        assert_eq!((found.kind, found.facts.len()), (Kind::Invalid, 0));
    }
}
