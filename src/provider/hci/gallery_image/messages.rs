//! What users are told about images that are not ready: what happened, and what to do.

use crate::cloud::azure::arm::ResourceId;
use crate::cloud::azure::arm::resource::State as Stage;
use crate::cloud::azure::hci as api;
use crate::cloud::{Error, Kind};
use crate::provider::azure::advice;
use crate::provider::clients::Clients;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path};

use super::state::{Failure as Seen, State};

/// What to check when the service says that it could not create the image.
pub(super) const DOWNLOAD_ADVICE: &str = "Check that the disk can be downloaded from the cluster, that its shared access signature lasts \
     long enough, and that it is a VHD or VHDX of the right generation.";

/// Which image it is, and how far it was when it was last seen.
pub(super) fn progress(state: &State) -> String {
    let outputs = &state.outputs;
    let mut seen = vec![outputs.provisioning_state.as_deref().unwrap_or("not seen yet").to_owned()];
    seen.extend(outputs.progress_percentage.map(|percent| format!("{percent} percent")));
    seen.extend(outputs.download_size_in_mb.map(|size| format!("{size} MB downloaded")));
    format!("{} (last seen: {})", outputs.id, seen.join(", "))
}

/// An image that exists already is never overwritten.
pub(super) fn exists(id: &ResourceId, found: &api::Image) -> Failure {
    let word = found.provisioning_state.as_deref().unwrap_or_default();
    if word.eq_ignore_ascii_case("Deleting") {
        let detail = format!(
            "The image exists still: {id}\n\nThe service is deleting it ({word}). Apply again when it is \
             gone, or set another `name`."
        );
        return Diagnostic::error("The image is still being deleted", detail)
            .at(Path::attribute("name"))
            .into();
    }
    let condition = match found.state() {
        Stage::Succeeded => String::new(),
        Stage::Running => format!(
            "The service is still working on it ({word}), perhaps for an earlier apply that was \
             interrupted. Once it is imported, apply waits for it.\n\n"
        ),
        Stage::Failed => format!(
            "It is in the state {word}: {}\nTo clear it, delete it (az stack-hci-vm image delete), \
             or import it, after which it is planned to be replaced.\n\n",
            reason(found)
        ),
    };
    let detail = format!(
        "The image exists already: {id}\n\n{condition}To create another image, set another `name`. If \
         the image there is a predecessor that this one is to replace (`create_before_destroy`), both \
         exist for a while, and each needs a name of its own.\n\n\
         To manage the existing image from here on, import it:\n\n  \
         import {{\n    to = cloudimages_hci_gallery_image.<name>\n    id = \"{id}\"\n  }}\n\n\
         or run: terraform import cloudimages_hci_gallery_image.<name> '{id}'"
    );
    Diagnostic::error("The image already exists", detail).at(Path::attribute("name")).into()
}

/// What to do about an image that others need.
const IN_USE: &str = "Delete the virtual machines that use the image, then destroy again. To leave the \
                      image where it is, remove it from the state instead: terraform state rm \
                      <address>";

/// A deletion that failed.
pub(super) fn not_deleted(error: Error, clients: &Clients) -> Failure {
    let code = error.code.as_deref().unwrap_or_default().to_ascii_lowercase();
    if !code.contains("inuse") {
        return advice::arm(error, clients);
    }
    let Failure(mut failures) = advice::arm_with(error, clients, IN_USE);
    for failure in &mut failures {
        failure.summary = "Cannot delete the gallery image: it is in use".to_owned();
    }
    Failure(failures)
}

/// An image that cannot be imported.
pub(super) fn not_imported(error: Error, clients: &Clients) -> Failure {
    let advice = match error.kind {
        Kind::NotFound => "Check the id: only an image that exists can be imported.",
        _ => "",
    };
    advice::arm_with(error, clients, advice)
}

/// An image that failed, which it may show or not.
pub(super) fn failed_warning(
    id: &ResourceId,
    image: &api::Image,
    seen: Option<&Seen>,
) -> Diagnostic {
    let word = image.provisioning_state.as_deref().unwrap_or("Succeeded");
    let why = match (image.state(), seen) {
        (Stage::Failed, _) | (_, None) => format!("is in the state {word}: {}", reason(image)),
        (_, Some(Seen { reason, .. })) => {
            format!("is in the state {word}, but the service said that it failed: {reason}")
        }
    };
    let detail = format!("{id} {why}\nIt is planned to be replaced.");
    Diagnostic::warning("The image is not usable", detail)
}

/// A path that takes the place of a write-only one, which nobody knows any more.
pub(super) fn not_compared() -> Diagnostic {
    let detail = "The image was created from `image_path_wo`, which is not stored, so the disks cannot be \
                  compared: `image_path` is taken to be the same disk, and the image is not replaced. \
                  If it is another disk, replace the image: terraform apply -replace=<address>";
    Diagnostic::warning("The disk of the image cannot be compared", detail)
        .at(Path::attribute("image_path"))
}

/// The reason of the failure in the image.
fn reason(image: &api::Image) -> String {
    match (&image.error_code, &image.error_message) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(text), None) | (None, Some(text)) => text.clone(),
        (None, None) => "the service gives no reason".to_owned(),
    }
}
