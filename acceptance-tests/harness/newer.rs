//! What a newer Terraform does than the one that is installed: a client of the protocol for
//! features that the installed one does not have.

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::Value;
use terraform_provider_cloudimages::provider::CloudImages;
use terraform_provider_cloudimages::tfplugin::model::object_type;
use terraform_provider_cloudimages::tfplugin::provider::Provider as _;
use terraform_provider_cloudimages::tfplugin::value::{Object, Type, Value as Tf};
use terraform_provider_cloudimages::tfplugin::wire::proto::tfplugin6 as pb;
use terraform_provider_cloudimages::tfplugin::wire::{codec, routes};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};

type Client = pb::provider_client::ProviderClient<Channel>;

/// A client of the provider, which runs in this process.
#[derive(Debug)]
pub(crate) struct Newer {
    runtime: Runtime,
    client: Client,
}

/// One object of a list, or what was said after the last.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) identity: Object,
    pub(crate) object: Option<Object>,
    /// Summary and detail.
    pub(crate) diagnostics: Vec<(String, String)>,
}

/// A list to ask for.
#[derive(Debug)]
pub(crate) struct Query<'a> {
    pub(crate) of: &'a str,
    pub(crate) config: Value,
    pub(crate) whole: bool,
    pub(crate) limit: i64,
}

impl Newer {
    /// Starts and configures it. `config` is the provider block.
    pub(crate) fn start(config: &Value) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let client = runtime.block_on(async {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let incoming = TcpIncoming::bind(address).unwrap();
            let url = format!("http://{}", incoming.local_addr().unwrap());
            tokio::spawn(
                Server::builder()
                    .add_routes(routes(CloudImages, CancellationToken::new()))
                    .serve_with_incoming(incoming),
            );
            let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
            let mut client = Client::new(channel);
            let config = Some(json(config));
            let request = pb::configure_provider::Request { config, ..Default::default() };
            let answer = client.configure_provider(request).await.unwrap().into_inner();
            assert_eq!(answer.diagnostics, []);
            client
        });
        Self { runtime, client }
    }

    /// `terraform query`.
    pub(crate) fn list(&self, query: &Query<'_>) -> Vec<Listed> {
        let mut client = self.client.clone();
        let resources = CloudImages.resources();
        let resource = resources.into_iter().find(|resource| query.of.ends_with(resource.name()));
        let resource = resource.unwrap();
        let (ty, identity) = (object_type(&resource.schema()), object_type(&resource.identity()));
        self.runtime.block_on(async {
            let request = pb::list_resource::Request {
                type_name: query.of.to_owned(),
                config: Some(json(&query.config)),
                include_resource_object: query.whole,
                limit: query.limit,
            };
            let mut events = client.list_resource(request).await.unwrap().into_inner();
            let mut found = Vec::new();
            while let Some(event) = events.message().await.unwrap() {
                let named = event.identity.and_then(|identity| identity.identity_data);
                let said = event.diagnostic.into_iter();
                found.push(Listed {
                    name: event.display_name,
                    identity: named.map(|named| object(&named, &identity)).unwrap_or_default(),
                    object: event.resource_object.map(|whole| object(&whole, &ty)),
                    diagnostics: said.map(|said| (said.summary, said.detail)).collect(),
                });
            }
            found
        })
    }
}

/// Terraform sends another form, but a provider has to take this one too.
fn json(value: &Value) -> pb::DynamicValue {
    pb::DynamicValue { json: value.to_string().into(), ..Default::default() }
}

fn object(message: &pb::DynamicValue, ty: &Type) -> Object {
    match codec::decode(&message.msgpack, ty).unwrap() {
        Tf::Map(object) => object,
        other => panic!("{other:?}"),
    }
}
