//! The error envelope of Batch.

use serde_json::{Value, json};

use crate::shared::Reply;

pub(crate) const CONTENT_TYPE: &str = "application/json;odata=minimalmetadata";

/// A refusal before it gets its request id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) values: Vec<(&'static str, String)>,
}

impl Problem {
    pub(crate) fn new(status: u16, code: &str, text: &str) -> Self {
        Self { status, code: code.to_owned(), text: text.to_owned(), values: Vec::new() }
    }

    pub(crate) fn value(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.values.push((key, value.into()));
        self
    }

    /// A failed Shared Key check or login.
    pub(crate) fn authentication(status: u16, detail: impl Into<String>) -> Self {
        // A bad signature is spelled out in one more word than a bad token.
        let tail = if status == 403 { " including the signature." } else { "." };
        let text = format!(
            "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly{tail}"
        );
        Self::new(status, "AuthenticationFailed", &text).value("AuthenticationErrorDetail", detail)
    }

    pub(crate) fn query(code: &str, name: &str, value: &str, reason: &str) -> Self {
        let text = match code {
            "OutOfRangeQueryParameterValue" => {
                "A query parameter specified in the request URI is outside the permissible range."
            }
            "UnsupportedQueryParameter" => {
                "One of the query parameters specified in the request URI is not supported."
            }
            _ => "Value for one of the query parameters specified in the request URI is invalid.",
        };
        Self::new(400, code, text)
            .value("QueryParameterName", name)
            .value("QueryParameterValue", value)
            .value("Reason", reason)
    }

    pub(crate) fn header(name: &str, value: &str) -> Self {
        Self::new(
            400,
            "InvalidHeaderValue",
            "The value for one of the HTTP headers is not in the correct format.",
        )
        .value("HeaderName", name)
        .value("HeaderValue", value)
    }

    /// The answer; `base` is the URL of the account.
    pub(crate) fn reply(&self, base: &str, request_id: &str) -> Reply {
        let time = time::OffsetDateTime::now_utc()
            .format(&time::format_description::well_known::Rfc3339)
            .unwrap_or_default();
        let text = format!("{}\nRequestId:{request_id}\nTime:{time}", self.text);
        let mut body = json!({
            "odata.metadata": format!("{base}/$metadata#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element"),
            "code": self.code,
            "message": {"lang": "en-US", "value": text},
        });
        // Errors without further values carry no empty list.
        if !self.values.is_empty() {
            body["values"] =
                self.values.iter().map(|(k, v)| json!({"key": k, "value": v})).collect::<Value>();
        }
        Reply::new(self.status)
            .header("content-type", CONTENT_TYPE)
            .header("dataserviceversion", "3.0")
            .header("request-id", request_id)
            .body(body.to_string().into_bytes())
    }
}

/// The code the service uses for a status when a test names none.
pub(crate) fn usual_code(status: u16) -> &'static str {
    match status {
        400 => "InvalidInput",
        401 | 403 => "AuthenticationFailed",
        404 => "ResourceNotFound",
        405 => "UnsupportedHttpVerb",
        408 | 504 => "OperationTimedOut",
        429 => "TooManyRequests",
        502 | 503 => "ServerBusy",
        _ => "InternalError",
    }
}

/// The text that goes with [`usual_code`].
pub(crate) fn usual_text(status: u16) -> &'static str {
    match status {
        408 | 504 => "Operation could not be completed within the specified time.",
        429 => "There were too many requests. Try again later.",
        502 | 503 => {
            "The server is currently unable to receive requests. Please retry your request."
        }
        500 => "Server encountered an internal error. Please try again after some time.",
        _ => "The request could not be carried out.",
    }
}
