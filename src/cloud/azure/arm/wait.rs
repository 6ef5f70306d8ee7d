//! Waiting for the end of a change.
//!
//! The operation's own address tells when it is over; the resource decides whether it succeeded,
//! since services are known to report success for an image that is broken. Whenever the address
//! is of no use (refused, not found, not Resource Manager's), the resource is polled instead.
//! Failing to *read* the state is not a failure of the operation: see [`poll`](crate::cloud::poll).
//!
//! # What a wait costs
//! A change that is done when it is accepted takes no pause and one read: the one that fills the
//! caller's state. While a creation runs, each status check reads the operation and then the
//! resource, since only the resource knows how much has been downloaded. That is two reads per
//! interval and image: 30 images at 10 seconds take 6 reads a second of the 25 that are refilled.

mod check;

use std::time::Duration;

use serde_json::Value;

use super::Arm;
use super::operation::{Operation, Watch};
use crate::cloud::poll::{Poll, Progress, until_done};
use crate::cloud::{Deadline, Error, Result};

/// Status checks at an operation's address that may find nothing before the resource is polled
/// instead: the address may not have reached every front end yet.
const MISSING: u32 = 3;

/// Reads of a new resource that may find nothing, for the same reason. With [`LAG`] they take
/// half a minute, as long as other providers wait after a creation.
const ABSENT: u32 = 10;

/// The longest pause between two such reads.
const LAG: Duration = Duration::from_secs(3);

/// How often the service has to report that a resource is gone: one response may come from a front
/// end that lags behind.
const GONE: u32 = 2;

/// The longest pause between two such reads.
const GONE_PAUSE: Duration = Duration::from_secs(1);

/// Reads that may still show a failure from *before* the deletion of a resource.
const STALE: u32 = 5;

/// Called with the resource whenever it was read.
pub type OnRead<'a> = &'a mut (dyn FnMut(&Value) + Send);

impl Arm {
    /// Waits for the end of `operation`: the resource, or `None` if it is gone.
    ///
    /// # Errors
    /// [`Kind::Failed`](crate::cloud::Kind::Failed) with everything the operation and the resource
    /// say about why; [`Kind::NotFound`](crate::cloud::Kind::NotFound) if the resource does not
    /// appear; those of [`until_done`].
    pub async fn wait(
        &self,
        operation: &Operation,
        deadline: &Deadline,
        on_read: OnRead<'_>,
    ) -> Result<Option<Value>> {
        let mut wait = Wait {
            arm: self,
            operation,
            deadline,
            on_read,
            watch: operation.watch.clone(),
            missing: 0,
            absent: 0,
            gone: u32::from(operation.was_absent),
            stale: 0,
            was_running: false,
            refused: None,
        };
        let (every, first) = (self.polling_interval(), operation.pause);
        let ended = until_done(operation.name, every, first, deadline, &mut wait).await;
        ended.map_err(|error| {
            let refused = wait.refused.take().filter(|said| !error.message.contains(said.as_str()));
            let error = self.about(&wait.call_resource(), error);
            error.fact("Status address", refused.unwrap_or_default())
        })
    }
}

/// What one status check means.
enum Step {
    Over(Option<Value>),
    /// Read the resource at once.
    Resource,
    /// In progress, with the pause that was asked for.
    Running(Option<Duration>),
    /// Unknown.
    Unreadable(Error, Option<Duration>),
}

struct Wait<'a> {
    arm: &'a Arm,
    operation: &'a Operation,
    deadline: &'a Deadline,
    on_read: OnRead<'a>,
    watch: Watch,
    missing: u32,
    absent: u32,
    gone: u32,
    stale: u32,
    was_running: bool,
    /// What the service said when it refused to tell the state at the operation's address. That is not a
    /// failure of the operation, but may explain one.
    refused: Option<String>,
}

impl Poll for Wait<'_> {
    type Output = Option<Value>;

    async fn poll(&mut self) -> Result<Progress<Option<Value>>> {
        loop {
            let step = match self.watch.clone() {
                Watch::Resource => self.check_resource().await?,
                Watch::Status(address) => self.check_operation(&address, true).await?,
                Watch::Location(address) => self.check_operation(&address, false).await?,
            };
            return Ok(match step {
                Step::Over(resource) => Progress::Done(resource),
                Step::Running(asked) => Progress::Pending(asked),
                Step::Unreadable(error, asked) => Progress::Unreadable(error, asked),
                Step::Resource => {
                    self.watch = Watch::Resource;
                    continue;
                }
            });
        }
    }
}
