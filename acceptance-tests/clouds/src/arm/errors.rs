//! The error envelope of Resource Manager.

use serde_json::{Value, json};

use crate::shared::Reply;

pub(crate) fn envelope(code: &str, message: &str) -> Value {
    json!({"error": {"code": code, "message": message}})
}

pub(crate) fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &envelope(code, message))
}

/// One answer for everything that is wrong with a body: the first problem in the message, each
/// of them in the details.
pub(crate) fn bad_body(problems: &[String]) -> Reply {
    let details: Vec<Value> = problems
        .iter()
        .map(|problem| {
            let target = problem.split(':').next().unwrap_or_default();
            json!({"code": "InvalidProperty", "target": target, "message": problem})
        })
        .collect();
    Reply::json(
        400,
        &json!({"error": {
            "code": "InvalidRequestContent",
            "message": format!("The request content was invalid: {}.", problems.join("; ")),
            "details": details,
        }}),
    )
}

pub(crate) fn not_found(group: &str, name: &str) -> Reply {
    let text = format!(
        "The resource 'Microsoft.AzureStackHCI/galleryImages/{name}' under resource group '{group}' was not found."
    );
    error(404, "ResourceNotFound", &text)
}

/// The code Resource Manager uses for a status when a test names none.
pub(crate) fn usual_code(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "AuthenticationFailed",
        403 => "AuthorizationFailed",
        404 => "ResourceNotFound",
        408 => "RequestTimeout",
        409 => "Conflict",
        429 => "TooManyRequests",
        502 => "BadGateway",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        _ => "InternalServerError",
    }
}

pub(crate) fn usual_text(status: u16) -> &'static str {
    match status {
        401 => "Authentication failed.",
        403 => "The client does not have authorization to perform the action.",
        429 => "The request was throttled. Please try again later.",
        408 | 500..=599 => "The service could not answer in time. Please try again later.",
        _ => "The request could not be carried out.",
    }
}
