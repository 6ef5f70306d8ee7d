//! Azure Batch: the `batch` block and the data sources of supported images.

pub(crate) mod advice;
mod arguments;
mod image_attributes;
mod search;
pub(super) mod settings;
pub(crate) mod supported_image;
pub(crate) mod supported_images;
