//! The `azure` argument: how to log in, and to which cloud.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::cloud;
use crate::cloud::azure::auth::settings::variables;
use crate::cloud::azure::auth::{Login, Method, Missing, Settings, check};
use crate::cloud::azure::environments::address;
use crate::cloud::azure::hci::GalleryImages;
use crate::cloud::http::Http;
use crate::secret::Secret;
use crate::tfplugin::attr::{Setting, Span, Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Result};
use crate::tfplugin::model::Attr;
use crate::tfplugin::string_enum::CaseInsensitive;
use crate::tfplugin::value::Builder;

use crate::provider::settings::{Environment, path, sentence, unknown};

const CLOUD: &str = "azure";

/// How often to look at an operation when the service does not say.
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
        address("", text).map(|_| Self).map_err(|error| sentence(&error.message))
    }
}

model! {
    /// Access to Azure.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct Azure {
        /// Id of the Azure subscription, a GUID. Default: the default subscription of the Azure CLI
        /// if the Azure CLI is the authentication method; otherwise the argument is required.
        /// Environment variable: `ARM_SUBSCRIPTION_ID`.
        pub subscription_id: Setting<String>,
        /// Id of the Microsoft Entra tenant (directory) to authenticate to. Required with a client
        /// certificate, a client secret or OpenID Connect. Environment variable: `ARM_TENANT_ID`.
        pub tenant_id: Setting<String>,
        /// Client id of the application (service principal), or of the user-assigned managed
        /// identity. Environment variable: `ARM_CLIENT_ID`.
        pub client_id: Setting<String>,
        /// Path to a file that contains the client id of the application or managed identity. If
        /// `client_id` is set too, both must have the same value. Environment variable:
        /// `ARM_CLIENT_ID_FILE_PATH`.
        pub client_id_file_path: Setting<String>,
        /// Client secret of the application (service principal). Environment variable:
        /// `ARM_CLIENT_SECRET`.
        pub client_secret: Setting<Secret>,
        /// Path to a file that contains the client secret of the application. If `client_secret` is
        /// set too, both must have the same value. Environment variable:
        /// `ARM_CLIENT_SECRET_FILE_PATH`.
        pub client_secret_file_path: Setting<String>,
        /// Certificate and private key of the application (service principal), as a PKCS#12 bundle
        /// in base64. Environment variable: `ARM_CLIENT_CERTIFICATE`.
        pub client_certificate: Setting<Secret>,
        /// Path to a PKCS#12 (`.pfx`) file that contains the certificate and private key of the
        /// application. Environment variable: `ARM_CLIENT_CERTIFICATE_PATH`.
        pub client_certificate_path: Setting<String>,
        /// Password of the PKCS#12 bundle in `client_certificate` or `client_certificate_path`.
        /// Environment variable: `ARM_CLIENT_CERTIFICATE_PASSWORD`.
        pub client_certificate_password: Setting<Secret>,
        /// Whether to authenticate with OpenID Connect (workload identity federation): with the
        /// token in `oidc_token` or `oidc_token_file_path`, or with a token requested from
        /// `oidc_request_url`. Default: `false`. Environment variable: `ARM_USE_OIDC`.
        pub use_oidc: Setting<bool>,
        /// OIDC token to exchange for an Azure token. Environment variable: `ARM_OIDC_TOKEN`.
        pub oidc_token: Setting<Secret>,
        /// Path to a file that contains the OIDC token to exchange for an Azure token. The file is
        /// read again for each authentication, so its token may be renewed during a run.
        /// Environment variable: `ARM_OIDC_TOKEN_FILE_PATH`.
        pub oidc_token_file_path: Setting<String>,
        /// URL from which a GitHub Actions workflow or an Azure DevOps pipeline requests its OIDC
        /// token. Environment variables: `ARM_OIDC_REQUEST_URL`, `ACTIONS_ID_TOKEN_REQUEST_URL`,
        /// `SYSTEM_OIDCREQUESTURI` (the first that is set).
        pub oidc_request_url: Setting<String>,
        /// Bearer token for `oidc_request_url`. Environment variables: `ARM_OIDC_REQUEST_TOKEN`,
        /// `ACTIONS_ID_TOKEN_REQUEST_TOKEN`, `SYSTEM_ACCESSTOKEN` (the first that is set).
        pub oidc_request_token: Setting<Secret>,
        /// Id of the Azure DevOps service connection for which an OIDC token is requested. If it is
        /// set, `oidc_request_url` is taken for an address of Azure DevOps, otherwise for one of
        /// GitHub Actions. Environment variables: `ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID`,
        /// `ARM_OIDC_AZURE_SERVICE_CONNECTION_ID` (the first that is set).
        pub ado_pipeline_service_connection_id: Setting<String>,
        /// Whether to authenticate with the workload identity of a pod in Azure Kubernetes Service,
        /// using `AZURE_CLIENT_ID`, `AZURE_TENANT_ID` and `AZURE_FEDERATED_TOKEN_FILE`, which AKS
        /// sets in the pod. Default: `false`. Environment variable:
        /// `ARM_USE_AKS_WORKLOAD_IDENTITY`.
        pub use_aks_workload_identity: Setting<bool>,
        /// Whether to authenticate with the managed identity of the machine or service that
        /// Terraform runs on. Default: `false`. Environment variable: `ARM_USE_MSI`.
        pub use_msi: Setting<bool>,
        /// URL that provides tokens of the managed identity, without its query string. Plain http
        /// is accepted for loopback and link-local hosts only. Default: the endpoint that App
        /// Service sets in `IDENTITY_ENDPOINT`, or the instance metadata service of the virtual
        /// machine. Environment variable: `ARM_MSI_ENDPOINT`.
        pub msi_endpoint: Setting<String>,
        /// Whether to authenticate as the user who is logged in to the Azure CLI (`az login`), if
        /// no other method is fully configured. Default: `true`. Environment variable:
        /// `ARM_USE_CLI`.
        pub use_cli: Setting<bool>,
        /// Azure cloud to use: `public`, `usgovernment` or `china`, in any case. Default: `public`.
        /// Environment variable: `ARM_ENVIRONMENT`.
        pub environment: Setting<CaseInsensitive<Clouds>>,
        /// Address of the service that issues tokens (Microsoft Entra ID), such as
        /// `https://login.microsoftonline.com`. Plain http is accepted for loopback hosts only.
        /// Default: the address for `environment`. Environment variable:
        /// `ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST`.
        pub active_directory_authority_host: Setting<Verbatim<Address>>,
        /// Address of Azure Resource Manager, such as `https://management.azure.com`. Plain http is
        /// accepted for loopback hosts only. Default: the address for `environment`. Environment
        /// variable: `ARM_RESOURCE_MANAGER_ENDPOINT`.
        pub resource_manager_endpoint: Setting<Verbatim<Address>>,
        /// Audience for which tokens for Azure Resource Manager are requested, such as
        /// `https://management.azure.com`. Default: the audience for `environment`. Environment
        /// variable: `ARM_RESOURCE_MANAGER_AUDIENCE`.
        pub resource_manager_audience: Setting<String>,
        /// Time between two status checks of a long-running operation, as a Go duration string such
        /// as `"30s"`. A `Retry-After` header in a response of Azure takes precedence. Default:
        /// `10s`.
        pub polling_interval: Setting<Span>,
    }
}

