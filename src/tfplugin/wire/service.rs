//! Each rpc: message in, message out.
//!
//! All of the 36 answer. Those of features that the provider has no use for (ephemeral resources,
//! actions, state stores) say that there is no such type.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

use crate::tfplugin::config::Config;
use crate::tfplugin::data_source::Encode;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path};
use crate::tfplugin::life::{Outcome, Planned, Record};
use crate::tfplugin::model::{Model, description};
use crate::tfplugin::provider::Provider;
use crate::tfplugin::resource::Import;
use crate::tfplugin::value::{Object, Value};

use super::answer::{config, diagnostics, dynamic, identity, object, path, value, written};
use super::json::{self, Extra};
use super::offer::{Entry, Offer, unknown};
use super::proto::tfplugin6 as pb;
use super::proto::tfplugin6::provider_server::Provider as Rpcs;
use super::schema;
use super::session::{Connection, Sessions};
use super::trace::{About, split, traced};

type Answer<T> = Result<Response<T>, Status>;
type Events<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The routes of a provider's rpcs.
#[must_use]
pub fn routes<P: Provider>(provider: P) -> tonic::service::Routes {
    let server = pb::provider_server::ProviderServer::new(Service::new(provider))
        .max_decoding_message_size(super::MESSAGE_LIMIT)
        .max_encoding_message_size(super::MESSAGE_LIMIT);
    tonic::service::Routes::new(server)
}

/// Serves a provider.
pub struct Service<P: Provider> {
    provider: P,
    offer: OnceLock<Offer<P>>,
    sessions: Sessions<P::Clients>,
}

impl<P: Provider> std::fmt::Debug for Service<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("provider", &P::NAME).finish_non_exhaustive()
    }
}

/// What the resource rpcs answer: the object, and what there is to say.
struct Resulting {
    state: pb::DynamicValue,
    private: Vec<u8>,
    identity: Option<pb::ResourceIdentityData>,
}

impl From<Option<Record>> for Resulting {
    fn from(record: Option<Record>) -> Self {
        match record {
            Some(record) => Self {
                state: dynamic(Some(record.object)),
                private: record.private,
                identity: identity(record.identity),
            },
            None => Self { state: dynamic(None), private: Vec::new(), identity: None },
        }
    }
}

impl<P: Provider> Service<P> {
    /// Serves `provider`.
    pub fn new(provider: P) -> Self {
        Self { provider, offer: OnceLock::new(), sessions: Sessions::default() }
    }

    fn offer(&self) -> &Offer<P> {
        self.offer.get_or_init(|| Offer::new(&self.provider))
    }

    fn clients(&self, connection: u64) -> Result<Arc<P::Clients>, Failure> {
        self.sessions.clients(connection).ok_or_else(|| {
            Diagnostic::error(
                "Provider not configured",
                "The provider was asked to work before it was given its configuration.",
            )
            .into()
        })
    }

    async fn run<T>(
        &self,
        rpc: &'static str,
        about: About<'_>,
        work: impl Future<Output = (T, Vec<Diagnostic>)>,
    ) -> (Option<T>, Vec<pb::Diagnostic>) {
        let (value, found) = traced(P::ADDRESS, rpc, about, work).await;
        (value, diagnostics(found))
    }

    fn identities(&self) -> impl Iterator<Item = (String, pb::ResourceIdentitySchema)> {
        self.offer()
            .resources
            .iter()
            .map(|(name, entry)| (name.clone(), schema::identity(&entry.is.identity())))
    }

    fn functions(&self) -> impl Iterator<Item = (String, pb::Function)> {
        self.offer()
            .functions
            .iter()
            .map(|(name, function)| ((*name).to_owned(), schema::function(&**function)))
    }

