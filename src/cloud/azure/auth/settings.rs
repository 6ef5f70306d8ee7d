//! The settings of a login. Names are azurerm's, so that what works there works here.

use super::super::environments::Choice;
use crate::secret::Secret;

/// The settings of a login. An unset one is `None`.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The subscription of calls that do not name one.
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
    /// The password of the certificate.
    pub client_certificate_password: Option<Secret>,
    /// Whether to log in with a token of another issuer. Unset means no.
    pub use_oidc: Option<bool>,
    /// The OIDC token to exchange for an Azure token.
    pub oidc_token: Option<Secret>,
    /// A file that holds the OIDC token, read again for each request.
    pub oidc_token_file_path: Option<String>,
    /// The URL from which a pipeline requests an OIDC token.
    pub oidc_request_url: Option<String>,
    /// The bearer token for `oidc_request_url`.
    pub oidc_request_token: Option<Secret>,
    /// The service connection of Azure DevOps. Without it, the pipeline is one of GitHub.
    pub ado_pipeline_service_connection_id: Option<String>,
    /// Whether to use the workload identity that AKS sets in a pod. Unset means no.
    pub use_aks_workload_identity: Option<bool>,
    /// Whether to log in as a managed identity. Unset means no.
    pub use_msi: Option<bool>,
    /// The endpoint of the managed identity.
    pub msi_endpoint: Option<String>,
    /// Whether to use the Azure CLI. Unset means yes.
    pub use_cli: Option<bool>,
    /// The cloud.
    pub environment: Option<String>,
    /// See [`Choice`].
    pub active_directory_authority_host: Option<String>,
    /// See [`Choice`].
    pub resource_manager_endpoint: Option<String>,
    /// See [`Choice`].
    pub resource_manager_audience: Option<String>,
    /// What the platform sets.
    pub platform: Platform,
}

/// Variables that the platform sets, not people.
#[derive(Clone, Debug, Default)]
pub struct Platform {
    /// `AZURE_CLIENT_ID`, set in a pod with workload identity.
    pub azure_client_id: Option<String>,
    /// `AZURE_TENANT_ID`, set in the same pods.
    pub azure_tenant_id: Option<String>,
    /// `AZURE_FEDERATED_TOKEN_FILE`, set in the same pods.
    pub azure_federated_token_file: Option<String>,
    /// `IDENTITY_ENDPOINT`, set by App Service.
    pub identity_endpoint: Option<String>,
    /// `IDENTITY_HEADER`, set by App Service.
    pub identity_header: Option<Secret>,
}

impl Settings {
    /// The settings that choose the cloud.
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
    /// Reads them. An empty variable counts as unset.
    #[must_use]
    pub fn from_environment(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name| env(name).filter(|value| !value.is_empty());
        Self {
            azure_client_id: set("AZURE_CLIENT_ID"),
            azure_tenant_id: set("AZURE_TENANT_ID"),
            azure_federated_token_file: set("AZURE_FEDERATED_TOKEN_FILE"),
            identity_endpoint: set("IDENTITY_ENDPOINT"),
            identity_header: set("IDENTITY_HEADER").map(Secret::from),
        }
    }
}
