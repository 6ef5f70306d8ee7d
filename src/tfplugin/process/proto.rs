//! The code generated from go-plugin's definitions and that of gRPC's health service. Nothing
//! outside of `process` may import it.

/// go-plugin's controller, stdio and broker services.
#[allow(missing_docs, reason = "generated; the definitions carry the comments")]
#[allow(clippy::all, reason = "generated; not ours to tidy")]
#[allow(unreachable_pub, reason = "the generator knows no narrower visibility")]
#[allow(missing_debug_implementations, reason = "generated servers and clients have none")]
#[allow(dead_code, reason = "the clients are for tests")]
pub(super) mod plugin {
    tonic::include_proto!("plugin");
}

/// `grpc.health.v1`.
#[allow(missing_docs, reason = "generated; the definitions carry the comments")]
#[allow(clippy::all, reason = "generated; not ours to tidy")]
#[allow(unreachable_pub, reason = "the generator knows no narrower visibility")]
#[allow(missing_debug_implementations, reason = "generated servers and clients have none")]
#[allow(dead_code, reason = "the clients are for tests")]
pub(super) mod health {
    tonic::include_proto!("grpc.health.v1");
}
