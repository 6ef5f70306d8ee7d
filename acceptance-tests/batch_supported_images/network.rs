//! The network to the service: a proxy, and a private certificate authority.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use simulated_clouds::batch::{ACCOUNT, ACCOUNT_KEY, NextLink, Simulation};

use crate::harness::{Workspace, batch};

/// A proxy in front of `host`: it has a certificate of a private authority, and forwards requests
/// to the simulated service.
struct Proxy {
    address: SocketAddr,
    /// The certificate of the authority.
    authority: String,
    /// The hosts that clients asked for.
    wanted: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    fn start(host: &str, service: SocketAddr) -> Self {
        let authority_key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = parameters.self_signed(&authority_key).unwrap();
        let issuer = Issuer::new(parameters, authority_key);
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(vec![host.to_owned()])
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(
            rustls::crypto::aws_lc_rs::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
        let (config, wanted) = (Arc::new(config), Arc::new(Mutex::new(Vec::new())));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let noted = Arc::clone(&wanted);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, noted) = (Arc::clone(&config), Arc::clone(&noted));
                // A client that rejects the certificate disconnects, which is not an error here.
                std::thread::spawn(move || serve(stream, config, &noted, service).ok());
            }
        });
        let lines = STANDARD.encode(authority.der());
        let authority =
            format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n");
        Self { address, authority, wanted }
    }

    fn wanted(&self) -> Vec<String> {
        self.wanted.lock().unwrap().clone()
    }
}

/// Serves one request of one connection.
fn serve(
    mut stream: TcpStream,
    config: Arc<ServerConfig>,
    wanted: &Mutex<Vec<String>>,
    service: SocketAddr,
) -> std::io::Result<()> {
    let connect = head(&mut stream)?;
    wanted.lock().unwrap().push(connect.lines().next().unwrap_or_default().to_owned());
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
    let session = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut stream = StreamOwned::new(session, stream);
    let request = head(&mut stream)?;
    let mut behind = TcpStream::connect(service)?;
    behind.write_all(request.replacen("\r\n", "\r\nConnection: close\r\n", 1).as_bytes())?;
    let mut answer = Vec::new();
    behind.read_to_end(&mut answer)?;
    stream.write_all(&answer)?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// Reads up to the first empty line.
fn head(stream: &mut impl Read) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        let mut next = [0];
        stream.read_exact(&mut next)?;
        bytes.extend(next);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[test]
fn a_service_behind_a_proxy_with_a_private_authority_is_reached() {
    let host = format!("{ACCOUNT}.westeurope.batch.example");
    let cloud = Simulation::builder().page_size(40).start();
    cloud.set_public_url(&format!("https://{host}"));
    let proxy = Proxy::start(&host, cloud.address());
    // As `azurerm_batch_account` gives it; the name of the account is the host's first label.
    let block =
        batch::block("", &format!("account_endpoint = {host:?}\naccount_key = {ACCOUNT_KEY:?}"));
    let workspace = Workspace::new(&(block + &batch::all("all", "timeouts = { read = \"30s\" }")))
        .env("HTTPS_PROXY", format!("http://{}", proxy.address));
    workspace.write("authority.pem", &proxy.authority);
    let workspace = workspace.env("SSL_CERT_FILE", "authority.pem");
    workspace.apply().ok();
    let list = workspace.state();
    let list = list.attributes("data.cloudimages_batch_supported_images.all");
    assert_eq!(list["images"].as_array().unwrap().len(), 62);
    assert_eq!(cloud.request_count(), 2);
    let connect = format!("CONNECT {host}:443 HTTP/1.1");
    assert_eq!(proxy.wanted(), [connect.clone(), connect]);
    // A link to plain http is not followed.
    cloud.set_next_link(NextLink::Scheme("http".to_owned()));
    workspace.plan().error().says(&[&format!("pointed to http://{host}:80"), "credentials"]);
    assert_eq!(cloud.request_count(), 3);
    // Without trust in the authority, nothing is sent.
    workspace.write("authority.pem", &Proxy::start(&host, cloud.address()).authority);
    workspace.plan().error().says(&[
        "Cannot list the supported images: certificate not accepted",
        // Both authorities have the same name.
        &format!("The certificate of {host} was not accepted: its signature is not that of"),
        "SSL_CERT_FILE",
    ]);
    assert_eq!(proxy.wanted().len(), 4);
    assert_eq!(cloud.request_count(), 3);
}
