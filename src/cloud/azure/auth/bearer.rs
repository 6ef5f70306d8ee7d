//! Sending a request with a token, to the service that the token is for and to no other.

use std::sync::Mutex;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Request, StatusCode, Url};

use super::Login;
use crate::cloud::azure::token::Token;
use crate::cloud::http::{Answer, Http, Retry, Verdict};
use crate::cloud::{Error, Kind, Limits, Result};

/// Sends what `make` makes as [`Http::send`] does, with a token for `scope`. On HTTP 401 the token
/// is renewed and the request sent again, once.
///
/// The token is attached only to requests for `origin`: its scheme, host and effective port.
///
/// # Errors
/// Those of [`Http::send`] and [`Login::token`]; [`Kind::Invalid`] for a request to elsewhere,
/// of which nothing is sent.
#[expect(
    clippy::too_many_arguments,
    reason = "each is a decision of the service that asks; a struct would only rename them"
)]
pub async fn send_authorized(
    http: &Http,
    login: &Login,
    scope: &str,
    origin: &Url,
    operation: &'static str,
    limits: &Limits,
    retry: Retry,
    mut make: impl AsyncFnMut(u32) -> Result<Request>,
    judge: impl Fn(&Answer) -> Verdict,
) -> Result<Answer> {
    let mut refused = None::<Token>;
    loop {
        let used = Mutex::new(None::<Token>);
        let with_token = async |attempt| {
            let mut request = make(attempt).await?;
            check_origin(operation, request.url(), origin)?;
            let token = match &refused {
                Some(stale) => login.renewed(scope, stale, limits).await?,
                None => login.token(scope, limits).await?,
            };
            request.headers_mut().insert(AUTHORIZATION, bearer(operation, &token)?);
            *lock(&used) = Some(token);
            Ok(request)
        };
        let last_try = refused.is_some();
        let judge_once = |answer: &Answer| {
            if answer.status == StatusCode::UNAUTHORIZED && !last_try {
                return Verdict::Take;
            }
            judge(answer)
        };
        let answer = http.send(operation, limits, retry, with_token, judge_once).await?;
        if answer.status != StatusCode::UNAUTHORIZED || last_try {
            return Ok(answer);
        }
        refused = lock(&used).take();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Refuses a URL elsewhere: a token sent there could be used by whoever answers.
///
/// # Errors
/// [`Kind::Invalid`] with both hosts.
pub fn check_origin(operation: &'static str, url: &Url, origin: &Url) -> Result<()> {
    // `Url` keeps hosts in lower case and knows the schemes' own ports.
    if url.origin() == origin.origin() {
        return Ok(());
    }
    let text = format!(
        "the service pointed to {}, which is not {}; credentials are not sent to another address",
        place(url),
        place(origin)
    );
    Err(Error::new(Kind::Invalid, operation, text))
}

/// Scheme, host and port, the port always said: it may be all that differs.
fn place(url: &Url) -> String {
    let port = url.port_or_known_default().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

fn bearer(operation: &'static str, token: &Token) -> Result<HeaderValue> {
    let mut value =
        HeaderValue::from_str(&format!("Bearer {}", token.secret().expose())).map_err(|_| {
            let text = "the access token holds characters that no header may hold";
            Error::new(Kind::Unexpected, operation, text)
        })?;
    value.set_sensitive(true);
    Ok(value)
}
