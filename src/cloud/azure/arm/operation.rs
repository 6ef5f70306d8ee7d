//! A change that was accepted: what has to be kept to wait for its end.
//!
//! Small, so that it can outlive the process that started it. The address to poll is signed, so it is
//! kept only while the change is in progress.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::Arm;
use super::client::{Call, correlation};
use super::resource::{State, provisioning_state};
use crate::cloud::http::Response;
use crate::cloud::json::text;
use crate::secret::Secret;

/// What was asked of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// To create or replace.
    Put,
    /// To change in place.
    Patch,
    /// To delete.
    Delete,
}

/// What to poll for its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watch {
    /// An address that always responds with 200 and a `status`.
    Status(String),
    /// An address that responds with 202, and in the end as the change itself would have.
    Location(String),
    /// The resource itself.
    Resource,
}

impl fmt::Display for Watch {
    /// For the log: the query of an address is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, address) = match self {
            Self::Status(address) => ("status of ", address.as_str()),
            Self::Location(address) => ("location ", address.as_str()),
            Self::Resource => ("resource", ""),
        };
        write!(f, "{what}{}", address.split('?').next().unwrap_or_default())
    }
}

/// A change in progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The API's name for it.
    #[serde(skip, default = "resumed")]
    pub(super) name: &'static str,
    pub(super) change: Change,
    /// The id of the resource.
    pub(super) resource: String,
    pub(super) api_version: String,
    pub(super) correlation: String,
    pub(super) watch: Watch,
    /// The pause before the first status check. Not kept: a later process has waited enough.
    #[serde(skip)]
    pub(super) pause: Option<Duration>,
    /// Whether the service has reported once that the resource does not exist.
    #[serde(skip)]
    pub(super) was_absent: bool,
}

/// The name of an operation that another process started.
fn resumed() -> &'static str {
    "WaitForOperation"
}

impl Operation {
    /// A change of which only the resource is known: the resource is polled.
    #[must_use]
    pub fn of_resource(change: Change, resource: &str, api_version: &str) -> Self {
        Self {
            name: resumed(),
            change,
            resource: resource.to_owned(),
            api_version: api_version.to_owned(),
            correlation: correlation(),
            watch: Watch::Resource,
            pause: None,
            was_absent: false,
        }
    }

    /// The same, under the API's name for the operation.
    #[must_use]
    pub fn named(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The id of the resource.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// What was asked.
    #[must_use]
    pub fn change(&self) -> Change {
        self.change
    }

    /// The change that `response` accepted. `body` is its document, if it has one.
    pub(super) fn accepted(
        arm: &Arm,
        change: Change,
        call: &Call<'_>,
        api_version: &str,
        response: &Response,
        body: Option<&Value>,
    ) -> Self {
        let status = response.status.as_u16();
        let word = body.and_then(|body| body.pointer("/properties/provisioningState"));
        let over = match (change, status) {
            (_, 204) | (Change::Delete, 200) => true,
            (Change::Delete, _) => false,
            // Without a state it is done, unless there is an address to poll.
            (_, 200 | 201) => match text(word) {
                None => watched(arm, response, call, api_version).is_none(),
                word => State::of(word) != State::Running,
            },
            _ => false,
        };
        let (watch, pause) = if over {
            // The resource decides, and it is read at once.
            (Watch::Resource, None)
        } else {
            let watch = watched(arm, response, call, api_version).unwrap_or(Watch::Resource);
            (watch, Some(response.retry_after().unwrap_or(arm.polling_interval())))
        };
        let change_state = body.and_then(provisioning_state).unwrap_or("none");
        tracing::debug!(
            operation = call.operation,
            status,
            state = change_state,
            %watch,
            "accepted"
        );
        Self {
            name: call.operation,
            change,
            resource: call.resource.to_owned(),
            api_version: api_version.to_owned(),
            correlation: call.correlation.to_owned(),
            watch,
            pause,
            was_absent: false,
        }
    }
}

/// No signature is shorter.
const SIGNATURE: usize = 16;

/// The address of an operation that the service gave, see [`Arm::given`]. It is signed: what may be a
/// signature in it is a secret from here on.
pub(super) fn address_of(
    arm: &Arm,
    address: &str,
    api_version: &str,
) -> std::result::Result<Url, String> {
    let url = arm.given(address, api_version)?;
    for (name, value) in url.query_pairs() {
        let is_plain = name.eq_ignore_ascii_case("api-version") || Uuid::parse_str(&value).is_ok();
        if value.len() >= SIGNATURE && !is_plain {
            let _: Secret = value.as_ref().into();
        }
    }
    Ok(url)
}

/// The address to poll in the headers of a response: `Azure-AsyncOperation` before `Location`,
/// as the contract says. `None` if there is none.
///
/// An address outside of Resource Manager is never polled, even without a token: the response
/// could be anybody's. The resource is polled instead.
pub(super) fn watched(
    arm: &Arm,
    response: &Response,
    call: &Call<'_>,
    api_version: &str,
) -> Option<Watch> {
    let header = |name| response.header(name).filter(|text| !text.trim().is_empty());
    let status = header("azure-asyncoperation").map(|text| (text, true));
    let (address, is_status) = status.or_else(|| header("location").map(|text| (text, false)))?;
    Some(match address_of(arm, address, api_version) {
        // A new resource's own address does not indicate an operation, but can be polled.
        Ok(url) if url.path().eq_ignore_ascii_case(arm.url(call.resource, "").path()) => {
            Watch::Resource
        }
        Ok(url) if is_status => Watch::Status(url.into()),
        Ok(url) => Watch::Location(url.into()),
        Err(why) => {
            tracing::warn!(
                operation = call.operation,
                resource = call.resource,
                "the service's address for the operation is not used: {why}; watching the resource",
            );
            Watch::Resource
        }
    })
}
