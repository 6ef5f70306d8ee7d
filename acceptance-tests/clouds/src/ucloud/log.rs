//! The log of requests, for assertions and measurements.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// A request as it arrived, and how it was answered.
#[derive(Clone, Debug)]
pub struct Request {
    /// Counted from 1 in the order of arrival.
    pub number: usize,
    /// When its headers had arrived.
    pub arrived: Instant,
    /// `GET` or `POST`.
    pub method: String,
    /// The path of the address.
    pub path: String,
    /// The query of the address, not decoded.
    pub query: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, not decoded.
    pub body: Vec<u8>,
    /// The decoded parameters; arrays as `Name.0`, `Name.1`, ...
    pub parameters: BTreeMap<String, String>,
    /// Whether keys, signature and token were right. A fault does not change this.
    pub authentic: bool,
    /// The `RetCode` of the answer. `None` while there is no answer, and for answers without one.
    pub ret_code: Option<i64>,
    /// The `X-UCLOUD-REQUEST-UUID` of the answer.
    pub request_uuid: String,
}

impl Request {
    /// A decoded parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The first header of this name, which is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    #[must_use]
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A logged request whose answer may still be on its way.
#[derive(Debug)]
pub(super) struct Logged {
    pub(super) request: Request,
    pub(super) authentic: OnceLock<bool>,
    pub(super) ret_code: OnceLock<i64>,
}

/// All requests so far.
#[derive(Debug, Default)]
pub(super) struct Log(Vec<Arc<Logged>>);

impl Log {
    pub(super) fn push(&mut self, request: Request) -> Arc<Logged> {
        let logged =
            Arc::new(Logged { request, authentic: OnceLock::new(), ret_code: OnceLock::new() });
        self.0.push(Arc::clone(&logged));
        logged
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.0
            .iter()
            .map(|logged| Request {
                authentic: logged.authentic.get().copied().unwrap_or_default(),
                ret_code: logged.ret_code.get().copied(),
                ..logged.request.clone()
            })
            .collect()
    }
}

/// Counts the requests that are being answered.
#[derive(Debug, Default)]
pub(super) struct Gauge {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Gauge {
    pub(super) fn enter(&self) -> InFlight<'_> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        InFlight(self)
    }

    pub(super) fn now(&self) -> usize {
        self.now.load(Ordering::SeqCst)
    }

    pub(super) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    pub(super) fn forget_most(&self) {
        self.most.store(self.now(), Ordering::SeqCst);
    }
}

/// One request in flight. A client that hangs up drops it too.
#[derive(Debug)]
pub(super) struct InFlight<'a>(&'a Gauge);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}
