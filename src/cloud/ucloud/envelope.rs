//! The form of every response of the service.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::Image;
use super::decode::{elements, fields, object, text, whole};
use super::types::Undecodable;

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
    /// None if it is not a list. A missing one is empty: an empty list may come without it.
    #[serde(default = "no_images", deserialize_with = "images")]
    pub(super) image_set: Option<Box<[Image]>>,
}

/// The images of a page, and in their places what is known of those that cannot be decoded: they
/// count when pages are requested.
fn images<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Box<[Image]>>, D::Error> {
    let read = |element| object(element).unwrap_or_else(|why| undecodable(element, why));
    Ok(elements(from)?.map(|elements| elements.into_iter().map(read).collect()))
}

#[expect(clippy::unnecessary_wraps, reason = "the type of the field")]
fn no_images() -> Option<Box<[Image]>> {
    Some(Box::default())
}

fn undecodable(element: &RawValue, why: String) -> Image {
    let [id, name, zone] = fields(element, ["ImageId", "ImageName", "Zone"]);
    let json = element.get().into();
    let undecodable = Some(Box::new(Undecodable { why, json }));
    Image { id: id.unwrap_or_default(), name, zone, undecodable, ..Image::default() }
}
