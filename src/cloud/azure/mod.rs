//! Azure: the login that its services share, and the services.
//!
//! [`auth`] turns settings into tokens, [`environments`] knows the clouds' addresses, [`token`]
//! keeps tokens until they age, [`batch`] asks the Batch data plane, [`arm`] speaks Resource
//! Manager, in which [`hci`] finds gallery images.

pub mod arm;
pub mod auth;
pub mod batch;
pub mod environments;
pub mod hci;
mod text;
pub mod token;

pub use auth::{Login, Settings, send_authorized};
pub use environments::Environment;
pub use token::Token;
