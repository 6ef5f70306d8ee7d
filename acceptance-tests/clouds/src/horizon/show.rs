//! The documents that answers consist of. Each has exactly the fields of the definition.

use serde_json::{Value, json};

use super::quirks::Quirk;
use super::settings::Settings;
use super::store::{Copy, Image, Marker, Version, lay_over};

/// `StreamTO`.
pub(crate) fn image(image: &Image, settings: &Settings) -> Value {
    let mut document = json!({
        "id": image.id,
        "orgId": image.org,
        "name": image.name,
        "description": image.description,
        "os": image.os,
        "multiSession": image.multi_session,
        "osType": image.os_type,
        "sourceType": image.source,
        "gpuType": image.gpu_type,
        "sourceStreamId": null,
        "sourceVersionId": null,
        "status": image.status(),
        "versionCount": image.versions.len(),
        "createdAt": image.created,
        "updatedAt": image.updated,
        "version": image.record,
        "markers": image.markers.iter().map(|m| marker(m, image, settings)).collect::<Vec<_>>(),
    });
    lay_over(&mut document, &image.overlay);
    finish(document, settings)
}

/// `VersionTO`.
pub(crate) fn version(version: &Version, image: &Image, settings: &Settings) -> Value {
    let step = version.step();
    let state = match step.version.as_str() {
        "AVAILABLE" => "PUBLISHED",
        "PARTIALLY_AVAILABLE" => "PARTIALLY_PUBLISHED",
        "IMPORT_COMPLETE" => "UNPUBLISHED",
        _ => "NOT_READY",
    };
    let mut document = json!({
        "id": version.id,
        "streamId": image.id,
        "orgId": image.org,
        "name": version.name,
        "description": version.description,
        "os": image.os,
        "sourceVersionId": version.source_version,
        "state": state,
        "versionHistory": version.history,
        "status": step.version,
        "lastTriggeredAction": version.action,
        "options": version.agent_features.as_ref().map(|_| json!({"agentFeaturesManuallyUpdated": true})),
        "createdAt": version.created,
        "updatedAt": version.updated,
        "version": version.record,
        "markers": image
            .markers
            .iter()
            .filter(|m| m.version == version.id)
            .map(|m| marker(m, image, settings))
            .collect::<Vec<_>>(),
        "versionType": version.kind,
        "versionValidationDetails": null,
        "publishValidationResult": null,
        "imsTags": null,
        "sourceType": image.source,
        "providerLabels": [image.provider],
        "templateProxyServer": null,
        "templateProxyBypass": null,
    });
    lay_over(&mut document, &version.overlay);
    finish(document, settings)
}

/// `AssetTO`.
pub(crate) fn copy(copy: &Copy, version: &Version, image: &Image, settings: &Settings) -> Value {
    let step = version.step();
    let failure = step.failure.as_ref();
    let state = match step.copy.as_str() {
        "AVAILABLE" => "PUBLISHED",
        "IMPORT_COMPLETE" => "UNPUBLISHED",
        _ => "NOT_READY",
    };
    let mut document = json!({
        "id": copy.id,
        "versionId": version.id,
        "orgId": image.org,
        "providerInstanceId": copy.provider_instance,
        "credentialId": null,
        "providerLabel": image.provider,
        "multiSession": image.multi_session,
        "osType": image.os_type,
        "gpuType": image.gpu_type,
        "assetDetails": {"assetType": copy.kind, "data": copy.data},
        "state": state,
        "status": step.copy,
        "catalogDetails": null,
        "haiAgentVersion": null,
        "errorCode": failure.map(|f| &f.code),
        "errorDetails": failure.map(|f| &f.details),
        "errorDetailsParameters": failure.map(|f| &f.parameters),
        "warningDetails": step.warning,
        "warningDetailsParameters": null,
        "createdAt": version.created,
        "updatedAt": version.updated,
        "version": version.record,
        "errorsHistory": [],
        "agents": [],
    });
    lay_over(&mut document, &copy.overlay);
    finish(document, settings)
}

