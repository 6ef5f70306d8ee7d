//! Access tokens of the Cloud Services Platform, and the organisation in them.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Request, Url};
use serde_json::Value;
use url::form_urlencoded::Serializer;

use super::error;
use crate::cloud::http::{Http, Response, Retry, RetryPolicy, is_transient};
use crate::cloud::json::{decimal, text};
use crate::cloud::token::{Fetching, OPERATION, Token, TokenSource, stated};
use crate::cloud::{Deadline, Error, Kind, Result};
use crate::secret::Secret;

/// The lifetime of a token whose response does not name one: that of all documented tokens.
const LIFETIME: f64 = 1799.0;

/// What a client logs in with.
#[derive(Clone, Debug)]
pub enum Credentials {
    /// A user's API token.
    ApiToken(Secret),
    /// An OAuth application.
    Client {
        /// The client id of the application.
        id: String,
        /// Its secret.
        secret: Secret,
    },
}

impl Credentials {
    /// The name of the client setting that holds them.
    #[must_use]
    pub fn setting(&self) -> &'static str {
        match self {
            Self::ApiToken(_) => "api_token",
            Self::Client { .. } => "client_secret",
        }
    }
}

/// The token endpoints.
#[derive(Debug)]
pub(super) struct Csp {
    pub(super) http: Arc<Http>,
    pub(super) url: Url,
    pub(super) credentials: Credentials,
}

impl Csp {
    fn request(&self) -> Result<Request> {
        let mut url = self.url.clone();
        let own: &[&str] = match &self.credentials {
            Credentials::ApiToken(_) => &["api-tokens", "authorize"],
            Credentials::Client { .. } => &["authorize"],
        };
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["csp", "gateway", "am", "api", "auth"]).extend(own);
        }
        let mut request = Request::new(Method::POST, url);
        let mut form = Serializer::new(String::new());
        match &self.credentials {
            Credentials::ApiToken(token) => form.append_pair("refresh_token", token.expose()),
            Credentials::Client { id, secret } => {
                let pair = STANDARD.encode(format!("{id}:{}", secret.expose()));
                let basic = HeaderValue::from_str(&format!("Basic {pair}"));
                let mut basic = basic.map_err(|why| {
                    Error::setting(OPERATION, "client_secret", format!("cannot be sent: {why}"))
                })?;
                basic.set_sensitive(true);
                request.headers_mut().insert(AUTHORIZATION, basic);
                form.append_pair("grant_type", "client_credentials")
            }
        };
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        headers.insert(CONTENT_TYPE, kind);
        *request.body_mut() = Some(form.finish().into());
        Ok(request)
    }

    /// The refusal of a login.
    fn refusal(&self, response: &Response) -> Error {
        let error = error::of_response(OPERATION, response);
        let kind = Kind::of_login_status(response.status.as_u16());
        Error { kind, setting: Some(self.credentials.setting()), ..error }
    }
}

impl TokenSource for Csp {
    fn fetch<'a>(&'a self, _: &'a str, _: Option<&'a str>, deadline: &'a Deadline) -> Fetching<'a> {
        Box::pin(async move {
            let make = async |_| self.request();
            let judge = |response: &Response| match is_transient(response.status) {
                true => Retry::Yes(self.refusal(response)),
                false => Retry::No,
            };
            // It changes nothing, so that it may be repeated.
            let sent = self.http.send(OPERATION, deadline, RetryPolicy::default(), make, judge);
            let response = sent.await?;
            if !response.status.is_success() {
                return Err(self.refusal(&response));
            }
            let body: Value = serde_json::from_slice(response.json()).unwrap_or_default();
            // It is not quoted: it may contain a token.
            let secret = text(body.get("access_token")).ok_or_else(|| {
                let what = "the answer of the token service does not contain `access_token`";
                Error::new(Kind::Unexpected, OPERATION, what).status(response.status.as_u16())
            })?;
            let seconds = decimal(&body["expires_in"]).unwrap_or(LIFETIME);
            Ok(Token::new(secret, stated(seconds)))
        })
    }
}

/// The organisation that a token is for: its claim `context_name`.
pub(super) fn organisation(token: &Token) -> Option<String> {
    let payload = token.secret().expose().split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Value = serde_json::from_slice(&payload).ok()?;
    text(claims.get("context_name")).map(str::to_owned)
}
