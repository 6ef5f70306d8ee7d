//! Responses of the services that issue tokens.

use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;

use crate::cloud::http::{Response, Retry, is_transient, redirect_refused};
use crate::cloud::json::decimal;
use crate::cloud::text::{bounded, word as brief};
use crate::cloud::token::{OPERATION, Token, stated};
use crate::cloud::{Error, Kind, Result};

/// How long a token without an expiry is kept. The Azure CLI issues none that expires sooner.
pub(super) const UNSAID: Duration = Duration::from_secs(300);

/// Whether to retry.
pub(super) fn should_retry(response: &Response) -> Retry {
    if is_transient(response.status) { Retry::Yes(refusal(response)) } else { Retry::No }
}

/// The object in a successful response.
///
/// A successful response that cannot be read is not quoted: it may contain a token.
pub(super) fn object(response: &Response) -> Result<Value> {
    if !response.status.is_success() {
        return Err(refusal(response));
    }
    let body: Value = serde_json::from_slice(response.json()).unwrap_or_default();
    if body.is_object() { Ok(body) } else { Err(without(response, "a JSON object")) }
}

/// The error of a successful response that lacks something.
pub(super) fn without(response: &Response, what: &str) -> Error {
    let kind = response.header("content-type").unwrap_or("no content type");
    let text = format!(
        "the answer (HTTP {}, {kind}, {} bytes) does not hold {what}",
        response.status.as_u16(),
        response.body.len()
    );
    Error::new(Kind::Unexpected, OPERATION, text).status(response.status.as_u16())
}

/// The token of an OAuth response.
pub(super) fn token(response: &Response) -> Result<Token> {
    let body = object(response)?;
    let secret = body["access_token"].as_str().filter(|text| !text.is_empty());
    let secret = secret.ok_or_else(|| without(response, "access_token"))?;
    let until = || decimal(&body["expires_on"]).map(left_until);
    let lifetime = decimal(&body["expires_in"]).or_else(until);
    let lifetime = lifetime.map_or(UNSAID, stated);
    Ok(Token::new(secret, lifetime))
}

/// The seconds from now to a time in seconds since 1970.
pub(super) fn left_until(epoch: f64) -> f64 {
    epoch - OffsetDateTime::now_utc().unix_timestamp() as f64
}

/// The error in a response that is not successful.
pub(super) fn refusal(response: &Response) -> Error {
    let body: Value = serde_json::from_slice(response.json()).unwrap_or_default();
    let (word, description) = words(&body);
    // The ids at its end are fields too, and added as facts.
    let ids = description.find("Trace ID:").filter(|_| body["trace_id"].is_string());
    let sentence = description[..ids.unwrap_or(description.len())].trim();
    let code = aadsts(sentence).or_else(|| (!word.is_empty()).then(|| word.to_owned()));
    let text = redirect_refused(response)
        .or_else(|| (!sentence.is_empty()).then(|| bounded(sentence)))
        .or_else(|| (!word.is_empty()).then(|| bounded(word)))
        .unwrap_or_else(|| response.describe());
    let kind = Kind::of_login_status(response.status.as_u16());
    let mut error = Error::new(kind, OPERATION, text).status(response.status.as_u16());
    error.code = code.map(|code| brief(&code));
    let id = |name: &str| brief(body[name].as_str().unwrap_or_default());
    error
        .fact("Trace ID", id("trace_id"))
        .fact("Correlation ID", id("correlation_id"))
        .fact("Timestamp", id("timestamp"))
}

/// OAuth's error and description, or what App Service and the pipelines send instead.
fn words(body: &Value) -> (&str, &str) {
    let inner = &body["error"];
    let word = inner.as_str().or(inner["code"].as_str()).or(body["typeKey"].as_str());
    let description = body["error_description"].as_str();
    let description = description.or(inner["message"].as_str()).or(body["message"].as_str());
    (word.unwrap_or_default(), description.unwrap_or_default())
}

/// `AADSTS7000215` of `AADSTS7000215: Invalid client secret provided.`
fn aadsts(text: &str) -> Option<String> {
    let start = text.find("AADSTS")?;
    let digits = text[start + 6..].chars().take_while(char::is_ascii_digit).count();
    (digits > 0).then(|| text[start..start + 6 + digits].to_owned())
}
