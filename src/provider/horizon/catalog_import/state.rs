//! The state of an import: arguments, results, and how they are set from the service's values.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::cloud::horizon::{self as api, Accepted, NewImage, Snapshot, Source, VmInfo};
use crate::secret::Secret;
use crate::tfplugin::attr::{Lenient, WriteOnly};
use crate::tfplugin::diagnostic::{Diagnostic, Result};
use crate::tfplugin::string_enum::Open;
use crate::tfplugin::value::Value;

use crate::provider::horizon::texts::{
    AzureId, GpuType, ImageName, OsType, ProviderLabel, Told, VersionType,
};
use crate::provider::write_only_version::WriteOnlyVersion;

/// The status of a version that does not exist any more. The service has no word for it.
pub(super) const DELETED: &str = "DELETED";

model! {
    /// Image of the Azure Marketplace.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Marketplace {
        /// Publisher of the marketplace image, such as `microsoftwindowsdesktop`.
        pub publisher: String,
        /// Offer of the marketplace image, such as `windows-11`.
        pub offer: String,
        /// SKU of the marketplace image, such as `win11-23h2-ent`.
        pub sku: String,
        /// Size of the virtual machine that is deployed from the image, such as `Standard_DS2_v2`.
        pub vm_size: String,
        /// Type of the license of the operating system, such as `Windows_Client`.
        pub license_type: String,
        /// ARM id of the virtual network of the virtual machine, in any case.
        pub vnet_id: Lenient<AzureId>,
        /// ARM id of the subnet of the virtual machine, in any case.
        pub subnet_id: Lenient<AzureId>,
        /// Version of the marketplace image, such as `19044.2251.221105`. Default: chosen by Horizon
        /// Cloud.
        pub version: Option<String>,
        /// Hyper-V generation of the virtual machine: `V1` or `V2`. Default: chosen by Horizon Cloud.
        pub generation_type: Option<String>,
    }
}

model! {
    /// Image version of an Azure Compute Gallery.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct SharedGallery {
        /// Id of the Microsoft Entra tenant of the gallery.
        pub tenant_id: String,
        /// ARM id of the image version in the gallery, in any case.
        pub image_version_id: Lenient<AzureId>,
        /// Whether several users share a virtual machine of the image. Default: chosen by Horizon
        /// Cloud.
        pub multi_session: Option<bool>,
    }
}

model! {
    /// Virtual machine in Azure.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct CustomVm {
        /// Name of the virtual machine.
        pub vm_name: String,
        /// Name of the resource group of the virtual machine.
        pub resource_group_name: String,
        /// Publisher of the marketplace image from which the virtual machine was created.
        pub publisher: String,
        /// Offer of the marketplace image from which the virtual machine was created.
        pub offer: String,
        /// SKU of the marketplace image from which the virtual machine was created.
        pub sku: String,
        /// Size of the virtual machine, such as `Standard_DS2_v2`.
        pub vm_size: String,
        /// Type of the license of the operating system, such as `Windows_Client`.
        pub license_type: String,
    }
}

model! {
    /// Options of the virtual machine of the image.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub(crate) struct Options {
        /// Whether the virtual machine gets a public IP address. Default: `false`.
        pub create_public_ip: Option<bool>,
        /// Whether the SSH port of the virtual machine is opened. Must be `true` for a Linux image
        /// with `create_public_ip`. Default: `false`.
        pub open_ssh_port: Option<bool>,
    }
}

