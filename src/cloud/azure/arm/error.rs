//! Reading refusals: the error envelope in all the shapes it comes in, and what class it is.
//!
//! The envelope is that of the common types, version 3: `code`, `message`, `target`, and `details`
//! that nest. Older resource providers leave out the outer `error`, spell names with capitals, or
//! put a whole envelope as text into `message`; gateways answer with a page or with nothing.

use serde_json::Value;

use super::resource::text;
use crate::cloud::http::{Response, redirect_refused};
use crate::cloud::{Error, Kind};

/// Deeper nesting is not looked into: nobody would read it.
const DEEPEST: usize = 8;

/// One thing that a service says went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// The service's code.
    pub code: Option<String>,
    /// The service's words.
    pub message: Option<String>,
    /// What they are about.
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

/// Adds a reason unless an earlier one says the same.
pub fn add(reasons: &mut Vec<Reason>, reason: Reason) {
    if !reason.says_nothing() && !reasons.iter().any(|other| reason.is_said_by(other)) {
        reasons.push(reason);
    }
}

/// Everything an error document says, the outermost first, each thing once.
#[must_use]
pub fn reasons(document: &Value) -> Vec<Reason> {
    let mut found = Vec::new();
    match member(document, "error") {
        Some(Value::String(code)) => {
            // As the login service writes it.
            let message = text(member(document, "error_description"));
            let message = message.or(text(member(document, "message"))).map(str::to_owned);
            add(&mut found, Reason { code: Some(code.clone()), message, target: None });
        }
        Some(error @ Value::Object(_)) => collect(error, 0, &mut found),
        _ => collect(document, 0, &mut found),
    }
    found
}

/// Whether a document is nothing but an error.
#[must_use]
pub fn is_error_only(document: &Value) -> bool {
    let object = document.as_object();
    object.is_some_and(|object| {
        member(document, "error").is_some_and(|error| !error.is_null())
            && !["status", "properties", "id"].iter().any(|name| object.contains_key(*name))
    })
}

fn collect(error: &Value, depth: usize, found: &mut Vec<Reason>) {
    if depth > DEEPEST {
        return;
    }
    let owned = |name| text(member(error, name)).map(|text| text.trim().to_owned());
    let message = owned("message");
    let inner = message.as_deref().and_then(envelope);
    let reason = Reason { code: owned("code"), message, target: owned("target") };
    match inner {
        // The text is an envelope itself: what it says replaces it.
        Some(inner) => {
            let before = found.len();
            found.extend(reasons(&inner));
            if let Some(first) = found.get_mut(before) {
                first.code = first.code.take().or(reason.code);
            }
        }
        None => add(found, reason),
    }
    if let Some(details) = member(error, "details").and_then(Value::as_array) {
        details.iter().for_each(|detail| collect(detail, depth + 1, found));
    }
    if let Some(inner) = member(error, "innererror") {
        collect(inner, depth + 1, found);
    }
}

fn envelope(message: &str) -> Option<Value> {
    let document: Value =
        serde_json::from_str(message.strip_prefix('\u{feff}').unwrap_or(message)).ok()?;
    (!reasons(&document).is_empty()).then_some(document)
}

fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    let exact = object.get(name);
    exact.or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v))
}

/// The class of a refusal.
#[must_use]
pub fn classify(status: u16, code: Option<&str>, in_envelope: bool) -> Kind {
    match (status, code.unwrap_or_default()) {
        // The subscription is a setting of ours, and every resource of a wrong one looks deleted;
        // so do those of a wrong api-version.
        (
            404,
            "SubscriptionNotFound"
            | "InvalidSubscriptionId"
            | "InvalidResourceType"
            | "InvalidResourceNamespace"
            | "NoRegisteredProviderFound",
        ) => Kind::Invalid,
        (404, _) if in_envelope => Kind::NotFound,
        (401 | 403, _) => Kind::Denied,
        (409 | 412, _) => Kind::Conflict,
        (429, _) => Kind::Throttled,
        (408 | 500..=599, _) => Kind::Unavailable,
        (400 | 405 | 410 | 413 | 414 | 415 | 422, _) => Kind::Invalid,
        _ => Kind::Unexpected,
    }
}

/// The error that an answer is.
#[must_use]
pub fn of_response(operation: &'static str, response: &Response) -> Error {
    let status = response.status.as_u16();
    let document: Option<Value> = serde_json::from_slice(response.json()).ok();
    let reasons = document.as_ref().map(reasons).unwrap_or_default();
    // Resource Manager says what is missing; a page with that status comes from somewhere else.
    let known = !reasons.is_empty() || response.text().trim().is_empty();
    let code = reasons.first().and_then(|reason| reason.code.as_deref());
    let kind = classify(status, code, known);
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

/// What came instead of an envelope; of a page, only its title.
fn description(response: &Response) -> String {
    let body = response.text();
    let lower = body.to_ascii_lowercase();
    let title = lower.find("<title>").map(|at| at + "<title>".len()).and_then(|start| {
        let end = start + lower[start..].find("</title>")?;
        Some(body[start..end].split_whitespace().collect::<Vec<_>>().join(" "))
    });
    match title {
        Some(title) if !title.is_empty() => {
            format!("HTTP {} with a page titled {title:?}", response.status)
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
        let mut headers = HeaderMap::new();
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
        assert_eq!(error(404, "application/json", "").kind, Kind::NotFound);
    }
}
