//! Azure: the login that its services share, and the services.
//!
//! [`auth`] turns settings into a source of tokens, [`environments`] knows the clouds' addresses,
//! [`batch`] asks the Batch data plane, [`arm`] speaks Resource Manager, in which [`hci`] finds
//! gallery images.

pub mod arm;
pub mod auth;
pub mod batch;
pub mod environments;
pub mod hci;
mod text;

pub use auth::{Login, Settings};
pub use environments::Environment;
