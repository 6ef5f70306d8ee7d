//! UCloud: the `ucloud` block and the data sources of its images.

pub(crate) mod advice;
mod arguments;
pub(crate) mod image;
mod image_attributes;
pub(crate) mod images;
mod search;
pub(super) mod settings;
mod unknown_ids;
