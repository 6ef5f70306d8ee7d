//! What a login is made of, and which environment variables stand in for it.

use super::super::environments::Choice;
use super::super::token::Secret;

/// The settings of a login. Names are azurerm's.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Settings {
    pub subscription_id: Option<String>,
    pub tenant_id: Option<String>,
    pub client_id: Option<String>,
    pub client_id_file_path: Option<String>,
    pub client_secret: Option<Secret>,
    pub client_secret_file_path: Option<String>,
    pub client_certificate: Option<Secret>,
    pub client_certificate_path: Option<String>,
    pub client_certificate_password: Option<Secret>,
    pub use_oidc: Option<bool>,
    pub oidc_token: Option<Secret>,
    pub oidc_token_file_path: Option<String>,
    pub oidc_request_url: Option<String>,
    pub oidc_request_token: Option<Secret>,
    pub ado_pipeline_service_connection_id: Option<String>,
    pub use_aks_workload_identity: Option<bool>,
    pub use_msi: Option<bool>,
    pub msi_endpoint: Option<String>,
    pub use_cli: Option<bool>,
    pub environment: Option<String>,
    pub active_directory_authority_host: Option<String>,
    pub resource_manager_endpoint: Option<String>,
    pub resource_manager_audience: Option<String>,
}

impl Settings {
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
