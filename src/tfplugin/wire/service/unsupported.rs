//! The rpcs of what this provider does not have: ephemeral resources, state stores and actions. They return an error that there is no such type.

use crate::tfplugin::provider::Provider;
use crate::tfplugin::wire::offer::unknown;
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::trace::About;

use super::Service;

/// Responses that contain only the diagnostic.
macro_rules! unsupported {
    ($($answer:ident: $rpc:literal, $message:ident, $kind:ident, $name:ident;)*) => {
        impl<P: Provider> Service<P> {
            $(
                pub(super) async fn $answer(
                    &self,
                    _connection: u64,
                    request: pb::$message::Request,
                ) -> pb::$message::Response {
                    let diagnostics = self.unsupported($rpc, $kind, &request.$name).await;
                    #[allow(clippy::needless_update, reason = "some responses have more fields")]
                    pb::$message::Response { diagnostics, ..Default::default() }
                }
            )*
        }
    };
}

const EPHEMERAL: &str = "Ephemeral Resource";
const STORE: &str = "State Store";
const ACTION: &str = "Action";

unsupported! {
    no_ephemeral_config: "ValidateEphemeralResourceConfig", validate_ephemeral_resource_config, EPHEMERAL, type_name;
    no_ephemeral_open: "OpenEphemeralResource", open_ephemeral_resource, EPHEMERAL, type_name;
    no_ephemeral_renewal: "RenewEphemeralResource", renew_ephemeral_resource, EPHEMERAL, type_name;
    no_ephemeral_close: "CloseEphemeralResource", close_ephemeral_resource, EPHEMERAL, type_name;
    no_store_config: "ValidateStateStoreConfig", validate_state_store, STORE, type_name;
    no_store: "ConfigureStateStore", configure_state_store, STORE, type_name;
    no_lock: "LockState", lock_state, STORE, type_name;
    no_unlock: "UnlockState", unlock_state, STORE, type_name;
    no_states: "GetStates", get_states, STORE, type_name;
    no_deletion: "DeleteState", delete_state, STORE, type_name;
    no_action_config: "ValidateActionConfig", validate_action_config, ACTION, type_name;
    no_action_plan: "PlanAction", plan_action, ACTION, action_type;
}

impl<P: Provider> Service<P> {
    pub(super) async fn no_stored_bytes(
        &self,
        request: pb::read_state_bytes::Request,
    ) -> pb::read_state_bytes::Response {
        let diagnostics = self.unsupported("ReadStateBytes", STORE, &request.type_name).await;
        pb::read_state_bytes::Response { diagnostics, ..Default::default() }
    }

    pub(super) async fn no_writing(
        &self,
        meta: pb::RequestChunkMeta,
    ) -> pb::write_state_bytes::Response {
        let diagnostics = self.unsupported("WriteStateBytes", STORE, &meta.type_name).await;
        pb::write_state_bytes::Response { diagnostics }
    }

    pub(super) async fn no_invocation(
        &self,
        request: pb::invoke_action::Request,
    ) -> pb::invoke_action::Event {
        use pb::invoke_action::event::{Completed, Type};
        let diagnostics = self.unsupported("InvokeAction", ACTION, &request.action_type).await;
        pb::invoke_action::Event { r#type: Some(Type::Completed(Completed { diagnostics })) }
    }

    /// The diagnostics for something of a kind that this provider does not offer.
    async fn unsupported(&self, rpc: &'static str, kind: &str, name: &str) -> Vec<pb::Diagnostic> {
        let work = async { ((), vec![unknown(kind, name)]) };
        self.run(rpc, About::Provider, work).await.1
    }
}
