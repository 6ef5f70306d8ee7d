//! Changing an imported version in place.

use std::collections::BTreeSet;

use crate::cloud::horizon::{Edit, Edited, Horizon, Marker, Snapshot};
use crate::cloud::{Deadline, Kind};
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Path, Result};

use super::messages::{markers_elsewhere, markers_unknown};
use super::state::{Inputs, State, password, record, vm_info};
use crate::provider::horizon::advice;

/// Changes the description and the markers of the version, as far as they differ. `state` is what
/// was there and becomes what is there.
pub(super) async fn edit_version(
    client: &Horizon,
    state: &mut State,
    desired: &Inputs,
    context: &Context,
    deadline: &Deadline,
) -> Result<()> {
    let described = desired.version_description != state.inputs.version_description;
    let marked = desired.markers != state.inputs.markers;
    if !described && !marked {
        return Ok(());
    }
    let id = state.outputs.id.clone();
    let (version, asset) = (state.outputs.version_id.clone(), state.outputs.asset_id.clone());
    let seen = client.snapshot(&id, version.as_deref(), asset.as_deref(), deadline).await;
    let seen = seen.map_err(advice::failure)?;
    let Some(version) = &seen.version else { return Err(no_version(&id).into()) };
    let version_id = version.id.clone();
    let wanted = desired.markers.clone().unwrap_or_default();
    let known = state.inputs.markers.clone();
    if marked && known.is_some() && seen.markers.is_none() {
        return Err(markers_unknown(&id));
    }
    let (own, others): (BTreeSet<_>, BTreeSet<_>) = named(&seen.markers, &version_id);
    let new_there: Vec<String> = wanted
        .intersection(&others)
        .filter(|name| !known.iter().flatten().any(|known| known == *name))
        .cloned()
        .collect();
    if !new_there.is_empty() {
        context.warn(markers_elsewhere(&new_there));
    }
    // All that it is to have, since it is not documented whether the list is added or replaces. One
    // that is not known to be on the version is never named: that would move pools back.
    let keep: Vec<String> = wanted.difference(&others).cloned().collect();
    let adds = seen.markers.is_some() && keep.iter().any(|name| !own.contains(name));
    let edit = Edit {
        description: described.then(|| desired.version_description.clone().unwrap_or_default()),
        markers: (marked && adds).then_some(keep),
        ..Edit::default()
    };
    let mut seen = seen;
    if edit != Edit::default() {
        let edited = client.edit(&id, &version_id, &edit, deadline).await;
        let Edited { image, version, markers } = edited.map_err(advice::failure)?;
        seen = Snapshot { image, version: Some(version), markers, ..seen };
        record(state, &seen);
    }
    let gone = |marker: &&Marker| marker.is_on(&version_id) && !wanted.contains(&marker.name);
    for marker in seen.markers.iter().flatten().filter(gone).filter(|_| marked) {
        let deleted = client.delete_marker(&id, &version_id, marker, deadline).await;
        deleted.map_err(advice::failure)?;
        if let Some(markers) = &mut state.inputs.markers {
            markers.remove(&marker.name);
        }
    }
    state.inputs.version_description.clone_from(&desired.version_description);
    state.inputs.markers.clone_from(&desired.markers);
    Ok(())
}

/// The names of the markers that are on the version, and of those that are not.
fn named(markers: &Option<Vec<Marker>>, version_id: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (own, others): (Vec<_>, Vec<_>) =
        markers.iter().flatten().partition(|marker| marker.is_on(version_id));
    let names = |markers: Vec<&Marker>| markers.into_iter().map(|m| m.name.clone()).collect();
    (names(own), names(others))
}

