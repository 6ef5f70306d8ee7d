//! The state of an image: arguments, results, and how they are set from the service's values.

use serde::{Deserialize, Serialize};

use crate::cloud::azure::arm::resource::State as Stage;
use crate::cloud::azure::arm::tags::{respelled, same_tags};
use crate::cloud::azure::arm::{Operation, ResourceId};
use crate::cloud::azure::hci::{self as api, ApiVersion, NewImage, Progress, Source};
use crate::secret::redact;
use crate::tfplugin::attr::{Lenient, Text, WriteOnly};
use crate::tfplugin::diagnostic::{Diagnostic, Path, Result};
use crate::tfplugin::resource::Readiness;
use crate::tfplugin::string_enum::CaseSensitive;

use crate::provider::hci::image_path::ImagePath;
use crate::provider::hci::image_path::signature::expired;
use crate::provider::hci::tags::Tags;
use crate::provider::hci::texts::{
    CloudInit, CustomLocation, HypervGeneration, Location, MarketplaceName, Name, OsType,
    ResourceGroup, StoragePath, VirtualMachine,
};
use crate::provider::write_only_version::WriteOnlyVersion;

model! {
    /// Marketplace metadata of the image.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Identifier {
        /// Marketplace publisher of the image, such as `MicrosoftWindowsServer`, in any case.
        pub publisher: Lenient<MarketplaceName>,
        /// Marketplace offer of the image, such as `WindowsServer`, in any case.
        pub offer: Lenient<MarketplaceName>,
        /// Marketplace SKU (plan) of the image, such as `2022-datacenter-azure-edition`, in any case.
        pub sku: Lenient<MarketplaceName>,
    }
}

impl From<api::Identifier> for Identifier {
    fn from(api::Identifier { publisher, offer, sku }: api::Identifier) -> Self {
        Self { publisher: publisher.into(), offer: offer.into(), sku: sku.into() }
    }
}

impl From<Identifier> for api::Identifier {
    fn from(Identifier { publisher, offer, sku }: Identifier) -> Self {
        let owned = |text: Lenient<MarketplaceName>| text.as_str().to_owned();
        Self { publisher: owned(publisher), offer: owned(offer), sku: owned(sku) }
    }
}

