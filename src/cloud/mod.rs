//! Clients for the clouds' image APIs. Nothing here has heard of Terraform.
//!
//! Retry lives in [`http`] and nowhere else; waiting lives in [`poll`] and nowhere else.

pub mod azure;
pub mod deadline;
mod error;
#[cfg(test)]
pub(crate) mod fake;
pub mod http;
pub mod poll;
pub mod ucloud;

pub use deadline::Deadline;
pub use error::{Error, Kind, Result};
