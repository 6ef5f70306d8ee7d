//! Creations, changes and deletions.

use serde_json::{Value, json};

use super::errors::Problem;
use super::new_image::{self, marker_names, text};
use super::quirks::Quirk;
use super::route::Target;
use super::service::Call;
use super::source::{self, Origin};
use super::store::{Image, Patch, Read, Store, next_version};
use super::{lifecycle, show};
use crate::shared::{Countdown, Reply};

/// `^[a-zA-Z][a-zA-Z0-9\-]*[a-zA-Z0-9]$`
fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() >= 2
        && bytes[0].is_ascii_alphabetic()
        && bytes[bytes.len() - 1].is_ascii_alphanumeric()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

fn is_deletable(status: &str) -> bool {
    matches!(
        status,
        "IMPORT_COMPLETE"
            | "AVAILABLE"
            | "PARTIALLY_AVAILABLE"
            | "FAILED"
            | "FAILED_UNRECOVERABLE"
            | "VALIDATION_FAILED"
            | "DISABLED"
    )
}

fn check_source(call: &Call<'_>, source: &str, action: Option<&str>) -> Result<(), Problem> {
    let null = Value::Null;
    let origin = Origin {
        action: action.unwrap_or_default(),
        source,
        provider: &text(&call.body, "providerLabel"),
        os_type: &text(&call.body, "osType"),
        asset: call.body.get("assetDetails").unwrap_or(&null),
    };
    source::check(&origin, action.is_some())
}

impl Store {
    pub(crate) fn create(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let body = &call.body;
        let (name, source) = (text(body, "streamName"), text(body, "sourceStreamType"));
        if !is_name(&name) {
            return Err(Problem::bad(format!("'{name}' is not a valid streamName.")));
        }
        let action = call.request.form_value("action").unwrap_or_else(|| "import".to_owned());
        check_source(call, &source, Some(&action))?;
        self.check_instance(call)?;
        self.check_markers(call, None)?;
        self.settle_all();
        let twin = self.images.iter().find(|image| image.org == call.org && image.name == name);
        if let Some(twin) = twin
            && !self.settings.has(Quirk::DuplicateNames)
        {
            let text = "An image of this name exists.";
            return Err(Problem::new(409, "IMAGE_ALREADY_EXISTS", text)
                .parameter("streamName", &name)
                .parameter("streamId", &twin.id));
        }
        let life = self.settings.lifecycle_of(&name, &source);
        let lags = [self.settings.read_lag, self.settings.list_lag];
        let image = new_image::imported(&call.org, body, &action, life, lags).ok_or_else(|| {
            Problem::bad("body.versionSource must be numbers with dots, such as 0.0")
        })?;
        let shown = show::created(&image, &self.settings);
        self.images.push(image);
        *self.created.entry(name).or_default() += 1;
        Ok(Reply::json(201, &shown))
    }

    fn check_instance(&self, call: &Call<'_>) -> Result<(), Problem> {
        let id = text(&call.body, "providerInstanceId");
        let known = &self.settings.provider_instances;
        if id.is_empty() || (!known.is_empty() && !known.contains(&id)) {
            let text = "The provider instance is not found.";
            return Err(Problem::new(400, "PROVIDER_INSTANCE_FETCH_FAILED", text)
                .parameter("providerInstanceId", &id));
        }
        Ok(())
    }

    /// Markers are named once, and their ids, if given, are those of the path.
    fn check_markers(&self, call: &Call<'_>, ids: Option<(&str, &str)>) -> Result<(), Problem> {
        let names = marker_names(&call.body).unwrap_or_default();
        let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
        if let Some((_, name)) = twice {
            return Err(Problem::bad(format!("The marker '{name}' is given twice.")));
        }
        let list = call.body.get("markers").and_then(Value::as_array);
        for marker in list.into_iter().flatten() {
            let other = |name: &str, good: Option<&str>| {
                marker.get(name).and_then(Value::as_str).is_some_and(|id| Some(id) != good)
            };
            if other("imageId", ids.map(|(image, _)| image))
                || other("versionId", ids.map(|(_, version)| version))
                || other("orgId", Some(call.org.as_str()))
            {
                return Err(Problem::bad("A marker belongs to another image, version or org."));
            }
        }
        Ok(())
    }

