//! The `horizon` argument: login, organisation, addresses.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::cloud;
use crate::cloud::horizon::{self as api, Credentials};
use crate::cloud::http::Http;
use crate::secret::Secret;
use crate::tfplugin::attr::{Setting, Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Result};

use crate::provider::interval::Interval;
use crate::provider::settings::{
    self, Environment, awaited, both, given, is_known, path, sentence,
};

const CLOUD: &str = "horizon";

/// The time between two status checks, as the vendor's own client has it.
const POLLING_INTERVAL: Duration = Duration::from_secs(20);

/// An address of the service.
#[derive(Clone, Debug, PartialEq)]
pub struct Address(reqwest::Url);

impl Text for Address {
    const EXPECTED: &'static str = "an address such as \"https://cloud-sg.horizon.omnissa.com\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        api::address(text, "endpoint").map(Self).map_err(|error| sentence(&error.message))
    }
}

settings! {
    /// Access to Horizon Cloud.
    pub struct Horizon as "horizon" {
        /// Address of Horizon Cloud. Set it for a region, such as
        /// `https://cloud-sg-eu.horizon.omnissa.com`. Plain http is accepted for loopback hosts only.
        /// Default: `https://cloud-sg.horizon.omnissa.com`. Environment variable:
        /// `HORIZON_ENDPOINT`.
        endpoint: Verbatim<Address> = ["HORIZON_ENDPOINT"];
        /// Address of the service that issues access tokens (Cloud Services Platform). Plain http is
        /// accepted for loopback hosts only. Default: `https://connect.omnissa.com`. Environment
        /// variable: `HORIZON_CSP_URL`.
        csp_url: Verbatim<Address> = ["HORIZON_CSP_URL"];
        /// API token of a user with the role Administrator. Exactly one of `api_token` and `client_id`
        /// with `client_secret` is needed. Environment variable: `HORIZON_API_TOKEN`.
        api_token: Secret = ["HORIZON_API_TOKEN"];
        /// Client id of an OAuth application to which Horizon Cloud is assigned as a service.
        /// Environment variable: `HORIZON_CLIENT_ID`.
        client_id: String = ["HORIZON_CLIENT_ID"];
        /// Client secret of the OAuth application. Environment variable: `HORIZON_CLIENT_SECRET`.
        client_secret: Secret = ["HORIZON_CLIENT_SECRET"];
        /// Id of the organization whose images are managed (long organization id, a UUID). Default:
        /// the organization of the access token. Environment variable: `HORIZON_ORG_ID`.
        org_id: String = ["HORIZON_ORG_ID"];
        /// Time between two status checks of an import, an update or a deletion, as a Go duration
        /// string such as `"30s"`. A `Retry-After` header in a response of Horizon Cloud takes
        /// precedence. Default: `20s`.
        polling_interval: Verbatim<Interval> = [];
    }
}

/// Checks that concern several arguments at once.
pub(crate) fn validate(given: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    let is_certain = |name: &&&str| given.is_given(name) && !given.is_unknown(name);
    if !is_certain(&&"api_token") {
        return;
    }
    for name in ["client_id", "client_secret"].iter().filter(is_certain) {
        let detail = format!(
            "`{CLOUD}.{name}` cannot be given together with `{CLOUD}.api_token`: log in either with \
             an API token or with an OAuth application."
        );
        problems.push(Diagnostic::error("Conflicting arguments", detail).at(path(CLOUD, name)));
    }
}

/// Access to Horizon Cloud, created when it is first needed.
pub(crate) struct Access {
    config: Setting<Horizon>,
    http: Arc<Http>,
    env: Environment,
    client: OnceLock<api::Horizon>,
}

impl Access {
    pub(crate) fn new(config: Setting<Horizon>, http: Arc<Http>, env: Environment) -> Self {
        Self { config, http, env, client: OnceLock::new() }
    }