/// Sets another password, if the configuration has another one.
pub(super) async fn rotate_password(
    client: &Horizon,
    state: &mut State,
    desired: &Inputs,
    deadline: &Deadline,
) -> Result<()> {
    if !is_rotated(&state.inputs, desired) {
        return Ok(());
    }
    let refused = |why: String| {
        let argument = match desired.admin_password_wo {
            Some(_) => "admin_password_wo_version",
            None => "admin_password",
        };
        let detail = format!("{why} The password was not changed.");
        Diagnostic::error("The password cannot be reset", detail).at(Path::attribute(argument))
    };
    let Some(vm_info) = vm_info(desired) else {
        let why = "`admin_username` has no value, and the password belongs to a user.";
        return Err(refused(why.to_owned()).into());
    };
    let label = desired.provider_label.as_ref().map_or("AZURE", |label| label.as_str());
    if label != "AZURE" {
        let why =
            format!("Horizon Cloud resets passwords only of images in Azure, not in {label}.");
        return Err(refused(why).into());
    }
    let status = state.outputs.status.as_deref().unwrap_or_default();
    if status != "IMPORT_COMPLETE" {
        let why = format!(
            "The image has the status {status}: only while it is IMPORT_COMPLETE does it have a \
             virtual machine whose password can be reset."
        );
        return Err(refused(why).into());
    }
    let Some(version_id) = &state.outputs.version_id else {
        return Err(no_version(&state.outputs.id).into());
    };
    let reset = client.reset_password(&state.outputs.id, version_id, &vm_info, deadline).await;
    reset.map_err(|error| {
        let otherwise = match error.kind {
            Kind::Conflict | Kind::Invalid => {
                "Check that the virtual machine of the image is running."
            }
            _ => "",
        };
        advice::failure_with(error, otherwise)
    })
}

/// Whether the password differs from the one that was set last, as far as that can be known.
fn is_rotated(before: &Inputs, desired: &Inputs) -> bool {
    let Some(wanted) = password(desired) else { return false };
    match (&before.admin_password, &before.admin_password_wo_version) {
        (Some(known), _) => known != wanted,
        (None, Some(version)) => desired.admin_password_wo_version.as_ref() != Some(version),
        // A write-only one without a version, if there was any: the configuration names a user only
        // together with a password. After an import nobody knows which password there is: what is
        // configured is taken over.
        (None, None) => {
            before.admin_username.is_some()
                && (desired.admin_password.is_some() || desired.admin_password_wo_version.is_some())
        }
    }
}

fn no_version(id: &str) -> Diagnostic {
    let detail = format!(
        "The imported version of the image {id} does not exist any more, so it cannot be changed. Set \
         `keep_imported_version = true` to have the image replaced, or undo the change of \
         `version_description`, `markers` or the password."
    );
    Diagnostic::error("The imported version was deleted", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tfplugin::model::Model;
    use crate::tfplugin::value::{Object, Value};

    fn inputs(given: &[(&str, Value)]) -> Inputs {
        let mut object = Object::from(
            [("name", "a1"), ("os", "W"), ("os_type", "WINDOWS"), ("provider_instance_id", "p")]
                .map(|(name, value)| (name.to_owned(), Value::from(value))),
        );
        object.extend(given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Inputs::decode_fields(&mut object, &Path::default(), &mut Vec::new()).unwrap()
    }

    #[test]
    fn a_password_is_rotated_when_it_surely_or_possibly_differs() {
        let stored = |text: &'static str| inputs(&[("admin_password", text.into())]);
        let hidden = |text: &'static str, version: i64| {
            let version = ("admin_password_wo_version", version.into());
            inputs(&[("admin_password_wo", text.into()), version])
        };
        let unversioned = |text: &'static str| inputs(&[("admin_password_wo", text.into())]);
        // Made with a write-only password that had no version.
        let named = |given: &[(&str, Value)]| {
            let user = [("admin_username", Value::from("admin"))];
            inputs(&[given, &user].concat())
        };
        let remembered = |version: i64| inputs(&[("admin_password_wo_version", version.into())]);
        for (before, desired, rotated) in [
            (stored("one"), stored("one"), false),
            (stored("one"), stored("two"), true),
            (stored("one"), hidden("one", 1), false),
            (stored("one"), hidden("two", 1), true),
            (remembered(1), hidden("two", 1), false),
            (remembered(1), hidden("two", 2), true),
            (remembered(1), stored("two"), true),
            (named(&[]), hidden("two", 1), true),
            (named(&[]), stored("two"), true),
            (named(&[]), unversioned("two"), false),
            (inputs(&[]), unversioned("one"), false),
            (inputs(&[]), stored("one"), false),
            (inputs(&[]), hidden("one", 1), false),
            (stored("one"), inputs(&[]), false),
        ] {
            assert_eq!(is_rotated(&before, &desired), rotated, "{before:?} {desired:?}");
        }
    }
}