    pub(crate) fn patch(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let Target::Version(image_id, version_id) = &call.target else {
            return Err(Problem::not_found("Not Found"));
        };
        self.seen_version(call)?;
        self.check_markers(call, Some((image_id, version_id)))?;
        if call.body.is_empty() {
            return Err(Problem::bad("There is nothing to update."));
        }
        let lag = Countdown::new(self.settings.update_lag);
        let replace_markers = self.settings.replace_markers;
        let new = self.settings.has(Quirk::PatchShowsNew);
        let Some(image) = self.image_mut(image_id) else {
            return Err(Problem::not_found("Not Found"));
        };
        let names = marker_names(&call.body);
        for marker in &mut image.markers {
            let named = names.as_ref().is_some_and(|names| names.contains(&marker.name));
            if named && marker.version != *version_id {
                marker.moving_to = Some(version_id.clone());
            }
        }
        let patch = Patch {
            lag,
            description: call.body.get("description").and_then(Value::as_str).map(str::to_owned),
            markers: names,
            replace_markers,
            agent_features: call.body.get("horizonAgentMetaData").cloned(),
        };
        let Some(at) = image.versions.iter().position(|v| v.id == *version_id) else {
            return Err(Problem::not_found("Not Found"));
        };
        if let Some(earlier) = image.versions[at].patch.take() {
            image.apply(at, &earlier);
        }
        let mut shown = image.clone();
        if new {
            shown.apply(at, &patch);
        }
        image.versions[at].patch = Some(patch);
        Ok(Reply::json(202, &show::version(&shown.versions[at], &shown, &self.settings)))
    }

