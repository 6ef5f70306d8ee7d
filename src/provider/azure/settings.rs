//! The `azure` argument: how to log in, and to which cloud.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::cloud;
use crate::cloud::azure::auth::settings::Platform;
use crate::cloud::azure::auth::{Login, Method, Missing, Settings, check};
use crate::cloud::azure::environments::ADDRESS;
use crate::cloud::azure::hci::GalleryImages;
use crate::cloud::endpoint;
use crate::cloud::http::Http;
use crate::secret::Secret;
use crate::tfplugin::attr::{Setting, Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Result};
use crate::tfplugin::string_enum::CaseInsensitive;

use crate::provider::interval::Interval;
use crate::provider::settings::{
    self, Environment, awaited, both, given, in_words, is_known, path, sentence, together,
};

const CLOUD: &str = "azure";

/// The time between two status checks where the service does not ask for one.
const POLLING_INTERVAL: Duration = Duration::from_secs(10);

string_enum! {
    /// The names of Azure's clouds.
    pub Clouds = ["public", "usgovernment", "china"];
}

/// An address of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Address;

impl Text for Address {
    const EXPECTED: &'static str = "an address such as \"https://management.azure.com\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        endpoint::parse(text, ADDRESS).map(|_| Self).map_err(|why| sentence(&why))
    }
}

/// The id of a subscription.
#[derive(Clone, Debug, PartialEq)]
pub struct SubscriptionId;

impl Text for SubscriptionId {
    const EXPECTED: &'static str = "the id of a subscription";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        let text = text.trim();
        // Other spellings of a GUID, which the parser knows, have other lengths.
        if text.len() == 36 && uuid::Uuid::parse_str(text).is_ok() {
            return Ok(Self);
        }
        let shown: String = text.chars().take(100).collect();
        Err(format!(
            "{shown:?} is not the id of a subscription. Give its id, a GUID, not its name: `az account \
             list --output table` shows both."
        ))
    }
}

