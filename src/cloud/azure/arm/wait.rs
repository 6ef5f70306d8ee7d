//! Waiting for the end of a change.
//!
//! The operation's own address tells when it is over; the resource decides whether it succeeded,
//! since services are known to report success for an image that is broken. Whenever the address
//! is of no use (refused, not found, not Resource Manager's), the resource is polled instead.
//! Where the address tells nothing for too long, or never that the operation is over, the resource
//! is read beside it.
//! Failing to *read* the state is not a failure of the operation: see [`poll`](crate::cloud::poll).
//!
//! # What a wait costs
//! A change that is done when it is accepted takes no pause and one read: the one that fills the
//! caller's state. While a creation runs, each status check reads the operation and then the
//! resource, since only the resource knows how much has been downloaded. That is two reads per
//! interval and image: 30 images at 10 seconds take 6 reads a second of the 25 that are refilled.

mod check;
mod judge;

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::Arm;
use super::error::Reason;
use super::operation::{Operation, Watch};
use super::resource::State;
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

/// Checks in a row at an operation's address that may tell nothing before the resource is read as
/// well.
const SILENT: u32 = 3;

/// Reads in a row that have to show the success of a resource that was never seen in progress, where
/// its operation does not confirm it.
const CONFIRMED: u32 = 3;

/// Reads of a resource whose state is not final though its operation has succeeded, before it is
/// taken as it is. With [`LAG`] they take a minute.
const SETTLING: u32 = 20;

/// The same as a time: the service may ask for longer pauses.
const SETTLING_TIME: Duration = Duration::from_secs(60);

/// Called with the resource whenever it was read.
pub type OnRead<'a> = &'a mut (dyn FnMut(&Value) + Send);

/// Whether the resource shows a change in place.
pub type Shows<'a> = &'a (dyn Fn(&Value) -> bool + Sync);

impl Arm {
    /// Waits for the end of `operation`: the resource, or `None` if it is gone. `shows` decides
    /// about a change in place whose address is of no use.
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
        shows: Option<Shows<'_>>,
    ) -> Result<Option<Value>> {
        let mut wait = Wait {
            arm: self,
            operation,
            deadline,
            on_read,
            shows,
            watch: operation.watch.clone(),
            missing: 0,
            absent: 0,
            gone: u32::from(operation.was_absent),
            silent: 0,
            seen: None,
            successes: 0,
            was_running: false,
            succeeded: false,
            settling: None,
            first: None,
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
    shows: Option<Shows<'a>>,
    watch: Watch,
    missing: u32,
    absent: u32,
    gone: u32,
    /// How often in a row the operation's address has told nothing.
    silent: u32,
    /// The state of the resource when it was last read.
    seen: Option<State>,
    /// How often in a row the resource has shown success.
    successes: u32,
    /// Whether the resource was seen in progress.
    was_running: bool,
    /// Whether the operation has said that it succeeded.
    succeeded: bool,
    /// Since when a final state of the resource is overdue, and how often it was read since.
    settling: Option<(Instant, u32)>,
    /// What a resource that is deleted showed at first.
    first: Option<(State, Vec<Reason>)>,
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
                Watch::Status(address) => self.check_address(&address, true).await?,
                Watch::Location(address) => self.check_address(&address, false).await?,
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
