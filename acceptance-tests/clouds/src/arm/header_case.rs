//! A relay that rewrites how the polling headers are spelled: the HTTP library of the service
//! writes every header name in lower case, other gateways do not.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// How header names of answers are spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderCase {
    /// `Azure-AsyncOperation`, `Location`, `Retry-After`.
    Title,
    /// `AZURE-ASYNCOPERATION`, `LOCATION`, `RETRY-AFTER`.
    Upper,
}

const TITLE: [&str; 3] = ["Azure-AsyncOperation", "Location", "Retry-After"];

/// The running relay.
#[derive(Debug)]
pub(crate) struct Relay {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    pub(crate) fn start(to: SocketAddr, case: HeaderCase) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            for client in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                if let Ok(client) = client {
                    // A client that goes away takes its connection with it, nothing more.
                    let _ = relay(client, to, case);
                }
            }
        });
        Ok(Self { address, stop, thread: Some(thread) })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn relay(client: TcpStream, to: SocketAddr, case: HeaderCase) -> std::io::Result<()> {
    let server = TcpStream::connect(to)?;
    let (client_again, server_again) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || copy(client, server, None));
    std::thread::spawn(move || copy(server_again, client_again, Some(case)));
    Ok(())
}

fn copy(mut from: TcpStream, mut to: TcpStream, case: Option<HeaderCase>) {
    let mut buffer = vec![0; 256 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if let Some(case) = case {
            respell(&mut buffer[..count], case);
        }
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(std::net::Shutdown::Write);
}

/// Rewrites in place: a spelling does not change the length. Answers here are small enough to
/// come in one piece.
fn respell(answer: &mut [u8], case: HeaderCase) {
    for name in TITLE {
        let plain = format!("\r\n{}:", name.to_ascii_lowercase());
        let found = answer.windows(plain.len()).position(|window| window == plain.as_bytes());
        if let Some(at) = found {
            let spelled = match case {
                HeaderCase::Title => name.to_owned(),
                HeaderCase::Upper => name.to_ascii_uppercase(),
            };
            answer[at + 2..at + 2 + name.len()].copy_from_slice(spelled.as_bytes());
        }
    }
}
