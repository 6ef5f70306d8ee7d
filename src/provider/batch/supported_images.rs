//! `cloudimages_batch_supported_images`: all images that match.

use std::collections::BTreeSet;

use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::{Diagnostic, Result};

use super::arguments::{self, Arguments};
use super::image_attributes::Image;
use super::search::Search;
use crate::provider::clients::Clients;

model! {
    /// Lists the images that Azure Batch supports for pools, with the node agent that each of them
    /// needs.
    ///
    /// An image must match all arguments that are set. If no image matches, `images` is an empty
    /// list. The list includes images whose support has ended, even verified ones: set
    /// `supported_until` or `min_support_days` to leave them out.
    ///
    /// See [List Supported Images](https://learn.microsoft.com/rest/api/batchservice/account/list-supported-images).
    #[derive(Clone, Debug)]
    pub(crate) struct SearchResult {}
}

model! {
    /// What was found.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Found {
        /// Identifier of the query. Equal queries have equal identifiers.
        pub id: String,
        /// The matching images, sorted by publisher, offer, SKU and node agent.
        pub images: Vec<Image>,
        /// URNs of the matching images without duplicates, sorted alphabetically.
        pub urns: Vec<String>,
        /// SKU ids of the node agents of the matching images without duplicates, sorted
        /// alphabetically.
        pub node_agent_sku_ids: Vec<String>,
    }
}

/// The data source.
pub(crate) struct BatchSupportedImages;

impl DataSource<Clients> for BatchSupportedImages {
    const NAME: &'static str = "batch_supported_images";
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
        let search = Search::new(clients, arguments)?;
        let mut images = search.images(clients, context).await?;
        let filters = search.filters();
        images.retain(|image| filters.keeps(image));
        let images: Vec<_> = images.into_iter().map(Image::from).collect();
        let distinct = |value: fn(&Image) -> &String| {
            let values: BTreeSet<_> = images.iter().map(value).collect();
            values.into_iter().cloned().collect()
        };
        Ok(Found {
            id: search.id(),
            urns: distinct(|image| &image.urn),
            node_agent_sku_ids: distinct(|image| &image.node_agent_sku_id),
            images,
        })
    }
}
