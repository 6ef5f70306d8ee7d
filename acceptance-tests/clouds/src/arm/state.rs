//! The state that all requests share.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::defaults::{SUBSCRIPTION_ID, custom_location_id};
use super::store::{Image, Store, key, overlay};
use super::system_data;
use crate::shared::{Request, Tokens, lock};

/// What the simulation was set up with and what it remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) tokens: Tokens,
    pub(crate) audiences: Vec<String>,
    /// The tenant of the subscriptions.
    pub(crate) tenant: String,
    /// Where users of this cloud log in.
    pub(crate) login: Mutex<String>,
    /// Subscriptions and, in lower case and as they were created, their resource groups.
    pub(crate) subscriptions: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
    pub(crate) custom_location_required: bool,
    pub(crate) store: Mutex<Store>,
}

impl State {
    /// Puts a finished image of another user in, with `members` laid over it.
    pub(crate) fn insert_image(&self, group: &str, name: &str, members: &Value) {
        lock(&self.subscriptions)
            .entry(SUBSCRIPTION_ID.to_owned())
            .or_default()
            .entry(group.to_lowercase())
            .or_insert_with(|| group.to_owned());
        let base = format!("/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{group}/providers");
        let mut document = json!({
            "id": format!("{base}/Microsoft.AzureStackHCI/galleryImages/{name}"),
            "name": name,
            "type": "Microsoft.AzureStackHCI/galleryImages",
            "location": "westus2",
            "extendedLocation": {"type": "CustomLocation", "name": custom_location_id()},
            "systemData": system_data::created("operator@example.com", "User"),
            "properties": {
                "provisioningState": "Succeeded",
                "containerId": format!("{base}/Microsoft.AzureStackHCI/storageContainers/UserStorage1-3f2a"),
                "osType": "Linux",
                "cloudInitDataSource": "NoCloud",
                "hyperVGeneration": "V2",
                "version": {"properties": {"storageProfile": {"osDiskImage": {"sizeInMB": 30270}}}},
                "status": {
                    "provisioningStatus": {"operationId": uuid::Uuid::new_v4().to_string(), "status": "Succeeded"},
                    "downloadStatus": {"downloadSizeInMB": 9383},
                    "progressPercentage": 100,
                },
            },
        });
        overlay(&mut document, members);
        let image = Image { document, operation: None, lag: 0, in_use: false };
        lock(&self.store).images.insert(key(SUBSCRIPTION_ID, group, name), image);
    }
}

/// The origin for absolute links: the one the client used.
pub(crate) fn base(store: &Store, request: &Request) -> String {
    store.settings.public_url.clone().unwrap_or_else(|| request.origin())
}
