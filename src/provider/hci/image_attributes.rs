//! A gallery image as the data sources show it.

use std::collections::BTreeMap;

use crate::cloud::azure::arm::ResourceId;
use crate::cloud::azure::hci::{self as api, GALLERY_IMAGE};

model! {
    /// What an image is, in the words of a marketplace.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Identifier {
        /// Publisher.
        pub publisher: String,
        /// Offer.
        pub offer: String,
        /// SKU.
        pub sku: String,
    }
}

model! {
    /// A gallery image.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Image {
        /// ARM id of the image.
        pub id: String,
        /// Name of the image.
        pub name: String,
        /// Resource group of the image.
        pub resource_group_name: String,
        /// Region, in the service's spelling.
        pub location: Option<String>,
        /// ARM id of the custom location that the image belongs to.
        pub custom_location_id: Option<String>,
        /// Operating system: `Windows` or `Linux`.
        pub os_type: Option<String>,
        /// ARM id of the virtual machine that the image was made of, if the service shows it.
        pub source_virtual_machine_id: Option<String>,
        /// ARM id of the storage path (storage container) that holds the image.
        pub storage_path_id: Option<String>,
        /// Hyper-V generation: `V1` or `V2`.
        pub hyperv_generation: Option<String>,
        /// Data source for cloud-init: `NoCloud` or `Azure`.
        pub cloud_init_data_source: Option<String>,
        /// What the image is, in the words of a marketplace.
        pub identifier: Option<Identifier>,
        /// Name of the image version.
        pub version: Option<String>,
        /// Tags.
        pub tags: BTreeMap<String, String>,
        /// State of the image, such as `Succeeded`, `InProgress` or `Failed`.
        pub provisioning_state: Option<String>,
        /// How far the download has come, in percent.
        pub progress_percentage: Option<i64>,
        /// How much was downloaded, in MB.
        pub download_size_in_mb: Option<i64>,
        /// Size of the image's disk, in MB.
        pub os_disk_size_in_mb: Option<i64>,
    }
}

impl From<api::Image> for Image {
    fn from(image: api::Image) -> Self {
        let id = ResourceId::parse(&image.id, GALLERY_IMAGE).ok();
        let part = |place: &str| id.as_ref().map(|id| id.part(place).to_owned());
        Self {
            name: part("name").unwrap_or(image.name),
            resource_group_name: part("resource group").unwrap_or_default(),
            id: id.as_ref().map_or(image.id, ToString::to_string),
            location: image.location,
            custom_location_id: image.custom_location_id,
            os_type: image.os_type,
            source_virtual_machine_id: image.source_virtual_machine_id,
            storage_path_id: image.container_id,
            hyperv_generation: image.hyper_v_generation,
            cloud_init_data_source: image.cloud_init_data_source,
            identifier: image.identifier.map(Identifier::from),
            version: image.version,
            tags: image.tags,
            provisioning_state: image.provisioning_state,
            progress_percentage: image.progress_percentage,
            download_size_in_mb: image.download_size_in_mb,
            os_disk_size_in_mb: image.os_disk_size_in_mb,
        }
    }
}

impl From<api::Identifier> for Identifier {
    fn from(api::Identifier { publisher, offer, sku }: api::Identifier) -> Self {
        Self { publisher, offer, sku }
    }
}

impl From<Identifier> for api::Identifier {
    fn from(Identifier { publisher, offer, sku }: Identifier) -> Self {
        Self { publisher, offer, sku }
    }
}
