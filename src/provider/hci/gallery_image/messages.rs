//! What users are told about images that are not ready: what happened, and what to do.

use crate::cloud::azure::arm::ResourceId;
use crate::cloud::azure::arm::resource::State as Stage;
use crate::cloud::azure::hci as api;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path};

use super::state::{State, stage};

/// What happened.
pub(super) const INTERRUPTED: &str = "Interrupted while the image was being made";

/// An image whose creation goes on without us.
pub(super) fn going_on(state: &State) -> String {
    format!(
        "The service goes on making {} (last seen: {}). It is in the state and not tainted: apply \
         again to go on waiting for it.",
        state.outputs.id,
        state.outputs.provisioning_state.as_deref().unwrap_or("accepted")
    )
}

/// An interruption of the wait before a change: the change was not made.
pub(super) fn interruption(state: &State) -> Failure {
    Diagnostic::error(INTERRUPTED, going_on(state)).into()
}

/// What to do when the time is up.
pub(super) fn late_advice(state: &State) -> &'static str {
    if state.private.is_new {
        "The image stays in the state, tainted: the next apply would delete it and make it anew. To \
         go on waiting instead, run `terraform untaint` on it and apply again. To allow more time, \
         raise `timeouts.create`."
    } else {
        "The image stays in the state: apply again to go on waiting for it. To allow more time, \
         raise `timeouts`."
    }
}

/// What to do when the download failed.
pub(super) fn failed_advice(state: &State) -> String {
    let tainted = if state.private.is_new { ", tainted," } else { "" };
    format!(
        "The image stays in the state{tainted} so that the next apply deletes it and makes it anew. \
         Check that the disk can be downloaded from the cluster, that its shared access signature \
         lasts long enough, and that it is a VHD or VHDX of the right generation."
    )
}

/// An image that exists already is never overwritten.
pub(super) fn exists(id: &ResourceId, found: &api::Image) -> Failure {
    let word = found.provisioning_state.as_deref().unwrap_or_default();
    let condition = match stage(found) {
        Stage::Succeeded => String::new(),
        Stage::Running => format!(
            "The service is still at work on it ({word}), perhaps for an earlier apply that was cut \
             off. Once it is imported, apply waits for it.\n\n"
        ),
        Stage::Failed => format!(
            "It is in the state {word}: {}\nTo clear it, delete it (az stack-hci-vm image delete), \
             or import it, after which it is planned to be replaced.\n\n",
            reason(found)
        ),
    };
    let detail = format!(
        "The image exists already: {id}\n\n{condition}To manage it from here on, import it:\n\n  \
         import {{\n    to = cloudimages_hci_gallery_image.<name>\n    id = \"{id}\"\n  }}\n\n\
         or run: terraform import cloudimages_hci_gallery_image.<name> '{id}'"
    );
    Diagnostic::error("The image already exists", detail).at(Path::attribute("name")).into()
}

/// An image that went bad since the last apply.
pub(super) fn failed_warning(id: &ResourceId, image: &api::Image) -> Diagnostic {
    Diagnostic::warning(
        "The image is not usable",
        format!(
            "{id} is in the state {}: {}\nIt is planned to be replaced.",
            image.provisioning_state.as_deref().unwrap_or("Failed"),
            reason(image)
        ),
    )
}

/// What the image says about its failure.
fn reason(image: &api::Image) -> String {
    match (&image.error_code, &image.error_message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(text), None) | (None, Some(text)) => text.clone(),
        (None, None) => "the service gives no reason".to_owned(),
    }
}
