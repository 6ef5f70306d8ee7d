//! What the resource and the data sources of gallery images share: the forms of arguments, ids and
//! the image as data sources show it.

use std::collections::BTreeMap;

use crate::cloud::azure::arm::id::{CUSTOM_LOCATION, STORAGE_CONTAINER, VIRTUAL_MACHINE};
use crate::cloud::azure::arm::{ResourceId, same_location};
use crate::cloud::azure::hci::{self as api, GALLERY_IMAGE, GalleryImages};
use crate::cloud::{Deadline, Error, Kind};
use crate::tfplugin::attr::Text;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Result};

use super::configuration::Clients;
use super::error;

string_enum! {
    /// The values of `osType`.
    pub(crate) OsType = ["Windows", "Linux"];
    /// The values of `hyperVGeneration` that an image can be made with.
    pub(crate) HypervGeneration = ["V1", "V2"];
    /// The values of `cloudInitDataSource`.
    pub(crate) CloudInit = ["NoCloud", "Azure"];
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $forms:expr, $expected:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;
        impl Text for $name {
            const EXPECTED: &'static str = $expected;
            fn parse(text: &str) -> std::result::Result<Self, String> {
                let read = ResourceId::parse_any(text, $forms);
                read.map(|_| Self).map_err(|error| format!("{}.", error.message))
            }
            fn same(a: &str, b: &str) -> bool {
                let read = |text| ResourceId::parse_any(text, $forms).ok();
                match (read(a), read(b)) {
                    (Some(a), Some(b)) => a == b,
                    _ => a.eq_ignore_ascii_case(b),
                }
            }
        }
    )+};
}

ids! {
    /// The id of a custom location.
    CustomLocation = &[CUSTOM_LOCATION], "the ARM id of a custom location";
    /// The id of a storage path.
    StoragePath = &[STORAGE_CONTAINER], "the ARM id of a storage container";
    /// The id of a virtual machine.
    VirtualMachine = VIRTUAL_MACHINE, "the ARM id of a virtual machine instance";
}

/// A region, in any spelling: `West US 2` is `westus2`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Location;

impl Text for Location {
    const EXPECTED: &'static str = "a region such as \"westeurope\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        match text.trim() {
            "" => Err("The region must not be empty.".to_owned()),
            _ => Ok(Self),
        }
    }
    fn same(a: &str, b: &str) -> bool {
        same_location(a, b)
    }
}

/// The name of a resource group, in any case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResourceGroup;

impl Text for ResourceGroup {
    const EXPECTED: &'static str = "the name of a resource group";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        let fits = |c: char| c.is_alphanumeric() || "-_.()".contains(c);
        if (1..=90).contains(&text.chars().count()) && text.chars().all(fits) {
            return Ok(Self);
        }
        Err(format!(
            "{text:?} is not the name of a resource group: 1 to 90 letters, digits, underscores, \
             hyphens, full stops and parentheses."
        ))
    }
    fn same(a: &str, b: &str) -> bool {
        a.eq_ignore_ascii_case(b)
    }
}

/// The name of an image, in any case. How long it may be depends on the source of the image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name;

/// The longest name in the stable version of the API.
pub(crate) const LONGEST_NAME: usize = 80;

/// The longest name in later versions, which images of virtual machines need.
pub(crate) const LONGEST_NAME_OF_MACHINE: usize = 64;

/// Whether `name` is one, and of `longest` characters at most.
pub(crate) fn check_name(name: &str, longest: usize) -> std::result::Result<(), String> {
    let inner = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let fits = name.len() <= longest
        && name.chars().all(inner)
        && ends(name.chars().next())
        && ends(name.chars().last());
    if fits {
        return Ok(());
    }
    Err(format!(
        "{name:?} is not the name of an image: 1 to {longest} letters, digits, hyphens, full stops \
         and underscores, with a letter or digit at both ends."
    ))
}

impl Text for Name {
    const EXPECTED: &'static str = "the name of an image";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        check_name(text, LONGEST_NAME).map(|()| Self)
    }
    fn same(a: &str, b: &str) -> bool {
        a.eq_ignore_ascii_case(b)
    }
}

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

/// The client of gallery images.
pub(crate) fn client(clients: &Clients) -> Result<GalleryImages> {
    clients.azure().gallery_images()
}

/// The subscription that calls are about.
pub(crate) async fn subscription(clients: &Clients, deadline: &Deadline) -> Result<String> {
    let login = clients.azure().login()?;
    login.subscription_id(deadline).await.map_err(|failure| error::arm(failure, clients))
}

/// The id of the image `name`.
pub(crate) fn image_id(subscription: &str, group: &str, name: &str) -> Result<ResourceId> {
    ResourceId::new(GALLERY_IMAGE, &[subscription, group, name]).map_err(wrong_id)
}

/// An id that cannot be one.
pub(crate) fn wrong_id(error: Error) -> Failure {
    debug_assert_eq!(error.kind, Kind::Invalid);
    let mut text = error.message.chars();
    let first = text.next().into_iter().flat_map(char::to_uppercase);
    let detail = format!("{}{}.", first.collect::<String>(), text.as_str());
    Diagnostic::error("Invalid id", detail).into()
}
