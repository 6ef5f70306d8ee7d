//! Errors of the service, classified.

use reqwest::StatusCode;
use serde_json::Value;

use super::OPERATION;
use crate::cloud::http::{Response, Retry, is_transient, redirect_refused};
use crate::cloud::text::word;
use crate::cloud::{Error, Kind, Result};
use crate::secret::excerpt;

/// The `values` that the service is known to send. Others are kept together with their key.
const KNOWN_KEYS: [&str; 9] = [
    "AuthenticationErrorDetail",
    "HeaderName",
    "HeaderValue",
    "MaximumAllowed",
    "MinimumAllowed",
    "QueryParameterName",
    "QueryParameterValue",
    "Reason",
    "Uri",
];

/// How many characters of the service's message an error shows. A signature mismatch is explained
/// with some 700.
const SHOWN: usize = 1_000;

/// The service sends up to four values with an error.
const MOST_VALUES: usize = 10;

/// The fact about a response that is not JSON but a web page.
const CONTENT_TYPE: &str = "Content-Type";

/// Adds to an error about a response that it is a web page, if it is one. Not if it comes with a
/// transient status: a gateway says so that the service is unavailable, and the address is right.
pub(super) fn note_web_page(error: Error, response: &Response) -> Error {
    match response.is_html() && !is_transient(response.status) {
        true => error.fact(CONTENT_TYPE, "text/html"),
        false => error,
    }
}

/// Failures whose remedy is known, recognized by the service's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The token is for another resource, as when it comes from another cloud.
    WrongAudience,
    /// The account takes tokens only.
    SharedKeyNotAllowed,
    /// The signature does not match: another key or account name than the account's.
    SignatureMismatch,
    /// The request is dated more than 15 minutes from the service's clock.
    ClockSkew,
    /// The service no longer, or not yet, supports the API version of the request.
    UnsupportedVersion,
    /// An HTML page came instead of JSON: something else than the service answered.
    WebPage,
}

impl Cause {
    /// The cause of `error`, if it is one of these.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        if is_about_version(error) {
            return Some(Self::UnsupportedVersion);
        }
        let fact = |wanted| error.facts.iter().find(|(name, _)| *name == wanted);
        if fact(CONTENT_TYPE).is_some() {
            return Some(Self::WebPage);
        }
        let detail = fact("AuthenticationErrorDetail");
        let text = detail.map_or(error.message.as_str(), |(_, detail)| detail).to_lowercase();
        let says = |words: &str| text.contains(words);
        if says("wrong audience") {
            Some(Self::WrongAudience)
        } else if says("sharedkey is not allowed") {
            Some(Self::SharedKeyNotAllowed)
        } else if says("mac signature") {
            Some(Self::SignatureMismatch)
        } else if says("15 minutes") || says("date header") {
            Some(Self::ClockSkew)
        } else {
            None
        }
    }
}

/// Whether the version of the API is refused: by the code, by the parameter at fault, or in words,
/// since nobody knows how the service will refuse versions that are retired.
fn is_about_version(error: &Error) -> bool {
    let text = error.message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    is_code(error, "UnsupportedRequestVersion")
        || setting(error) == Some("api_version")
        || (says(&["api version", "api-version"])
            && says(&["retired", "deprecated", "not supported", "no longer supported"]))
}

fn is_code(error: &Error, code: &str) -> bool {
    error.code.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(code))
}

/// Whether to retry. The service's table of codes says which failures are transient.
pub(super) fn should_retry(response: &Response) -> Retry {
    if response.status == StatusCode::OK {
        return Retry::No;
    }
    let error = read(response);
    let passes = ["OperationTimedOut", "ServerBusy"].iter().any(|code| is_code(&error, code));
    if passes || is_transient(response.status) { Retry::Yes(error) } else { Retry::No }
}

/// The response, if it is successful.
pub(super) fn check(response: Response) -> Result<Response> {
    if response.status == StatusCode::OK { Ok(response) } else { Err(read(&response)) }
}

/// The error in a response other than 200.
fn read(response: &Response) -> Error {
    let body: Value = serde_json::from_slice(response.json()).unwrap_or_default();
    let code = body["code"].as_str().unwrap_or_default();
    let message = body["message"]["value"].as_str().or(body["message"].as_str());
    let mut left = SHOWN;
    let mut shown = |text: &str| {
        let shown = if left == 0 { String::new() } else { excerpt(text, left) };
        left = left.saturating_sub(text.chars().count());
        shown
    };
    let text = redirect_refused(response)
        .or_else(|| message.filter(|text| !text.is_empty()).map(&mut shown))
        .unwrap_or_else(|| response.describe());
    let mut error =
        Error::new(kind(response.status, code), OPERATION, text).status(response.status.as_u16());
    if !code.is_empty() {
        error = error.code(word(code));
    }
    for pair in body["values"].as_array().into_iter().flatten().take(MOST_VALUES) {
        let (name, value) = named(pair);
        error = error.fact(name, shown(&value));
    }
    error.setting = setting(&error);
    let error = error.fact("request-id", word(response.header("request-id").unwrap_or_default()));
    note_web_page(error, response)
}

fn kind(status: StatusCode, code: &str) -> Kind {
    match code.eq_ignore_ascii_case("TooManyRequests") {
        true => Kind::Throttled,
        false => Kind::of_status(status.as_u16()),
    }
}

/// The fact in a pair.
fn named(pair: &Value) -> (&'static str, String) {
    let key = pair["key"].as_str().unwrap_or_default();
    let value = match &pair["value"] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    match KNOWN_KEYS.iter().find(|known| known.eq_ignore_ascii_case(key)) {
        Some(known) => (known, value),
        None => ("Detail", format!("{key}: {value}")),
    }
}

/// The setting that a parameter at fault comes from. Not for `$filter`, which is made of several.
fn setting(error: &Error) -> Option<&'static str> {
    if is_code(error, "UnsupportedRequestVersion") {
        return Some("api_version");
    }
    let (_, parameter) = error.facts.iter().find(|(name, _)| *name == "QueryParameterName")?;
    match parameter.to_lowercase().as_str() {
        "api-version" => Some("api_version"),
        "maxresults" => Some("max_results"),
        "timeout" => Some("server_timeout_seconds"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Url;
    use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

    use super::*;

    #[test]
    fn the_page_of_a_gateway_that_cannot_reach_the_service_does_not_blame_the_address() {
        for (status, cause) in
            [(403, Some(Cause::WebPage)), (500, None), (502, None), (503, None), (504, None)]
        {
            let html = HeaderValue::from_static("text/html");
            let response = Response {
                status: StatusCode::from_u16(status).unwrap(),
                headers: HeaderMap::from_iter([(CONTENT_TYPE, html)]),
                body: b"<html>Bad gateway</html>".to_vec(),
                url: Url::parse("https://sheep.westeu.batch.azure.com").unwrap(),
                attempts: 1,
            };
            assert_eq!(Cause::of(&read(&response)), cause, "{status}");
        }
    }
}
