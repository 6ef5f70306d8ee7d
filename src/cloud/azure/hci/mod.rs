//! Azure Stack HCI, now Azure Local: its gallery images.
//!
//! [`image`] is what the service returns, [`new`] what creates one, [`images`] the operations,
//! [`progress`] what is reported meanwhile. Definitions: Microsoft.AzureStackHCI, `GalleryImages`,
//! of which 2024-01-01 is the only stable version.

pub mod api_version;
pub mod image;
pub mod images;
pub mod new;
pub mod progress;

#[cfg(test)]
mod tests;

pub use api_version::ApiVersion;
pub use image::{Identifier, Image};
pub use images::{Accepted, Created, GALLERY_IMAGE, GalleryImages, ImagePages, Place};
pub use new::{NewImage, Source};
pub use progress::Progress;
