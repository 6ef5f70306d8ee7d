//! What every resource's document says about its state, and the values of the state.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::cloud::json::{number, text};

/// The meaning of a provisioning state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// In progress. Every value that the contract does not define means this:
    /// resource providers invent their own, such as `Downloading`.
    Running,
    /// Succeeded.
    Succeeded,
    /// Failed or canceled.
    Failed,
}

impl State {
    /// The meaning of a value, in any case. A missing one means success, as the contract says.
    #[must_use]
    pub fn of(word: Option<&str>) -> Self {
        let Some(word) = word else { return Self::Succeeded };
        let is = |known: &str| word.trim().eq_ignore_ascii_case(known);
        if is("Succeeded") || is("Completed") {
            Self::Succeeded
        } else if is("Failed") || is("Canceled") || is("Cancelled") {
            Self::Failed
        } else {
            Self::Running
        }
    }
}

/// Whether a document is a resource, and not an error or the page of a gateway.
#[must_use]
pub fn is_resource(document: &Value) -> bool {
    text(document.get("id")).is_some() || document.get("properties").is_some_and(Value::is_object)
}

/// When a resource was created, in `systemData`.
#[must_use]
pub fn created_at(resource: &Value) -> Option<OffsetDateTime> {
    let text = text(resource.pointer("/systemData/createdAt"))?;
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// A resource's `properties.provisioningState`.
#[must_use]
pub fn provisioning_state(resource: &Value) -> Option<&str> {
    text(resource.pointer("/properties/provisioningState"))
}

/// Whether a resource whose state is not final says all the same, in `properties.status`, that its
/// creation has succeeded as a whole. The official examples look like that.
#[must_use]
pub fn is_finished(resource: &Value) -> bool {
    let at = |name: &str| resource.pointer(&format!("/properties/status/{name}"));
    let word = text(at("provisioningStatus/status"));
    let state = provisioning_state(resource);
    let is_deleted = state.is_some_and(|word| word.trim().eq_ignore_ascii_case("Deleting"));
    State::of(state) == State::Running
        && !is_deleted
        && word.is_some_and(|word| State::of(Some(word)) == State::Succeeded)
        && number(at("progressPercentage")) == Some(100)
}

/// What a resource says about its own failure, in `properties.status` as the resource providers
/// of Azure Local have it: code and message.
#[must_use]
pub fn status_error(resource: &Value) -> (Option<&str>, Option<&str>) {
    let at = |name: &str| text(resource.pointer(&format!("/properties/status/{name}")));
    (at("errorCode"), at("errorMessage"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_in_any_case_and_unknown_ones_mean_running() {
        for (word, state) in [
            (Some("succeeded"), State::Succeeded),
            (Some("COMPLETED"), State::Succeeded),
            (None, State::Succeeded),
            (Some("failed"), State::Failed),
            (Some("Canceled"), State::Failed),
            (Some("cancelled"), State::Failed),
            (Some("Downloading"), State::Running),
            (Some(""), State::Running),
        ] {
            assert_eq!(State::of(word), state, "{word:?}");
        }
    }
}