model! {
    /// Manages an image in the catalog of Horizon Cloud Service next-gen, imported from the Azure
    /// Marketplace, from an Azure Compute Gallery or from a virtual machine in Azure.
    ///
    /// Exactly one of `marketplace`, `shared_gallery` and `custom_vm` says what the image is created
    /// from. Once Horizon Cloud has accepted the request, the id of the image is in the state,
    /// whatever happens next. A failed import is reported with the reason that Horizon Cloud gives.
    /// After an interrupted `apply`, Horizon Cloud continues the import, and the next `apply`
    /// continues to wait for it. An image of the same name is never overwritten and never created
    /// twice.
    ///
    /// Once an image is published, do not change its virtual machine in the Azure portal.
    ///
    /// See [Image Management](https://developer.omnissa.com/horizon-apis/horizon-cloud-nextgen/).
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Inputs {
        /// Name of the image: at least 2 letters, digits and hyphens, with a letter at the start and
        /// a letter or digit at the end. It must be unique in the organization. Changing it replaces
        /// the image.
        #[tf(replace)]
        pub name: Lenient<ImageName>,

        /// Description of the image. Changing it replaces the image: Horizon Cloud cannot change
        /// it. See `version_description` for a description that can be changed.
        #[tf(replace)]
        pub description: Option<String>,

        /// Display name of the operating system, such as `Windows 11 Enterprise, 23H2`. The data
        /// source `cloudimages_horizon_image_sources` lists the names. Changing it replaces the
        /// image.
        #[tf(replace)]
        pub os: Told<String>,

        /// Type of the operating system: `WINDOWS` or `LINUX`; Horizon Cloud also knows `CLIENT`,
        /// `SERVER` and `WVD`. Changing it replaces the image.
        #[tf(replace)]
        pub os_type: Told<Lenient<Open<OsType>>>,

        /// Id of the provider instance (the connected Azure subscription and region) to which the
        /// image is imported. Changing it replaces the image.
        #[tf(replace)]
        pub provider_instance_id: Told<String>,

        /// Type of the provider: `AZURE`, `AKKA`, `VSPHERE`, `ZEROCLOUD`, `GCP`, `AWS`, `VIEW` or
        /// `NUTANIX`. Default: `AZURE`. Changing it replaces the image.
        #[tf(replace, create_only, default = "AZURE")]
        pub provider_label: Option<Lenient<Open<ProviderLabel>>>,

        /// Type of the GPU that the image is for: `NONE`, `AMD` or `NVIDIA`. Default: `NONE`.
        /// Changing it replaces the image.
        #[tf(replace, create_only, default = "NONE")]
        pub gpu_type: Option<Lenient<Open<GpuType>>>,

        /// Version that precedes the imported one: with `0.0` and `version_type` `MAJOR` the first
        /// version is `1.0.0`. Default: `0.0`. Changing it replaces the image.
        #[tf(replace, create_only, default = "0.0")]
        pub version_source: Option<String>,

        /// Part of `version_source` that is raised for the imported version: `MAJOR`, `MINOR` or
        /// `PATCH`. Default: `MAJOR`. Changing it replaces the image.
        #[tf(replace, create_only, default = "MAJOR")]
        pub version_type: Option<Lenient<Open<VersionType>>>,

        /// Description of the imported version. Changed in place.
        pub version_description: Option<String>,

        /// Names of the markers of the imported version, which pools refer to. Changed in place. A
        /// marker that was moved to another version of the image stays there: it is neither moved
        /// back nor removed. Default: `["default"]`.
        #[tf(default = Value::List(vec!["default".into()]))]
        pub markers: Option<BTreeSet<String>>,

        /// Image of the Azure Marketplace from which a virtual machine is deployed and imported.
        /// Requires `admin_username` and a password. Changing it replaces the image.
        #[tf(replace, create_only)]
        pub marketplace: Option<Marketplace>,

        /// Image version of an Azure Compute Gallery that is copied. Changing it replaces the image.
        #[tf(replace, create_only)]
        pub shared_gallery: Option<SharedGallery>,

        /// Virtual machine in Azure that is imported. Changing it replaces the image.
        #[tf(replace, create_only)]
        pub custom_vm: Option<CustomVm>,

        /// Map of further properties of the source, added unchanged to `assetDetails.data` of the
        /// request: for properties that this provider does not know. Changing it replaces the image.
        #[tf(replace, create_only)]
        pub additional_data: Option<BTreeMap<String, String>>,

        /// Options of the virtual machine of the image. Changing them replaces the image.
        #[tf(replace, create_only)]
        pub options: Option<Options>,

        /// Name of the administrator that is set on the virtual machine of the image. Needs
        /// `admin_password` or `admin_password_wo`. Changing it replaces the image.
        #[tf(replace, create_only)]
        pub admin_username: Option<String>,

        /// Password of the administrator. Stored in the state: prefer `admin_password_wo` with
        /// Terraform 1.11 or later. Changing it resets the password of the virtual machine in place,
        /// which is possible until the image is published.
        pub admin_password: Option<Secret>,

        /// Password of the administrator, as in `admin_password`, but write-only: neither the plan
        /// nor the state contains it (Terraform 1.11 or later). A new value is used only when
        /// `admin_password_wo_version` changes.
        pub admin_password_wo: Option<WriteOnly<Secret>>,

        /// Version of the value of `admin_password_wo`, any whole number. Raise it whenever that value
        /// changes, which Terraform cannot see by itself. Changing it resets the password of the
        /// virtual machine in place, which is possible until the image is published, and so does a
        /// first version of a password that was set without one.
        pub admin_password_wo_version: Option<WriteOnlyVersion>,

        /// Id of the project of the image. Changing it replaces the image.
        #[tf(replace, create_only)]
        pub project_id: Option<String>,

        /// Whether `apply` waits until the image is imported. With `false`, it returns once Horizon
        /// Cloud has accepted the image; later plans show its status and never wait. Default: `true`.
        #[tf(state_only, default = true)]
        pub wait_for_completion: bool,

        /// Whether the image is deleted although pools or templates use it. Takes effect after it
        /// was applied. Default: `false`.
        #[tf(state_only, default = false)]
        pub force_delete: bool,

        /// Whether the image is deleted although it has versions other than the imported one, which
        /// are then deleted as well. Takes effect after it was applied. Default: `false`.
        #[tf(state_only, default = false)]
        pub delete_all_versions: bool,

        /// Whether the image is replaced when the imported version does not exist any more. With
        /// `false`, the version may be retired once the image has other versions; results about the
        /// version then keep their last values. Default: `true`.
        #[tf(state_only, default = true)]
        pub keep_imported_version: bool,
    }
}

