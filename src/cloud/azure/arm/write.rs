//! Starting a change exactly once, as far as that can be known: what a response of Resource
//! Manager means, and what the resource shows. When to check and when to send again is in
//! [`change`].

use reqwest::{Method, Url};
use serde_json::Value;

use super::Arm;
use super::client::{Call, RequestClass, correlation};
use super::error;
use super::operation::{Change, Operation, Watch};
use crate::cloud::change::{self, Outcome, Seen};
use crate::cloud::http::{Response, Sent};
use crate::cloud::{Deadline, Error, Kind, Result};

/// A change to request.
#[derive(Clone, Debug)]
pub struct Write<'a> {
    /// The API's name for it.
    pub operation: &'static str,
    /// What kind of change.
    pub change: Change,
    /// The id of the resource.
    pub resource: &'a str,
    /// The version of the API.
    pub api_version: &'a str,
    /// The body.
    pub body: Option<&'a Value>,
}

/// What the resource shows about a change of unknown outcome.
#[derive(Debug)]
pub enum Found {
    /// The change was carried out, or is in progress.
    Ours,
    /// It was not; it may be requested again.
    NotDone,
    /// Something else is there, so that it must not be requested again.
    Theirs,
}

/// A change that was requested.
#[derive(Clone, Debug)]
pub struct Started {
    /// What to wait for.
    pub operation: Operation,
    /// The resource, if the service has returned it.
    pub resource: Option<Value>,
    /// Whether somebody else created the resource.
    pub is_theirs: bool,
}

impl Arm {
    /// Requests a change. `judge` says what the resource (`None`: it does not exist) means for a
    /// request whose outcome is unknown.
    ///
    /// # Errors
    /// The service's refusal, or why the change was certainly not made.
    pub async fn write(
        &self,
        write: &Write<'_>,
        deadline: &Deadline,
        judge: impl Fn(Option<&Value>) -> Found + Send + Sync,
    ) -> Result<Outcome<Started>> {
        let correlation = correlation();
        let call = self.call_of(write, &correlation);
        change::make(deadline, &mut Writing { arm: self, write, call, deadline, judge }).await
    }

    /// A change that is not known to have been accepted: the resource is polled.
    #[must_use]
    pub fn unconfirmed(&self, write: &Write<'_>) -> Operation {
        Operation::of_resource(write.change, write.resource, write.api_version)
            .named(write.operation)
    }

    fn call_of<'a>(&self, write: &Write<'a>, correlation: &'a str) -> Call<'a> {
        Call {
            operation: write.operation,
            method: match write.change {
                Change::Put => Method::PUT,
                Change::Patch => Method::PATCH,
                Change::Delete => Method::DELETE,
            },
            url: self.url(write.resource, write.api_version),
            body: write.body,
            correlation,
            resource: write.resource,
        }
    }
}

struct Writing<'a, J> {
    arm: &'a Arm,
    write: &'a Write<'a>,
    call: Call<'a>,
    deadline: &'a Deadline,
    judge: J,
}

impl<J: Fn(Option<&Value>) -> Found + Send + Sync> change::Change for Writing<'_, J> {
    type Accepted = Started;

    async fn send(&mut self) -> Result<Sent> {
        self.arm.send_once(&self.call, self.deadline).await
    }

    fn accept(&mut self, response: &Response) -> Result<Started> {
        let (arm, write, call) = (self.arm, self.write, &self.call);
        if !response.status.is_success() {
            let error = arm.error(call, response);
            let is_gone = write.change == Change::Delete && error.kind == Kind::NotFound;
            return if is_gone { Ok(self.watching(None)) } else { Err(error) };
        }
        let body: Option<Value> = serde_json::from_slice(response.json()).ok();
        if let Some(body) = body.as_ref().filter(|body| error::is_error_only(body)) {
            let reasons = error::reasons(body);
            let error = error::of_reasons(Kind::Failed, call.operation, &reasons);
            return Err(arm.traced(call, response, error.status(response.status.as_u16())));
        }
        let (change, version) = (write.change, write.api_version);
        let operation = Operation::accepted(arm, change, call, version, response, body.as_ref());
        let resource = body.filter(|body| body.get("properties").is_some());
        Ok(Started { operation, resource, is_theirs: false })
    }

    async fn look(&mut self) -> Seen<Started> {
        let url: Url = self.call.url.clone();
        let call = Call { method: Method::GET, url, body: None, ..self.call.clone() };
        let read = self.arm.read_resource(&call, RequestClass::Poll, self.deadline).await;
        let (found, absence) = match read {
            Ok(found) => (Some(found), None),
            Err(error) if error.kind == Kind::NotFound => (None, Some(error)),
            Err(error) => return Seen::Unreadable(error),
        };
        match ((self.judge)(found.as_ref()), absence) {
            (Found::Ours, _) => Seen::Done(self.watching(found)),
            (Found::Theirs, Some(absence)) => Seen::Prevented(absence),
            (Found::Theirs, None) => {
                Seen::Done(Started { is_theirs: true, ..self.watching(found) })
            }
            (Found::NotDone, _) => Seen::NotDone,
        }
    }
}

impl<J> Writing<'_, J> {
    /// A change in progress whose resource is polled.
    fn watching(&self, resource: Option<Value>) -> Started {
        let operation = Operation {
            correlation: self.call.correlation.to_owned(),
            watch: Watch::Resource,
            was_absent: resource.is_none(),
            ..self.arm.unconfirmed(self.write)
        };
        Started { operation, resource, is_theirs: false }
    }
}

/// The change itself, or the error of one whose outcome is still unknown.
///
/// # Errors
/// [`Kind::TimedOut`] or [`Kind::Interrupted`] with the last problem.
pub fn known(outcome: Outcome<Started>) -> Result<Started> {
    match outcome {
        Outcome::Accepted(started) => Ok(started),
        Outcome::Unknown(error) => Err(Error {
            message: format!("it is unknown whether it was carried out: {}", error.message),
            ..error
        }),
    }
}
