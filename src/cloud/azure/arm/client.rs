//! One request to Resource Manager, with everything a request needs.
//!
//! Every request of one operation carries the same correlation id, so that the operation can be
//! found in the service's logs. What remains of the rate limit is logged, never obeyed: the
//! service says 429 when it means it.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use serde_json::Value;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::error;
use super::resource::is_resource;
use crate::cloud::authorized::{self, Origins};
use crate::cloud::azure::auth::Login;
use crate::cloud::http::{Http, Response, Retry, RetryPolicy, Sent, is_transient, origin};
use crate::cloud::{Deadline, Error, Kind, Result};

/// The header that correlates the requests of one operation.
pub(super) const CORRELATION: &str = "x-ms-correlation-request-id";

/// Status checks of running operations that may be under way at one time. Each takes a fraction of a
/// second, so thirty images are polled within every interval, and no burst empties the bucket of
/// 250 reads that a principal has.
const POLLS: usize = 8;

/// A client of Resource Manager. Clones share connections, tokens and limits.
#[derive(Clone, Debug)]
pub struct Arm {
    client: authorized::Client,
    login: Arc<Login>,
    polling_interval: Duration,
    polls: Arc<Semaphore>,
}

/// What to send.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The API's name for the operation.
    pub operation: &'static str,
    /// The verb.
    pub method: Method,
    /// Where to, `api-version` included.
    pub url: Url,
    /// The body.
    pub body: Option<&'a Value>,
    /// The operation's correlation id.
    pub correlation: &'a str,
    /// The id of what it is about, for errors.
    pub resource: &'a str,
}

/// Whether a read is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestClass {
    /// With retries.
    Read,
    /// Once, whatever the response: it will be polled again anyway.
    Poll,
}

impl Arm {
    /// A client that waits `polling_interval` where the service does not ask for a pause.
    #[must_use]
    pub fn new(http: Arc<Http>, login: Arc<Login>, polling_interval: Duration) -> Self {
        let environment = login.environment();
        let (scope, origin) = (&environment.resource_manager_scope, &environment.resource_manager);
        let origins = Origins::One(origin.clone());
        let client = authorized::Client::new(http, login.tokens(), scope, origins);
        let polls = Arc::new(Semaphore::new(POLLS));
        Self { client, login, polling_interval, polls }
    }

    /// The login.
    #[must_use]
    pub fn login(&self) -> &Login {
        &self.login
    }

    /// The pause where the service does not ask for one.
    #[must_use]
    pub fn polling_interval(&self) -> Duration {
        self.polling_interval
    }

    /// The base of all addresses.
    #[must_use]
    pub fn endpoint(&self) -> &Url {
        &self.login.environment().resource_manager
    }

    /// The address of `path`, which starts with a slash, in a version of the API.
    #[must_use]
    pub fn url(&self, path: &str, api_version: &str) -> Url {
        let mut url = self.endpoint().clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url.query_pairs_mut().append_pair("api-version", api_version);
        url
    }

    /// An address that the service gave, in a version of the API if it names none itself.
    ///
    /// A relative one is resolved, although the contract forbids it.
    ///
    /// # Errors
    /// The reason, if it is not an address or not one of Resource Manager.
    pub fn given(&self, address: &str, api_version: &str) -> std::result::Result<Url, String> {
        let mut url = self.endpoint().join(address.trim()).map_err(|why| why.to_string())?;
        // The parser keeps hosts in lower case and drops the scheme's own port.
        if url.origin() != self.endpoint().origin() {
            let (there, here) = (origin(&url), origin(self.endpoint()));
            return Err(format!("it is at {there}, and the token is for {here} only"));
        }
        url.set_fragment(None);
        if !url.query_pairs().any(|(name, _)| name.eq_ignore_ascii_case("api-version")) {
            url.query_pairs_mut().append_pair("api-version", api_version);
        }
        Ok(url)
    }

    /// Sends `call`, which reads.
    ///
    /// # Errors
    /// No response, no token, a timeout. [`RequestClass::Read`]: transient failures as well, after
    /// all retries. Other refusals are returned.
    pub async fn send(
        &self,
        call: &Call<'_>,
        class: RequestClass,
        deadline: &Deadline,
    ) -> Result<Response> {
        let _permit = match class {
            RequestClass::Poll => deadline.race(call.operation, self.polls.acquire()).await?.ok(),
            RequestClass::Read => None,
        };
        let once = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
        let retry = if class == RequestClass::Poll { once } else { RetryPolicy::default() };
        let judge = |response: &Response| {
            log_rate_limits(call, response);
            match class == RequestClass::Read && is_transient(response.status) {
                true => Retry::Yes(self.error(call, response)),
                false => Retry::No,
            }
        };
        let make = |_| async { request(call) };
        let sent = self.client.send(call.operation, deadline, retry, make, judge).await;
        sent.map_err(|error| self.about(call, error))
    }

