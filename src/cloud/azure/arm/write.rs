//! Starting a change exactly once, as far as that can be known.
//!
//! When the connection is lost, or a gateway gives up, the service may have carried the change
//! out. Then the resource is looked at before anything is sent again.

use std::time::Duration;

use reqwest::{Method, Url};
use serde_json::Value;

use super::Arm;
use super::client::{Call, Effort, correlation};
use super::error;
use super::operation::{Change, Operation, Watch};
use crate::cloud::http::{Answer, is_transient};
use crate::cloud::limits::readable;
use crate::cloud::{Error, Kind, Limits, Result};

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
    /// The service's refusal. [`Error::maybe_done`] is set if the change may have been made.
    pub async fn write(
        &self,
        write: &Write<'_>,
        limits: &Limits,
        carried_out: impl Fn(Option<&Value>) -> bool,
    ) -> Result<Started> {
        let correlation = correlation();
        let call = self.call_of(write, &correlation);
        for attempt in 1.. {
            let (doubt, asked) = match self.send(&call, Effort::Write, limits).await {
                Ok(answer) if is_transient(answer.status) => {
                    (self.error(&call, &answer), answer.retry_after())
                }
                // Perhaps with our own earlier attempt.
                Ok(answer) if attempt > 1 && answer.status.as_u16() == 409 => {
                    (self.error(&call, &answer), None)
                }
                Ok(answer) => return self.accept(write, &call, &answer),
                Err(error) if error.maybe_done && error.kind != Kind::TimedOut => (error, None),
                Err(error) => return Err(error),
            };
            tracing::warn!(
                operation = write.operation,
                resource = write.resource,
                "no clear answer, looking before asking again: {}",
                doubt.message,
            );
            let pause = asked.unwrap_or_else(|| PAUSE.saturating_mul(1 << (attempt - 1).min(6)));
            self.breathe(&doubt, pause, limits).await?;
            let found = self.look(write, &correlation, &doubt, limits).await?;
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
    fn accept(&self, write: &Write<'_>, call: &Call<'_>, answer: &Answer) -> Result<Started> {
        let status = answer.status.as_u16();
        if !answer.status.is_success() {
            let error = self.error(call, answer);
            if write.change == Change::Delete && error.kind == Kind::NotFound {
                let operation = self.operation(write, call.correlation, Watch::Gone);
                return Ok(Started { operation, resource: None });
            }
            return Err(error);
        }
        let body: Option<Value> = serde_json::from_slice(answer.json()).ok();
        if let Some(body) = body.as_ref().filter(|body| error::is_error_only(body)) {
            let reasons = error::reasons(body);
            let error = error::of_reasons(Kind::Failed, call.operation, &reasons, self.redaction());
            return Err(self.traced(call, answer, error.status(status)));
        }
        let (change, version) = (write.change, write.api_version);
        let operation = Operation::accepted(self, change, call, version, answer, body.as_ref());
        Ok(Started { operation, resource: body.filter(|body| body.get("properties").is_some()) })
    }

    /// The resource after a change of unknown fate, `None` if there is none.
    async fn look(
        &self,
        write: &Write<'_>,
        correlation: &str,
        doubt: &Error,
        limits: &Limits,
    ) -> Result<Option<Value>> {
        let url: Url = self.url(write.resource, write.api_version);
        let call =
            Call { method: Method::GET, url, body: None, ..self.call_of(write, correlation) };
        match self.read(&call, Effort::Read, limits).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind == Kind::NotFound => Ok(None),
            Err(error) => {
                let error = error.fact("Before that", doubt.message.as_str());
                Err(Error { maybe_done: true, ..error })
            }
        }
    }

    async fn breathe(&self, doubt: &Error, pause: Duration, limits: &Limits) -> Result<()> {
        if pause >= limits.left() {
            let message = format!(
                "{}; the next look would have to wait {}, but of the {} allowed only {} are left",
                doubt.message,
                readable(pause),
                readable(limits.within),
                readable(limits.left())
            );
            return Err(Error { kind: Kind::TimedOut, message, maybe_done: true, ..doubt.clone() });
        }
        let paused = limits.pause(doubt.operation, pause).await;
        paused.map_err(|error| Error { maybe_done: true, facts: doubt.facts.clone(), ..error })
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
