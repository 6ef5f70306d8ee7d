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
    /// Lists the images that Azure Batch supports for pools, with the node agent of each.
    ///
    /// The list holds images whose support has ended, verified ones among them: set
    /// `supported_until` or `min_support_days` to leave them out. An empty list means that no image
    /// matches.
    ///
    /// See [List Supported Images](https://learn.microsoft.com/rest/api/batchservice/account/list-supported-images).
    #[derive(Clone, Debug)]
    pub(crate) struct SearchResult {}
}

model! {
    /// What was found.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Found {
        /// Identifies the query: the same for the same arguments.
        pub id: String,
        /// The images, by publisher, offer, SKU and node agent.
        pub images: Vec<Image>,
        /// URNs of the images, each once, in order.
        pub urns: Vec<String>,
        /// Node agents of the images, each once, in order.
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
