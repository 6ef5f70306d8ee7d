//! Simulated services over https, as users reach the real ones.

use simulated_clouds::{Authority, Controls};

use super::Workspace;

/// A workspace with this configuration, in which each address of `services` is the one over TLS.
/// Its environment makes the provider trust `authority`.
pub(crate) fn workspace(main: &str, services: &[&Controls], authority: &Authority) -> Workspace {
    let mut main = main.to_owned();
    for service in services {
        main = main.replace(&service.url(), &service.serve_tls(authority));
    }
    assert!(!main.contains("http://"), "an address is left that is not secure: {main}");
    let workspace = Workspace::new(&main).env("SSL_CERT_FILE", "authority.pem");
    workspace.write("authority.pem", &authority.pem());
    workspace
}
