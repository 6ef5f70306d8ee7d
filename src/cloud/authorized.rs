//! Sending a request with a token, to the services that the token is for and to no others.
//!
//! Redirects are followed here, by hand, where a service has several addresses: the HTTP library
//! would drop the token, or the body of a change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use reqwest::header::{AUTHORIZATION, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use reqwest::{Request, StatusCode, Url};

use super::http::{Http, Response, Retry, RetryPolicy, Sent, is_loopback, origin};
use super::token::{Token, TokenCache};
use super::{Deadline, Error, Kind, Result};

/// How many redirects of one request are followed. More form a circle.
const REDIRECTS: usize = 5;

/// Where a token may be sent.
#[derive(Clone, Debug)]
pub enum Origins {
    /// One service: scheme, host and port of this address.
    One(Url),
    /// A service with several addresses, which redirects between them: the host of `own` on any
    /// port, and https at every host of `domains`.
    Several {
        /// The configured address.
        own: Url,
        /// Domains such as `example.com`, which stands for its subdomains as well.
        domains: &'static [&'static str],
    },
}

impl Origins {
    /// Refuses a URL of another origin: whoever receives a token could use it.
    ///
    /// # Errors
    /// [`Kind::Invalid`] with both origins.
    pub fn check(&self, operation: &'static str, url: &Url) -> Result<()> {
        let (is_allowed, allowed) = match self {
            // `Url` keeps hosts in lower case and knows the schemes' own ports.
            Self::One(one) => (one.origin() == url.origin(), origin(one)),
            Self::Several { own, domains } => {
                let is_own = own.host() == url.host()
                    && (url.scheme() == "https" || url.scheme() == own.scheme());
                let host = url.host_str().unwrap_or_default();
                let within = |domain: &&str| {
                    host.strip_suffix(*domain)
                        .is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
                };
                let is_of_domain = url.scheme() == "https" && domains.iter().any(within);
                let named: Vec<_> = domains.iter().map(|domain| format!("*.{domain}")).collect();
                let named = format!("{} or one of {}", origin(own), named.join(", "));
                (is_own || is_of_domain, named)
            }
        };
        if is_allowed {
            return Ok(());
        }
        let text = format!(
            "the service pointed to {}, which is not {allowed}; credentials are not sent to \
             another address",
            origin(url),
        );
        Err(Error::new(Kind::Invalid, operation, text))
    }

    /// Where a redirect leads, if it is one and may be followed. Method, body and query stay.
    fn redirected(&self, operation: &'static str, response: &Response) -> Result<Option<Url>> {
        let is_redirect = matches!(response.status.as_u16(), 301 | 302 | 307 | 308);
        if !is_redirect || matches!(self, Self::One(_)) {
            return Ok(None);
        }
        let location = response.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let Some(Ok(mut url)) = location.map(|location| response.url.join(location)) else {
            return Ok(None);
        };
        if url.scheme() == "http" && !is_loopback(&url) {
            // A gateway behind a proxy knows itself by http only.
            let _ = url.set_scheme("https");
        }
        url.set_fragment(None);
        if url.query().is_none() {
            url.set_query(response.url.query());
        }
        self.check(operation, &url)?;
        tracing::debug!(operation, to = origin(&url), "following a redirect");
        Ok(Some(url))
    }
}

/// A client of services that take bearer tokens. Clones share connections and tokens.
#[derive(Clone, Debug)]
pub struct Client {
    http: Arc<Http>,
    tokens: Arc<TokenCache>,
    scope: Arc<str>,
    origins: Origins,
}

impl Client {
    /// A client that sends tokens for `scope` to `origins`.
    #[must_use]
    pub fn new(http: Arc<Http>, tokens: Arc<TokenCache>, scope: &str, origins: Origins) -> Self {
        Self { http, tokens, scope: scope.into(), origins }
    }

    /// Sends what `make` makes as [`Http::send`] does, with a token. On HTTP 401 the token is renewed
    /// and the request sent again, once.
    ///
    /// # Errors
    /// Those of [`Http::send`] and [`TokenCache::get`]; [`Kind::Invalid`] for another origin, in
    /// which case nothing is sent.
    pub async fn send<Making>(
        &self,
        operation: &'static str,
        deadline: &Deadline,
        retry: RetryPolicy,
        make: impl Fn(u32) -> Making,
        judge: impl Fn(&Response) -> Retry,
    ) -> Result<Response>
    where
        Making: Future<Output = Result<Request>>,
    {
        let proof = Proof::default();
        loop {
            let (make, proof) = (&make, &proof);
            let make = |attempt| async move {
                self.authorize(operation, make(attempt).await?, proof, deadline).await
            };
            let judge = |response: &Response| match proof.may_renew(response.status) {
                true => Retry::No,
                false => judge(response),
            };
            let response = self.http.send(operation, deadline, retry, make, judge).await?;
            if !self.goes_on(operation, proof, &response)? {
                return Ok(response);
            }
        }
    }

