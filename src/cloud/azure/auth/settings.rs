//! What a login is made of, and which environment variables stand in for it.
//!
//! Names, variables and order are azurerm's, so that what works there works here.

use super::super::environments::Choice;
use crate::cloud::{Error, Result};
use crate::secret::Secret;

/// The variables that stand in for a setting, the first that is set wins.
pub const ENVIRONMENT: &[(&str, &[&str])] = &[
    ("subscription_id", &["ARM_SUBSCRIPTION_ID"]),
    ("tenant_id", &["ARM_TENANT_ID"]),
    ("client_id", &["ARM_CLIENT_ID"]),
    ("client_id_file_path", &["ARM_CLIENT_ID_FILE_PATH"]),
    ("client_secret", &["ARM_CLIENT_SECRET"]),
    ("client_secret_file_path", &["ARM_CLIENT_SECRET_FILE_PATH"]),
    ("client_certificate", &["ARM_CLIENT_CERTIFICATE"]),
    ("client_certificate_path", &["ARM_CLIENT_CERTIFICATE_PATH"]),
    ("client_certificate_password", &["ARM_CLIENT_CERTIFICATE_PASSWORD"]),
    ("use_oidc", &["ARM_USE_OIDC"]),
    ("oidc_token", &["ARM_OIDC_TOKEN"]),
    ("oidc_token_file_path", &["ARM_OIDC_TOKEN_FILE_PATH"]),
    (
        "oidc_request_url",
        &["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"],
    ),
    (
        "oidc_request_token",
        &["ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"],
    ),
    (
        "ado_pipeline_service_connection_id",
        &["ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID"],
    ),
    ("use_aks_workload_identity", &["ARM_USE_AKS_WORKLOAD_IDENTITY"]),
    ("use_msi", &["ARM_USE_MSI"]),
    ("msi_endpoint", &["ARM_MSI_ENDPOINT"]),
    ("use_cli", &["ARM_USE_CLI"]),
    ("environment", &["ARM_ENVIRONMENT"]),
    ("active_directory_authority_host", &["ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST"]),
    ("resource_manager_endpoint", &["ARM_RESOURCE_MANAGER_ENDPOINT"]),
    ("resource_manager_audience", &["ARM_RESOURCE_MANAGER_AUDIENCE"]),
];

/// The settings of a login. An unset one is `None`.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The subscription that calls are about unless they name one.
    pub subscription_id: Option<String>,
    /// The directory to log in to.
    pub tenant_id: Option<String>,
    /// The application, or the user-assigned managed identity.
    pub client_id: Option<String>,
    /// A file that holds the client id.
    pub client_id_file_path: Option<String>,
    /// The application's secret.
    pub client_secret: Option<Secret>,
    /// A file that holds the secret.
    pub client_secret_file_path: Option<String>,
    /// The application's certificate and key: PKCS#12 in base64.
    pub client_certificate: Option<Secret>,
    /// A file that holds them in PKCS#12.
    pub client_certificate_path: Option<String>,
    /// The password of either.
    pub client_certificate_password: Option<Secret>,
    /// Whether to log in with a token of another issuer. Unset means no.
    pub use_oidc: Option<bool>,
    /// That token.
    pub oidc_token: Option<Secret>,
    /// A file that holds it, read anew for each request.
    pub oidc_token_file_path: Option<String>,
    /// Where a pipeline asks for such a token.
    pub oidc_request_url: Option<String>,
    /// What it proves itself with there.
    pub oidc_request_token: Option<Secret>,
    /// The service connection, which makes that place Azure DevOps.
    pub ado_pipeline_service_connection_id: Option<String>,
    /// Whether to take what Kubernetes sets in a pod. Unset means no.
    pub use_aks_workload_identity: Option<bool>,
    /// Whether to log in as a managed identity. Unset means no.
    pub use_msi: Option<bool>,
    /// Where to ask for its token.
    pub msi_endpoint: Option<String>,
    /// Whether to ask the Azure CLI. Unset means yes.
    pub use_cli: Option<bool>,
    /// The cloud.
    pub environment: Option<String>,
    /// See [`Choice`].
    pub active_directory_authority_host: Option<String>,
    /// See [`Choice`].
    pub resource_manager_endpoint: Option<String>,
    /// See [`Choice`].
    pub resource_manager_audience: Option<String>,
    /// What the platform says about itself.
    pub platform: Platform,
}

