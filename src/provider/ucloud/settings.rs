//! The `ucloud` argument: keys, region, project, address.

use std::env::VarError;
use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::cloud::Deadline;
use crate::cloud::http::Http;
use crate::cloud::ucloud as api;
use crate::secret::Secret;
use crate::tfplugin::attr::{Setting, Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Result};
use crate::tfplugin::range::Within;

use crate::provider::settings::{Environment, both, given, path, readable, sentence};

const CLOUD: &str = "ucloud";

settings! {
    /// Access to UCloud.
    pub struct Ucloud as "ucloud" fills crate::cloud::ucloud::Settings {
        /// Public key of the UCloud API key pair. Cannot be combined with `profile`. Environment
        /// variable: `UCLOUD_PUBLIC_KEY`.
        public_key: String = ["UCLOUD_PUBLIC_KEY"];
        /// Private key of the UCloud API key pair. Cannot be combined with `profile`. Environment
        /// variable: `UCLOUD_PRIVATE_KEY`.
        private_key: Secret = ["UCLOUD_PRIVATE_KEY"];
        /// Security token that belongs to temporary API keys. Environment variable:
        /// `UCLOUD_SECURITY_TOKEN`.
        security_token: Secret = ["UCLOUD_SECURITY_TOKEN"];
        /// Name of the profile in the shared credentials file to take the API keys from, instead of
        /// `public_key` and `private_key`. Default: the profile `default`, if no keys are
        /// configured. Environment variable: `UCLOUD_PROFILE`, which is ignored if
        /// `UCLOUD_PUBLIC_KEY` or `UCLOUD_PRIVATE_KEY` is set.
        profile: String = ["UCLOUD_PROFILE"];
        /// Path to the JSON file with profiles, as the UCloud command line tool writes it. Default:
        /// `~/.ucloud/credential.json`. Environment variable: `UCLOUD_SHARED_CREDENTIAL_FILE`.
        shared_credentials_file: String = ["UCLOUD_SHARED_CREDENTIAL_FILE"];
    }
    and {
        /// Region of data sources that do not set `region`, such as `cn-bj2`. Environment variable:
        /// `UCLOUD_REGION`.
        region: String = ["UCLOUD_REGION"];
        /// Id of the project of data sources that do not set `project_id`, such as `org-a1b2c3`.
        /// Default: the default project of the account. Environment variable: `UCLOUD_PROJECT_ID`.
        project_id: String = ["UCLOUD_PROJECT_ID"];
        /// Address of the UCloud API. Set `https://api.ucloud-global.com` for an account of the
        /// international site. Plain http is accepted for loopback hosts only. Default:
        /// `https://api.ucloud.cn`. Environment variable: `UCLOUD_API_BASE_URL`.
        base_url: Verbatim<BaseUrl> = ["UCLOUD_API_BASE_URL"];
        /// How many times a request is sent again after a transient failure, such as a connection
        /// error or throttling: 0 to 100. Default: `5`.
        max_retries: Within<0, 100> = [];
    }
}

/// The address of the API.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseUrl(reqwest::Url);

impl Text for BaseUrl {
    const EXPECTED: &'static str = "an address such as \"https://api.ucloud.cn\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        api::endpoint(text).map(Self).map_err(|error| sentence(&error.message))
    }
}

/// Checks that concern several arguments at once.
pub(crate) fn validate(given: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    if !given.is_given("profile") || given.is_unknown("profile") {
        return;
    }
    for key in ["public_key", "private_key"] {
        if given.is_given(key) && !given.is_unknown(key) {
            let detail = format!(
                "`{CLOUD}.{key}` cannot be given together with `{CLOUD}.profile`: the keys come \
                 either from arguments or from a profile."
            );
            problems.push(Diagnostic::error("Conflicting arguments", detail).at(path(CLOUD, key)));
        }
    }
}

/// Access to UCloud, created when it is first needed.
pub(crate) struct Access {
    config: Setting<Ucloud>,
    http: Arc<Http>,
    env: Environment,
    client: OnceCell<api::Client>,
}

impl Access {
    pub(crate) fn new(config: Setting<Ucloud>, http: Arc<Http>, env: Environment) -> Self {
        Self { config, http, env, client: OnceCell::new() }
    }

    fn config(&self) -> Result<Ucloud> {
        given(&self.config, CLOUD)
    }

    /// The region of data sources that do not set one.
    pub(crate) fn region(&self) -> Result<String> {
        let region = self.config()?.region(&self.env)?;
        region.filter(|region| !region.is_empty()).ok_or_else(|| {
            Diagnostic::error(
                "Missing region",
                "UCloud needs a region. Set `region` here, or `ucloud.region` in the provider \
                 block, or the environment variable UCLOUD_REGION.",
            )
            .into()
        })
    }

    /// The project of data sources that do not set one.
    pub(crate) fn project_id(&self) -> Result<Option<String>> {
        self.config()?.project_id(&self.env)
    }

    /// The client. Reading the keys may read a file, but sends nothing.
    pub(crate) async fn client(&self, deadline: &Deadline) -> Result<&api::Client> {
        self.client.get_or_try_init(|| self.new_client(deadline)).await
    }

    async fn new_client(&self, deadline: &Deadline) -> Result<api::Client> {
        let config = self.config()?;
        let rest = both(config.base_url(&self.env), config.max_retries(&self.env));
        let (credentials, (base_url, retries)) =
            both(self.credentials(&config, deadline).await, rest)?;
        let base_url = match base_url {
            Some(url) => url.0.clone(),
            None => api::endpoint(api::DEFAULT_BASE_URL).map_err(credentials_error)?,
        };
        let retries = retries.map_or(api::DEFAULT_MAX_RETRIES, Within::get);
        Ok(api::Client::new(self.http.clone(), credentials, base_url, retries))
    }

    /// The keys. Which variables count depends on which arguments are set, so that the client reads
    /// them itself.
    async fn credentials(&self, config: &Ucloud, deadline: &Deadline) -> Result<api::Credentials> {
        let no_variables: Environment = Arc::new(|_| Err(VarError::NotPresent));
        // The variable of an argument that is set does not count, whatever it holds; the others are
        // read where they are used.
        let counts = |name| match name {
            "public_key" => matches!(config.public_key, Setting::Null),
            "private_key" => matches!(config.private_key, Setting::Null),
            "security_token" => matches!(config.security_token, Setting::Null),
            "profile" => matches!(config.profile, Setting::Null),
            "shared_credentials_file" => matches!(config.shared_credentials_file, Setting::Null),
            _ => false,
        };
        let variables = Ucloud::VARIABLES.iter().copied().filter(|(name, _)| counts(*name));
        let variables: Vec<_> = variables.collect();
        let (given, ()) = both(config.fill(&no_variables), readable(CLOUD, &variables, &self.env))?;
        let env = |name: &str| (self.env)(name).ok();
        given.resolve(&env, deadline).await.map_err(credentials_error)
    }
}

fn credentials_error(error: crate::cloud::Error) -> Failure {
    let mut detail = sentence(&error.message);
    if let Some(setting) = error.setting {
        detail.push_str(&format!("\n\nThe argument is `{CLOUD}.{setting}` in the provider block."));
    }
    Diagnostic::error("No usable UCloud credentials", detail).into()
}
