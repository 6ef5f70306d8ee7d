//! Clients for the clouds' image APIs. Nothing here has heard of Terraform.
//!
//! Retry lives in [`http`] and nowhere else; waiting lives in [`poll`] and nowhere else.

pub mod authorized;
pub mod azure;
pub mod change;
pub mod deadline;
pub mod endpoint;
mod error;
#[cfg(test)]
pub(crate) mod fake;
pub mod file;
pub mod http;
pub mod poll;
pub mod token;
pub mod ucloud;

pub use deadline::Deadline;
pub use error::{Error, Kind, Result, Stage};