model! {
    /// Manages a gallery image of Azure Local (Azure Stack HCI), created from a disk that the service
    /// downloads or from the disk of a virtual machine.
    ///
    /// Once Azure has accepted the request, the id of the image is in the state, whatever happens
    /// next. A failed download is reported with the reason that Azure gives. After an interrupted
    /// `apply`, Azure continues to create the image, and the next `apply` continues to wait for it.
    ///
    /// See [Gallery Images](https://learn.microsoft.com/rest/api/stackhci/gallery-images).
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Inputs {
        /// Name of the image: 1 to 80 letters, digits, hyphens, full stops and underscores, with a
        /// letter or digit at both ends; at most 64 with `source_virtual_machine_id`. Azure rejects
        /// names that contain the word "windows", "microsoft", "login" or "xbox", in any case.
        /// Changing it replaces the image.
        #[tf(replace)]
        pub name: Lenient<Name>,

        /// Name of the resource group of the image, in any case. Changing it replaces the image.
        #[tf(replace)]
        pub resource_group_name: Lenient<ResourceGroup>,

        /// Azure region of the image, such as `westeurope` or `West Europe`. Changing it replaces
        /// the image; another spelling of the same region does not.
        #[tf(replace)]
        pub location: Lenient<Location>,

        /// ARM id of the custom location of the Azure Local cluster on which the image is created,
        /// in any case. Changing it replaces the image.
        #[tf(replace)]
        pub custom_location_id: Lenient<CustomLocation>,

        /// Operating system of the image: `Windows` or `Linux`. Changing it replaces the image.
        #[tf(replace)]
        pub os_type: Lenient<CaseSensitive<OsType>>,

        /// Disk from which the image is created: the URL of a VHD or VHDX, including its shared access
        /// signature (SAS), or a path on the cluster, such as `C:\ClusterStorage\golden.vhdx` or
        /// `\\server\share\golden.vhdx`. Exactly one of `image_path`, `image_path_wo` and
        /// `source_virtual_machine_id` must be set when the image is created.
        /// If only the query string of the URL changes (a renewed SAS), the new value is stored in
        /// the state without a request to Azure; any other change replaces the image.
        #[tf(replace, create_only)]
        pub image_path: Option<ImagePath>,

        /// Disk from which the image is created, as in `image_path`, but write-only: neither the
        /// plan nor the state contains it (Terraform 1.11 or later). A new value is used only when
        /// `image_path_wo_version` changes.
        #[tf(replace)]
        pub image_path_wo: Option<WriteOnly<ImagePath>>,

        /// Version of the value of `image_path_wo`, any whole number. Raise it whenever that value
        /// changes, which Terraform cannot see by itself. Changing it replaces the image, and so does
        /// a first version of an image that was created from `image_path_wo` without one.
        #[tf(replace, create_only)]
        pub image_path_wo_version: Option<WriteOnlyVersion>,

        /// ARM id of the virtual machine instance from whose disk the image is created. Uses the
        /// API version `2024-05-01-preview`. Changing it replaces the image.
        #[tf(replace, create_only)]
        pub source_virtual_machine_id: Option<Lenient<VirtualMachine>>,

        /// ARM id of the storage path (storage container) that stores the image, in any case.
        /// Default: chosen by Azure. Changing it replaces the image.
        #[tf(replace, computed)]
        pub storage_path_id: Option<Lenient<StoragePath>>,

        /// Hyper-V generation of virtual machines created from the image: `V1` or `V2`. Default:
        /// chosen by Azure. Changing it replaces the image.
        #[tf(replace, computed)]
        pub hyperv_generation: Option<Lenient<CaseSensitive<HypervGeneration>>>,

        /// Data source from which cloud-init in a Linux image reads its configuration: `NoCloud` or
        /// `Azure`. Default: chosen by Azure. Changing it replaces the image.
        #[tf(replace, computed)]
        pub cloud_init_data_source: Option<Lenient<CaseSensitive<CloudInit>>>,

        /// Marketplace metadata of the image: publisher, offer and SKU. Default: what Azure reports.
        /// Changing it replaces the image; another case or leaving it out does not.
        #[tf(replace, computed)]
        pub identifier: Option<Identifier>,

        /// Name of the image version, such as `1.0.0`. Default: what Azure reports. Changing it
        /// replaces the image; leaving it out does not.
        #[tf(replace, computed)]
        pub version: Option<String>,

        /// Map of tags of the image: at most 50, with names of up to 512 and values of up to 256
        /// characters. Azure ignores the case of names. Tags are updated in place, without replacing
        /// the image.
        pub tags: Option<Tags>,
    }
}

model! {
    /// What the service says.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub(crate) struct Outputs {
        /// ARM id of the image.
        #[tf(stable)]
        pub id: String,
        /// Provisioning state of the image, such as `Succeeded`, `InProgress`, `Failed` or
        /// `Canceled`.
        pub provisioning_state: Option<String>,
        /// Progress of the download of the disk, in percent (0 to 100).
        #[tf(settled)]
        pub progress_percentage: Option<i64>,
        /// Amount of data downloaded so far, in MB.
        #[tf(settled)]
        pub download_size_in_mb: Option<i64>,
        /// Size of the operating system disk of the image, in MB.
        #[tf(settled)]
        pub os_disk_size_in_mb: Option<i64>,
    }
}

/// The private state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Private {
    /// The change that was accepted and has not been seen to end.
    #[serde(default)]
    pub(super) operation: Option<Operation>,
    /// Whether the image was made from `image_path_wo`, which the state does not show where it has no
    /// version.
    #[serde(default)]
    pub(super) made_of_write_only: bool,
    /// The state that is not final but was all that the service showed for an image whose creation
    /// had succeeded: an image in that state is ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ready_as: Option<String>,
    /// The failure of its creation, which the image itself need not show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failed: Option<Failure>,
}

