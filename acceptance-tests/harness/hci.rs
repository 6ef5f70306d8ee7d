//! A simulated Azure for gallery images, and the configuration of one image.

use serde_json::json;
use simulated_clouds::arm::{self, Fault, RESOURCE_GROUP, SUBSCRIPTION_ID, When};
use simulated_clouds::entra::{self, CLIENT_ID, CLIENT_SECRET, Request, TENANT_ID};

use super::block::{Block, Kind};

/// The address of the image in most configurations.
pub(crate) const IMAGE: &str = "cloudimages_hci_gallery_image.golden";

/// Where the image's disk is. Its signature stands for what opens a storage account.
pub(crate) const DISK: &str = "https://made-up.blob.core.windows.net/vhds/golden.vhdx";

/// A realistic signature: with characters that are encoded in URLs.
pub(crate) const SIGNATURE: &str = "sv=2024-11-04&se=2199-01-01T00%3A00%3A00Z&sr=b&sp=r&\
                                    sig=m4deUp%2FSigna%2Bture0123456789%3D";

/// Login and Resource Manager.
#[derive(Debug)]
pub(crate) struct Azure {
    pub(crate) entra: entra::Simulation,
    pub(crate) arm: arm::Simulation,
}

impl Azure {
    /// With the defaults of both.
    pub(crate) fn start() -> Self {
        Self::with(|builder| builder)
    }

    /// With a Resource Manager that `set_up` has prepared.
    pub(crate) fn with(set_up: impl FnOnce(arm::Builder) -> arm::Builder) -> Self {
        let entra = entra::Simulation::start();
        let arm = set_up(arm::Simulation::builder().tokens(&entra.tokens())).start();
        Self { entra, arm }
    }

    /// With seven images in the usual group and one in another, three on a page.
    pub(crate) fn stocked() -> Self {
        let azure = Self::start();
        for n in 0..7 {
            azure.arm.insert_image(RESOURCE_GROUP, &format!("image-{n}"), &json!({}));
        }
        azure.arm.insert_image("Other-RG", "elsewhere", &json!({"tags": {"a": "b"}}));
        azure.arm.set_page_size(3);
        azure
    }

    /// The provider block.
    pub(crate) fn provider(&self) -> String {
        format!(
            "provider \"cloudimages\" {{\n  azure = {{\n    subscription_id = \
             {SUBSCRIPTION_ID:?}\n    tenant_id = {TENANT_ID:?}\n    client_id = {CLIENT_ID:?}\n    \
             client_secret = {CLIENT_SECRET:?}\n    active_directory_authority_host = {:?}\n    \
             resource_manager_endpoint = {:?}\n    polling_interval = \"100ms\"\n  }}\n}}\n",
            self.entra.url(),
            self.arm.url()
        )
    }

    /// The provider block and `image`.
    pub(crate) fn main(&self, image: &Image) -> String {
        self.provider() + &image.text("golden")
    }

    /// The provider block and one image for each name, which is its label as well.
    pub(crate) fn main_of(&self, image: &Image, names: &[String]) -> String {
        let named = |name: &String| image.clone().with("name", name).text(name);
        self.provider() + &names.iter().map(named).collect::<String>()
    }

    /// The requests with this verb.
    pub(crate) fn sent(&self, method: &str) -> Vec<Request> {
        let mut requests = self.arm.requests();
        requests.retain(|request| request.method == method);
        requests
    }

    /// The polls of operations.
    pub(crate) fn polls(&self) -> Vec<Request> {
        let mut requests = self.sent("GET");
        requests.retain(|request| request.path().contains("/operationStatuses/"));
        requests
    }

    /// How many requests changed something or tried to.
    pub(crate) fn writes(&self) -> usize {
        self.arm.requests().iter().filter(|request| request.method != "GET").count()
    }
}

/// The resource of an image.
#[derive(Clone, Debug)]
pub(crate) struct GalleryImage;

impl Kind for GalleryImage {
    const TYPE: &'static str = "cloudimages_hci_gallery_image";
}

/// The arguments of an image.
pub(crate) type Image = Block<GalleryImage>;

impl Image {
    /// The required arguments, with a disk behind a signature.
    pub(crate) fn new() -> Self {
        let mut image = Self::empty();
        for (name, value) in [
            ("name", "golden".to_owned()),
            ("resource_group_name", RESOURCE_GROUP.to_owned()),
            ("location", "westus2".to_owned()),
            ("custom_location_id", arm::custom_location_id()),
            ("os_type", "Linux".to_owned()),
            ("image_path", format!("{DISK}?{SIGNATURE}")),
        ] {
            image = image.with(name, &value);
        }
        image
    }
}

/// The id of an image in the usual resource group.
pub(crate) fn id(name: &str) -> String {
    format!(
        "/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{RESOURCE_GROUP}/providers\
         /Microsoft.AzureStackHCI/galleryImages/{name}"
    )
}

/// The address of the image with this label.
pub(crate) fn address(label: &str) -> String {
    format!("cloudimages_hci_gallery_image.{label}")
}

/// Requests about the image of this name: `label` is the verb in lower case.
pub(crate) fn about(label: &str, name: &str) -> When {
    When::label(label).and_path(&format!("/galleryImages/{name}?"))
}

/// A gateway that does not know the way to the service. It says nothing about the image.
pub(crate) fn no_route() -> Fault {
    Fault::json(404, &json!({"message": "no Route matched with those values"}))
}
