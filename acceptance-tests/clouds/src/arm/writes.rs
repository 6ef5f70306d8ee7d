//! PUT, PATCH and DELETE of an image.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::body::{patch_problems, put_problems};
use super::errors::{bad_body, error, not_found};
use super::lro::{FirstBody, Lro, Outcome, Signed};
use super::operations::polling_headers;
use super::state::{State, base};
use super::store::{Image, Kind, Operation, Store, progress_of};
use super::system_data;
use crate::shared::Reply;
use crate::shared::Request;
use crate::shared::lock;

/// Where a PUT goes.
pub(crate) struct Place<'a> {
    pub(crate) subscription: &'a str,
    pub(crate) group: &'a str,
    pub(crate) name: &'a str,
    pub(crate) key: &'a str,
}

fn read_body(request: &Request) -> Result<Value, Reply> {
    let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if !kind.starts_with("application/json") {
        let text = format!("The content media type '{kind}' is not supported.");
        return Err(error(415, "UnsupportedMediaType", &text));
    }
    serde_json::from_str(&request.body).map_err(|problem| {
        error(400, "InvalidRequestContent", &format!("The request content was invalid: {problem}."))
    })
}

fn busy(store: &Store, key: &str) -> Result<(), Reply> {
    match store.images.get(key).and_then(|image| image.operation.as_ref()) {
        Some(id) => {
            let text = format!("Another operation ('{id}') on this image is in progress.");
            Err(error(409, "AnotherOperationInProgress", &text))
        }
        None => Ok(()),
    }
}

fn refused(outcome: &Outcome) -> Result<(), Reply> {
    outcome
        .refused
        .map_or(Ok(()), |status| Err(Reply::json(status, &json!({"error": outcome.error}))))
}

/// The query of a new polling URL.
fn polling_query(store: &mut Store, lro: &Lro, version: &str) -> String {
    let version = lro.own_api_version.as_deref().unwrap_or(version);
    let random = uuid::Uuid::new_v4().simple().to_string();
    let time = &random.replace(|c: char| !c.is_ascii_digit(), "7")[..15];
    let padding = "p".repeat(lro.padding);
    let Some(signed) = lro.signed else {
        return format!(
            "api-version={version}&t=639{time}&c={random}{padding}&s=a%2Bb%2Fc%3D%3D&h={}",
            &random[..12]
        );
    };
    let apostrophe = match signed {
        Signed::Plain => "",
        Signed::WithApostrophe => "'",
    };
    let signature = random_text(256);
    store.signatures.push(signature.clone());
    format!(
        "api-version={version}&t=639{time}&c=MII{}{apostrophe}{}{padding}&s={signature}&h={}",
        random_text(240),
        random_text(240),
        random_text(32)
    )
}

/// So many random bytes, in the base64 that needs no encoding in URLs.
fn random_text(bytes: usize) -> String {
    let random: Vec<u8> =
        std::iter::repeat_with(|| *uuid::Uuid::new_v4().as_bytes()).flatten().take(bytes).collect();
    URL_SAFE_NO_PAD.encode(random)
}

/// Starts an operation and answers with its headers; `body` makes the answer's body.
fn start(
    store: &mut Store,
    request: &Request,
    version: &str,
    key: &str,
    work: (Kind, Lro, Outcome),
    usual_status: u16,
) -> Reply {
    let (kind, lro, outcome) = work;
    let progress = progress_of(&lro, &store.settings);
    // The asterisk is part of the ids the real service shows.
    let id = format!(
        "{}*{}",
        uuid::Uuid::new_v4(),
        uuid::Uuid::new_v4().simple().to_string().to_uppercase()
    );
    let query = polling_query(store, &lro, version);
    let location = store.images.get(key).and_then(|image| image.document["location"].as_str());
    let region = location.unwrap_or_default().replace(' ', "").to_uppercase();
    let body = (kind != Kind::Delete && !matches!(lro.status, Some(202 | 204)))
        && (kind == Kind::Create || lro.synchronous || lro.status.is_some());
    let operation = Operation {
        id: id.clone(),
        kind,
        key: key.to_owned(),
        lro: lro.clone(),
        outcome,
        progress,
        started: Instant::now(),
        start_time: time::OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default(),
        polls: 0,
        polled_since_read: true,
        hop: 0,
        region,
        query,
        api_version: version.to_owned(),
        finished: false,
    };
    store.begin(operation);
    // What is over with the answer has to show in its body.
    store.settle();
    let status = lro.status.unwrap_or(usual_status);
    let mut reply = match store.show(key, version).filter(|_| body) {
        Some(mut shown) => {
            let properties = shown["properties"].as_object_mut();
            match lro.first_body {
                FirstBody::Stateless => {
                    properties.and_then(|p| p.remove("provisioningState"));
                }
                FirstBody::Terminal => {
                    shown["properties"]["provisioningState"] = json!("Succeeded");
                }
                FirstBody::Accepted => {}
            }
            Reply::json(status, &shown)
        }
        None => Reply::new(status),
    };
    let base = base(store, request);
    if let Some(operation) = store.operations.get(&id) {
        reply.headers.extend(polling_headers(operation, &base));
    }
    reply
}

