//! The provider's binary: everything is in the library.

use std::process::ExitCode;

use terraform_provider_cloudimages::provider::CloudImages;
use terraform_provider_cloudimages::tfplugin::process::{Identity, serve};
use terraform_provider_cloudimages::tfplugin::provider::Provider;
use terraform_provider_cloudimages::tfplugin::wire::routes;

fn main() -> ExitCode {
    let identity = Identity {
        name: CloudImages::NAME,
        address: CloudImages::ADDRESS,
        version: CloudImages::VERSION,
    };
    serve(&identity, |stop| routes(CloudImages, stop))
}
