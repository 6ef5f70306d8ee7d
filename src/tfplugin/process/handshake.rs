//! go-plugin's handshake: the cookie by which a child recognizes its parent, the protocol version,
//! and the one line on stdout with the address of the child.
//!
//! The other side is `client.go` of hashicorp/go-plugin.

use super::environment::Environment;
use super::listener::Address;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// Printed when a user starts the binary directly. The text is go-plugin's.
pub(super) const REFUSAL: &str =
    "This binary is a plugin. These are not meant to be executed directly.
Please execute the program that consumes these plugins, which will
load any plugins automatically
";

/// Version of the handshake itself.
const CORE_VERSION: u32 = 1;

/// The one version of Terraform's plugin protocol that is served.
pub(super) const PROTOCOL_VERSION: u32 = 6;

/// Not a secret: it tells "started by Terraform" from "started by a person".
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// Whether Terraform (or OpenTofu) started this process.
pub(super) fn was_launched(environment: &Environment) -> bool {
    environment.get(COOKIE.0) == Some(COOKIE.1)
}

/// Whether the client listed our protocol version, in any order.
///
/// It is served in any case: the client knows best how to tell its user about a mismatch. A
/// client that lists nothing predates the negotiation, and protocol 6 with it.
pub(super) fn shares_our_version(environment: &Environment) -> bool {
    let offered = environment.get("PLUGIN_PROTOCOL_VERSIONS").unwrap_or_default();
    offered.split(',').any(|version| version.trim().parse() == Ok(PROTOCOL_VERSION))
}

/// `CORE|APP|NETWORK|ADDRESS|PROTOCOL|CERTIFICATE[|MULTIPLEXED]`, with its newline.
///
/// `certificate` is the DER of ours; a connection without TLS leaves the field empty.
pub(super) fn line(
    environment: &Environment,
    address: &Address,
    certificate: Option<&[u8]>,
) -> String {
    let Address { network, name } = address;
    let certificate = certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
    // Only clients that ask for it accept a seventh field. The broker is not multiplexed here.
    let multiplexed = environment.get("PLUGIN_MULTIPLEX_GRPC").map_or("", |_| "|false");
    format!("{CORE_VERSION}|{PROTOCOL_VERSION}|{network}|{name}|grpc|{certificate}{multiplexed}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address { network: "unix", name: "/tmp/plugin1".to_owned() }
    }

    #[test]
    fn only_the_exact_cookie_is_accepted() {
        assert!(was_launched(&Environment::from([COOKIE])));
        assert!(!was_launched(&Environment::from([(COOKIE.0, "d602")])));
        assert!(!was_launched(&Environment::default()));
    }

    #[test]
    fn our_version_is_found_in_any_order() {
        for (offered, shared) in
            [("5,6", true), ("6,5", true), (" 6 ", true), ("6", true), ("5", false), ("60", false)]
        {
            let environment = Environment::from([("PLUGIN_PROTOCOL_VERSIONS", offered)]);
            assert_eq!(shares_our_version(&environment), shared, "{offered}");
        }
        assert!(!shares_our_version(&Environment::default()));
    }

    #[test]
    fn the_line_without_tls_ends_in_an_empty_field() {
        let line = line(&Environment::default(), &address(), None);
        assert_eq!(line, "1|6|unix|/tmp/plugin1|grpc|\n");
    }

    #[test]
    fn the_certificate_is_base64_without_padding() {
        let line = line(&Environment::default(), &address(), Some(&[0xff, 0xef, 0xfe, 0x01]));
        assert_eq!(line, "1|6|unix|/tmp/plugin1|grpc|/+/+AQ\n");
    }

    #[test]
    fn a_client_that_asks_learns_that_the_broker_is_not_multiplexed() {
        let environment = Environment::from([("PLUGIN_MULTIPLEX_GRPC", "true")]);
        assert_eq!(line(&environment, &address(), None), "1|6|unix|/tmp/plugin1|grpc||false\n");
    }
}