pub(crate) fn put(
    state: &State,
    request: &Request,
    place: &Place<'_>,
    version: &str,
) -> Result<Reply, Reply> {
    if place.name.to_lowercase().contains("windows") {
        let text = format!(
            "The resource name '{}' or a part of the name is a trademarked or reserved word.",
            place.name
        );
        return Err(error(400, "ReservedResourceName", &text));
    }
    let body = read_body(request)?;
    let problems = put_problems(&body, version, state.custom_location_required);
    if !problems.is_empty() {
        return Err(bad_body(&problems));
    }
    let mut store = lock(&state.store);
    busy(&store, place.key)?;
    let existing = store.images.get(place.key).map(|image| image.document.clone());
    if let Some(existing) = &existing {
        same_location(existing, &body, place)?;
        unchanged(existing, &body)?;
    }
    let document = document(place, &body, existing.as_ref());
    let path = body["properties"]["imagePath"].as_str().unwrap_or_default();
    let settings = &store.settings;
    let outcome = settings.by_path.get(path).unwrap_or(&settings.create_outcome);
    let outcome = outcome.clone().about(path);
    refused(&outcome)?;
    let lro = settings.create.clone();
    let lag = settings.lag;
    store
        .images
        .insert(place.key.to_owned(), Image { document, operation: None, lag, in_use: false });
    *store.accepted_puts.entry(place.key.to_owned()).or_default() += 1;
    let status = if existing.is_some() { 200 } else { 201 };
    Ok(start(&mut store, request, version, place.key, (Kind::Create, lro, outcome), status))
}

/// The stored form of a new image, with what the service fills in.
fn document(place: &Place<'_>, body: &Value, existing: Option<&Value>) -> Value {
    let id = format!(
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.AzureStackHCI/galleryImages/{}",
        place.subscription, place.group, place.name
    );
    let mut document = body.clone();
    document["id"] = existing.map_or_else(|| json!(id), |e| e["id"].clone());
    document["name"] = json!(place.name);
    document["type"] = json!("Microsoft.AzureStackHCI/galleryImages");
    document["systemData"] = system_data::written(existing.and_then(|e| e.get("systemData")));
    let container = format!(
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.AzureStackHCI/storageContainers/UserStorage1-3f2a",
        place.subscription, place.group
    );
    let properties = &mut document["properties"];
    for (name, value) in [
        ("containerId", container.as_str()),
        ("hyperVGeneration", "V2"),
        ("cloudInitDataSource", "NoCloud"),
    ] {
        if properties[name].is_null() {
            properties[name] = json!(value);
        }
    }
    properties["provisioningState"] = json!("Accepted");
    document
}

/// A name belongs to the location in which it was created.
fn same_location(existing: &Value, body: &Value, place: &Place<'_>) -> Result<(), Reply> {
    let (there, wanted) = (plain(&existing["location"]), plain(&body["location"]));
    if there == wanted {
        return Ok(());
    }
    let text = format!(
        "The resource '{}' already exists in location '{there}' in resource group '{}'. A resource with the same name cannot be created in location '{wanted}'. Please select a new resource name.",
        place.name, place.group
    );
    Err(error(409, "InvalidResourceLocation", &text))
}

/// A text in the form in which locations and most other values are compared.
fn plain(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace(' ', "").to_lowercase()
}

/// Nothing but tags may differ from the image that is there.
fn unchanged(existing: &Value, body: &Value) -> Result<(), Reply> {
    let pointers = [
        "/extendedLocation/name",
        "/properties/osType",
        "/properties/imagePath",
        "/properties/sourceVirtualMachineId",
        "/properties/containerId",
        "/properties/hyperVGeneration",
        "/properties/cloudInitDataSource",
        "/properties/identifier/sku",
        "/properties/version/name",
    ];
    for pointer in pointers {
        if let (Some(old), Some(new)) = (existing.pointer(pointer), body.pointer(pointer))
            && plain(old) != plain(new)
        {
            let name = pointer[1..].replace('/', ".");
            let text = format!("Changing property '{name}' is not allowed.");
            return Err(error(409, "PropertyChangeNotAllowed", &text));
        }
    }
    Ok(())
}

pub(crate) fn patch(
    state: &State,
    request: &Request,
    key: &str,
    group: &str,
    name: &str,
    version: &str,
) -> Result<Reply, Reply> {
    let body = read_body(request)?;
    let problems = patch_problems(&body);
    if !problems.is_empty() {
        return Err(bad_body(&problems));
    }
    let mut store = lock(&state.store);
    if !store.images.contains_key(key) {
        return Err(not_found(group, name));
    }
    busy(&store, key)?;
    refused(&store.settings.update_outcome)?;
    if let Some(image) = store.images.get_mut(key) {
        let data = system_data::written(image.document.get("systemData"));
        image.document["systemData"] = data;
    }
    let work = (
        Kind::Update(body["tags"].clone()),
        store.settings.update.clone(),
        store.settings.update_outcome.clone(),
    );
    let status = if work.1.synchronous { 200 } else { 202 };
    Ok(start(&mut store, request, version, key, work, status))
}

pub(crate) fn delete(
    state: &State,
    request: &Request,
    key: &str,
    version: &str,
) -> Result<Reply, Reply> {
    if !request.body.is_empty() {
        return Err(error(400, "InvalidRequestContent", "A DELETE has no body."));
    }
    let mut store = lock(&state.store);
    let Some(image) = store.images.get(key) else { return Ok(Reply::new(204)) };
    if image.in_use {
        let text =
            "The gallery image is in use by a virtual machine instance and cannot be deleted.";
        return Err(error(409, "GalleryImageInUse", text));
    }
    busy(&store, key)?;
    refused(&store.settings.delete_outcome)?;
    let work = (Kind::Delete, store.settings.delete.clone(), store.settings.delete_outcome.clone());
    if work.1.synchronous && work.2.operation_failed() {
        return Err(Reply::json(409, &json!({"error": work.2.error})));
    }
    let status = if work.1.synchronous { 204 } else { 202 };
    Ok(start(&mut store, request, version, key, work, status))
}
