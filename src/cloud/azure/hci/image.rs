//! A gallery image as the service shows it.
//!
//! Read leniently: a field of another type, an unknown value or an extra field is not an error,
//! since the service changes faster than its clients.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cloud::azure::arm::resource::{self, State, provisioning_state, status_error};
use crate::cloud::json::{number, text};

/// A gallery image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// The id in the service's spelling, which need not be that of the request.
    pub id: String,
    /// The name.
    pub name: String,
    /// The region in the service's spelling.
    pub location: Option<String>,
    /// The tags; none is the same as an empty map.
    pub tags: BTreeMap<String, String>,
    /// `extendedLocation.name`: the id of the custom location.
    pub custom_location_id: Option<String>,
    /// `containerId`: the storage path that stores it.
    pub container_id: Option<String>,
    /// `Windows` or `Linux`.
    pub os_type: Option<String>,
    /// `NoCloud` or `Azure`.
    pub cloud_init_data_source: Option<String>,
    /// `V1`, `V2` or, in later versions of the API, `NA`.
    pub hyper_v_generation: Option<String>,
    /// Marketplace metadata of the image.
    pub identifier: Option<Identifier>,
    /// The name of its version.
    pub version: Option<String>,
    /// The size of its disk.
    pub os_disk_size_in_mb: Option<i64>,
    /// The virtual machine it was created from. Only later versions of the API show it.
    pub source_virtual_machine_id: Option<String>,
    /// The state of the last change.
    pub provisioning_state: Option<String>,
    /// Whether it says that its creation is over although its state is not final. The response to
    /// the creation itself may echo that.
    pub is_finished: bool,
    /// When somebody last changed it, in `systemData`.
    pub last_modified_at: Option<String>,
    /// The code of the last failure.
    pub error_code: Option<String>,
    /// The message of the last failure.
    pub error_message: Option<String>,
    /// The progress of the last change.
    pub progress_percentage: Option<i64>,
    /// How much was downloaded.
    pub download_size_in_mb: Option<i64>,
}

/// Marketplace metadata of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identifier {
    /// The publisher.
    pub publisher: String,
    /// The offer.
    pub offer: String,
    /// The SKU.
    pub sku: String,
}

impl Identifier {
    /// Whether two are the same. Publishers and the like are compared without regard to case
    /// everywhere in Azure.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.publisher.eq_ignore_ascii_case(&other.publisher)
            && self.offer.eq_ignore_ascii_case(&other.offer)
            && self.sku.eq_ignore_ascii_case(&other.sku)
    }
}

impl Image {
    /// Reads a document.
    #[must_use]
    pub fn read(document: &Value) -> Self {
        let owned = |path: &str| text(document.pointer(path)).map(str::to_owned);
        let property = |name: &str| owned(&format!("/properties/{name}"));
        let count = |name: &str| number(document.pointer(&format!("/properties/{name}")));
        let (error_code, error_message) = status_error(document);
        Self {
            id: owned("/id").unwrap_or_default(),
            name: owned("/name").unwrap_or_default(),
            location: owned("/location"),
            tags: tags(document.get("tags")),
            custom_location_id: owned("/extendedLocation/name"),
            container_id: property("containerId"),
            os_type: property("osType"),
            cloud_init_data_source: property("cloudInitDataSource"),
            hyper_v_generation: property("hyperVGeneration"),
            identifier: identifier(document.pointer("/properties/identifier")),
            version: property("version/name"),
            os_disk_size_in_mb: count("version/properties/storageProfile/osDiskImage/sizeInMB"),
            source_virtual_machine_id: property("sourceVirtualMachineId"),
            provisioning_state: provisioning_state(document).map(str::to_owned),
            last_modified_at: owned("/systemData/lastModifiedAt"),
            is_finished: resource::is_finished(document),
            error_code: error_code.map(str::to_owned),
            error_message: error_message.map(str::to_owned),
            progress_percentage: count("status/progressPercentage"),
            download_size_in_mb: count("status/downloadStatus/downloadSizeInMB"),
        }
    }

    /// The meaning of its state. No state means that it is ready.
    #[must_use]
    pub fn state(&self) -> State {
        State::of(self.provisioning_state.as_deref())
    }
}

fn identifier(value: Option<&Value>) -> Option<Identifier> {
    let value = value?.as_object()?;
    let part = |name: &str| text(value.get(name)).unwrap_or_default().to_owned();
    let found = Identifier { publisher: part("publisher"), offer: part("offer"), sku: part("sku") };
    (found != Identifier::default()).then_some(found)
}

pub(super) fn tags(value: Option<&Value>) -> BTreeMap<String, String> {
    let object = value.and_then(Value::as_object);
    let pairs = object.into_iter().flatten().filter_map(|(key, value)| {
        let value = match value {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some((key.clone(), value))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_whole_image_is_read() {
        let image = Image::read(&json!({
            "id": "/subscriptions/s/x", "name": "golden", "location": "West US2",
            "extendedLocation": {"name": "/cl", "type": "CustomLocation"},
            "tags": {"a": "1"},
            "properties": {
                "provisioningState": "Accepted", "containerId": "/c", "osType": "Windows",
                "cloudInitDataSource": "NoCloud", "hyperVGeneration": "V1",
                "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
                "version": {"name": "1.0.0", "properties": {
                    "storageProfile": {"osDiskImage": {"sizeInMB": 30270}}}},
                "status": {"provisioningStatus": {"status": "Succeeded"},
                    "progressPercentage": 100, "downloadStatus": {"downloadSizeInMB": 9383}}}}));
        assert_eq!(image.version.as_deref(), Some("1.0.0"));
        assert_eq!(image.os_disk_size_in_mb, Some(30270));
        assert_eq!((image.progress_percentage, image.download_size_in_mb), (Some(100), Some(9383)));
        assert_eq!(image.identifier.as_ref().map(|i| &*i.sku), Some("s"));
        assert_eq!((image.state(), image.tags.len()), (State::Running, 1));
    }

    #[test]
    fn unknown_words_nulls_and_other_types_are_no_error() {
        let image = Image::read(&json!({
            "id": 7, "tags": null, "extendedLocation": "x", "novel": [],
            "properties": {"hyperVGeneration": "NA", "provisioningState": "Updating",
                "identifier": {}, "version": null, "imagePath": null,
                "status": {"progressPercentage": "42", "downloadStatus": 1,
                    "errorMessage": "", "errorCode": null}}}));
        assert_eq!(image.hyper_v_generation.as_deref(), Some("NA"));
        assert_eq!((image.state(), image.progress_percentage), (State::Running, Some(42)));
        assert_eq!((image.identifier, image.error_message), (None, None));
        assert_eq!(Image::read(&Value::Null).state(), State::Succeeded);
    }
}
