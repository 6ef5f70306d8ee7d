//! The rpc behind `moved` blocks: a state that another type or another provider has written.
//!
//! Terraform calls it before the provider has a configuration. It also calls it where only the
//! address of the provider has changed: a mirror, a fork, another registry.

use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::moved::{Address, Moved};
use crate::tfplugin::provider::Provider;
use crate::tfplugin::resource_driver::Record;
use crate::tfplugin::value::Value;
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::trace::About;

use super::Service;
use super::resource::Resulting;
use super::stored::{identified, upgraded};

impl<P: Provider> Service<P> {
    pub(super) async fn move_state(
        &self,
        _connection: u64,
        request: pb::move_resource_state::Request,
    ) -> pb::move_resource_state::Response {
        let target = request.target_type_name.clone();
        let about = About::Resource(&target);
        let (moved, diagnostics) =
            self.run_now("MoveResourceState", about, || self.moved(request)).await;
        let Some(record) = moved else {
            return pb::move_resource_state::Response { diagnostics, ..Default::default() };
        };
        let Resulting { state, private, identity } = Some(record).into();
        pb::move_resource_state::Response {
            target_state: Some(state),
            target_private: private,
            target_identity: identity,
            diagnostics,
        }
    }

    fn moved(&self, request: pb::move_resource_state::Request) -> Result<Record, Failure> {
        let entry = self.offer().resource(&request.target_type_name)?;
        let provider = Address::parse(&request.source_provider_address);
        let text = request.source_state.unwrap_or_default().json;
        if request.source_type_name == request.target_type_name && provider.is_named(P::NAME) {
            let Value::Map(object) = upgraded(entry, request.source_schema_version, text)? else {
                return Err(
                    Diagnostic::error("Unable to move resource state", "It is null.").into()
                );
            };
            let identity = request.source_identity.map_or(Ok(None), |identity| {
                let version = request.source_identity_schema_version;
                identified(&entry.identity, version, &identity.json)
            })?;
            // A client that knows of identities may move a state from before there were any.
            let identity = identity.or_else(|| entry.is.identified(&object));
            return Ok(Record { object, private: request.source_private, identity });
        }
        let state = serde_json::from_slice(&text).unwrap_or_default();
        let source = Moved { provider, type_name: request.source_type_name, state };
        entry.is.take_over(&source)?.ok_or_else(|| {
            let shown = |text: &str| text.chars().take(100).collect::<String>();
            let detail = format!(
                "{} cannot take over the state of {} of the provider {:?}. Import the object \
                 instead, and remove the `moved` block.",
                request.target_type_name,
                shown(&source.type_name),
                shown(&request.source_provider_address),
            );
            Diagnostic::error("Unable to move resource state", detail).into()
        })
    }
}
