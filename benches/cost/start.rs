//! From exec to the handshake line, which Terraform waits for several times per plan.

use base64::Engine as _;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::terraform::PROVIDER;
use super::{median, ms};

const ROUNDS: usize = 41;

/// As Terraform sets it.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

pub(crate) fn report() {
    println!("Start");
    let certificate = certificate();
    let (mut nothing, mut handshake) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        nothing.push(until_end(Command::new("true")));
        handshake.push(until_line(Path::new(PROVIDER), &certificate));
    }
    let (nothing, handshake) = (median(nothing), median(handshake));
    println!("  a process that does nothing          {:>10}", ms(nothing));
    println!("  exec to the handshake line           {:>10}", ms(handshake));
    println!(
        "  difference                           {:>10}",
        ms(handshake.saturating_sub(nothing))
    );
    println!("  ratio                                {:>10.1}", ratio(handshake, nothing));
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn until_end(mut command: Command) -> Duration {
    let started = Instant::now();
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    child.wait().unwrap();
    started.elapsed()
}

/// The time from the start of `provider` to its handshake line.
pub(crate) fn until_line(provider: &Path, certificate: &str) -> Duration {
    let started = Instant::now();
    let mut child = Command::new(provider)
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "6")
        .env("PLUGIN_CLIENT_CERT", certificate)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let elapsed = started.elapsed();
    assert!(line.starts_with("1|6|unix|"), "not a handshake: {line:?}");
    // The socket's file is the provider's to remove: a signal that it can react to.
    let _ = Command::new("kill").arg(child.id().to_string()).status();
    child.wait().unwrap();
    elapsed
}

/// A client's certificate of the kind that Terraform makes.
pub(crate) fn certificate() -> String {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512).unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(certificate.der());
    let lines: Vec<_> =
        text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line)).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
