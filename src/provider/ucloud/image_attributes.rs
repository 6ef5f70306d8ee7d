//! An image as both UCloud data sources show it.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cloud::ucloud as api;

model! {
    /// An image in one availability zone.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Image {
        /// Id of the image.
        pub id: Box<str>,
        /// Name, exactly as the service has it.
        pub name: Option<Box<str>>,
        /// Description.
        pub description: Option<Box<str>>,
        /// Availability zone.
        pub zone: Option<Box<str>>,
        /// Operating system: `Linux` or `Windows`.
        pub os_type: Option<Box<str>>,
        /// Name of the operating system.
        pub os_name: Option<Box<str>>,
        /// Kind of image: `Base`, `Business` or `Custom`.
        pub image_type: Option<Box<str>>,
        /// What the image is made for: `gpu`, `app` or `uhost`.
        pub func_type: Option<Box<str>>,
        /// Features, in the service's spelling.
        pub features: Vec<Box<str>>,
        /// Software that comes with a marketplace image.
        pub integrated_software: Option<Box<str>>,
        /// Supplier of a marketplace image.
        pub vendor: Option<Box<str>>,
        /// Address of the introduction to a marketplace image.
        pub links: Option<Box<str>>,
        /// State: `Available`, `Making`, `Copying` or `Unavailable`.
        pub state: Option<Box<str>>,
        /// When the image was made, as RFC 3339 in UTC.
        pub create_time: Option<Box<str>>,
        /// When the image was made, in seconds since 1970-01-01 UTC.
        pub create_time_unix: Option<i64>,
        /// Size, in GB.
        pub image_size: Option<f64>,
        /// Oldest CPU platform that can run the image, such as `Broadwell`. Null for any.
        pub minimal_cpu: Option<Box<str>>,
        /// Day on which the maintenance of the system ends, `YYYY/MM/DD` as the service sends it.
        pub maintain_eol: Option<Box<str>>,
        /// Ids of the data disk snapshots that belong to the image.
        pub data_snapshot_ids: Vec<Box<str>>,
        /// GPU models that the image supports.
        pub supported_gpu_types: Vec<Box<str>>,
        /// Scene categories, such as `Featured` or `HPC`.
        pub scene_categories: Vec<Box<str>>,
        /// Main software that is installed.
        pub primary_software: Option<Box<str>>,
        /// Business group.
        pub tag: Option<Box<str>>,
        /// Prices of the image, when `include_prices` asked for them.
        pub prices: Vec<Price>,
    }
}

model! {
    /// The price of an image under one way of charging.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Price {
        /// Way of charging, such as `Month`.
        pub charge_type: Option<Box<str>>,
        /// Price, in the account's currency.
        pub price: Option<f64>,
        /// Price before discounts, in the account's currency.
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
