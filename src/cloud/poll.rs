//! Waiting for a long operation to end.

use std::time::Duration;

use super::{Deadline, Result};

/// What one look at the operation showed.
#[derive(Debug)]
pub enum Progress<T> {
    /// It is over.
    Done(T),
    /// Still going. The pause the service asked for, if it did.
    Pending(Option<Duration>),
}

/// Calls `look` until it is done, fails, or `deadline` end the wait.
///
/// The pause between looks is what the service asked for, or `every`.
///
/// # Errors
/// Those of `look`, and those of [`Deadline::pause`].
pub async fn until_done<T, Looking>(
    operation: &'static str,
    every: Duration,
    deadline: &Deadline,
    mut look: impl FnMut() -> Looking,
) -> Result<T>
where
    Looking: Future<Output = Result<Progress<T>>>,
{
    loop {
        match look().await? {
            Progress::Done(value) => return Ok(value),
            Progress::Pending(asked) => {
                deadline.pause(operation, asked.unwrap_or(every).min(deadline.left())).await?;
            }
        }
    }
}
