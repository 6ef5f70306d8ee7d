//! A provider that the test itself serves, so that a test can look into it while Terraform uses
//! it: Terraform attaches to it as to one in a debugger.

use std::net::{Ipv4Addr, SocketAddr};

use serde_json::json;
use terraform_provider_cloudimages::tfplugin::provider::Provider;
use terraform_provider_cloudimages::tfplugin::wire::routes;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// A provider that is being served. Dropping it ends that.
#[derive(Debug)]
pub(crate) struct Attached {
    runtime: Option<Runtime>,
    /// The value of `TF_REATTACH_PROVIDERS`.
    pub(crate) variable: String,
}

impl Attached {
    /// Serves `provider` on a loopback port.
    pub(crate) fn serve<P: Provider>(provider: P) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let inside = runtime.enter();
        let incoming = TcpIncoming::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = incoming.local_addr().unwrap().to_string();
        runtime.spawn(
            Server::builder()
                .add_routes(routes(provider, CancellationToken::new()))
                .serve_with_incoming(incoming),
        );
        drop(inside);
        let reattach = json!({P::ADDRESS: {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": std::process::id(),
            "Test": true,
            "Addr": {"Network": "tcp", "String": address},
        }});
        Self { runtime: Some(runtime), variable: reattach.to_string() }
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Calls that a test left waiting must not keep it from ending.
            runtime.shutdown_background();
        }
    }
}