    async fn apply(
        &self,
        connection: u64,
        request: pb::apply_resource_change::Request,
    ) -> Result<Outcome, Failure> {
        let entry = self.offer().resource(&request.type_name)?;
        let prior = object(request.prior_state, &entry.ty)?;
        let planned = object(request.planned_state, &entry.ty)?;
        let config = config(request.config, &entry.ty)?;
        let clients = self.clients(connection)?;
        let stop = self.sessions.stop_token(connection);
        let identity = planned_identity(request.planned_identity, &entry.identity);
        let record = |object| Record { object, private: request.planned_private, identity };
        Ok(match (prior, planned) {
            (None, None) => (None, Vec::new()),
            (None, Some(planned)) => {
                ready(&*entry.is, &clients)?;
                entry.is.create(&clients, planned, config, &stop).await
            }
            (Some(prior), Some(planned)) => {
                // What cannot be done leaves everything as it was.
                let prior = record(prior);
                if let Err(Failure(problems)) = ready(&*entry.is, &clients) {
                    return Ok((Some(prior), problems));
                }
                entry.is.update(&clients, prior, planned, config, &stop).await
            }
            (Some(prior), None) => {
                let prior = record(prior);
                if let Err(Failure(problems)) = ready(&*entry.is, &clients) {
                    return Ok((Some(prior), problems));
                }
                entry.is.delete(&clients, prior, &stop).await
            }
        })
    }

    fn plan(
        &self,
        connection: u64,
        request: pb::plan_resource_change::Request,
    ) -> Result<Option<Planned>, Failure> {
        let entry = self.offer().resource(&request.type_name)?;
        let prior = object(request.prior_state, &entry.ty)?;
        if object(request.proposed_new_state, &entry.ty)?.is_none() {
            return Ok(None);
        }
        let config = config(request.config, &entry.ty)?;
        ready(&*entry.is, &*self.clients(connection)?)?;
        Ok(Some(entry.is.plan(prior.as_ref(), &config)))
    }

    async fn read(
        &self,
        connection: u64,
        request: pb::read_resource::Request,
    ) -> Result<Outcome, Failure> {
        let entry = self.offer().resource(&request.type_name)?;
        let Some(current) = object(request.current_state, &entry.ty)? else {
            return Ok((None, Vec::new()));
        };
        let clients = self.clients(connection)?;
        let identity = planned_identity(request.current_identity, &entry.identity);
        let record = Record { object: current, private: request.private, identity };
        if let Err(Failure(problems)) = ready(&*entry.is, &clients) {
            return Ok((Some(record), problems));
        }
        let stop = self.sessions.stop_token(connection);
        Ok(entry.is.read(&clients, record, &stop).await)
    }

    async fn import(
        &self,
        connection: u64,
        request: pb::import_resource_state::Request,
    ) -> Result<Outcome, Failure> {
        let entry = self.offer().resource(&request.type_name)?;
        let named = request.identity.and_then(|identity| identity.identity_data);
        let target = match object(named, &entry.identity)? {
            Some(identity) if request.id.is_empty() => Import::Identity(identity),
            _ => Import::Id(request.id),
        };
        let clients = self.clients(connection)?;
        ready(&*entry.is, &clients)?;
        let stop = self.sessions.stop_token(connection);
        Ok(entry.is.import(&clients, target, &stop).await)
    }

    async fn look_up(
        &self,
        connection: u64,
        request: pb::read_data_source::Request,
    ) -> Result<(Option<Box<dyn Encode>>, Vec<Diagnostic>), Failure> {
        let entry = self.offer().data_source(&request.type_name)?;
        let config = config(request.config, &entry.ty)?;
        let clients = self.clients(connection)?;
        let stop = self.sessions.stop_token(connection);
        Ok(entry.is.read(&clients, config, &stop).await)
    }

    fn upgrade(
        &self,
        request: pb::upgrade_resource_state::Request,
    ) -> Result<pb::DynamicValue, Failure> {
        let entry = self.offer().resource(&request.type_name)?;
        let text = request.raw_state.map(|raw| raw.json).unwrap_or_default();
        if request.version > entry.is.version() {
            return Err(Diagnostic::error(
                "State written by a newer provider",
                format!(
                    "The state has schema version {}, this release knows versions up to {}. Use \
                     the release that wrote it, or a later one.",
                    request.version,
                    entry.is.version()
                ),
            )
            .into());
        }
        let text = if request.version == entry.is.version() {
            text
        } else {
            let old = serde_json::from_slice(&text).map_err(|error| {
                Failure::from(Diagnostic::error("Unreadable state", error.to_string()))
            })?;
            entry.is.upgrade(request.version, old)?.to_string().into_bytes()
        };
        let value = json::decode(&text, &entry.ty, Extra::Drop).map_err(Diagnostic::from)?;
        Ok(written(|sink| sink.value(&value)))
    }

