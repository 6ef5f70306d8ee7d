//! `cloudimages_horizon_image_sources`: what images can be imported from.

use std::collections::BTreeMap;

use crate::cloud::horizon as api;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::Result;
use crate::tfplugin::string_enum::CaseInsensitive;

use super::advice;
use super::search::place;
use super::texts::SourceOs;
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;
use crate::provider::query_id::query_id;

model! {
    /// Lists what images can be imported from in a provider instance of Horizon Cloud Service
    /// next-gen, such as the operating systems of the Azure Marketplace. All pages of the response are
    /// read.
    ///
    /// `display_name` is what `os` of `cloudimages_horizon_catalog_import` takes.
    #[derive(Clone, Debug)]
    pub(crate) struct Query {
        /// Id of the provider instance (the connected Azure subscription and region).
        pub provider_instance_id: String,
        /// Type of the provider. Default: `AZURE`.
        #[tf(default = "AZURE")]
        pub provider_type: String,
        /// Type of the source: `AZURE_MARKET_PLACE`, `AZURE_SIG`, `AZURE_CUSTOM_VM` or another of the
        /// API. Default: `AZURE_MARKET_PLACE`.
        #[tf(default = "AZURE_MARKET_PLACE")]
        pub source_type: String,
        /// Type of the operating system, in any case: `WINDOWS`, `LINUX` or `ALL`. Default: all.
        pub os_type: Option<CaseInsensitive<SourceOs>>,
    }
}

model! {
    /// A source of images.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct ImageSource {
        /// Id of the source.
        pub id: Option<String>,
        /// Name of the source, such as `Windows 11 Enterprise, 23H2`.
        pub display_name: Option<String>,
        /// Type of the source, such as `AZURE_MARKET_PLACE`.
        pub source_type: Option<String>,
        /// Type of the provider, such as `AZURE`.
        pub provider_type: Option<String>,
        /// What else Horizon Cloud says about the source, such as publisher, offer and SKU. Values
        /// that are not strings are JSON.
        pub data: BTreeMap<String, String>,
    }
}

model! {
    /// What was found.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Found {
        /// Identifier of the query. Equal queries have equal identifiers.
        pub id: String,
        /// The sources, sorted by `display_name`, then by `id`.
        pub sources: Vec<ImageSource>,
    }
}

/// The data source.
pub(crate) struct HorizonImageSources;

impl DataSource<Clients> for HorizonImageSources {
    const NAME: &'static str = "horizon_image_sources";
    type Inputs = Query;
    type Outputs = Found;

    async fn read(&self, clients: &Clients, asked: Query, context: &Context) -> Result<Found> {
        let query = api::SourceQuery {
            provider_instance_id: asked.provider_instance_id.as_str().to_owned(),
            provider_type: asked.provider_type.clone(),
            source_type: asked.source_type.clone(),
            os_type: asked.os_type.map(|os_type| os_type.as_str().to_owned()),
        };
        let client = clients.horizon().client()?;
        let listed = client.sources(&query, &deadline(context)).await.map_err(advice::failure)?;
        let sources = listed.into_iter().map(|source| ImageSource {
            id: source.id,
            display_name: source.display_name,
            source_type: source.source_type,
            provider_type: source.provider_type,
            data: source.data,
        });
        let sources = sources.collect();
        let (endpoint, org_id) = place(clients, context).await?;
        let id = query_id(&[("endpoint", &endpoint), ("org_id", &org_id)], &asked);
        Ok(Found { id, sources })
    }
}
