//! The rpcs that list what the provider offers.

use crate::tfplugin::model::{Model, description};
use crate::tfplugin::provider::Provider;
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::schema;
use crate::tfplugin::wire::trace::About;

use super::Service;

/// The optional capabilities of the provider.
const CAPABILITIES: pb::ServerCapabilities = pb::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: true,
};

impl<P: Provider> Service<P> {
    pub(super) async fn metadata(
        &self,
        _connection: u64,
        _request: pb::get_metadata::Request,
    ) -> pb::get_metadata::Response {
        use pb::get_metadata::{
            DataSourceMetadata, FunctionMetadata, ListResourceMetadata, ResourceMetadata,
        };
        let named = |name: &String| name.clone();
        let work = || {
            let offer = self.offer();
            let resources = offer.resources.keys().map(named);
            let data_sources = offer.data_sources.keys().map(named);
            let lists = offer.list_resources.keys().map(named);
            let functions = offer.functions.keys().map(|name| (*name).to_owned());
            Ok(pb::get_metadata::Response {
                server_capabilities: Some(CAPABILITIES),
                resources: resources.map(|type_name| ResourceMetadata { type_name }).collect(),
                data_sources: (data_sources.map(|type_name| DataSourceMetadata { type_name }))
                    .collect(),
                list_resources: lists.map(|type_name| ListResourceMetadata { type_name }).collect(),
                functions: functions.map(|name| FunctionMetadata { name }).collect(),
                ..Default::default()
            })
        };
        let (metadata, diagnostics) = self.run_now("GetMetadata", About::Provider, work).await;
        pb::get_metadata::Response { diagnostics, ..metadata.unwrap_or_default() }
    }

    pub(super) async fn schemas(
        &self,
        _connection: u64,
        _request: pb::get_provider_schema::Request,
    ) -> pb::get_provider_schema::Response {
        let work = || {
            let offer = self.offer();
            let config = P::Config::attributes();
            let resources = offer.resources.iter().map(|(name, entry)| {
                let is = &entry.is;
                (name.clone(), schema::schema(is.version(), is.description(), &entry.schema))
            });
            let data_sources = offer.data_sources.iter().map(|(name, entry)| {
                (name.clone(), schema::schema(0, entry.is.description(), &entry.schema))
            });
            let lists = offer.list_resources.iter().map(|(name, entry)| {
                (name.clone(), schema::schema(0, entry.is.description(), &entry.schema))
            });
            Ok(pb::get_provider_schema::Response {
                provider: Some(schema::schema(0, description(P::Config::DOC), &config)),
                resource_schemas: resources.collect(),
                data_source_schemas: data_sources.collect(),
                list_resource_schemas: lists.collect(),
                functions: self.functions().collect(),
                server_capabilities: Some(CAPABILITIES),
                ..Default::default()
            })
        };
        let (schemas, diagnostics) = self.run_now("GetProviderSchema", About::Provider, work).await;
        pb::get_provider_schema::Response { diagnostics, ..schemas.unwrap_or_default() }
    }

    pub(super) async fn identity_schemas(
        &self,
        _connection: u64,
        _request: pb::get_resource_identity_schemas::Request,
    ) -> pb::get_resource_identity_schemas::Response {
        let work = || {
            let resources = self.offer().resources.iter();
            let schemas = resources
                .map(|(name, entry)| (name.clone(), schema::identity(&entry.is.identity())));
            Ok(schemas.collect())
        };
        let (schemas, diagnostics) =
            self.run_now("GetResourceIdentitySchemas", About::Provider, work).await;
        pb::get_resource_identity_schemas::Response {
            identity_schemas: schemas.unwrap_or_default(),
            diagnostics,
        }
    }

    pub(super) async fn function_signatures(
        &self,
        _connection: u64,
        _request: pb::get_functions::Request,
    ) -> pb::get_functions::Response {
        let work = || Ok(self.functions().collect());
        let (functions, diagnostics) = self.run_now("GetFunctions", About::Provider, work).await;
        pb::get_functions::Response { functions: functions.unwrap_or_default(), diagnostics }
    }

    fn functions(&self) -> impl Iterator<Item = (String, pb::Function)> {
        let functions = self.offer().functions.iter();
        functions.map(|(name, function)| ((*name).to_owned(), schema::function(&**function)))
    }
}
