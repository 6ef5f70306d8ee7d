//! The operations against a scripted Resource Manager. Numbers in comments are those of the
//! corner cases that long-running operations have.

mod create;
mod delete;
mod doubt;
mod endings;
mod last_words;
mod logs;
mod lost_address;
mod pauses;
mod reads;
mod secrets;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{
    Accepted, ApiVersion, Created, GALLERY_IMAGE, GalleryImages, Image, NewImage, Progress, Source,
};
use crate::cloud::azure::arm::{Operation, ResourceId};
use crate::cloud::azure::{Login, Settings};
use crate::cloud::fake::{Fake, Reply, Request};
use crate::cloud::http::Http;
use crate::cloud::{Deadline, Error, Result};

/// The image that all tests are about.
const ITEM: &str = "/subscriptions/s-1/resourceGroups/group/providers/Microsoft.AzureStackHCI\
     /galleryImages/golden";
const LIST: &str =
    "/subscriptions/s-1/resourceGroups/group/providers/Microsoft.AzureStackHCI/galleryImages";
/// The address of operations.
const STATUS: &str = "/subscriptions/s-1/providers/Microsoft.AzureStackHCI/locations/westus2\
     /operationStatuses/op-1";
const SAS: &str = "https://store.example/vhds/golden.vhdx?sv=2024&sig=aB%2Fc%2B9xyz%3D";
const INTERVAL: Duration = Duration::from_millis(40);

/// A request, and how many like it (same verb and path) there were, itself included.
struct Asked<'a> {
    request: &'a Request,
    verb: &'a str,
    path: &'a str,
    count: usize,
    base: String,
}

impl Asked<'_> {
    fn key(&self) -> (&str, &str, usize) {
        (self.verb, self.path, self.count)
    }

    /// The absolute address of the operation.
    fn status(&self) -> String {
        format!("{}{STATUS}?api-version=2024-01-01&t=1", self.base)
    }

    fn unexpected(&self) -> Reply {
        Reply::unexpected(self.request)
    }
}

struct Cloud {
    fake: Fake,
    images: GalleryImages,
}

impl Cloud {
    async fn start(script: impl Fn(&Asked<'_>) -> Reply + Send + Sync + 'static) -> Self {
        let counts = Mutex::new(HashMap::<(String, String), usize>::new());
        let fake = Fake::start(move |request| {
            let key = (request.method.clone(), request.path().to_owned());
            let count = {
                let mut counts = counts.lock().unwrap();
                let count = counts.entry(key.clone()).or_default();
                *count += 1;
                *count
            };
            let base = format!("http://{}", request.header("host").unwrap_or_default());
            script(&Asked { request, verb: &key.0, path: &key.1, count, base })
        })
        .await;
        let login = login(&fake.url()).await;
        let images = GalleryImages::new(Arc::new(Http::new("test".into())), login, INTERVAL);
        Self { fake, images }
    }

    /// Creates and waits.
    async fn create(&self) -> Result<Image> {
        let deadline = deadline(5.0);
        let created = self.begin(&new_image(), &deadline).await?;
        self.wait(&created.operation, &deadline).await
    }

    /// Creates and does not wait.
    async fn begin(&self, new: &NewImage, deadline: &Deadline) -> Result<Accepted> {
        match self.images.create(&id(), new, None, deadline).await? {
            Created::Accepted(accepted) => Ok(*accepted),
            Created::Taken(found) => panic!("taken by {found:?}"),
        }
    }

    async fn wait(&self, operation: &Operation, deadline: &Deadline) -> Result<Image> {
        self.images.wait(operation, deadline, &mut |_| ()).await
    }

    async fn update(&self, tags: &BTreeMap<String, String>) -> Result<Image> {
        let deadline = deadline(5.0);
        let begun = self.images.update_tags(&id(), ApiVersion::Stable, tags, &deadline).await?;
        self.images.wait_updated(&begun.operation, tags, &deadline).await
    }

    /// Deletes and waits.
    async fn delete(&self) -> Result<()> {
        let deadline = deadline(5.0);
        let operation = self.images.delete(&id(), ApiVersion::Stable, &deadline).await?;
        self.images.wait_deleted(&operation, &deadline).await
    }

    /// The requests as `VERB last-segment-of-path`.
    fn trace(&self) -> Vec<String> {
        let requests = self.fake.requests();
        let last = |request: &Request| request.path().rsplit('/').next().unwrap().to_owned();
        requests.iter().map(|r| format!("{} {}", r.method, last(r))).collect()
    }
}

/// A login whose tokens are `token-1`, `token-2`, ...
async fn login(resource_manager: &str) -> Arc<Login> {
    let service = Fake::start(|request| {
        let token = format!("token-{}", request.number);
        let body = json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600});
        Reply::json(200, body)
    })
    .await;
    let settings = Settings {
        subscription_id: Some("s-1".into()),
        tenant_id: Some("tenant".into()),
        client_id: Some("client".into()),
        client_secret: Some("client-secret".into()),
        use_cli: Some(false),
        active_directory_authority_host: Some(service.url()),
        resource_manager_endpoint: Some(resource_manager.to_owned()),
        ..Settings::default()
    };
    Arc::new(Login::new(Arc::new(Http::new("test".into())), settings).unwrap())
}

