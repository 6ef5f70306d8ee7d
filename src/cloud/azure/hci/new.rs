//! The request to create a gallery image.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::api_version::ApiVersion;
use super::image::{Identifier, Image};
use crate::cloud::azure::arm::resource::created_at;
use crate::cloud::azure::arm::{same_id, same_location};
use crate::secret::Secret;

/// How much the clocks of two front ends may differ. A `Date` header has no fractions of a second.
const CLOCKS: Duration = Duration::from_secs(5);

/// A gallery image to create.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// The region.
    pub location: String,
    /// The id of the custom location to create it in.
    pub custom_location_id: String,
    /// `Windows` or `Linux`.
    pub os_type: String,
    /// What it is created from.
    pub source: Source,
    /// The storage path that stores it; without one, the service chooses.
    pub container_id: Option<String>,
    /// `NoCloud` or `Azure`.
    pub cloud_init_data_source: Option<String>,
    /// `V1` or `V2`.
    pub hyper_v_generation: Option<String>,
    /// Marketplace metadata of the image.
    pub identifier: Option<Identifier>,
    /// The name of its version.
    pub version: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What an image is created from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A disk at a URL with a shared access signature, or at a path on the cluster. A secret.
    ImagePath(Secret),
    /// The disk of a virtual machine, by its id.
    VirtualMachine(String),
}

/// Whether what the service returns is what was sent. It may return less, and fill in what was not
/// sent.
fn agrees<T>(shown: Option<T>, sent: Option<T>, same: impl Fn(T, T) -> bool) -> bool {
    match (shown, sent) {
        (Some(shown), Some(sent)) => same(shown, sent),
        _ => true,
    }
}

impl NewImage {
    /// The version of the API that supports this source.
    #[must_use]
    pub fn api_version(&self) -> ApiVersion {
        match self.source {
            Source::ImagePath(_) => ApiVersion::Stable,
            Source::VirtualMachine(_) => ApiVersion::WithSourceVirtualMachine,
        }
    }

    /// Whether an image that was found may be the result of this request: what the service returns
    /// of it is the same, and it did not exist before `free_at`.
    #[must_use]
    pub fn may_be(&self, found: &Value, free_at: Option<SystemTime>) -> bool {
        let image = Image::read(found);
        let is_new = match (created_at(found), free_at) {
            (Some(created), Some(free)) => created + CLOCKS >= OffsetDateTime::from(free),
            // The check found none, so it was created since.
            _ => true,
        };
        let machine = match &self.source {
            Source::VirtualMachine(id) => Some(id.as_str()),
            Source::ImagePath(_) => None,
        };
        let text = |shown: &Option<String>, sent: Option<&str>, same: fn(&str, &str) -> bool| {
            agrees(shown.as_deref(), sent, same)
        };
        let custom_location = Some(self.custom_location_id.as_str());
        let generation = self.hyper_v_generation.as_deref();
        let cloud_init = self.cloud_init_data_source.as_deref();
        is_new
            && text(&image.os_type, Some(&self.os_type), str::eq_ignore_ascii_case)
            && text(&image.location, Some(&self.location), same_location)
            && text(&image.custom_location_id, custom_location, same_id)
            && text(&image.container_id, self.container_id.as_deref(), same_id)
            && text(&image.hyper_v_generation, generation, str::eq_ignore_ascii_case)
            && text(&image.cloud_init_data_source, cloud_init, str::eq_ignore_ascii_case)
            && text(&image.version, self.version.as_deref(), str::eq)
            && agrees(image.identifier.as_ref(), self.identifier.as_ref(), Identifier::is_same)
            // A request that does not name a machine cannot create an image from one.
            && (image.source_virtual_machine_id.is_none() || machine.is_some())
            && text(&image.source_virtual_machine_id, machine, same_id)
    }

    /// The request's body: only what is set, and no read-only fields.
    ///
    /// Of `version` only the name is sent. Its `properties` may be left out; they only contain a
    /// read-only size.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut properties = Map::new();
        let (name, value) = match &self.source {
            Source::ImagePath(path) => ("imagePath", path.expose()),
            Source::VirtualMachine(id) => ("sourceVirtualMachineId", id.as_str()),
        };
        properties.insert(name.into(), value.into());
        properties.insert("osType".into(), self.os_type.as_str().into());
        for (name, value) in [
            ("containerId", &self.container_id),
            ("cloudInitDataSource", &self.cloud_init_data_source),
            ("hyperVGeneration", &self.hyper_v_generation),
        ] {
            if let Some(value) = value {
                properties.insert(name.into(), value.as_str().into());
            }
        }
        if let Some(Identifier { publisher, offer, sku }) = &self.identifier {
            let identifier = json!({"publisher": publisher, "offer": offer, "sku": sku});
            properties.insert("identifier".into(), identifier);
        }
        if let Some(version) = &self.version {
            properties.insert("version".into(), json!({"name": version}));
        }
        let mut body = json!({
            "location": self.location,
            "extendedLocation": {"name": self.custom_location_id, "type": "CustomLocation"},
            "properties": properties,
        });
        if !self.tags.is_empty() {
            body["tags"] = json!(self.tags);
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(source: Source) -> NewImage {
        NewImage {
            location: "westus2".into(),
            custom_location_id: "/cl".into(),
            os_type: "Linux".into(),
            source,
            container_id: None,
            cloud_init_data_source: None,
            hyper_v_generation: None,
            identifier: None,
            version: None,
            tags: BTreeMap::new(),
        }
    }

    #[test]
    fn the_body_holds_what_is_set_and_nothing_else() {
        let least = image(Source::ImagePath(r"C:\golden.vhdx".into()));
        let expected = json!({
            "location": "westus2",
            "extendedLocation": {"name": "/cl", "type": "CustomLocation"},
            "properties": {"imagePath": r"C:\golden.vhdx", "osType": "Linux"}});
        assert_eq!(least.body(), expected);
        let whole = NewImage {
            container_id: Some("/c".into()),
            cloud_init_data_source: Some("Azure".into()),
            hyper_v_generation: Some("V2".into()),
            identifier: Some(Identifier {
                publisher: "p".into(),
                offer: "o".into(),
                sku: "s".into(),
            }),
            version: Some("1.0.0".into()),
            tags: [("a".to_owned(), "1".to_owned())].into(),
            ..image(Source::VirtualMachine("/vm".into()))
        };
        let expected = json!({
            "location": "westus2",
            "tags": {"a": "1"},
            "extendedLocation": {"name": "/cl", "type": "CustomLocation"},
            "properties": {
                "sourceVirtualMachineId": "/vm", "osType": "Linux", "containerId": "/c",
                "cloudInitDataSource": "Azure", "hyperVGeneration": "V2",
                "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
                "version": {"name": "1.0.0"}}});
        assert_eq!(whole.body(), expected);
    }

    #[test]
    fn the_source_chooses_the_version_of_the_api_and_is_never_printed() {
        let disk = image(Source::ImagePath("https://x.example/a?sig=hidden".into()));
        assert_eq!(disk.api_version().as_str(), "2024-01-01");
        assert!(!format!("{disk:?}").contains("hidden"));
        let machine = image(Source::VirtualMachine("/vm".into()));
        assert_eq!(machine.api_version().as_str(), "2024-05-01-preview");
    }
}