    /// Sends `call`, which changes something: see [`Http::send_once`].
    ///
    /// # Errors
    /// No connection, no token, a timeout. Nothing was carried out.
    pub async fn send_once(&self, call: &Call<'_>, deadline: &Deadline) -> Result<Sent> {
        let make = |_| async { request(call) };
        let describe = |response: &Response| self.error(call, response);
        let retry = RetryPolicy::default();
        let sent = self.client.send_once(call.operation, deadline, retry, make, describe).await;
        let sent = sent.map_err(|error| self.about(call, error))?;
        Ok(match sent {
            Sent::Unknown(error, asked) => Sent::Unknown(self.about(call, error), asked),
            Sent::Answered(response) => {
                log_rate_limits(call, &response);
                Sent::Answered(response)
            }
        })
    }

    /// Sends a read and accepts only 200.
    ///
    /// # Errors
    /// Those of [`Arm::send`], and every refusal.
    pub async fn read(
        &self,
        call: &Call<'_>,
        class: RequestClass,
        deadline: &Deadline,
    ) -> Result<Value> {
        self.document(call, &self.read_ok(call, class, deadline).await?)
    }

    /// Sends a read and accepts only a resource.
    ///
    /// # Errors
    /// Those of [`Arm::send`], every refusal, and those of [`Arm::resource`].
    pub async fn read_resource(
        &self,
        call: &Call<'_>,
        class: RequestClass,
        deadline: &Deadline,
    ) -> Result<Value> {
        self.resource(call, &self.read_ok(call, class, deadline).await?)
    }

    async fn read_ok(
        &self,
        call: &Call<'_>,
        class: RequestClass,
        deadline: &Deadline,
    ) -> Result<Response> {
        let response = self.send(call, class, deadline).await?;
        if response.status.as_u16() == 200 {
            Ok(response)
        } else {
            Err(self.error(call, &response))
        }
    }

    /// The JSON of a response.
    ///
    /// # Errors
    /// [`Kind::Unexpected`] if it is not JSON.
    pub fn document(&self, call: &Call<'_>, response: &Response) -> Result<Value> {
        match serde_json::from_slice(response.json()) {
            Ok(document @ Value::Object(_)) => Ok(document),
            _ => Err(self.unexpected(call, response, "a JSON object")),
        }
    }

    /// The resource in a response.
    ///
    /// # Errors
    /// [`Kind::Unexpected`] if there is none: a page of a gateway, or an empty object.
    pub fn resource(&self, call: &Call<'_>, response: &Response) -> Result<Value> {
        let document = self.document(call, response)?;
        if is_resource(&document) {
            return Ok(document);
        }
        // A success that is not one, with the service's own words.
        if error::is_error_only(&document) {
            let reasons = error::reasons(&document);
            let error = error::of_reasons(Kind::Unexpected, call.operation, &reasons);
            return Err(self.traced(call, response, error.status(response.status.as_u16())));
        }
        Err(self.unexpected(call, response, "a resource"))
    }

    /// The error about a success that does not hold what it should.
    fn unexpected(&self, call: &Call<'_>, response: &Response, expected: &str) -> Error {
        let text = format!("expected {expected}, got {}", response.describe());
        let error = Error::new(Kind::Unexpected, call.operation, text);
        self.traced(call, response, error.status(response.status.as_u16()))
    }

    /// The error that `response` is.
    #[must_use]
    pub fn error(&self, call: &Call<'_>, response: &Response) -> Error {
        self.traced(call, response, error::of_response(call.operation, response))
    }

    /// Adds the ids of the request to an error.
    #[must_use]
    pub fn traced(&self, call: &Call<'_>, response: &Response, error: Error) -> Error {
        let correlation = response.header(CORRELATION).unwrap_or(call.correlation);
        error
            .fact("Resource", call.resource)
            .fact("x-ms-request-id", response.header("x-ms-request-id").unwrap_or_default())
            .fact(CORRELATION, correlation)
    }

    /// Adds the resource to an error, unless it is named.
    pub(super) fn about(&self, call: &Call<'_>, error: Error) -> Error {
        if error.facts.iter().any(|(name, _)| *name == "Resource") {
            return error;
        }
        error.fact("Resource", call.resource).fact(CORRELATION, call.correlation)
    }
}

/// A new correlation id.
#[must_use]
pub fn correlation() -> String {
    Uuid::new_v4().to_string()
}

fn request(call: &Call<'_>) -> Result<Request> {
    let mut request = Request::new(call.method.clone(), call.url.clone());
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Ok(value) = HeaderValue::from_str(call.correlation) {
        headers.insert(HeaderName::from_static(CORRELATION), value);
    }
    if let Some(body) = call.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.to_string().into());
    }
    Ok(request)
}

fn log_rate_limits(call: &Call<'_>, response: &Response) {
    for (name, value) in &response.headers {
        let remaining = name.as_str().strip_prefix("x-ms-ratelimit-remaining-");
        if let (Some(bucket), Ok(remaining)) = (remaining, value.to_str()) {
            tracing::debug!(operation = call.operation, bucket, remaining, "rate limit");
        }
    }
}
