//! Counts what is open: connections, or calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

/// A count that can be waited for.
#[derive(Debug, Default)]
pub(super) struct Open {
    count: AtomicUsize,
    closed: Notify,
}

impl Open {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Waits until there is none.
    pub(super) async fn none(&self) {
        loop {
            let mut closed = std::pin::pin!(self.closed.notified());
            // Subscribes before it checks: the last one may close in between.
            closed.as_mut().enable();
            if self.count() == 0 {
                return;
            }
            closed.await;
        }
    }
}

/// Counts one until it is dropped.
#[derive(Debug)]
pub(super) struct Counted(Arc<Open>);

impl Counted {
    pub(super) fn new(open: &Arc<Open>) -> Self {
        open.count.fetch_add(1, Ordering::AcqRel);
        Self(Arc::clone(open))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::AcqRel);
        self.0.closed.notify_waiters();
    }
}