settings! {
    /// Access to Azure.
    pub struct Azure as "azure" fills crate::cloud::azure::auth::Settings {
        /// Id of the Azure subscription, a GUID. Default: the default subscription of the Azure CLI
        /// if the Azure CLI is the authentication method; otherwise the argument is required.
        /// Environment variable: `ARM_SUBSCRIPTION_ID`.
        subscription_id: Verbatim<SubscriptionId> = ["ARM_SUBSCRIPTION_ID"];
        /// Id of the Microsoft Entra tenant (directory) to authenticate to. Required with a client
        /// certificate, a client secret or OpenID Connect. Environment variable: `ARM_TENANT_ID`.
        tenant_id: String = ["ARM_TENANT_ID"];
        /// Client id of the application (service principal), or of the user-assigned managed
        /// identity. Environment variable: `ARM_CLIENT_ID`.
        client_id: String = ["ARM_CLIENT_ID"];
        /// Path to a file that contains the client id of the application or managed identity. If
        /// `client_id` is set too, both must have the same value. Environment variable:
        /// `ARM_CLIENT_ID_FILE_PATH`.
        client_id_file_path: String = ["ARM_CLIENT_ID_FILE_PATH"];
        /// Client secret of the application (service principal). Environment variable:
        /// `ARM_CLIENT_SECRET`.
        client_secret: Secret = ["ARM_CLIENT_SECRET"];
        /// Path to a file that contains the client secret of the application. If `client_secret` is
        /// set too, both must have the same value. Environment variable:
        /// `ARM_CLIENT_SECRET_FILE_PATH`.
        client_secret_file_path: String = ["ARM_CLIENT_SECRET_FILE_PATH"];
        /// Certificate and private key of the application (service principal), as a PKCS#12 bundle
        /// in base64. Environment variable: `ARM_CLIENT_CERTIFICATE`.
        client_certificate: Secret = ["ARM_CLIENT_CERTIFICATE"];
        /// Path to a PKCS#12 (`.pfx`) file that contains the certificate and private key of the
        /// application. Environment variable: `ARM_CLIENT_CERTIFICATE_PATH`.
        client_certificate_path: String = ["ARM_CLIENT_CERTIFICATE_PATH"];
        /// Password of the PKCS#12 bundle in `client_certificate` or `client_certificate_path`.
        /// Environment variable: `ARM_CLIENT_CERTIFICATE_PASSWORD`.
        client_certificate_password: Secret = ["ARM_CLIENT_CERTIFICATE_PASSWORD"];
        /// Whether to authenticate with OpenID Connect (workload identity federation): with the
        /// token in `oidc_token` or `oidc_token_file_path`, or with a token requested from
        /// `oidc_request_url`. Default: `false`. Environment variable: `ARM_USE_OIDC`.
        use_oidc: bool = ["ARM_USE_OIDC"];
        /// OIDC token to exchange for an Azure token. Environment variable: `ARM_OIDC_TOKEN`.
        oidc_token: Secret = ["ARM_OIDC_TOKEN"];
        /// Path to a file that contains the OIDC token to exchange for an Azure token. The file is
        /// read again for each authentication, so its token may be renewed during a run.
        /// Environment variable: `ARM_OIDC_TOKEN_FILE_PATH`.
        oidc_token_file_path: String = ["ARM_OIDC_TOKEN_FILE_PATH"];
        /// URL from which a GitHub Actions workflow or an Azure DevOps pipeline requests its OIDC
        /// token. Environment variables: `ARM_OIDC_REQUEST_URL`, `ACTIONS_ID_TOKEN_REQUEST_URL`,
        /// `SYSTEM_OIDCREQUESTURI` (the first that is set).
        oidc_request_url: String = [
            "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"
        ];
        /// Bearer token for `oidc_request_url`. Environment variables: `ARM_OIDC_REQUEST_TOKEN`,
        /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`, `SYSTEM_ACCESSTOKEN` (the first that is set).
        oidc_request_token: Secret = [
            "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"
        ];
        /// Id of the Azure DevOps service connection for which an OIDC token is requested. If it is
        /// set, `oidc_request_url` is taken for an address of Azure DevOps, otherwise for one of
        /// GitHub Actions. Environment variables: `ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID`,
        /// `ARM_OIDC_AZURE_SERVICE_CONNECTION_ID` (the first that is set).
        ado_pipeline_service_connection_id: String = [
            "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"
        ];
        /// Whether to authenticate with the workload identity of a pod in Azure Kubernetes Service,
        /// using `AZURE_CLIENT_ID`, `AZURE_TENANT_ID` and `AZURE_FEDERATED_TOKEN_FILE`, which AKS
        /// sets in the pod. Default: `false`. Environment variable:
        /// `ARM_USE_AKS_WORKLOAD_IDENTITY`.
        use_aks_workload_identity: bool = ["ARM_USE_AKS_WORKLOAD_IDENTITY"];
        /// Whether to authenticate with the managed identity of the machine or service that
        /// Terraform runs on. Default: `false`. Environment variable: `ARM_USE_MSI`.
        use_msi: bool = ["ARM_USE_MSI"];
        /// URL that provides tokens of the managed identity, without its query string. Plain http
        /// is accepted for loopback and link-local hosts only. Default: the endpoint that App
        /// Service sets in `IDENTITY_ENDPOINT`, or the instance metadata service of the virtual
        /// machine. Environment variable: `ARM_MSI_ENDPOINT`.
        msi_endpoint: String = ["ARM_MSI_ENDPOINT"];
        /// Whether to authenticate as the user who is logged in to the Azure CLI (`az login`), if
        /// no other method is fully configured. Default: `true`. Environment variable:
        /// `ARM_USE_CLI`.
        use_cli: bool = ["ARM_USE_CLI"];
        /// Azure cloud to use: `public`, `usgovernment` or `china`, in any case. Default: `public`.
        /// Environment variable: `ARM_ENVIRONMENT`.
        environment: CaseInsensitive<Clouds> = ["ARM_ENVIRONMENT"];
        /// Address of the service that issues tokens (Microsoft Entra ID), such as
        /// `https://login.microsoftonline.com`. Plain http is accepted for loopback hosts only.
        /// Default: the address for `environment`. Environment variable:
        /// `ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST`.
        active_directory_authority_host: Verbatim<Address> = [
            "ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST"
        ];
        /// Address of Azure Resource Manager, such as `https://management.azure.com`. Plain http is
        /// accepted for loopback hosts only. Default: the address for `environment`. Environment
        /// variable: `ARM_RESOURCE_MANAGER_ENDPOINT`.
        resource_manager_endpoint: Verbatim<Address> = ["ARM_RESOURCE_MANAGER_ENDPOINT"];
        /// Audience for which tokens for Azure Resource Manager are requested, such as
        /// `https://management.azure.com`. Default: the audience for `environment`. Environment
        /// variable: `ARM_RESOURCE_MANAGER_AUDIENCE`.
        resource_manager_audience: String = ["ARM_RESOURCE_MANAGER_AUDIENCE"];
    }
    and {
        /// Time between two status checks of a long-running operation, as a Go duration string such
        /// as `"30s"`. A `Retry-After` header in a response of Azure takes precedence. Default:
        /// `10s`.
        polling_interval: Verbatim<Interval> = [];
    }
}

