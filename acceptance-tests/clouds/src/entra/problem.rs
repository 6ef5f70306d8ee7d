//! Refusals of the token endpoint.

use serde_json::json;

use crate::shared::Reply;

/// A refusal with its AADSTS number.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) number: u32,
    pub(crate) text: String,
}

impl Problem {
    pub(crate) fn new(status: u16, error: &'static str, number: u32, text: &str) -> Self {
        Self { status, error, number, text: text.to_owned() }
    }

    /// The client failed to prove who it is.
    pub(crate) fn client(number: u32, text: &str) -> Self {
        Self::new(401, "invalid_client", number, text)
    }

    /// There is no such tenant; the endpoints differ in what they call that.
    pub(crate) fn no_such_tenant(error: &'static str, tenant: &str) -> Self {
        let text = format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID."
        );
        Self::new(400, error, 90002, &text)
    }

    /// What a test wants every request to be refused with.
    pub(crate) fn switched_on(number: u32) -> Self {
        let text = match number {
            7_000_215 => "Invalid client secret provided.",
            7_000_222 => "The provided client secret keys for the app are expired.",
            700_016 => "Application was not found in the directory.",
            700_024 => "Client assertion is not within its valid time range.",
            700_027 => "The certificate used to sign the client assertion is not registered.",
            53003 => "Access has been blocked by Conditional Access policies.",
            _ => "The request was refused.",
        };
        Self::new(400, "invalid_client", number, text)
    }

    pub(crate) fn reply(&self) -> Reply {
        let ids = [(); 2].map(|()| uuid::Uuid::new_v4().to_string());
        let now = time::OffsetDateTime::now_utc();
        let stamp =
            format!("{} {:02}:{:02}:{:02}Z", now.date(), now.hour(), now.minute(), now.second());
        let description = format!(
            "AADSTS{}: {} Trace ID: {} Correlation ID: {} Timestamp: {stamp}",
            self.number, self.text, ids[0], ids[1]
        );
        let body = json!({
            "error": self.error,
            "error_description": description,
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": ids[0],
            "correlation_id": ids[1],
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.number),
        });
        Reply::json(self.status, &body).header("x-ms-request-id", ids[0].as_str())
    }
}
