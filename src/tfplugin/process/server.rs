//! Serving gRPC from the first connection to the end of the process.

use super::connection::{Accepted, Open, Transport};
use super::listener::{Bound, Stream};
use super::services;
use crate::tfplugin::panics;
use crate::tfplugin::wire::Connection;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tonic::service::Routes;
use tonic::transport::Server;
use tracing::{debug, warn};

/// How long a caller may take over its TLS handshake: far more than any needs, so that callers
/// who say nothing do not pile up in a process that runs for hours.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);

/// How long a client may take to hang up after the answer to its Shutdown. Go's does so at once,
/// which ends the process; the limit is for those that stay, and for the answer to get through.
const FAREWELL_LIMIT: Duration = Duration::from_millis(50);

/// How long to wait when no caller can be accepted, which means that there are no file
/// descriptors left: trying again at once would only burn time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why serving ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The client or a signal asked for it.
    Asked,
    /// A panic outside of any call, already reported.
    Panicked,
}

/// Serves until the client calls Shutdown, `stop` is ready or a task panics, whatever calls and
/// streams are open then. The listener's file is gone afterwards.
pub(super) async fn serve(
    listener: Bound,
    tls: Option<TlsAcceptor>,
    routes: Routes,
    stop: impl Future<Output = ()>,
) -> Ending {
    let shutdown = Arc::new(Notify::new());
    let open = Arc::new(Open::default());
    let (ready, incoming) = mpsc::channel(1);
    let routes = services::add_to(routes, Arc::clone(&shutdown)).prepare();
    let mut accepting = pin!(accept(&listener, tls, &open, ready));
    let mut serving = pin!(
        Server::builder().add_routes(routes).serve_with_incoming(ReceiverStream::new(incoming))
    );
    let ending = tokio::select! {
        () = shutdown.notified() => {
            debug!("Shutting down on the client's request");
            listener.remove();
            // What has been asked is done; nothing else is worth waiting for.
            let _ = timeout(FAREWELL_LIMIT, open.none()).await;
            Ending::Asked
        }
        () = stop => {
            debug!("Shutting down on a signal");
            Ending::Asked
        }
        () = panics::outside_of_calls() => Ending::Panicked,
        // Ends only with `accepting`, which does not: if it ever does, it is our mistake.
        _ = &mut serving => Ending::Panicked,
        never = &mut accepting => match never {},
    };
    listener.remove();
    ending
}

/// Passes on each caller once it is ready, without letting one hold up the next.
async fn accept(
    listener: &Bound,
    tls: Option<TlsAcceptor>,
    open: &Arc<Open>,
    ready: mpsc::Sender<Result<Accepted, Infallible>>,
) -> Infallible {
    for id in 1.. {
        let stream = next_caller(listener).await;
        let (tls, open, ready) = (tls.clone(), Arc::clone(open), ready.clone());
        tokio::spawn(async move {
            if let Some(transport) = welcome(stream, tls).await {
                // Fails only when nobody serves any more.
                let _ = ready.send(Ok(Accepted::new(transport, Connection(id), &open))).await;
            }
        });
    }
    unreachable!("connections are counted with 64 bits")
}

async fn next_caller(listener: &Bound) -> Stream {
    loop {
        match listener.accept().await {
            Ok(stream) => return stream,
            Err(error) => {
                warn!(error = %error, "Cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// The caller's connection after its TLS handshake. `None` if the caller is not the one client
/// we know.
async fn welcome(stream: Stream, tls: Option<TlsAcceptor>) -> Option<Transport> {
    let Some(tls) = tls else { return Some(Transport::Plain(stream)) };
    match timeout(HANDSHAKE_LIMIT, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(Transport::Tls(Box::new(stream))),
        Ok(Err(error)) => {
            warn!(error = %error, "Refused a connection: TLS handshake failed");
            None
        }
        Err(_) => {
            warn!("Closed a connection: no TLS handshake within the limit");
            None
        }
    }
}
