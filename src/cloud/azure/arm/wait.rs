//! Seeing a change through.
//!
//! The operation's own address says when it is over; the resource has the last word on how it
//! went, since services are known to call an operation a success whose image is broken. Whenever
//! the address fails us (it forbids, it forgets, it is not Resource Manager's), the resource is
//! watched instead. Failing to *read* the state is never taken for a failure of the operation.
//!
//! # What a wait costs
//! A change that is over when it is accepted takes no pause and one read: the one that fills the
//! caller's state. While a creation runs, each look reads the operation and then the resource,
//! since only the resource knows how much has been downloaded. That is two reads per interval and
//! image: 30 images at 10 seconds take 6 reads a second of the 25 that are refilled.

mod look;

use std::time::Duration;

use serde_json::Value;
use tokio::sync::Mutex;

use super::Arm;
use super::operation::{Operation, Watch};
use crate::cloud::deadline::readable;
use crate::cloud::poll::{Progress, until_done};
use crate::cloud::{Deadline, Error, Kind, Result};

/// Looks at an operation's address that may find nothing before the resource is watched instead:
/// the address may not have reached every front end yet.
const MISSING: u32 = 3;

/// Looks at a new resource that may find nothing, for the same reason. With [`LAG`] it makes up
/// half a minute, as others wait for a read after a creation.
pub(crate) const ABSENT: u32 = 10;

/// The longest pause between two such looks.
pub(crate) const LAG: Duration = Duration::from_secs(3);

/// Looks at a resource that failed *before* it was to be deleted, and may say so a little longer.
const STALE: u32 = 5;

/// How long before the time is up the last look is made, if that is less than a tenth of it: time
/// enough for an answer.
const MARGIN: Duration = Duration::from_secs(5);

/// Called with the resource whenever it was looked at.
pub type OnLook<'a> = &'a mut (dyn FnMut(&Value) + Send);

impl Arm {
    /// Waits for the end of `operation`: the resource, or `None` if it is gone.
    ///
    /// # Errors
    /// [`Kind::Failed`] with everything the operation and the resource say about why;
    /// [`Kind::NotFound`] if the resource does not appear; those of `deadline`.
    pub async fn wait(
        &self,
        operation: &Operation,
        deadline: &Deadline,
        on_look: OnLook<'_>,
    ) -> Result<Option<Value>> {
        let wait = Mutex::new(Wait {
            arm: self,
            operation,
            deadline,
            on_look,
            watch: operation.watch.clone(),
            pause: operation.pause,
            missing: 0,
            absent: 0,
            stale: 0,
            was_running: false,
            is_last_look: false,
            trouble: None,
        });
        let every = self.polling_interval();
        let look = || async { wait.lock().await.look().await };
        let ended = until_done(operation.name, every, deadline, look).await;
        ended.map_err(|error| wait.into_inner().explain(error))
    }
}

/// What one look at the operation or the resource means.
enum Step {
    Over(Option<Value>),
    /// Look at the resource, now.
    Resource,
    /// Still going, with the pause that was asked for.
    Running(Option<Duration>),
}

struct Wait<'a> {
    arm: &'a Arm,
    operation: &'a Operation,
    deadline: &'a Deadline,
    on_look: OnLook<'a>,
    watch: Watch,
    pause: Option<Duration>,
    missing: u32,
    absent: u32,
    stale: u32,
    was_running: bool,
    is_last_look: bool,
    trouble: Option<String>,
}

impl Wait<'_> {
    async fn look(&mut self) -> Result<Progress<Option<Value>>> {
        if let Some(pause) = self.pause.take() {
            return self.pending(Some(pause));
        }
        loop {
            let step = match self.watch.clone() {
                Watch::Gone => Step::Over(None),
                Watch::Resource => self.look_at_resource().await?,
                Watch::Status(address) => self.look_at_operation(&address, true).await?,
                Watch::Location(address) => self.look_at_operation(&address, false).await?,
            };
            match step {
                Step::Over(resource) => return Ok(Progress::Done(resource)),
                Step::Resource => self.watch = Watch::Resource,
                Step::Running(asked) => return self.pending(asked),
            }
        }
    }

    /// A pause as asked for, or so much shorter that one last look fits in.
    fn pending(&mut self, asked: Option<Duration>) -> Result<Progress<Option<Value>>> {
        let pause = asked.unwrap_or(self.arm.polling_interval());
        let left = self.deadline.left();
        if pause < left {
            return Ok(Progress::Pending(Some(pause)));
        }
        let margin = (self.deadline.within / 10).min(MARGIN);
        if self.is_last_look || left <= margin {
            let text = format!("the next look is due in {}", readable(pause));
            return Err(Error::new(Kind::TimedOut, self.operation.name, text));
        }
        self.is_last_look = true;
        Ok(Progress::Pending(Some(left - margin)))
    }

    /// Adds what a reader of the error needs to find the operation.
    fn explain(&self, error: Error) -> Error {
        let mut error = error;
        if error.kind == Kind::TimedOut {
            let within = self.deadline.within;
            let elapsed = readable(within.saturating_sub(self.deadline.left()));
            error.message = format!(
                "not finished after {elapsed} of the {} allowed ({})",
                readable(within),
                error.message
            );
            if let Some(trouble) = &self.trouble {
                error = error.fact("Last trouble", trouble.as_str());
            }
        }
        self.arm.place(&self.call_resource(), error)
    }
}
