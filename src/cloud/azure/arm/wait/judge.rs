//! What the resource means for the change, and when it is asked beside the operation's address.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::check::reasons_of;
use super::{CONFIRMED, LAG, SETTLING, SETTLING_TIME, SILENT, Step, Wait};
use crate::cloud::Result;
use crate::cloud::azure::arm::client::Call;
use crate::cloud::azure::arm::operation::Change;
use crate::cloud::azure::arm::resource::{State, is_finished, provisioning_state};
use crate::cloud::http::Response;
use crate::cloud::poll::is_last_check;

impl<'a> Wait<'a> {
    /// One check at the operation's address, and at the resource where the address tells nothing for
    /// too long or there is no time for another check.
    pub(super) async fn check_address(&mut self, address: &str, is_status: bool) -> Result<Step> {
        let is_last = is_last_check(self.deadline);
        if is_last && self.silent > 0 {
            // A request to the address may take all the time that is left.
            let step = self.beside(Step::Running(None)).await?;
            if matches!(step, Step::Over(_)) {
                return Ok(step);
            }
        }
        match self.check_operation(address, is_status).await? {
            Step::Unreadable(error, asked) => {
                self.silent += 1;
                if self.silent < SILENT && !is_last {
                    return Ok(Step::Unreadable(error, asked));
                }
                if self.silent == SILENT {
                    tracing::warn!(
                        operation = self.operation.name,
                        "cannot read the status, watching the resource as well: {}",
                        error.message
                    );
                }
                self.refused = Some(error.described());
                self.beside(Step::Unreadable(error, asked)).await
            }
            Step::Running(asked) => {
                self.silent = 0;
                // A resource that was in progress a moment ago need not be asked again.
                if is_last && self.seen != Some(State::Running) {
                    return self.beside(Step::Running(asked)).await;
                }
                Ok(Step::Running(asked))
            }
            step => Ok(step),
        }
    }

    /// Reads the resource because `step` is all that the operation's address told.
    ///
    /// Its failure is final. Its success is only believed if it was seen in progress before, or
    /// shows several times: the first response to a change may claim it. A resource that does not
    /// exist yet tells nothing.
    async fn beside(&mut self, step: Step) -> Result<Step> {
        self.absent = 0;
        let pause = |asked: Option<Duration>| match &step {
            Step::Running(first) | Step::Unreadable(_, first) => first.or(asked),
            Step::Over(_) | Step::Resource => asked,
        };
        Ok(match self.check_resource().await? {
            Step::Over(resource) if self.is_believed(resource.as_ref()) => Step::Over(resource),
            Step::Over(_) => Step::Running(pause(None)),
            Step::Running(asked) if self.absent == 0 => Step::Running(pause(asked)),
            _ => step,
        })
    }

    fn is_believed(&self, resource: Option<&Value>) -> bool {
        let Some(resource) = resource else { return true };
        match self.operation.change {
            Change::Put => self.was_running || self.successes >= CONFIRMED,
            // Its state does not tell whether a change in place was made.
            Change::Patch => self.shows.is_some_and(|shows| shows(resource)),
            Change::Delete => false,
        }
    }

    /// Notes what was read, whoever asked for it.
    pub(super) fn saw(&mut self, resource: &Value) {
        (self.on_read)(resource);
        let state = State::of(provisioning_state(resource));
        self.seen = Some(state);
        match state {
            State::Succeeded => self.successes += 1,
            State::Running => (self.was_running, self.successes) = (true, 0),
            State::Failed => self.successes = 0,
        }
    }

    /// Decides by the resource.
    pub(super) fn judge(
        &mut self,
        call: &Call<'a>,
        response: &Response,
        resource: Value,
    ) -> Result<Step> {
        let asked = response.retry_after();
        let word = provisioning_state(&resource);
        let state = State::of(word);
        if self.operation.change == Change::Delete {
            let reasons = reasons_of(&resource);
            let first = self.first.get_or_insert_with(|| (state, reasons.clone()));
            // What failed before is shown for as long as the service likes.
            let is_old = !self.was_running && *first == (state, reasons);
            if state != State::Failed || is_old {
                return Ok(Step::Running(asked));
            }
        }
        match state {
            State::Succeeded => Ok(Step::Over(Some(resource))),
            State::Running => Ok(self.settle(resource, asked)),
            State::Failed => {
                let found = reasons_of(&resource);
                Err(self.error(call, response, &found, word.unwrap_or("Failed")))
            }
        }
    }

    /// Waits a while for the final word about a change that is over, and then does without.
    fn settle(&mut self, resource: Value, asked: Option<Duration>) -> Step {
        let is_created = self.operation.change == Change::Put && is_finished(&resource);
        if !self.succeeded && !is_created {
            self.settling = None;
            return Step::Running(asked);
        }
        let (since, reads) = self.settling.get_or_insert_with(|| (Instant::now(), 0));
        *reads += 1;
        if *reads < SETTLING && since.elapsed() < SETTLING_TIME {
            return Step::Running(Some(asked.unwrap_or(LAG.min(self.arm.polling_interval()))));
        }
        tracing::warn!(
            operation = self.operation.name,
            resource = self.operation.resource,
            state = provisioning_state(&resource),
            "the operation has succeeded, but the state of the resource is not final; it is taken as it is",
        );
        Step::Over(Some(resource))
    }
}
