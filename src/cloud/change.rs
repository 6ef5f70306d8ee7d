//! Making a change whose response may get lost.
//!
//! When the connection breaks, or a gateway gives up, the service may have carried the change out.
//! It is not treated as failed then, and not sent again before the resource has been read.

use std::time::Duration;

use tokio::time::Instant;

use super::http::{Response, Sent};
use super::{Deadline, Error, Kind, Result};

/// How often a change of unknown outcome is sent in all.
const ATTEMPTS: u32 = 5;

/// The pause before the first check; doubled for each further one.
const BACKOFF: Duration = Duration::from_millis(500);

/// The longest pause between two checks.
const LONGEST_BACKOFF: Duration = Duration::from_secs(30);

/// How often a change has to be missing before a conflict with it counts as one with something else:
/// the service may not show yet what it is already making.
const LOOKS_AFTER_CONFLICT: u32 = 4;

/// How long to check for a change that cannot be sent again: a list may lag behind.
const LAG: Duration = Duration::from_secs(30);

/// How long to check without result before it is left to the wait that follows.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the service shows about a change that was sent.
#[derive(Debug)]
pub enum Seen<T> {
    /// It was carried out, or is in progress.
    Done(T),
    /// It was not, and may be sent again.
    NotDone,
    /// Nothing shows it so far, and it must not be sent again: a second one would be another change.
    NotSeen,
    /// It was not, and must not be sent again: something else is in its place.
    Prevented(Error),
    /// Still unknown.
    Unreadable(Error),
}

/// What became of a change.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The service has accepted it.
    Accepted(T),
    /// Still unknown at the deadline, when the caller stopped, or after a long time.
    Unknown(Error),
}

/// A change whose outcome can be checked.
pub trait Change {
    /// What the service answers when it accepts.
    type Accepted;

    /// Sends it.
    ///
    /// # Errors
    /// It was certainly not carried out.
    fn send(&mut self) -> impl Future<Output = Result<Sent>> + Send;

    /// Reads a response.
    ///
    /// # Errors
    /// The service's refusal.
    fn accept(&mut self, response: &Response) -> Result<Self::Accepted>;

    /// Checks whether the change was carried out.
    fn look(&mut self) -> impl Future<Output = Seen<Self::Accepted>> + Send;
}

/// Makes a change, repeating the request where that is safe.
///
/// # Errors
/// The service's refusal, or why the change was certainly not carried out.
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
            "the outcome is unknown; checking it before the request is sent again: {}",
            error.message
        );
        let (is_conflict, since) = (error.kind == Kind::Conflict, Instant::now());
        for look in 0.. {
            let backoff = BACKOFF.saturating_mul(1 << (attempt - 1 + look).min(6));
            let asked = asked.take();
            let is_too_long = asked.is_some_and(|asked| asked >= deadline.left());
            let pause = match asked {
                // To look once does no harm, and is better than not to know.
                Some(_) if is_too_long => LONGEST_BACKOFF.min(deadline.left() / 2),
                Some(asked) => asked,
                None => backoff.min(LONGEST_BACKOFF),
            };
            if let Err(ended) = deadline.pause(error.operation, pause).await {
                return Ok(Outcome::Unknown(Error { kind: ended.kind, ..error }));
            }
            match change.look().await {
                Seen::Done(accepted) => return Ok(Outcome::Accepted(accepted)),
                Seen::Prevented(why) => return Err(why),
                Seen::NotSeen if since.elapsed() >= LAG => return Ok(Outcome::Unknown(error)),
                Seen::NotSeen => {}
                Seen::NotDone if is_conflict && look + 1 < LOOKS_AFTER_CONFLICT => {}
                Seen::NotDone if is_conflict || attempt >= ATTEMPTS => return Err(error),
                // The service asked not to be sent anything before the deadline.
                Seen::NotDone if is_too_long => return Ok(Outcome::Unknown(error)),
                Seen::NotDone => break,
                Seen::Unreadable(_) if since.elapsed() >= PATIENCE => {
                    return Ok(Outcome::Unknown(error));
                }
                Seen::Unreadable(why) => tracing::debug!(
                    operation = error.operation,
                    "the outcome is still unknown: {}",
                    why.message
                ),
            }
        }
        doubt = Some(error);
    }
    unreachable!("attempts are counted from 1 without end")
}
