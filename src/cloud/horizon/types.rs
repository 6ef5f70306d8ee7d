//! The documents of the service. Every field may be missing or null, and nothing else is required
//! of them than that they have an id.

use serde_json::Value;
use time::OffsetDateTime;

use super::error::{sentence, with_parameters};
use super::status::is_failed_copy;
use crate::cloud::json::{number, text, time, utc};

/// An image (`StreamTO`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// The id.
    pub id: String,
    /// The organisation.
    pub org_id: Option<String>,
    /// The name.
    pub name: String,
    /// The description.
    pub description: Option<String>,
    /// The display name of the operating system.
    pub os: Option<String>,
    /// The kind of operating system.
    pub os_type: Option<String>,
    /// What it was created from.
    pub source_type: Option<String>,
    /// The kind of GPU.
    pub gpu_type: Option<String>,
    /// Whether several users share a machine.
    pub multi_session: Option<bool>,
    /// The status.
    pub status: Option<String>,
    /// How many versions it has.
    pub version_count: Option<i64>,
    /// Its markers; `None` where the service does not send any list.
    pub markers: Option<Vec<Marker>>,
    /// When it was created, RFC 3339 in UTC.
    pub created_at: Option<String>,
    /// The same for order.
    pub created: Option<OffsetDateTime>,
    /// When it was changed.
    pub updated_at: Option<String>,
}

impl Image {
    pub(super) fn read(document: &Value) -> Self {
        Self {
            id: text(document.get("id")).unwrap_or_default().to_owned(),
            org_id: own(document, "orgId"),
            name: text(document.get("name")).unwrap_or_default().to_owned(),
            description: own(document, "description"),
            os: own(document, "os"),
            os_type: own(document, "osType"),
            source_type: own(document, "sourceType"),
            gpu_type: own(document, "gpuType"),
            multi_session: document.get("multiSession").and_then(Value::as_bool),
            status: own(document, "status"),
            version_count: number(document.get("versionCount").filter(|count| !count.is_null())),
            markers: markers(document),
            created_at: utc(document.get("createdAt")),
            created: time(document.get("createdAt")),
            updated_at: utc(document.get("updatedAt")),
        }
    }
}

/// A version of an image (`VersionTO`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Version {
    /// The id.
    pub id: String,
    /// The name, such as `1.0.0`.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The status.
    pub status: Option<String>,
    /// Its markers.
    pub markers: Option<Vec<Marker>>,
    /// When it was created, for order.
    pub created: Option<OffsetDateTime>,
}

impl Version {
    pub(super) fn read(document: &Value) -> Self {
        Self {
            id: text(document.get("id")).unwrap_or_default().to_owned(),
            name: own(document, "name"),
            description: own(document, "description"),
            status: own(document, "status"),
            markers: markers(document),
            created: time(document.get("createdAt")),
        }
    }

    /// The order in which versions came into being.
    pub(super) fn age(&self) -> impl Ord + use<> {
        let numbers = self.name.as_deref().unwrap_or_default().split('.');
        let numbers: Vec<u64> = numbers.map(|part| part.parse().unwrap_or(u64::MAX)).collect();
        (self.created, numbers, self.id.clone())
    }
}

/// A copy of a version at one provider (`AssetTO`): it alone knows why something failed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Copy {
    /// The id.
    pub id: String,
    /// Where it is.
    pub provider_instance_id: Option<String>,
    /// The kind of provider.
    pub provider_label: Option<String>,
    /// The kind of operating system.
    pub os_type: Option<String>,
    /// The kind of GPU.
    pub gpu_type: Option<String>,
    /// The status.
    pub status: Option<String>,
    /// The code of its failure.
    pub error_code: Option<String>,
    /// The reason of its failure, with the values in it.
    pub error_details: Option<String>,
    /// A warning, with the values in it.
    pub warning: Option<String>,
    /// When it was created, for order.
    pub created: Option<OffsetDateTime>,
}

impl Copy {
    pub(super) fn read(document: &Value) -> Self {
        let said = |name: &str, parameters: &str| {
            let said = super::error::one_line(text(document.get(name))?);
            Some(with_parameters(said, document.get(parameters)))
        };
        let status = own(document, "status");
        let (mut code, mut details) =
            (own(document, "errorCode"), said("errorDetails", "errorDetailsParameters"));
        let is_failed = status.as_deref().is_some_and(is_failed_copy);
        // What is past does not concern a copy that went on.
        if is_failed && code.is_none() && details.is_none() {
            let history = document.get("errorsHistory").and_then(Value::as_array);
            let last = history.and_then(|history| history.last());
            code = last.and_then(|last| own(last, "code"));
            details = last.and_then(sentence);
        }
        Self {
            id: text(document.get("id")).unwrap_or_default().to_owned(),
            provider_instance_id: own(document, "providerInstanceId"),
            provider_label: own(document, "providerLabel"),
            os_type: own(document, "osType"),
            gpu_type: own(document, "gpuType"),
            status,
            error_code: code,
            error_details: details,
            warning: said("warningDetails", "warningDetailsParameters"),
            created: time(document.get("createdAt")),
        }
    }
}

impl Copy {
    /// Why it failed, as far as it tells.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let status = self.status.as_deref().filter(|status| is_failed_copy(status));
        match (self.error_code.as_deref().or(status), self.error_details.as_deref()) {
            (Some(code), Some(details)) => Some(format!("{code}: {details}")),
            (Some(only), None) | (None, Some(only)) => Some(only.to_owned()),
            (None, None) => None,
        }
    }
}

/// A marker: a name in an image that one of its versions has. Pools follow it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marker {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The version that has it.
    pub version_id: Option<String>,
    /// The version that it is being moved to.
    pub next_version_id: Option<String>,
}

impl Marker {
    /// One without a name is none.
    pub(super) fn read(document: &Value) -> Option<Self> {
        Some(Self {
            id: text(document.get("id")).unwrap_or_default().to_owned(),
            name: text(document.get("name"))?.to_owned(),
            version_id: own(document, "versionId"),
            next_version_id: own(document, "nextVersionId"),
        })
    }
}

fn markers(document: &Value) -> Option<Vec<Marker>> {
    Some(document.get("markers")?.as_array()?.iter().filter_map(Marker::read).collect())
}

pub(super) fn own(document: &Value, name: &str) -> Option<String> {
    text(document.get(name)).map(str::to_owned)
}
