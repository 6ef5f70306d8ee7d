//! `cloudimages_hci_gallery_image`: an image that a cluster of Azure Local makes machines from.
//!
//! Made of a disk that the service downloads, which takes from minutes to hours. The operation that
//! the service accepted is kept beside the state, so that whatever ends the wait, a later apply
//! goes on waiting for the same image.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cloud::Kind;
use crate::cloud::azure::arm::resource::State as Stage;
use crate::cloud::azure::arm::{Operation, ResourceId};
use crate::cloud::azure::hci::{
    self as api, ApiVersion, GALLERY_IMAGE, NewImage, Progress, Source,
};
use crate::tfplugin::attr::{Stored, WriteOnly};
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Path, Result};
use crate::tfplugin::model::Model;
use crate::tfplugin::plan::Plan;
use crate::tfplugin::resource::{Import, Presence, Resource};
use crate::tfplugin::timeouts::Timeouts;
use crate::tfplugin::value::{Value, get};
use crate::tfplugin::words::Exact;

use super::configuration::Clients;
use super::error;
use super::hci::{
    CloudInit, CustomLocation, HypervGeneration, Identifier, LONGEST_NAME, LONGEST_NAME_OF_MACHINE,
    Location, Name, OsType, ResourceGroup, StoragePath, VirtualMachine, check_name, client,
    image_id, limits, subscription, wrong_id,
};
use super::image_path::{ImagePath, expired};
use super::version_of_write_only::WriteOnlyVersion;

#[cfg(test)]
mod tests;
mod words;

use words::{
    INTERRUPTED, exists, failed_advice, failed_warning, going_on, interruption, late_advice,
};

/// The argument that names another source than a disk.
const MACHINE: &str = "source_virtual_machine_id";

const HOUR: Duration = Duration::from_secs(3600);

/// Words in a name that Azure reserves, and rejects late.
const RESERVED: [&str; 4] = ["windows", "microsoft", "login", "xbox"];

model! {
    /// Manages a gallery image of Azure Local (Azure Stack HCI), made of a disk that the service
    /// downloads, or of the disk of a virtual machine.
    ///
    /// Once the service has accepted the image its id is in the state, whatever happens next. A
    /// failed download is reported with the service's reason. An interrupted `apply` leaves the
    /// image to the service, and the next one goes on waiting for it.
    ///
    /// See [Gallery Images](https://learn.microsoft.com/rest/api/stackhci/gallery-images).
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Inputs {
        /// Name of the image: 1 to 80 letters, digits, hyphens, full stops and underscores; 1 to 64
        /// with `source_virtual_machine_id`.
        #[tf(replace)]
        pub name: Stored<Name>,

        /// Resource group of the image.
        #[tf(replace)]
        pub resource_group_name: Stored<ResourceGroup>,

        /// Region, such as `westeurope`, in any spelling.
        #[tf(replace)]
        pub location: Stored<Location>,

        /// ARM id of the custom location that the image belongs to, in any case.
        #[tf(replace)]
        pub custom_location_id: Stored<CustomLocation>,

        /// Operating system: `Windows` or `Linux`.
        #[tf(replace)]
        pub os_type: Stored<Exact<OsType>>,

        /// Disk to make the image of: a URL, with its shared access signature, or a path on the
        /// cluster. A renewed signature (another query of the same https URL) is taken into the
        /// state without any call. Exactly one of `image_path`, `image_path_wo` and
        /// `source_virtual_machine_id` must be given.
        #[tf(replace, unread)]
        pub image_path: Option<ImagePath>,

        /// The same as `image_path`, but never stored. Change `image_path_wo_version` to make the
        /// image anew.
        #[tf(replace)]
        pub image_path_wo: Option<WriteOnly<ImagePath>>,

        /// Version of `image_path_wo`, any number. A new one makes the image anew.
        #[tf(replace, unread)]
        pub image_path_wo_version: Option<WriteOnlyVersion>,

        /// ARM id of the virtual machine whose disk becomes the image. Uses version
        /// 2024-05-01-preview of the API.
        #[tf(replace, unread)]
        pub source_virtual_machine_id: Option<Stored<VirtualMachine>>,

        /// ARM id of the storage path (storage container) for the image, in any case. Default: one
        /// that the service chooses.
        #[tf(replace, computed)]
        pub storage_path_id: Option<Stored<StoragePath>>,

        /// Hyper-V generation: `V1` or `V2`. Default: what the service chooses.
        #[tf(replace, computed)]
        pub hyperv_generation: Option<Stored<Exact<HypervGeneration>>>,

        /// Data source for cloud-init: `NoCloud` or `Azure`. Default: what the service chooses.
        #[tf(replace, computed)]
        pub cloud_init_data_source: Option<Stored<Exact<CloudInit>>>,

        /// What the image is, in the words of a marketplace.
        #[tf(replace)]
        pub identifier: Option<Identifier>,

        /// Name of the image version.
        #[tf(replace)]
        pub version: Option<String>,

        /// Tags.
        pub tags: Option<BTreeMap<String, String>>,
    }
}

