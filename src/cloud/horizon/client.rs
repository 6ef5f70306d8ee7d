//! One request to the Image Management Service, with everything a request needs.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::csp::{Credentials, Csp, organisation};
use super::error;
use crate::cloud::authorized::{self, Origins};
use crate::cloud::http::{Http, Response, Retry, RetryPolicy, Sent, is_transient};
use crate::cloud::token::TokenCache;
use crate::cloud::{Deadline, Error, Kind, Result};

/// Where the vendor runs the service: today's names, and those before Omnissa was a company.
const DOMAINS: &[&str] = &["omnissa.com", "omnissahorizon.com", "vmware.com", "vmwarehorizon.com"];

/// The tokens are for everything that the login may do.
const SCOPE: &str = "horizon";

/// Status checks under way at one time.
const POLLS: usize = 8;

/// What a client is set up with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The gateway.
    pub endpoint: Url,
    /// The token service.
    pub csp_url: Url,
    /// The login.
    pub credentials: Credentials,
    /// The organisation; the token's if it is not given.
    pub org_id: Option<String>,
    /// The pause between two status checks.
    pub polling_interval: Duration,
}

/// A client of the Image Management Service.
#[derive(Clone, Debug)]
pub struct Horizon {
    client: authorized::Client,
    tokens: Arc<TokenCache>,
    endpoint: Url,
    org_id: Option<String>,
    setting: &'static str,
    pub(super) polling_interval: Duration,
    polls: Arc<Semaphore>,
    /// The ids of the images that were created through this client.
    created: Arc<Mutex<HashSet<String>>>,
}

/// What to send.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    /// The name of the operation in errors and logs.
    pub(super) operation: &'static str,
    pub(super) method: Method,
    /// The path below the service's own.
    pub(super) path: &'a [&'a str],
    /// Query parameters beside the organisation, which is in every one but a POST's.
    pub(super) query: Vec<(&'a str, String)>,
    pub(super) body: Option<Value>,
}

impl<'a> Call<'a> {
    pub(super) fn get(operation: &'static str, path: &'a [&'a str]) -> Self {
        Self { operation, method: Method::GET, path, query: Vec::new(), body: None }
    }

    pub(super) fn with(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

/// A failed status check, and the pause that was asked for.
pub(super) type Unread = (Error, Option<Duration>);

impl Horizon {
    /// A client. Nothing is sent yet.
    #[must_use]
    pub fn new(http: Arc<Http>, settings: Settings) -> Self {
        let Settings { endpoint, csp_url, credentials, org_id, polling_interval } = settings;
        let setting = credentials.setting();
        let csp = Csp { http: Arc::clone(&http), url: csp_url, credentials };
        let tokens = Arc::new(TokenCache::new(Arc::new(csp)));
        let origins = Origins::Several { own: endpoint.clone(), domains: DOMAINS };
        let client = authorized::Client::new(http, Arc::clone(&tokens), SCOPE, origins);
        let polls = Arc::new(Semaphore::new(POLLS));
        let created = Arc::default();
        Self { client, tokens, endpoint, org_id, setting, polling_interval, polls, created }
    }

    /// Takes an image for the one that a creation has made. False if it is another creation's: of two
    /// with one name both may have lost their answer.
    pub(super) fn claim(&self, id: &str) -> bool {
        self.created.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned())
    }

    /// The organisation: the configured one, or that of the token.
    ///
    /// # Errors
    /// Those of the login; [`Kind::Invalid`] when the token does not name one.
    pub async fn org_id(&self, deadline: &Deadline) -> Result<String> {
        if let Some(org_id) = &self.org_id {
            return Ok(org_id.clone());
        }
        let token = self.tokens.get(SCOPE, deadline).await?;
        organisation(&token).ok_or_else(|| {
            let why = "is not set, and the access token does not name an organisation (claim \
                       `context_name`)";
            Error::setting("GetOrganisation", "org_id", why)
        })
    }

    /// The address of the service, for the id of a query.
    #[must_use]
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    async fn url(&self, call: &Call<'_>, deadline: &Deadline) -> Result<Url> {
        let mut url = self.endpoint.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["imagemgmt", "v1"]).extend(call.path);
        }
        let mut pairs: Vec<(&str, String)> = call.query.clone();
        if call.method != Method::POST {
            pairs.push(("org_id", self.org_id(deadline).await?));
        }
        if !pairs.is_empty() {
            let query =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            // Not every service reads a plus sign as a space.
            url.set_query(Some(&query.replace('+', "%20")));
        }
        Ok(url)
    }

