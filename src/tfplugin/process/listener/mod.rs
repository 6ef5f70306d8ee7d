//! Where the process listens: a socket file that only its owner can open or, on Windows, a local
//! TCP port. Reads the variables about the address; independent of TLS and of the services.

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

/// Where a client connects, in the terms of Go's `net` package.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// `unix` or `tcp`.
    pub(super) network: &'static str,
    /// The socket's path, or `host:port`.
    pub(super) name: String,
}
