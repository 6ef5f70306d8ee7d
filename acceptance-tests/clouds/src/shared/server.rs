//! A loopback HTTP server on a thread of its own, so that plain (not async) tests can use it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio_rustls::rustls::ServerConfig;

use super::journal::lock;
use super::tls::{Authority, SecureListener};

/// A running service. Dropping it stops the server and frees the port.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    router: axum::Router,
    tls: Option<Arc<ServerConfig>>,
    /// Nothing while connections are refused.
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `router` on a free port of 127.0.0.1.
    ///
    /// # Panics
    /// When no port can be bound: nothing can be tested then.
    #[must_use]
    pub fn start(router: axum::Router) -> Self {
        Self::start_with(router, None)
    }

    /// The same over TLS, with a certificate of `authority`.
    pub(crate) fn start_secure(router: axum::Router, authority: &Authority) -> Self {
        Self::start_with(router, Some(authority.server_config()))
    }

    fn start_with(router: axum::Router, tls: Option<Arc<ServerConfig>>) -> Self {
        let any_port = ([127, 0, 0, 1], 0).into();
        let (address, running) = Running::start(any_port, router.clone(), tls.clone());
        Self { address, router, tls, running: Mutex::new(Some(running)) }
    }

    /// Closes all connections and refuses new ones until [`Server::open`].
    pub(crate) fn close(&self) {
        drop(lock(&self.running).take());
    }

    /// Takes connections again, on the same port.
    pub(crate) fn open(&self) {
        let mut running = lock(&self.running);
        if running.is_none() {
            let started = Running::start(self.address, self.router.clone(), self.tls.clone());
            *running = Some(started.1);
        }
    }

    /// `http://127.0.0.1:<port>` (or `https`), without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The bound address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Running {
    #[allow(clippy::expect_used, reason = "a test service without a port is of no use")]
    fn start(
        address: SocketAddr,
        router: axum::Router,
        tls: Option<Arc<ServerConfig>>,
    ) -> (SocketAddr, Self) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime for the simulated service");
        let listener =
            runtime.block_on(TcpListener::bind(address)).expect("a free port on 127.0.0.1");
        let address = listener.local_addr().expect("the bound address");
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    // The error of a server that is about to be dropped has no reader.
                    _ = serve(listener, router, tls) => {}
                    _ = stopped => {}
                }
            });
            // Connections that hang on purpose must not keep the test from ending.
            runtime.shutdown_background();
        });
        (address, Self { stop: Some(stop), thread: Some(thread) })
    }
}

async fn serve(
    listener: TcpListener,
    router: axum::Router,
    tls: Option<Arc<ServerConfig>>,
) -> std::io::Result<()> {
    match tls {
        None => axum::serve(listener, router).await,
        Some(config) => axum::serve(SecureListener::start(listener, config)?, router).await,
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
