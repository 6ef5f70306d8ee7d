//! What signals mean to this process.

use super::StartError;

/// Who answers when the user presses Ctrl-C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// Terraform, which gets the same signal and then calls StopProvider: we go on.
    IsTheParents,
    /// We ourselves: the process was started in a terminal to be attached to.
    EndsUs,
}

/// Takes over the signals at once. The future is ready when one asks the process to end.
#[cfg(unix)]
pub(super) fn take_over(
    interrupt: Interrupt,
) -> Result<impl Future<Output = ()> + use<>, StartError> {
    use tokio::signal::unix::{SignalKind, signal};

    let failed = |error| StartError::new("cannot handle signals", error);
    let mut interrupts = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(failed)?;
    Ok(async move {
        loop {
            tokio::select! {
                Some(()) = interrupts.recv() => if interrupted(interrupt) { return },
                Some(()) = terminate.recv() => return,
                Some(()) = hangup.recv() => return,
                else => std::future::pending().await,
            }
        }
    })
}

/// Takes over the console's events at once. The future is ready when one asks the process to end.
#[cfg(windows)]
pub(super) fn take_over(
    interrupt: Interrupt,
) -> Result<impl Future<Output = ()> + use<>, StartError> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};

    let failed = |error| StartError::new("cannot handle console events", error);
    let mut interrupts = ctrl_c().map_err(failed)?;
    let mut breaks = ctrl_break().map_err(failed)?;
    let mut closes = ctrl_close().map_err(failed)?;
    Ok(async move {
        loop {
            tokio::select! {
                Some(()) = interrupts.recv() => if interrupted(interrupt) { return },
                Some(()) = breaks.recv() => if interrupted(interrupt) { return },
                Some(()) = closes.recv() => return,
                else => std::future::pending().await,
            }
        }
    })
}

/// Whether an interrupt ends the process.
fn interrupted(interrupt: Interrupt) -> bool {
    if interrupt == Interrupt::IsTheParents {
        tracing::debug!("Ignoring the interrupt: Terraform says what is to stop");
    }
    interrupt == Interrupt::EndsUs
}
