//! Azure Local (Azure Stack HCI): the resource and the data sources of gallery images.

pub(crate) mod gallery_image;
pub(crate) mod gallery_image_data;
pub(crate) mod gallery_image_list;
mod image_attributes;
mod image_path;
mod tags;
mod target;
mod texts;
