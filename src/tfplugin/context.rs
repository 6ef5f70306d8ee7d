//! The context of an operation: how long it may take, and whether Terraform has asked to stop.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::diagnostic::{Diagnostic, Failure};
use super::timeouts;

/// One call by Terraform.
#[derive(Debug)]
pub struct Context {
    /// Cancelled when Terraform asks to stop.
    pub stop: CancellationToken,
    /// How long the operation may take in all.
    pub timeout: Duration,
    /// When that time ends.
    pub deadline: Instant,
    /// The argument that sets it: `timeouts.read`.
    pub limit: &'static str,
    warnings: Mutex<Vec<Diagnostic>>,
}

impl Context {
    /// A call that may take `timeout`, which the argument `limit` sets.
    #[must_use]
    pub fn new(stop: CancellationToken, limit: &'static str, timeout: Duration) -> Self {
        let deadline = Instant::now() + timeout;
        Self { stop, timeout, deadline, limit, warnings: Mutex::default() }
    }

    /// Advice speaks of `timeouts`, since an API's error can come from any operation. Here it is
    /// known which of them allows more time.
    pub(crate) fn name_limit(&self, Failure(mut problems): Failure) -> Vec<Diagnostic> {
        for problem in &mut problems {
            problem.detail = problem.detail.replace("`timeouts`", &format!("`{}`", self.limit));
        }
        problems
    }

    /// The error of an operation that did not end in time.
    pub(crate) fn timed_out(&self) -> Diagnostic {
        let detail = format!(
            "The operation did not end within {}. Raise `{}` to allow more.",
            timeouts::go(self.timeout),
            self.limit
        );
        Diagnostic::error("Timed out", detail)
    }

    /// Tells the user something without failing.
    pub fn warn(&self, warning: Diagnostic) {
        self.warnings.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(warning);
    }

    /// The messages, each once.
    pub fn take_warnings(&self) -> Vec<Diagnostic> {
        std::mem::take(
            &mut *self.warnings.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }
}