/// Checks of arguments by the rules of the login.
pub(crate) fn validate(given: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    for name in ["client_certificate", "msi_endpoint", "oidc_request_url"] {
        let text = given.known::<String>(name).filter(|text| !text.trim().is_empty());
        if let Some(Err(error)) = text.map(|text| check(name, &text)) {
            problems.push(Diagnostic::invalid(&path(CLOUD, name), sentence(&error.message)));
        }
    }
}

/// Access to Azure, created when it is first needed.
pub(crate) struct Access {
    config: Setting<Azure>,
    http: Arc<Http>,
    env: Environment,
    login: OnceLock<Arc<Login>>,
    images: OnceLock<GalleryImages>,
}

impl Access {
    pub(crate) fn new(config: Setting<Azure>, http: Arc<Http>, env: Environment) -> Self {
        Self { config, http, env, login: OnceLock::new(), images: OnceLock::new() }
    }

    fn config(&self) -> Result<Azure> {
        given(&self.config, CLOUD)
    }

    /// The time between two status checks where the service does not ask for one.
    pub(crate) fn polling_interval(&self) -> Result<Duration> {
        let interval = self.config()?.polling_interval(&self.env)?;
        Ok(interval.map_or(POLLING_INTERVAL, |interval| interval.0))
    }

    /// The client of gallery images.
    pub(crate) fn gallery_images(&self) -> Result<GalleryImages> {
        if let Some(images) = self.images.get() {
            return Ok(images.clone());
        }
        let images = GalleryImages::new(self.http.clone(), self.login()?, self.polling_interval()?);
        Ok(self.images.get_or_init(|| images).clone())
    }

    /// Whether an authentication method is fully configured and a subscription is named, as far as
    /// they are known.
    pub(crate) fn ready(&self) -> Result<()> {
        let interval = self.polling_interval();
        let checked = both(together(self.usable(), self.subscription()), interval).map(|_| ());
        if is_known(&self.config) { checked } else { Err(awaited(checked, CLOUD)) }
    }

    /// Whether the authentication method can be used here.
    fn usable(&self) -> Result<()> {
        let login = self.login()?;
        if login.is_installed() {
            return Ok(());
        }
        Err(no_login(&login.settings().missing(), NO_CLI))
    }

    /// Whether a subscription is named, or the Azure CLI can be asked for its default one.
    fn subscription(&self) -> Result<()> {
        let settings = self.settings()?;
        let is_named = settings.subscription_id.as_deref().is_some_and(|id| !id.trim().is_empty());
        let has_default = settings.method() == Ok(Method::AzureCli)
            && self.login().is_ok_and(|login| login.is_installed());
        if is_named || has_default {
            return Ok(());
        }
        let detail = format!(
            "Set the subscription: {}. Only the Azure CLI has a default one.",
            argument("subscription_id")
        );
        Err(Diagnostic::error("Missing Azure subscription", detail).into())
    }

