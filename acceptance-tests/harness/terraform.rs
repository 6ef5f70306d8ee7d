//! The `terraform` that the tests run, and how many of it may run at once.

use std::path::{Path, PathBuf};
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};

use super::find;

/// Terraform and its plugins need CPU time: more at once would only wait for each other, and could
/// exceed Terraform's own timeouts.
const AT_ONCE: usize = 3;

/// The executable. Without one the test fails: a skipped test must not count as passed.
pub(crate) fn executable() -> &'static Path {
    static FOUND: LazyLock<Result<PathBuf, String>> = LazyLock::new(find::terraform);
    match &*FOUND {
        Ok(path) => path,
        Err(why) => panic!(
            "terraform is needed by the acceptance tests: {why}; or run only the other tests with \
             `cargo test --lib`."
        ),
    }
}

/// The permit to run one terraform.
#[derive(Debug)]
pub(crate) struct Slot(());

static TAKEN: Mutex<usize> = Mutex::new(0);
static RETURNED: Condvar = Condvar::new();

impl Slot {
    /// Waits until there is one.
    pub(crate) fn take() -> Self {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken >= AT_ONCE {
            taken = RETURNED.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += 1;
        Self(())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        RETURNED.notify_one();
    }
}