/// `MarkerTO`.
pub(crate) fn marker(marker: &Marker, image: &Image, settings: &Settings) -> Value {
    let document = json!({
        "id": marker.id,
        "name": marker.name,
        "versionId": marker.version,
        "imageId": image.id,
        "status": if marker.moving_to.is_some() { "IN_PROGRESS" } else { marker.status.as_str() },
        "nextVersionId": marker.moving_to,
        "orgId": image.org,
        "errorCode": null,
        "errorDetails": null,
        "errorDetailsParameters": null,
        "createdAt": marker.created,
        "updatedAt": marker.updated,
    });
    finish(document, settings)
}

/// `ImageCatalogRepresentation`, the answer to a creation.
pub(crate) fn created(image: &Image, settings: &Settings) -> Value {
    let Some(version) = image.versions.first() else { return Value::Null };
    let Some(copy) = version.copies.first() else { return Value::Null };
    let step = version.step();
    let document = json!({
        "streamId": image.id,
        "streamName": image.name,
        "streamDescription": image.description,
        "os": image.os,
        "sourceStreamType": image.source,
        "streamStatus": step.image,
        "sourceStreamId": null,
        "sourceVersionId": null,
        "versionId": version.id,
        "versionSource": image.version_source,
        "versionName": version.name,
        "versionDescription": version.description,
        "versionStatus": step.version,
        "versionType": version.kind,
        "versionHistory": version.history,
        "assetId": copy.id,
        "sourceAssetId": null,
        "assetStatus": step.copy,
        "assetType": copy.kind,
        "assetDetails": {"assetType": copy.kind, "data": copy.data},
        "orgId": image.org,
        "projectId": image.project,
        "markers": image.markers.iter().map(|m| marker(m, image, settings)).collect::<Vec<_>>(),
        "uemInfo": null,
    });
    finish(document, settings)
}

/// `VersionCreateResponseTO`, the answer to an added version.
pub(crate) fn added(version: &Version, image: &Image, settings: &Settings) -> Value {
    let Some(copy) = version.copies.first() else { return Value::Null };
    let step = version.step();
    let document = json!({
        "orgId": image.org,
        "projectId": image.project,
        "imageId": image.id,
        "imageName": image.name,
        "imageDescription": image.description,
        "sourceImageType": image.source,
        "imageStatus": image.status(),
        "sourceVersionId": version.source_version,
        "versionId": version.id,
        "versionName": version.name,
        "versionDescription": version.description,
        "versionStatus": step.version,
        "versionType": version.kind,
        "versionHistory": version.history,
        "assetId": copy.id,
        "assetStatus": step.copy,
        "assetType": copy.kind,
        "assetDetails": {"assetType": copy.kind, "data": copy.data},
        "sourceType": image.source,
    });
    finish(document, settings)
}

/// Leaves out what has no value, unless nulls are wanted, and adds what else is.
pub(crate) fn finish(mut document: Value, settings: &Settings) -> Value {
    let has = |quirk| settings.quirks.contains(&quirk);
    let Value::Object(map) = &mut document else { return document };
    if has(Quirk::EmptyDescriptions) {
        map.iter_mut()
            .filter(|(name, value)| name.to_lowercase().ends_with("description") && value.is_null())
            .for_each(|(_, value)| *value = json!(""));
    }
    if has(Quirk::LowerCaseIds)
        && let Some(Value::Object(data)) =
            map.get_mut("assetDetails").map(|asset| &mut asset["data"])
    {
        for value in data.values_mut() {
            if let Value::String(text) = value
                && text.starts_with('/')
            {
                *text = text.to_lowercase();
            }
        }
    }
    if has(Quirk::NoMarkers) {
        map.remove("markers");
    }
    if has(Quirk::Nulls) {
        const ALWAYS: [&str; 9] = [
            "id",
            "streamId",
            "versionId",
            "assetId",
            "status",
            "streamStatus",
            "imageId",
            "name",
            "streamName",
        ];
        map.iter_mut()
            .filter(|(name, value)| !ALWAYS.contains(&name.as_str()) && !value.is_object())
            .filter(|(name, _)| !["orgId", "versionStatus", "assetStatus"].contains(&name.as_str()))
            .for_each(|(_, value)| *value = Value::Null);
    } else if !has(Quirk::ExplicitNulls) {
        map.retain(|_, value| !value.is_null());
    }
    if has(Quirk::UnknownFields) {
        map.insert("quantumState".to_owned(), json!({"entangled": [1, null, "x"]}));
        map.insert("zzz".to_owned(), Value::Null);
    }
    document
}
