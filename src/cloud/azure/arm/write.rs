//! Starting a change exactly once, as far as that can be known.
//!
//! When the connection is lost, or a gateway gives up, the service may have carried the change
//! out. Then the resource is looked at before anything is sent again.

use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;

use super::Arm;
use super::client::{Call, RequestClass, correlation};
use super::error;
use super::operation::{Change, Operation, Watch};
use crate::cloud::deadline::readable;
use crate::cloud::http::{Response, is_transient};
use crate::cloud::{Deadline, Error, Kind, Result};

/// Times that a change of unknown fate is sent in all.
const ATTEMPTS: u32 = 5;

/// The pause after the first attempt; doubled for each further one.
const PAUSE: Duration = Duration::from_millis(500);

/// A change to ask for.
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

/// A change that was accepted.
#[derive(Clone, Debug)]
pub struct Started {
    /// What to wait for.
    pub operation: Operation,
    /// The resource, if the service has shown it.
    pub resource: Option<Value>,
}

impl Arm {
    /// Asks for a change. `carried_out` says whether a look at the resource (`None`: it is not
    /// there) means that a request of unknown fate was carried out.
    ///
    /// # Errors
    /// The service's refusal. [`Error::outcome_unknown`] is set if the change may have been made.
    pub async fn write(
        &self,
        write: &Write<'_>,
        deadline: &Deadline,
        carried_out: impl Fn(Option<&Value>) -> bool,
    ) -> Result<Started> {
        let correlation = correlation();
        let call = self.call_of(write, &correlation);
        for attempt in 1.. {
            let (doubt, asked) = match self.send(&call, RequestClass::Write, deadline).await {
                Ok(response) if is_transient(response.status) => {
                    (self.error(&call, &response), response.retry_after())
                }
                // Perhaps with our own earlier attempt.
                Ok(response) if attempt > 1 && response.status.as_u16() == 409 => {
                    (self.error(&call, &response), None)
                }
                Ok(response) => return self.accept(write, &call, &response),
                Err(error) if error.outcome_unknown && error.kind != Kind::TimedOut => {
                    (error, None)
                }
                Err(error) => return Err(error),
            };
            tracing::warn!(
                operation = write.operation,
                resource = write.resource,
                "no clear answer, looking before asking again: {}",
                doubt.message,
            );
            let pause = asked.unwrap_or_else(|| PAUSE.saturating_mul(1 << (attempt - 1).min(6)));
            self.backoff(&doubt, pause, deadline).await?;
            let found = self.look(write, &correlation, &doubt, deadline).await?;
            if carried_out(found.as_ref()) {
                return Ok(self.taken_over(write, correlation, found));
            }
            if found.is_none() && write.change == Change::Patch || attempt >= ATTEMPTS {
                return Err(doubt);
            }
            if doubt.kind == Kind::Conflict {
                return Err(doubt);
            }
        }
        unreachable!("attempts are counted from 1 without end")
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

    /// Reads a clear answer to a change.
    fn accept(&self, write: &Write<'_>, call: &Call<'_>, response: &Response) -> Result<Started> {
        let status = response.status.as_u16();
        if !response.status.is_success() {
            let error = self.error(call, response);
            if write.change == Change::Delete && error.kind == Kind::NotFound {
                let operation = self.operation(write, call.correlation, Watch::Gone);
                return Ok(Started { operation, resource: None });
            }
            return Err(error);
        }
        let body: Option<Value> = serde_json::from_slice(response.json()).ok();
        if let Some(body) = body.as_ref().filter(|body| error::is_error_only(body)) {
            let reasons = error::reasons(body);
            let error = error::of_reasons(Kind::Failed, call.operation, &reasons);
            return Err(self.traced(call, response, error.status(status)));
        }
        let (change, version) = (write.change, write.api_version);
        let operation = Operation::accepted(self, change, call, version, response, body.as_ref());
        Ok(Started { operation, resource: body.filter(|body| body.get("properties").is_some()) })
    }

    /// The resource after a change of unknown fate, `None` if there is none.
    async fn look(
        &self,
        write: &Write<'_>,
        correlation: &str,
        doubt: &Error,
        deadline: &Deadline,
    ) -> Result<Option<Value>> {
        let url: Url = self.url(write.resource, write.api_version);
        let call =
            Call { method: Method::GET, url, body: None, ..self.call_of(write, correlation) };
        match self.read(&call, RequestClass::Read, deadline).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => {
                let error = error.fact("Before that", doubt.message.as_str());
                Err(Error { outcome_unknown: true, ..error })
            }
        }
    }

    async fn backoff(&self, doubt: &Error, pause: Duration, deadline: &Deadline) -> Result<()> {
        if pause >= deadline.left() {
            let message = format!(
                "{}; the next look would have to wait {}, but of the {} allowed only {} are left",
                doubt.message,
                readable(pause),
                readable(deadline.within),
                readable(deadline.left())
            );
            return Err(Error {
                kind: Kind::TimedOut,
                message,
                outcome_unknown: true,
                ..doubt.clone()
            });
        }
        let paused = deadline.pause(doubt.operation, pause).await;
        paused.map_err(|error| Error { outcome_unknown: true, facts: doubt.facts.clone(), ..error })
    }

    /// A change that a look has shown to be under way.
    fn taken_over(&self, write: &Write<'_>, correlation: String, found: Option<Value>) -> Started {
        let watch = if found.is_none() { Watch::Gone } else { Watch::Resource };
        let operation = self.operation(write, &correlation, watch);
        Started { operation, resource: found }
    }

    fn operation(&self, write: &Write<'_>, correlation: &str, watch: Watch) -> Operation {
        Operation {
            correlation: correlation.to_owned(),
            watch,
            ..Operation::of_resource(write.change, write.resource, write.api_version)
                .named(write.operation)
        }
    }
}