model! {
    /// What the service says.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub(crate) struct Outputs {
        /// ARM id of the image.
        #[tf(stable)]
        pub id: String,
        /// State of the image, such as `Succeeded`, `InProgress` or `Failed`.
        pub provisioning_state: Option<String>,
        /// How far the download has come, in percent.
        pub progress_percentage: Option<i64>,
        /// How much was downloaded, in MB.
        pub download_size_in_mb: Option<i64>,
        /// Size of the image's disk, in MB.
        pub os_disk_size_in_mb: Option<i64>,
    }
}

/// What is kept beside the state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Private {
    /// The change that was accepted and has not been seen to end.
    #[serde(default)]
    operation: Option<Operation>,
    /// Whether the image was made by this very call, which Terraform taints if it fails now.
    #[serde(skip)]
    is_new: bool,
}

model! {
    /// What identifies an image.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Identity {
        /// Subscription. Default: the provider's.
        pub subscription_id: Option<String>,
        /// Resource group.
        pub resource_group_name: String,
        /// Name of the image.
        pub name: String,
    }
}

type State = crate::tfplugin::resource::State<Inputs, Outputs, Private>;

/// The resource.
pub(crate) struct HciGalleryImage;

impl Resource<Clients> for HciGalleryImage {
    const NAME: &'static str = "hci_gallery_image";
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
        config.exactly_one(&["image_path", "image_path_wo", MACHINE], problems);
        if config.is_given("image_path_wo_version") && !config.is_given("image_path_wo") {
            let detail = "`image_path_wo_version` says when `image_path_wo` has changed. Give that \
                          as well, or remove the version.";
            let path = Path::attribute("image_path_wo_version");
            problems.push(Diagnostic::error("Missing argument", detail).at(path));
        }
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

    fn plan(&self, plan: &mut Plan<'_>) {
        let Some(prior) = plan.prior else {
            return refuse_expired(plan);
        };
        let outputs = Outputs::attributes();
        let had = |name| !get(prior, name).is_null();
        // A first value of the machine is only remembered, as after an import, unless there was
        // another source before.
        if !had(MACHINE)
            && !get(&plan.planned, MACHINE).is_null()
            && (had("image_path") || had("image_path_wo_version"))
        {
            plan.replace_because_of(&outputs, MACHINE);
        }
        let word = prior.get("provisioning_state").and_then(Value::as_str);
        let stage = match word {
            Some(word) => Stage::of(Some(word)),
            // Nothing was seen of the image yet: its creation was interrupted.
            None => Stage::Running,
        };
        match stage {
            Stage::Succeeded => {}
            Stage::Failed => plan.replace_because_of(&outputs, "provisioning_state"),
            // Somebody else is deleting it. Once it is gone, it is planned to be made anew.
            Stage::Running if word.is_some_and(|word| word.eq_ignore_ascii_case("Deleting")) => {}
            // A replacement has forgotten all of it already.
            Stage::Running => plan.forget(&outputs, |output| output.name != "id"),
        }
    }

