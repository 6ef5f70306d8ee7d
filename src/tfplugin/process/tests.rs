//! The server as a client meets it: over a real socket, with real TLS.

use super::environment::Environment;
use super::listener::{self, Bound};
use super::parent::Parent;
use super::proto::health::HealthCheckRequest;
use super::proto::health::health_check_response::ServingStatus;
use super::proto::health::health_client::HealthClient;
use super::proto::plugin::grpc_broker_client::GrpcBrokerClient;
use super::proto::plugin::grpc_controller_client::GrpcControllerClient;
use super::proto::plugin::grpc_stdio_client::GrpcStdioClient;
use super::proto::plugin::{ConnInfo, Empty};
use super::server::{self, Ending, Outside};
use super::signals::Signals;
use super::tls::Tls;
use super::{StartError, handshake};
use crate::tfplugin::wire::Connection;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P521_SHA512};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{aws_lc_rs, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use std::convert::Infallible;
use std::future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::UnixStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};
use tower::service_fn;

mod ending;

/// Far more than anything here takes.
const LIMIT: Duration = Duration::from_secs(20);

/// A running server, and the directory of its socket.
struct Running {
    directory: TempDir,
    socket: PathBuf,
    signals: mpsc::Sender<()>,
    ending: JoinHandle<Ending>,
}

fn bound(directory: &TempDir) -> Bound {
    let directory = directory.path().to_str().unwrap();
    listener::bind(&Environment::from([("PLUGIN_UNIX_SOCKET_DIR", directory)])).unwrap()
}

fn running(tls: Option<Tls>, routes: Routes) -> Running {
    running_until(tls, routes, CancellationToken::new(), None)
}

fn running_until(
    tls: Option<Tls>,
    routes: Routes,
    stop: CancellationToken,
    parent: Option<Parent>,
) -> Running {
    let directory = tempfile::tempdir().unwrap();
    let listener = bound(&directory);
    let socket = PathBuf::from(&listener.address().name);
    let acceptor = tls.map(|tls| tls.acceptor);
    let (sender, mut received) = mpsc::channel(2);
    let signals = Signals::new(move |context| match received.poll_recv(context) {
        Poll::Ready(Some(())) => Poll::Ready(()),
        _ => Poll::Pending,
    });
    let outside = Outside { signals, stop, parent };
    let ending =
        tokio::spawn(async move { server::serve(listener, acceptor, routes, outside).await });
    Running { directory, socket, signals: sender, ending }
}

impl Running {
    async fn channel(&self) -> Channel {
        let socket = self.socket.clone();
        let connector = service_fn(move |_| {
            let socket = socket.clone();
            async move { UnixStream::connect(socket).await.map(TokioIo::new) }
        });
        Endpoint::from_static("http://localhost").connect_with_connector(connector).await.unwrap()
    }

    /// A check of health through TLS, as the client of `config`.
    async fn healthy_for(&self, config: ClientConfig) -> Result<(), Status> {
        let (socket, connector) = (self.socket.clone(), TlsConnector::from(Arc::new(config)));
        let connector = service_fn(move |_| {
            let (socket, connector) = (socket.clone(), connector.clone());
            async move {
                let stream = UnixStream::connect(socket).await?;
                let name = ServerName::try_from("localhost").unwrap();
                connector.connect(name, stream).await.map(TokioIo::new)
            }
        });
        let channel =
            Endpoint::from_static("http://localhost").connect_with_connector_lazy(connector);
        let request = HealthCheckRequest { service: "plugin".to_owned() };
        timeout(LIMIT, HealthClient::new(channel).check(request)).await.unwrap().map(drop)
    }

    async fn ended(self) -> Ending {
        let ending = timeout(LIMIT, self.ending).await.unwrap().unwrap();
        let left = std::fs::read_dir(self.directory.path()).unwrap().count();
        assert_eq!(left, 0, "the socket is removed");
        ending
    }
}

/// A certificate as Terraform makes it.
struct ClientCertificate {
    pem: String,
    der: CertificateDer<'static>,
    key: PrivatePkcs8KeyDer<'static>,
}

fn client_certificate() -> ClientCertificate {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    let base64 = STANDARD.encode(certificate.der());
    ClientCertificate {
        pem: format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n"),
        der: certificate.into(),
        key: PrivatePkcs8KeyDer::from(key.serialize_der()),
    }
}