fn deadline(seconds: f64) -> Deadline {
    Deadline::within(Duration::from_secs_f64(seconds), CancellationToken::new())
}

fn id() -> ResourceId {
    ResourceId::parse(ITEM, GALLERY_IMAGE).unwrap()
}

fn new_image() -> NewImage {
    NewImage {
        location: "westus2".into(),
        custom_location_id: "/cl".into(),
        os_type: "Linux".into(),
        source: Source::ImagePath(SAS.into()),
        container_id: None,
        cloud_init_data_source: None,
        hyper_v_generation: None,
        identifier: None,
        version: None,
        tags: BTreeMap::new(),
    }
}

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// The image in a state.
fn image(state: &str) -> Value {
    json!({
        "id": ITEM.to_lowercase(), "name": "golden", "location": "West US2",
        "extendedLocation": {"name": "/cl", "type": "CustomLocation"},
        "properties": {"osType": "Linux", "hyperVGeneration": "V2", "provisioningState": state}})
}

fn shows(state: &str) -> Reply {
    Reply::json(200, image(state))
}

/// The image while it is downloaded.
fn at(percent: i64, megabytes: i64) -> Reply {
    let mut image = image("InProgress");
    image["properties"]["status"] = json!({
        "progressPercentage": percent, "downloadStatus": {"downloadSizeInMB": megabytes}});
    Reply::json(200, image)
}

/// The image after it failed.
fn broken() -> Reply {
    let mut image = image("Failed");
    image["properties"]["status"] = json!({
        "errorCode": "DownloadFailed", "errorMessage": "The disk could not be downloaded.",
        "provisioningStatus": {"status": "Failed"}});
    Reply::json(200, image)
}

fn status(word: &str) -> Reply {
    Reply::json(200, json!({"id": STATUS, "name": "op-1", "status": word}))
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, json!({"error": {"code": code, "message": message}}))
        .header("x-ms-request-id", "request-7")
}

fn not_found() -> Reply {
    refusal(404, "ResourceNotFound", "The image was not found.")
}

/// The whole error, as it is shown.
fn said(error: &Error) -> String {
    let facts: Vec<String> =
        error.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{} [{}] {}", error, error.code.as_deref().unwrap_or("-"), facts.join("; "))
}

#[tokio::test]
async fn every_future_can_move_between_threads() {
    fn can_move<T: Send>(_: T) {}
    let cloud = Cloud::start(|asked| asked.unexpected()).await;
    let (images, id, deadline, new) = (&cloud.images, &id(), &deadline(1.0), &new_image());
    let version = ApiVersion::Stable;
    let operation = &images.creation(id, version);
    can_move(images.get(id, version, deadline));
    can_move(images.look(id, version, deadline));
    can_move(images.create(id, new, None, deadline));
    can_move(images.update_tags(id, version, &new.tags, deadline));
    can_move(images.delete(id, version, deadline));
    can_move(images.wait_deleted(operation, deadline));
    can_move(images.list("s-1", None, version, deadline));
    let ignore: &mut (dyn FnMut(&Progress) + Send) = &mut |_| ();
    can_move(images.wait(operation, deadline, ignore));
}
