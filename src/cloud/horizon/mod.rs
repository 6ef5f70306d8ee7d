//! Horizon Cloud Service next-gen: the Image Management Service.
//!
//! [`Horizon`] is one login and one organisation. An import is started by
//! [`create`](Horizon::create), which returns as soon as there is an id, and waited for by
//! [`wait`](Horizon::wait), also in another process. The API is described at
//! [developer.omnissa.com](https://developer.omnissa.com/horizon-apis/horizon-cloud-nextgen/).
//!
//! What the API does not have decides much of this client: an image cannot be changed or deleted,
//! only its versions; a creation has no key that would make it repeatable; the reason of a failure is
//! neither in the image nor in the version, but in the version's copies.

mod catalog;
mod client;
mod create;
mod csp;
mod delete;
mod error;
mod gone;
mod markers;
mod new;
mod pages;
mod sources;
mod status;
mod types;
mod update;
mod wait;

#[cfg(test)]
mod tests;

pub use catalog::Snapshot;
pub use client::{Horizon, Settings};
pub use create::{Accepted, Created};
pub use csp::Credentials;
pub use delete::{Deletion, Refused};
pub use new::{NewImage, Options, Source, VmInfo};
pub use sources::{ImageSource, SourceQuery};
pub use status::{Phase, is_of_import, is_reworked_version, is_usable_version, phase};
pub use types::{Copy, Image, Marker, Version};
pub use update::{Edit, Edited};
pub use wait::Import;

use reqwest::Url;

use super::endpoint::{self, Allowed};
use super::{Error, Result};

/// The production gateway.
pub const DEFAULT_ENDPOINT: &str = "https://cloud-sg.horizon.omnissa.com";

/// The Cloud Services Platform, which issues tokens.
pub const DEFAULT_CSP_URL: &str = "https://connect.omnissa.com";

/// Reads the address of the service or of the token service.
///
/// # Errors
/// What is wrong with it.
pub fn address(text: &str, setting: &'static str) -> Result<Url> {
    endpoint::parse(text, Allowed::default())
        .map_err(|why| Error::setting("Configure", setting, why))
}