    async fn create(&self, clients: &Clients, inputs: Inputs, context: &Context) -> Result<State> {
        let limits = limits(context);
        let (group, name) = (inputs.resource_group_name.as_str(), inputs.name.as_str());
        let id = image_id(&subscription(clients, &limits).await?, group, name)?;
        let (client, version) = (client(clients)?, api_version(&inputs));
        match client.get(&id, version, &limits).await {
            Ok(found) => return Err(exists(&id, &found)),
            // Also when the resource group is missing, of which the next answer says more.
            Err(error) if error.kind == Kind::NotFound => {}
            Err(failure) => return Err(error::arm(failure, clients)),
        }
        let new = new_image(&inputs)?;
        let created = client.create(&id, &new, &limits).await;
        let created = created.map_err(|failure| error::arm(failure, clients))?;
        let outputs = Outputs { id: id.to_string(), ..Outputs::default() };
        let private = Private { operation: Some(created.operation), is_new: true };
        let mut state = State { inputs, outputs, private };
        if let Some(image) = &created.image {
            // What the first answer says of the sizes is not final, but is what is known.
            show(&mut state, &Progress::of(image));
        }
        Ok(state)
    }

    async fn settle(&self, clients: &Clients, state: &mut State, context: &Context) -> Result<()> {
        if is(state, Stage::Succeeded) && state.private.operation.is_none() {
            return Ok(());
        }
        let id = parse(&state.outputs.id)?;
        let client = hidden(clients, &state.inputs)?;
        let operation = match &state.private.operation {
            Some(operation) => operation.clone(),
            None => client.creation(&id, api_version(&state.inputs)),
        };
        let limits = limits(context);
        let ended = client.wait(&operation, &limits, &mut |progress| show(state, progress)).await;
        match ended {
            Ok(image) => {
                state.private.operation = None;
                record(state, &image);
                Ok(())
            }
            Err(error) if error.kind == Kind::Failed => {
                state.private.operation = None;
                if !is(state, Stage::Failed) {
                    state.outputs.provisioning_state = Some("Failed".to_owned());
                }
                Err(error::arm_with(error, clients, &failed_advice(state)))
            }
            Err(error) if error.kind == Kind::TimedOut => {
                Err(error::arm_with(error, clients, late_advice(state)))
            }
            Err(failure) => Err(error::arm(failure, clients)),
        }
    }

    fn interrupted(&self, state: &State) -> Diagnostic {
        Diagnostic::warning(INTERRUPTED, going_on(state))
    }

    async fn read(
        &self,
        clients: &Clients,
        state: &mut State,
        context: &Context,
    ) -> Result<Presence> {
        let id = parse(&state.outputs.id)?;
        let client = hidden(clients, &state.inputs)?;
        let image = match client.get(&id, api_version(&state.inputs), &limits(context)).await {
            Ok(image) => image,
            Err(error) if error.kind == Kind::NotFound => return Ok(Presence::Gone),
            Err(failure) => return Err(error::arm(failure, clients)),
        };
        record(state, &image);
        match stage(&image) {
            Stage::Succeeded => state.private.operation = None,
            Stage::Failed => context.warn(failed_warning(&id, &image)),
            _ => {}
        }
        Ok(Presence::Present)
    }

    async fn update(
        &self,
        clients: &Clients,
        state: &mut State,
        desired: Inputs,
        context: &Context,
    ) -> Result<()> {
        let id = parse(&state.outputs.id)?;
        let (client, limits) = (hidden(clients, &desired)?, limits(context));
        let version = api_version(&desired);
        let tags = desired.tags.clone().unwrap_or_default();
        if tags != state.inputs.tags.clone().unwrap_or_default() {
            // The service takes no tags for an image that it is still making.
            if state.private.operation.is_some() || is(state, Stage::Running) {
                self.settle(clients, state, context).await.map_err(|failure| {
                    if context.stop.is_cancelled() { interruption(state) } else { failure }
                })?;
            }
            let updated = client.update_tags(&id, version, &tags, &limits).await;
            let updated = updated.map_err(|failure| error::arm(failure, clients))?;
            let ended = client.wait(&updated.operation, &limits, &mut |_| {}).await;
            let image = ended.map_err(|failure| error::arm(failure, clients))?;
            state.inputs = desired;
            record(state, &image);
        } else {
            state.inputs = desired;
        }
        Ok(())
    }

