//! The error body of the image service.

use serde_json::{Value, json};

use super::store::{new_id, timestamp};
use crate::shared::Reply;

/// A refusal, before it is known for which resource.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) detail: String,
    pub(crate) parameters: Value,
}

impl Problem {
    pub(crate) fn new(status: u16, code: &str, message: &str) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            detail: String::new(),
            parameters: json!({}),
        }
    }

    pub(crate) fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = text.into();
        self
    }

    pub(crate) fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters[name] = json!(value);
        self
    }

    /// A request that the definition does not allow.
    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(400, "BAD_REQUEST", "The request is not valid.").detail(detail)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(404, "RESOURCE_NOT_FOUND", what)
    }

    pub(crate) fn reply(&self, resource: &str) -> Reply {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "domain": "Image",
            "severity": "ERROR",
            "timestampInUtc": timestamp(),
            "parameters": self.parameters,
        });
        if !self.detail.is_empty() {
            error["detail"] = json!(self.detail);
        }
        let body = json!({
            "status": self.status,
            "errors": [error],
            "traceId": new_id(),
            "resource": resource,
        });
        Reply::json(self.status, &body)
    }
}

/// The code the service uses for a status when a test names none.
pub(crate) fn usual(status: u16, code: Option<&str>, message: Option<&str>) -> Problem {
    let (usual_code, usual_text) = match status {
        400 => ("BAD_REQUEST", "The request is not valid."),
        401 => ("BAD_FORMAT_AUTH_TOKEN", "The access token is not valid."),
        403 => ("FORBIDDEN", "The token does not allow this operation."),
        404 => ("RESOURCE_NOT_FOUND", "The resource was not found."),
        405 => ("UNSUPPORTED_METHOD", "The method is not supported."),
        409 => ("RESOURCE_ALREADY_EXISTS", "The request conflicts with the state of the resource."),
        422 => ("INVALID_RESOURCE_STATE", "The status of the resource does not allow this."),
        429 => ("REQUEST_REJECTED", "Too many requests."),
        _ => ("UNKNOWN_EXCEPTION", "The service could not carry the request out."),
    };
    Problem::new(status, code.unwrap_or(usual_code), message.unwrap_or(usual_text))
}
