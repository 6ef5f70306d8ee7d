//! An image as both Batch data sources show it.

use time::format_description::well_known::Rfc3339;

use crate::cloud::azure::batch as api;

model! {
    /// An image that pools may use, with the node agent it needs.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Image {
        /// Publisher of the Marketplace image, such as `canonical`. Null if the image is not a
        /// Marketplace image.
        pub publisher: Option<String>,
        /// Offer of the Marketplace image, such as `0001-com-ubuntu-server-jammy`. Null if the
        /// image is not a Marketplace image.
        pub offer: Option<String>,
        /// Marketplace SKU (plan) of the image, such as `2022-datacenter-azure-edition`. Null if
        /// the image is not a Marketplace image.
        pub sku: Option<String>,
        /// Version of the Marketplace image. It is `latest` unless Azure Batch reports another
        /// version.
        pub version: String,
        /// URN of the image in the form `publisher:offer:sku:version`, as Azure Batch spells it.
        pub urn: String,
        /// SKU id of the node agent that the image needs, such as `batch.node.ubuntu 22.04`.
        pub node_agent_sku_id: String,
        /// Operating system family of the image: `linux` or `windows`.
        pub os_type: String,
        /// Whether Azure Batch has verified that the image works with its node agent: `verified` or
        /// `unverified`.
        pub verification_type: String,
        /// Processor architecture of the image: `x64` or `arm64`. Azure Batch does not report it; it
        /// is `arm64` if a part of the SKU or of the node agent SKU id is `arm64`, `arm` or
        /// `aarch64`.
        pub architecture: String,
        /// Capabilities of the image, such as `DockerCompatible`.
        pub capabilities: Vec<String>,
        /// Time at which Azure Batch stops supporting the image, in RFC 3339 format in UTC. Null if
        /// no end of support is planned.
        pub batch_support_end_of_life: Option<String>,
        /// Version that `latest` currently refers to. Null if Azure Batch does not report it.
        pub exact_version: Option<String>,
        /// ARM id of the image in your own Azure Compute Gallery. Null for Marketplace images.
        pub virtual_machine_image_id: Option<String>,
        /// Id of the image in a community gallery. Null for Marketplace images.
        pub community_gallery_image_id: Option<String>,
        /// Id of the image in a shared gallery. Null for Marketplace images.
        pub shared_gallery_image_id: Option<String>,
    }
}

impl From<api::Image> for Image {
    fn from(image: api::Image) -> Self {
        let urn = image.urn();
        let architecture = image.architecture().to_owned();
        let text = |text: String| (!text.is_empty()).then_some(text);
        let end = image.end_of_life.map(|end| {
            let utc =
                end.at.and_then(|at| at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok());
            utc.unwrap_or(end.text)
        });
        Self {
            publisher: text(image.publisher),
            offer: text(image.offer),
            sku: text(image.sku),
            version: image.version,
            urn,
            node_agent_sku_id: image.node_agent_sku_id,
            os_type: image.os_type,
            verification_type: image.verification_type,
            architecture,
            capabilities: image.capabilities,
            batch_support_end_of_life: end,
            exact_version: image.exact_version,
            virtual_machine_image_id: image.virtual_machine_image_id,
            community_gallery_image_id: image.community_gallery_image_id,
            shared_gallery_image_id: image.shared_gallery_image_id,
        }
    }
}
