//! The table of all rpcs, and where each is implemented.

use tonic::{Request, Response, Streaming};

use crate::tfplugin::provider::Provider;
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::proto::tfplugin6::provider_server::Provider as Rpcs;

use super::{Answer, Events, Service, connection};

/// Implements the generated trait. Each response is made from the connection and the message;
/// none of them is a transport error.
macro_rules! rpcs {
    (
        unary { $($rpc:ident($request:ident) => $answer:ident;)* }
        $($rest:tt)*
    ) => {
        #[tonic::async_trait]
        impl<P: Provider> Rpcs for Service<P> {
            $(
                async fn $rpc(
                    &self,
                    request: Request<pb::$request::Request>,
                ) -> Answer<pb::$request::Response> {
                    let connection = connection(&request);
                    Ok(Response::new(self.$answer(connection, request.into_inner()).await))
                }
            )*

            $($rest)*
        }
    };
}

rpcs! {
    unary {
        get_metadata(get_metadata) => metadata;
        get_provider_schema(get_provider_schema) => schemas;
        get_resource_identity_schemas(get_resource_identity_schemas) => identity_schemas;
        get_functions(get_functions) => function_signatures;

        validate_provider_config(validate_provider_config) => validate_provider;
        configure_provider(configure_provider) => configure;
        stop_provider(stop_provider) => stop;

        validate_resource_config(validate_resource_config) => validate_resource;
        plan_resource_change(plan_resource_change) => plan_resource;
        apply_resource_change(apply_resource_change) => apply_resource;
        read_resource(read_resource) => refresh_resource;
        import_resource_state(import_resource_state) => import_resource;

        upgrade_resource_state(upgrade_resource_state) => upgrade_state;
        upgrade_resource_identity(upgrade_resource_identity) => upgrade_identity;
        move_resource_state(move_resource_state) => move_state;
        generate_resource_config(generate_resource_config) => generate_config;

        validate_data_resource_config(validate_data_resource_config) => validate_data_source;
        read_data_source(read_data_source) => look_up;

        call_function(call_function) => call;

        validate_list_resource_config(validate_list_resource_config) => validate_list;
        validate_ephemeral_resource_config(validate_ephemeral_resource_config) => no_ephemeral_config;
        open_ephemeral_resource(open_ephemeral_resource) => no_ephemeral_open;
        renew_ephemeral_resource(renew_ephemeral_resource) => no_ephemeral_renewal;
        close_ephemeral_resource(close_ephemeral_resource) => no_ephemeral_close;
        validate_state_store_config(validate_state_store) => no_store_config;
        configure_state_store(configure_state_store) => no_store;
        lock_state(lock_state) => no_lock;
        unlock_state(unlock_state) => no_unlock;
        get_states(get_states) => no_states;
        delete_state(delete_state) => no_deletion;
        validate_action_config(validate_action_config) => no_action_config;
        plan_action(plan_action) => no_action_plan;
    }

    type ListResourceStream = Events<pb::list_resource::Event>;
    type ReadStateBytesStream = Events<pb::read_state_bytes::Response>;
    type InvokeActionStream = Events<pb::invoke_action::Event>;

    async fn list_resource(
        &self,
        request: Request<pb::list_resource::Request>,
    ) -> Answer<Self::ListResourceStream> {
        let connection = connection(&request);
        Ok(Response::new(self.list(connection, request.into_inner())))
    }

    async fn read_state_bytes(
        &self,
        request: Request<pb::read_state_bytes::Request>,
    ) -> Answer<Self::ReadStateBytesStream> {
        Ok(Response::new(once(self.no_stored_bytes(request.into_inner()).await)))
    }

    async fn write_state_bytes(
        &self,
        request: Request<Streaming<pb::write_state_bytes::RequestChunk>>,
    ) -> Answer<pb::write_state_bytes::Response> {
        let first = request.into_inner().message().await?.and_then(|chunk| chunk.meta);
        Ok(Response::new(self.no_writing(first.unwrap_or_default()).await))
    }

    async fn invoke_action(
        &self,
        request: Request<pb::invoke_action::Request>,
    ) -> Answer<Self::InvokeActionStream> {
        Ok(Response::new(once(self.no_invocation(request.into_inner()).await)))
    }
}

/// A stream of one event.
fn once<T: Send + 'static>(event: T) -> Events<T> {
    Box::pin(tokio_stream::once(Ok(event)))
}
