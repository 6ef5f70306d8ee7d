//! `cloudimages_batch_supported_images`: all images that match.

mod filters;
mod listing;
mod network;
mod refusals;
mod retries;