    /// The credentials: arguments, else environment.
    pub(crate) fn settings(&self) -> Result<Settings> {
        let settings = self.config()?.fill(&self.env)?;
        let platform = Platform::from_environment(&|name| (self.env)(name).ok());
        Ok(Settings { platform, ..settings })
    }

    /// The login, chosen from arguments and environment. Nothing is sent yet.
    pub(crate) fn login(&self) -> Result<Arc<Login>> {
        if let Some(login) = self.login.get() {
            return Ok(login.clone());
        }
        let settings = self.settings()?;
        settings.method().map_err(|missing| no_login(&missing, ""))?;
        let login = Login::new(self.http.clone(), settings).map_err(settings_error)?;
        Ok(self.login.get_or_init(|| Arc::new(login)).clone())
    }
}

/// Whether there is such an argument, and it has environment variables.
pub(crate) fn has_variables(name: &str) -> bool {
    variables(name).is_some_and(|variables| !variables.is_empty())
}

/// The environment variables of an argument.
fn variables(name: &str) -> Option<&'static [&'static str]> {
    Azure::VARIABLES.iter().find(|(known, _)| *known == name).map(|(_, variables)| *variables)
}

/// An argument with its variables: `azure.tenant_id` (ARM_TENANT_ID).
pub(crate) fn argument(name: &str) -> String {
    settings::argument(CLOUD, name, Azure::VARIABLES)
}

/// An invalid setting, found before anything is sent.
pub(crate) fn settings_error(error: cloud::Error) -> Failure {
    // Some messages continue after the name of the setting, others are sentences.
    let goes_on = ["differs ", "does ", "holds ", "is "];
    let goes_on = goes_on.iter().any(|verb| error.message.starts_with(verb));
    let detail = match error.setting {
        Some(setting) if goes_on => sentence(&format!("{} {}", argument(setting), error.message)),
        Some(setting) => format!("{}: {}", argument(setting), sentence(&error.message)),
        None => sentence(&error.message),
    };
    Diagnostic::error("Invalid Azure configuration", detail).into()
}

/// What to add where the Azure CLI would be the authentication method.
pub(crate) const NO_CLI: &str = "The Azure CLI could be used, but it is not installed.";

/// The error when no authentication method is fully configured. `also` names what could be used
/// instead.
pub(crate) fn no_login(missing: &Missing, also: &str) -> Failure {
    let mut detail =
        format!("No Azure authentication method is fully configured. {}\n", shortest(missing));
    for (method, lacks) in &missing.lacking {
        let lacks = lacks
            .iter()
            .map(|any| any.iter().map(|name| argument(name)).collect::<Vec<_>>().join(" or "));
        let lacks: Vec<_> = lacks.collect();
        detail.push_str(&format!("\n  {} lacks {}", method.name(), lacks.join(", and ")));
    }
    for switch in &missing.switched_off {
        detail.push_str(&format!("\n  {} is not set to true", argument(switch)));
    }
    if !also.is_empty() {
        detail.push_str(&format!("\n\n{also}"));
    }
    Diagnostic::error("Cannot log in to Azure", detail).into()
}

/// The two shortest ways to a login: the Azure CLI, and the variables that a client secret lacks.
fn shortest(missing: &Missing) -> String {
    let secret = missing.lacking.iter().find(|(method, _)| *method == Method::ClientSecret);
    let first = |any: &&[&str]| variables(any.first()?)?.first().copied();
    let lacks: Vec<_> =
        secret.iter().flat_map(|(_, lacks)| lacks.iter().filter_map(first)).collect();
    let set = format!("set {}", in_words(&lacks));
    match missing.switched_off.contains(&"use_cli") {
        true => sentence(&set),
        false => format!("Install the Azure CLI and run `az login`, or {set}."),
    }
}

/// What to do about a login that the Azure CLI cannot make: `mend` it, or use an application.
pub(super) fn or_application(mend: &str) -> String {
    let names = ["tenant_id", "client_id", "client_secret"];
    let names: Vec<_> = names.iter().filter_map(|name| variables(name)?.first().copied()).collect();
    format!("{mend}, or set {}.", in_words(&names))
}
