//! A request in the terms of the gateway.

use std::collections::BTreeMap;
use std::ops::Deref;

use crate::shared;

/// A request as it arrived, what the gateway read in it, and how it was answered.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) shared: shared::Request,
    /// The decoded parameters; arrays as `Name.0`, `Name.1`, ...
    pub parameters: BTreeMap<String, String>,
    /// Whether keys, signature and token were right. A fault does not change this.
    pub authentic: bool,
    /// The `RetCode` of the answer. `None` while there is no answer, and for answers without one.
    pub ret_code: Option<i64>,
    /// The `X-UCLOUD-REQUEST-UUID` of the answer.
    pub request_uuid: String,
}

impl Deref for Request {
    type Target = shared::Request;

    fn deref(&self) -> &shared::Request {
        &self.shared
    }
}

impl Request {
    /// A decoded parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

/// What the gateway notes about a request when it arrives and when it answers.
#[derive(Debug)]
pub(super) struct Note {
    /// Counted from 1 since the log was emptied.
    pub(super) number: usize,
    pub(super) parameters: BTreeMap<String, String>,
    pub(super) authentic: bool,
    pub(super) ret_code: Option<i64>,
    pub(super) uuid: String,
}
