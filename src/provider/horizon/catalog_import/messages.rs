//! What users are told about imports: what happened, and what to do.

use crate::cloud::Error;
use crate::cloud::horizon::{Copy, Image, Phase, Snapshot, Version, phase};
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path};

use super::state::State;
use crate::provider::horizon::settings::argument;

/// Which image it is, and how far it was when it was last seen.
pub(super) fn progress(state: &State) -> String {
    let outputs = &state.outputs;
    let seen: Vec<String> = [
        ("image", &outputs.status),
        ("version", &outputs.version_status),
        ("asset", &outputs.asset_status),
    ]
    .into_iter()
    .filter_map(|(name, status)| Some(format!("{name} {}", status.as_deref()?)))
    .collect();
    let seen = if seen.is_empty() { "not seen yet".to_owned() } else { seen.join(", ") };
    format!("{} (last seen: {seen})", outputs.id)
}

/// The two ways to import an image.
fn how_to_import(id: &str) -> String {
    format!(
        "  import {{\n    to = cloudimages_horizon_catalog_import.<name>\n    id = \"{id}\"\n  }}\n\n\
         or run: terraform import cloudimages_horizon_catalog_import.<name> {id}"
    )
}

/// An image that exists already is never overwritten and never adopted without a word.
pub(super) fn exists(name: &str, found: &[Image], refusal: Option<&Error>) -> Failure {
    let listed: Vec<String> = found
        .iter()
        .map(|image| {
            let status = image.status.as_deref().unwrap_or("unknown status");
            let created = image.created_at.as_deref();
            let created = created.map(|at| format!(", created {at}")).unwrap_or_default();
            format!("  {} ({status}{created})", image.id)
        })
        .collect();
    let mut detail = match found {
        [] => format!("There is an image with the name {name:?} already, which no list shows.\n"),
        [_] => format!("There is an image with the name {name:?} already:\n{}\n", listed[0]),
        _ => format!("There are images with the name {name:?} already:\n{}\n", listed.join("\n")),
    };
    if let Some(refusal) = refusal {
        let code = refusal.code.as_deref().map(|code| format!("{code}: ")).unwrap_or_default();
        detail.push_str(&format!("\nHorizon Cloud said: {code}{}\n", refusal.message));
    }
    let is_at_work = found.iter().any(|image| {
        let phase = image.status.as_deref().map(|status| phase(status, false));
        matches!(phase, Some(Phase::Moving | Phase::Unknown))
    });
    if is_at_work {
        detail.push_str(
            "\nIt is still being imported, perhaps for an earlier apply that was interrupted. Once \
             it is in the state, apply waits for it.\n",
        );
    }
    let which = if found.len() < 2 { "it" } else { "one of them" };
    let id = found.first().map_or("<image id>", |image| &image.id);
    detail.push_str(&format!(
        "\nTo manage {which} from here on, import {which}:\n\n{}\n\nOtherwise choose another `name`, \
         or delete the image first.",
        how_to_import(id)
    ));
    Diagnostic::error("The image already exists", detail).at(Path::attribute("name")).into()
}

/// A creation of which nobody knows whether it was carried out.
pub(super) fn unknown(name: &str, error: &Error) -> Failure {
    let mut detail = format!(
        "The request to create the image {name:?} was sent, but its outcome is unknown: {}.\n\n\
         Horizon Cloud does not list an image of this name so far, and may still create it. Nothing \
         is in the state, and the request was not sent again, since that could create a second \
         image.\n\nApply again in a few minutes: if the image exists by then, the error names its id, \
         and you can import it:\n\n{}",
        error.message.trim_end_matches('.'),
        how_to_import("<image id>")
    );
    let facts = error.status.iter().map(|status| ("HTTP status", status.to_string()));
    let facts = facts.chain(error.facts.iter().map(|(name, value)| (*name, value.clone())));
    for (number, (fact, value)) in facts.enumerate() {
        let gap = if number == 0 { "\n" } else { "" };
        detail.push_str(&format!("{gap}\n  {fact}: {value}"));
    }
    let summary = "It is unknown whether the image was created";
    Diagnostic::error(summary, detail).at(Path::attribute("name")).into()
}

/// An image that was found by its name after the answer got lost.
pub(super) fn adopted(name: &str, id: &str, doubt: &Error) -> Diagnostic {
    Diagnostic::warning(
        "The image was found by its name",
        format!(
            "The answer to the request that creates the image {name:?} got lost ({}). Since then \
             exactly one image of this name has appeared, which matches: {id}. It is taken for the \
             requested one.",
            doubt.message.trim_end_matches('.')
        ),
    )
}