    /// Whether the configuration is complete, as far as it is known.
    pub(crate) fn ready(&self) -> Result<()> {
        let checked = self.settings().map(drop);
        if is_known(&self.config) { checked } else { Err(awaited(checked, CLOUD)) }
    }

    /// The client. Nothing is sent yet.
    pub(crate) fn client(&self) -> Result<&api::Horizon> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = api::Horizon::new(self.http.clone(), self.settings()?);
        Ok(self.client.get_or_init(|| client))
    }

    fn settings(&self) -> Result<api::Settings> {
        let config: Horizon = given(&self.config, CLOUD)?;
        let env = &self.env;
        let addresses = both(config.endpoint(env), config.csp_url(env));
        let rest = both(config.org_id(env), config.polling_interval(env));
        let (credentials, (addresses, (org_id, interval))) =
            both(self.credentials(&config), both(addresses, rest))?;
        let address = |given: Option<Verbatim<Address>>, default, setting| match given {
            Some(given) => Ok(given.0.clone()),
            None => api::address(default, setting).map_err(|error| Failure::from(invalid(error))),
        };
        Ok(api::Settings {
            endpoint: address(addresses.0, api::DEFAULT_ENDPOINT, "endpoint")?,
            csp_url: address(addresses.1, api::DEFAULT_CSP_URL, "csp_url")?,
            credentials,
            org_id: org_id.filter(|org_id| !org_id.trim().is_empty()),
            polling_interval: interval.map_or(POLLING_INTERVAL, |interval| interval.0),
        })
    }

    /// The login. The variables of one method are not read when the arguments name the other.
    fn credentials(&self, config: &Horizon) -> Result<Credentials> {
        let by_token = config.api_token != Setting::Null;
        let by_client = config.client_id != Setting::Null || config.client_secret != Setting::Null;
        let token = if by_client { Ok(None) } else { config.api_token(&self.env) };
        let client = match by_token {
            true => Ok((None, None)),
            false => both(config.client_id(&self.env), config.client_secret(&self.env)),
        };
        let (token, (id, secret)) = both(token, client)?;
        let token = token.filter(|token| !token.is_blank());
        let id = id.filter(|id| !id.trim().is_empty());
        let secret = secret.filter(|secret| !secret.is_blank());
        let failed = |summary: &str, why: String| {
            let detail = format!(
                "{why}\n\nSet either {}, or both {} and {}.",
                argument("api_token"),
                argument("client_id"),
                argument("client_secret")
            );
            Err(Diagnostic::error(summary, detail).into())
        };
        match (token, id, secret) {
            (Some(token), None, None) => Ok(Credentials::ApiToken(token.trimmed())),
            (None, Some(id), Some(secret)) => {
                Ok(Credentials::Client { id: id.trim().to_owned(), secret: secret.trimmed() })
            }
            (None, None, None) => {
                failed("Cannot log in to Horizon Cloud", "No login is configured.".to_owned())
            }
            (None, id, _) => {
                let lacks = argument(if id.is_none() { "client_id" } else { "client_secret" });
                failed("Cannot log in to Horizon Cloud", format!("The login lacks {lacks}."))
            }
            (Some(_), ..) => failed(
                "Conflicting logins to Horizon Cloud",
                "Both an API token and an OAuth application are configured.".to_owned(),
            ),
        }
    }
}

/// An argument with its variables: `horizon.api_token` (HORIZON_API_TOKEN).
pub(crate) fn argument(name: &str) -> String {
    settings::argument(CLOUD, name, Horizon::VARIABLES)
}

/// An invalid setting, found before anything is sent.
pub(crate) fn invalid(error: cloud::Error) -> Diagnostic {
    let detail = match error.setting {
        Some(setting) => sentence(&format!("{} {}", argument(setting), error.message)),
        None => sentence(&error.message),
    };
    Diagnostic::error("Invalid Horizon Cloud configuration", detail)
}
