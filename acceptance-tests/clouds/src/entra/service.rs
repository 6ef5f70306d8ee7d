//! Routing.

use serde_json::Value;

use super::state::State;
use super::{discovery, identity, token};
use crate::shared::{Reply, Service};
use crate::shared::{Request, decode, lock};

/// What follows the tenant in the path of its OpenID configuration.
const OPENID: &str = "/v2.0/.well-known/openid-configuration";

impl Service for State {
    fn label(&self, request: &Request) -> String {
        match request.path() {
            "/metadata/identity/oauth2/token" => "imds",
            "/msi/token" => "app-service",
            "/github/idtoken" => "github",
            "/ado/oidctoken" => "ado",
            discovery::INSTANCE => "discovery",
            path if path.ends_with(OPENID) => "discovery",
            _ => "token",
        }
        .to_owned()
    }

    fn holds(&self, request: &Request) -> bool {
        *lock(&self.held) && self.label(request) == "token"
    }

    fn answer(&self, request: &Request) -> Reply {
        let reply = match self.label(request).as_str() {
            "imds" => identity::imds(self, request),
            "app-service" => identity::app_service(self, request),
            "github" => identity::github(self, request),
            "ado" => identity::azure_devops(self, request),
            "discovery" => discover(self, request),
            _ => {
                let path = request.path().trim_start_matches('/');
                match path.strip_suffix("/oauth2/v2.0/token").filter(|t| !t.contains('/')) {
                    None => Reply::new(404),
                    Some(_) if request.method != "POST" => Reply::new(405).header("allow", "POST"),
                    Some(tenant) => token::answer(self, &decode(tenant), request),
                }
            }
        };
        self.quote(request, reply)
    }

    fn refusal(
        &self,
        request: &Request,
        status: u16,
        code: Option<&str>,
        text: Option<&str>,
    ) -> Reply {
        let text = text.unwrap_or("The service is temporarily unavailable. Please retry later.");
        let reply = Reply::json(
            status,
            &serde_json::json!({
                "error": code.unwrap_or("temporarily_unavailable"),
                "error_description": text,
            }),
        );
        self.quote(request, reply)
    }
}

fn discover(state: &State, request: &Request) -> Reply {
    if request.method != "GET" {
        return Reply::new(405).header("allow", "GET");
    }
    let path = request.path().trim_start_matches('/');
    match path.strip_suffix(OPENID) {
        None => discovery::instance(request),
        Some(tenant) if tenant.contains('/') => Reply::new(404),
        Some(tenant) => discovery::openid(state, &decode(tenant), request),
    }
}

impl State {
    /// Lets an error repeat the credential it is about, if a test wants that.
    fn quote(&self, request: &Request, mut reply: Reply) -> Reply {
        let spelling = *lock(&self.quoted);
        let (Some(spelling), true) = (spelling, reply.status >= 400) else { return reply };
        let Some(credential) = credential(request) else { return reply };
        let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else { return reply };
        for name in ["error_description", "message"] {
            if let Some(Value::String(text)) = body.get_mut(name) {
                let quoted = spelling.spell(&credential);
                text.push_str(&format!(" The credential was '{quoted}'."));
            }
        }
        reply.body = body.to_string().into_bytes();
        reply
    }
}

/// What the request proves its identity with.
fn credential(request: &Request) -> Option<String> {
    let form = url::form_urlencoded::parse(request.body.as_bytes());
    let names = ["client_secret", "client_assertion"];
    let in_form = form.into_owned().find(|(name, _)| names.contains(&name.as_str()));
    let in_header = || request.bearer().or_else(|| request.header("x-identity-header"));
    in_form.map(|(_, value)| value).or_else(|| in_header().map(str::to_owned))
}
