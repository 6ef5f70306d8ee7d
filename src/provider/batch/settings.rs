//! The `batch` argument: the account, and its key if it is used.

use std::sync::Arc;

use crate::cloud;
use crate::cloud::azure::batch::{Client, Credential, Endpoint, SharedKey};
use crate::cloud::http::Http;
use crate::secret::Secret;
use crate::tfplugin::attr::{Setting, Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path, Result};

use crate::provider::azure::settings::{self as azure, no_login};
use crate::provider::settings::{Environment, given, path, sentence, together};

const CLOUD: &str = "batch";

/// The address of a Batch account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountEndpoint(Endpoint);

impl AccountEndpoint {
    /// The address as the client takes it.
    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.0
    }
}

impl Text for AccountEndpoint {
    const EXPECTED: &'static str = "an address such as \"acct.westeurope.batch.azure.com\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        Endpoint::parse(text).map(Self).map_err(|error| sentence(&error.message))
    }
}

settings! {
    /// Access to Azure Batch.
    pub struct Batch as "batch" {
        /// Endpoint of the Batch account, such as `myaccount.westeurope.batch.azure.com`, with or
        /// without `https://`. It is the value of `account_endpoint` of `azurerm_batch_account`.
        /// Plain http is accepted for loopback hosts only. Environment variable:
        /// `AZURE_BATCH_ENDPOINT`.
        account_endpoint: Verbatim<AccountEndpoint> = ["AZURE_BATCH_ENDPOINT"];
        /// Name of the Batch account, which requests with `account_key` need. Default: the first
        /// label of the host name in the account endpoint, such as `myaccount` of
        /// `myaccount.westeurope.batch.azure.com`. It must be set if the host name does not start
        /// with the name of the account, as with a custom domain or an IP address. Environment
        /// variable: `AZURE_BATCH_ACCOUNT`.
        account_name: String = ["AZURE_BATCH_ACCOUNT"];
        /// Access key of the Batch account, in base64. If it is set, requests are signed with it
        /// (Shared Key); otherwise the provider authenticates with Microsoft Entra ID as configured
        /// in the `azure` argument. Environment variable: `AZURE_BATCH_ACCESS_KEY`.
        account_key: Secret = ["AZURE_BATCH_ACCESS_KEY"];
    }
}

/// The alternative to a login.
pub(crate) const OR_ACCOUNT_KEY: &str =
    "Or set the key of the account: `batch.account_key` (AZURE_BATCH_ACCESS_KEY).";

/// Checks of the key and the account name.
pub(crate) fn validate(given: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    let key = given.known::<Secret>("account_key");
    let name = given.known::<String>("account_name").filter(|name| !name.trim().is_empty());
    // A blank one counts as none.
    let key = key.filter(|key| !key.is_blank());
    if key.is_none() && name.is_none() {
        return;
    }
    let (name, key) = (name.as_deref().unwrap_or("name"), key.unwrap_or_else(|| "a2V5".into()));
    if let Err(error) = SharedKey::new(name, &key) {
        let setting = error.setting.unwrap_or("account_key");
        let detail = format!("`{CLOUD}.{setting}` {}.", error.message);
        problems.push(Diagnostic::invalid(&path(CLOUD, setting), detail));
    }
}

/// Access to Azure Batch, created when it is first needed.
pub(crate) struct Access {
    config: Setting<Batch>,
    azure: Arc<azure::Access>,
    http: Arc<Http>,
    env: Environment,
}

impl Access {
    pub(crate) fn new(
        config: Setting<Batch>,
        azure: Arc<azure::Access>,
        http: Arc<Http>,
        env: Environment,
    ) -> Self {
        Self { config, azure, http, env }
    }

    fn config(&self) -> Result<Batch> {
        given(&self.config, CLOUD)
    }

    /// Whether requests are signed with the account's key.
    pub(crate) fn has_key(&self) -> bool {
        let key = self.config().and_then(|config| config.account_key(&self.env));
        key.is_ok_and(|key| key.is_some_and(|key| !key.is_blank()))
    }

    /// The address of the account that `own` names, or else the provider; and whether there are
    /// credentials.
    pub(crate) fn endpoint(&self, own: Option<&Verbatim<AccountEndpoint>>) -> Result<Endpoint> {
        let config = self.config()?;
        let proof = || match config.account_key(&self.env)?.filter(|key| !key.is_blank()) {
            Some(_) => Ok(()),
            None => self.login().map(drop),
        };
        let endpoint = || match own {
            Some(own) => Ok(own.endpoint().clone()),
            None => match config.account_endpoint(&self.env)? {
                Some(endpoint) => Ok(endpoint.endpoint().clone()),
                None => Err(Diagnostic::error(
                    "Missing Batch account",
                    "Azure Batch needs the address of an account. Set `account_endpoint` here, or \
                     `batch.account_endpoint` in the provider block, or the environment variable \
                     AZURE_BATCH_ENDPOINT.",
                )
                .at(Path::attribute("account_endpoint"))
                .into()),
            },
        };
        together(endpoint(), proof()).map(|(endpoint, ())| endpoint)
    }

    /// A client of the account at `endpoint`.
    pub(crate) fn client(&self, endpoint: Endpoint) -> Result<Client> {
        let config = self.config()?;
        let Some(key) = config.account_key(&self.env)?.filter(|key| !key.is_blank()) else {
            return Ok(Client::new(self.http.clone(), endpoint, Credential::Entra(self.login()?)));
        };
        let name = config.account_name(&self.env)?;
        let Some(name) = name.or_else(|| endpoint.account_name().map(str::to_owned)) else {
            return Err(Diagnostic::error(
                "Missing Batch account name",
                format!(
                    "Cannot derive the account name from the endpoint. Shared Key needs it: set \
                     `batch.account_name`.\n\nThe endpoint is {}. The name can also come from the \
                     environment variable AZURE_BATCH_ACCOUNT.",
                    endpoint.url().as_str().trim_end_matches('/')
                ),
            )
            .at(Path::attribute("account_endpoint"))
            .into());
        };
        let key = SharedKey::new(&name, &key).map_err(key_error)?;
        Ok(Client::new(self.http.clone(), endpoint, Credential::SharedKey(key)))
    }

    fn login(&self) -> Result<Arc<cloud::azure::auth::Login>> {
        self.azure.settings()?.method().map_err(|missing| no_login(&missing, OR_ACCOUNT_KEY))?;
        self.azure.login()
    }
}

fn key_error(error: cloud::Error) -> Failure {
    let (name, variable) = match error.setting {
        Some("account_name") => ("account_name", "AZURE_BATCH_ACCOUNT"),
        _ => ("account_key", "AZURE_BATCH_ACCESS_KEY"),
    };
    let detail = format!("`{CLOUD}.{name}` ({variable}) {}", error.message.trim_end_matches('.'));
    Diagnostic::error("Invalid Batch configuration", format!("{detail}.")).into()
}