    fn call(
        &self,
        name: &str,
        arguments: Vec<pb::DynamicValue>,
    ) -> Result<Value, pb::FunctionError> {
        let error = |text: String, function_argument| pb::FunctionError { text, function_argument };
        let function =
            self.offer().functions.get(name).ok_or_else(|| {
                error(format!("This provider has no function named {name:?}."), None)
            })?;
        let parameters = function.parameters();
        let arguments = arguments.into_iter().zip(&parameters).enumerate();
        let arguments = arguments.map(|(position, (message, parameter))| {
            value(Some(message), &parameter.shape.ty()).map_err(|Failure(problems)| {
                let text = problems.first().map(|problem| problem.detail.clone());
                error(text.unwrap_or_default(), i64::try_from(position).ok())
            })
        });
        let arguments = arguments.collect::<Result<_, _>>()?;
        function.call(arguments).map_err(|fault| error(fault.text, fault.argument))
    }
}

fn ready<C>(
    resource: &dyn crate::tfplugin::life::AnyResource<C>,
    clients: &C,
) -> Result<(), Failure> {
    resource.ready(clients)
}

/// An identity that cannot be read is one that is not known: reading the object finds it anew.
fn planned_identity(
    message: Option<pb::ResourceIdentityData>,
    ty: &crate::tfplugin::value::Type,
) -> Option<Object> {
    object(message?.identity_data, ty).ok().flatten()
}

fn connection<T>(request: &Request<T>) -> u64 {
    request.extensions().get::<Connection>().map_or(0, |connection| connection.0)
}

/// A stream of one event.
fn once<T: Send + 'static>(event: T) -> Events<T> {
    Box::pin(tokio_stream::once(Ok(event)))
}

/// The diagnostics for something of a kind that this provider does not offer.
fn absent(kind: &str, name: &str) -> Vec<pb::Diagnostic> {
    diagnostics(vec![unknown(kind, name)])
}

const CAPABILITIES: pb::ServerCapabilities = pb::ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: true,
};

#[tonic::async_trait]
impl<P: Provider> Rpcs for Service<P> {
    type ListResourceStream = Events<pb::list_resource::Event>;
    type ReadStateBytesStream = Events<pb::read_state_bytes::Response>;
    type InvokeActionStream = Events<pb::invoke_action::Event>;

    async fn get_metadata(
        &self,
        _: Request<pb::get_metadata::Request>,
    ) -> Answer<pb::get_metadata::Response> {
        use pb::get_metadata::{
            DataSourceMetadata, FunctionMetadata, ResourceMetadata, Response as Metadata,
        };
        let work = async {
            let offer = self.offer();
            let named = |name: &String| name.clone();
            let metadata = Metadata {
                server_capabilities: Some(CAPABILITIES),
                resources: (offer.resources.keys().map(named))
                    .map(|type_name| ResourceMetadata { type_name })
                    .collect(),
                data_sources: (offer.data_sources.keys().map(named))
                    .map(|type_name| DataSourceMetadata { type_name })
                    .collect(),
                functions: (offer.functions.keys())
                    .map(|name| FunctionMetadata { name: (*name).to_owned() })
                    .collect(),
                ..Default::default()
            };
            (metadata, Vec::new())
        };
        let (metadata, diagnostics) = self.run("GetMetadata", About::Provider, work).await;
        Ok(Response::new(Metadata { diagnostics, ..metadata.unwrap_or_default() }))
    }

    async fn get_provider_schema(
        &self,
        _: Request<pb::get_provider_schema::Request>,
    ) -> Answer<pb::get_provider_schema::Response> {
        let work = async {
            let offer = self.offer();
            let provider = schema::schema(0, description(P::Config::DOC), &P::Config::attributes());
            let schemas = pb::get_provider_schema::Response {
                provider: Some(provider),
                resource_schemas: (offer.resources.iter())
                    .map(|(name, Entry { is, .. })| {
                        (name.clone(), schema::schema(is.version(), is.description(), &is.schema()))
                    })
                    .collect(),
                data_source_schemas: (offer.data_sources.iter())
                    .map(|(name, Entry { is, .. })| {
                        (name.clone(), schema::schema(0, is.description(), &is.schema()))
                    })
                    .collect(),
                functions: self.functions().collect(),
                server_capabilities: Some(CAPABILITIES),
                ..Default::default()
            };
            (schemas, Vec::new())
        };
        let (schemas, diagnostics) = self.run("GetProviderSchema", About::Provider, work).await;
        Ok(Response::new(pb::get_provider_schema::Response {
            diagnostics,
            ..schemas.unwrap_or_default()
        }))
    }