    /// The same with [`Http::send_once`]: a request that was refused with HTTP 401 was not carried
    /// out.
    ///
    /// # Errors
    /// Those of [`Client::send`]. Nothing was carried out.
    pub async fn send_once<Making>(
        &self,
        operation: &'static str,
        deadline: &Deadline,
        retry: RetryPolicy,
        make: impl Fn(u32) -> Making,
        describe: impl Fn(&Response) -> Error,
    ) -> Result<Sent>
    where
        Making: Future<Output = Result<Request>>,
    {
        let proof = Proof::default();
        loop {
            let (make, proof) = (&make, &proof);
            let make = |attempt| async move {
                self.authorize(operation, make(attempt).await?, proof, deadline).await
            };
            match self.http.send_once(operation, deadline, retry, make, &describe).await? {
                Sent::Answered(response) if self.goes_on(operation, proof, &response)? => {}
                sent => return Ok(sent),
            }
        }
    }

    /// Whether the request has to be sent again, with another token or to another address. It was
    /// not carried out then.
    fn goes_on(&self, operation: &'static str, proof: &Proof, response: &Response) -> Result<bool> {
        if proof.refused_by(response) {
            return Ok(true);
        }
        let Some(url) = self.origins.redirected(operation, response)? else { return Ok(false) };
        let mut moved = lock(&proof.moved);
        moved.push(url);
        if moved.len() <= REDIRECTS {
            return Ok(true);
        }
        let hosts: Vec<String> = moved.iter().map(origin).collect();
        let text = format!("the service redirects again and again: {}", hosts.join(", "));
        Err(Error::new(Kind::Unexpected, operation, text).status(response.status.as_u16()))
    }

    async fn authorize(
        &self,
        operation: &'static str,
        mut request: Request,
        proof: &Proof,
        deadline: &Deadline,
    ) -> Result<Request> {
        if let Some(url) = lock(&proof.moved).last() {
            *request.url_mut() = url.clone();
        }
        self.origins.check(operation, request.url())?;
        let refused = proof.refused().clone();
        let token = match refused {
            Some((stale, claims)) => {
                self.tokens.replace(&self.scope, &stale, claims.as_deref(), deadline).await?
            }
            None => self.tokens.get(&self.scope, deadline).await?,
        };
        request.headers_mut().insert(AUTHORIZATION, bearer(operation, &token)?);
        *lock(&proof.used) = Some(token);
        Ok(request)
    }
}

/// The token that was sent, the response to it, and where that led.
#[derive(Default)]
struct Proof {
    used: Mutex<Option<Token>>,
    /// The token that was refused, and the claims that the service requires in the next one.
    refused: Mutex<Option<(Token, Option<String>)>>,
    /// Where redirects have led.
    moved: Mutex<Vec<Url>>,
}

impl Proof {
    fn refused(&self) -> MutexGuard<'_, Option<(Token, Option<String>)>> {
        lock(&self.refused)
    }

    fn may_renew(&self, status: StatusCode) -> bool {
        status == StatusCode::UNAUTHORIZED && self.refused().is_none()
    }

    /// Whether to try once more, with another token.
    fn refused_by(&self, response: &Response) -> bool {
        if !self.may_renew(response.status) {
            return false;
        }
        *self.refused() = lock(&self.used).take().map(|token| (token, challenged_claims(response)));
        true
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The claims that a service requires in the next token, as continuous access evaluation requests
/// them: `WWW-Authenticate: Bearer error="insufficient_claims", claims="<base64>"`.
fn challenged_claims(response: &Response) -> Option<String> {
    let headers = response.headers.get_all(WWW_AUTHENTICATE);
    let encoded = headers.iter().filter_map(|value| value.to_str().ok()).find_map(|challenge| {
        let (_, rest) = challenge.split_once("claims=\"")?;
        Some(rest.split_once('"')?.0.trim_end_matches('='))
    })?;
    let bytes =
        STANDARD_NO_PAD.decode(encoded).or_else(|_| URL_SAFE_NO_PAD.decode(encoded)).ok()?;
    String::from_utf8(bytes).ok()
}

fn bearer(operation: &'static str, token: &Token) -> Result<HeaderValue> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", token.secret().expose())).map_err(|_| {
            let text = "the access token holds characters that no header may hold";
            Error::new(Kind::Unexpected, operation, text).of_login()
        })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests;