/// Variables that the platform sets, not people.
#[derive(Clone, Debug, Default)]
pub struct Platform {
    /// `AZURE_CLIENT_ID`, set in a pod with workload identity.
    pub azure_client_id: Option<String>,
    /// `AZURE_TENANT_ID`, likewise.
    pub azure_tenant_id: Option<String>,
    /// `AZURE_FEDERATED_TOKEN_FILE`, likewise.
    pub azure_federated_token_file: Option<String>,
    /// `IDENTITY_ENDPOINT`, set by App Service.
    pub identity_endpoint: Option<String>,
    /// `IDENTITY_HEADER`, likewise.
    pub identity_header: Option<Secret>,
}

/// Reads a variable.
pub type Env<'e> = &'e dyn Fn(&str) -> Option<String>;

impl Settings {
    /// Fills what is unset from the environment. An empty variable counts as unset.
    ///
    /// # Errors
    /// One about a setting whose variable is neither true nor false.
    pub fn with_environment(mut self, env: Env<'_>) -> Result<Self> {
        let text = |name| variable(env, name).map(|(_, value)| value);
        let fill = |slot: &mut Option<String>, name| *slot = slot.take().or_else(|| text(name));
        fill(&mut self.subscription_id, "subscription_id");
        fill(&mut self.tenant_id, "tenant_id");
        fill(&mut self.client_id, "client_id");
        fill(&mut self.client_id_file_path, "client_id_file_path");
        fill(&mut self.client_secret_file_path, "client_secret_file_path");
        fill(&mut self.client_certificate_path, "client_certificate_path");
        fill(&mut self.oidc_token_file_path, "oidc_token_file_path");
        fill(&mut self.oidc_request_url, "oidc_request_url");
        let connection = &mut self.ado_pipeline_service_connection_id;
        fill(connection, "ado_pipeline_service_connection_id");
        fill(&mut self.msi_endpoint, "msi_endpoint");
        fill(&mut self.environment, "environment");
        let authority = &mut self.active_directory_authority_host;
        fill(authority, "active_directory_authority_host");
        fill(&mut self.resource_manager_endpoint, "resource_manager_endpoint");
        fill(&mut self.resource_manager_audience, "resource_manager_audience");
        let secret = |slot: &mut Option<Secret>, name| {
            *slot = slot.take().or_else(|| text(name).map(Secret::from));
        };
        secret(&mut self.client_secret, "client_secret");
        secret(&mut self.client_certificate, "client_certificate");
        secret(&mut self.client_certificate_password, "client_certificate_password");
        secret(&mut self.oidc_token, "oidc_token");
        secret(&mut self.oidc_request_token, "oidc_request_token");
        self.use_oidc = switch(self.use_oidc, env, "use_oidc")?;
        let aks = self.use_aks_workload_identity;
        self.use_aks_workload_identity = switch(aks, env, "use_aks_workload_identity")?;
        self.use_msi = switch(self.use_msi, env, "use_msi")?;
        self.use_cli = switch(self.use_cli, env, "use_cli")?;
        self.platform = self.platform.with_environment(env);
        Ok(self)
    }

    /// Those that choose the cloud.
    #[must_use]
    pub fn environment_choice(&self) -> Choice<'_> {
        Choice {
            environment: self.environment.as_deref(),
            active_directory_authority_host: self.active_directory_authority_host.as_deref(),
            resource_manager_endpoint: self.resource_manager_endpoint.as_deref(),
            resource_manager_audience: self.resource_manager_audience.as_deref(),
        }
    }
}

