//! What go-plugin expects of every plugin besides the provider's own service: health, the end of
//! the process, and two streams that are opened at once and never used.

use super::proto::health::health_check_response::ServingStatus;
use super::proto::health::health_server::{Health, HealthServer};
use super::proto::health::{
    HealthCheckRequest, HealthCheckResponse, HealthListRequest, HealthListResponse,
};
use super::proto::plugin::grpc_broker_server::{GrpcBroker, GrpcBrokerServer};
use super::proto::plugin::grpc_controller_server::{GrpcController, GrpcControllerServer};
use super::proto::plugin::grpc_stdio_server::{GrpcStdio, GrpcStdioServer};
use super::proto::plugin::{ConnInfo, Empty, StdioData};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::Notify;
use tokio_stream::{self as stream, Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming, async_trait};
use tracing::trace;

/// Adds go-plugin's services. `shutdown` is notified when the client asks the process to end.
/// Streams that would stay open end when `closing` is cancelled.
pub(super) fn add_to(routes: Routes, shutdown: Arc<Notify>, closing: &CancellationToken) -> Routes {
    let silent = Silent { closing: closing.clone() };
    routes
        .add_service(HealthServer::new(Healthy { closing: closing.clone() }))
        .add_service(GrpcStdioServer::new(silent.clone()))
        .add_service(GrpcBrokerServer::new(silent))
        .add_service(GrpcControllerServer::new(Controller { shutdown }))
}

/// A stream of responses.
type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A stream without messages, open until its future is ready.
struct Silence<T> {
    end: Pin<Box<dyn Future<Output = ()> + Send>>,
    answers: PhantomData<fn() -> T>,
}

impl<T> Silence<T> {
    fn until(end: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { end: Box::pin(end), answers: PhantomData }
    }
}

impl<T> Stream for Silence<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.end.as_mut().poll(context).map(|()| None)
    }
}

/// Serving, from the first moment to the last.
struct Healthy {
    closing: CancellationToken,
}

/// The whole process, and the name that go-plugin's ping uses.
const HEALTHY: [&str; 2] = ["", "plugin"];

fn serving() -> HealthCheckResponse {
    HealthCheckResponse { status: ServingStatus::Serving.into() }
}

#[async_trait]
impl Health for Healthy {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let service = request.into_inner().service;
        trace!(service, "grpc.health.v1.Health/Check");
        if HEALTHY.contains(&service.as_str()) {
            Ok(Response::new(serving()))
        } else {
            Err(Status::not_found(format!("there is no service {service:?}")))
        }
    }

    async fn list(
        &self,
        _: Request<HealthListRequest>,
    ) -> Result<Response<HealthListResponse>, Status> {
        trace!("grpc.health.v1.Health/List");
        let statuses = HEALTHY.map(|service| (service.to_owned(), serving())).into();
        Ok(Response::new(HealthListResponse { statuses }))
    }

    type WatchStream = Answers<HealthCheckResponse>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let service = request.into_inner().service;
        trace!(service, "grpc.health.v1.Health/Watch");
        let status = if HEALTHY.contains(&service.as_str()) {
            serving()
        } else {
            HealthCheckResponse { status: ServingStatus::ServiceUnknown.into() }
        };
        // There is no further change to report.
        let rest = Silence::until(self.closing.clone().cancelled_owned());
        Ok(Response::new(Box::pin(stream::once(Ok(status)).chain(rest))))
    }
}

/// Streams that go-plugin's client opens when it connects. Kept open, they need no messages; the
/// real stderr carries the logs.
#[derive(Clone)]
struct Silent {
    closing: CancellationToken,
}

#[async_trait]
impl GrpcStdio for Silent {
    type StreamStdioStream = Answers<StdioData>;

    async fn stream_stdio(
        &self,
        _: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        trace!("plugin.GRPCStdio/StreamStdio");
        Ok(Response::new(Box::pin(Silence::until(self.closing.clone().cancelled_owned()))))
    }
}

#[async_trait]
impl GrpcBroker for Silent {
    type StartStreamStream = Answers<ConnInfo>;

    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        trace!("plugin.GRPCBroker/StartStream");
        let (mut asked, closing) = (request.into_inner(), self.closing.clone());
        // Reads on, so that the stream ends when the client ends it.
        let end = async move { while let Ok(Some(_)) = asked.message().await {} };
        Ok(Response::new(Box::pin(Silence::until(async move {
            closing.run_until_cancelled(end).await;
        }))))
    }
}

/// Ends the process when the client asks for it.
struct Controller {
    shutdown: Arc<Notify>,
}

#[async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        trace!("plugin.GRPCController/Shutdown");
        self.shutdown.notify_one();
        Ok(Response::new(Empty {}))
    }
}
