//! The rpcs about stored states, of this release or another.

use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path};
use crate::tfplugin::model::Attribute;
use crate::tfplugin::provider::Provider;
use crate::tfplugin::resource_driver::AnyResource;
use crate::tfplugin::timeouts;
use crate::tfplugin::value::{Object, Type, Value};
use crate::tfplugin::wire::answer::{config, dynamic, identity, written};
use crate::tfplugin::wire::json::{self, Extra};
use crate::tfplugin::wire::offer::Entry;
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::trace::About;

use super::Service;

/// The version of all identity schemas: none has changed yet.
const IDENTITY_VERSION: i64 = 0;

impl<P: Provider> Service<P> {
    pub(super) async fn upgrade_state(
        &self,
        _connection: u64,
        request: pb::upgrade_resource_state::Request,
    ) -> pb::upgrade_resource_state::Response {
        let work = || {
            let entry = self.offer().resource(&request.type_name)?;
            let text = request.raw_state.unwrap_or_default().json;
            let value = upgraded(entry, request.version, text)?;
            Ok(written(|sink| sink.value(&value)))
        };
        let about = About::Resource(&request.type_name);
        let (upgraded_state, diagnostics) = self.run_now("UpgradeResourceState", about, work).await;
        pb::upgrade_resource_state::Response { upgraded_state, diagnostics }
    }

    pub(super) async fn upgrade_identity(
        &self,
        _connection: u64,
        request: pb::upgrade_resource_identity::Request,
    ) -> pb::upgrade_resource_identity::Response {
        let work = || {
            let entry = self.offer().resource(&request.type_name)?;
            let text = request.raw_identity.unwrap_or_default().json;
            Ok(identity(identified(&entry.identity, request.version, &text)?))
        };
        let about = About::Resource(&request.type_name);
        let (upgraded, diagnostics) = self.run_now("UpgradeResourceIdentity", about, work).await;
        pb::upgrade_resource_identity::Response {
            upgraded_identity: upgraded.flatten(),
            diagnostics,
        }
    }

    pub(super) async fn generate_config(
        &self,
        _connection: u64,
        request: pb::generate_resource_config::Request,
    ) -> pb::generate_resource_config::Response {
        let work = || {
            let entry = self.offer().resource(&request.type_name)?;
            let mut state = config(request.state, &entry.ty)?;
            for attribute in &entry.schema {
                let value = state.entry(attribute.name.to_owned()).or_insert(Value::Null);
                if !is_to_be_written(attribute, value) {
                    *value = Value::Null;
                }
            }
            Ok(dynamic(Some(state)))
        };
        let about = About::Resource(&request.type_name);
        let (config, diagnostics) = self.run_now("GenerateResourceConfig", about, work).await;
        pb::generate_resource_config::Response { config, diagnostics }
    }
}

/// A stored state as a value of the present schema.
pub(super) fn upgraded<T: AnyResource<C> + ?Sized, C>(
    entry: &Entry<T>,
    written: i64,
    mut text: Vec<u8>,
) -> Result<Value, Failure> {
    let version = entry.is.version();
    refuse_newer("state", written, version)?;
    if written < version {
        let old = serde_json::from_slice(&text).map_err(|error| {
            Diagnostic::error("Unreadable state", format!("It is not JSON: {error}."))
        })?;
        text = entry.is.upgrade(written, old)?.to_string().into();
    }
    Ok(json::decode(&text, &entry.ty, Extra::Drop).map_err(Diagnostic::from)?)
}

/// A stored identity as an object of the present schema, if there is one.
pub(super) fn identified(ty: &Type, written: i64, text: &[u8]) -> Result<Option<Object>, Failure> {
    refuse_newer("identity", written, IDENTITY_VERSION)?;
    match json::decode(text, ty, Extra::Drop).map_err(Diagnostic::from)? {
        Value::Map(object) => Ok(Some(object)),
        _ => Ok(None),
    }
}

/// Whether a configuration that Terraform generates is to have the value of an argument. Not what
/// only the provider sets, what belongs to a run rather than to the object, secrets, and what the
/// argument itself would refuse.
fn is_to_be_written(attribute: &Attribute, value: &Value) -> bool {
    let mut problems = Vec::new();
    (attribute.check)(value, &Path::attribute(attribute.name), &mut problems);
    let is_refused = !attribute.required && problems.iter().any(Diagnostic::is_error);
    attribute.is_input() && attribute.name != timeouts::NAME && !attribute.sensitive && !is_refused
}

fn refuse_newer(what: &str, written: i64, known: i64) -> Result<(), Failure> {
    if written <= known {
        return Ok(());
    }
    let detail = format!(
        "The {what} has schema version {written}, this release knows versions up to {known}. Use \
         the release that wrote it, or a later one."
    );
    Err(Diagnostic::error(format!("The {what} was written by a newer provider"), detail).into())
}
