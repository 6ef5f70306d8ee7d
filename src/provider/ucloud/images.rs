//! `cloudimages_ucloud_images`: all images that match.

use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::Result;

use super::arguments::Arguments;
use super::image_attributes::Image;
use super::search::Search;
use crate::provider::clients::Clients;

model! {
    /// Lists the images that UCloud offers in a region, all pages of them.
    ///
    /// An empty list means that no image matches, never that the request failed: any error of the
    /// service is an error here. Arguments that the service knows are sent to it and checked
    /// again; the others are applied to its answer.
    ///
    /// See [DescribeImage](https://docs.ucloud.cn/api/uhost-api/describe_image).
    #[derive(Clone, Debug)]
    pub(crate) struct SearchResult {}
}

model! {
    /// What was found.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Found {
        /// Identifies the query: the same for the same arguments.
        pub id: String,
        /// How many images the service says there are, before the filters that it does not know.
        pub total_count: i64,
        /// The images, newest first, then by `id`.
        pub images: Vec<Image>,
    }
}

/// The data source.
pub(crate) struct UcloudImages;

impl DataSource<Clients> for UcloudImages {
    const NAME: &'static str = "ucloud_images";
    type Inputs = (Arguments, SearchResult);
    type Outputs = Found;

    async fn read(
        &self,
        clients: &Clients,
        (arguments, _): Self::Inputs,
        context: &Context,
    ) -> Result<Found> {
        let search = Search::new(clients, arguments)?;
        let (mut images, total_count) = search.images(clients, context).await?;
        let filters = search.filters();
        images.retain(|image| filters.keeps(image));
        search.warn_of_unreadable_dates(images.iter(), context);
        let images = images.into_iter().map(Image::from).collect();
        Ok(Found { id: search.id(), total_count, images })
    }
}
