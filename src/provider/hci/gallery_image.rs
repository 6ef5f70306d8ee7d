//! `cloudimages_hci_gallery_image`: an image for virtual machines on Azure Local.
//!
//! Created from a disk that the service downloads, which takes from minutes to hours. The accepted
//! operation is kept in the private state, so that whatever ends the wait, a later apply continues
//! to wait for the same image.

use std::time::Duration;

use crate::cloud::Kind;
use crate::cloud::azure::arm::ResourceId;
use crate::cloud::azure::arm::resource::State as Stage;
use crate::cloud::azure::arm::tags::same_tags;
use crate::cloud::azure::hci::{ApiVersion, Created, GALLERY_IMAGE, Place, Progress};
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Path, Result};
use crate::tfplugin::model::Model;
use crate::tfplugin::moved::Moved;
use crate::tfplugin::plan::Plan;
use crate::tfplugin::resource::{Import, ReadOutcome, Readiness, Resource, Unsettled};
use crate::tfplugin::timeouts::{Timeouts, or_usual};
use crate::tfplugin::value::get;

use super::image_path::{is_same_disk, signature};
use super::target::{client, image_id, subscription, wrong_id};
use super::texts::{LONGEST_NAME, LONGEST_NAME_OF_MACHINE, check_name};
use crate::provider::azure::advice;
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;
use crate::provider::error::unsettled;
use crate::provider::write_only_version;

mod azapi;
mod messages;
mod state;
#[cfg(test)]
mod tests;

use messages::{
    DOWNLOAD_ADVICE, exists, failed_warning, not_compared, not_deleted, not_imported, progress,
};
pub(crate) use state::adopt;
use state::{
    Failure, Identity, Inputs, Outputs, Private, State, accept, api_version, new_image, readiness,
    refresh, show,
};

/// The argument for a source other than a disk.
const MACHINE: &str = "source_virtual_machine_id";

/// The argument that says when a write-only path has changed.
const VERSION: &str = "image_path_wo_version";

const HOUR: Duration = Duration::from_secs(3600);

/// Words that Azure reserves in names, and rejects late.
const RESERVED: [&str; 4] = ["windows", "microsoft", "login", "xbox"];

/// The resource.
#[derive(Debug, Default)]
pub(crate) struct HciGalleryImage;

