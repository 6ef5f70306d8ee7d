//! The `ucloud` argument: keys, region, project, address.

use std::sync::{Arc, OnceLock};

use crate::cloud::http::Http;
use crate::cloud::ucloud as api;
use crate::secret::Secret;
use crate::tfplugin::attr::{Setting, Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Result};
use crate::tfplugin::range::Within;

use crate::provider::settings::{Environment, fallback, path, sentence, unknown, variable};

const CLOUD: &str = "ucloud";

model! {
    /// Access to UCloud.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Ucloud {
        /// Public key of the UCloud API key pair. Cannot be combined with `profile`. Environment
        /// variable: `UCLOUD_PUBLIC_KEY`.
        pub public_key: Setting<String>,
        /// Private key of the UCloud API key pair. Cannot be combined with `profile`. Environment
        /// variable: `UCLOUD_PRIVATE_KEY`.
        pub private_key: Setting<Secret>,
        /// Security token that belongs to temporary API keys. Environment variable:
        /// `UCLOUD_SECURITY_TOKEN`.
        pub security_token: Setting<Secret>,
        /// Name of the profile in the shared credentials file to take the API keys from, instead of
        /// `public_key` and `private_key`. Default: the profile `default`, if no keys are
        /// configured. Environment variable: `UCLOUD_PROFILE`, which is ignored if
        /// `UCLOUD_PUBLIC_KEY` or `UCLOUD_PRIVATE_KEY` is set.
        pub profile: Setting<String>,
        /// Path to the JSON file with profiles, as the UCloud command line tool writes it. Default:
        /// `~/.ucloud/credential.json`. Environment variable: `UCLOUD_SHARED_CREDENTIAL_FILE`.
        pub shared_credentials_file: Setting<String>,
        /// Region of data sources that do not set `region`, such as `cn-bj2`. Environment variable:
        /// `UCLOUD_REGION`.
        pub region: Setting<String>,
        /// Id of the project of data sources that do not set `project_id`, such as `org-a1b2c3`.
        /// Default: the default project of the account. Environment variable: `UCLOUD_PROJECT_ID`.
        pub project_id: Setting<String>,
        /// Address of the UCloud API. Set `https://api.ucloud-global.com` for an account of the
        /// international site. Plain http is accepted for loopback hosts only. Default:
        /// `https://api.ucloud.cn`. Environment variable: `UCLOUD_API_BASE_URL`.
        pub base_url: Setting<Verbatim<BaseUrl>>,
        /// How many times a request is sent again after a transient failure, such as a connection
        /// error or throttling: 0 to 100. Default: `5`.
        pub max_retries: Setting<Within<0, 100>>,
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

/// Access to UCloud, made when it is needed.
pub(crate) struct Access {
    config: Setting<Ucloud>,
    http: Arc<Http>,
    env: Environment,
    client: OnceLock<api::Client>,
}

impl Access {
    pub(crate) fn new(config: Setting<Ucloud>, http: Arc<Http>, env: Environment) -> Self {
        Self { config, http, env, client: OnceLock::new() }
    }

    fn config(&self) -> Result<Ucloud> {
        match &self.config {
            Setting::Set(config) => Ok(config.clone()),
            Setting::Null => Ok(Ucloud::default()),
            Setting::Unknown => Err(unknown(CLOUD, "*")),
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        variable(&self.env, &[name])
    }

    /// The region of look-ups that name none.
    pub(crate) fn region(&self) -> Result<String> {
        let region =
            fallback(&self.config()?.region, CLOUD, "region", || self.variable("UCLOUD_REGION"))?;
        region.filter(|region| !region.is_empty()).ok_or_else(|| {
            Diagnostic::error(
                "Missing region",
                "UCloud needs a region. Set `region` here, or `ucloud.region` in the provider \
                 block, or the environment variable UCLOUD_REGION.",
            )
            .into()
        })
    }

    /// The project of look-ups that name none.
    pub(crate) fn project_id(&self) -> Result<Option<String>> {
        fallback(&self.config()?.project_id, CLOUD, "project_id", || {
            self.variable("UCLOUD_PROJECT_ID")
        })
    }

    /// The client. Finding the keys may read a file, but sends nothing.
    pub(crate) fn client(&self) -> Result<&api::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let config = self.config()?;
        let credentials = self.settings(&config)?.resolve(&*self.env).map_err(credentials_error)?;
        let base_url = match &config.base_url {
            Setting::Set(url) => url.0.clone(),
            Setting::Unknown => return Err(unknown(CLOUD, "base_url")),
            Setting::Null => {
                let text = self.variable("UCLOUD_API_BASE_URL");
                let text = text.as_deref().unwrap_or(api::DEFAULT_BASE_URL);
                api::endpoint(text).map_err(|error| {
                    let detail = format!("UCLOUD_API_BASE_URL: {}", sentence(&error.message));
                    Failure::from(Diagnostic::error("Invalid base URL", detail))
                })?
            }
        };
        let retries = match &config.max_retries {
            Setting::Set(retries) => retries.get(),
            Setting::Unknown => return Err(unknown(CLOUD, "max_retries")),
            Setting::Null => api::DEFAULT_MAX_RETRIES,
        };
        let client = api::Client::new(self.http.clone(), credentials, base_url, retries);
        Ok(self.client.get_or_init(|| client))
    }

    fn settings(&self, config: &Ucloud) -> Result<api::Settings> {
        let text = |value: &Setting<String>, name| fallback(value, CLOUD, name, || None);
        let secret = |value: &Setting<Secret>, name| fallback(value, CLOUD, name, || None);
        Ok(api::Settings {
            public_key: text(&config.public_key, "public_key")?,
            private_key: secret(&config.private_key, "private_key")?,
            security_token: secret(&config.security_token, "security_token")?,
            profile: text(&config.profile, "profile")?,
            shared_credentials_file: text(
                &config.shared_credentials_file,
                "shared_credentials_file",
            )?,
        })
    }
}

fn credentials_error(error: crate::cloud::Error) -> Failure {
    let mut detail = sentence(&error.message);
    if let Some(setting) = error.setting {
        detail.push_str(&format!("\n\nThe argument is `{CLOUD}.{setting}` in the provider block."));
    }
    Diagnostic::error("No usable UCloud credentials", detail).into()
}