/// Trusts one server, as Go does with a root that is the server's own certificate.
#[derive(Debug)]
struct OneServer(CertificateDer<'static>);

impl ServerCertVerifier for OneServer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        assert_eq!(*end_entity, self.0);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("both sides speak TLS 1.3".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

fn client_of(server: CertificateDer<'static>, own: Option<ClientCertificate>) -> ClientConfig {
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OneServer(server)));
    let mut config = match own {
        Some(own) => builder.with_client_auth_cert(vec![own.der], own.key.into()).unwrap(),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

#[tokio::test]
async fn the_client_that_was_announced_is_served_through_tls() {
    let client = client_certificate();
    let tls = Tls::for_client(&client.pem).unwrap();
    let server = tls.certificate.clone();
    let running = running(Some(tls), Routes::default());
    running.healthy_for(client_of(server, Some(client))).await.unwrap();
}

#[tokio::test]
async fn another_certificate_and_none_are_refused_without_delaying_others() {
    let client = client_certificate();
    let tls = Tls::for_client(&client.pem).unwrap();
    let server = tls.certificate.clone();
    let running = running(Some(tls), Routes::default());
    let silent = UnixStream::connect(&running.socket).await.unwrap();
    let stranger = client_of(server.clone(), Some(client_certificate()));
    running.healthy_for(stranger).await.unwrap_err();
    running.healthy_for(client_of(server.clone(), None)).await.unwrap_err();
    running.healthy_for(client_of(server, Some(client))).await.unwrap();
    drop(silent);
}

#[tokio::test]
async fn a_copied_certificate_is_refused_without_its_key() {
    let client = client_certificate();
    let tls = Tls::for_client(&client.pem).unwrap();
    let server = tls.certificate.clone();
    let running = running(Some(tls), Routes::default());
    let thief = ClientCertificate { key: client_certificate().key, ..client };
    // rustls itself refuses such a pair, unless the signing key is given to it as it is.
    let key = aws_lc_rs::sign::any_ecdsa_type(&thief.key.into()).unwrap();
    let mut config = client_of(server, None);
    config.client_auth_cert_resolver = Arc::new(rustls::sign::SingleCertAndKey::from(
        rustls::sign::CertifiedKey::new(vec![thief.der], key),
    ));
    running.healthy_for(config).await.unwrap_err();
}

#[tokio::test]
async fn the_line_carries_the_address_and_the_certificate() {
    let directory = tempfile::tempdir().unwrap();
    let listener = bound(&directory);
    let tls = Tls::for_client(&client_certificate().pem).unwrap();
    let line = handshake::line(&Environment::default(), listener.address(), Some(&tls.certificate));
    let fields: Vec<&str> = line.trim_end_matches('\n').split('|').collect();
    assert_eq!(fields[..3], ["1", "6", "unix"]);
    assert_eq!(fields[3], listener.address().name);
    assert_eq!(fields[4], "grpc");
    assert_eq!(STANDARD_NO_PAD.decode(fields[5]).unwrap(), tls.certificate.to_vec());
}

#[tokio::test]
async fn health_knows_the_plugin_and_the_whole_server() {
    let running = running(None, Routes::default());
    let mut health = HealthClient::new(running.channel().await);
    for service in ["", "plugin"] {
        let request = HealthCheckRequest { service: service.to_owned() };
        let answer = health.check(request).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving);
    }
    let unknown = HealthCheckRequest { service: "other".to_owned() };
    assert_eq!(health.check(unknown.clone()).await.unwrap_err().code(), Code::NotFound);
    let mut watched = health.watch(unknown).await.unwrap().into_inner();
    let first = watched.message().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::ServiceUnknown);
    let listed = health.list(super::proto::health::HealthListRequest {}).await.unwrap();
    assert_eq!(listed.into_inner().statuses.len(), 2);
}

#[tokio::test]
async fn an_unknown_method_is_unimplemented() {
    let running = running(None, Routes::default());
    let channel = running.channel().await;
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<Empty, Empty>::default();
    let path = http::uri::PathAndQuery::from_static("/tfplugin6.Provider/GetMetadata");
    let answer = client.unary(tonic::Request::new(Empty {}), path, codec).await;
    assert_eq!(answer.unwrap_err().code(), Code::Unimplemented);
}

#[tokio::test]
async fn shutdown_is_answered_and_ends_everything_even_with_streams_open() {
    let running = running(None, Routes::default());
    let channel = running.channel().await;
    let mut stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap();
    let outgoing = tokio_stream::pending::<ConnInfo>();
    let _broker = GrpcBrokerClient::new(channel.clone()).start_stream(outgoing).await.unwrap();
    let quiet = timeout(Duration::from_millis(20), stdio.get_mut().message()).await;
    assert!(quiet.is_err(), "the stream stays open and silent");
    let started = std::time::Instant::now();
    GrpcControllerClient::new(channel.clone()).shutdown(Empty {}).await.unwrap();
    assert_eq!(running.ended().await, Ending::Asked);
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn the_brokers_stream_ends_with_the_clients() {
    let running = running(None, Routes::default());
    let mut broker = GrpcBrokerClient::new(running.channel().await);
    let outgoing = tokio_stream::iter([ConnInfo::default()]);
    let answers = broker.start_stream(outgoing).await.unwrap().into_inner();
    let answers: Vec<_> = timeout(LIMIT, answers.collect()).await.unwrap();
    assert!(answers.is_empty());
}

/// A service that notes the connection of each request.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<Connection>>>);

impl NamedService for Notes {
    const NAME: &'static str = "notes";
}

impl tower::Service<http::Request<Body>> for Notes {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let connection = *request.extensions().get::<Connection>().unwrap();
        self.0.lock().unwrap().push(connection);
        future::ready(Ok(Status::ok("").into_http()))
    }
}

#[tokio::test]
async fn a_request_knows_its_connection() {
    let notes = Notes::default();
    let running = running(None, Routes::new(notes.clone()));
    for _ in 0..2 {
        let mut client = tonic::client::Grpc::new(running.channel().await);
        for _ in 0..2 {
            client.ready().await.unwrap();
            let codec = tonic_prost::ProstCodec::<Empty, Empty>::default();
            let path = http::uri::PathAndQuery::from_static("/notes/any");
            let _ = client.unary(tonic::Request::new(Empty {}), path, codec).await;
        }
    }
    let seen = notes.0.lock().unwrap().clone();
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[2], seen[3]);
    assert_ne!(seen[0], seen[2]);
}

#[test]
fn a_start_that_fails_says_what_and_why() {
    let error = StartError::new("cannot make a certificate", "no entropy");
    assert_eq!(error.to_string(), "cannot make a certificate: no entropy");
}
