//! Azure Resource Manager: what all its resource providers have in common.
//!
//! [`client`] sends one request, [`error`] reads error responses, [`write`](mod@write) starts a
//! change, [`operation`] describes it and [`wait`] waits for its end, [`pages`] reads lists, [`id`]
//! compares resource ids, [`tags`] tags. Nothing here is specific to a resource type.

pub mod client;
pub mod error;
pub mod id;
pub mod operation;
pub mod pages;
pub mod resource;
pub mod tags;
pub mod wait;
pub mod write;

pub use client::Arm;
pub use id::{ResourceId, normal_location, same_id, same_location};
pub use operation::Operation;
