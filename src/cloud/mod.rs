//! Clients for the clouds' image APIs. Nothing here depends on Terraform.
//!
//! [`http`] retries requests, [`change`] those of unknown outcome; [`poll`] waits for operations.

pub mod authorized;
pub mod azure;
pub mod change;
pub mod deadline;
pub mod endpoint;
mod error;
#[cfg(test)]
pub(crate) mod fake;
pub mod file;
pub mod horizon;
pub mod http;
pub(crate) mod json;
pub mod poll;
pub(crate) mod text;
pub mod token;
pub mod ucloud;

pub use deadline::Deadline;
pub use error::{Error, Kind, Result, Stage};
