//! The images, the operations on them, and how an image is shown.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::lro::{FirstBody, Lro, Outcome};
use super::quirks::{ListLink, Quirk};
use super::{tags, version};
use crate::shared::Progress;

/// The size of every image once it is there, in MB.
const DISK_MB: u64 = 30_270;
/// How much of it is downloaded, in MB.
const DOWNLOAD_MB: u64 = 9383;

/// The lower-case id of an image: the form in which images are looked up.
pub(crate) fn key(subscription: &str, group: &str, name: &str) -> String {
    format!("/subscriptions/{subscription}/resourcegroups/{group}/providers/microsoft.azurestackhci/galleryimages/{name}")
        .to_lowercase()
}

#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// With `imagePath`, which is never shown.
    pub(crate) document: Value,
    pub(crate) operation: Option<String>,
    /// So many reads still find nothing.
    pub(crate) lag: usize,
    pub(crate) in_use: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Update(Value),
    Delete,
}

#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) key: String,
    pub(crate) lro: Lro,
    pub(crate) outcome: Outcome,
    pub(crate) progress: Progress,
    pub(crate) started: Instant,
    pub(crate) start_time: String,
    pub(crate) polls: usize,
    pub(crate) polled_since_read: bool,
    pub(crate) hop: usize,
    /// In capital letters, as signed polling URLs have it.
    pub(crate) region: String,
    pub(crate) query: String,
    pub(crate) api_version: String,
    pub(crate) finished: bool,
}

impl Operation {
    fn due(&self) -> bool {
        self.progress.is_over(self.started, self.polls)
    }

    /// How far it is; only the end is 100.
    pub(crate) fn percent(&self) -> u64 {
        if self.finished {
            return self.outcome.percent;
        }
        let share = |done: u128, all: u128| {
            u64::try_from(done * u128::from(self.outcome.percent) / all.max(1)).unwrap_or(0)
        };
        match self.progress {
            Progress::Polls(polls) => share(self.polls as u128, polls as u128 + 1),
            Progress::Wall(time) => share(self.started.elapsed().as_millis(), time.as_millis()),
            Progress::Endless => 0,
        }
        .min(99)
    }
}

#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) create: Lro,
    pub(crate) update: Lro,
    pub(crate) delete: Lro,
    pub(crate) progress: Progress,
    pub(crate) create_outcome: Outcome,
    pub(crate) update_outcome: Outcome,
    pub(crate) delete_outcome: Outcome,
    pub(crate) by_path: HashMap<String, Outcome>,
    pub(crate) quirks: HashSet<Quirk>,
    pub(crate) lag: usize,
    pub(crate) page_size: usize,
    pub(crate) list_link: ListLink,
    pub(crate) public_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            create: Lro::async_operation(),
            update: Lro::synchronous(),
            delete: Lro::location(),
            progress: Progress::Polls(1),
            create_outcome: Outcome::succeeded(),
            update_outcome: Outcome::succeeded(),
            delete_outcome: Outcome::succeeded(),
            by_path: HashMap::new(),
            quirks: HashSet::new(),
            lag: 0,
            page_size: 50,
            list_link: ListLink::Normal,
            public_url: None,
        }
    }
}

/// Somebody else's image that takes the place of one that is about to be created.
#[derive(Debug, Clone)]
pub(crate) struct Rival {
    pub(crate) group: String,
    pub(crate) name: String,
    pub(crate) members: Value,
}

/// The position of a continued list.
#[derive(Debug, Clone)]
pub(crate) struct Rest {
    pub(crate) scope: String,
    pub(crate) keys: Vec<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) images: BTreeMap<String, Image>,
    pub(crate) operations: HashMap<String, Operation>,
    pub(crate) settings: Settings,
    pub(crate) accepted_puts: HashMap<String, usize>,
    pub(crate) lists: HashMap<String, Rest>,
    /// Images of others that are created right before the next PUT of the same key.
    pub(crate) before_put: Vec<Rival>,
    /// Of signed polling URLs, oldest first.
    pub(crate) signatures: Vec<String>,
    pub(crate) most_running: usize,
    pub(crate) reads_left: u32,
    pub(crate) writes_left: u32,
}