model! {
    /// What the service says.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub(crate) struct Outputs {
        /// Id of the image (stream id).
        #[tf(stable)]
        pub id: String,
        /// Id of the imported version.
        #[tf(stable)]
        pub version_id: Option<String>,
        /// Name of the imported version, such as `1.0.0`.
        #[tf(stable)]
        pub version_name: Option<String>,
        /// Id of the imported copy of the version (asset).
        #[tf(stable)]
        pub asset_id: Option<String>,
        /// Status of the image, such as `IN_PROGRESS`, `IMPORT_COMPLETE`, `AVAILABLE` or `FAILED`.
        pub status: Option<String>,
        /// Status of the imported version, such as `IMPORT_COMPLETE`; `DELETED` when it does not
        /// exist any more.
        pub version_status: Option<String>,
        /// Status of the imported copy of the version, such as `INSTALLING_AGENTS`.
        pub asset_status: Option<String>,
        /// Time at which the image was created (RFC 3339, UTC).
        #[tf(stable)]
        pub created_at: Option<String>,
        /// Time at which the image was last changed (RFC 3339, UTC).
        pub updated_at: Option<String>,
    }
}

/// The private state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Private {
    /// The organization for which the provider was configured when the image was last seen.
    #[serde(default)]
    pub(super) org_id: Option<String>,
}

model! {
    /// What identifies an image.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Identity {
        /// Id of the image (stream id).
        pub id: String,
        /// Id of the organization of the image. Default: the organization of the provider
        /// configuration.
        pub org_id: Option<String>,
    }
}

pub(super) type State = crate::tfplugin::resource::State<Inputs, Outputs, Private>;

/// The password in the configuration.
pub(super) fn password(inputs: &Inputs) -> Option<&Secret> {
    inputs.admin_password_wo.as_ref().map(|password| &password.0).or(inputs.admin_password.as_ref())
}

/// The administrator to set, if there is one.
pub(super) fn vm_info(inputs: &Inputs) -> Option<VmInfo> {
    let username = inputs.admin_username.clone()?;
    Some(VmInfo { username, password: password(inputs)?.clone() })
}

/// The image to request from the service.
pub(super) fn new_image(inputs: &Inputs) -> Result<NewImage> {
    let source = match (&inputs.marketplace, &inputs.shared_gallery, &inputs.custom_vm) {
        (Some(from), ..) => Source::Marketplace {
            publisher: from.publisher.clone(),
            offer: from.offer.clone(),
            sku: from.sku.clone(),
            vm_size: from.vm_size.clone(),
            license_type: from.license_type.clone(),
            vnet_id: from.vnet_id.as_str().to_owned(),
            subnet_id: from.subnet_id.as_str().to_owned(),
            version: from.version.clone(),
            generation_type: from.generation_type.clone(),
        },
        (_, Some(from), _) => Source::SharedGallery {
            tenant_id: from.tenant_id.clone(),
            image_version_id: from.image_version_id.as_str().to_owned(),
            multi_session: from.multi_session,
        },
        (.., Some(from)) => Source::CustomVm {
            vm_name: from.vm_name.clone(),
            resource_group_name: from.resource_group_name.clone(),
            publisher: from.publisher.clone(),
            offer: from.offer.clone(),
            sku: from.sku.clone(),
            vm_size: from.vm_size.clone(),
            license_type: from.license_type.clone(),
        },
        (None, None, None) => {
            let detail = "None of `marketplace`, `shared_gallery` and `custom_vm` has a value.";
            return Err(Diagnostic::error("Missing argument", detail).into());
        }
    };
    let word = |word: Option<&str>, default: &str| word.unwrap_or(default).to_owned();
    Ok(NewImage {
        name: inputs.name.as_str().to_owned(),
        description: inputs.description.clone(),
        os: inputs.os.as_str().to_owned(),
        os_type: inputs.os_type.as_str().to_owned(),
        gpu_type: word(inputs.gpu_type.as_ref().map(Lenient::as_str), "NONE"),
        provider_label: word(inputs.provider_label.as_ref().map(Lenient::as_str), "AZURE"),
        provider_instance_id: inputs.provider_instance_id.as_str().to_owned(),
        version_source: word(inputs.version_source.as_deref(), "0.0"),
        version_type: word(inputs.version_type.as_ref().map(Lenient::as_str), "MAJOR"),
        version_description: inputs.version_description.clone(),
        markers: inputs.markers.iter().flatten().cloned().collect(),
        source,
        additional_data: inputs.additional_data.clone().unwrap_or_default(),
        options: inputs.options.as_ref().map(|options| api::Options {
            create_public_ip: options.create_public_ip,
            open_ssh_port: options.open_ssh_port,
        }),
        vm_info: vm_info(inputs),
        project_id: inputs.project_id.clone(),
    })
}