/// A failure that was seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// What the service said.
    pub(super) reason: String,
    /// When somebody had last changed the image by then.
    modified: Option<String>,
}

impl Failure {
    /// A failure that was seen just now. The state is not a place for what a service quotes.
    pub(super) fn of(reason: &str) -> Self {
        Self { reason: redact(reason).into_owned(), modified: None }
    }

    /// Whether somebody has changed the image since.
    fn is_outdated(&mut self, image: &api::Image) -> bool {
        let known =
            self.modified.get_or_insert_with(|| image.last_modified_at.clone().unwrap_or_default());
        image.last_modified_at.as_ref().is_some_and(|now| now != known)
    }
}

model! {
    /// What identifies an image.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Identity {
        /// Id of the subscription of the image. Default: the subscription of the provider
        /// configuration.
        pub subscription_id: Option<String>,
        /// Name of the resource group of the image.
        pub resource_group_name: String,
        /// Name of the image.
        pub name: String,
    }
}

pub(super) type State = crate::tfplugin::resource::State<Inputs, Outputs, Private>;

/// The version of the API that supports the image's source.
pub(super) fn api_version(inputs: &Inputs) -> ApiVersion {
    match inputs.source_virtual_machine_id {
        Some(_) => ApiVersion::WithSourceVirtualMachine,
        None => ApiVersion::Stable,
    }
}

/// Where the disk is, if it is one, and the argument that says so.
pub(super) fn path(inputs: &Inputs) -> Option<(&'static str, &ImagePath)> {
    let write_only = inputs.image_path_wo.as_ref().map(|path| ("image_path_wo", &path.0));
    write_only.or(inputs.image_path.as_ref().map(|path| ("image_path", path)))
}

/// The image to request from the service.
pub(super) fn new_image(inputs: &Inputs) -> Result<NewImage> {
    let source = match (&inputs.source_virtual_machine_id, path(inputs)) {
        (Some(machine), _) => Source::VirtualMachine(machine.as_str().to_owned()),
        (None, Some((name, path))) => match expired(path.expose(), &Path::attribute(name)) {
            None => Source::ImagePath(path.secret()),
            Some(expired) => return Err(expired.into()),
        },
        (None, None) => {
            let detail = "Neither `image_path` nor `image_path_wo` nor \
                          `source_virtual_machine_id` has a value.";
            let at = Path::attribute("image_path");
            return Err(Diagnostic::error("Missing argument", detail).at(at).into());
        }
    };
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
        identifier: inputs.identifier.clone().map(api::Identifier::from),
        version: inputs.version.clone(),
        tags: inputs.tags.clone().unwrap_or_default().0,
    })
}

/// The state of an image that exists already: imported, listed, or taken over from another type.
pub(crate) fn adopt(id: &ResourceId, image: &api::Image) -> State {
    let part = |place: &str| id.part(place).to_owned();
    let inputs = Inputs {
        name: part("name").into(),
        resource_group_name: part("resource group").into(),
        location: image.location.clone().unwrap_or_default().into(),
        custom_location_id: image.custom_location_id.clone().unwrap_or_default().into(),
        os_type: Lenient::sent(image.os_type.as_deref().unwrap_or_default()),
        image_path: None,
        image_path_wo: None,
        image_path_wo_version: None,
        source_virtual_machine_id: image.source_virtual_machine_id.clone().map(Lenient::from),
        storage_path_id: None,
        hyperv_generation: None,
        cloud_init_data_source: None,
        identifier: image.identifier.clone().map(Identifier::from),
        version: image.version.clone(),
        tags: None,
    };
    let outputs = Outputs { id: id.to_string(), ..Outputs::default() };
    let mut state = State { inputs, outputs, private: Private::default() };
    refresh(&mut state, image);
    state
}