impl Store {
    /// Ends the operations whose time has come.
    pub(crate) fn settle(&mut self) {
        let due: Vec<String> = self
            .operations
            .values()
            .filter(|operation| !operation.finished && operation.due())
            .map(|operation| operation.id.clone())
            .collect();
        for id in due {
            self.finish(&id);
        }
    }

    pub(crate) fn begin(&mut self, operation: Operation) {
        if let Some(image) = self.images.get_mut(&operation.key) {
            image.operation = Some(operation.id.clone());
        }
        self.operations.insert(operation.id.clone(), operation);
        let running = self.operations.values().filter(|o| !o.finished).count();
        self.most_running = self.most_running.max(running);
    }

    pub(crate) fn finish(&mut self, id: &str) {
        let Some(operation) = self.operations.get_mut(id) else { return };
        operation.finished = true;
        let operation = operation.clone();
        let Some(image) = self.images.get_mut(&operation.key) else { return };
        image.operation = None;
        let good = operation.outcome.good();
        match &operation.kind {
            Kind::Delete if good => {
                self.images.remove(&operation.key);
            }
            Kind::Delete => {}
            Kind::Update(new) => {
                if good {
                    let keeps = self.settings.quirks.contains(&Quirk::FirstTagNames);
                    let old = image.document["tags"].take();
                    let named = || tags::with_names_of(&old, new);
                    image.document["tags"] = if keeps { named() } else { new.clone() };
                }
            }
            Kind::Create => {
                image.lag = self.settings.lag;
                finish_create(&mut image.document, &operation);
            }
        }
    }

    /// Counts a poll of the operation's own URL.
    pub(crate) fn count_poll(&mut self, id: &str) {
        if let Some(operation) = self.operations.get_mut(id) {
            operation.polls += 1;
            operation.polled_since_read = true;
        }
        self.settle();
    }

    /// Counts a read of the image, which is a poll for clients that do not poll otherwise.
    pub(crate) fn count_read(&mut self, key: &str) {
        let id = self.images.get(key).and_then(|image| image.operation.clone());
        if let Some(operation) = id.and_then(|id| self.operations.get_mut(&id))
            && !std::mem::take(&mut operation.polled_since_read)
        {
            operation.polls += 1;
        }
        self.settle();
    }

    /// The image as the service shows it now.
    pub(crate) fn show(&self, key: &str, api_version: &str) -> Option<Value> {
        let image = self.images.get(key)?;
        let mut document = image.document.clone();
        if let Some(operation) = image.operation.as_ref().and_then(|id| self.operations.get(id)) {
            show_running(&mut document, operation);
        }
        let quirks = &self.settings.quirks;
        let properties = document["properties"].as_object_mut()?;
        properties.remove("imagePath");
        if !version::has_source_machine(api_version) {
            properties.remove("sourceVirtualMachineId");
        }
        if quirks.contains(&Quirk::Nulls) {
            properties.insert("imagePath".to_owned(), Value::Null);
        }
        let empty = document["tags"].as_object().is_none_or(serde_json::Map::is_empty);
        if empty && let Some(document) = document.as_object_mut() {
            document.remove("tags");
        }
        apply(quirks, &mut document);
        Some(document)
    }
}

fn show_running(document: &mut Value, operation: &Operation) {
    let state = match operation.kind {
        Kind::Delete => "Deleting",
        Kind::Create if operation.percent() == 0 => "Accepted",
        _ => "InProgress",
    };
    document["properties"]["provisioningState"] = json!(state);
    if operation.kind == Kind::Create {
        document["properties"]["status"] = json!({
            "provisioningStatus": {"operationId": operation.id, "status": "InProgress"},
            "downloadStatus": {"downloadSizeInMB": DOWNLOAD_MB * operation.percent() / 100},
            "progressPercentage": operation.percent(),
        });
    }
}

