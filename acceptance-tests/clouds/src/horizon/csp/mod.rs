//! The identity service that hands out access tokens.
//!
//! Labels for [`When::label`](crate::horizon::When::label): `api-token`, `client-credentials`.

mod jwt;

use std::sync::Mutex;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
pub use jwt::TokenShape;
use serde_json::{Value, json};

use crate::shared::{Reply, Request, Service, Tokens, lock};
use crate::spelling::Spelling;

const API_TOKEN_PATH: &str = "/csp/gateway/am/api/auth/api-tokens/authorize";
const CLIENT_PATH: &str = "/csp/gateway/am/api/auth/authorize";

/// What can be changed about the tokens.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) api_tokens: Vec<String>,
    pub(crate) clients: Vec<(String, String)>,
    pub(crate) shape: TokenShape,
    pub(crate) expires_in: Duration,
    /// How long they are valid, if not as long as they say.
    pub(crate) lifetime: Option<Duration>,
    pub(crate) expires_in_as_text: bool,
    pub(crate) quoted: Option<Spelling>,
}

#[derive(Debug)]
pub(crate) struct Csp {
    pub(crate) org: String,
    pub(crate) tokens: Tokens,
    pub(crate) settings: Mutex<Settings>,
    pub(crate) secrets: Mutex<Vec<String>>,
}

/// A refusal, and the credential it is about.
struct Refused(u16, &'static str, String);

impl Service for Csp {
    fn label(&self, request: &Request) -> String {
        match request.path() {
            API_TOKEN_PATH => "api-token",
            CLIENT_PATH => "client-credentials",
            _ => "",
        }
        .to_owned()
    }

    fn answer(&self, request: &Request) -> Reply {
        let settings = lock(&self.settings).clone();
        let result = match request.path() {
            API_TOKEN_PATH | CLIENT_PATH if request.method != "POST" => {
                return Reply::new(405).header("allow", "POST");
            }
            API_TOKEN_PATH => api_token(&settings, request),
            CLIENT_PATH => client(&settings, &self.org, request),
            _ => return Reply::new(404),
        };
        match result {
            Ok(refresh) => self.grant(&settings, refresh),
            Err(Refused(status, code, mut message)) => {
                if let Some(spelling) = settings.quoted {
                    let quoted = spelling.spell(&credential(request));
                    message.push_str(&format!(" The credential was '{quoted}'."));
                }
                error(status, code, &message)
            }
        }
    }

    fn refusal(&self, _: &Request, status: u16, code: Option<&str>, text: Option<&str>) -> Reply {
        let text = text.unwrap_or("The service is not available at this time.");
        error(status, code.unwrap_or("CSP-0001"), text)
    }
}

impl Csp {
    fn grant(&self, settings: &Settings, refresh: Option<String>) -> Reply {
        let token = jwt::new(settings.shape, &self.org, settings.expires_in);
        let lifetime = settings.lifetime.unwrap_or(settings.expires_in);
        self.tokens.register(&token, &self.org, lifetime);
        lock(&self.secrets).push(token.clone());
        let seconds = settings.expires_in.as_secs();
        let mut body = json!({
            "access_token": token,
            "token_type": "bearer",
            "expires_in": if settings.expires_in_as_text { json!(seconds.to_string()) } else { json!(seconds) },
            "scope": "ALL_PERMISSIONS",
        });
        if let Some(refresh) = refresh {
            body["refresh_token"] = json!(refresh);
        }
        Reply::json(200, &body).header("cache-control", "no-store")
    }
}

/// A login with an API token. Gives back the token, which the answer repeats.
fn api_token(settings: &Settings, request: &Request) -> Result<Option<String>, Refused> {
    let form = form(request, &["refresh_token", "grant_type"])?;
    if value(&form, "grant_type").is_some_and(|kind| kind != "refresh_token") {
        return Err(bad("grant_type must be refresh_token"));
    }
    let token = value(&form, "refresh_token").ok_or_else(|| bad("refresh_token is missing"))?;
    if settings.api_tokens.iter().any(|known| known == token) {
        return Ok(Some(token.to_owned()));
    }
    let text = "invalid_grant: Invalid or expired refresh token.".to_owned();
    Err(Refused(400, "CSP-0400", text))
}

/// A login of an application.
fn client(settings: &Settings, org: &str, request: &Request) -> Result<Option<String>, Refused> {
    let form = form(request, &["grant_type", "orgId"])?;
    if value(&form, "grant_type") != Some("client_credentials") {
        return Err(bad("grant_type must be client_credentials"));
    }
    let refused = || {
        let text = "invalid_client: The client is not known or its secret is wrong.".to_owned();
        Refused(401, "CSP-0401", text)
    };
    let header = request.header("authorization").and_then(|h| h.strip_prefix("Basic "));
    let decoded = header.and_then(|text| STANDARD.decode(text).ok()).ok_or_else(refused)?;
    let decoded = String::from_utf8(decoded).map_err(|_| refused())?;
    let (id, secret) = decoded.split_once(':').ok_or_else(refused)?;
    if !settings.clients.iter().any(|(i, s)| i == id && s == secret) {
        return Err(refused());
    }
    if value(&form, "orgId").is_some_and(|given| given != org) {
        return Err(bad("orgId is not an organization of the client"));
    }
    Ok(None)
}

fn form(request: &Request, known: &[&str]) -> Result<Vec<(String, String)>, Refused> {
    let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if kind.split(';').next() != Some("application/x-www-form-urlencoded") {
        return Err(Refused(415, "CSP-0415", "The content type is not supported.".to_owned()));
    }
    if !request.raw_query().is_empty() {
        return Err(bad("parameters belong into the body"));
    }
    let form: Vec<(String, String)> =
        url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
    for (index, (name, _)) in form.iter().enumerate() {
        if !known.contains(&name.as_str()) || form[..index].iter().any(|(n, _)| n == name) {
            return Err(bad(&format!("{name} is not known or given twice")));
        }
    }
    Ok(form)
}

fn value<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

fn bad(what: &str) -> Refused {
    Refused(400, "CSP-0400", format!("invalid_request: {what}."))
}

fn credential(request: &Request) -> String {
    let mut form = url::form_urlencoded::parse(request.body.as_bytes()).into_owned();
    let in_form = form.find(|(name, _)| name == "refresh_token").map(|(_, v)| v);
    in_form.or_else(|| request.header("authorization").map(str::to_owned)).unwrap_or_default()
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    let id = uuid::Uuid::new_v4().simple().to_string();
    let body: Value = json!({
        "metadata": null,
        "traceId": id,
        "cspErrorCode": code,
        "message": message,
        "statusCode": status,
        "requestId": id,
    });
    Reply::json(status, &body)
}