/// Copies the progress of the image.
pub(super) fn show(state: &mut State, progress: &Progress) {
    state.outputs.provisioning_state.clone_from(&progress.provisioning_state);
    state.outputs.progress_percentage = progress.progress_percentage;
    state.outputs.download_size_in_mb = progress.download_size_in_mb;
}

/// Copies what the service reports into the state; nothing else does.
///
/// The path of the image is never reported.
pub(super) fn record(state: &mut State, image: &api::Image) {
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
    if let Some(sent) = &image.identifier {
        let known = inputs.identifier.clone().map(api::Identifier::from);
        if !known.is_some_and(|known| known.is_same(sent)) {
            inputs.identifier = Some(sent.clone().into());
        }
    }
    if let Some(sent) = image.version.as_ref().filter(|sent| !sent.is_empty()) {
        inputs.version = Some(sent.clone());
    }
    // No tags may be written as null or as an empty map.
    let known = inputs.tags.clone().unwrap_or_default().0;
    if !same_tags(&known, &image.tags) {
        inputs.tags = Some(Tags(respelled(&image.tags, &known)));
    }
    show(state, &Progress::of(image));
    // A resource without a state is done, as the contract of Resource Manager says.
    state.outputs.provisioning_state.get_or_insert_with(|| "Succeeded".to_owned());
    state.outputs.os_disk_size_in_mb = image.os_disk_size_in_mb;
}

/// Copies an image whose creation or change has succeeded. Where its state is not final, it never
/// will be.
pub(super) fn accept(state: &mut State, image: &api::Image) {
    record(state, image);
    state.private.operation = None;
    state.private.failed = None;
    state.private.ready_as = None;
    if image.state() == Stage::Running {
        state.private.ready_as.clone_from(&image.provisioning_state);
        state.outputs.provisioning_state = Some("Succeeded".to_owned());
    }
}

/// Copies an image that was read, with what is known better than the state that it shows.
pub(super) fn refresh(state: &mut State, image: &api::Image) {
    record(state, image);
    let private = &mut state.private;
    let mut word = None;
    match image.state() {
        Stage::Running => {
            let is_accepted =
                private.ready_as.is_some() && private.ready_as == image.provisioning_state;
            if private.operation.is_none() && (image.is_finished || is_accepted) {
                word = Some("Succeeded");
            }
        }
        Stage::Succeeded | Stage::Failed => (private.operation, private.ready_as) = (None, None),
    }
    if let Some(failed) = &mut private.failed {
        let is_outdated = failed.is_outdated(image);
        if is_outdated && image.state() == Stage::Succeeded {
            private.failed = None;
        } else if !is_outdated && image.state() != Stage::Failed {
            word = Some("Failed");
        }
    }
    if let Some(word) = word.filter(|_| readiness(&state.outputs) != Readiness::Vanishing) {
        state.outputs.provisioning_state = Some(word.to_owned());
    }
}

/// Takes what the service sent; what it does not send, or what the argument cannot say, stays as it
/// was: a configuration that is generated from the state has to be valid.
fn take<T: Text>(known: &mut Option<Lenient<T>>, sent: Option<&str>) {
    let Some(sent) = sent.filter(|sent| !sent.is_empty()).and_then(T::written) else { return };
    match known {
        Some(known) => known.update(&sent),
        None => *known = Some(sent.into()),
    }
}

/// The readiness of the image. It has no state yet if its creation was interrupted.
pub(super) fn readiness(outputs: &Outputs) -> Readiness {
    let Some(word) = outputs.provisioning_state.as_deref() else { return Readiness::Moving };
    match Stage::of(Some(word)) {
        Stage::Succeeded => Readiness::Ready,
        Stage::Failed => Readiness::Failed,
        Stage::Running if word.eq_ignore_ascii_case("Deleting") => Readiness::Vanishing,
        Stage::Running => Readiness::Moving,
    }
}
