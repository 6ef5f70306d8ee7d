//! What the simulated services share: the server, the journal of requests, faults on demand, the
//! registry of access tokens, and the time that background work takes.
//!
//! A service implements [`Service`]: it names the kind of each request and answers it. The shell
//! around it writes the journal and lets the faults happen. Nothing in here knows a service.

#[cfg(test)]
pub(crate) mod client;
mod controls;
mod fault;
mod journal;
mod padding;
mod partial;
mod progress;
mod script;
mod server;
mod shell;
mod tls;
mod tokens;

pub use controls::{Controls, Switch};
pub use fault::Fault;
pub use journal::Request;
pub(crate) use journal::{KEPT, decode, lock, raw_pairs};
pub(crate) use progress::Countdown;
pub use progress::Progress;
pub use script::When;
pub use server::Server;
pub(crate) use shell::{Reply, Service};
pub use tls::Authority;
pub use tokens::{Holder, Refusal, Tokens, audience_of};