    async fn delete(&self, clients: &Clients, state: State, context: &Context) -> Result<()> {
        let id = parse(&state.outputs.id)?;
        let (client, limits) = (hidden(clients, &state.inputs)?, limits(context));
        let version = api_version(&state.inputs);
        let deleted = client.delete(&id, version, &limits).await;
        let operation = deleted.map_err(|failure| error::arm(failure, clients))?;
        let gone = client.wait_deleted(&operation, &limits).await;
        gone.map_err(|failure| error::arm(failure, clients))
    }

    async fn import(
        &self,
        clients: &Clients,
        target: Import<Identity>,
        context: &Context,
    ) -> Result<State> {
        let limits = limits(context);
        let id = match target {
            Import::Id(id) => ResourceId::parse(&id, GALLERY_IMAGE).map_err(wrong_id)?,
            Import::Identity(Identity { subscription_id, resource_group_name, name }) => {
                let subscription = match subscription_id {
                    Some(subscription) => subscription,
                    None => subscription(clients, &limits).await?,
                };
                image_id(&subscription, &resource_group_name, &name)?
            }
        };
        let found = client(clients)?.get(&id, ApiVersion::Stable, &limits).await;
        let image = found.map_err(|failure| error::arm(failure, clients))?;
        let part = |place: &str| id.part(place).to_owned();
        let inputs = Inputs {
            name: part("name").into(),
            resource_group_name: part("resource group").into(),
            location: image.location.clone().unwrap_or_default().into(),
            custom_location_id: image.custom_location_id.clone().unwrap_or_default().into(),
            os_type: image.os_type.clone().unwrap_or_default().into(),
            image_path: None,
            image_path_wo: None,
            image_path_wo_version: None,
            source_virtual_machine_id: image.source_virtual_machine_id.clone().map(Stored::from),
            storage_path_id: None,
            hyperv_generation: None,
            cloud_init_data_source: None,
            identifier: image.identifier.clone().map(Identifier::from),
            version: image.version.clone(),
            tags: None,
        };
        let outputs = Outputs { id: id.to_string(), ..Outputs::default() };
        let mut state = State { inputs, outputs, private: Private::default() };
        record(&mut state, &image);
        Ok(state)
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

/// A signature that has expired matters when there is something to download, not before.
fn refuse_expired(plan: &mut Plan<'_>) {
    for name in ["image_path", "image_path_wo"] {
        let expired = get(plan.config, name).as_str().and_then(expired);
        let found = expired.map(|why| Diagnostic::invalid(&Path::attribute(name), why));
        plan.diagnostics.extend(found);
    }
}

fn stage(image: &api::Image) -> Stage {
    Stage::of(image.provisioning_state.as_deref())
}

/// Whether the image was seen in a stage.
fn is(state: &State, stage: Stage) -> bool {
    let word = state.outputs.provisioning_state.as_deref();
    word.is_some_and(|word| Stage::of(Some(word)) == stage)
}

fn parse(id: &str) -> Result<ResourceId> {
    ResourceId::parse(id, GALLERY_IMAGE).map_err(wrong_id)
}

fn api_version(inputs: &Inputs) -> ApiVersion {
    match inputs.source_virtual_machine_id {
        Some(_) => ApiVersion::WithSourceVirtualMachine,
        None => ApiVersion::Stable,
    }
}

/// A client that keeps the image's path out of all it says.
fn hidden(clients: &Clients, inputs: &Inputs) -> Result<api::GalleryImages> {
    let client = client(clients)?;
    Ok(match path(inputs) {
        Some(path) => client.hiding(&path.expose().to_owned().into()),
        None => client,
    })
}

fn path(inputs: &Inputs) -> Option<&ImagePath> {
    inputs.image_path_wo.as_ref().map(|path| &path.0).or(inputs.image_path.as_ref())
}

fn new_image(inputs: &Inputs) -> Result<NewImage> {
    let source = match (&inputs.source_virtual_machine_id, path(inputs)) {
        (Some(machine), _) => Source::VirtualMachine(machine.as_str().to_owned()),
        (None, Some(path)) => match expired(path.expose()) {
            None => Source::ImagePath(path.expose().to_owned().into()),
            Some(why) => return Err(Diagnostic::error("Expired signature", why).into()),
        },
        (None, None) => {
            let detail = "Neither `image_path` nor `image_path_wo` nor \
                          `source_virtual_machine_id` has a value.";
            return Err(Diagnostic::error("Missing argument", detail).into());
        }
    };
    let identifier = inputs.identifier.clone();
    Ok(NewImage {
        location: inputs.location.as_str().to_owned(),
        custom_location_id: inputs.custom_location_id.as_str().to_owned(),
        os_type: inputs.os_type.as_str().to_owned(),
        source,
        container_id: inputs.storage_path_id.as_ref().map(|id| id.as_str().to_owned()),
        cloud_init_data_source: (inputs.cloud_init_data_source.as_ref())
            .map(|word| word.as_str().to_owned()),
        hyper_v_generation: (inputs.hyperv_generation.as_ref())
            .map(|word| word.as_str().to_owned()),
        identifier: identifier.map(|Identifier { publisher, offer, sku }| api::Identifier {
            publisher,
            offer,
            sku,
        }),
        version: inputs.version.clone(),
        tags: inputs.tags.clone().unwrap_or_default(),
    })
}

/// Copies how far the image has come.
fn show(state: &mut State, progress: &Progress) {
    state.outputs.provisioning_state.clone_from(&progress.provisioning_state);
    state.outputs.progress_percentage = progress.progress_percentage;
    state.outputs.download_size_in_mb = progress.download_size_in_mb;
}

/// Copies what the service reports into the state: the one place where they meet.
///
/// The path of the image is never reported. An identifier or version that only the service knows
/// of is none of the configuration's.
fn record(state: &mut State, image: &api::Image) {
    let inputs = &mut state.inputs;
    if let Some(location) = &image.location {
        inputs.location.update(location);
    }
    if let Some(id) = &image.custom_location_id {
        inputs.custom_location_id.update(id);
    }
    if let Some(os_type) = &image.os_type {
        inputs.os_type.update(os_type);
    }
    take(&mut inputs.storage_path_id, image.container_id.as_deref());
    take(&mut inputs.hyperv_generation, image.hyper_v_generation.as_deref());
    take(&mut inputs.cloud_init_data_source, image.cloud_init_data_source.as_deref());
    if let (Some(_), Some(sent)) = (&inputs.identifier, &image.identifier) {
        inputs.identifier = Some(sent.clone().into());
    }
    if let (Some(_), Some(sent)) = (&inputs.version, &image.version) {
        inputs.version = Some(sent.clone());
    }
    // No tags may be written as null or as an empty map.
    if inputs.tags.clone().unwrap_or_default() != image.tags {
        inputs.tags = Some(image.tags.clone());
    }
    show(state, &Progress::of(image));
    // A resource without a state is one that is done, as the contract of Resource Manager says.
    state.outputs.provisioning_state.get_or_insert_with(|| "Succeeded".to_owned());
    state.outputs.os_disk_size_in_mb = image.os_disk_size_in_mb;
}

/// Takes what the service sent; what it does not send stays as it was.
fn take<T: crate::tfplugin::attr::Text>(known: &mut Option<Stored<T>>, sent: Option<&str>) {
    let Some(sent) = sent.filter(|sent| !sent.is_empty()) else { return };
    match known {
        Some(known) => known.update(sent),
        None => *known = Some(sent.to_owned().into()),
    }
}
