//! The rpcs of managed resources.

use crate::tfplugin::config::refuse_write_only;
use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::provider::Provider;
use crate::tfplugin::resource::Import;
use crate::tfplugin::resource_driver::{Outcome, Planned, Record};
use crate::tfplugin::value::{Object, Refinement, Type, Value};
use crate::tfplugin::wire::answer::{config, dynamic, identity, object, path, written};
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::trace::About;

use super::Service;

/// The responses of the rpcs: the object as messages.
pub(super) struct Resulting {
    pub(super) state: pb::DynamicValue,
    pub(super) private: Vec<u8>,
    pub(super) identity: Option<pb::ResourceIdentityData>,
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

/// An outcome as messages; none where the request itself was at fault.
fn resulting(outcome: Result<Outcome, Failure>) -> (Option<Resulting>, Vec<Diagnostic>) {
    match outcome {
        Ok((record, problems)) => (Some(record.into()), problems),
        Err(Failure(problems)) => (None, problems),
    }
}

/// Why an object is put off: a part of the provider's configuration is not known yet.
pub(super) const AWAITS_CONFIGURATION: pb::Deferred =
    pb::Deferred { reason: pb::deferred::Reason::ProviderConfigUnknown as i32 };

/// Whether the client can put off an object until the next run.
pub(super) fn may_defer(capabilities: Option<&pb::ClientCapabilities>) -> bool {
    capabilities.is_some_and(|capabilities| capabilities.deferral_allowed)
}

/// An identity that cannot be read, or is not known, is set when the object is read.
fn known_identity(message: Option<pb::ResourceIdentityData>, ty: &Type) -> Option<Object> {
    let identity = object(message?.identity_data, ty).ok().flatten()?;
    let useful = identity.values().all(Value::is_wholly_known)
        && identity.values().any(|value| !value.is_null());
    useful.then_some(identity)
}

impl<P: Provider> Service<P> {
    pub(super) async fn validate_resource(
        &self,
        _connection: u64,
        request: pb::validate_resource_config::Request,
    ) -> pb::validate_resource_config::Response {
        let allowed = request.client_capabilities.unwrap_or_default().write_only_attributes_allowed;
        let work = async {
            let checked = || -> Result<Vec<Diagnostic>, Failure> {
                let entry = self.offer().resource(&request.type_name)?;
                let config = config(request.config, &entry.ty)?;
                let mut problems = Vec::new();
                if !allowed {
                    refuse_write_only(&entry.schema, &config, &mut problems);
                }
                problems.extend(entry.is.validate(config));
                Ok(problems)
            };
            ((), checked().unwrap_or_else(|Failure(problems)| problems))
        };
        let about = About::Resource(&request.type_name);
        let (_, diagnostics) = self.run("ValidateResourceConfig", about, work).await;
        pb::validate_resource_config::Response { diagnostics }
    }

    pub(super) async fn plan_resource(
        &self,
        connection: u64,
        request: pb::plan_resource_change::Request,
    ) -> pb::plan_resource_change::Response {
        let type_name = request.type_name.clone();
        let planned_private = request.prior_private.clone();
        // An identity does not change during the life of an object. A new object has none yet.
        let planned_identity = request.prior_identity.clone();
        let allowed = may_defer(request.client_capabilities.as_ref());
        let work = async {
            match self.planned(connection, request) {
                Ok((Some(Planned { object, replace, diagnostics }), awaits)) => {
                    let replace: Vec<_> = replace.iter().map(path).collect();
                    (Some((dynamic(Some(object)), replace, awaits)), diagnostics)
                }
                Ok((None, awaits)) => (Some((dynamic(None), Vec::new(), awaits)), Vec::new()),
                Err(Failure(problems)) => (None, problems),
            }
        };
        let about = About::Resource(&type_name);
        let (planned, diagnostics) = self.run("PlanResourceChange", about, work).await;
        let mut response = pb::plan_resource_change::Response {
            planned_private,
            planned_identity,
            diagnostics,
            ..Default::default()
        };
        if let Some((planned_state, requires_replace, awaits)) = planned.flatten() {
            response.planned_state = Some(planned_state);
            response.requires_replace = requires_replace;
            response.deferred = (awaits && allowed).then_some(AWAITS_CONFIGURATION);
        }
        response
    }

    /// None where the object is to be destroyed, and whether the provider's configuration is not known
    /// yet.
    fn planned(
        &self,
        connection: u64,
        request: pb::plan_resource_change::Request,
    ) -> Result<(Option<Planned>, bool), Failure> {
        let entry = self.offer().resource(&request.type_name)?;
        let prior = object(request.prior_state, &entry.ty)?;
        // The proposed state adds nothing to the configuration and the prior state, except whether
        // there will be an object at all.
        if object(request.proposed_new_state, &entry.ty)?.is_none() {
            return Ok((None, false));
        }
        let config = config(request.config, &entry.ty)?;
        // A plan needs nothing of the configuration, as long as it may turn out to be complete.
        let awaits = match entry.is.ready(&*self.clients(connection)?) {
            Err(failure) if !failure.is_deferrable() => return Err(failure),
            checked => checked.is_err(),
        };
        Ok((Some(entry.is.plan(prior.as_ref(), &request.prior_private, &config)), awaits))
    }

