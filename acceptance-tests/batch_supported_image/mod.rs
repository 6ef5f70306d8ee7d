//! `cloudimages_batch_supported_image`: the one image that matches.

mod choosing;
mod deferral;
mod validation;
