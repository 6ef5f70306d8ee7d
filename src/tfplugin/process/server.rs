//! Serving gRPC from the first connection to the end of the process.
//!
//! Besides a panic there are three ways to end. The client calls Shutdown: the process responds,
//! and waits for nothing else. A signal asks for it: the waits of calls are cancelled, as on
//! StopProvider but for all connections, and the process ends once the open calls have returned;
//! Terraform may have got the same signal, and what is not returned is missing from its state. The
//! parent has gone and no connection is open: nobody can call Shutdown any more.

use super::calls::Calls;
use super::connection::{Accepted, Transport};
use super::listener::{Bound, Stream};
use super::open::Open;
use super::parent::{Parent, orphaned};
use super::services;
use super::signals::Signals;
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
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;
use tracing::{debug, warn};

/// The time limit of a TLS handshake: far more than any needs, so that silent connections do not
/// accumulate in a process that runs for hours.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(30);

/// How long a client may take to disconnect after the response to its Shutdown. Go's does so at
/// once, which ends the process; the limit is for those that stay, and for the response to arrive.
const FAREWELL_LIMIT: Duration = Duration::from_millis(50);

/// How long open calls may take to return after a signal. They only wait for the response to a
/// request in flight then: the outcome of a change has to be known, which may take this long with
/// a slow service. A second signal ends the process at once.
const ANSWERS_LIMIT: Duration = Duration::from_secs(120);

/// How long the last responses may take to the client. It only has to read them.
const DELIVERY_LIMIT: Duration = Duration::from_secs(2);

/// The pause when no connection can be accepted, which means that there are no file descriptors
/// left: retrying at once would only use CPU time.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why serving ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The client or a signal asked for it.
    Asked,
    /// The parent has gone without asking for it.
    Orphaned,
    /// A panic outside of any call, already reported.
    Panicked,
}

/// What ends the process when its client does not.
#[derive(Debug)]
pub(super) struct Outside {
    /// The signals.
    pub(super) signals: Signals,
    /// Cancels the waits of calls, also of later ones. Cancelled by the first signal.
    pub(super) stop: CancellationToken,
    /// The only process to serve, if there is one.
    pub(super) parent: Option<Parent>,
}

/// Serves until the client calls Shutdown, something else ends the process or a task panics. The
/// listener's file is gone afterwards.
pub(super) async fn serve(
    listener: Bound,
    tls: Option<TlsAcceptor>,
    routes: Routes,
    outside: Outside,
) -> Ending {
    let Outside { signals, stop, parent } = outside;
    let shutdown = Arc::new(Notify::new());
    let (connections, calls) = (Arc::<Open>::default(), Arc::<Open>::default());
    let (ready, incoming) = mpsc::channel(1);
    let closing = CancellationToken::new();
    let routes = services::add_to(routes, Arc::clone(&shutdown), &closing).prepare();
    let mut accepting = pin!(accept(&listener, tls, &connections, ready));
    let mut serving = pin!(Server::builder().serve_with_incoming_shutdown(
        Calls::to(routes, &calls),
        ReceiverStream::new(incoming),
        closing.cancelled(),
    ));
    let ending = tokio::select! {
        () = shutdown.notified() => {
            debug!("Shutting down on the client's request");
            listener.remove();
            // Everything requested is done; there is nothing else to wait for.
            let _ = timeout(FAREWELL_LIMIT, connections.none()).await;
            Ending::Asked
        }
        answered = asked_to_end(signals, &stop, &calls) => {
            if answered {
                // Responses may still be on their way to the client.
                closing.cancel();
                let _ = timeout(DELIVERY_LIMIT, &mut serving).await;
            }
            Ending::Asked
        }
        () = orphaned(parent.as_ref(), &connections) => {
            debug!("Shutting down: the parent process has gone, and no connection is open");
            Ending::Orphaned
        }
        () = panics::outside_of_calls() => Ending::Panicked,
        // Ends only with `accepting`, which does not: if it ever does, that is a bug.
        _ = &mut serving => Ending::Panicked,
        never = &mut accepting => match never {},
    };
    listener.remove();
    ending
}

/// Waits for a signal, then cancels the waits of calls and lets them return. Tells whether all did.
async fn asked_to_end(mut signals: Signals, stop: &CancellationToken, calls: &Open) -> bool {
    signals.next().await;
    debug!(calls = calls.count(), "Shutting down on a signal, once the open calls have answered");
    stop.cancel();
    tokio::select! {
        () = calls.none() => true,
        () = signals.next() => {
            warn!(calls = calls.count(), "Shutting down on a second signal without the open calls");
            false
        }
        () = sleep(ANSWERS_LIMIT) => {
            warn!(calls = calls.count(), "Shutting down without the open calls: no answer in time");
            false
        }
    }
}

/// Passes on each connection once it is ready, without letting one delay the next.
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
                // Fails only when the server has ended.
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

/// The connection after its TLS handshake. `None` if the caller is not the one client that is
/// accepted.
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
