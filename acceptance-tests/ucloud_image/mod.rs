//! `cloudimages_ucloud_image`: the one image that matches.

mod choosing;
mod deferral;
mod validation;
