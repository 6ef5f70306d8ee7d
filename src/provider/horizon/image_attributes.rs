//! An image as the data sources show it.

use crate::cloud::horizon as api;

model! {
    /// A marker of the image.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Marker {
        /// Id of the marker.
        pub id: String,
        /// Name of the marker.
        pub name: String,
        /// Id of the version of the image that has the marker.
        pub version_id: Option<String>,
    }
}

model! {
    /// An image.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Image {
        /// Id of the image (stream id).
        pub id: String,
        /// Name of the image.
        pub name: String,
        /// Description of the image.
        pub description: Option<String>,
        /// Display name of the operating system, such as `Windows 11 Enterprise, 23H2`.
        pub os: Option<String>,
        /// Type of the operating system, such as `WINDOWS` or `LINUX`.
        pub os_type: Option<String>,
        /// Type of the source of the image, such as `AZURE_MARKET_PLACE`.
        pub source_type: Option<String>,
        /// Type of the GPU that the image is for: `NONE`, `AMD` or `NVIDIA`.
        pub gpu_type: Option<String>,
        /// Whether several users share a virtual machine of the image.
        pub multi_session: Option<bool>,
        /// Status of the image, such as `IMPORT_COMPLETE`, `AVAILABLE` or `FAILED`.
        pub status: Option<String>,
        /// Number of versions of the image.
        pub version_count: Option<i64>,
        /// Markers of the image, each on one of its versions.
        pub markers: Vec<Marker>,
        /// Time at which the image was created (RFC 3339, UTC).
        pub created_at: Option<String>,
        /// Time at which the image was last changed (RFC 3339, UTC).
        pub updated_at: Option<String>,
    }
}

impl From<api::Image> for Image {
    fn from(image: api::Image) -> Self {
        let marker = |marker: api::Marker| Marker {
            id: marker.id,
            name: marker.name,
            version_id: marker.version_id,
        };
        let mut markers: Vec<_> =
            image.markers.unwrap_or_default().into_iter().map(marker).collect();
        markers.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        Self {
            id: image.id,
            name: image.name,
            description: image.description,
            os: image.os,
            os_type: image.os_type,
            source_type: image.source_type,
            gpu_type: image.gpu_type,
            multi_session: image.multi_session,
            status: image.status,
            version_count: image.version_count,
            markers,
            created_at: image.created_at,
            updated_at: image.updated_at,
        }
    }
}
