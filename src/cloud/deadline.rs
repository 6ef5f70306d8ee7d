//! How long a caller is willing to wait, and how it says that it no longer is.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Error, Kind, Result};

/// The bounds of one operation, however many requests and pauses it takes.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// When the operation has to be over.
    pub at: Instant,
    /// How long that was from the start, for the text of the error.
    pub within: Duration,
    /// Cancelled when the caller wants to stop. Pauses end at once; a request that is being
    /// answered is left alone, since its effect would be unknown.
    pub stop: CancellationToken,
}

impl Deadline {
    /// Bounds that end `within` from now.
    #[must_use]
    pub fn within(within: Duration, stop: CancellationToken) -> Self {
        Self { at: Instant::now() + within, within, stop }
    }

    /// What is left of the time.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// Waits for `pause`.
    ///
    /// # Errors
    /// [`Kind::Interrupted`] as soon as the caller stops; [`Kind::TimedOut`] at once when the
    /// pause would not end before the at.
    pub async fn pause(&self, operation: &'static str, pause: Duration) -> Result<()> {
        if pause >= self.left() {
            let message = format!("the time allowed ({}) has run out", readable(self.within));
            return Err(Error::new(Kind::TimedOut, operation, message));
        }
        tokio::select! {
            biased;
            () = self.stop.cancelled() => {
                Err(Error::new(Kind::Interrupted, operation, "stopped on request"))
            }
            () = tokio::time::sleep(pause) => Ok(()),
        }
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
        let deadline = Deadline::within(Duration::from_secs(5), CancellationToken::new());
        let started = Instant::now();
        let error = deadline.pause("Get", Duration::from_secs(6)).await.unwrap_err();
        assert_eq!((error.kind, started.elapsed()), (Kind::TimedOut, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_ends_when_the_caller_stops() {
        let deadline = Deadline::within(Duration::from_secs(500), CancellationToken::new());
        deadline.stop.cancel();
        let error = deadline.pause("Get", Duration::from_secs(60)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Interrupted);
    }
}
