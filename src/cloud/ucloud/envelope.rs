//! The form of every response of the service.

use serde::Deserialize;

use super::Image;
use super::decode::{list, text, whole};

/// One response: a page of images, or an error.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(super) struct Envelope {
    /// Zero is success.
    #[serde(deserialize_with = "whole")]
    pub(super) ret_code: Option<i64>,
    #[serde(deserialize_with = "text")]
    pub(super) message: Option<Box<str>>,
    #[serde(deserialize_with = "whole")]
    pub(super) total_count: Option<i64>,
    #[serde(deserialize_with = "list")]
    pub(super) image_set: Box<[Image]>,
}
