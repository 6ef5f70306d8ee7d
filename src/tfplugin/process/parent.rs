//! The parent process, which may end without notice.
//!
//! A Terraform that is killed does not call Shutdown. Its child is an orphan from then on, which
//! its parent's id shows: it is that of another process. Nobody else can connect, and the process
//! would stay forever.

use super::open::Open;
use std::future;
use std::time::Duration;
use tokio::time::sleep;

/// How often to check while no connection is open. A client that reconnects is back by then.
const PAUSE: Duration = Duration::from_secs(1);

/// The process that started this one.
#[derive(Debug)]
pub(super) struct Parent(u32);

impl Parent {
    /// The current parent. `None` where the system does not tell.
    pub(super) fn of_process() -> Option<Self> {
        id().map(Self)
    }

    /// A process that has ended already.
    #[cfg(all(test, unix))]
    pub(super) fn that_is_gone() -> Self {
        Self(0)
    }

    fn is_gone(&self) -> bool {
        id() != Some(self.0)
    }
}

#[cfg(unix)]
fn id() -> Option<u32> {
    Some(std::os::unix::process::parent_id())
}

/// Windows does not change the parent of orphans, and tells the id only to unsafe code. A missing
/// connection alone says nothing, since a client may connect again: the process stays until it is
/// ended.
#[cfg(windows)]
fn id() -> Option<u32> {
    None
}

/// Waits until the parent has gone and no connection is open.
pub(super) async fn orphaned(parent: Option<&Parent>, connections: &Open) {
    let Some(parent) = parent else { return future::pending().await };
    loop {
        connections.none().await;
        sleep(PAUSE).await;
        if parent.is_gone() && connections.count() == 0 {
            return;
        }
    }
}
