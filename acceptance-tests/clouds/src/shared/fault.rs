//! How a request goes wrong.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::padding::Pace;
use super::partial::Half;

/// How a request goes wrong.
#[derive(Debug, Clone)]
pub struct Fault {
    pub(crate) action: Action,
    pub(crate) delay: Duration,
    pub(crate) headers: Vec<(String, String)>,
    /// The request is carried out first, and its answer is dropped.
    pub(crate) handled: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Action {
    Refuse { status: u16, code: Option<String>, message: Option<String> },
    Body { status: u16, content_type: String, body: Vec<u8> },
    Padding { status: u16, length: u64, pace: Pace },
    Reset,
    Hang,
    Truncate,
    Partial(Half),
    Relocate { status: u16, origin: String },
    Pass,
}

impl Fault {
    fn new(action: Action) -> Self {
        Self { action, delay: Duration::ZERO, headers: Vec::new(), handled: false }
    }

    /// Answers with this status and the service's own error envelope; the request has no effect.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::new(Action::Refuse { status, code: None, message: None })
    }

    /// Answers with exactly this status, content type and body; the request has no effect.
    #[must_use]
    pub fn body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(Action::Body { status, content_type: content_type.to_owned(), body: body.into() })
    }

    /// Answers with exactly this status and JSON; the request has no effect.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::body(status, "application/json; charset=utf-8", body.to_string())
    }

    /// Answers 200 with JSON of this many bytes (14 at least), made while it is sent; the request
    /// has no effect. See [`Fault::with_status`], [`Fault::paced`] and
    /// [`Fault::without_length`].
    #[must_use]
    pub fn huge(bytes: u64) -> Self {
        Self::new(Action::Padding { status: 200, length: bytes.max(14), pace: Pace::default() })
    }

    /// Answers with this status and the HTML page of a gateway.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let page = format!(
            "<!DOCTYPE html><html><head><title>{status}</title></head><body><h2>Our services \
             aren't available right now</h2><p>Gateway error {status}.</p></body></html>"
        );
        Self::body(status, "text/html", page)
    }

    /// Answers with this status and no body at all.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self::body(status, "application/json", "")
    }

    /// Drops the connection without an answer; the request has no effect.
    #[must_use]
    pub fn reset() -> Self {
        Self::new(Action::Reset)
    }

    /// Never answers, until the client hangs up; the request has no effect.
    #[must_use]
    pub fn hang() -> Self {
        Self::new(Action::Hang)
    }

    /// Carries the request out, then drops the connection instead of answering. Short for
    /// [`Fault::reset`] and [`Fault::after_handling`].
    #[must_use]
    pub fn cut_after_handling() -> Self {
        Self::reset().after_handling()
    }

    /// Carries the request out and answers with the first half of the body.
    #[must_use]
    pub fn truncated() -> Self {
        Self::new(Action::Truncate)
    }

    /// Carries the request out, announces the length of the body, sends half of it and closes the
    /// connection.
    #[must_use]
    pub fn cut_body() -> Self {
        Self::new(Action::Partial(Half::ThenClose))
    }

    /// Carries the request out, announces the length of the body, sends half of it and then
    /// nothing more; the connection stays open.
    #[must_use]
    pub fn stalled_body() -> Self {
        Self::new(Action::Partial(Half::ThenNothing))
    }

    /// Answers with this status and `Location`; the request has no effect.
    #[must_use]
    pub fn redirect(status: u16, location: &str) -> Self {
        Self::empty(status).header("location", location)
    }

    /// Answers with this status and a `Location` that has the request's own path and query at
    /// another origin (`https://host:port`); the request has no effect.
    #[must_use]
    pub fn redirect_to_origin(status: u16, origin: &str) -> Self {
        let origin = origin.trim_end_matches('/').to_owned();
        Self::new(Action::Relocate { status, origin })
    }

    /// Carries the request out normally, but only after this long.
    #[must_use]
    pub fn slow(delay: Duration) -> Self {
        Self::new(Action::Pass).delay(delay)
    }

    /// Carries the request out on its arrival; only then goes wrong, in place of the real answer.
    #[must_use]
    pub fn after_handling(mut self) -> Self {
        self.handled = true;
        self
    }

    /// Answers with this status instead, where there is an answer of the fault's own.
    #[must_use]
    pub fn with_status(mut self, to: u16) -> Self {
        if let Action::Refuse { status, .. }
        | Action::Body { status, .. }
        | Action::Padding { status, .. } = &mut self.action
        {
            *status = to;
        }
        self
    }

    /// The body of a [`Fault::huge`] comes in chunks of this many bytes, with a pause after each.
    #[must_use]
    pub fn paced(mut self, bytes: usize, pause: Duration) -> Self {
        if let Action::Padding { pace, .. } = &mut self.action {
            *pace = Pace { chunk: bytes, pause, ..*pace };
        }
        self
    }

    /// The body of a [`Fault::huge`] has no `Content-Length`.
    #[must_use]
    pub fn without_length(mut self) -> Self {
        if let Action::Padding { pace, .. } = &mut self.action {
            pace.announced = false;
        }
        self
    }

    /// The error code of a [`Fault::status`].
    #[must_use]
    pub fn code(mut self, text: &str) -> Self {
        if let Action::Refuse { code, .. } = &mut self.action {
            *code = Some(text.to_owned());
        }
        self
    }

    /// The error message of a [`Fault::status`].
    #[must_use]
    pub fn message(mut self, text: &str) -> Self {
        if let Action::Refuse { message, .. } = &mut self.action {
            *message = Some(text.to_owned());
        }
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds `Retry-After` with this text: seconds, an HTTP date or nonsense.
    #[must_use]
    pub fn retry_after(self, value: &str) -> Self {
        self.header("retry-after", value)
    }

    /// Adds `Retry-After` with the HTTP date this far ahead of now.
    #[must_use]
    pub fn retry_after_date(self, ahead: Duration) -> Self {
        self.retry_after(&httpdate::fmt_http_date(SystemTime::now() + ahead))
    }

    /// Waits before going wrong.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}