impl Resource<Clients> for HciGalleryImage {
    const NAME: &'static str = "hci_gallery_image";
    const NOUN: &'static str = "gallery image";
    const STATUS: &'static str = "provisioning_state";
    const SOURCES: &'static [&'static str] = &["image_path", "image_path_wo", MACHINE];
    const TIMEOUTS: Timeouts = Timeouts {
        create: Some(Duration::from_secs(3 * 3600)),
        read: Some(Duration::from_secs(5 * 60)),
        update: Some(Duration::from_secs(30 * 60)),
        delete: Some(HOUR),
    };
    type Inputs = Inputs;
    type Outputs = Outputs;
    type Private = Private;
    type Identity = Identity;

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        write_only_version::check(config, "image_path_wo", VERSION, problems);
        let Some(name) = config.known::<String>("name") else { return };
        let path = Path::attribute("name");
        if config.is_given(MACHINE)
            && check_name(&name, LONGEST_NAME).is_ok()
            && let Err(why) = check_name(&name, LONGEST_NAME_OF_MACHINE)
        {
            problems.push(Diagnostic::invalid(&path, why));
        }
        let lower = name.to_lowercase();
        if let Some(word) = RESERVED.iter().find(|word| lower.contains(*word)) {
            let detail = format!("Azure rejects names of images that contain the word {word:?}.");
            problems.push(Diagnostic::warning("Reserved word in the name", detail).at(path));
        }
    }

    fn ready(&self, clients: &Clients) -> Result<()> {
        clients.azure().ready()
    }

    fn readiness(_: &Inputs, outputs: &Outputs) -> Readiness {
        readiness(outputs)
    }

    fn plan(&self, plan: &mut Plan<'_>) {
        let Some(prior) = plan.prior else {
            return check_signature(plan);
        };
        let outputs = Outputs::attributes();
        let had = |name| !get(prior, name).is_null();
        let is_first = |name, plan: &Plan<'_>| !had(name) && !get(&plan.planned, name).is_null();
        let Private { made_of_write_only, .. } = plan.private();
        // A first value of the machine is only stored, as after an import, unless there was
        // another source before.
        if is_first(MACHINE, plan) && (had("image_path") || had(VERSION) || made_of_write_only) {
            plan.replace_because_of(&outputs, MACHINE);
        }
        // The same goes for a first version. Where the path is in the state, the disks are compared.
        if is_first(VERSION, plan) && made_of_write_only && !had("image_path") {
            plan.replace_because_of(&outputs, VERSION);
        }
        // The path may move to its write-only variant; the disk may not change.
        if let (Some(before), Some(after)) =
            (get(prior, "image_path").as_str(), get(plan.config, "image_path_wo").as_str())
            && !is_same_disk(before, after)
        {
            plan.replace_because_of(&outputs, "image_path");
        }
        let is_stored = !had("image_path") && !get(plan.config, "image_path").is_null();
        if is_stored && (had(VERSION) || made_of_write_only) && plan.replace.is_empty() {
            plan.diagnostics.push(not_compared());
        }
        // The driver replaces one that failed. Terraform then plans a new image, and shows the
        // warnings of that plan only if it has errors.
        let state = get(prior, "provisioning_state").as_str();
        if !plan.replace.is_empty() || Stage::of(state) == Stage::Failed {
            check_signature(plan);
        }
    }

    async fn create(&self, clients: &Clients, inputs: Inputs, context: &Context) -> Result<State> {
        let deadline = deadline(context);
        let (group, name) = (inputs.resource_group_name.as_str(), inputs.name.as_str());
        let id = image_id(&subscription(clients, &deadline).await?, group, name)?;
        let (client, version) = (client(clients)?, api_version(&inputs));
        let free_at = match client.look(&id, version, &deadline).await {
            Ok(Place::Taken(found)) => return Err(exists(&id, &found)),
            // Also when the resource group is missing, which the next response reports.
            Ok(Place::Free(at)) => at,
            Err(failure) => return Err(advice::arm(failure, clients)),
        };
        let new = new_image(&inputs)?;
        let created = client.create(&id, &new, free_at, &deadline).await;
        let accepted = match created.map_err(|failure| advice::arm(failure, clients))? {
            Created::Taken(found) => return Err(exists(&id, &found)),
            Created::Accepted(accepted) => accepted,
        };
        if let Some(doubt) = &accepted.doubt {
            tracing::warn!(resource = %id, "the image may have been created: {}", doubt.message);
        }
        let outputs = Outputs { id: id.to_string(), ..Outputs::default() };
        let made_of_write_only = inputs.image_path_wo.is_some();
        let operation = Some(accepted.operation);
        let private = Private { operation, made_of_write_only, ..Private::default() };
        let mut state = State { inputs, outputs, private };
        if let Some(image) = &accepted.image {
            // The sizes in the first response are not final, but all that is known.
            show(&mut state, &Progress::of(image));
        }
        Ok(state)
    }

    async fn settle(
        &self,
        clients: &Clients,
        state: &mut State,
        context: &Context,
    ) -> std::result::Result<(), Unsettled> {
        if readiness(&state.outputs) == Readiness::Ready && state.private.operation.is_none() {
            return Ok(());
        }
        let id = parse(&state.outputs.id)?;
        let client = client(clients)?;
        let operation = match &state.private.operation {
            Some(operation) => operation.clone(),
            None => client.creation(&id, api_version(&state.inputs)),
        };
        let deadline = deadline(context);
        match client.wait(&operation, &deadline, &mut |progress| show(state, progress)).await {
            Ok(image) => {
                accept(state, &image);
                Ok(())
            }
            Err(error) => {
                let mut advice = "";
                if error.kind == Kind::Failed {
                    // Its status address is of no use any more.
                    state.private.operation = None;
                    state.private.failed = Some(Failure::of(&error.described()));
                    advice = DOWNLOAD_ADVICE;
                    if readiness(&state.outputs) != Readiness::Failed {
                        state.outputs.provisioning_state = Some("Failed".to_owned());
                    }
                }
                Err(unsettled(error, |error| advice::arm_with(error, clients, advice)))
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
        let id = parse(&state.outputs.id)?;
        let client = client(clients)?;
        let image = match client.get(&id, api_version(&state.inputs), &deadline(context)).await {
            Ok(image) => image,
            Err(error) if error.kind == Kind::NotFound => return Ok(ReadOutcome::Gone),
            Err(failure) => return Err(advice::arm(failure, clients)),
        };
        refresh(state, &image);
        if readiness(&state.outputs) == Readiness::Failed {
            context.warn(failed_warning(&id, &image, state.private.failed.as_ref()));
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
        let id = parse(&state.outputs.id)?;
        let (client, deadline) = (client(clients)?, deadline(context));
        let version = api_version(&desired);
        let tags = desired.tags.clone().unwrap_or_default().0;
        if !same_tags(&tags, &state.inputs.tags.clone().unwrap_or_default().0) {
            let updated = client.update_tags(&id, version, &tags, &deadline).await;
            let updated = updated.map_err(|failure| advice::arm(failure, clients))?;
            let ended = client.wait_updated(&updated.operation, &tags, &deadline).await;
            let image = ended.map_err(|failure| advice::arm(failure, clients))?;
            state.inputs = desired;
            accept(state, &image);
        } else {
            state.inputs = desired;
        }
        Ok(())
    }

    async fn delete(&self, clients: &Clients, state: State, context: &Context) -> Result<()> {
        let id = parse(&state.outputs.id)?;
        let (client, deadline) = (client(clients)?, deadline(context));
        let version = api_version(&state.inputs);
        let deleted = client.delete(&id, version, &deadline).await;
        let operation = deleted.map_err(|failure| not_deleted(failure, clients))?;
        let gone = client.wait_deleted(&operation, &deadline).await;
        gone.map_err(|failure| not_deleted(failure, clients))
    }

    async fn import(
        &self,
        clients: &Clients,
        target: Import<Identity>,
        context: &Context,
    ) -> Result<State> {
        let deadline = deadline(context);
        let id = match target {
            Import::Id(id) => ResourceId::parse(&id, GALLERY_IMAGE).map_err(wrong_id)?,
            Import::Identity(Identity { subscription_id, resource_group_name, name }) => {
                let subscription = match subscription_id {
                    Some(subscription) => subscription,
                    None => subscription(clients, &deadline).await?,
                };
                image_id(&subscription, &resource_group_name, &name)?
            }
        };
        let found = client(clients)?.get(&id, ApiVersion::Stable, &deadline).await;
        let image = found.map_err(|failure| not_imported(failure, clients))?;
        Ok(adopt(&id, &image))
    }

    fn take_over(&self, source: &Moved) -> Result<Option<State>> {
        azapi::take_over(source)
    }

    fn identity(&self, state: &State) -> Identity {
        let id = ResourceId::parse(&state.outputs.id, GALLERY_IMAGE).ok();
        let part = |place: &str| id.as_ref().map(|id| id.part(place).to_owned());
        Identity {
            subscription_id: part("subscription"),
            resource_group_name: part("resource group").unwrap_or_default(),
            name: part("name").unwrap_or_default(),
        }
    }
}

/// A signature matters when there is something to download, not before.
fn check_signature(plan: &mut Plan<'_>) {
    let limits = HciGalleryImage::TIMEOUTS.take(&mut plan.config.clone(), &mut Vec::new());
    for name in ["image_path", "image_path_wo"] {
        if let Some(text) = get(plan.config, name).as_str() {
            let at = Path::attribute(name);
            plan.diagnostics.extend(signature::problems(text, &at, or_usual(limits.create)));
        }
    }
}

fn parse(id: &str) -> Result<ResourceId> {
    ResourceId::parse(id, GALLERY_IMAGE).map_err(wrong_id)
}
