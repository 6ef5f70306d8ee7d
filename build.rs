//! Compiles the interface definitions in `proto/`. protox does it in Rust, so no `protoc` has to
//! be installed.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let files = [
        "proto/tfplugin6.proto",
        "proto/plugin/grpc_controller.proto",
        "proto/plugin/grpc_stdio.proto",
        "proto/plugin/grpc_broker.proto",
        "proto/health.proto",
    ];
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rerun-if-changed=build.rs");
    tonic_prost_build::configure()
        // Values are the bulk of the traffic: `Bytes` keeps them in the buffer they arrived in.
        .bytes(".tfplugin6.DynamicValue")
        .build_server(true)
        // The tests are clients. Code that nobody calls is not linked into the provider.
        .build_client(true)
        .build_transport(false)
        .compile_fds(protox::compile(files, ["proto"])?)?;
    Ok(())
}
