//! An image as both Batch data sources show it.

use time::format_description::well_known::Rfc3339;

use crate::cloud::azure::batch as api;

model! {
    /// An image that pools may use, with the node agent it needs.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Image {
        /// Publisher.
        pub publisher: Option<String>,
        /// Offer.
        pub offer: Option<String>,
        /// SKU.
        pub sku: Option<String>,
        /// Version, `latest` unless the service names another.
        pub version: String,
        /// Image as `publisher:offer:sku:version`, in the service's spelling.
        pub urn: String,
        /// Node agent that goes with the image.
        pub node_agent_sku_id: String,
        /// Operating system: `linux` or `windows`.
        pub os_type: String,
        /// Whether Batch has tested the image with its agent: `verified` or `unverified`.
        pub verification_type: String,
        /// Capabilities, such as `DockerCompatible`.
        pub capabilities: Vec<String>,
        /// When Batch stops supporting the image, as RFC 3339 in UTC. Null without a planned end.
        pub batch_support_end_of_life: Option<String>,
        /// Version that `latest` stands for, if the service says it.
        pub exact_version: Option<String>,
        /// Id of an image in a gallery of one's own.
        pub virtual_machine_image_id: Option<String>,
        /// Id of an image in a community gallery.
        pub community_gallery_image_id: Option<String>,
        /// Id of an image in a shared gallery.
        pub shared_gallery_image_id: Option<String>,
    }
}

impl From<api::Image> for Image {
    fn from(image: api::Image) -> Self {
        let urn = image.urn();
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
            capabilities: image.capabilities,
            batch_support_end_of_life: end,
            exact_version: image.exact_version,
            virtual_machine_image_id: image.virtual_machine_image_id,
            community_gallery_image_id: image.community_gallery_image_id,
            shared_gallery_image_id: image.shared_gallery_image_id,
        }
    }
}
