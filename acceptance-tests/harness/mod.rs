//! Runs `terraform` as a user would, and reads its results.
//!
//! Each test has its own folder and home, and an environment without that of the developer:
//! credentials found there would change what is tested.

mod attached;
pub(crate) mod batch;
mod block;
mod find;
pub(crate) mod hci;
pub(crate) mod horizon;
pub(crate) mod https;
pub(crate) mod mirror;
pub(crate) mod newer;
mod outcome;
mod processes;
mod run;
mod state;
mod terraform;
pub(crate) mod ucloud;
mod workspace;

pub(crate) use attached::Attached;
pub(crate) use outcome::{Diagnostic, Outcome};
#[cfg(target_os = "linux")]
pub(crate) use processes::peak_memory_of;
pub(crate) use processes::provider_of;
pub(crate) use run::Run;
pub(crate) use state::State;
pub(crate) use workspace::{PROVIDER, Workspace};

use std::time::{Duration, Instant};

/// The timeout for expected events. Far more than they need: a computer may be busy with other
/// tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `happened`.
pub(crate) fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    let started = Instant::now();
    while !happened() {
        assert!(started.elapsed() < PATIENCE, "still waiting: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
