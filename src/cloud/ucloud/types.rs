//! The types of requests and responses, in the API's own terms.
//!
//! A region may have thousands of images, so an [`Image`] is packed: text in boxes without spare
//! capacity, nothing kept of the response it came from.

use serde::Deserialize;

use super::decode::{number, text, texts, whole};

/// Which images to list. Empty and missing values are not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Query {
    /// The region, such as `cn-bj2`. The service requires it.
    pub region: String,
    /// The project; without it the service takes the default one, which sub-accounts lack.
    pub project_id: Option<String>,
    /// The availability zone, such as `cn-bj2-04`.
    pub zone: Option<String>,
    /// `Base`, `Business` or `Custom`.
    pub image_type: Option<String>,
    /// `gpu`, `app` or `uhost`. The service ignores any other value.
    pub func_type: Option<String>,
    /// `Linux` or `Windows`.
    pub os_type: Option<String>,
    /// The business group.
    pub tag: Option<String>,
    /// Ids to look for; all images when there are none.
    pub image_ids: Vec<String>,
    /// Whether images come with their prices.
    pub include_prices: bool,
}

/// The images of a [`Query`], all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchResult {
    /// Newest first, then by id, then by zone. No image of a zone occurs twice.
    pub images: Vec<Image>,
    /// How many images the service says there are.
    pub total_count: u64,
    /// Warnings about the responses. The list is complete as far as they show.
    pub warnings: Vec<String>,
    /// Reports of images that the service announces each time, and never sends: the list may lack
    /// some.
    pub shortfalls: Vec<String>,
}

/// One image in one zone. The service may leave out any of it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Image {
    /// `uimage-...`, a UUID or 32 hexadecimal digits; empty when the service sent none.
    #[serde(rename = "ImageId", deserialize_with = "super::decode::id")]
    pub id: Box<str>,
    /// The name as sent, which may begin or end with a space.
    #[serde(rename = "ImageName", deserialize_with = "text")]
    pub name: Option<Box<str>>,
    /// The description as sent.
    #[serde(rename = "ImageDescription", deserialize_with = "text")]
    pub description: Option<Box<str>>,
    /// The availability zone.
    #[serde(deserialize_with = "text")]
    pub zone: Option<Box<str>>,
    /// `Linux` or `Windows`.
    #[serde(deserialize_with = "text")]
    pub os_type: Option<Box<str>>,
    /// Name of the operating system.
    #[serde(deserialize_with = "text")]
    pub os_name: Option<Box<str>>,
    /// `Base`, `Business` or `Custom`.
    #[serde(deserialize_with = "text")]
    pub image_type: Option<Box<str>>,
    /// `gpu`, `app` or `uhost`.
    #[serde(deserialize_with = "text")]
    pub func_type: Option<Box<str>>,
    /// What the image can do; an open set of names.
    #[serde(deserialize_with = "texts")]
    pub features: Box<[Box<str>]>,
    /// Software in the image.
    #[serde(deserialize_with = "text")]
    pub integrated_software: Option<Box<str>>,
    /// Who supplies the image.
    #[serde(deserialize_with = "text")]
    pub vendor: Option<Box<str>>,
    /// Where the image is described.
    #[serde(deserialize_with = "text")]
    pub links: Option<Box<str>>,
    /// `Available`, `Making`, `Unavailable` or `Copying`.
    #[serde(deserialize_with = "text")]
    pub state: Option<Box<str>>,
    /// Seconds since 1970.
    #[serde(deserialize_with = "whole")]
    pub create_time: Option<i64>,
    /// Size in GB.
    #[serde(deserialize_with = "number")]
    pub image_size: Option<f64>,
    /// The oldest CPU platform that can run the image.
    #[serde(rename = "MinimalCPU", deserialize_with = "text")]
    pub minimal_cpu: Option<Box<str>>,
    /// The end of maintenance as sent, `YYYY/MM/DD`.
    #[serde(deserialize_with = "text")]
    pub maintain_eol: Option<Box<str>>,
    /// Snapshots of the data disks that belong to the image.
    #[serde(deserialize_with = "texts")]
    pub data_snapshot_ids: Box<[Box<str>]>,
    /// GPU models that the image supports.
    #[serde(rename = "SupportedGPUTypes", deserialize_with = "texts")]
    pub supported_gpu_types: Box<[Box<str>]>,
    /// What the image is for.
    #[serde(deserialize_with = "texts")]
    pub scene_categories: Box<[Box<str>]>,
    /// The main software.
    #[serde(deserialize_with = "text")]
    pub primary_software: Option<Box<str>>,
    /// The business group.
    #[serde(deserialize_with = "text")]
    pub tag: Option<Box<str>>,
    /// Prices, when asked for.
    #[serde(rename = "PriceSet", deserialize_with = "super::decode::list")]
    pub prices: Box<[Price]>,
    /// Set if the image cannot be decoded. Such an image does not leave the client.
    #[serde(skip)]
    pub(super) undecodable: Option<Box<Undecodable>>,
}

/// An image that cannot be decoded.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Undecodable {
    /// Why not.
    pub(super) why: String,
    /// As the service sent it.
    pub(super) json: Box<str>,
}

/// The price of an image in one billing mode.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Price {
    /// `Year`, `Month`, `Dynamic` and the like.
    #[serde(deserialize_with = "text")]
    pub charge_type: Option<Box<str>>,
    /// The price.
    #[serde(deserialize_with = "number")]
    pub price: Option<f64>,
    /// The price before discounts.
    #[serde(deserialize_with = "number")]
    pub original_price: Option<f64>,
}

impl Image {
    /// How a message names the image.
    pub(super) fn label(&self) -> String {
        match (&*self.id, self.name.as_deref()) {
            ("", None) => "an image without an id".to_owned(),
            ("", Some(name)) => format!("{name:?}"),
            (id, None) => id.to_owned(),
            (id, Some(name)) => format!("{id} {name:?}"),
        }
    }

    /// What identifies an image: the same id may occur in several zones.
    pub(super) fn key(&self) -> (&str, Option<&str>) {
        let id = match (&*self.id, self.name.as_deref(), &self.undecodable) {
            ("", None, Some(odd)) => &odd.json,
            // Without an id, the name identifies it.
            ("", name, _) => name.unwrap_or_default(),
            (id, _, _) => id,
        };
        (id, self.zone.as_deref())
    }
}

/// Newest first, then by id, then by zone; what has no time comes last.
pub(super) fn sort(images: &mut [Image]) {
    images.sort_unstable_by(|a, b| {
        let (newest, ids) = (b.create_time.cmp(&a.create_time), a.id.cmp(&b.id));
        newest.then(ids).then_with(|| (&a.zone, &a.name).cmp(&(&b.zone, &b.name)))
    });
}
