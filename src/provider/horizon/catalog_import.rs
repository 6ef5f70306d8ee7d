//! `cloudimages_horizon_catalog_import`: an image in the catalog of Horizon Cloud.
//!
//! The service names the image in its answer to the creation and works on it for an hour. Whatever
//! ends the wait, a later apply continues to wait for the same image; what became of a creation
//! without an answer is looked up by name.

use std::time::Duration;

use crate::cloud::Kind;
use crate::cloud::horizon::{Created, Deletion, Import as Wait, Phase, Refused, Snapshot, phase};
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Result};
use crate::tfplugin::model::Model;
use crate::tfplugin::plan::Plan;
use crate::tfplugin::resource::{Import, ReadOutcome, Readiness, Resource, Unsettled};
use crate::tfplugin::timeouts::Timeouts;
use crate::tfplugin::value::{Object, Value, get};

use super::advice;
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;
use crate::provider::error::unsettled;
use crate::provider::write_only_version;

mod change;
mod existing;
mod messages;
mod readiness;
mod state;
mod validation;

use change::{edit_version, rotate_password};
pub(crate) use existing::adopt;
use existing::{check_organization, is_deleted, is_same_org, nonexistent, parse};
use messages::{
    adopted, disabled, exists, failed, other_organization, other_versions, partly, progress,
    same_name, unknown, version_deleted,
};
use readiness::{is_being_made, readiness};
use state::{
    DELETED, Identity, Inputs, Outputs, Private, State, accepted, new_image, record, show,
};
use validation::{check_administrator, check_options};

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

fn warn_if_partly(seen: &Snapshot, context: &Context) {
    let status = seen.image.status.as_deref().unwrap_or_default();
    if phase(status, false) == Phase::PartlyReady {
        context.warn(partly(&seen.image.id));
    }
}
