//! What signals mean to this process.
//!
//! | signal | launched by Terraform | in debug mode |
//! | --- | --- | --- |
//! | SIGINT (Windows: ctrl-C, ctrl-break) | ignored | asks to end |
//! | SIGTERM, SIGHUP (Windows: closing the console) | asks to end | asks to end |
//!
//! How the process ends when it is asked to is decided in [`super::server`]. Launched under `nohup`,
//! it ignores SIGHUP like Terraform itself.

use super::StartError;
use std::fmt::{self, Debug};
use std::future::poll_fn;
use std::task::{Context, Poll};

/// Who handles Ctrl-C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// Terraform, which gets the same signal and then calls StopProvider: we continue.
    IsTheParents,
    /// We ourselves: the process was started in a terminal to be attached to.
    EndsUs,
}

/// Ready once for each signal.
type PollSignal = dyn FnMut(&mut Context<'_>) -> Poll<()> + Send;

/// The signals that ask the process to end.
pub(super) struct Signals(Box<PollSignal>);

impl Signals {
    /// `poll` is ready once for each signal.
    pub(super) fn new(poll: impl FnMut(&mut Context<'_>) -> Poll<()> + Send + 'static) -> Self {
        Self(Box::new(poll))
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) {
        poll_fn(&mut self.0).await;
    }
}

impl Debug for Signals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signals")
    }
}

/// What `poll_recv` returns when there was a signal.
const RECEIVED: Poll<Option<()>> = Poll::Ready(Some(()));

/// Handles the signals from now on.
#[cfg(unix)]
pub(super) fn take_over(interrupt: Interrupt) -> Result<Signals, StartError> {
    use tokio::signal::unix::{SignalKind, signal};

    let failed = |error| StartError::new("cannot handle signals", error);
    let mut interrupts = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut hangup = if hangups_are_ignored() {
        None
    } else {
        Some(signal(SignalKind::hangup()).map_err(failed)?)
    };
    Ok(Signals::new(move |context| {
        while interrupts.poll_recv(context) == RECEIVED {
            if interrupted(interrupt) {
                return Poll::Ready(());
            }
        }
        let hung_up = hangup.as_mut().is_some_and(|hangup| hangup.poll_recv(context) == RECEIVED);
        if hung_up || terminate.poll_recv(context) == RECEIVED {
            return Poll::Ready(());
        }
        Poll::Pending
    }))
}

/// Whether SIGHUP was ignored when the process was started, as by `nohup`: a handler would undo
/// that. Linux tells it in a file; elsewhere only unsafe code can ask.
#[cfg(unix)]
fn hangups_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores_hangups(&status)
}

#[cfg(unix)]
fn ignores_hangups(status: &str) -> bool {
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // Bit 0 is signal 1, SIGHUP.
    ignored.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 1 == 1))
}

/// Handles the console's events from now on.
///
/// After the console was closed, Windows itself ends the process within some seconds: calls that
/// take longer are lost.
#[cfg(windows)]
pub(super) fn take_over(interrupt: Interrupt) -> Result<Signals, StartError> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};

    let failed = |error| StartError::new("cannot handle console events", error);
    let mut interrupts = ctrl_c().map_err(failed)?;
    let mut breaks = ctrl_break().map_err(failed)?;
    let mut closes = ctrl_close().map_err(failed)?;
    Ok(Signals::new(move |context| {
        while interrupts.poll_recv(context) == RECEIVED || breaks.poll_recv(context) == RECEIVED {
            if interrupted(interrupt) {
                return Poll::Ready(());
            }
        }
        if closes.poll_recv(context) == RECEIVED { Poll::Ready(()) } else { Poll::Pending }
    }))
}

/// Whether an interrupt asks the process to end.
fn interrupted(interrupt: Interrupt) -> bool {
    if interrupt == Interrupt::IsTheParents {
        tracing::debug!("Ignoring the interrupt: Terraform says what is to stop");
    }
    interrupt == Interrupt::EndsUs
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn ignored_hangups_are_the_lowest_bit_of_the_mask() {
        let status = |mask: &str| format!("Name:\ta\nSigBlk:\t0000000000000001\nSigIgn:\t{mask}\n");
        assert!(ignores_hangups(&status("0000000000001001")));
        assert!(!ignores_hangups(&status("0000000000001000")));
        assert!(!ignores_hangups(""));
    }
}