    pub(crate) fn delete(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let force = match call.request.form_value("force").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(Problem::bad("'force' must be true or false.")),
        };
        let missing = || Problem::not_found("Unable to find the image version");
        let id = call.target.version().ok_or_else(missing)?.to_owned();
        // A refused deletion is a poll, so that a client gets on that only deletes.
        self.seen(call, Read::Image).map_err(|_| missing())?;
        let settings = &self.settings;
        let ends_import = force && settings.has(Quirk::ForceEndsImport);
        let (life, status) = (settings.deletion.clone(), settings.delete_status);
        let image = call.target.image().and_then(|image| self.image_mut(image));
        let version = image.and_then(|image| image.versions.iter_mut().find(|v| v.id == id));
        let version = version.ok_or_else(missing)?;
        let now = version.step().version.clone();
        if !is_deletable(&now) && (!ends_import || now == "DELETING") {
            let text =
                "Deletion is not allowed - current version status is not allowed for deletion";
            return Err(Problem::new(422, "INVALID_RESOURCE_STATE", text).parameter("status", &now));
        }
        if version.pinned && !force {
            let text =
                "Conflict Error while deleting version - Template in admin is using version.";
            return Err(Problem::new(409, "VERSION_IN_USE", text).parameter("versionId", &id));
        }
        version.begin(life, "DELETE");
        version.deleting = true;
        Ok(Reply::new(status))
    }

    pub(crate) fn delete_marker(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let missing = || Problem::not_found("Unable to find marker for given imageId and markerId");
        let Target::Marker(image_id, id) = &call.target else { return Err(missing()) };
        self.seen(call, Read::Part).map_err(|_| missing())?;
        let status = self.settings.marker_delete_status;
        let image = self.image_mut(image_id).ok_or_else(missing)?;
        let at = image.markers.iter().position(|m| m.id == *id).ok_or_else(missing)?;
        let marker = &image.markers[at];
        if marker.pinned {
            let text =
                "Conflict Error while deleting marker - Template in admin is using this marker.";
            return Err(Problem::new(409, "MARKER_IN_USE", text));
        }
        if marker.moving_to.is_some() {
            let text = "Deletion is not allowed - current status is not allowed for deletion";
            return Err(Problem::new(412, "MARKER_DELETION_VALIDATION_FAILED", text));
        }
        image.markers.remove(at);
        image.record += 1;
        Ok(Reply::new(status))
    }

    pub(crate) fn add_version(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let body = &call.body;
        let image = self.seen(call, Read::Part)?.clone();
        let source = text(body, "sourceType");
        if !matches!(source.as_str(), "AZURE_SIG" | "AZURE_CUSTOM_VM") {
            let text = "The source type is not supported by this operation.";
            return Err(Problem::new(405, "UNSUPPORTED_OPERATION", text));
        }
        check_source(call, &source, None)?;
        self.check_instance(call)?;
        self.check_markers(call, None)?;
        if text(body, "osType") != image.os_type || text(body, "gpuType") != image.gpu_type {
            return Err(Problem::bad("osType and gpuType must be those of the image."));
        }
        let name = version_name(&image, body)?;
        let life = self.settings.lifecycle_of(&image.name, &source);
        let action = match source.as_str() {
            "AZURE_SIG" => "ADD_VERSION_FROM_COPIED_IMAGE",
            _ => "ADD_VERSION_FROM_CUSTOM_VM",
        };
        let mut version = new_image::version(body, "description", name, life, action);
        version.history = image.versions.iter().map(|v| v.name.clone()).collect();
        let shown = show::added(&version, &image, &self.settings);
        let Some(image) = self.image_mut(&image.id) else {
            return Err(Problem::not_found("Image is not found for given imageId"));
        };
        let id = version.id.clone();
        image.versions.push(version);
        for name in marker_names(body).unwrap_or_default() {
            image.put_marker(&name, &id);
        }
        Ok(Reply::json(201, &shown))
    }

    pub(crate) fn publish(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        if call.request.form_value("action").as_deref() != Some("publish") {
            return Err(Problem::bad("The action must be publish."));
        }
        let (image, version) = self.seen_version(call)?;
        if version.step().version != "IMPORT_COMPLETE" {
            let text = "Only a version that is imported can be published.";
            return Err(Problem::new(412, "INVALID_RESOURCE_STATE", text));
        }
        let (image, id) = (image.id.clone(), version.id.clone());
        let life = self.settings.publication.clone();
        self.begin(&image, &id, life, "PUBLISH");
        let body = json!({
            "orgId": call.org,
            "versionId": id,
            "versionStatus": "PUBLISH_IN_PROGRESS",
        });
        Ok(Reply::json(201, &body))
    }

    pub(crate) fn begin(
        &mut self,
        image: &str,
        version: &str,
        life: lifecycle::Lifecycle,
        action: &'static str,
    ) {
        let image = self.image_mut(image);
        let found = image.and_then(|image| image.versions.iter_mut().find(|v| v.id == version));
        if let Some(version) = found {
            version.begin(life, action);
        }
    }

    pub(crate) fn reset_password(&mut self, call: &Call<'_>) -> Result<Reply, Problem> {
        let (image, version) = self.seen_version(call)?;
        let refusal = if image.provider != "AZURE" {
            "Passwords can be reset for Azure only."
        } else if version.step().version != "IMPORT_COMPLETE" {
            "The version has no virtual machine at this time."
        } else {
            ""
        };
        let (image, id) = (image.id.clone(), version.id.clone());
        if !refusal.is_empty() {
            let status = self.settings.reset_refusal;
            return Err(Problem::new(status, "INVALID_RESOURCE_STATE", refusal));
        }
        let image = self.image_mut(&image);
        if let Some(version) = image.and_then(|i| i.versions.iter_mut().find(|v| v.id == id)) {
            version.resets += 1;
        }
        Ok(Reply::new(202))
    }
}

/// The name of an added version: after the one it is based on, or after the newest.
fn version_name(image: &Image, body: &serde_json::Map<String, Value>) -> Result<String, Problem> {
    let kind = text(body, "versionType");
    let from = match body.get("sourceVersionId").and_then(Value::as_str) {
        Some(id) => image.versions.iter().find(|v| v.id == id).ok_or_else(|| {
            Problem::not_found(
                "Source Image or Version is not found for given imageId and versionId",
            )
        })?,
        None if kind == "MAJOR" => {
            image.versions.last().ok_or_else(|| Problem::bad("No version."))?
        }
        None => return Err(Problem::bad("body.sourceVersionId is needed for this versionType")),
    };
    if kind == "PATCH" {
        let text = "Only MAJOR and MINOR are supported.";
        return Err(Problem::new(400, "INVALID_VERSION_TYPE", text));
    }
    next_version(&from.name, &kind).ok_or_else(|| Problem::bad("The version has no successor."))
}
