//! Sending a request until there is a response: the only place that retries.
//!
//! Reads are retried ([`Http::send`]); a change is sent once, unless it was certainly not
//! received ([`Http::send_once`]). Redirects are never followed, since they would
//! carry credentials to wherever they point.
//! Proxies come from the environment as everywhere else, except for loopback and link-local hosts.

mod certificate;

use std::net::IpAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Request, StatusCode, Url};
use tokio::time::Instant;

use super::deadline::readable;
use super::{Deadline, Error, Kind, Result};
use crate::secret::excerpt;

/// The largest response that is read. The longest lists take a few megabytes a page.
const LARGEST: usize = 64 << 20;

/// The same for an error response.
const LARGEST_ERROR: usize = 1 << 20;

/// The connect timeout.
const CONNECT: Duration = Duration::from_secs(20);

/// The HTTP client of one process: all its users share the connections.
///
/// Built when the first request needs it: a provider is started several times per plan, mostly to
/// be asked for its schema.
#[derive(Debug)]
pub struct Http {
    user_agent: String,
    proxied: OnceLock<Client>,
    direct: OnceLock<Client>,
    /// For plain http, which does not need the certificates that take longest to load.
    plain: OnceLock<Client>,
    /// Held while a client is made: many first requests come at once, and one client is enough.
    making: Mutex<()>,
}

/// How often to retry, and after what pauses.
#[derive(Clone, Copy, Debug)]
pub struct RetryPolicy {
    /// Attempts in all, the first included.
    pub attempts: u32,
    /// Longest time one attempt may take.
    pub attempt: Duration,
    /// Pause before the second attempt; doubled for each further one.
    pub first: Duration,
    /// The longest pause, unless the service asks for a longer one.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 6,
            attempt: Duration::from_secs(60),
            first: Duration::from_millis(400),
            longest: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// The same with no pause shorter than `least`.
    fn no_sooner_than(self, least: Duration) -> Self {
        // `backoff` takes up to a quarter off.
        let first = self.first.max(least.mul_f64(4.0 / 3.0));
        Self { first, longest: self.longest.max(first), ..self }
    }
}

/// A complete response.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The URL of the request.
    pub url: Url,
    /// How many attempts it took.
    pub attempts: u32,
}

impl Response {
    /// A header's value, if it is there and text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as text without a byte order mark, which some gateways put in front of JSON.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.json())
    }

    /// Whether it is a web page, whatever it says that it is.
    #[must_use]
    pub fn is_html(&self) -> bool {
        let declared = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let start: String = self.text().trim_start().chars().take(14).collect();
        let start = start.to_ascii_lowercase();
        declared.contains("html")
            || ["<!doctype html", "<html"].iter().any(|tag| start.starts_with(tag))
    }

    /// The body without a byte order mark.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body)
    }

    /// The pause that the service asked for, in seconds or as a date. Zero and invalid values count
    /// as none.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }

    /// What came instead of what was expected: status, content type and the first characters.
    #[must_use]
    pub fn describe(&self) -> String {
        let kind = self.header("content-type").unwrap_or("no content type");
        if self.body.is_empty() {
            return format!("HTTP {} with an empty body", self.status);
        }
        let start = excerpt(self.text().trim(), 200);
        format!("HTTP {} ({kind}): {start}", self.status)
    }
}

/// What to do with a response.
#[derive(Debug)]
pub enum Retry {
    /// It is final, a success or not.
    No,
    /// It is a transient failure. It becomes the error when no attempt is left.
    Yes(Error),
    /// As [`Retry::Yes`], with the first pause at least this long; further ones grow.
    After(Error, Duration),
}

/// What became of a request that must not be repeated.
#[derive(Debug)]
pub enum Sent {
    /// There is a response, a success or not.
    Answered(Response),
    /// It is unknown whether it was carried out: the response got lost, or a gateway gave up.
    /// Holds what went wrong, and the pause that was asked for.
    Unknown(Error, Option<Duration>),
}

/// A request without a response.
struct Lost {
    error: Error,
    /// Whether the service may have received it.
    outcome_unknown: bool,
}

