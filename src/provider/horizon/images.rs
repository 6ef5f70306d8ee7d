//! `cloudimages_horizon_images`: all images that match.

use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::Result;

use super::image_attributes::Image;
use super::search::{images, is, place};
use crate::provider::clients::Clients;
use crate::provider::query_id::query_id;

model! {
    /// Lists the images in the catalog of Horizon Cloud Service next-gen. All pages of the response
    /// are read.
    ///
    /// An image must match all arguments that are set. If no image matches, `images` is an empty
    /// list.
    #[derive(Clone, Debug)]
    pub(crate) struct Many {
        /// Name of the image, exactly as it is written in the catalog.
        pub name: Option<String>,
        /// Display name of the operating system, such as `Windows 11 Enterprise, 23H2`, in any case.
        pub os: Option<String>,
        /// Type of the operating system, such as `WINDOWS` or `LINUX`, in any case.
        pub os_type: Option<String>,
        /// Status of the image, such as `IMPORT_COMPLETE` or `AVAILABLE`, in any case.
        pub status: Option<String>,
    }
}

model! {
    /// What was found.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Found {
        /// Identifier of the query. Equal queries have equal identifiers.
        pub id: String,
        /// The matching images, sorted by `name`, then by `id`.
        pub images: Vec<Image>,
    }
}

/// The data source.
pub(crate) struct HorizonImages;

impl DataSource<Clients> for HorizonImages {
    const NAME: &'static str = "horizon_images";
    type Inputs = Many;
    type Outputs = Found;

    async fn read(&self, clients: &Clients, asked: Many, context: &Context) -> Result<Found> {
        let name = asked.name.as_deref();
        let mut found = images(clients, name, context).await?;
        found.retain(|image| {
            is(&asked.os, &image.os)
                && is(&asked.os_type, &image.os_type)
                && is(&asked.status, &image.status)
        });
        let (endpoint, org_id) = place(clients, context).await?;
        let id = query_id(&[("endpoint", &endpoint), ("org_id", &org_id)], &asked);
        Ok(Found { id, images: found.into_iter().map(Image::from).collect() })
    }
}
