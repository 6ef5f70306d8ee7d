//! Simulated clouds: strict stand-ins for the services the provider talks to.
//!
//! Each service is written from its public documentation alone. None shares code with the
//! provider's clients, so that they cannot share a misunderstanding. They verify signatures and
//! tokens themselves and refuse what the real service refuses.

pub mod arm;
pub mod batch;
pub mod entra;
pub mod horizon;
mod shared;
mod spelling;
pub mod ucloud;

pub use shared::{Authority, Controls, Server};
pub use spelling::Spelling;
