//! A small HTTP server for the tests of the clients: a closure answers, everything is recorded.
//!
//! It speaks just enough HTTP/1.1 for one client on loopback. It is not specific to a cloud.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `GET`, `POST`, ...
    pub(crate) method: String,
    /// Path and query as sent.
    pub(crate) target: String,
    /// Names in lower case, in the order sent.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, whole.
    pub(crate) body: Vec<u8>,
    /// When it had arrived.
    pub(crate) at: Instant,
    /// The number of this request, from 1.
    pub(crate) number: usize,
}

impl Request {
    /// The first header of that name, whatever its case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The target without its query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A decoded query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        let query = self.target.split_once('?')?.1;
        pairs(query.as_bytes()).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// A decoded field of a form body.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.form().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The decoded fields of a form body, in the order sent.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        pairs(&self.body)
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    delay: Duration,
    ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Whole,
    /// As many bytes as announced never come.
    Truncated,
    Reset,
    Hang,
}

impl Reply {
    /// A response with a body of content type `kind`.
    pub(crate) fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        let (delay, ending) = (Duration::ZERO, Ending::Whole);
        Self { status, headers, body: body.into(), delay, ending }
    }

    /// A response in JSON. Takes a `serde_json::Value` or text.
    pub(crate) fn json(status: u16, body: impl fmt::Display) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    /// A response without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { headers: Vec::new(), ..Self::new(status, "", "") }
    }

    /// The connection is closed instead of a response.
    pub(crate) fn reset() -> Self {
        Self { ending: Ending::Reset, ..Self::empty(0) }
    }

    /// No response ever comes.
    pub(crate) fn hang() -> Self {
        Self { ending: Ending::Hang, ..Self::empty(0) }
    }

    /// Tells the test which request it did not expect. No client retries a 501.
    pub(crate) fn unexpected(request: &Request) -> Self {
        let Request { method, target, .. } = request;
        let text = format!("the test does not expect {method} {target} {}", request.text());
        Self::new(501, "text/plain", text)
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// Responds after a delay.
    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Closes the connection after half of the body.
    pub(crate) fn truncated(mut self) -> Self {
        self.ending = Ending::Truncated;
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {} Scripted\r\n", self.status);
        for (name, value) in &self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("content-length: {}\r\n\r\n", self.body.len());
        let mut bytes = text.into_bytes();
        let shown = match self.ending {
            Ending::Truncated => self.body.len() / 2,
            _ => self.body.len(),
        };
        bytes.extend_from_slice(&self.body[..shown]);
        bytes
    }
}

/// The server. It runs until the test's runtime ends.
#[derive(Debug)]
pub(crate) struct Fake {
    port: u16,
    log: Arc<Mutex<Log>>,
}

#[derive(Debug, Default)]
struct Log {
    requests: Vec<Request>,
    in_flight: usize,
    most_in_flight: usize,
}

type Script = dyn Fn(&Request) -> Reply + Send + Sync;

impl Fake {
    /// Starts to answer on a free port of 127.0.0.1.
    pub(crate) async fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("a bound listener").port();
        let log = Arc::new(Mutex::new(Log::default()));
        let (script, shared): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&log));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&script), Arc::clone(&shared)));
            }
        });
        Self { port, log }
    }

    /// Sends the replies in turn, repeating the last one.
    pub(crate) async fn replies(replies: Vec<Reply>) -> Self {
        Self::start(move |request| replies[(request.number - 1).min(replies.len() - 1)].clone())
            .await
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Everything that arrived so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        locked(&self.log).requests.clone()
    }

    /// How many requests arrived so far.
    pub(crate) fn count(&self) -> usize {
        locked(&self.log).requests.len()
    }

    /// The most requests that were open at one time.
    pub(crate) fn most_in_flight(&self) -> usize {
        locked(&self.log).most_in_flight
    }

    /// The times between the arrivals.
    pub(crate) fn gaps(&self) -> Vec<Duration> {
        locked(&self.log).requests.windows(2).map(|pair| pair[1].at - pair[0].at).collect()
    }
}

fn locked(log: &Mutex<Log>) -> MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn converse(mut stream: TcpStream, script: Arc<Script>, log: Arc<Mutex<Log>>) {
    let mut pending = Vec::new();
    while let Some(mut request) = receive(&mut stream, &mut pending).await {
        {
            let mut log = locked(&log);
            request.number = log.requests.len() + 1;
            log.requests.push(request.clone());
            log.in_flight += 1;
            log.most_in_flight = log.most_in_flight.max(log.in_flight);
        }
        let reply = script(&request);
        let goes_on = response(&mut stream, &reply, &log).await;
        if !goes_on {
            return;
        }
    }
}

/// Whether the connection can take a further request.
async fn response(stream: &mut TcpStream, reply: &Reply, log: &Mutex<Log>) -> bool {
    let done = || locked(log).in_flight -= 1;
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    match reply.ending {
        Ending::Hang => {
            // Until the client closes the connection.
            let _ = stream.read(&mut [0]).await;
            done();
            false
        }
        Ending::Reset => {
            let _ = stream.set_zero_linger();
            done();
            false
        }
        ending => {
            // Before the bytes leave: the next request may come at once.
            done();
            stream.write_all(&reply.bytes()).await.is_ok() && ending == Ending::Whole
        }
    }
}

/// The next request of a connection; `pending` holds what was read beyond the one before.
async fn receive(stream: &mut TcpStream, pending: &mut Vec<u8>) -> Option<Request> {
    let end = loop {
        if let Some(at) = pending.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(pending).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&pending[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(Ok(0), |(_, value)| value.parse::<usize>()).ok()?;
    while pending.len() < end + 4 + length {
        if stream.read_buf(pending).await.ok()? == 0 {
            return None;
        }
    }
    let body = pending[end + 4..end + 4 + length].to_vec();
    pending.drain(..end + 4 + length);
    Some(Request { method, target, headers, body, at: Instant::now(), number: 0 })
}

mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_are_recorded_and_unforeseen_ones_named() {
        let fake = Fake::start(|request| match request.path() {
            "/a" => Reply::json(200, request.json()),
            _ => Reply::unexpected(request),
        })
        .await;
        let client = reqwest::Client::new();
        let post = |path| client.post(format!("{}{path}", fake.url())).body("{\"b\":1}").send();
        assert_eq!(post("/a?c=d%20e").await.unwrap().text().await.unwrap(), "{\"b\":1}");
        let text = post("/x").await.unwrap().text().await.unwrap();
        assert_eq!(text, "the test does not expect POST /x {\"b\":1}");
        assert_eq!(fake.requests()[0].query("c").as_deref(), Some("d e"));
        assert_eq!((fake.requests()[1].text(), fake.most_in_flight()), ("{\"b\":1}".to_owned(), 1));
    }
}
