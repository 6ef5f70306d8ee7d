//! Azure Resource Manager: what all its resource providers have in common.
//!
//! [`client`] sends one request with everything a request needs, [`error`] reads what comes back
//! when it is refused, [`write`](mod@write) starts a change, [`operation`] remembers it and
//! [`wait`] sees it through, [`pages`] follows a list, [`id`] compares names of resources.
//! Nothing here knows a resource type.

pub mod client;
pub mod error;
pub mod id;
pub mod operation;
pub mod pages;
pub mod resource;
pub mod wait;
pub mod write;

pub use client::Arm;
pub use id::{ResourceId, normal_location, same_id, same_location};
pub use operation::Operation;
