//! How long a caller is willing to wait, and its cancellation.
//!
//! Whatever waits in this crate waits through a [`Deadline`]: pauses, files, other programs and
//! requests. Reads can also be cancelled; a change that is being sent ends with its
//! response or at the deadline, since its outcome would be unknown.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{Error, Kind, Result};

/// The limits of one operation, however many requests and pauses it takes.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// When the operation has to be over.
    pub at: Instant,
    /// How long that was from the start, for the text of the error.
    pub within: Duration,
    /// Cancelled when the caller wants to stop.
    pub stop: CancellationToken,
}

impl Deadline {
    /// A deadline `within` from now.
    #[must_use]
    pub fn within(within: Duration, stop: CancellationToken) -> Self {
        Self { at: Instant::now() + within, within, stop }
    }

    /// The same with no more than `limit` from now: one step of the operation.
    #[must_use]
    pub fn no_later_than(&self, limit: Duration) -> Self {
        if limit >= self.left() {
            return self.clone();
        }
        Self::within(limit, self.stop.clone())
    }

    /// What is left of the time.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// What has passed of the time.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.within.saturating_sub(self.left())
    }

    /// Waits for `pause`.
    ///
    /// # Errors
    /// [`Kind::Interrupted`] as soon as the caller stops; [`Kind::TimedOut`] at once when the
    /// pause would not end before the deadline.
    pub async fn pause(&self, operation: &'static str, pause: Duration) -> Result<()> {
        if pause >= self.left() {
            return Err(self.has_passed(operation));
        }
        self.race(operation, sleep(pause)).await
    }

    /// Does work that changes nothing, such as reading a file or querying a service.
    ///
    /// # Errors
    /// [`Kind::Interrupted`] as soon as the caller stops, [`Kind::TimedOut`] at the deadline. The
    /// work is dropped then.
    pub fn race<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = Result<T>> {
        let done = self.finish(operation, work);
        async move {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => Err(Self::was_stopped(operation)),
                done = done => done,
            }
        }
    }

    /// Does work that must not be cut short, such as sending a change.
    ///
    /// # Errors
    /// [`Kind::TimedOut`] at the deadline.
    pub fn finish<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = Result<T>> {
        // On the heap, or each layer of a call would carry all layers below it several times.
        let work = Box::pin(work);
        async move { timeout_at(self.at, work).await.map_err(|_| self.has_passed(operation)) }
    }

    /// The error of an operation that timed out.
    #[must_use]
    pub fn has_passed(&self, operation: &'static str) -> Error {
        let text = format!("the time allowed ({}) has run out", readable(self.within));
        Error::new(Kind::TimedOut, operation, text)
    }

    fn was_stopped(operation: &'static str) -> Error {
        Error::new(Kind::Interrupted, operation, "stopped on request")
    }
}

/// A duration as people write it: `1h30m`, `45s`, `2.5s`.
#[must_use]
pub fn readable(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds < 60 {
        let text = format!("{:.1}", duration.as_secs_f64());
        return format!("{}s", text.strip_suffix(".0").unwrap_or(&text));
    }
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn durations_read_as_people_write_them() {
        for (seconds, text) in
            [(0.0, "0s"), (2.5, "2.5s"), (45.0, "45s"), (5400.0, "1h30m"), (61.0, "1m1s")]
        {
            assert_eq!(readable(Duration::from_secs_f64(seconds)), text);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_cannot_end_in_time_fails_at_once() {
        let deadline = Deadline::within(seconds(5), CancellationToken::new());
        let started = Instant::now();
        let error = deadline.pause("Get", seconds(6)).await.unwrap_err();
        assert_eq!((error.kind, started.elapsed()), (Kind::TimedOut, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_ends_when_the_caller_stops() {
        let deadline = Deadline::within(seconds(500), CancellationToken::new());
        deadline.stop.cancel();
        let error = deadline.pause("Get", seconds(60)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Interrupted);
    }

    #[tokio::test(start_paused = true)]
    async fn reading_ends_on_request_and_a_change_at_the_deadline_alone() {
        let deadline = Deadline::within(seconds(30), CancellationToken::new());
        let stop = deadline.stop.clone();
        tokio::spawn(async move {
            sleep(seconds(10)).await;
            stop.cancel();
        });
        let started = Instant::now();
        let error = deadline.race("Get", sleep(seconds(60))).await.unwrap_err();
        assert_eq!((error.kind, started.elapsed()), (Kind::Interrupted, seconds(10)));
        let error = deadline.finish("Put", sleep(seconds(60))).await.unwrap_err();
        assert_eq!((error.kind, started.elapsed()), (Kind::TimedOut, seconds(30)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_has_less_time_but_never_more() {
        let deadline = Deadline::within(seconds(30), CancellationToken::new());
        assert_eq!(deadline.no_later_than(seconds(10)).left(), seconds(10));
        assert_eq!(deadline.no_later_than(seconds(90)).left(), seconds(30));
    }
}
