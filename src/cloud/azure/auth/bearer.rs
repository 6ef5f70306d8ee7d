//! Sending a request with a token, to the service that the token is for and to no other.

use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use reqwest::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Request, StatusCode, Url};

use super::Login;
use crate::cloud::azure::token::Token;
use crate::cloud::http::{Http, Response, Retry, RetryPolicy, origin as origin_of};
use crate::cloud::{Deadline, Error, Kind, Result};

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
pub async fn send_authorized<Making>(
    http: &Http,
    login: &Login,
    scope: &str,
    origin: &Url,
    operation: &'static str,
    deadline: &Deadline,
    retry: RetryPolicy,
    make: impl Fn(u32) -> Making,
    judge: impl Fn(&Response) -> Retry,
) -> Result<Response>
where
    Making: Future<Output = Result<Request>>,
{
    let mut refused = None::<(Token, Option<String>)>;
    loop {
        let used = Mutex::new(None::<Token>);
        let (make, used_here, refused_before) = (&make, &used, &refused);
        let with_token = |attempt| async move {
            let mut request = make(attempt).await?;
            check_origin(operation, request.url(), origin)?;
            let token = match refused_before {
                Some((stale, claims)) => {
                    login.renewed_with(scope, stale, claims.as_deref(), deadline).await?
                }
                None => login.token(scope, deadline).await?,
            };
            request.headers_mut().insert(AUTHORIZATION, bearer(operation, &token)?);
            *lock(used_here) = Some(token);
            Ok(request)
        };
        let last_try = refused.is_some();
        let judge_once = |response: &Response| {
            if response.status == StatusCode::UNAUTHORIZED && !last_try {
                return Retry::No;
            }
            judge(response)
        };
        let response = http.send(operation, deadline, retry, with_token, judge_once).await?;
        if response.status != StatusCode::UNAUTHORIZED || last_try {
            return Ok(response);
        }
        refused = lock(&used).take().map(|token| (token, challenged_claims(&response)));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The claims that a service wants to see in the next token, as continuous access evaluation asks
/// for them: `WWW-Authenticate: Bearer error="insufficient_claims", claims="<base64>"`.
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
        origin_of(url),
        origin_of(origin)
    );
    Err(Error::new(Kind::Invalid, operation, text))
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::json;
    use tokio_util::sync::CancellationToken;

    use super::super::Settings;
    use super::*;
    use crate::cloud::fake::{Fake, Reply};

    const SCOPE: &str = "https://meadow.example/.default";
    const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true}}}"#;

    /// An authority whose tokens are `token-1`, `token-2`, ...
    async fn authority() -> Fake {
        Fake::start(|request| {
            let token = format!("token-{}", request.number);
            Reply::json(200, json!({"access_token": token, "expires_in": 3599}))
        })
        .await
    }

    fn login(authority: &Fake) -> Login {
        let settings = Settings {
            tenant_id: Some("meadow".into()),
            client_id: Some("shepherd".into()),
            client_secret: Some("wool".into()),
            active_directory_authority_host: Some(authority.url()),
            ..Settings::default()
        };
        Login::new(Arc::new(Http::new("test".into())), settings).unwrap()
    }

    async fn send(login: &Login, origin: &str, url: &str) -> Result<Response> {
        let (origin, url) = (Url::parse(origin).unwrap(), Url::parse(url).unwrap());
        let deadline = Deadline::within(Duration::from_secs(20), CancellationToken::new());
        let make = async |_| Ok(Request::new(reqwest::Method::GET, url.clone()));
        let (http, retry) = (Http::new("test".into()), RetryPolicy::default());
        let judge = |_: &Response| Retry::No;
        let sent =
            send_authorized(&http, login, SCOPE, &origin, "Get", &deadline, retry, make, judge);
        fn assert_send<T: Send>(future: T) -> T {
            future
        }
        assert_send(sent).await
    }

    fn shown(service: &Fake) -> Vec<String> {
        let header = |request: crate::cloud::fake::Request| {
            request.header("authorization").unwrap_or_default().to_owned()
        };
        service.requests().into_iter().map(header).collect()
    }

    #[tokio::test]
    async fn a_refused_token_is_renewed_and_shown_once_more() {
        let authority = authority().await;
        let service = Fake::start(|request| match request.header("authorization") {
            Some("Bearer token-1") => Reply::empty(401),
            _ => Reply::json(200, "{}"),
        })
        .await;
        let login = login(&authority);
        for _ in 0..2 {
            let response = send(&login, &service.url(), &service.url()).await.unwrap();
            assert_eq!(response.status, 200);
        }
        assert_eq!(shown(&service), ["Bearer token-1", "Bearer token-2", "Bearer token-2"]);
        assert_eq!(authority.count(), 2);
    }

    #[tokio::test]
    async fn a_second_refusal_is_final() {
        let (authority, service) =
            (authority().await, Fake::replies(vec![Reply::empty(401)]).await);
        let response = send(&login(&authority), &service.url(), &service.url()).await.unwrap();
        assert_eq!((response.status.as_u16(), service.count(), authority.count()), (401, 2, 2));
    }

    #[tokio::test]
    async fn claims_that_the_service_asks_for_reach_the_authority() {
        let authority = authority().await;
        let service = Fake::start(|request| match request.number {
            1 => {
                let encoded = base64::engine::general_purpose::STANDARD.encode(CLAIMS);
                let challenge = format!(
                    "Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{encoded}\""
                );
                Reply::empty(401).header("www-authenticate", challenge)
            }
            _ => Reply::json(200, "{}"),
        })
        .await;
        send(&login(&authority), &service.url(), &service.url()).await.unwrap();
        let asked: Vec<_> = authority.requests().iter().map(|r| r.field("claims")).collect();
        assert_eq!(asked, [None, Some(CLAIMS.to_owned())]);
    }

    #[tokio::test]
    async fn no_token_goes_to_another_origin() {
        let (authority, service) =
            (authority().await, Fake::replies(vec![Reply::empty(200)]).await);
        let elsewhere = Fake::start(Reply::unexpected).await;
        let error = send(&login(&authority), &service.url(), &elsewhere.url()).await.unwrap_err();
        let place = elsewhere.url().replace("http://", "");
        assert!(error.message.contains(&place), "{}", error.message);
        assert_eq!((elsewhere.count(), authority.count()), (0, 0));
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_however_they_are_written() {
        let check = |url: &str, origin: &str| {
            check_origin("Get", &Url::parse(url).unwrap(), &Url::parse(origin).unwrap())
        };
        let origin = "https://management.meadow.example";
        assert!(check("https://Management.MEADOW.example:443/a?b", origin).is_ok());
        for (url, place) in [
            ("http://management.meadow.example/", "http://management.meadow.example:80"),
            ("https://management.meadow.example:8443/", "management.meadow.example:8443"),
            ("https://management.meadow.example.wolf.example/", "wolf.example:443"),
            ("https://management.meadow.example@wolf.example/", "//wolf.example:443"),
        ] {
            let error = check(url, origin).unwrap_err();
            assert!(error.message.contains(place), "{}", error.message);
        }
    }
}
