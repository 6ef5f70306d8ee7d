//! Horizon Cloud: settings, advice, one file per type.

pub(crate) mod advice;
pub(crate) mod catalog_import;
pub(crate) mod catalog_import_list;
pub(crate) mod image;
mod image_attributes;
pub(crate) mod image_sources;
pub(crate) mod images;
mod search;
pub(crate) mod settings;
mod texts;