/// Checks of arguments whose rules the login knows.
pub(crate) fn validate(given: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    for name in ["client_certificate", "msi_endpoint", "oidc_request_url"] {
        let text = given.known::<String>(name).filter(|text| !text.trim().is_empty());
        if let Some(Err(error)) = text.map(|text| check(name, &text)) {
            problems.push(Diagnostic::invalid(&path(CLOUD, name), sentence(&error.message)));
        }
    }
}

/// Access to Azure, made when it is needed.
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
        match &self.config {
            Setting::Set(config) => Ok(config.clone()),
            Setting::Null => Ok(Azure::default()),
            Setting::Unknown => Err(unknown(CLOUD, "*")),
        }
    }

    /// How often to look at a long operation when the service does not say.
    pub(crate) fn polling_interval(&self) -> Result<Duration> {
        match self.config()?.polling_interval {
            Setting::Set(span) => Ok(*span),
            Setting::Null => Ok(POLLING_INTERVAL),
            Setting::Unknown => Err(unknown(CLOUD, "polling_interval")),
        }
    }

    /// The client of gallery images.
    pub(crate) fn gallery_images(&self) -> Result<GalleryImages> {
        if let Some(images) = self.images.get() {
            return Ok(images.clone());
        }
        let images = GalleryImages::new(self.http.clone(), self.login()?, self.polling_interval()?);
        Ok(self.images.get_or_init(|| images).clone())
    }

    /// Whether there is a way to log in and a subscription, as far as they are known.
    pub(crate) fn ready(&self) -> Result<()> {
        let known = match &self.config {
            Setting::Unknown => false,
            Setting::Null => true,
            Setting::Set(config) => Builder::build(|sink| config.encode(sink)).is_wholly_known(),
        };
        if !known {
            return Ok(());
        }
        let login = self.login()?;
        if !login.is_installed() {
            let also = "The Azure CLI would do, but it is not installed or not on the PATH.";
            return Err(no_login(&login.settings().missing(), also));
        }
        let named = login.settings().subscription_id.as_deref().is_some_and(|id| !id.is_empty());
        if named || login.method() == Method::AzureCli {
            return Ok(());
        }
        let detail = format!(
            "Set the subscription: {}. Only the Azure CLI has a default one.",
            argument("subscription_id")
        );
        Err(Diagnostic::error("Missing Azure subscription", detail).into())
    }

    /// What to log in with: arguments, else environment.
    pub(crate) fn settings(&self) -> Result<Settings> {
        let config = self.config()?;
        let settings = Settings {
            subscription_id: text("subscription_id", &config.subscription_id)?,
            tenant_id: text("tenant_id", &config.tenant_id)?,
            client_id: text("client_id", &config.client_id)?,
            client_id_file_path: text("client_id_file_path", &config.client_id_file_path)?,
            client_secret: given("client_secret", &config.client_secret)?,
            client_secret_file_path: text(
                "client_secret_file_path",
                &config.client_secret_file_path,
            )?,
            client_certificate: given("client_certificate", &config.client_certificate)?,
            client_certificate_path: text(
                "client_certificate_path",
                &config.client_certificate_path,
            )?,
            client_certificate_password: given(
                "client_certificate_password",
                &config.client_certificate_password,
            )?,
            use_oidc: given("use_oidc", &config.use_oidc)?,
            oidc_token: given("oidc_token", &config.oidc_token)?,
            oidc_token_file_path: text("oidc_token_file_path", &config.oidc_token_file_path)?,
            oidc_request_url: text("oidc_request_url", &config.oidc_request_url)?,
            oidc_request_token: given("oidc_request_token", &config.oidc_request_token)?,
            ado_pipeline_service_connection_id: text(
                "ado_pipeline_service_connection_id",
                &config.ado_pipeline_service_connection_id,
            )?,
            use_aks_workload_identity: given(
                "use_aks_workload_identity",
                &config.use_aks_workload_identity,
            )?,
            use_msi: given("use_msi", &config.use_msi)?,
            msi_endpoint: text("msi_endpoint", &config.msi_endpoint)?,
            use_cli: given("use_cli", &config.use_cli)?,
            environment: given("environment", &config.environment)?
                .map(|word| word.as_str().to_owned()),
            active_directory_authority_host: written(
                "active_directory_authority_host",
                &config.active_directory_authority_host,
            )?,
            resource_manager_endpoint: written(
                "resource_manager_endpoint",
                &config.resource_manager_endpoint,
            )?,
            resource_manager_audience: text(
                "resource_manager_audience",
                &config.resource_manager_audience,
            )?,
            ..Settings::default()
        };
        settings.with_environment(&*self.env).map_err(settings_error)
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

fn given<T: Clone>(name: &'static str, value: &Setting<T>) -> Result<Option<T>> {
    match value {
        Setting::Set(value) => Ok(Some(value.clone())),
        Setting::Null => Ok(None),
        Setting::Unknown => Err(unknown(CLOUD, name)),
    }
}

fn text(name: &'static str, value: &Setting<String>) -> Result<Option<String>> {
    given(name, value)
}

fn written<T: Clone>(name: &'static str, value: &Setting<Verbatim<T>>) -> Result<Option<String>> {
    Ok(given(name, value)?.map(|value| value.text().to_owned()))
}

/// An argument with its variables: `azure.tenant_id` (ARM_TENANT_ID).
pub(crate) fn argument(name: &str) -> String {
    match variables(name) {
        [] => format!("`{CLOUD}.{name}`"),
        variables => format!("`{CLOUD}.{name}` ({})", variables.join(", ")),
    }
}

/// A setting that cannot be right, found before anything is sent.
pub(crate) fn settings_error(error: cloud::Error) -> Failure {
    // Some messages go on after the name of the setting, others stand by themselves.
    let goes_on = ["differs ", "does ", "holds ", "is "];
    let goes_on = goes_on.iter().any(|verb| error.message.starts_with(verb));
    let detail = match error.setting {
        Some(setting) if goes_on => sentence(&format!("{} {}", argument(setting), error.message)),
        Some(setting) => format!("{}: {}", argument(setting), sentence(&error.message)),
        None => sentence(&error.message),
    };
    Diagnostic::error("Invalid Azure configuration", detail).into()
}

/// The error when no way to log in is complete. `also` names ways beside the login.
pub(crate) fn no_login(missing: &Missing, also: &str) -> Failure {
    let mut detail = String::from("No way to log in to Azure is complete.\n");
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
    Diagnostic::error("No way to log in to Azure", detail).into()
}
