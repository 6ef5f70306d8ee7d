//! Azure: the login that its services share, and the services.
//!
//! [`auth`] turns settings into a source of tokens, [`environments`] has the clouds' addresses,
//! [`batch`] is the client of the Batch data plane, [`arm`] that of Resource Manager, and [`hci`]
//! that of gallery images.

pub mod arm;
pub mod auth;
pub mod batch;
pub mod environments;
pub mod hci;

pub use auth::{Login, Settings};
pub use environments::Environment;
