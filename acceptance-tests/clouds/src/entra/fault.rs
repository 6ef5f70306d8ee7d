//! Scripted misbehaviour: which requests go wrong, and how.

use std::time::Duration;

use serde_json::Value;

use super::journal::Request;
use super::padding::Pace;

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

    /// Waits before going wrong.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// Which requests a fault hits.
#[derive(Debug, Clone, Default)]
pub struct When {
    method: Option<String>,
    fragment: Option<String>,
    label: Option<String>,
    skip: usize,
}

impl When {
    /// Every request.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests with this verb.
    #[must_use]
    pub fn method(verb: &str) -> Self {
        Self { method: Some(verb.to_owned()), ..Self::default() }
    }

    /// Requests whose raw target contains this text.
    #[must_use]
    pub fn path(fragment: &str) -> Self {
        Self { fragment: Some(fragment.to_owned()), ..Self::default() }
    }

    /// Requests of one kind; each service documents the labels it gives.
    #[must_use]
    pub fn label(label: &str) -> Self {
        Self { label: Some(label.to_owned()), ..Self::default() }
    }

    /// Narrows to targets that contain this text.
    #[must_use]
    pub fn and_path(mut self, fragment: &str) -> Self {
        self.fragment = Some(fragment.to_owned());
        self
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub fn after(mut self, count: usize) -> Self {
        self.skip = count;
        self
    }

    fn matches(&self, request: &Request, label: &str) -> bool {
        self.method.as_ref().is_none_or(|m| m.eq_ignore_ascii_case(&request.method))
            && self.fragment.as_ref().is_none_or(|f| request.target.contains(f.as_str()))
            && self.label.as_ref().is_none_or(|l| l == label)
    }
}

/// The script: rules in the order they were given.
#[derive(Debug, Default)]
pub(crate) struct Script {
    rules: Vec<Rule>,
    added: usize,
}

#[derive(Debug)]
struct Rule {
    number: usize,
    when: When,
    left: usize,
    fault: Fault,
}

impl Script {
    /// The number of the new rule.
    pub(crate) fn add(&mut self, when: When, times: usize, fault: Fault) -> usize {
        self.added += 1;
        self.rules.push(Rule { number: self.added, when, left: times, fault });
        self.added
    }

    pub(crate) fn remove(&mut self, number: usize) {
        self.rules.retain(|rule| rule.number != number);
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// Takes the fault for this request, if one is due. Every rule counts down its own requests
    /// to skip, so two rules for the third and the fifth request do not disturb each other.
    pub(crate) fn take(&mut self, request: &Request, label: &str) -> Option<Fault> {
        let mut due = None;
        for rule in self.rules.iter_mut().filter(|r| r.when.matches(request, label)) {
            if rule.when.skip > 0 {
                rule.when.skip -= 1;
            } else if due.is_none() && rule.left > 0 {
                rule.left -= 1;
                due = Some(rule.fault.clone());
            }
        }
        self.rules.retain(|rule| rule.left > 0);
        due
    }
}
