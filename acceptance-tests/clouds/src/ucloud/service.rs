//! The HTTP side: takes requests in, decides how each is answered, sends the answers.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request as HttpRequest, State as Extract};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::json;

use super::account::Account;
use super::change::Change;
use super::describe::{self, PageRules};
use super::faults::{Fault, Faults, HttpAnswer};
use super::gateway::{self, Refusal};
use super::image::{Entry, Image, Listing};
use super::log::{Gauge, Log, Logged, Request};
use super::quirks::Quirks;
use super::wire::Parameters;
use crate::shared::partial::{Half, HalfBody};

const UUID_HEADER: HeaderName = HeaderName::from_static("x-ucloud-request-uuid");
const MOST_BODY: usize = 1 << 20;

/// Everything a test can change while the service is running.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) accounts: Arc<Vec<Account>>,
    pub(super) regions: BTreeMap<String, Arc<Listing>>,
    pub(super) default_region: String,
    pub(super) rules: PageRules,
    pub(super) latency: Duration,
    pub(super) quirks: Quirks,
    pub(super) faults: Faults,
    /// Changes of the list in the default region, each with the number of the request after
    /// which it is made.
    pub(super) changes: Vec<(usize, Change)>,
    pub(super) log: Log,
}

/// The running service.
#[derive(Debug)]
pub(super) struct Service {
    state: Mutex<State>,
    pub(super) gauge: Gauge,
    base_path: Option<String>,
}

/// How one request is going to be answered, decided when it arrives.
struct Plan {
    number: usize,
    fault: Option<Fault>,
    accounts: Arc<Vec<Account>>,
    listing: Option<Arc<Listing>>,
    rules: PageRules,
    latency: Duration,
    quirks: Quirks,
}

impl Service {
    pub(super) fn new(state: State, base_path: Option<String>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(state), gauge: Gauge::default(), base_path })
    }

    pub(super) fn router(self: &Arc<Self>) -> Router {
        Router::new().fallback(handle).with_state(Arc::clone(self))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serves(&self, path: &str) -> bool {
        let bare = |path: &str| path.trim_end_matches('/').to_owned();
        self.base_path.as_ref().is_none_or(|base| bare(base) == bare(path))
    }
}

impl State {
    /// Makes the changes that are due before the request with this number.
    fn apply_changes(&mut self, number: usize) {
        let (due, later) =
            std::mem::take(&mut self.changes).into_iter().partition(|(after, _)| *after < number);
        self.changes = later;
        let due: Vec<(usize, Change)> = due;
        let Some(listing) = self.regions.get_mut(&self.default_region) else { return };
        for (_, change) in due {
            let mut entries = listing.entries.to_vec();
            match change {
                Change::RemoveFirst if entries.is_empty() => {}
                Change::RemoveFirst => drop(entries.remove(0)),
                Change::InsertFirst(image) => entries.insert(0, Arc::new(Entry::new(image))),
                Change::Replace(images) => {
                    entries = images.into_iter().map(|image| Arc::new(Entry::new(image))).collect();
                }
            }
            *listing = Arc::new(Listing::of(entries));
        }
    }

    fn plan(&mut self, parameters: &Parameters) -> Plan {
        let number = self.log.len() + 1;
        self.apply_changes(number);
        Plan {
            number,
            fault: self.faults.take(number, describe::offset(parameters)),
            accounts: Arc::clone(&self.accounts),
            listing: parameters.get("Region").and_then(|name| self.regions.get(name)).cloned(),
            rules: self.rules,
            latency: self.latency,
            quirks: self.quirks.clone(),
        }
    }

    pub(super) fn set_images(&mut self, region: &str, images: Vec<Image>) {
        self.regions.insert(region.to_owned(), Arc::new(Listing::new(images)));
    }
}

impl Plan {
    /// The answer without any fault, and whether the request was authentic.
    fn answer(&self, parts: &Parts, parameters: &Parameters) -> (Result<String, Refusal>, bool) {
        match gateway::authenticate(&self.accounts, &parts.headers, parameters) {
            Ok(account) => (self.describe(account, parameters), true),
            Err(refusal) => (Err(refusal), false),
        }
    }

