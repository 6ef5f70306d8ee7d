//! The HTTP shell around each simulated service: log, scripted faults, latency.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};

use super::fault::Action;
use super::journal::{Journal, Request, lock};
use super::padding::Padding;
use super::partial::HalfBody;
use super::script::Script;

/// What a service answers.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status)
            .header("content-type", "application/json; charset=utf-8")
            .body(body.to_string().into_bytes())
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }
}

/// The part of a simulation that knows its service.
pub(crate) trait Service: Send + Sync + 'static {
    /// Told of a request on its arrival, before any fault; whether it may be carried out.
    fn arrives(&self, _request: &Request) -> bool {
        true
    }

    /// Whether the request has to wait until this says otherwise.
    fn holds(&self, _request: &Request) -> bool {
        false
    }

    /// Headers of every answer to the request, those of faults included.
    fn headers(&self, _request: &Request) -> Vec<(String, String)> {
        Vec::new()
    }

    /// The kind of a request, for [`When::label`](super::script::When::label).
    fn label(&self, _request: &Request) -> String {
        String::new()
    }

    /// Carries the request out.
    fn answer(&self, request: &Request) -> Reply;

    /// The service's own envelope around a scripted refusal.
    fn refusal(
        &self,
        request: &Request,
        status: u16,
        code: Option<&str>,
        text: Option<&str>,
    ) -> Reply;
}

/// What the requests share.
#[derive(Debug, Default)]
pub(crate) struct Shell {
    pub(crate) journal: Mutex<Journal>,
    pub(crate) script: Mutex<Script>,
    pub(crate) latency: Mutex<Duration>,
}

/// Notes the end of a request even if its connection, and with it this future, is dropped.
struct Visit<'a> {
    shell: &'a Shell,
    number: usize,
    status: Option<u16>,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        lock(&self.shell.journal).leave(self.number, self.status);
    }
}

pub(crate) async fn handle<S: Service>(
    service: &S,
    shell: &Shell,
    request: axum::extract::Request,
    secure: bool,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 64 << 20).await.unwrap_or_default();
    let request = lock(&shell.journal).enter(Request {
        number: 0,
        method: parts.method.to_string(),
        target: parts.uri.path_and_query().map_or("/", |t| t.as_str()).to_owned(),
        secure,
        headers: headers(&parts),
        body: String::from_utf8_lossy(&body).into_owned(),
        at: Instant::now(),
        status: None,
    });
    let mut visit = Visit { shell, number: request.number, status: None };
    let carried_out = service.arrives(&request);
    let fault = lock(&shell.script).take(&request, &service.label(&request));
    while service.holds(&request) {
        pause(Duration::from_millis(10)).await;
    }
    let answer = || if carried_out { service.answer(&request) } else { cut() };
    let latency = *lock(&shell.latency);
    let Some(fault) = fault else {
        pause(latency).await;
        let mut reply = answer();
        visit.status = Some(reply.status);
        reply.headers.extend(service.headers(&request));
        return respond(reply.status, reply.headers, Body::from(reply.body));
    };
    let handled = (fault.handled && carried_out).then(|| service.answer(&request));
    pause(latency + fault.delay).await;
    let mut headers = fault.headers;
    headers.extend(service.headers(&request));
    let mut reply = match fault.action {
        Action::Pass => handled.unwrap_or_else(answer),
        Action::Truncate => {
            let mut reply = handled.unwrap_or_else(answer);
            reply.body.truncate(reply.body.len() / 2);
            reply
        }
        Action::Refuse { status, code, message } => {
            service.refusal(&request, status, code.as_deref(), message.as_deref())
        }
        Action::Body { status, content_type, body } => {
            Reply::new(status).header("content-type", content_type).body(body)
        }
        Action::Padding { status, length, pace } => {
            visit.status = Some(status);
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
            return respond(status, headers, Body::new(Padding::new(length, pace)));
        }
        Action::Partial(then) => {
            let mut reply = handled.unwrap_or_else(answer);
            visit.status = Some(reply.status);
            reply.headers.extend(headers);
            reply.headers.push(("content-length".to_owned(), reply.body.len().to_string()));
            reply.body.truncate(reply.body.len() / 2);
            let body = Body::new(HalfBody::new(reply.body.into(), then));
            return respond(reply.status, reply.headers, body);
        }
        Action::Relocate { status, origin } => {
            Reply::new(status).header("location", format!("{origin}{}", request.target))
        }
        Action::Reset => cut(),
        Action::Hang => std::future::pending().await,
    };
    reply.headers.extend(headers);
    visit.status = Some(reply.status);
    respond(reply.status, reply.headers, Body::from(reply.body))
}

/// The headers as HTTP/1.1 has them: HTTP/2 sends the host apart from the others.
fn headers(parts: &Parts) -> Vec<(String, String)> {
    let authority = parts.uri.authority().filter(|_| !parts.headers.contains_key("host"));
    let host = authority.map(|host| ("host".to_owned(), host.to_string()));
    let others = parts
        .headers
        .iter()
        .map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned()));
    host.into_iter().chain(others).collect()
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// Ends the task that serves the connection, which closes the socket with no answer written.
/// Resuming an unwinding skips the panic hook: nothing is printed.
fn cut() -> ! {
    std::panic::resume_unwind(Box::new("connection cut on purpose"))
}

fn respond(status: u16, headers: Vec<(String, String)>, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name), HeaderValue::try_from(value.into_bytes()))
        {
            response.headers_mut().append(name, value);
        }
    }
    response
}