    async fn validate_provider_config(
        &self,
        request: Request<pb::validate_provider_config::Request>,
    ) -> Answer<pb::validate_provider_config::Response> {
        let request = request.into_inner();
        let work = async {
            let checked = config(request.config, &self.offer().config).map(|written| {
                let mut problems = Vec::new();
                P::Config::decode_fields(&mut written.clone(), &Path::default(), &mut problems);
                self.provider.validate(&Config(&written), &mut problems);
                problems
            });
            ((), checked.unwrap_or_else(|Failure(problems)| problems))
        };
        let (_, diagnostics) = self.run("ValidateProviderConfig", About::Provider, work).await;
        Ok(Response::new(pb::validate_provider_config::Response { diagnostics }))
    }

    async fn validate_resource_config(
        &self,
        request: Request<pb::validate_resource_config::Request>,
    ) -> Answer<pb::validate_resource_config::Response> {
        let request = request.into_inner();
        let allowed = request.client_capabilities.unwrap_or_default().write_only_attributes_allowed;
        let work = async {
            let checked = || -> Result<Vec<Diagnostic>, Failure> {
                let entry = self.offer().resource(&request.type_name)?;
                let config = config(request.config, &entry.ty)?;
                let mut problems = Vec::new();
                if !allowed {
                    refuse_write_only(&entry.is.schema(), &config, &mut problems);
                }
                problems.extend(entry.is.validate(config));
                Ok(problems)
            };
            ((), checked().unwrap_or_else(|Failure(problems)| problems))
        };
        let about = About::Resource(&request.type_name);
        let (_, diagnostics) = self.run("ValidateResourceConfig", about, work).await;
        Ok(Response::new(pb::validate_resource_config::Response { diagnostics }))
    }

    async fn validate_data_resource_config(
        &self,
        request: Request<pb::validate_data_resource_config::Request>,
    ) -> Answer<pb::validate_data_resource_config::Response> {
        let request = request.into_inner();
        let work = async {
            let checked = || -> Result<Vec<Diagnostic>, Failure> {
                let entry = self.offer().data_source(&request.type_name)?;
                Ok(entry.is.validate(config(request.config, &entry.ty)?))
            };
            ((), checked().unwrap_or_else(|Failure(problems)| problems))
        };
        let about = About::DataSource(&request.type_name);
        let (_, diagnostics) = self.run("ValidateDataResourceConfig", about, work).await;
        Ok(Response::new(pb::validate_data_resource_config::Response { diagnostics }))
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<pb::upgrade_resource_state::Request>,
    ) -> Answer<pb::upgrade_resource_state::Response> {
        let request = request.into_inner();
        let type_name = request.type_name.clone();
        let work = async { split(self.upgrade(request)) };
        let about = About::Resource(&type_name);
        let (state, diagnostics) = self.run("UpgradeResourceState", about, work).await;
        Ok(Response::new(pb::upgrade_resource_state::Response {
            upgraded_state: state.flatten(),
            diagnostics,
        }))
    }

    async fn get_resource_identity_schemas(
        &self,
        _: Request<pb::get_resource_identity_schemas::Request>,
    ) -> Answer<pb::get_resource_identity_schemas::Response> {
        let work = async { (self.identities().collect(), Vec::new()) };
        let (schemas, diagnostics) =
            self.run("GetResourceIdentitySchemas", About::Provider, work).await;
        Ok(Response::new(pb::get_resource_identity_schemas::Response {
            identity_schemas: schemas.unwrap_or_default(),
            diagnostics,
        }))
    }

