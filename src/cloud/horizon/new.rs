//! The image to request.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Image;
use crate::secret::Secret;

/// What an image is created from. It decides the action, the source type and the asset type of the
/// request.
#[derive(Clone, Debug)]
pub enum Source {
    /// An image of the Azure Marketplace, from which a virtual machine is deployed.
    Marketplace {
        /// The publisher.
        publisher: String,
        /// The offer.
        offer: String,
        /// The SKU.
        sku: String,
        /// The size of the virtual machine.
        vm_size: String,
        /// The type of license.
        license_type: String,
        /// The ARM id of the virtual network.
        vnet_id: String,
        /// The ARM id of the subnet.
        subnet_id: String,
        /// The version; the service chooses if it is not given.
        version: Option<String>,
        /// The Hyper-V generation.
        generation_type: Option<String>,
    },
    /// A version of an image in an Azure Compute Gallery, which is copied.
    SharedGallery {
        /// The Entra tenant of the gallery.
        tenant_id: String,
        /// The ARM id of the image version.
        image_version_id: String,
        /// Whether several users share a machine.
        multi_session: Option<bool>,
    },
    /// A virtual machine that exists already.
    CustomVm {
        /// The name.
        vm_name: String,
        /// The resource group.
        resource_group_name: String,
        /// The publisher of the image it was created from.
        publisher: String,
        /// The offer.
        offer: String,
        /// The SKU.
        sku: String,
        /// The size.
        vm_size: String,
        /// The type of license.
        license_type: String,
    },
}

impl Source {
    /// The query parameter `action`.
    pub(super) fn action(&self) -> &'static str {
        match self {
            Self::Marketplace { .. } => "import",
            Self::SharedGallery { .. } => "copy-existing-image",
            Self::CustomVm { .. } => "import-custom-vm",
        }
    }

    /// `sourceStreamType`.
    fn stream_type(&self) -> &'static str {
        match self {
            Self::Marketplace { .. } => "AZURE_MARKET_PLACE",
            Self::SharedGallery { .. } => "AZURE_SIG",
            Self::CustomVm { .. } => "AZURE_CUSTOM_VM",
        }
    }

    fn asset_type(&self) -> &'static str {
        match self {
            Self::SharedGallery { .. } => "AZURE_IMAGE_IN_SIG",
            Self::Marketplace { .. } | Self::CustomVm { .. } => "AZURE_VM_IN_RG",
        }
    }

    fn data(&self) -> Value {
        match self {
            Self::Marketplace {
                publisher,
                offer,
                sku,
                vm_size,
                license_type,
                vnet_id,
                subnet_id,
                version,
                generation_type,
            } => json!({
                "publisher": publisher,
                "offer": offer,
                "sku": sku,
                "vmSize": vm_size,
                "licenseType": license_type,
                "vNet": vnet_id,
                "subNet": subnet_id,
                "version": version,
                "generationType": generation_type,
            }),
            Self::SharedGallery { tenant_id, image_version_id, multi_session } => json!({
                "galleryAzureADTenantId": tenant_id,
                "galleryImageResourceId": image_version_id,
                "multiSession": multi_session,
            }),
            Self::CustomVm {
                vm_name,
                resource_group_name,
                publisher,
                offer,
                sku,
                vm_size,
                license_type,
            } => json!({
                "vmName": vm_name,
                "resourceGroupName": resource_group_name,
                "publisher": publisher,
                "offer": offer,
                "sku": sku,
                "vmSize": vm_size,
                "licenseType": license_type,
            }),
        }
    }
}

/// `assetDetails.options`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether the virtual machine gets a public IP address.
    pub create_public_ip: Option<bool>,
    /// Whether its SSH port is opened.
    pub open_ssh_port: Option<bool>,
}

/// The administrator of a virtual machine.
#[derive(Clone, Debug)]
pub struct VmInfo {
    /// The name.
    pub username: String,
    /// The password.
    pub password: Secret,
}

impl VmInfo {
    /// The service takes passwords as an array with a string for each character.
    pub(super) fn body(&self) -> Value {
        let letters: Vec<String> = self.password.expose().chars().map(String::from).collect();
        json!({ "username": self.username, "password": letters })
    }
}

/// A request for an image.
#[derive(Clone, Debug)]
pub struct NewImage {
    /// The name.
    pub name: String,
    /// The description of the image.
    pub description: Option<String>,
    /// The display name of the operating system, as the image sources have it.
    pub os: String,
    /// The kind of operating system.
    pub os_type: String,
    /// The kind of GPU.
    pub gpu_type: String,
    /// The kind of provider.
    pub provider_label: String,
    /// Where it is created.
    pub provider_instance_id: String,
    /// The version before the first.
    pub version_source: String,
    /// Which part of the version is raised.
    pub version_type: String,
    /// The description of the version.
    pub version_description: Option<String>,
    /// The names of the markers of the version.
    pub markers: Vec<String>,
    /// What it is created from.
    pub source: Source,
    /// Added to what the source says.
    pub additional_data: BTreeMap<String, String>,
    /// The options.
    pub options: Option<Options>,
    /// The administrator.
    pub vm_info: Option<VmInfo>,
    /// The project.
    pub project_id: Option<String>,
}

impl NewImage {
    /// The body of the request. Nothing in it is null.
    pub(super) fn body(&self, org_id: &str) -> Value {
        let mut data = self.source.data();
        if let Value::Object(data) = &mut data {
            let added = self.additional_data.iter();
            data.extend(added.map(|(name, value)| (name.clone(), value.as_str().into())));
        }
        let options = self.options.as_ref().map(|options| {
            without_nulls(json!({
                "createPublicIp": options.create_public_ip,
                "openSSHPort": options.open_ssh_port,
            }))
        });
        let markers: Vec<Value> = self.markers.iter().map(|name| json!({ "name": name })).collect();
        without_nulls(json!({
            "streamName": self.name,
            "streamDescription": self.description,
            "os": self.os,
            "osType": self.os_type,
            "gpuType": self.gpu_type,
            "providerLabel": self.provider_label,
            "providerInstanceId": self.provider_instance_id,
            "sourceStreamType": self.source.stream_type(),
            "versionSource": self.version_source,
            "versionType": self.version_type,
            "versionDescription": self.version_description,
            "markers": markers,
            "assetDetails": without_nulls(json!({
                "type": self.source.asset_type(),
                "data": without_nulls(data),
                "options": options.filter(|options| options.as_object().is_some_and(|o| !o.is_empty())),
                "vmInfo": self.vm_info.as_ref().map(VmInfo::body),
            })),
            "orgId": org_id,
            "projectId": self.project_id,
        }))
    }

    /// Whether an image of the name, found after a request whose outcome is unknown, may be the
    /// requested one. What the service does not tell does not count.
    pub(super) fn may_be(&self, found: &Image) -> bool {
        let same = |told: &Option<String>, asked: &str| {
            told.as_deref().is_none_or(|told| told.trim().eq_ignore_ascii_case(asked.trim()))
        };
        same(&found.source_type, self.source.stream_type())
            && same(&found.os, &self.os)
            && same(&found.os_type, &self.os_type)
            && same(&found.gpu_type, &self.gpu_type)
            && same(&found.description, self.description.as_deref().unwrap_or_default())
    }
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let set: Map<_, _> =
                members.into_iter().filter(|(_, value)| !value.is_null()).collect();
            Value::Object(set)
        }
        other => other,
    }
}
