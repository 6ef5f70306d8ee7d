//! One request for one page, and what its response means.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, StatusCode, Url};
use tokio::sync::Semaphore;

use super::envelope::Envelope;
use super::retcode::{is_permanent, meaning};
use super::signature::Parameters;
use super::{Credentials, Image, OPERATION, Query};
use crate::cloud::http::{Http, Response, Retry, RetryPolicy, is_transient, redirect_refused};
use crate::cloud::{Deadline, Error, Kind, Result};
use crate::secret::excerpt;

/// Pages requested at one time by one client, over all its listings: as many as it takes to get the
/// 19 further pages of 10,000 images, and the page after the last, in two rounds.
pub(super) const IN_FLIGHT: usize = 10;

/// The service's own SDKs have the same timeout.
const ATTEMPT: Duration = Duration::from_secs(30);

/// Useful messages of the service are shorter.
const MESSAGE: usize = 800;

/// Sends requests to one endpoint with one pair of keys.
#[derive(Debug)]
pub(super) struct Caller {
    http: Arc<Http>,
    credentials: Credentials,
    endpoint: Url,
    retry: RetryPolicy,
    permits: Semaphore,
}

/// A page of images as the service sent it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) images: Vec<Image>,
    /// How many images there are in all; none if the service sent nothing, or nothing valid.
    pub(super) total: Option<u64>,
}

/// What a response means.
enum Reading {
    Page(Page),
    Final(Error),
    Passing(Error, Option<Duration>),
}

impl Caller {
    pub(super) fn new(
        http: Arc<Http>,
        credentials: Credentials,
        endpoint: Url,
        max_retries: u32,
    ) -> Self {
        let retry = RetryPolicy {
            attempts: max_retries.saturating_add(1),
            attempt: ATTEMPT,
            ..RetryPolicy::default()
        };
        Self { http, credentials, endpoint, retry, permits: Semaphore::new(IN_FLIGHT) }
    }

    pub(super) fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Fetches `limit` images from `offset` on, or as many as the service gives.
    pub(super) async fn page(
        &self,
        deadline: &Deadline,
        query: &Query,
        ids: &[String],
        (offset, limit): (u64, u64),
    ) -> Result<Page> {
        let body = parameters(query, ids, offset, limit).sign(&self.credentials);
        let body = Bytes::from(body);
        // Refused only when the semaphore is closed, which it never is.
        let _permit = self.permits.acquire().await;
        let page = Mutex::new(None);
        let keep = |outcome| {
            *page.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            Retry::No
        };
        // Owning and not `async |_|`: the compiler does not see that a closure which borrows, or
        // lends to its future, may move between threads.
        let endpoint = self.endpoint.clone();
        let make = move |_| std::future::ready(Ok(post(&endpoint, body.clone())));
        let judge = |response: &Response| match read(response) {
            Reading::Page(page) => keep(Ok(page)),
            Reading::Final(error) => keep(Err(error)),
            Reading::Passing(error, None) => Retry::Yes(error),
            Reading::Passing(error, Some(pause)) => Retry::After(error, pause),
        };
        let sent = self.http.send(OPERATION, deadline, self.retry, make, judge).await;
        let kept = page.into_inner().unwrap_or_else(PoisonError::into_inner);
        let outcome = sent.and_then(|_| {
            kept.unwrap_or_else(|| Err(Error::new(Kind::Unexpected, OPERATION, "no answer kept")))
        });
        outcome.map_err(|error| self.about(query, error))
    }

    /// Adds the parameters of the request.
    pub(super) fn about(&self, query: &Query, error: Error) -> Error {
        error
            .fact("Region", &query.region)
            .fact("Project", query.project_id.as_deref().unwrap_or_default())
            .fact("Endpoint", self.endpoint.as_str())
            .fact("Keys", self.credentials.source())
    }
}

fn parameters(query: &Query, ids: &[String], offset: u64, limit: u64) -> Parameters {
    Parameters::of(OPERATION)
        .with("Region", &query.region)
        .with_some("ProjectId", query.project_id.as_deref())
        .with_some("Zone", query.zone.as_deref())
        .with_some("ImageType", query.image_type.as_deref())
        .with_some("FuncType", query.func_type.as_deref())
        .with_some("OsType", query.os_type.as_deref())
        .with_some("Tag", query.tag.as_deref())
        .with_all("ImageIds", ids.iter().map(String::as_str))
        .with_some("PriceSet", query.include_prices.then_some("1"))
        .with("Offset", offset.to_string())
        .with("Limit", limit.to_string())
}

