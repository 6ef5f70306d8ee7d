//! `cloudimages_ucloud_images`: all images that match.

mod filters;
mod listing;
mod refusals;