    pub(super) async fn apply_resource(
        &self,
        connection: u64,
        request: pb::apply_resource_change::Request,
    ) -> pb::apply_resource_change::Response {
        let type_name = request.type_name.clone();
        // Whatever fails, Terraform has to keep the object.
        let kept = (
            request.prior_state.clone(),
            request.planned_private.clone(),
            request.planned_identity.clone(),
        );
        let work = async { resulting(self.applied(connection, request).await) };
        let about = About::Resource(&type_name);
        let (applied, diagnostics) = self.run("ApplyResourceChange", about, work).await;
        let (new_state, private, new_identity) = match applied.flatten() {
            Some(applied) => (Some(applied.state), applied.private, applied.identity),
            None => kept,
        };
        pb::apply_resource_change::Response {
            new_state,
            private,
            new_identity,
            diagnostics,
            ..Default::default()
        }
    }

    async fn applied(
        &self,
        connection: u64,
        request: pb::apply_resource_change::Request,
    ) -> Result<Outcome, Failure> {
        let entry = self.offer().resource(&request.type_name)?;
        let prior = object(request.prior_state, &entry.ty)?;
        let planned = object(request.planned_state, &entry.ty)?;
        let config = config(request.config, &entry.ty)?;
        let clients = self.clients(connection)?;
        entry.is.ready(&clients)?;
        let stop = self.connections.stop_token(connection);
        let identity = known_identity(request.planned_identity, &entry.identity);
        let record = |object| Record { object, private: request.planned_private, identity };
        Ok(match (prior.map(record), planned) {
            (None, None) => (None, Vec::new()),
            (None, Some(planned)) => entry.is.create(&clients, planned, config, &stop).await,
            (Some(prior), Some(planned)) => {
                entry.is.update(&clients, prior, planned, config, &stop).await
            }
            (Some(prior), None) => entry.is.delete(&clients, prior, &stop).await,
        })
    }

    pub(super) async fn refresh_resource(
        &self,
        connection: u64,
        request: pb::read_resource::Request,
    ) -> pb::read_resource::Response {
        let type_name = request.type_name.clone();
        let kept = (
            request.current_state.clone(),
            request.private.clone(),
            request.current_identity.clone(),
        );
        let allowed = may_defer(request.client_capabilities.as_ref());
        let mut deferred = None;
        let work = async {
            match self.refreshed(connection, request).await {
                Err(failure) if allowed && failure.is_deferrable() => {
                    deferred = Some(AWAITS_CONFIGURATION);
                    (None, Vec::new())
                }
                read => resulting(read),
            }
        };
        let about = About::Resource(&type_name);
        let (read, diagnostics) = self.run("ReadResource", about, work).await;
        let (new_state, private, new_identity) = match read.flatten() {
            Some(read) => (Some(read.state), read.private, read.identity),
            None => kept,
        };
        pb::read_resource::Response { new_state, private, new_identity, diagnostics, deferred }
    }

    async fn refreshed(
        &self,
        connection: u64,
        request: pb::read_resource::Request,
    ) -> Result<Outcome, Failure> {
        let entry = self.offer().resource(&request.type_name)?;
        let Some(current) = object(request.current_state, &entry.ty)? else {
            return Ok((None, Vec::new()));
        };
        let clients = self.clients(connection)?;
        entry.is.ready(&clients)?;
        let identity = known_identity(request.current_identity, &entry.identity);
        let record = Record { object: current, private: request.private, identity };
        let stop = self.connections.stop_token(connection);
        Ok(entry.is.read(&clients, record, &stop).await)
    }

    pub(super) async fn import_resource(
        &self,
        connection: u64,
        request: pb::import_resource_state::Request,
    ) -> pb::import_resource_state::Response {
        let type_name = request.type_name.clone();
        let allowed = may_defer(request.client_capabilities.as_ref());
        let mut deferred = None;
        let work = async {
            match self.imported(connection, request).await {
                Err(failure) if allowed && failure.is_deferrable() => {
                    deferred = Some(AWAITS_CONFIGURATION);
                    (None, Vec::new())
                }
                found => found.unwrap_or_else(|Failure(problems)| (None, problems)),
            }
        };
        let about = About::Resource(&type_name);
        let (found, diagnostics) = self.run("ImportResourceState", about, work).await;
        if deferred.is_some() {
            let state = Some(written(|sink| sink.unknown(&Refinement::default())));
            let private = Vec::new();
            let unknown = pb::import_resource_state::ImportedResource {
                type_name,
                state,
                private,
                identity: None,
            };
            return pb::import_resource_state::Response {
                imported_resources: vec![unknown],
                diagnostics,
                deferred,
            };
        }
        let imported = found.flatten().map(|record| {
            let Resulting { state, private, identity } = Some(record).into();
            let state = Some(state);
            pb::import_resource_state::ImportedResource { type_name, state, private, identity }
        });
        pb::import_resource_state::Response {
            imported_resources: imported.into_iter().collect(),
            diagnostics,
            deferred: None,
        }
    }

    async fn imported(
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
        entry.is.ready(&clients)?;
        let stop = self.connections.stop_token(connection);
        Ok(entry.is.import(&clients, target, &stop).await)
    }
}