/// Whether the response to a change leaves its outcome unknown.
fn leaves_open(status: StatusCode) -> bool {
    status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT
}

/// Whether a status means that the same request may succeed later.
#[must_use]
pub fn is_transient(status: StatusCode) -> bool {
    // 520 to 530 are those of gateways.
    matches!(status.as_u16(), 408 | 429 | 500 | 502..=504 | 506..=599)
}

/// Whether a host is this machine. Plain http is acceptable only there.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(url::Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        None => false,
    }
}

/// Whether a host is link-local, as the metadata services of virtual machines are. No proxy can
/// reach it.
#[must_use]
pub fn is_link_local(url: &Url) -> bool {
    matches!(url.host(), Some(url::Host::Ipv4(address)) if address.is_link_local())
}

impl Http {
    /// A client that introduces itself as `user_agent`.
    #[must_use]
    pub fn new(user_agent: String) -> Self {
        Self {
            user_agent,
            proxied: OnceLock::new(),
            direct: OnceLock::new(),
            plain: OnceLock::new(),
            making: Mutex::default(),
        }
    }

    /// Sends what `make` makes, and retries as long as `judge` asks for it and `retry` and
    /// `deadline` allow it.
    ///
    /// `make` is called for each attempt (with its number, from 1), because signatures expire.
    ///
    /// # Errors
    /// Those of `make`; [`Kind::Unavailable`], [`Kind::Throttled`] or what `judge` said when no
    /// attempt is left; [`Kind::TimedOut`] and [`Kind::Interrupted`] as `deadline` says.
    pub async fn send<Making>(
        &self,
        operation: &'static str,
        deadline: &Deadline,
        retry: RetryPolicy,
        mut make: impl FnMut(u32) -> Making,
        judge: impl Fn(&Response) -> Retry,
    ) -> Result<Response>
    where
        Making: Future<Output = Result<Request>>,
    {
        for attempt in 1.. {
            if deadline.left().is_zero() {
                return Err(after(deadline.has_passed(operation), attempt - 1));
            }
            let request = make(attempt).await?;
            let exchange = self.once(operation, deadline, retry, request);
            let (failure, pause) = match deadline.race(operation, exchange).await? {
                Ok(mut response) => {
                    response.attempts = attempt;
                    let asked = response.retry_after();
                    match judge(&response) {
                        Retry::No => return Ok(response),
                        Retry::Yes(error) => (error, asked),
                        Retry::After(error, least) => {
                            let own = backoff(retry.no_sooner_than(least), attempt);
                            (error, Some(asked.unwrap_or(own)))
                        }
                    }
                }
                Err(Lost { error, .. }) if is_final(&error) => return Err(error),
                Err(Lost { error, .. }) => (error, None),
            };
            self.pause_after(failure, pause, deadline, retry, attempt).await?;
        }
        unreachable!("attempts are counted from 1 without end")
    }

    /// Sends what `make` makes once, or again while it was certainly not carried out: no connection,
    /// or HTTP 429, of which `describe` makes an error.
    ///
    /// A request in flight ends with its response or at the deadline; it is not cancelled.
    ///
    /// # Errors
    /// Those of `make`; [`Kind::Unavailable`] and [`Kind::Throttled`] when no attempt is left;
    /// [`Kind::TimedOut`] and [`Kind::Interrupted`] as `deadline` says. Nothing was carried out.
    pub async fn send_once<Making>(
        &self,
        operation: &'static str,
        deadline: &Deadline,
        retry: RetryPolicy,
        mut make: impl FnMut(u32) -> Making,
        describe: impl Fn(&Response) -> Error,
    ) -> Result<Sent>
    where
        Making: Future<Output = Result<Request>>,
    {
        for attempt in 1.. {
            if deadline.left().is_zero() {
                return Err(after(deadline.has_passed(operation), attempt - 1));
            }
            let request = make(attempt).await?;
            let (failure, pause) = match self.once(operation, deadline, retry, request).await {
                Ok(response) if leaves_open(response.status) => {
                    return Ok(Sent::Unknown(describe(&response), response.retry_after()));
                }
                Ok(response) if response.status == StatusCode::TOO_MANY_REQUESTS => {
                    (describe(&response), response.retry_after())
                }
                Ok(mut response) => {
                    response.attempts = attempt;
                    return Ok(Sent::Answered(response));
                }
                Err(Lost { error, outcome_unknown: true }) => {
                    return Ok(Sent::Unknown(error, None));
                }
                Err(Lost { error, .. }) if is_final(&error) => return Err(error),
                Err(Lost { error, .. }) => (error, None),
            };
            self.pause_after(failure, pause, deadline, retry, attempt).await?;
        }
        unreachable!("attempts are counted from 1 without end")
    }

