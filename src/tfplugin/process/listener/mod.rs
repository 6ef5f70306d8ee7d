//! Where the process listens: a socket file that only its owner can open or, on Windows, a local
//! TCP port. Knows the variables that say where; knows nothing of TLS or of what is served.

#[cfg(unix)]
mod folder;
#[cfg(any(windows, test))]
mod tcp;
#[cfg(unix)]
mod unix;

#[cfg(windows)]
pub(super) use tcp::{Bound, Stream, bind};
#[cfg(unix)]
pub(super) use unix::{Bound, Stream, bind};

/// Where a client connects, in the words of Go's `net` package.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// `unix` or `tcp`.
    pub(super) network: &'static str,
    /// The socket's path, or `host:port`.
    pub(super) name: String,
}