    async fn upgrade_resource_identity(
        &self,
        request: Request<pb::upgrade_resource_identity::Request>,
    ) -> Answer<pb::upgrade_resource_identity::Response> {
        let request = request.into_inner();
        let work = async {
            let upgraded = || -> Result<_, Failure> {
                let entry = self.offer().resource(&request.type_name)?;
                let text = request.raw_identity.map(|raw| raw.json).unwrap_or_default();
                let read = json::decode(&text, &entry.identity, Extra::Drop);
                match read.map_err(Diagnostic::from)? {
                    Value::Map(object) => Ok(identity(Some(object))),
                    _ => Ok(None),
                }
            };
            split(upgraded())
        };
        let about = About::Resource(&request.type_name);
        let (upgraded, diagnostics) = self.run("UpgradeResourceIdentity", about, work).await;
        Ok(Response::new(pb::upgrade_resource_identity::Response {
            upgraded_identity: upgraded.flatten().flatten(),
            diagnostics,
        }))
    }

    async fn configure_provider(
        &self,
        request: Request<pb::configure_provider::Request>,
    ) -> Answer<pb::configure_provider::Response> {
        let connection = connection(&request);
        let request = request.into_inner();
        let work = async {
            let configured = || -> Result<(), Failure> {
                let mut written = config(request.config, &self.offer().config)?;
                let mut problems = Vec::new();
                self.provider.validate(&Config(&written), &mut problems);
                let decoded =
                    P::Config::decode_fields(&mut written, &Path::default(), &mut problems);
                let (Some(decoded), true) = (decoded, problems.is_empty()) else {
                    return Err(Failure(problems));
                };
                let clients = self.provider.configure(decoded, &request.terraform_version)?;
                self.sessions.configure(connection, clients);
                Ok(())
            };
            split(configured())
        };
        let (_, diagnostics) = self.run("ConfigureProvider", About::Provider, work).await;
        Ok(Response::new(pb::configure_provider::Response { diagnostics }))
    }

    async fn read_resource(
        &self,
        request: Request<pb::read_resource::Request>,
    ) -> Answer<pb::read_resource::Response> {
        let connection = connection(&request);
        let request = request.into_inner();
        let type_name = request.type_name.clone();
        // Whatever fails, the object is still there as far as Terraform should know.
        let kept = request.current_state.clone();
        let private = request.private.clone();
        let work = async {
            match self.read(connection, request).await {
                Ok((record, problems)) => (Some(Resulting::from(record)), problems),
                Err(Failure(problems)) => (None, problems),
            }
        };
        let (read, diagnostics) = self.run("ReadResource", About::Resource(&type_name), work).await;
        Ok(Response::new(match read.flatten() {
            Some(read) => pb::read_resource::Response {
                new_state: Some(read.state),
                private: read.private,
                new_identity: read.identity,
                diagnostics,
                deferred: None,
            },
            None => pb::read_resource::Response {
                new_state: kept,
                private,
                diagnostics,
                ..Default::default()
            },
        }))
    }

    async fn plan_resource_change(
        &self,
        request: Request<pb::plan_resource_change::Request>,
    ) -> Answer<pb::plan_resource_change::Response> {
        let connection = connection(&request);
        let request = request.into_inner();
        let type_name = request.type_name.clone();
        let private = request.prior_private.clone();
        let prior_identity = request.prior_identity.clone();
        let work = async {
            match self.plan(connection, request) {
                Ok(planned) => {
                    let planned = planned.map(|Planned { object, replace, diagnostics }| {
                        (object, replace, diagnostics)
                    });
                    let Some((object, replace, problems)) = planned else {
                        return (Some((dynamic(None), Vec::new())), Vec::new());
                    };
                    let replace = replace.iter().map(path).collect();
                    (Some((dynamic(Some(object)), replace)), problems)
                }
                Err(Failure(problems)) => (None, problems),
            }
        };
        let (planned, diagnostics) =
            self.run("PlanResourceChange", About::Resource(&type_name), work).await;
        let (planned_state, requires_replace) = match planned.flatten() {
            Some((state, replace)) => (Some(state), replace),
            None => (None, Vec::new()),
        };
        Ok(Response::new(pb::plan_resource_change::Response {
            planned_state,
            requires_replace,
            planned_private: private,
            planned_identity: prior_identity,
            diagnostics,
            ..Default::default()
        }))
    }

