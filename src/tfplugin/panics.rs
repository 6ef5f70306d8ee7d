//! Panics: that of a call becomes its response, all others end the process with a report that
//! Terraform shows.
//!
//! Terraform recognises a crash by a line on stderr that starts with `panic: ` (Go's words) and
//! prints the lines after it, even when logging is off. Rust's own report would not
//! be shown.

use super::diagnostic::Diagnostic;
use crate::secret::redact;
use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::pin::pin;
use std::task::Poll;
use tokio::sync::Notify;

/// How much of a report Terraform keeps.
const REPORT_LINES: usize = 100;

/// What is known of a panic that was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// The message.
    pub message: String,
    /// Its `file:line:column`.
    pub location: String,
}

/// The response of a call that panicked. `what` names the call.
pub(crate) fn crashed(what: &str, panic: &Panic) -> Diagnostic {
    Diagnostic::error(
        "The provider has a bug",
        format!(
            "{what} failed unexpectedly: {} ({}). Nothing else was affected. Please report this, \
             together with the log of a run with TF_LOG=TRACE.",
            panic.message, panic.location
        ),
    )
}

thread_local! {
    /// Whether this thread is inside of [`catch`] or [`catching`].
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    /// What the hook saw, for the `catch` around it.
    static CAUGHT: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// Notified of a panic that is not caught.
static UNCAUGHT: Notify = Notify::const_new();

/// Runs a call to its end. A panic of it is logged and returned, and affects nothing else.
///
/// Tasks that the call spawns are not part of it: what panics there ends the process.
///
/// # Errors
///
/// The panic.
pub async fn catch<F: Future>(call: F) -> Result<F::Output, Panic> {
    let mut call = pin!(call);
    std::future::poll_fn(|context| match catching(|| call.as_mut().poll(context)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panic) => Poll::Ready(Err(panic)),
    })
    .await
}

/// The same as [`catch`], for code that does not wait.
///
/// # Errors
///
/// The panic.
pub fn catching<T>(call: impl FnOnce() -> T) -> Result<T, Panic> {
    let outer = CATCHING.replace(true);
    // A call that panicked is over; what it shared with others is behind locks.
    let result = panic::catch_unwind(AssertUnwindSafe(call));
    CATCHING.set(outer);
    result.map_err(|payload| {
        let seen = CAUGHT.take();
        seen.unwrap_or_else(|| Panic { message: said(&*payload), location: String::new() })
    })
}

/// Waits for a panic outside of any call.
pub(crate) async fn outside_of_calls() {
    UNCAUGHT.notified().await;
}

/// Replaces Rust's own report by ours. `program` names the crashed one.
pub(crate) fn install_hook(program: String) {
    panic::set_hook(Box::new(move |info| {
        let panic = describe(info);
        // Resolving the backtrace is slow, which is acceptable after a panic.
        let backtrace = Backtrace::force_capture().to_string();
        if CATCHING.get() {
            tracing::error!(location = panic.location, backtrace, "Panic: {}", panic.message);
            CAUGHT.set(Some(panic));
        } else {
            let text = report(&program, &panic, &backtrace);
            let _ = io::stderr().lock().write_all(redact(&text).as_bytes());
            UNCAUGHT.notify_one();
        }
    }));
}

fn describe(info: &PanicHookInfo<'_>) -> Panic {
    let location = info.location().map(ToString::to_string).unwrap_or_default();
    Panic { message: said(info.payload()), location }
}

/// The message, which is a `&str` or a `String` in all common cases.
fn said(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("(no message)").to_owned()
}

/// The raw lines for stderr.
fn report(program: &str, panic: &Panic, backtrace: &str) -> String {
    let Panic { message, location } = panic;
    let mut report = format!("panic: {message}\n\n{program}, at {location}\n\n");
    for line in backtrace.lines() {
        let _ = writeln!(report, "{line}");
    }
    report.split_inclusive('\n').take(REPORT_LINES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_that_panics_after_waiting_is_caught() {
        let call = async {
            tokio::task::yield_now().await;
            panic!("one {}", "two");
        };
        assert_eq!(catch::<_>(call).await.map(|(): ()| ()).unwrap_err().message, "one two");
    }

    #[tokio::test]
    async fn a_call_that_ends_well_gives_its_answer() {
        assert_eq!(catch(async { 1 }).await, Ok(1));
    }

    #[test]
    fn an_inner_call_does_not_uncover_the_outer_one() {
        let outer = catching(|| {
            assert!(catching(|| panic!("inner")).is_err());
            assert!(CATCHING.get());
        });
        assert!(outer.is_ok());
        assert!(!CATCHING.get());
    }

    #[test]
    fn a_report_starts_as_terraform_expects_and_is_as_long_as_it_reads() {
        let panic = Panic { message: "boom".into(), location: "src/a.rs:1:2".into() };
        let report = report("terraform-provider-x 1.0.0", &panic, &"frame\n".repeat(200));
        assert!(report.starts_with("panic: boom\n"));
        assert!(report.contains("terraform-provider-x 1.0.0, at src/a.rs:1:2\n"));
        assert_eq!(report.lines().count(), REPORT_LINES);
    }
}
