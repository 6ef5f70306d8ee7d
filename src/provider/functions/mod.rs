//! The provider's functions. They are pure: no client, no configuration.

pub(crate) mod parse_gallery_image_id;
pub(crate) mod parse_image_urn;