    async fn apply_resource_change(
        &self,
        request: Request<pb::apply_resource_change::Request>,
    ) -> Answer<pb::apply_resource_change::Response> {
        let connection = connection(&request);
        let request = request.into_inner();
        let type_name = request.type_name.clone();
        let kept = request.prior_state.clone();
        let private = request.planned_private.clone();
        let work = async {
            match self.apply(connection, request).await {
                Ok((record, problems)) => (Some(Resulting::from(record)), problems),
                Err(Failure(problems)) => (None, problems),
            }
        };
        let (applied, diagnostics) =
            self.run("ApplyResourceChange", About::Resource(&type_name), work).await;
        Ok(Response::new(match applied.flatten() {
            Some(applied) => pb::apply_resource_change::Response {
                new_state: Some(applied.state),
                private: applied.private,
                new_identity: applied.identity,
                diagnostics,
                ..Default::default()
            },
            None => pb::apply_resource_change::Response {
                new_state: kept,
                private,
                diagnostics,
                ..Default::default()
            },
        }))
    }

    async fn import_resource_state(
        &self,
        request: Request<pb::import_resource_state::Request>,
    ) -> Answer<pb::import_resource_state::Response> {
        let connection = connection(&request);
        let request = request.into_inner();
        let type_name = request.type_name.clone();
        let work = async {
            self.import(connection, request)
                .await
                .unwrap_or_else(|Failure(problems)| (None, problems))
        };
        let (found, diagnostics) =
            self.run("ImportResourceState", About::Resource(&type_name), work).await;
        let imported = found.flatten().map(|record| {
            let found = Resulting::from(Some(record));
            pb::import_resource_state::ImportedResource {
                type_name,
                state: Some(found.state),
                private: found.private,
                identity: found.identity,
            }
        });
        Ok(Response::new(pb::import_resource_state::Response {
            imported_resources: imported.into_iter().collect(),
            diagnostics,
            deferred: None,
        }))
    }

    async fn move_resource_state(
        &self,
        request: Request<pb::move_resource_state::Request>,
    ) -> Answer<pb::move_resource_state::Response> {
        let request = request.into_inner();
        let work = async {
            let refused = self.offer().resource(&request.target_type_name).err();
            let Failure(problems) = refused.unwrap_or_else(|| {
                Diagnostic::error(
                    "Unable to move resource state",
                    format!(
                        "{} cannot take over a {:?}. Import the object instead.",
                        request.target_type_name, request.source_type_name
                    ),
                )
                .into()
            });
            ((), problems)
        };
        let about = About::Resource(&request.target_type_name);
        let (_, diagnostics) = self.run("MoveResourceState", about, work).await;
        Ok(Response::new(pb::move_resource_state::Response { diagnostics, ..Default::default() }))
    }

    async fn read_data_source(
        &self,
        request: Request<pb::read_data_source::Request>,
    ) -> Answer<pb::read_data_source::Response> {
        let connection = connection(&request);
        let request = request.into_inner();
        let type_name = request.type_name.clone();
        let work = async {
            let (found, problems) = match self.look_up(connection, request).await {
                Ok(outcome) => outcome,
                Err(Failure(problems)) => (None, problems),
            };
            (found.map(|found| written(|sink| found.encode(sink))), problems)
        };
        let (state, diagnostics) =
            self.run("ReadDataSource", About::DataSource(&type_name), work).await;
        Ok(Response::new(pb::read_data_source::Response {
            state: state.flatten(),
            diagnostics,
            deferred: None,
        }))
    }

    async fn generate_resource_config(
        &self,
        request: Request<pb::generate_resource_config::Request>,
    ) -> Answer<pb::generate_resource_config::Response> {
        let request = request.into_inner();
        let work = async {
            let generated = || -> Result<_, Failure> {
                let entry = self.offer().resource(&request.type_name)?;
                let mut state = config(request.state, &entry.ty)?;
                for attribute in entry.is.schema() {
                    // What the service chose by itself need not be written down.
                    if !(attribute.required || attribute.optional) || attribute.name == "timeouts" {
                        state.insert(attribute.name.to_owned(), Value::Null);
                    }
                }
                Ok(dynamic(Some(state)))
            };
            split(generated())
        };
        let about = About::Resource(&request.type_name);
        let (config, diagnostics) = self.run("GenerateResourceConfig", about, work).await;
        Ok(Response::new(pb::generate_resource_config::Response {
            config: config.flatten(),
            diagnostics,
        }))
    }