    fn describe(&self, account: &Account, parameters: &Parameters) -> Result<String, Refusal> {
        let listing = self.listing.as_ref().ok_or_else(|| Refusal::parameter("Region"))?;
        let project = gateway::project(account, parameters)?;
        describe::answer(parameters, project, listing, self.rules, &self.quirks, self.number)
    }
}

async fn handle(Extract(service): Extract<Arc<Service>>, request: HttpRequest) -> Response {
    let arrived = Instant::now();
    let _in_flight = service.gauge.enter();
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BODY).await.unwrap_or_default();
    let parameters = Parameters::read(&parts, &body);
    let uuid = uuid::Uuid::new_v4().to_string();

    // The number and the log entry belong together; the work on the answer needs no lock.
    let (plan, logged) = {
        let mut state = service.state();
        let plan = state.plan(&parameters);
        let logged = state.log.push(record(&plan, arrived, &parts, &body, &parameters, &uuid));
        (plan, logged)
    };
    let (answer, authentic) = plan.answer(&parts, &parameters);
    let _ = logged.authentic.set(authentic);

    let mut wait = plan.latency;
    if let Some(Fault::Delay(more)) = plan.fault {
        wait += more;
    }
    if !wait.is_zero() {
        tokio::time::sleep_until((arrived + wait).into()).await;
    }
    let mut response = if parts.method != Method::GET && parts.method != Method::POST {
        http(HttpAnswer::new(405))
    } else if !service.serves(parts.uri.path()) {
        http(HttpAnswer::new(404))
    } else {
        respond(plan, answer, &parameters, &logged).await
    };
    if let Ok(value) = HeaderValue::from_str(&uuid) {
        response.headers_mut().insert(UUID_HEADER, value);
    }
    response
}

fn record(
    plan: &Plan,
    arrived: Instant,
    parts: &Parts,
    body: &Bytes,
    parameters: &Parameters,
    uuid: &str,
) -> Request {
    Request {
        number: plan.number,
        arrived,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| {
                (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect(),
        body: body.to_vec(),
        parameters: parameters.by_name.clone(),
        authentic: false,
        ret_code: None,
        request_uuid: uuid.to_owned(),
    }
}

/// Sends the answer, or what the fault makes of it.
async fn respond(
    plan: Plan,
    answer: Result<String, Refusal>,
    parameters: &Parameters,
    logged: &Logged,
) -> Response {
    let as_text = plan.quirks.ret_code_as_text;
    let (code, text) = match answer {
        Ok(text) => (0, text),
        Err(refusal) => (refusal.code, refusal_text(&refusal, parameters, as_text)),
    };
    let text = match plan.fault {
        None | Some(Fault::Delay(_)) => {
            let _ = logged.ret_code.set(code);
            text
        }
        Some(Fault::RetCode { code, as_text, message }) => {
            let _ = logged.ret_code.set(code);
            refusal_text(&Refusal::new(code, message), parameters, as_text)
        }
        Some(Fault::Http(answer)) => return http(answer),
        // Unwinding without the panic hook ends the connection's task silently, and with it
        // the connection.
        Some(Fault::Reset) => resume_unwind(Box::new("connection reset on purpose")),
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::TruncatedJson) => first_half(&text).to_owned(),
        Some(Fault::CutBody) => return partial(&text, Half::ThenClose),
        Some(Fault::StalledBody) => return partial(&text, Half::ThenNothing),
    };
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn refusal_text(refusal: &Refusal, parameters: &Parameters, as_text: bool) -> String {
    let code = if as_text { json!(refusal.code.to_string()) } else { json!(refusal.code) };
    let mut body = json!({"RetCode": code, "Message": refusal.message});
    if let Some(action) = parameters.get("Action").filter(|_| refusal.names_action) {
        body["Action"] = json!(format!("{action}Response"));
    }
    body.to_string()
}

fn first_half(text: &str) -> &str {
    let mut middle = text.len() / 2;
    while !text.is_char_boundary(middle) {
        middle -= 1;
    }
    &text[..middle]
}

fn partial(text: &str, then: Half) -> Response {
    let half = Bytes::copy_from_slice(first_half(text).as_bytes());
    let mut response = Response::new(Body::new(HalfBody::new(half, then)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    response
}

fn http(answer: HttpAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &answer.headers {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
