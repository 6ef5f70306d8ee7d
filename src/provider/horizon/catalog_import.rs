//! `cloudimages_horizon_catalog_import`: an image in the catalog of Horizon Cloud.
//!
//! The service names the image in its answer to the creation and works on it for an hour. Whatever
//! ends the wait, a later apply continues to wait for the same image; what became of a creation
//! without an answer is looked up by name.

use std::time::Duration;

use crate::cloud::horizon::{
    Created, Deletion, Horizon, Import as Wait, Phase, Refused, Snapshot, is_usable_version, phase,
};
use crate::cloud::{Deadline, Kind};
use crate::tfplugin::attr::Lenient;
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path, Result};
use crate::tfplugin::model::Model;
use crate::tfplugin::plan::Plan;
use crate::tfplugin::resource::{Import, ReadOutcome, Readiness, Resource, Unsettled};
use crate::tfplugin::timeouts::Timeouts;
use crate::tfplugin::value::{Object, Value, get};

use super::advice;
use super::texts::Told;
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;
use crate::provider::error::unsettled;
use crate::provider::write_only_version;

mod change;
mod messages;
mod state;

use change::{edit_version, rotate_password};
use messages::{
    adopted, disabled, exists, failed, other_organization, other_versions, partly, progress,
    same_name, unknown, version_deleted,
};
use state::{
    DELETED, Identity, Inputs, Outputs, Private, State, accepted, new_image, readiness, record,
    show,
};

/// What an image may be created from.
const SOURCES: [&str; 3] = ["marketplace", "shared_gallery", "custom_vm"];

/// Arguments that the service never returns either, adopted together with the source.
const ADOPTED: [&str; 4] = ["additional_data", "options", "admin_username", "project_id"];

const MINUTE: Duration = Duration::from_secs(60);

/// The resource.
#[derive(Debug, Default)]
pub(crate) struct HorizonCatalogImport;

