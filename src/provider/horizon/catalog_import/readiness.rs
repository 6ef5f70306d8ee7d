//! How far an image is, by its state.

use crate::cloud::horizon::{
    Phase, Snapshot, is_of_import, is_reworked_version, is_usable_version, phase,
};
use crate::tfplugin::resource::Readiness;

use super::state::{Inputs, Outputs, State};

/// How far the image is. It has no status yet if its creation was interrupted.
pub(super) fn readiness(inputs: &Inputs, outputs: &Outputs) -> Readiness {
    let is_moving = match inputs.wait_for_completion {
        true => Readiness::Moving,
        false => Readiness::Ready,
    };
    let Some(status) = outputs.status.as_deref() else { return is_moving };
    let version = outputs.version_status.as_deref().unwrap_or_default();
    let is_copy = inputs.shared_gallery.is_some();
    let is_good = is_usable_version(version, is_copy);
    match phase(status, is_copy) {
        Phase::Ready | Phase::PartlyReady | Phase::Disabled => Readiness::Ready,
        // It is another version that failed, or later work on this one.
        Phase::Failed if is_good || failed_later(outputs, is_copy) => Readiness::Ready,
        Phase::Failed => Readiness::Failed,
        Phase::Deleting => Readiness::Vanishing,
        // It is another version that the service is at work on.
        Phase::Moving | Phase::Unknown if is_good => Readiness::Ready,
        // A copy of an existing image is replicated before it is ready.
        Phase::Moving | Phase::Unknown if !is_copy && is_reworked_version(version) => {
            Readiness::Ready
        }
        Phase::Moving | Phase::Unknown => is_moving,
    }
}

/// Whether it is not known that an image failed with its import. Where the copy says nothing, its
/// version may say that it was validated, which is done with what is there.
fn failed_later(outputs: &Outputs, is_copy: bool) -> bool {
    match outputs.asset_status.as_deref() {
        Some(copy) => !is_of_import(copy, is_copy),
        None => outputs.version_status.as_deref() == Some("VALIDATION_FAILED"),
    }
}

/// Whether the image is at work, and the version not known to be usable before.
pub(super) fn is_being_made(state: &State, seen: &Snapshot) -> bool {
    let status = seen.image.status.as_deref().unwrap_or_default();
    let is_copy = state.inputs.shared_gallery.is_some();
    let version = seen.version.as_ref().and_then(|version| version.status.as_deref());
    matches!(phase(status, is_copy), Phase::Moving | Phase::Unknown)
        && !is_usable_version(version.unwrap_or_default(), is_copy)
}
