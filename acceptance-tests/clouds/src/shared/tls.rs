//! TLS with a throw-away certification authority.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::OffsetDateTime;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::server::TlsStream;

/// A certification authority that nobody trusts unless told to. Each is another one.
pub struct Authority {
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new one.
    ///
    /// # Panics
    /// When no key can be made: nothing can be tested then.
    #[must_use]
    #[allow(clippy::expect_used, reason = "a test service without a certificate is of no use")]
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        valid_for_a_year(&mut params);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        // Without a name of its own it would be taken for another one of these.
        let name = format!("Throw-away authority {}", uuid::Uuid::new_v4());
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate of the authority");
        Self { der: certificate.der().to_vec(), issuer: Issuer::new(params, key) }
    }

    /// Its certificate as PEM, for `SSL_CERT_FILE` and the like.
    #[must_use]
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(&self.der);
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for line in text.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem + "-----END CERTIFICATE-----\n"
    }

    /// What a server on this computer needs. HTTP/2 comes first, as at the real services.
    #[allow(clippy::expect_used, reason = "a test service without a certificate is of no use")]
    pub(crate) fn server_config(&self) -> Arc<ServerConfig> {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(names).expect("the names of this computer");
        valid_for_a_year(&mut params);
        params.distinguished_name.push(DnType::CommonName, "Simulated service");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // OpenSSL's strict checks, Python's among them, want to see whose key signed.
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        let key = PrivatePkcs8KeyDer::from(key.serialize_der());
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key.into())
            .expect("a key of its certificate");
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Arc::new(config)
    }
}

/// Some systems refuse certificates that are valid for much longer.
fn valid_for_a_year(params: &mut CertificateParams) {
    let day = Duration::from_secs(24 * 60 * 60);
    params.not_before = OffsetDateTime::now_utc() - day;
    params.not_after = OffsetDateTime::now_utc() + 365 * day;
}

/// Hands out connections once they are secure.
pub(crate) struct SecureListener {
    address: SocketAddr,
    secured: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
}

impl SecureListener {
    /// Has to be called inside of the runtime that serves the connections.
    pub(crate) fn start(listener: TcpListener, config: Arc<ServerConfig>) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let acceptor = TlsAcceptor::from(config);
        let (sender, secured) = mpsc::channel(16);
        tokio::spawn(async move {
            while let Ok((stream, from)) = listener.accept().await {
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                // A client that refuses the certificate must not keep the others waiting.
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        let _ = sender.send((stream, from)).await;
                    }
                });
            }
        });
        Ok(Self { address, secured })
    }
}

impl Listener for SecureListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.secured.recv().await {
            Some(connection) => connection,
            // The port is gone: nothing will ever come again.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    use super::*;
    use crate::batch::{NextLink, Simulation, Tokens, generated};

    /// What comes back from a server that has to show a certificate of `authority`.
    fn ask(authority: &Authority, origin: &str, host: &str, text: &str) -> io::Result<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(exchange(authority, origin, host, text))
    }

    async fn exchange(
        authority: &Authority,
        origin: &str,
        host: &str,
        text: &str,
    ) -> io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(authority.der.clone().into()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(origin.strip_prefix("https://").unwrap()).await?;
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        stream.write_all(text.as_bytes()).await?;
        let mut answer = Vec::new();
        // Servers may close without saying so.
        let _ = stream.read_to_end(&mut answer).await;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    #[test]
    fn a_service_is_reached_over_tls_too_and_links_stay_there() {
        let tokens = Tokens::new();
        let token = tokens.issue(crate::batch::AUDIENCE, Duration::from_secs(60));
        let builder = Simulation::builder().tokens(&tokens).items(generated(3)).page_size(2);
        let batch = builder.next_link(NextLink::Normal).start();
        let authority = Authority::new();
        let origin = batch.serve_tls(&authority);
        assert_eq!(batch.serve_tls(&Authority::new()), origin);
        let port = origin.rsplit(':').next().unwrap();
        for host in ["localhost", "127.0.0.1"] {
            let text = format!(
                "GET /supportedimages?api-version=2025-06-01 HTTP/1.1\r\nHost: {host}:{port}\r\n\
                 Authorization: Bearer {token}\r\nConnection: close\r\n\r\n"
            );
            let answer = ask(&authority, &origin, host, &text).unwrap();
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
            let link = format!("\"odata.nextLink\":\"https://{host}:{port}/supportedimages?");
            assert!(answer.contains(&link), "{answer}");
        }
        assert!(batch.requests().iter().all(|request| request.secure));
    }

    #[test]
    fn an_unknown_authority_or_host_is_refused_by_the_client_and_hurts_nobody_else() {
        let batch = Simulation::builder().start();
        let authority = Authority::new();
        let origin = batch.serve_tls(&authority);
        let text = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let unknown = ask(&Authority::new(), &origin, "localhost", text).unwrap_err();
        assert!(unknown.to_string().contains("UnknownIssuer"), "{unknown}");
        let host = ask(&authority, &origin, "batch.example", text).unwrap_err();
        assert!(host.to_string().contains("not valid for name"), "{host}");
        assert_eq!(batch.request_count(), 0);
        let answer = ask(&authority, &origin, "localhost", text).unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
        batch.set_refusing_connections(true);
        assert!(ask(&authority, &origin, "localhost", text).is_err());
        batch.set_refusing_connections(false);
        assert!(ask(&authority, &origin, "localhost", text).is_ok());
    }
}