/// An image that is usable, but not everywhere.
pub(super) fn partly(id: &str) -> Diagnostic {
    Diagnostic::warning(
        "The image is only partially available",
        format!(
            "Horizon Cloud reports the status PARTIALLY_AVAILABLE for the image {id}: some of its \
             copies cannot be used. Check the image in the Horizon console."
        ),
    )
}

/// An image that failed since the last apply.
pub(super) fn failed(id: &str, seen: &Snapshot, is_replaced: bool) -> Diagnostic {
    let reason = seen.culprit().and_then(Copy::reason);
    let reason = reason.unwrap_or_else(|| "the service gives no reason".to_owned());
    let next = match is_replaced {
        true => "It is planned to be replaced.",
        false => {
            "It was not the import of the version that failed, as far as Horizon Cloud tells, so the \
             image is not replaced. Check the image in the Horizon console. To create it again, apply \
             with `-replace`."
        }
    };
    let detail = format!("The image {id} has the status FAILED: {reason}.\n{next}");
    Diagnostic::warning("The image has failed", detail.replace("..", "."))
}

/// An image that somebody has disabled.
pub(super) fn disabled(id: &str) -> Diagnostic {
    let detail = format!("The image {id} has the status DISABLED: pools cannot use it.");
    Diagnostic::warning("The image is disabled", detail)
}

/// A version that does not exist any more.
pub(super) fn version_deleted(id: &str, version_id: &str) -> Diagnostic {
    let detail = format!(
        "The imported version {version_id} of the image {id} does not exist any more, while the image \
         does. The image is planned to be replaced. If the version was retired on purpose, set \
         `keep_imported_version = false`."
    );
    Diagnostic::warning("The imported version was deleted", detail)
}

/// An image that the configured organization does not know.
pub(super) fn other_organization(id: &str, of: &str, own: &str) -> Failure {
    let detail = format!(
        "The image {id} belongs to the organization {of}, but the provider is configured for {own}. \
         Check the login and {}, or use another provider configuration for this image.",
        argument("org_id")
    );
    Diagnostic::error("The image belongs to another organization", detail).into()
}

/// Versions that nobody asked to delete.
pub(super) fn other_versions(id: &str, versions: &[Version]) -> Failure {
    let listed: Vec<String> = versions
        .iter()
        .map(|version| {
            let name = version.name.as_deref().unwrap_or("no name");
            let status = version.status.as_deref().unwrap_or("unknown status");
            format!("  {name}: {} ({status})", version.id)
        })
        .collect();
    let detail = format!(
        "The image {id} has versions that were not imported by this resource:\n{}\n\nDeleting the \
         image deletes them as well, so it was not deleted. Delete them first, or set \
         `delete_all_versions = true` and apply before the image is destroyed.",
        listed.join("\n")
    );
    let path = Path::attribute("delete_all_versions");
    Diagnostic::error("The image has other versions", detail).at(path).into()
}

/// Markers that are on another version and stay there.
pub(super) fn markers_elsewhere(names: &[String]) -> Diagnostic {
    let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let detail = format!(
        "Another version of the image has these markers: {}. They stay there: moving them to the \
         imported version would move all pools that follow them.",
        names.join(", ")
    );
    let path = Path::attribute("markers");
    Diagnostic::warning("Markers stay on another version", detail).at(path)
}

/// Markers whose places are not known.
pub(super) fn markers_unknown(id: &str) -> Failure {
    let detail = format!(
        "Horizon Cloud does not tell on which versions of the image {id} its markers are. They were \
         not changed, since a change could move pools to another version. Apply again later, or undo \
         the change of `markers`."
    );
    let path = Path::attribute("markers");
    Diagnostic::error("The markers cannot be changed", detail).at(path).into()
}

/// A replacement that has the name of what it replaces.
pub(super) fn same_name(name: &str) -> Diagnostic {
    let detail = format!(
        "The new image has the name of the one it replaces, {name:?}, and names are unique. Terraform \
         therefore has to delete the old image before it creates the new one; with \
         `create_before_destroy = true` the creation fails, unless `name` changes as well."
    );
    Diagnostic::warning("The replacement has the same name", detail).at(Path::attribute("name"))
}
