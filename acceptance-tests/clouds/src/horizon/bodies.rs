//! The bodies of requests: fields, which of them are required, and the values they take.

use super::schema::Kind::{Bool, Characters, List, Map, Name, Object, OneOf, Text, Texts};
use super::schema::{Field, Kind, may, needs};

pub(crate) const SOURCES: &[&str] = &[
    "IMPORTED_VMS",
    "AZURE_MARKET_PLACE",
    "AKKA_MARKET_PLACE",
    "VSPHERE_CATALOG",
    "NUTANIX_IMAGES",
    "AZURE_SIG",
    "AKKA_SIG",
    "AZURE_CUSTOM_VM",
    "AKKA_CUSTOM_VM",
    "UPLOADED",
    "AWS_AMIS",
    "AWS_WORKSPACE_BUNDLES",
    "AWS_WORKSPACE_IMAGES",
    "AWS_EC2_INSTANCE",
    "GCP_IMAGES",
    "VIEW_IMAGES",
    "AKKA_IMAGES",
    "COPIED_FROM_VERSION",
    "COPIED_FROM_AZURE_VERSION",
    "COPIED_FROM_VIEW_IMAGE_VERSION",
    "COPIED_FROM_AWS_IMAGE_VERSION",
];

const ASSET_TYPES: &[&str] = &[
    "AZURE_IMAGE_IN_SIG",
    "AZURE_IMAGE_REPLICA_IN_SIG",
    "AKKA_IMAGE_IN_RG",
    "AZURE_VM_IN_RG",
    "AKKA_VM_IN_RG",
    "AZURE_IMAGE_IN_RG",
    "VSPHERE_MASTER_VM",
    "NUTANIX_MASTER_VM",
    "AWS_AMI",
    "AWS_WORKSPACE_BUNDLE",
    "AWS_EC2_INSTANCE",
    "AWS_WORKSPACE_IMAGE",
    "AWS_WORKSPACE_IMAGE_REPLICA",
    "GCP_IMAGE",
    "VIEW_VM",
    "VIEW_CUSTOMIZED_VM",
    "VIEW_REPLICA_SPECIALIZED",
    "VIEW_SPECIALIZED",
    "AKKA_MASTER_VM",
    "AKKA_CUSTOMIZED_VM",
    "AKKA_SPECIALIZED_VM",
    "AKKA_REPLICA_SPECIALIZED",
];

pub(crate) const PROVIDERS: &[&str] =
    &["AZURE", "AKKA", "VSPHERE", "ZEROCLOUD", "GCP", "AWS", "VIEW", "NUTANIX"];

const MARKER_STATUSES: &[&str] = &[
    "IN_PROGRESS",
    "VALIDATION_FAILED",
    "VALIDATION_COMPLETED",
    "UPDATES_INITIATED",
    "UPDATES_FAILED",
    "UPDATES_COMPLETED",
    "UPDATES_PARTIALLY_COMPLETED",
];

const OS_TYPE: Kind = OneOf(&["WVD", "SERVER", "CLIENT", "WINDOWS", "LINUX"]);
const GPU_TYPE: Kind = OneOf(&["NONE", "AMD", "NVIDIA"]);
const VERSION_TYPE: Kind = OneOf(&["MAJOR", "MINOR", "PATCH"]);

/// The definition requires more of a marker, but for answers: a request cannot know the ids.
const MARKER: Kind = Object(&[
    needs("name", Name),
    may("id", Text),
    may("versionId", Name),
    may("imageId", Name),
    may("orgId", Text),
    may("status", OneOf(MARKER_STATUSES)),
]);

pub(crate) const VM_INFO: Kind = Object(&[needs("username", Name), needs("password", Characters)]);

const ASSET_DETAILS: Kind = Object(&[
    needs("type", OneOf(ASSET_TYPES)),
    needs("data", Map),
    may("options", Object(&[may("createPublicIp", Bool), may("openSSHPort", Bool)])),
    may("vmInfo", VM_INFO),
]);

/// `ImageCatalogRequest`.
pub(crate) const CREATE: &[Field] = &[
    needs("assetDetails", ASSET_DETAILS),
    needs("gpuType", GPU_TYPE),
    needs("os", Text),
    needs("osType", OS_TYPE),
    needs("providerInstanceId", Text),
    needs("providerLabel", OneOf(PROVIDERS)),
    needs("sourceStreamType", OneOf(SOURCES)),
    needs("streamName", Name),
    needs("versionSource", Text),
    needs("versionType", VERSION_TYPE),
    may("streamDescription", Text),
    may("versionDescription", Text),
    may("orgId", Text),
    may("projectId", Text),
    may("markers", List(&MARKER)),
    may("uemManaged", Bool),
];

/// `VersionCreateTO`.
pub(crate) const ADD_VERSION: &[Field] = &[
    needs("assetDetails", ASSET_DETAILS),
    needs("description", Text),
    needs("gpuType", GPU_TYPE),
    needs("orgId", Text),
    needs("os", Text),
    needs("osType", OS_TYPE),
    needs("providerInstanceId", Text),
    needs("providerLabel", OneOf(PROVIDERS)),
    needs("sourceType", OneOf(SOURCES)),
    needs("versionType", VERSION_TYPE),
    may("sourceVersionId", Text),
    may("markers", List(&MARKER)),
    may("projectId", Text),
];

/// `VersionPatchTO`.
pub(crate) const PATCH_VERSION: &[Field] = &[
    may("description", Text),
    may("markers", List(&MARKER)),
    may("horizonAgentMetaData", Object(&[may("features", Texts)])),
];

/// `ResetVmPasswordRequest`.
pub(crate) const RESET_PASSWORD: &[Field] = &[needs("orgId", Text), needs("vmInfo", VM_INFO)];

/// `VersionPublishCreateTO`; of its objects only that they are objects.
pub(crate) const PUBLISH: &[Field] = &[
    needs("providerLabel", OneOf(PROVIDERS)),
    may("description", Text),
    may("options", Map),
    may("replicas", List(&Object(&[needs("providerInstanceId", Name)]))),
    may("orgId", Text),
    may("projectId", Text),
    may("proxyServer", Text),
    may("proxyBypass", Text),
    may("migrationPublish", Bool),
    may("ignoreProviderTags", Bool),
    may("imsTags", Map),
];
