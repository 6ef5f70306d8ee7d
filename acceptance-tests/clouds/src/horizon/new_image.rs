//! Images and versions out of the bodies of requests.

use serde_json::{Map, Value, json};

use super::lifecycle::{Life, Lifecycle, Step};
use super::store::{Copy, Image, Version, new_id, next_version, timestamp};
use crate::shared::{Countdown, Progress};

/// The provider instance of images that were not imported through the API.
pub const PROVIDER_INSTANCE: &str = "6512b0c1e4f50a2d3b4c5d6e";

/// The text of a field that the schema has checked.
pub(crate) fn text(body: &Map<String, Value>, name: &str) -> String {
    body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The names of the markers in a body.
pub(crate) fn marker_names(body: &Map<String, Value>) -> Option<Vec<String>> {
    let list = body.get("markers")?.as_array()?;
    Some(list.iter().filter_map(|m| m["name"].as_str()).map(str::to_owned).collect())
}

fn optional(body: &Map<String, Value>, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn copy(body: &Map<String, Value>) -> Copy {
    let asset = body.get("assetDetails").cloned().unwrap_or_default();
    Copy {
        id: new_id(),
        provider_instance: text(body, "providerInstanceId"),
        kind: asset["type"].as_str().unwrap_or_default().to_owned(),
        data: asset["data"].clone(),
        overlay: json!({}),
    }
}

/// A version out of a body whose fields are named like this.
pub(crate) fn version(
    body: &Map<String, Value>,
    description: &str,
    name: String,
    life: Lifecycle,
    action: &'static str,
) -> Version {
    let mut version = Version::new(name, &text(body, "versionType"), life, action);
    version.description = optional(body, description);
    version.source_version = optional(body, "sourceVersionId");
    version.copies.push(copy(body));
    version
}

/// An image out of an `ImageCatalogRequest`; `None` if its version cannot be named.
pub(crate) fn imported(
    org: &str,
    body: &Map<String, Value>,
    action: &str,
    life: Lifecycle,
    lags: [Progress; 2],
) -> Option<Image> {
    let name = next_version(&text(body, "versionSource"), &text(body, "versionType"))?;
    let action = match action {
        "copy-existing-image" => "COPY_EXISTING_IMAGE",
        "import-custom-vm" => "IMPORT_CUSTOM_VM",
        _ => "IMPORT",
    };
    let version = version(body, "versionDescription", name, life, action);
    let id = version.id.clone();
    let multi = version.copies[0].data["multiSession"] == true;
    let mut image = Image {
        id: new_id(),
        org: org.to_owned(),
        name: text(body, "streamName"),
        description: optional(body, "streamDescription"),
        os: text(body, "os"),
        os_type: text(body, "osType"),
        gpu_type: text(body, "gpuType"),
        source: text(body, "sourceStreamType"),
        provider: text(body, "providerLabel"),
        project: optional(body, "projectId"),
        multi_session: multi,
        created: timestamp(),
        updated: timestamp(),
        record: 0,
        version_source: text(body, "versionSource"),
        versions: vec![version],
        markers: Vec::new(),
        read_lag: Countdown::new(lags[0]),
        list_lag: Countdown::new(lags[1]),
        overlay: json!({}),
    };
    for name in marker_names(body).unwrap_or_default() {
        image.put_marker(&name, &id);
    }
    Some(image)
}

/// A finished image that somebody else made.
pub(crate) fn finished(org: &str, name: &str) -> Image {
    let mut version = Version::new("1.0.0".to_owned(), "MAJOR", Lifecycle::import(), "IMPORT");
    version.life =
        Life::settled(Step::new("IMPORT_COMPLETE", "IMPORT_COMPLETE", "IMPORT_COMPLETE"));
    version.description = Some("Made by somebody else".to_owned());
    version.copies.push(Copy {
        id: new_id(),
        provider_instance: PROVIDER_INSTANCE.to_owned(),
        kind: "AZURE_VM_IN_RG".to_owned(),
        data: json!({
            "licenseType": "Windows_Client",
            "publisher": "microsoftwindowsdesktop",
            "offer": "windows-11",
            "sku": "win11-22h2-ent",
            "vmSize": "Standard_DS2_v2",
            "vNet": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n",
            "subNet": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/d",
        }),
        overlay: json!({}),
    });
    let id = version.id.clone();
    let mut image = Image {
        id: new_id(),
        org: org.to_owned(),
        name: name.to_owned(),
        description: Some("Made by somebody else".to_owned()),
        os: "Windows 11 Enterprise, 22H2".to_owned(),
        os_type: "WINDOWS".to_owned(),
        gpu_type: "NONE".to_owned(),
        source: "AZURE_MARKET_PLACE".to_owned(),
        provider: "AZURE".to_owned(),
        project: None,
        multi_session: false,
        created: timestamp(),
        updated: timestamp(),
        record: 0,
        version_source: "0.0".to_owned(),
        versions: vec![version],
        markers: Vec::new(),
        read_lag: Countdown::new(Progress::NONE),
        list_lag: Countdown::new(Progress::NONE),
        overlay: json!({}),
    };
    image.put_marker("default", &id);
    image
}