    async fn get_functions(
        &self,
        _: Request<pb::get_functions::Request>,
    ) -> Answer<pb::get_functions::Response> {
        let work = async { (self.functions().collect(), Vec::new()) };
        let (functions, diagnostics) = self.run("GetFunctions", About::Provider, work).await;
        Ok(Response::new(pb::get_functions::Response {
            functions: functions.unwrap_or_default(),
            diagnostics,
        }))
    }

    async fn call_function(
        &self,
        request: Request<pb::call_function::Request>,
    ) -> Answer<pb::call_function::Response> {
        let request = request.into_inner();
        let name = request.name.clone();
        let work = async { (self.call(&request.name, request.arguments), Vec::new()) };
        let (result, problems) = self.run("CallFunction", About::Function(&name), work).await;
        Ok(Response::new(match result {
            Some(Ok(value)) => pb::call_function::Response {
                result: Some(written(|sink| sink.value(&value))),
                error: None,
            },
            Some(Err(error)) => pb::call_function::Response { result: None, error: Some(error) },
            None => {
                let text = problems.into_iter().next().map(|problem| problem.detail);
                let text = text.unwrap_or_default();
                let error = pb::FunctionError { text, function_argument: None };
                pb::call_function::Response { result: None, error: Some(error) }
            }
        }))
    }

    async fn stop_provider(
        &self,
        request: Request<pb::stop_provider::Request>,
    ) -> Answer<pb::stop_provider::Response> {
        tracing::debug!(tf_rpc = "StopProvider", "Stopping what is in flight");
        self.sessions.stop(connection(&request));
        Ok(Response::new(pb::stop_provider::Response { error: String::new() }))
    }

    async fn list_resource(
        &self,
        request: Request<pb::list_resource::Request>,
    ) -> Answer<Self::ListResourceStream> {
        let diagnostic = absent("List Resource", &request.into_inner().type_name);
        let event = pb::list_resource::Event { diagnostic, ..Default::default() };
        Ok(Response::new(once(event)))
    }

    async fn validate_list_resource_config(
        &self,
        request: Request<pb::validate_list_resource_config::Request>,
    ) -> Answer<pb::validate_list_resource_config::Response> {
        let diagnostics = absent("List Resource", &request.into_inner().type_name);
        Ok(Response::new(pb::validate_list_resource_config::Response { diagnostics }))
    }

    async fn validate_ephemeral_resource_config(
        &self,
        request: Request<pb::validate_ephemeral_resource_config::Request>,
    ) -> Answer<pb::validate_ephemeral_resource_config::Response> {
        let diagnostics = absent("Ephemeral Resource", &request.into_inner().type_name);
        Ok(Response::new(pb::validate_ephemeral_resource_config::Response { diagnostics }))
    }

    async fn open_ephemeral_resource(
        &self,
        request: Request<pb::open_ephemeral_resource::Request>,
    ) -> Answer<pb::open_ephemeral_resource::Response> {
        let diagnostics = absent("Ephemeral Resource", &request.into_inner().type_name);
        Ok(Response::new(pb::open_ephemeral_resource::Response {
            diagnostics,
            ..Default::default()
        }))
    }

    async fn renew_ephemeral_resource(
        &self,
        request: Request<pb::renew_ephemeral_resource::Request>,
    ) -> Answer<pb::renew_ephemeral_resource::Response> {
        let diagnostics = absent("Ephemeral Resource", &request.into_inner().type_name);
        Ok(Response::new(pb::renew_ephemeral_resource::Response {
            diagnostics,
            ..Default::default()
        }))
    }

    async fn close_ephemeral_resource(
        &self,
        request: Request<pb::close_ephemeral_resource::Request>,
    ) -> Answer<pb::close_ephemeral_resource::Response> {
        let diagnostics = absent("Ephemeral Resource", &request.into_inner().type_name);
        Ok(Response::new(pb::close_ephemeral_resource::Response { diagnostics }))
    }