/// The state of an image that the service has accepted.
pub(super) fn accepted(inputs: Inputs, accepted: &Accepted) -> State {
    let outputs = Outputs {
        id: accepted.id.clone(),
        version_id: accepted.version_id.clone(),
        version_name: accepted.version_name.clone(),
        asset_id: accepted.asset_id.clone(),
        status: accepted.status.clone(),
        version_status: accepted.version_status.clone(),
        asset_status: accepted.asset_status.clone(),
        ..Outputs::default()
    };
    State { inputs, outputs, private: Private { org_id: Some(accepted.org_id.clone()) } }
}

/// Copies the progress of an import: what is known so far.
pub(super) fn show(state: &mut State, seen: &Snapshot) {
    let outputs = &mut state.outputs;
    let set = |known: &mut Option<String>, sent: Option<&String>| {
        if let Some(sent) = sent.filter(|sent| !sent.is_empty()) {
            *known = Some(sent.clone());
        }
    };
    set(&mut outputs.status, seen.image.status.as_ref());
    set(&mut outputs.created_at, seen.image.created_at.as_ref());
    set(&mut outputs.updated_at, seen.image.updated_at.as_ref());
    if let Some(version) = &seen.version {
        set(&mut outputs.version_id, Some(&version.id));
        set(&mut outputs.version_name, version.name.as_ref());
        set(&mut outputs.version_status, version.status.as_ref());
    }
    if let Some(copy) = &seen.copy {
        set(&mut outputs.asset_id, Some(&copy.id));
        set(&mut outputs.asset_status, copy.status.as_ref());
    }
}

/// Copies what can be changed outside of Terraform into the state. Everything else about an image
/// never changes: the service has no call for it.
pub(super) fn record(state: &mut State, seen: &Snapshot) {
    show(state, seen);
    learn(&mut state.inputs, seen);
    let Some(version) = &seen.version else { return };
    let described = version.description.clone().filter(|text| !text.is_empty());
    // An empty description may be sent as none, and one from a heredoc without its last newline.
    let trimmed = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
    if trimmed(&described) != trimmed(&state.inputs.version_description) {
        state.inputs.version_description = described;
    }
    // The service may not tell, which is not a change.
    let Some(all) = &seen.markers else { return };
    let known = state.inputs.markers.as_ref();
    let is_known = |name: &String| known.is_some_and(|known| known.contains(name));
    let markers = all.iter().filter(|marker| marker.is_on(&version.id) || is_known(&marker.name));
    let markers: BTreeSet<String> = markers.map(|marker| marker.name.clone()).collect();
    if known != Some(&markers) {
        state.inputs.markers = Some(markers);
    }
}

/// Takes what the service did not tell before.
fn learn(inputs: &mut Inputs, seen: &Snapshot) {
    if let Some(os) = seen.image.os.as_ref().filter(|_| inputs.os.is_empty()) {
        inputs.os = Told(os.clone());
    }
    if let Some(kind) = seen.os_type().filter(|_| inputs.os_type.as_str().is_empty()) {
        inputs.os_type = Told(kind.to_owned().into());
    }
    let instance = seen.provider_instance_id();
    if let Some(id) = instance.filter(|_| inputs.provider_instance_id.is_empty()) {
        inputs.provider_instance_id = Told(id.to_owned());
    }
}