    /// Waits for the next attempt; returns `failure` if there is none left.
    async fn pause_after(
        &self,
        failure: Error,
        pause: Option<Duration>,
        deadline: &Deadline,
        retry: RetryPolicy,
        attempt: u32,
    ) -> Result<()> {
        if attempt >= retry.attempts || failure.kind == Kind::TimedOut {
            return Err(after(failure, attempt));
        }
        let pause = pause.unwrap_or_else(|| backoff(retry, attempt));
        if pause >= deadline.left() {
            return Err(too_long(failure, pause, deadline, attempt));
        }
        tracing::debug!(
            operation = failure.operation,
            attempt,
            pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
            reason = %failure.message,
            "trying again",
        );
        deadline.pause(failure.operation, pause).await
    }

    async fn once(
        &self,
        operation: &'static str,
        deadline: &Deadline,
        retry: RetryPolicy,
        request: Request,
    ) -> std::result::Result<Response, Lost> {
        let (method, url) = (request.method().clone(), request.url().clone());
        let started = Instant::now();
        let allowed = retry.attempt.min(deadline.left());
        tracing::debug!(operation, http_method = %method, http_url = without_query(&url), "sending request");
        let lost = |kind, text: String, outcome_unknown| {
            tracing::debug!(operation, http_url = without_query(&url), "{text}");
            Lost { error: Error::new(kind, operation, text), outcome_unknown }
        };
        let client = self.client(&url).map_err(|error| {
            lost(Kind::Invalid, format!("no HTTP client: {}", chain(error)), false)
        })?;
        let exchange = async {
            let received = client.execute(request).await?;
            read(received, &url).await
        };
        let step = deadline.no_later_than(allowed);
        let outcome = step.finish(operation, exchange).await.map_err(|_| {
            // What was left for the last attempt alone says nothing about the time allowed.
            let (kind, within) = match deadline.left().is_zero() {
                true => (Kind::TimedOut, deadline.within),
                false => (Kind::Unavailable, allowed),
            };
            let text = format!("no answer from {} within {}", host_port(&url), readable(within));
            lost(kind, text, true)
        })?;
        match outcome {
            Ok(response) => {
                tracing::debug!(
                    operation,
                    http_method = %method,
                    http_url = without_query(&url),
                    http_status = response.status.as_u16(),
                    bytes = response.body.len(),
                    duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
                    "received response",
                );
                Ok(response)
            }
            Err(Broken::Transport(error)) => Err(match certificate::refusal(&error) {
                // Refused in the handshake, before anything was sent.
                Some(why) => {
                    let host = host_port(&url);
                    let text = format!("the certificate of {host} was not accepted: {why}");
                    lost(Kind::Untrusted, text, false)
                }
                None => {
                    let outcome_unknown = !error.is_connect();
                    let text = format!("no answer from {}: {}", host_port(&url), chain(error));
                    lost(Kind::Unavailable, text, outcome_unknown)
                }
            }),
            Err(Broken::TooLarge) => {
                let limit = LARGEST >> 20;
                let text = format!("the answer from {} exceeds {limit} MiB", host_port(&url));
                Err(lost(Kind::Unexpected, text, true))
            }
        }
    }