fn post(endpoint: &Url, body: Bytes) -> Request {
    let mut request = Request::new(Method::POST, endpoint.clone());
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(CONTENT_TYPE, form);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    *request.body_mut() = Some(body.into());
    request
}

/// Reads a response.
fn read(response: &Response) -> Reading {
    // Text that is not UTF-8 costs its own characters, and not the page.
    let text = response.text();
    let parsed: serde_json::Result<Envelope> = serde_json::from_str(&text);
    let request = response.header("x-ucloud-request-uuid").unwrap_or_default();
    let error = |kind, text: String| {
        Error::new(kind, OPERATION, text).status(response.status.as_u16()).fact("Request", request)
    };
    if !response.status.is_success() {
        let refused = parsed.ok().and_then(|envelope| {
            let code = envelope.ret_code.filter(|code| *code != 0)?;
            Some((code, said(code, &envelope)))
        });
        return refusal(response, refused, &error);
    }
    let start = response.json().trim_ascii_start().first();
    match parsed {
        // The parser takes a list for an object with its fields in order.
        Ok(_) if start != Some(&b'{') => Reading::Final(strange(&error, response)),
        Ok(Envelope { ret_code: Some(0), image_set: None, .. }) => Reading::Final(error(
            Kind::Unexpected,
            format!("the ImageSet is not a list: {}", response.describe()),
        )),
        Ok(Envelope { ret_code: Some(0), total_count, image_set: Some(image_set), .. }) => {
            let total = total_count.and_then(|total| u64::try_from(total).ok());
            Reading::Page(Page {
                images: image_set.into_vec(),
                total: total.filter(|total| *total > 0),
            })
        }
        Ok(Envelope { ret_code: None, .. }) => Reading::Final(error(
            Kind::Unexpected,
            format!("the answer has no RetCode: {}", response.describe()),
        )),
        Ok(envelope) => {
            let code = envelope.ret_code.unwrap_or_default();
            let meaning = meaning(code);
            let error = Error {
                setting: meaning.setting,
                ..error(meaning.kind, said(code, &envelope)).code(code.to_string())
            };
            if meaning.transient {
                Reading::Passing(error, meaning.pause)
            } else {
                Reading::Final(error)
            }
        }
        Err(cause) if cause.is_eof() => Reading::Passing(
            error(Kind::Unavailable, format!("broken answer: {}", response.describe())),
            None,
        ),
        Err(_) => Reading::Final(strange(&error, response)),
    }
}

fn strange(error: &dyn Fn(Kind, String) -> Error, response: &Response) -> Error {
    let text = format!("the answer is not what the API sends: {}", response.describe());
    error(Kind::Unexpected, text)
}

/// A response with another status than success.
fn refusal(
    response: &Response,
    refused: Option<(i64, String)>,
    error: &dyn Fn(Kind, String) -> Error,
) -> Reading {
    if let Some(text) = redirect_refused(response) {
        return Reading::Final(Error {
            setting: Some("base_url"),
            ..error(Kind::Unexpected, text)
        });
    }
    if let Some((code, text)) = &refused
        && is_permanent(*code)
    {
        let meaning = meaning(*code);
        let failure = error(meaning.kind, text.clone()).code(code.to_string());
        return Reading::Final(Error { setting: meaning.setting, ..failure });
    }
    let kind = match Kind::of_status(response.status.as_u16()) {
        // The service always responds with 200, so this comes from a gateway.
        Kind::NotFound | Kind::Conflict => Kind::Unexpected,
        Kind::Invalid if response.status != StatusCode::BAD_REQUEST => Kind::Unexpected,
        kind => kind,
    };
    let failure = match refused {
        Some((code, text)) => error(kind, text).code(code.to_string()),
        None => error(kind, response.describe()),
    };
    if is_transient(response.status) {
        Reading::Passing(failure, None)
    } else {
        Reading::Final(failure)
    }
}

fn said(code: i64, envelope: &Envelope) -> String {
    match envelope.message.as_deref().map(str::trim) {
        Some(text) if !text.is_empty() => excerpt(text, MESSAGE),
        _ => format!("RetCode {code} without a message"),
    }
}
