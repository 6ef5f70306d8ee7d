//! Routing.

use super::journal::{Request, decode};
use super::shell::{Reply, Service};
use super::state::State;
use super::{identity, token};

impl Service for State {
    fn label(&self, request: &Request) -> String {
        match request.path() {
            "/metadata/identity/oauth2/token" => "imds",
            "/msi/token" => "app-service",
            "/github/idtoken" => "github",
            "/ado/oidctoken" => "ado",
            _ => "token",
        }
        .to_owned()
    }

    fn answer(&self, request: &Request) -> Reply {
        match self.label(request).as_str() {
            "imds" => identity::imds(self, request),
            "app-service" => identity::app_service(self, request),
            "github" => identity::github(self, request),
            "ado" => identity::azure_devops(self, request),
            _ => {
                let path = request.path().trim_start_matches('/');
                match path.strip_suffix("/oauth2/v2.0/token").filter(|t| !t.contains('/')) {
                    None => Reply::new(404),
                    Some(_) if request.method != "POST" => Reply::new(405).header("allow", "POST"),
                    Some(tenant) => token::answer(self, &decode(tenant), request),
                }
            }
        }
    }

    fn refusal(
        &self,
        _request: &Request,
        status: u16,
        code: Option<&str>,
        text: Option<&str>,
    ) -> Reply {
        let text = text.unwrap_or("The service is temporarily unavailable. Please retry later.");
        Reply::json(
            status,
            &serde_json::json!({
                "error": code.unwrap_or("temporarily_unavailable"),
                "error_description": text,
            }),
        )
    }
}
