//! Azure: the `azure` block, which gallery images and Batch share.

pub(crate) mod advice;
pub(super) mod settings;