fn finish_create(document: &mut Value, operation: &Operation) {
    let outcome = &operation.outcome;
    let properties = &mut document["properties"];
    properties["provisioningState"] = json!(outcome.state);
    let good = outcome.state == "Succeeded";
    properties["status"] = json!({
        "provisioningStatus": {
            "operationId": operation.id,
            "status": if good { "Succeeded" } else { "Failed" },
        },
        "downloadStatus": {"downloadSizeInMB": DOWNLOAD_MB * outcome.percent / 100},
        "progressPercentage": outcome.percent,
    });
    if let Some((code, message)) = &outcome.resource_error {
        properties["status"]["errorCode"] = json!(code);
        properties["status"]["errorMessage"] = json!(message);
    }
    if good {
        properties["version"]["properties"] =
            json!({"storageProfile": {"osDiskImage": {"sizeInMB": DISK_MB}}});
    }
}

fn apply(quirks: &HashSet<Quirk>, document: &mut Value) {
    if quirks.contains(&Quirk::Nulls) && document.get("tags").is_none() {
        document["tags"] = Value::Null;
    }
    if quirks.contains(&Quirk::DisplayLocation) {
        let location = document["location"].as_str().unwrap_or_default();
        document["location"] = json!(display_name(location));
    }
    if quirks.contains(&Quirk::LowerCaseIds) {
        document["type"] = json!("microsoft.azurestackhci/galleryimages");
        for pointer in ["/extendedLocation/name", "/properties/containerId"] {
            if let Some(id) = document.pointer_mut(pointer) {
                *id = json!(id.as_str().unwrap_or_default().to_lowercase());
            }
        }
        let id = document["id"].as_str().unwrap_or_default();
        document["id"] = json!(id.replace("/galleryImages/", "/galleryimages/"));
    }
    if quirks.contains(&Quirk::StrangeIds) {
        let name = document["name"].as_str().unwrap_or_default();
        document["id"] = json!(format!(
            "/subscriptions/7e570000-0000-4000-8000-0000000000ff/resourceGroups/elsewhere/providers/Microsoft.AzureStackHCI/galleryImages/{name}3325"
        ));
    }
    if quirks.contains(&Quirk::ExtraProperties) {
        document["systemData"]["somethingNew"] = json!("device");
        document["kind"] = Value::Null;
        document["properties"]["somethingNew"] = json!({"nested": [1, "two", null, 3.5]});
        document["properties"]["status"]["stages"] = json!([]);
    }
    if quirks.contains(&Quirk::NoSystemData)
        && let Some(document) = document.as_object_mut()
    {
        document.remove("systemData");
    }
}

/// "West US2" for westus2, as the service shows regions.
fn display_name(location: &str) -> String {
    match location.replace(' ', "").to_lowercase().as_str() {
        "westus2" => "West US2".to_owned(),
        "eastus" => "East US".to_owned(),
        "westeurope" => "West Europe".to_owned(),
        "usgovvirginia" => "USGov Virginia".to_owned(),
        _ => location.to_owned(),
    }
}

/// A time for an operation that ends right away, or as the settings say.
pub(crate) fn progress_of(lro: &Lro, settings: &Settings) -> Progress {
    let over = lro.synchronous || lro.first_body == FirstBody::Terminal;
    if over { Progress::Wall(Duration::ZERO) } else { settings.progress }
}

/// Lays members over a document, object by object.
pub(crate) fn overlay(target: &mut Value, members: &Value) {
    match (target, members) {
        (Value::Object(target), Value::Object(members)) => {
            for (name, value) in members {
                overlay(target.entry(name.as_str()).or_insert(Value::Null), value);
            }
        }
        (target, value) => *target = value.clone(),
    }
}