    fn client(&self, url: &Url) -> std::result::Result<&Client, reqwest::Error> {
        let near = is_loopback(url) || is_link_local(url);
        let is_plain = near && url.scheme() == "http";
        let slot = match near {
            true if is_plain => &self.plain,
            true => &self.direct,
            false => &self.proxied,
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let builder = Client::builder()
            .user_agent(&self.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            // No retries of the library's own: they would not be counted.
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT);
        let builder = if near { builder.no_proxy() } else { builder };
        let builder = if is_plain { builder.tls_certs_only([]) } else { builder };
        let client = builder.build()?;
        Ok(slot.get_or_init(|| client))
    }
}

/// Why a response could not be read.
enum Broken {
    Transport(reqwest::Error),
    TooLarge,
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error)
    }
}

/// Reads a response; of an error only the start.
async fn read(mut received: reqwest::Response, url: &Url) -> std::result::Result<Response, Broken> {
    let (status, headers) = (received.status(), std::mem::take(received.headers_mut()));
    let largest = if status.is_success() { LARGEST } else { LARGEST_ERROR };
    if status.is_success() && received.content_length().is_some_and(|n| n > LARGEST as u64) {
        return Err(Broken::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = received.chunk().await? {
        let room = largest - body.len();
        if chunk.len() > room && status.is_success() {
            return Err(Broken::TooLarge);
        }
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == largest && !status.is_success() {
            break;
        }
    }
    Ok(Response { status, headers, body, url: url.clone(), attempts: 0 })
}

/// Whether another attempt would end in the same way.
fn is_final(error: &Error) -> bool {
    matches!(error.kind, Kind::Invalid | Kind::Unexpected | Kind::Untrusted)
}

/// A URL for the log: its query may be a credential, such as the signature in the address of an
/// operation's status.
fn without_query(url: &Url) -> String {
    format!("{}://{}{}", url.scheme(), host_port(url), url.path())
}

/// `host`, or `host:port` when the port is not the scheme's own.
#[must_use]
pub fn host_port(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

/// Scheme, host and port; the port is always included, since it may be all that differs.
#[must_use]
pub fn origin(url: &Url) -> String {
    let port = url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// The message about a redirect, which is never followed.
#[must_use]
pub fn redirect_refused(response: &Response) -> Option<String> {
    if !response.status.is_redirection() {
        return None;
    }
    let target = response.headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let target = match target.map(|location| response.url.join(location)) {
        Some(Ok(url)) => origin(&url),
        _ => "an address that cannot be read".to_owned(),
    };
    Some(format!(
        "{} redirects to {target} (HTTP {}); redirects are not followed, since they would carry \
         credentials along",
        host_port(&response.url),
        response.status.as_u16()
    ))
}

/// `Retry-After` and its millisecond variants.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let milliseconds = ["retry-after-ms", "x-ms-retry-after-ms"]
        .into_iter()
        .filter_map(|name| text(name)?.trim().parse().ok())
        .map(Duration::from_millis)
        // The other headers may tell more.
        .find(|pause| !pause.is_zero());
    let seconds = || {
        let value = text(RETRY_AFTER.as_str())?.trim();
        if let Ok(seconds) = value.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::now()).ok()
    };
    milliseconds.or_else(seconds).filter(|pause| !pause.is_zero())
}

/// Doubled for each attempt, a quarter of it random, so that many callers do not come back together.
fn backoff(retry: RetryPolicy, attempt: u32) -> Duration {
    let full = retry.first.saturating_mul(1 << (attempt - 1).min(16)).min(retry.longest);
    // At least three quarters of the full pause: the next one has to be longer.
    full.mul_f64(0.75 + fastrand::f64() / 4.0)
}

fn after(error: Error, attempts: u32) -> Error {
    if attempts > 1 { error.fact("Attempts", attempts.to_string()) } else { error }
}

fn too_long(failure: Error, pause: Duration, deadline: &Deadline, attempts: u32) -> Error {
    let kind = if failure.kind == Kind::Throttled { Kind::Throttled } else { Kind::TimedOut };
    let message = format!(
        "{}; the next attempt would have to wait {}, but of the {} allowed only {} are left",
        failure.message,
        readable(pause),
        readable(deadline.within),
        readable(deadline.left())
    );
    after(Error { kind, message, ..failure }, attempts)
}

/// An error with all its causes: a transport error by itself says little.
fn chain(error: reqwest::Error) -> String {
    // The URL is reported elsewhere, without its query.
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests;
