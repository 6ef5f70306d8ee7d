//! Faults on demand: what goes wrong, and for which requests.

use std::time::{Duration, SystemTime};

/// Something that goes wrong with one request.
#[derive(Clone, Debug)]
pub enum Fault {
    /// An error of the service itself: HTTP 200 with this code.
    RetCode {
        /// The code.
        code: i64,
        /// Whether the code is sent as a JSON string.
        as_text: bool,
        /// The message.
        message: String,
    },
    /// Any HTTP answer, for example of a proxy before the service.
    Http(HttpAnswer),
    /// The connection is closed without an answer.
    Reset,
    /// A complete HTTP answer whose JSON text ends in the middle.
    TruncatedJson,
    /// The connection is closed in the middle of the body, short of its `Content-Length`.
    CutBody,
    /// Half of the body is sent, then nothing more; the connection stays open.
    StalledBody,
    /// No answer; the connection stays open.
    Hang,
    /// The right answer, this much later than the latency in force.
    Delay(Duration),
}

impl Fault {
    /// An error code, sent as a number.
    #[must_use]
    pub fn ret_code(code: i64, message: impl Into<String>) -> Self {
        Self::RetCode { code, as_text: false, message: message.into() }
    }

    /// An error code, sent as a string.
    #[must_use]
    pub fn text_ret_code(code: i64, message: impl Into<String>) -> Self {
        Self::RetCode { code, as_text: true, message: message.into() }
    }

    /// HTTP 200 with an empty body.
    #[must_use]
    pub fn empty_body() -> Self {
        Self::Http(HttpAnswer::new(200).body("application/json", ""))
    }

    /// HTTP 200 with a web page instead of JSON.
    #[must_use]
    pub fn html() -> Self {
        let page = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We \
                    will be back soon</h1></body></html>";
        Self::Http(HttpAnswer::new(200).body("text/html; charset=utf-8", page))
    }

    /// HTTP 302 to another address.
    #[must_use]
    pub fn redirect(to: &str) -> Self {
        Self::Http(HttpAnswer::new(302).header("Location", to))
    }

    /// An HTTP status with a short plain body. Take [`HttpAnswer`] for anything more.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::Http(HttpAnswer::new(status))
    }
}

impl From<HttpAnswer> for Fault {
    fn from(answer: HttpAnswer) -> Self {
        Self::Http(answer)
    }
}

/// An HTTP answer made up by a test.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl HttpAnswer {
    /// A status with a short plain-text body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: format!("simulated status {status}\n") }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Adds `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after_seconds(self, seconds: u64) -> Self {
        self.header("Retry-After", seconds.to_string())
    }

    /// Adds `Retry-After` as a date.
    #[must_use]
    pub fn retry_after_date(self, date: SystemTime) -> Self {
        self.header("Retry-After", httpdate::fmt_http_date(date))
    }

    /// Replaces the body and its type.
    #[must_use]
    pub fn body(mut self, content_type: &str, body: impl Into<String>) -> Self {
        self.body = body.into();
        self.header("Content-Type", content_type)
    }
}

/// The requests that a fault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The next so many requests.
    Next(usize),
    /// The request with this number; the first one has number 1.
    Request(usize),
    /// The next so many requests that ask for this `Offset`.
    Offset {
        /// The offset; a request without the parameter has offset 0.
        offset: usize,
        /// How many of these requests fail.
        times: usize,
    },
    /// Each request.
    Always,
}

/// The faults in force. Of several that apply to a request, the oldest is taken.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<(Trigger, Fault)>);

impl Faults {
    pub(super) fn add(&mut self, trigger: Trigger, fault: Fault) {
        self.0.push((trigger, fault));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault for a request, used up.
    pub(super) fn take(&mut self, number: usize, offset: usize) -> Option<Fault> {
        let at = self.0.iter().position(|(trigger, _)| match *trigger {
            Trigger::Next(left) => left > 0,
            Trigger::Request(wanted) => wanted == number,
            Trigger::Offset { offset: wanted, times } => times > 0 && wanted == offset,
            Trigger::Always => true,
        })?;
        let (trigger, fault) = &mut self.0[at];
        let fault = fault.clone();
        match trigger {
            Trigger::Next(left) | Trigger::Offset { times: left, .. } => *left -= 1,
            Trigger::Request(_) | Trigger::Always => {}
        }
        self.0.retain(|(trigger, _)| {
            !matches!(trigger, Trigger::Next(0) | Trigger::Offset { times: 0, .. })
        });
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reset_at(faults: &mut Faults, number: usize, offset: usize) -> bool {
        faults.take(number, offset).is_some()
    }

    #[test]
    fn a_fault_hits_the_requests_of_its_trigger_and_no_other() {
        let mut faults = Faults::default();
        faults.add(Trigger::Next(2), Fault::Reset);
        assert_eq!([1, 2, 3].map(|number| reset_at(&mut faults, number, 0)), [true, true, false]);
        faults.add(Trigger::Request(5), Fault::Reset);
        assert_eq!([4, 5, 6].map(|number| reset_at(&mut faults, number, 0)), [false, true, false]);
        faults.add(Trigger::Offset { offset: 100, times: 1 }, Fault::Reset);
        assert_eq!(
            [0, 100, 100].map(|offset| reset_at(&mut faults, 9, offset)),
            [false, true, false]
        );
        faults.add(Trigger::Always, Fault::Reset);
        assert!(reset_at(&mut faults, 10, 0) && reset_at(&mut faults, 11, 7));
        faults.clear();
        assert!(!reset_at(&mut faults, 12, 0));
    }
}
