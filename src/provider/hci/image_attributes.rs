//! A gallery image as the data sources show it.

use std::collections::BTreeMap;

use crate::cloud::azure::arm::ResourceId;
use crate::cloud::azure::hci::{self as api, GALLERY_IMAGE};

model! {
    /// Marketplace metadata of the image.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Identifier {
        /// Marketplace publisher of the image, such as `MicrosoftWindowsServer`.
        pub publisher: String,
        /// Marketplace offer of the image, such as `WindowsServer`.
        pub offer: String,
        /// Marketplace SKU (plan) of the image, such as `2022-datacenter-azure-edition`.
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
        /// Name of the resource group of the image.
        pub resource_group_name: String,
        /// Azure region of the image, as Azure spells it.
        pub location: Option<String>,
        /// ARM id of the custom location of the Azure Local cluster to which the image belongs.
        pub custom_location_id: Option<String>,
        /// Operating system of the image: `Windows` or `Linux`.
        pub os_type: Option<String>,
        /// ARM id of the virtual machine instance from whose disk the image was created. Null if
        /// Azure does not report it.
        pub source_virtual_machine_id: Option<String>,
        /// ARM id of the storage path (storage container) that stores the image.
        pub storage_path_id: Option<String>,
        /// Hyper-V generation of virtual machines created from the image: `V1` or `V2`.
        pub hyperv_generation: Option<String>,
        /// Data source from which cloud-init in a Linux image reads its configuration: `NoCloud` or
        /// `Azure`.
        pub cloud_init_data_source: Option<String>,
        /// Marketplace metadata of the image: publisher, offer and SKU.
        pub identifier: Option<Identifier>,
        /// Name of the image version, such as `1.0.0`.
        pub version: Option<String>,
        /// Map of tags of the image.
        pub tags: BTreeMap<String, String>,
        /// Provisioning state of the image, such as `Succeeded`, `InProgress`, `Failed` or
        /// `Canceled`.
        pub provisioning_state: Option<String>,
        /// Progress of the download of the disk, in percent (0 to 100).
        pub progress_percentage: Option<i64>,
        /// Amount of data downloaded so far, in MB.
        pub download_size_in_mb: Option<i64>,
        /// Size of the operating system disk of the image, in MB.
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
