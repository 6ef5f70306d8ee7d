//! Errors of the service itself, which come with HTTP 200.

use crate::shared::Fault;

/// An error code, sent as a number.
#[must_use]
pub fn ret_code(code: i64, message: impl Into<String>) -> Fault {
    coded(&code.to_string(), &message.into())
}

/// An error code, sent as a string.
#[must_use]
pub fn text_ret_code(code: i64, message: impl Into<String>) -> Fault {
    coded(&format!("\"{code}\""), &message.into())
}

/// The code is JSON.
fn coded(code: &str, message: &str) -> Fault {
    Fault::status(200).code(code).message(message)
}
