//! An image as both UCloud data sources show it.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cloud::ucloud as api;

model! {
    /// An image in one availability zone.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Image {
        /// Id of the image, such as `uimage-b4f1q2`.
        pub id: Box<str>,
        /// Name of the image, exactly as UCloud sends it.
        pub name: Option<Box<str>>,
        /// Description of the image.
        pub description: Option<Box<str>>,
        /// Availability zone of the image, such as `cn-bj2-04`.
        pub zone: Option<Box<str>>,
        /// Operating system family: `Linux` or `Windows`.
        pub os_type: Option<Box<str>>,
        /// Name and version of the operating system, such as `Ubuntu 22.04 64位`.
        pub os_name: Option<Box<str>>,
        /// Type of the image: `Base` (standard image), `Business` (marketplace image) or `Custom`
        /// (your own image).
        pub image_type: Option<Box<str>>,
        /// Purpose of the image: `gpu` (hosts with a GPU), `app` (lightweight application hosts) or
        /// `uhost` (marketplace images for cloud hosts).
        pub func_type: Option<Box<str>>,
        /// Features of the image as UCloud spells them, such as `RssdAttachable` or `CloudInit`.
        pub features: Vec<Box<str>>,
        /// Software that a marketplace image includes.
        pub integrated_software: Option<Box<str>>,
        /// Vendor of a marketplace image. Null for other images.
        pub vendor: Option<Box<str>>,
        /// URL of the introduction to a marketplace image.
        pub links: Option<Box<str>>,
        /// State of the image: `Available`, `Making`, `Copying` or `Unavailable`.
        pub state: Option<Box<str>>,
        /// Time at which the image was created, in RFC 3339 format in UTC.
        pub create_time: Option<Box<str>>,
        /// Time at which the image was created, in seconds since 1970-01-01 00:00:00 UTC.
        pub create_time_unix: Option<i64>,
        /// Size of the image, in GB.
        pub image_size: Option<f64>,
        /// Oldest CPU platform that can run the image, such as `Broadwell`. Null if any platform
        /// can.
        pub minimal_cpu: Option<Box<str>>,
        /// Day on which the maintenance of the operating system ends, in the form `YYYY/MM/DD`, as
        /// UCloud sends it. Null if UCloud does not report it.
        pub maintain_eol: Option<Box<str>>,
        /// Ids of the snapshots of data disks that belong to the image.
        pub data_snapshot_ids: Vec<Box<str>>,
        /// GPU models that the image supports.
        pub supported_gpu_types: Vec<Box<str>>,
        /// Scene categories (use cases) of the image, such as `Featured` or `HPC`.
        pub scene_categories: Vec<Box<str>>,
        /// Main software that is installed in the image.
        pub primary_software: Option<Box<str>>,
        /// Business group of the image, such as `Default`.
        pub tag: Option<Box<str>>,
        /// Prices of the image, one for each billing mode. Empty unless `include_prices` is `true`.
        pub prices: Vec<Price>,
    }
}

model! {
    /// The price of an image in one billing mode.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Price {
        /// Billing mode that the price applies to, such as `Month`.
        pub charge_type: Option<Box<str>>,
        /// Price after discounts, in the currency of the account.
        pub price: Option<f64>,
        /// Price before discounts, in the currency of the account.
        pub original_price: Option<f64>,
    }
}

impl From<api::Image> for Image {
    fn from(image: api::Image) -> Self {
        let time = image.create_time.and_then(|seconds| {
            OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
        });
        let price = |price: api::Price| Price {
            charge_type: price.charge_type,
            price: price.price,
            original_price: price.original_price,
        };
        Self {
            id: image.id,
            name: image.name,
            description: image.description,
            zone: image.zone,
            os_type: image.os_type,
            os_name: image.os_name,
            image_type: image.image_type,
            func_type: image.func_type,
            features: image.features.into_vec(),
            integrated_software: image.integrated_software,
            vendor: image.vendor,
            links: image.links,
            state: image.state,
            create_time: time.map(String::into_boxed_str),
            create_time_unix: image.create_time,
            image_size: image.image_size,
            minimal_cpu: image.minimal_cpu,
            maintain_eol: image.maintain_eol,
            data_snapshot_ids: image.data_snapshot_ids.into_vec(),
            supported_gpu_types: image.supported_gpu_types.into_vec(),
            scene_categories: image.scene_categories.into_vec(),
            primary_software: image.primary_software,
            tag: image.tag,
            prices: image.prices.into_vec().into_iter().map(price).collect(),
        }
    }
}