impl Resource<Clients> for HorizonCatalogImport {
    const NAME: &'static str = "horizon_catalog_import";
    const NOUN: &'static str = "image";
    const STATUS: &'static str = "status";
    const SOURCES: &'static [&'static str] = &SOURCES;
    const ID_IS_CHOSEN: bool = true;
    const TIMEOUTS: Timeouts = Timeouts {
        create: Some(MINUTE.saturating_mul(90)),
        read: Some(MINUTE.saturating_mul(5)),
        update: Some(MINUTE.saturating_mul(30)),
        delete: Some(MINUTE.saturating_mul(60)),
    };
    type Inputs = Inputs;
    type Outputs = Outputs;
    type Private = Private;
    type Identity = Identity;

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        check_administrator(config, problems);
        let version = "admin_password_wo_version";
        write_only_version::check(config, "admin_password_wo", version, problems);
        check_options(config, problems);
        if let Some(Value::List(markers)) = config.0.get("markers")
            && markers
                .iter()
                .any(|marker| marker.as_str().is_some_and(|name| name.trim().is_empty()))
        {
            let path = Path::attribute("markers");
            problems.push(Diagnostic::invalid(&path, "A marker must have a name."));
        }
    }

    fn ready(&self, clients: &Clients) -> Result<()> {
        clients.horizon().ready()
    }

    fn readiness(inputs: &Inputs, outputs: &Outputs) -> Readiness {
        readiness(inputs, outputs)
    }

    fn plan(&self, plan: &mut Plan<'_>) {
        let Some(prior) = plan.prior else { return };
        let outputs = Outputs::attributes();
        let had = |name| !get(prior, name).is_null();
        // Once a source is known, an argument that had no value was not given when the image was
        // created. Before, as after an import, nobody knows.
        if SOURCES.into_iter().any(had) {
            for name in ADOPTED.into_iter().chain(SOURCES) {
                if !had(name) && !get(&plan.planned, name).is_null() {
                    plan.replace_because_of(&outputs, name);
                }
            }
        }
        let is_kept = |object: &Object| *get(object, "keep_imported_version") != Value::Bool(false);
        let is_deleted = get(prior, "version_status").as_str() == Some(DELETED);
        if is_deleted && is_kept(&plan.planned) {
            plan.replace_because_of(&outputs, "version_status");
        }
        let (before, after) = (get(prior, "name"), get(&plan.planned, "name"));
        if !plan.replace.is_empty() && before == after {
            plan.diagnostics.push(same_name(after.as_str().unwrap_or_default()));
        }
    }

    async fn create(&self, clients: &Clients, inputs: Inputs, context: &Context) -> Result<State> {
        let (client, deadline) = (clients.horizon().client()?, deadline(context));
        let new = new_image(&inputs)?;
        let created = client.create(&new, &deadline).await;
        match created.map_err(|error| advice::of_creation(error, source(&inputs)))? {
            Created::Taken(found, refusal) => Err(exists(&new.name, &found, refusal.as_ref())),
            Created::Unknown(error) => Err(unknown(&new.name, &error)),
            Created::Accepted(found) => {
                if let Some(doubt) = &found.doubt {
                    context.warn(adopted(&new.name, &found.id, doubt));
                }
                Ok(accepted(inputs, &found))
            }
        }
    }

    async fn settle(
        &self,
        clients: &Clients,
        state: &mut State,
        context: &Context,
    ) -> std::result::Result<(), Unsettled> {
        // Also when it is `FAILED` already: the wait tells why.
        let is_done = readiness(&state.inputs, &state.outputs) == Readiness::Ready;
        if is_done || !state.inputs.wait_for_completion {
            return Ok(());
        }
        let (client, deadline) = (clients.horizon().client()?, deadline(context));
        let wait = Wait {
            id: state.outputs.id.clone(),
            version_id: state.outputs.version_id.clone(),
            copy_id: state.outputs.asset_id.clone(),
            is_copy: state.inputs.shared_gallery.is_some(),
        };
        match client.wait(&wait, &deadline, &mut |seen| show(state, seen)).await {
            Ok(seen) => {
                show(state, &seen);
                warn_if_partly(&seen, context);
                Ok(())
            }
            Err(error) => {
                let source = source(&state.inputs);
                Err(unsettled(error, |error| advice::of_creation(error, source)))
            }
        }
    }

    fn progress(&self, state: &State) -> String {
        progress(state)
    }

    async fn read(
        &self,
        clients: &Clients,
        state: &mut State,
        context: &Context,
    ) -> Result<ReadOutcome> {
        let (client, deadline) = (clients.horizon().client()?, deadline(context));
        let id = state.outputs.id.clone();
        let (version, asset) =
            (state.outputs.version_id.as_deref(), state.outputs.asset_id.as_deref());
        let seen = match client.snapshot(&id, version, asset, &deadline).await {
            Ok(seen) => seen,
            Err(error) if error.kind == Kind::NotFound => {
                check_organization(client, state, &deadline).await?;
                return Ok(ReadOutcome::Gone);
            }
            Err(error) => return Err(advice::failure(error)),
        };
        state.private.org_id = Some(client.org_id(&deadline).await.map_err(advice::failure)?);
        if is_being_made(state, &seen) {
            // Versions may not be readable yet, and get their markers and descriptions at the end.
            show(state, &seen);
            return Ok(ReadOutcome::Present);
        }
        if seen.version.is_none()
            && state.inputs.keep_imported_version
            && let Some(version_id) = &state.outputs.version_id
            && is_deleted(client, &id, version_id, &deadline).await?
        {
            context.warn(version_deleted(&id, version_id));
            state.outputs.version_status = Some(DELETED.to_owned());
        }
        record(state, &seen);
        match phase(seen.image.status.as_deref().unwrap_or_default(), false) {
            Phase::Failed => {
                let is_failed = readiness(&state.inputs, &state.outputs) == Readiness::Failed;
                context.warn(failed(&id, &seen, is_failed));
            }
            Phase::Disabled => context.warn(disabled(&id)),
            _ => {}
        }
        Ok(ReadOutcome::Present)
    }

    async fn update(
        &self,
        clients: &Clients,
        state: &mut State,
        desired: Inputs,
        context: &Context,
    ) -> Result<()> {
        let (client, deadline) = (clients.horizon().client()?, deadline(context));
        edit_version(client, state, &desired, context, &deadline).await?;
        rotate_password(client, state, &desired, &deadline).await?;
        state.inputs = desired;
        Ok(())
    }

    async fn delete(&self, clients: &Clients, state: State, context: &Context) -> Result<()> {
        let (client, deadline) = (clients.horizon().client()?, deadline(context));
        if let Err(foreign) = check_organization(client, &state, &deadline).await {
            // Some logins see the images of other organizations.
            match client.image(&state.outputs.id, &deadline).await {
                Ok(_) => {}
                Err(error) if error.kind == Kind::NotFound => return Err(foreign),
                Err(error) => return Err(advice::failure(error)),
            }
        }
        let wanted = Deletion {
            id: &state.outputs.id,
            version_id: state.outputs.version_id.as_deref(),
            all_versions: state.inputs.delete_all_versions,
            force: state.inputs.force_delete,
        };
        match client.delete(&wanted, &deadline).await {
            Ok(()) => Ok(()),
            Err(Refused::OtherVersions(versions)) => {
                Err(other_versions(&state.outputs.id, &versions))
            }
            Err(Refused::Failed(error)) => {
                let in_use = error.kind == Kind::Conflict && !state.inputs.force_delete;
                Err(advice::failure_with(error, if in_use { advice::IN_USE } else { "" }))
            }
        }
    }

    async fn import(
        &self,
        clients: &Clients,
        target: Import<Identity>,
        context: &Context,
    ) -> Result<State> {
        let (client, deadline) = (clients.horizon().client()?, deadline(context));
        let ((id, version_id), org_id) = match target {
            Import::Id(id) => (parse(&id)?, None),
            Import::Identity(Identity { id, org_id }) => ((id, None), org_id),
        };
        let own = client.org_id(&deadline).await.map_err(advice::failure)?;
        if let Some(of) = org_id.filter(|of| !is_same_org(of, &own)) {
            return Err(other_organization(&id, &of, &own));
        }
        let seen = match client.found(&id, version_id.as_deref(), &deadline).await {
            Ok(seen) => seen,
            Err(error) if error.kind == Kind::NotFound => return Err(nonexistent(&id, None)),
            Err(error) => return Err(advice::failure(error)),
        };
        if let (Some(version_id), None) = (&version_id, &seen.version) {
            return Err(nonexistent(&id, Some(version_id)));
        }
        Ok(adopt(&seen, own))
    }

    fn identity(&self, state: &State) -> Identity {
        Identity { id: state.outputs.id.clone(), org_id: state.private.org_id.clone() }
    }
}

