//! The provider's service: what every rpc needs. The rpcs themselves are in the modules below.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::provider::Provider;

use super::answer::diagnostics;
use super::connections::{Connection, Connections};
use super::offer::Offer;
use super::proto::tfplugin6 as pb;
use super::trace::{About, traced};

mod data_source;
mod function;
mod list;
mod moving;
mod offered;
mod provider;
mod resource;
mod rpcs;
mod stored;
#[cfg(test)]
mod tests;
mod unsupported;

type Answer<T> = Result<Response<T>, Status>;
type Events<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// The routes of a provider's rpcs. Once `stop` is cancelled, every call proceeds as after
/// StopProvider, including later ones.
#[must_use]
pub fn routes<P: Provider>(provider: P, stop: CancellationToken) -> tonic::service::Routes {
    let server = pb::provider_server::ProviderServer::new(Service::new(provider, stop))
        .max_decoding_message_size(super::MESSAGE_LIMIT)
        .max_encoding_message_size(super::MESSAGE_LIMIT);
    tonic::service::Routes::new(server)
}

/// Serves a provider.
pub struct Service<P: Provider> {
    provider: P,
    offer: OnceLock<Offer<P>>,
    connections: Connections<P::Clients>,
}

impl<P: Provider> std::fmt::Debug for Service<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("provider", &P::NAME).finish_non_exhaustive()
    }
}

impl<P: Provider> Service<P> {
    /// Serves `provider` until `stop` is cancelled, which cancels the waits of all calls.
    pub fn new(provider: P, stop: CancellationToken) -> Self {
        Self { provider, offer: OnceLock::new(), connections: Connections::new(stop) }
    }

    fn offer(&self) -> &Offer<P> {
        self.offer.get_or_init(|| Offer::new(&self.provider))
    }

    fn clients(&self, connection: u64) -> Result<Arc<P::Clients>, Failure> {
        self.connections.clients(connection).ok_or_else(|| {
            Diagnostic::error(
                "Provider not configured",
                "The provider was asked to work before it was given its configuration.",
            )
            .into()
        })
    }

    /// Does the work of an rpc. If it panics, only a diagnostic is returned.
    async fn run<T>(
        &self,
        rpc: &'static str,
        about: About<'_>,
        work: impl Future<Output = (T, Vec<Diagnostic>)>,
    ) -> (Option<T>, Vec<pb::Diagnostic>) {
        let (value, mut found) = traced(P::ADDRESS, rpc, about, work).await;
        for diagnostic in found.iter_mut().filter(|found| !found.path.0.is_empty()) {
            diagnostic.path = diagnostic.path.outside_secrets(self.offer().attributes(about));
        }
        (value, diagnostics(found))
    }

    /// The same for synchronous work that has no value when it fails.
    async fn run_now<T>(
        &self,
        rpc: &'static str,
        about: About<'_>,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> (Option<T>, Vec<pb::Diagnostic>) {
        let work = async {
            match work() {
                Ok(value) => (Some(value), Vec::new()),
                Err(Failure(problems)) => (None, problems),
            }
        };
        let (value, diagnostics) = self.run(rpc, about, work).await;
        (value.flatten(), diagnostics)
    }
}

/// The connection that a request came through.
fn connection<T>(request: &Request<T>) -> u64 {
    request.extensions().get::<Connection>().map_or(0, |connection| connection.0)
}