    /// Sends a read, with retries.
    ///
    /// # Errors
    /// No answer after all attempts, no token, or the service's refusal.
    pub(super) async fn read(&self, call: &Call<'_>, deadline: &Deadline) -> Result<Response> {
        let response = self.answer(call, deadline).await?;
        if response.status.is_success() { Ok(response) } else { Err(self.error(call, &response)) }
    }

    /// The same, with a refusal as a response.
    pub(super) async fn answer(&self, call: &Call<'_>, deadline: &Deadline) -> Result<Response> {
        let url = self.url(call, deadline).await?;
        let make = async |_| Ok(request(call, &url));
        let retry = RetryPolicy::default();
        let judge = |response: &Response| match is_transient(response.status) {
            true => Retry::Yes(self.error(call, response)),
            false => Retry::No,
        };
        self.client.send(call.operation, deadline, retry, make, judge).await
    }

    /// Sends a status check: once, whatever the answer, since the next one comes anyway.
    pub(super) async fn peek(
        &self,
        call: &Call<'_>,
        deadline: &Deadline,
    ) -> std::result::Result<Value, Unread> {
        let response = self.peeked(call, deadline).await.map_err(|error| (error, None))?;
        let asked = response.retry_after();
        self.document(call, &response).map_err(|error| (error, asked))
    }

    /// The same for the first page of a short list.
    pub(super) async fn peek_list(
        &self,
        call: &Call<'_>,
        deadline: &Deadline,
    ) -> std::result::Result<Vec<Value>, Unread> {
        let response = self.peeked(call, deadline).await.map_err(|error| (error, None))?;
        if !response.status.is_success() {
            return Err((self.error(call, &response), response.retry_after()));
        }
        let mut body: Value = serde_json::from_slice(response.json()).unwrap_or_default();
        Ok(body["content"].as_array_mut().map(std::mem::take).unwrap_or_default())
    }

    async fn peeked(&self, call: &Call<'_>, deadline: &Deadline) -> Result<Response> {
        let _permit = deadline.race(call.operation, self.polls.acquire()).await?;
        let url = self.url(call, deadline).await?;
        let once = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
        let make = async |_| Ok(request(call, &url));
        let judge = |_: &Response| Retry::No;
        self.client.send(call.operation, deadline, once, make, judge).await
    }

    /// Sends a change: see [`Http::send_once`].
    ///
    /// # Errors
    /// Nothing was carried out.
    pub(super) async fn send_once(&self, call: &Call<'_>, deadline: &Deadline) -> Result<Sent> {
        let url = self.url(call, deadline).await?;
        let make = async |_| Ok(request(call, &url));
        let describe = |response: &Response| self.error(call, response);
        let retry = RetryPolicy::default();
        self.client.send_once(call.operation, deadline, retry, make, describe).await
    }

    /// Reads one object.
    ///
    /// # Errors
    /// Those of [`Horizon::read`]; [`Kind::Unexpected`] about an answer that is not an object.
    pub(super) async fn get(&self, call: &Call<'_>, deadline: &Deadline) -> Result<Value> {
        self.document(call, &self.read(call, deadline).await?)
    }

    fn document(&self, call: &Call<'_>, response: &Response) -> Result<Value> {
        if !response.status.is_success() {
            return Err(self.error(call, response));
        }
        match serde_json::from_slice(response.json()) {
            Ok(document @ Value::Object(_)) if is_object_of_service(&document) => Ok(document),
            _ => {
                let text =
                    format!("expected an object of the service, got {}", response.describe());
                Err(Error::new(Kind::Unexpected, call.operation, text)
                    .status(response.status.as_u16()))
            }
        }
    }

    /// The error that `response` is.
    pub(super) fn error(&self, call: &Call<'_>, response: &Response) -> Error {
        let error = error::of_response(call.operation, response);
        // Which login lacks the right is for the user to know.
        let setting = (error.kind == Kind::Denied).then_some(self.setting);
        Error { setting, ..error }
    }
}

/// Whether a document is an object of the service, and not an error or the page of a gateway.
fn is_object_of_service(document: &Value) -> bool {
    crate::cloud::json::text(document.get("id")).is_some()
}

fn request(call: &Call<'_>, url: &Url) -> Request {
    let mut request = Request::new(call.method.clone(), url.clone());
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(body) = &call.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *request.body_mut() = Some(body.to_string().into());
    }
    request
}
