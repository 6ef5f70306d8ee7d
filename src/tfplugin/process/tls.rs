//! Mutual TLS between Terraform and its child, go-plugin's AutoMTLS: each side makes a
//! certificate of its own for every start and tells the other through the handshake.
//!
//! The client's certificate is ECDSA P-521 with CA:TRUE. Only one combination authenticates it:
//! ring does not support P-521, so that Terraform, without a common signature scheme, sends
//! no certificate at all; webpki refuses a certificate authority as an end entity. With aws-lc-rs
//! and the verifier below, which accepts exactly one certificate, the certificate is required.

use super::StartError;
use rcgen::KeyUsagePurpose;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{NoServerSessionStorage, ParsedCertificate};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme,
};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use tokio_rustls::TlsAcceptor;

/// Our side of TLS.
pub(super) struct Tls {
    /// Accepts the one client that was announced, and nobody else.
    pub(super) acceptor: TlsAcceptor,
    /// Our certificate, for the handshake.
    pub(super) certificate: CertificateDer<'static>,
}

impl Tls {
    /// Prepares to accept the client of `pem`, the value of `PLUGIN_CLIENT_CERT`.
    pub(super) fn for_client(pem: &str) -> Result<Self, StartError> {
        let client = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|error| StartError::new("PLUGIN_CLIENT_CERT holds no certificate", error))?;
        ParsedCertificate::try_from(&client)
            .map_err(|error| StartError::new("PLUGIN_CLIENT_CERT is not usable", error))?;
        let (certificate, key) = own_certificate()
            .map_err(|error| StartError::new("cannot make a certificate", error))?;
        let config = server_config(client, certificate.clone(), key)
            .map_err(|error| StartError::new("cannot set up TLS", error))?;
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate })
    }
}

fn server_config(
    client: CertificateDer<'static>,
    certificate: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(Arc::new(OneClient { certificate: client, algorithms }))
        .with_single_cert(vec![certificate], key.into())?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    // The client connects once: tickets and stored sessions would never be used.
    config.send_tls13_tickets = 0;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}

/// A self-signed certificate for `localhost`, the client's only trusted root.
fn own_certificate() -> Result<(CertificateDer<'static>, PrivatePkcs8KeyDer<'static>), rcgen::Error>
{
    // P-256: the fastest to generate and to verify of those that Go supports.
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(["localhost".to_owned()])?;
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // The key ends with the process: the dates only have to allow for a wrong clock and a long run.
    let day = Duration::from_secs(24 * 60 * 60);
    params.not_before = OffsetDateTime::now_utc() - day;
    params.not_after = OffsetDateTime::now_utc() + 365 * day;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.into(), PrivatePkcs8KeyDer::from(key.serialize_der())))
}

/// Accepts one certificate, byte for byte, from a client that proves to have its key.
#[derive(Debug)]
struct OneClient {
    certificate: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for OneClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        if *end_entity == self.certificate {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_certificate_that_is_none_is_refused_with_the_variables_name() {
        let der_of_nothing = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for pem in ["nonsense", der_of_nothing] {
            let error = Tls::for_client(pem).err().unwrap().to_string();
            assert!(error.starts_with("PLUGIN_CLIENT_CERT "), "{error}");
        }
    }

    #[test]
    fn our_certificate_is_long_enough_to_count() {
        // go-plugin ignores the field up to 50 characters.
        let (certificate, _) = own_certificate().unwrap();
        assert!(certificate.len() > 50);
    }
}
