//! The code generated from `proto/tfplugin6.proto`. Nothing outside of `wire` may import it.

/// Protocol 6: the messages, `provider_server` and, for tests, `provider_client`.
#[allow(missing_docs, reason = "generated; the definitions carry the comments")]
#[allow(clippy::all, reason = "generated; not ours to tidy")]
#[allow(unreachable_pub, reason = "the generator knows no narrower visibility")]
#[allow(missing_debug_implementations, reason = "generated servers and clients have none")]
pub mod tfplugin6 {
    tonic::include_proto!("tfplugin6");
}
