//! `cloudimages_ucloud_images`: all images that match.

use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::{Diagnostic, Result};

use super::arguments::{self, Arguments};
use super::image_attributes::Image;
use super::search::{INCONSISTENT, Listing, Search};
use crate::provider::clients::Clients;

model! {
    /// Lists the virtual machine images that UCloud offers in a region. All pages of the response
    /// are read.
    ///
    /// An image must match all arguments that are set. If no image matches, `images` is an empty
    /// list. If UCloud returns an error, the data source fails; it never returns an empty or
    /// shortened list instead. If UCloud announces more images than it sends, however often it is
    /// asked, the images that it sends are returned with a warning. Filters that the API supports are sent to UCloud and checked again;
    /// the provider applies all others itself.
    ///
    /// See [DescribeImage](https://docs.ucloud.cn/api/uhost-api/describe_image).
    #[derive(Clone, Debug)]
    pub(crate) struct SearchResult {}
}

model! {
    /// What was found.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Found {
        /// Identifier of the query. Equal queries have equal identifiers.
        pub id: String,
        /// Number of images that UCloud reports for the query, before the provider applies the
        /// filters that the API does not support.
        pub total_count: i64,
        /// The matching images, sorted by creation time with the newest first, then by `id`.
        pub images: Vec<Image>,
    }
}

/// The data source.
pub(crate) struct UcloudImages;

impl DataSource<Clients> for UcloudImages {
    const NAME: &'static str = "ucloud_images";
    type Inputs = (Arguments, SearchResult);
    type Outputs = Found;

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        arguments::validate(config, problems);
    }

    async fn read(
        &self,
        clients: &Clients,
        (arguments, _): Self::Inputs,
        context: &Context,
    ) -> Result<Found> {
        let search = Search::new(clients, arguments, context).await?;
        let Listing { mut images, total_count, shortfall } =
            search.images(clients, context).await?;
        if let Some(text) = shortfall {
            context.warn(Diagnostic::warning(INCONSISTENT, text));
        }
        let filters = search.filters();
        images.retain(|image| filters.keeps(image));
        search.warn_of_unreadable_dates(images.iter(), context);
        let images = images.into_iter().map(Image::from).collect();
        Ok(Found { id: search.id(), total_count, images })
    }
}
