//! Images that exist already: their ids, their organization, and the state that is made of them.

use crate::cloud::Deadline;
use crate::cloud::horizon::{Horizon, Snapshot};
use crate::tfplugin::attr::Lenient;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Result};

use super::messages::other_organization;
use super::state::{Inputs, Outputs, Private, State, record};
use crate::provider::horizon::advice;
use crate::provider::horizon::texts::Told;

/// `<image id>` or `<image id>/<version id>`.
pub(super) fn parse(id: &str) -> Result<(String, Option<String>)> {
    let parts: Vec<&str> = id.trim().split('/').collect();
    match parts.as_slice() {
        [image] if !image.is_empty() => Ok(((*image).to_owned(), None)),
        [image, version] if !image.is_empty() && !version.is_empty() => {
            Ok(((*image).to_owned(), Some((*version).to_owned())))
        }
        _ => {
            let detail = format!("{id:?} is neither `<image id>` nor `<image id>/<version id>`.");
            Err(Diagnostic::error("Invalid id", detail).into())
        }
    }
}

pub(super) fn nonexistent(id: &str, version_id: Option<&str>) -> Failure {
    let which = match version_id {
        Some(version_id) => format!("The image {id} has no version {version_id}."),
        None => format!("There is no image {id} in the organization."),
    };
    let detail = format!(
        "{which} The data source cloudimages_horizon_images lists the ids of all images. Check as \
         well that the provider is configured for the right organization."
    );
    Diagnostic::error("Cannot import a non-existent image", detail).into()
}

/// The state of an image that exists. What the service does not tell is null, or empty where a value
/// is required.
pub(crate) fn adopt(seen: &Snapshot, org_id: String) -> State {
    let (image, copy) = (&seen.image, seen.copy.as_ref());
    let label = seen.provider_label().map(str::to_owned);
    let gpu_type = image.gpu_type.clone().or_else(|| copy?.gpu_type.clone());
    let inputs = Inputs {
        name: image.name.clone().into(),
        description: image.description.clone(),
        os: Told(String::new()),
        os_type: Told(String::new().into()),
        provider_instance_id: Told(String::new()),
        provider_label: label.map(Lenient::from),
        gpu_type: gpu_type.map(Lenient::from),
        version_source: None,
        version_type: None,
        version_description: None,
        markers: None,
        marketplace: None,
        shared_gallery: None,
        custom_vm: None,
        additional_data: None,
        options: None,
        admin_username: None,
        admin_password: None,
        admin_password_wo: None,
        admin_password_wo_version: None,
        project_id: None,
        wait_for_completion: true,
        force_delete: false,
        delete_all_versions: false,
        keep_imported_version: true,
    };
    let outputs = Outputs { id: image.id.clone(), ..Outputs::default() };
    let private = Private { org_id: Some(org_id) };
    let mut state = State { inputs, outputs, private };
    record(&mut state, seen);
    state
}

/// Another organization does not know the image, which therefore is not gone.
pub(super) async fn check_organization(
    client: &Horizon,
    state: &State,
    deadline: &Deadline,
) -> Result<()> {
    let own = client.org_id(deadline).await.map_err(advice::failure)?;
    match &state.private.org_id {
        Some(of) if !is_same_org(of, &own) => Err(other_organization(&state.outputs.id, of, &own)),
        _ => Ok(()),
    }
}

pub(super) fn is_same_org(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether the list of versions lacks one as well that could not be read.
pub(super) async fn is_deleted(
    client: &Horizon,
    id: &str,
    version_id: &str,
    deadline: &Deadline,
) -> Result<bool> {
    let versions = client.versions(id, deadline).await.map_err(advice::failure)?;
    Ok(!versions.iter().any(|version| version.id == version_id))
}
