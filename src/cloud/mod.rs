//! Clients for the clouds' image APIs. Nothing here has heard of Terraform.
//!
//! Retry lives in [`http`] and nowhere else; waiting lives in [`poll`] and nowhere else.

pub mod azure;
mod error;
#[cfg(test)]
pub(crate) mod fake;
pub mod http;
pub mod limits;
pub mod poll;
pub mod ucloud;

pub use error::{Error, Kind, Result};
pub use limits::Limits;