/// The name of the object that says what the image is created from.
fn source(inputs: &Inputs) -> &'static str {
    match (&inputs.shared_gallery, &inputs.custom_vm) {
        (None, None) => SOURCES[0],
        (Some(_), _) => SOURCES[1],
        (None, Some(_)) => SOURCES[2],
    }
}

/// The state of an image that exists. What the service does not tell is null, or empty where a value
/// is required.
pub(super) fn adopt(seen: &Snapshot, org_id: String) -> State {
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

/// Whether the image is at work, and the version not known to be usable before.
fn is_being_made(state: &State, seen: &Snapshot) -> bool {
    let status = seen.image.status.as_deref().unwrap_or_default();
    let is_copy = state.inputs.shared_gallery.is_some();
    let version = seen.version.as_ref().and_then(|version| version.status.as_deref());
    matches!(phase(status, is_copy), Phase::Moving | Phase::Unknown)
        && !is_usable_version(version.unwrap_or_default(), is_copy)
}

/// Whether the list of versions lacks one as well that could not be read.
async fn is_deleted(
    client: &Horizon,
    id: &str,
    version_id: &str,
    deadline: &Deadline,
) -> Result<bool> {
    let versions = client.versions(id, deadline).await.map_err(advice::failure)?;
    Ok(!versions.iter().any(|version| version.id == version_id))
}

/// Another organization does not know the image, which therefore is not gone.
async fn check_organization(client: &Horizon, state: &State, deadline: &Deadline) -> Result<()> {
    let own = client.org_id(deadline).await.map_err(advice::failure)?;
    match &state.private.org_id {
        Some(of) if !is_same_org(of, &own) => Err(other_organization(&state.outputs.id, of, &own)),
        _ => Ok(()),
    }
}

fn is_same_org(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn warn_if_partly(seen: &Snapshot, context: &Context) {
    let status = seen.image.status.as_deref().unwrap_or_default();
    if phase(status, false) == Phase::PartlyReady {
        context.warn(partly(&seen.image.id));
    }
}

/// `<image id>` or `<image id>/<version id>`.
fn parse(id: &str) -> Result<(String, Option<String>)> {
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

fn nonexistent(id: &str, version_id: Option<&str>) -> Failure {
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

/// User name and password belong together; a machine from the marketplace needs both.
fn check_administrator(config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    const PASSWORDS: [&str; 2] = ["admin_password", "admin_password_wo"];
    config.at_most_one(&PASSWORDS, problems);
    let missing = |name: &'static str, detail: String| {
        Diagnostic::error("Missing argument", detail).at(Path::attribute(name))
    };
    let has_password = PASSWORDS.iter().any(|name| config.is_given(name));
    let needs = match () {
        // One whose value is not known yet may be null.
        () if config.is_given("marketplace") && !config.is_unknown("marketplace") => "marketplace",
        () if config.is_given("admin_username") && !config.is_unknown("admin_username") => {
            "admin_username"
        }
        () if has_password => PASSWORDS[0],
        () => return,
    };
    if !config.is_given("admin_username") {
        let detail =
            format!("`{needs}` needs the name of an administrator as well: set `admin_username`.");
        problems.push(missing("admin_username", detail));
    }
    if !has_password {
        let detail = format!(
            "`{needs}` needs the password of the administrator as well: set `admin_password_wo` with \
             `admin_password_wo_version`, or `admin_password`."
        );
        problems.push(missing("admin_password", detail));
    }
}

/// A Linux machine with a public address is reached by SSH only.
fn check_options(config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    let Some(Value::Map(options)) = config.0.get("options") else { return };
    let is = |name, value: bool| *get(options, name) == Value::Bool(value);
    let is_linux = config.known::<String>("os_type").as_deref() == Some("LINUX");
    let is_open = is("open_ssh_port", true) || get(options, "open_ssh_port").is_unknown();
    if is_linux && is("create_public_ip", true) && !is_open {
        let detail = "`options.open_ssh_port` must be true for a Linux image with \
                      `options.create_public_ip = true`.";
        // Terraform shows the line of a path that exists.
        let path = Path::attribute("options");
        problems.push(Diagnostic::invalid(&path, detail));
    }
}