    async fn validate_state_store_config(
        &self,
        request: Request<pb::validate_state_store::Request>,
    ) -> Answer<pb::validate_state_store::Response> {
        let diagnostics = absent("State Store", &request.into_inner().type_name);
        Ok(Response::new(pb::validate_state_store::Response { diagnostics }))
    }

    async fn configure_state_store(
        &self,
        request: Request<pb::configure_state_store::Request>,
    ) -> Answer<pb::configure_state_store::Response> {
        let diagnostics = absent("State Store", &request.into_inner().type_name);
        Ok(Response::new(pb::configure_state_store::Response { diagnostics, capabilities: None }))
    }

    async fn read_state_bytes(
        &self,
        request: Request<pb::read_state_bytes::Request>,
    ) -> Answer<Self::ReadStateBytesStream> {
        let diagnostics = absent("State Store", &request.into_inner().type_name);
        let event = pb::read_state_bytes::Response { diagnostics, ..Default::default() };
        Ok(Response::new(once(event)))
    }

    async fn write_state_bytes(
        &self,
        request: Request<Streaming<pb::write_state_bytes::RequestChunk>>,
    ) -> Answer<pb::write_state_bytes::Response> {
        let first = request.into_inner().message().await?.and_then(|chunk| chunk.meta);
        let diagnostics = absent("State Store", &first.unwrap_or_default().type_name);
        Ok(Response::new(pb::write_state_bytes::Response { diagnostics }))
    }

    async fn lock_state(
        &self,
        request: Request<pb::lock_state::Request>,
    ) -> Answer<pb::lock_state::Response> {
        let diagnostics = absent("State Store", &request.into_inner().type_name);
        Ok(Response::new(pb::lock_state::Response { diagnostics, ..Default::default() }))
    }

    async fn unlock_state(
        &self,
        request: Request<pb::unlock_state::Request>,
    ) -> Answer<pb::unlock_state::Response> {
        let diagnostics = absent("State Store", &request.into_inner().type_name);
        Ok(Response::new(pb::unlock_state::Response { diagnostics }))
    }

    async fn get_states(
        &self,
        request: Request<pb::get_states::Request>,
    ) -> Answer<pb::get_states::Response> {
        let diagnostics = absent("State Store", &request.into_inner().type_name);
        Ok(Response::new(pb::get_states::Response { diagnostics, ..Default::default() }))
    }

    async fn delete_state(
        &self,
        request: Request<pb::delete_state::Request>,
    ) -> Answer<pb::delete_state::Response> {
        let diagnostics = absent("State Store", &request.into_inner().type_name);
        Ok(Response::new(pb::delete_state::Response { diagnostics }))
    }

    async fn plan_action(
        &self,
        request: Request<pb::plan_action::Request>,
    ) -> Answer<pb::plan_action::Response> {
        let diagnostics = absent("Action", &request.into_inner().action_type);
        Ok(Response::new(pb::plan_action::Response { diagnostics, deferred: None }))
    }

    async fn invoke_action(
        &self,
        request: Request<pb::invoke_action::Request>,
    ) -> Answer<Self::InvokeActionStream> {
        use pb::invoke_action::event::{Completed, Type};
        let diagnostics = absent("Action", &request.into_inner().action_type);
        let event =
            pb::invoke_action::Event { r#type: Some(Type::Completed(Completed { diagnostics })) };
        Ok(Response::new(once(event)))
    }

    async fn validate_action_config(
        &self,
        request: Request<pb::validate_action_config::Request>,
    ) -> Answer<pb::validate_action_config::Response> {
        let diagnostics = absent("Action", &request.into_inner().type_name);
        Ok(Response::new(pb::validate_action_config::Response { diagnostics }))
    }
}

/// Reports values that a client before Terraform 1.11 would store.
fn refuse_write_only(
    attributes: &[crate::tfplugin::model::Attribute],
    config: &Object,
    problems: &mut Vec<Diagnostic>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.write_only) {
        if config.get(attribute.name).is_some_and(|value| !value.is_null()) {
            let detail = format!(
                "`{}` is write-only, which this Terraform does not support: it would store the \
                 value. Write-only arguments need Terraform 1.11 or later.",
                attribute.name
            );
            problems.push(
                Diagnostic::error("Write-only argument not allowed", detail)
                    .at(Path::attribute(attribute.name)),
            );
        }
    }
}
