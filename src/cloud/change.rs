//! Making a change whose answer may get lost.
//!
//! When the connection breaks, or a gateway gives up, the service may have carried the change out.
//! It is never taken for failed then, and never sent again before somebody has looked.

use std::time::Duration;

use tokio::time::Instant;

use super::http::{Response, Sent};
use super::{Deadline, Error, Kind, Result};

/// How often a change is sent in all whose outcome is unknown.
const ATTEMPTS: u32 = 5;

/// The pause before the first look; doubled for each further one.
const BACKOFF: Duration = Duration::from_millis(500);

/// The longest pause between two looks.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// How often a change has to be missing before a conflict with it counts as one with something else:
/// the service may not show yet what it is already making.
const LOOKS_AFTER_CONFLICT: u32 = 4;

/// How long to look in vain before it is left to the wait that follows, which looks as well.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a look at the service shows about a change that was sent.
#[derive(Debug)]
pub enum Seen<T> {
    /// It was carried out, or is being.
    Done(T),
    /// It was not, and may be sent again.
    NotDone,
    /// It was not, and must not be sent again: something else is in its place.
    Prevented(Error),
    /// Nothing was learnt.
    Unreadable(Error),
}

/// What became of a change.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The service has accepted it.
    Accepted(T),
    /// Nobody could tell until the deadline, until the caller stopped, or for a long time.
    Unknown(Error),
}

/// A change that can be looked for.
pub trait Change {
    /// What the service answers when it accepts.
    type Accepted;

    /// Sends it.
    ///
    /// # Errors
    /// It surely was not carried out.
    fn send(&mut self) -> impl Future<Output = Result<Sent>> + Send;

    /// Reads an answer.
    ///
    /// # Errors
    /// The service's refusal.
    fn accept(&mut self, response: &Response) -> Result<Self::Accepted>;

    /// Looks whether the change was carried out.
    fn look(&mut self) -> impl Future<Output = Seen<Self::Accepted>> + Send;
}

/// Makes a change, as often as it takes and is safe.
///
/// # Errors
/// The service's refusal, or why the change surely was not carried out.
pub async fn make<C: Change>(deadline: &Deadline, change: &mut C) -> Result<Outcome<C::Accepted>> {
    let mut doubt: Option<Error> = None;
    for attempt in 1.. {
        let (error, mut asked) = match change.send().await {
            Ok(Sent::Answered(response)) => match (change.accept(&response), &doubt) {
                (Ok(accepted), _) => return Ok(Outcome::Accepted(accepted)),
                // Perhaps with our own earlier attempt.
                (Err(refusal), Some(_)) if refusal.kind == Kind::Conflict => (refusal, None),
                // Whoever may not change it now may have been allowed to before.
                (Err(refusal), Some(_)) if refusal.kind == Kind::Denied => {
                    return Ok(Outcome::Unknown(refusal));
                }
                (Err(refusal), _) => return Err(refusal),
            },
            Ok(Sent::Unknown(error, asked)) => (error, asked),
            // An earlier attempt may have been carried out all the same.
            Err(error) if doubt.is_some() => return Ok(Outcome::Unknown(error)),
            Err(error) => return Err(error),
        };
        tracing::warn!(
            operation = error.operation,
            "the outcome is unknown, looking before anything is sent again: {}",
            error.message
        );
        let (is_conflict, since) = (error.kind == Kind::Conflict, Instant::now());
        for look in 0.. {
            let backoff = BACKOFF.saturating_mul(1 << (attempt - 1 + look).min(6));
            let pause = asked.take().unwrap_or(backoff.min(LONGEST_BACKOFF));
            if let Err(ended) = deadline.pause(error.operation, pause).await {
                return Ok(Outcome::Unknown(Error { kind: ended.kind, ..error }));
            }
            match change.look().await {
                Seen::Done(accepted) => return Ok(Outcome::Accepted(accepted)),
                Seen::Prevented(why) => return Err(why),
                Seen::NotDone if is_conflict && look + 1 < LOOKS_AFTER_CONFLICT => {}
                Seen::NotDone if is_conflict || attempt >= ATTEMPTS => return Err(error),
                Seen::NotDone => break,
                Seen::Unreadable(_) if since.elapsed() >= PATIENCE => {
                    return Ok(Outcome::Unknown(error));
                }
                Seen::Unreadable(why) => tracing::debug!(
                    operation = error.operation,
                    "cannot tell what became of it: {}",
                    why.message
                ),
            }
        }
        doubt = Some(error);
    }
    unreachable!("attempts are counted from 1 without end")
}
