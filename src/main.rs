//! The provider's binary: everything is in the library.

use std::process::ExitCode;
use terraform_provider_cloudimages::tfplugin::process::{Identity, serve};
use tonic::service::Routes;

fn main() -> ExitCode {
    let identity = Identity {
        name: "cloudimages",
        address: "registry.terraform.io/cloudimages/cloudimages",
        version: env!("CARGO_PKG_VERSION"),
    };
    serve(&identity, Routes::default)
}
