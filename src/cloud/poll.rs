//! Waiting for a long operation to end.
//!
//! How a wait ends is decided here, for every cloud: done, failed as the service says itself, at the
//! deadline, on request, or because its state could not be read for too long. Failing to *read* the
//! state is never a failure of the operation.

use std::time::Duration;

use tokio::time::Instant;

use super::deadline::readable;
use super::{Deadline, Error, Kind, Result, Stage};

/// The longest pause that a service may ask for between two status checks: what Azure Resource
/// Manager documents as its maximum. A service that is overloaded may ask for longer.
const LONGEST: Duration = Duration::from_secs(600);

/// How long before the deadline the last status check is made, if that is less than a tenth of the
/// time: enough for an answer.
const MARGIN: Duration = Duration::from_secs(5);

/// How long reading the state may be refused without a break. A role that was assigned, or a login
/// that was repaired, takes effect within that time.
const PATIENCE: Duration = Duration::from_secs(300);

/// The result of one status check.
#[derive(Debug)]
pub enum Progress<T> {
    /// It is over.
    Done(T),
    /// In progress. The pause the service asked for, if it did.
    Pending(Option<Duration>),
    /// Unknown: no response, a refusal, a page of a gateway. The pause the service asked for, if
    /// it did.
    Unreadable(Error, Option<Duration>),
}

/// An operation that is waited for.
pub trait Poll {
    /// Its result.
    type Output;

    /// Checks the status once.
    ///
    /// # Errors
    /// The operation's own failure, as the service states it.
    fn poll(&mut self) -> impl Future<Output = Result<Progress<Self::Output>>> + Send;
}

/// Polls until it is done, fails, or `deadline` ends the wait. `first` is the pause before the first
/// status check.
///
/// The pause between checks is what the service asked for, or `every` and up to a tenth more. One is made shortly before
/// the deadline whatever was asked for.
///
/// # Errors
/// Those of [`Poll::poll`]; [`Kind::TimedOut`] with the last problem; [`Kind::Interrupted`];
/// [`Kind::Unreadable`] with the reason.
pub async fn until_done<P: Poll>(
    operation: &'static str,
    every: Duration,
    first: Option<Duration>,
    deadline: &Deadline,
    polled: &mut P,
) -> Result<P::Output> {
    let mut wait = Wait { operation, deadline, trouble: None, refused: None, is_last: false };
    let mut pause = first.map(|first| first.min(LONGEST));
    loop {
        if let Some(pause) = pause {
            wait.pause(pause).await?;
        }
        pause = Some(match polled.poll().await? {
            Progress::Done(output) => return Ok(output),
            Progress::Pending(asked) => {
                wait.refused = None;
                asked.unwrap_or_else(|| apart(every)).min(LONGEST)
            }
            Progress::Unreadable(error, asked) => {
                let is_overloaded = matches!(error.status, Some(429 | 503));
                let pause = asked.unwrap_or_else(|| apart(every));
                wait.bear(error)?;
                if is_overloaded { pause } else { pause.min(LONGEST) }
            }
        });
    }
}

/// Whether there is no time for another status check after one that is made now.
pub fn is_last_check(deadline: &Deadline) -> bool {
    deadline.left() <= margin(deadline)
}

fn margin(deadline: &Deadline) -> Duration {
    (deadline.within / 10).min(MARGIN)
}

/// The pause before something that seems to be gone is read again.
const SECOND_LOOK: Duration = Duration::from_millis(500);

/// Reads something that may not exist: it does not if the service says so twice, since one front end
/// may lag behind the others.
///
/// # Errors
/// Those of `read` but [`Kind::NotFound`], and those of `deadline`.
pub async fn if_it_exists<T, Reading>(
    operation: &'static str,
    deadline: &Deadline,
    read: impl Fn() -> Reading,
) -> Result<Option<T>>
where
    Reading: Future<Output = Result<T>>,
{
    for look in 0..2 {
        match read().await {
            Ok(found) => return Ok(Some(found)),
            Err(error) if error.kind != Kind::NotFound => return Err(error),
            Err(_) if look == 0 => deadline.pause(operation, SECOND_LOOK).await?,
            Err(_) => {}
        }
    }
    Ok(None)
}

/// A little longer than `every`, by chance: what was started together is not polled together for
/// hours.
fn apart(every: Duration) -> Duration {
    every.mul_f64(1.0 + fastrand::f64() / 10.0)
}

struct Wait<'a> {
    operation: &'static str,
    deadline: &'a Deadline,
    /// The last failure to read the state.
    trouble: Option<Error>,
    /// Since when reading the state is refused.
    refused: Option<Instant>,
    is_last: bool,
}

impl Wait<'_> {
    /// Pauses as long as asked for, or so much shorter that one last check fits in.
    async fn pause(&mut self, pause: Duration) -> Result<()> {
        let left = self.deadline.left();
        if pause < left {
            return self.deadline.pause(self.operation, pause).await;
        }
        let margin = margin(self.deadline);
        if self.is_last || left <= margin {
            return Err(self.late(&format!("the next status check is due in {}", readable(pause))));
        }
        self.is_last = true;
        self.deadline.pause(self.operation, left - margin).await
    }

    fn late(&mut self, why: &str) -> Error {
        let elapsed = readable(self.deadline.elapsed());
        let text = format!(
            "not finished after {elapsed} of the {} allowed ({why})",
            readable(self.deadline.within)
        );
        let error = Error::new(Kind::TimedOut, self.operation, text);
        match self.trouble.take() {
            Some(Error { code: Some(code), message, .. }) => {
                error.fact("Last trouble", format!("{code}: {message}"))
            }
            Some(trouble) => error.fact("Last trouble", trouble.message),
            None => error,
        }
    }

    /// Records a check that failed.
    fn bear(&mut self, error: Error) -> Result<()> {
        match error.kind {
            Kind::Interrupted => return Err(error),
            _ if self.deadline.stop.is_cancelled() => {
                return Err(Error::new(Kind::Interrupted, self.operation, "stopped on request"));
            }
            Kind::TimedOut if self.deadline.left().is_zero() => {
                return Err(self.late(&error.message));
            }
            _ if is_refusal(&error) => {
                let since = *self.refused.get_or_insert_with(Instant::now);
                if since.elapsed() >= PATIENCE {
                    return Err(Error { kind: Kind::Unreadable, ..error });
                }
            }
            _ => {}
        }
        let is_new = self.trouble.as_ref().is_none_or(|known| known.message != error.message);
        if is_new {
            tracing::warn!(
                operation = self.operation,
                "cannot read the status, checking again later: {}",
                error.message
            );
        } else {
            tracing::debug!(operation = self.operation, "the status is still not readable");
        }
        self.trouble = Some(error);
        Ok(())
    }
}

/// Whether an error is one that lasts until somebody mends it: the service refuses, its
/// certificate is not accepted, or there is no token for it.
fn is_refusal(error: &Error) -> bool {
    let is_passing = matches!(error.kind, Kind::Unavailable | Kind::Throttled | Kind::TimedOut);
    matches!(error.kind, Kind::Denied | Kind::Untrusted)
        || (error.stage != Stage::Call && !is_passing)
}

#[cfg(test)]
mod tests;
