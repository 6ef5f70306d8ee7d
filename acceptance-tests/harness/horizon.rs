//! A simulated Horizon Cloud, and the configuration of one image.

use serde_json::Value;
use simulated_clouds::horizon::{
    API_TOKEN, Builder, Lifecycle, PROVIDER_INSTANCE, Progress, Request, Simulation,
};

use super::Workspace;
use super::block::{Block, Kind};

/// The address of the image in most configurations.
pub(crate) const IMAGE: &str = "cloudimages_horizon_catalog_import.golden";

/// The name of the image in most configurations.
pub(crate) const NAME: &str = "win11-golden";

/// A realistic password: with characters that are encoded in URLs and JSON.
pub(crate) const PASSWORD: &str = "Made-Up \"Pass\\word\" &1ä";

/// A Horizon Cloud whose imports end after a few polls.
pub(crate) fn start() -> Simulation {
    Simulation::start()
}

/// A Horizon Cloud whose imports never end by themselves.
pub(crate) fn start_endless() -> Simulation {
    let cloud = Simulation::start();
    cloud.set_lifecycle(Some(Lifecycle::import().each_lasts(Progress::Endless)));
    cloud
}

/// With what `set_up` adds.
pub(crate) fn with(set_up: impl FnOnce(Builder) -> Builder) -> Simulation {
    set_up(Simulation::builder()).start()
}

/// The arguments inside of `horizon = { ... }` without the login.
pub(crate) fn addresses(cloud: &Simulation) -> String {
    format!(
        "endpoint = {:?}\ncsp_url = {:?}\npolling_interval = \"50ms\"\n",
        cloud.url(),
        cloud.csp_url()
    )
}

/// A provider block with these arguments inside of `horizon = { ... }`.
pub(crate) fn block(arguments: &str) -> String {
    format!("provider \"cloudimages\" {{\nhorizon = {{\n{arguments}\n}}\n}}\n")
}

/// What most tests begin with: a login with an API token.
pub(crate) fn provider(cloud: &Simulation) -> String {
    block(&format!("{}api_token = {API_TOKEN:?}", addresses(cloud)))
}

/// The provider block and `image`.
pub(crate) fn main(cloud: &Simulation, image: &Image) -> String {
    provider(cloud) + &image.text("golden")
}

/// A workspace with the provider block and the usual image.
pub(crate) fn workspace(cloud: &Simulation) -> Workspace {
    Workspace::new(&main(cloud, &Image::new()))
}

/// How many creations were sent.
pub(crate) fn posts(cloud: &Simulation) -> usize {
    cloud.requests_to("POST", "/images").len()
}

/// The requests that changed something or tried to.
pub(crate) fn writes(cloud: &Simulation) -> Vec<Request> {
    let mut requests = cloud.requests();
    requests.retain(|request| request.method != "GET");
    requests
}

/// The JSON of a request's body.
pub(crate) fn body(request: &Request) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

/// The resource of an image.
#[derive(Clone, Debug)]
pub(crate) struct CatalogImport;

impl Kind for CatalogImport {
    const TYPE: &'static str = "cloudimages_horizon_catalog_import";
}

/// The arguments of an image.
pub(crate) type Image = Block<CatalogImport>;

impl Image {
    /// A marketplace image with all that it needs.
    pub(crate) fn new() -> Self {
        let image = Self::without_source()
            .set(
                "marketplace",
                "{\n    publisher = \"microsoftwindowsdesktop\"\n    offer = \"windows-11\"\n    sku = \
                 \"win11-22h2-ent\"\n    vm_size = \"Standard_DS2_v2\"\n    license_type = \
                 \"Windows_Client\"\n    vnet_id = \
                 \"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v\"\n    \
                 subnet_id = \
                 \"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/n\"\n  }",
            )
            .with("admin_username", "imageadmin");
        image.with("admin_password_wo", PASSWORD).set("admin_password_wo_version", "1")
    }

    /// The arguments that every image needs, without a source.
    pub(crate) fn without_source() -> Self {
        Self::empty()
            .with("name", NAME)
            .with("os", "Windows 11 Enterprise, 22H2")
            .with("os_type", "WINDOWS")
            .with("provider_instance_id", PROVIDER_INSTANCE)
    }

    /// A copy of an image version of a gallery.
    pub(crate) fn shared_gallery() -> Self {
        Self::without_source().set(
            "shared_gallery",
            "{ tenant_id = \"t-1\", image_version_id = \
             \"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/galleries/a/images/i/versions/1.0.0\", \
             multi_session = true }",
        )
    }

    /// An import of a virtual machine.
    pub(crate) fn custom_vm() -> Self {
        Self::without_source().set(
            "custom_vm",
            "{ vm_name = \"vm\", resource_group_name = \"g\", publisher = \"p\", offer = \"o\", sku = \
             \"s\", vm_size = \"Standard_DS2_v2\", license_type = \"Windows_Client\" }",
        )
    }
}
