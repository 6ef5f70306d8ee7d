//! What images can be imported from.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Horizon;
use super::client::Call;
use super::pages::whole;
use super::types::own;
use crate::cloud::{Deadline, Result};

/// Which sources to list.
#[derive(Clone, Debug)]
pub struct SourceQuery {
    /// The provider instance.
    pub provider_instance_id: String,
    /// The kind of provider.
    pub provider_type: String,
    /// The kind of source.
    pub source_type: String,
    /// The kind of operating system.
    pub os_type: Option<String>,
}

/// A source of images (`SupportedImageRepresentation`).
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSource {
    /// The id.
    pub id: Option<String>,
    /// The name, as a request for an image takes it.
    pub display_name: Option<String>,
    /// The kind of source.
    pub source_type: Option<String>,
    /// The kind of provider.
    pub provider_type: Option<String>,
    /// What the service tells about it; values that are not texts as JSON.
    pub data: BTreeMap<String, String>,
}

impl ImageSource {
    fn read(document: &Value) -> Self {
        let data = document["imageSourceData"].as_object().into_iter().flatten();
        let data = data.filter(|(_, value)| !value.is_null()).map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        });
        Self {
            id: own(document, "id"),
            display_name: own(document, "displayName"),
            source_type: own(document, "sourceType"),
            provider_type: own(document, "imageProviderType"),
            data: data.collect(),
        }
    }
}

impl Horizon {
    /// `getImageSources`, by display name.
    ///
    /// # Errors
    /// The service's refusal.
    pub async fn sources(
        &self,
        query: &SourceQuery,
        deadline: &Deadline,
    ) -> Result<Vec<ImageSource>> {
        let mut call = Call::get("ListImageSources", &["image-sources"])
            .with("provider_instance_id", &query.provider_instance_id)
            .with("provider_type", &query.provider_type)
            .with("source_stream", &query.source_type);
        if let Some(os_type) = &query.os_type {
            call = call.with("os_type", os_type);
        }
        let listed = self.list_by(whole, call, deadline).await?;
        let mut sources: Vec<_> = listed.elements.iter().map(ImageSource::read).collect();
        sources.sort_by(|one, other| {
            (&one.display_name, &one.id).cmp(&(&other.display_name, &other.id))
        });
        Ok(sources)
    }
}