impl Platform {
    fn with_environment(mut self, env: Env<'_>) -> Self {
        let fill = |slot: &mut Option<String>, name| {
            *slot = slot.take().or_else(|| set(env, name));
        };
        fill(&mut self.azure_client_id, "AZURE_CLIENT_ID");
        fill(&mut self.azure_tenant_id, "AZURE_TENANT_ID");
        fill(&mut self.azure_federated_token_file, "AZURE_FEDERATED_TOKEN_FILE");
        fill(&mut self.identity_endpoint, "IDENTITY_ENDPOINT");
        let header = || set(env, "IDENTITY_HEADER").map(Secret::from);
        self.identity_header = self.identity_header.take().or_else(header);
        self
    }
}

/// The variables that stand in for `setting`.
#[must_use]
pub fn variables(setting: &str) -> &'static [&'static str] {
    ENVIRONMENT.iter().find(|(name, _)| *name == setting).map_or(&[], |(_, variables)| variables)
}

fn set(env: Env<'_>, variable: &str) -> Option<String> {
    env(variable).filter(|value| !value.is_empty())
}

/// The first variable of `setting` that is set, and its value.
fn variable(env: Env<'_>, setting: &str) -> Option<(&'static str, String)> {
    variables(setting).iter().find_map(|name| Some((*name, set(env, name)?)))
}

fn switch(given: Option<bool>, env: Env<'_>, setting: &'static str) -> Result<Option<bool>> {
    if given.is_some() {
        return Ok(given);
    }
    let Some((name, value)) = variable(env, setting) else { return Ok(None) };
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => {
            let text = format!("{name} is {value:?}, which is neither true nor false");
            Err(Error::setting("ReadSettings", setting, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(settings: Settings, variables: &[(&str, &str)]) -> Result<Settings> {
        settings.with_environment(&|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn each_variable_fills_its_setting() {
        for (setting, variables) in ENVIRONMENT {
            for variable in *variables {
                let value = if setting.starts_with("use_") { "true" } else { "wool" };
                let settings = filled(Settings::default(), &[(variable, value)]).unwrap();
                let text = format!("{settings:?}");
                let shown = [
                    format!("{setting}: Some(\"wool\")"),
                    format!("{setting}: Some((secret))"),
                    format!("{setting}: Some(true)"),
                ];
                assert!(shown.iter().any(|shown| text.contains(shown)), "{variable}: {text}");
                assert_eq!(text.matches("Some(").count(), 1, "{variable}: {text}");
            }
        }
    }

    #[test]
    fn an_argument_beats_a_variable_and_an_earlier_variable_a_later_one() {
        let given = Settings { tenant_id: Some("meadow".into()), ..Settings::default() };
        let variables = [
            ("ARM_TENANT_ID", "alp"),
            ("ARM_CLIENT_ID", ""),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", "https://second.example"),
            ("SYSTEM_OIDCREQUESTURI", "https://third.example"),
            ("ARM_OIDC_REQUEST_URL", ""),
        ];
        let settings = filled(given, &variables).unwrap();
        assert_eq!(settings.tenant_id.as_deref(), Some("meadow"));
        assert_eq!(settings.client_id, None);
        assert_eq!(settings.oidc_request_url.as_deref(), Some("https://second.example"));
    }

    #[test]
    fn switches_are_read_in_the_usual_spellings() {
        for (value, expected) in [
            ("TRUE", Some(true)),
            ("1", Some(true)),
            ("False", Some(false)),
            ("0", Some(false)),
            ("", None),
        ] {
            let settings = filled(Settings::default(), &[("ARM_USE_MSI", value)]).unwrap();
            assert_eq!(settings.use_msi, expected, "{value}");
        }
        let error = filled(Settings::default(), &[("ARM_USE_CLI", "maybe")]).unwrap_err();
        assert_eq!(error.setting, Some("use_cli"));
        assert!(error.message.contains("ARM_USE_CLI"));
        let given = Settings { use_cli: Some(false), ..Settings::default() };
        assert_eq!(filled(given, &[("ARM_USE_CLI", "maybe")]).unwrap().use_cli, Some(false));
    }

    #[test]
    fn no_secret_is_printed() {
        let names =
            ["client_secret", "client_certificate", "client_certificate_password", "oidc_token"];
        for setting in names {
            let settings = filled(Settings::default(), &[(variables(setting)[0], "wool")]).unwrap();
            assert!(!format!("{settings:?}").contains("wool"));
        }
    }
}
