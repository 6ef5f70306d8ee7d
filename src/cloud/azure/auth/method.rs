//! Which authentication method the settings describe, and what the others lack.

use std::fmt;

use super::Settings;
use crate::secret::Secret;

/// An authentication method. The order is the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// An application with a certificate.
    ClientCertificate,
    /// An application with a secret.
    ClientSecret,
    /// An application with a token of another issuer, given or in a file.
    OidcToken,
    /// An application with a token that Azure DevOps gives to a pipeline.
    AdoPipeline,
    /// An application with a token that GitHub gives to a workflow.
    GitHub,
    /// The identity of the machine or service this runs on.
    ManagedIdentity,
    /// Whoever is logged in to the Azure CLI.
    AzureCli,
}

/// Why no method can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What each method that is switched on lacks: of each list of settings, one.
    pub lacking: Vec<(Method, Vec<&'static [&'static str]>)>,
    /// The switches that are off.
    pub switched_off: Vec<&'static str>,
}

impl Method {
    /// All, in the order of preference.
    pub const ALL: [Self; 7] = [
        Self::ClientCertificate,
        Self::ClientSecret,
        Self::OidcToken,
        Self::AdoPipeline,
        Self::GitHub,
        Self::ManagedIdentity,
        Self::AzureCli,
    ];

    /// Its name in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ClientCertificate => "client certificate",
            Self::ClientSecret => "client secret",
            Self::OidcToken => "OIDC token",
            Self::AdoPipeline => "Azure DevOps pipeline",
            Self::GitHub => "GitHub workflow",
            Self::ManagedIdentity => "managed identity",
            Self::AzureCli => "Azure CLI",
        }
    }

    /// The settings it needs: of each list, one.
    fn needs(self) -> &'static [&'static [&'static str]] {
        const TENANT: &[&str] = &["tenant_id"];
        const CLIENT: &[&str] = &["client_id", "client_id_file_path"];
        const URL: &[&str] = &["oidc_request_url"];
        const TOKEN: &[&str] = &["oidc_request_token"];
        match self {
            Self::ClientCertificate => {
                &[TENANT, CLIENT, &["client_certificate", "client_certificate_path"]]
            }
            Self::ClientSecret => &[TENANT, CLIENT, &["client_secret", "client_secret_file_path"]],
            Self::OidcToken => &[TENANT, CLIENT, &["oidc_token", "oidc_token_file_path"]],
            Self::AdoPipeline => {
                &[TENANT, CLIENT, &["ado_pipeline_service_connection_id"], URL, TOKEN]
            }
            Self::GitHub => &[TENANT, CLIENT, URL, TOKEN],
            Self::ManagedIdentity | Self::AzureCli => &[],
        }
    }
}

impl Settings {
    /// The first method that is switched on and fully configured. If it fails later, no other is
    /// tried.
    ///
    /// # Errors
    /// What all of them lack.
    pub fn method(&self) -> Result<Method, Missing> {
        let complete = |method: &Method| self.allows(*method) && self.lacks(*method).is_empty();
        Method::ALL.into_iter().find(complete).ok_or_else(|| self.missing())
    }

    /// What the methods lack, whether or not one of them is complete: of use when the Azure CLI,
    /// which needs no settings, turns out not to be installed.
    #[must_use]
    pub fn missing(&self) -> Missing {
        let lacking = Method::ALL.into_iter().filter(|method| self.allows(*method));
        let lacking = lacking.map(|method| (method, self.lacks(method)));
        let switches = [
            ("use_oidc", Method::OidcToken),
            ("use_msi", Method::ManagedIdentity),
            ("use_cli", Method::AzureCli),
        ];
        let off = switches.into_iter().filter(|(_, method)| !self.allows(*method));
        Missing {
            lacking: lacking.filter(|(_, lacks)| !lacks.is_empty()).collect(),
            switched_off: off.map(|(switch, _)| switch).collect(),
        }
    }

    fn allows(&self, method: Method) -> bool {
        match method {
            Method::ClientCertificate | Method::ClientSecret => true,
            Method::OidcToken | Method::AdoPipeline | Method::GitHub => {
                self.use_oidc == Some(true) || self.use_aks_workload_identity == Some(true)
            }
            Method::ManagedIdentity => self.use_msi == Some(true),
            Method::AzureCli => self.use_cli != Some(false),
        }
    }

    fn lacks(&self, method: Method) -> Vec<&'static [&'static str]> {
        let lacking = |any: &&&[&str]| !any.iter().any(|setting| self.has(setting));
        method.needs().iter().filter(lacking).copied().collect()
    }

    fn has(&self, setting: &str) -> bool {
        let text = |value: &Option<String>| value.as_ref().is_some_and(|v| !v.trim().is_empty());
        let secret = |value: &Option<Secret>| {
            value.as_ref().is_some_and(|secret| !secret.expose().trim().is_empty())
        };
        let in_pod = |value| self.use_aks_workload_identity == Some(true) && text(value);
        let platform = &self.platform;
        match setting {
            "tenant_id" => text(&self.tenant_id) || in_pod(&platform.azure_tenant_id),
            "client_id" => text(&self.client_id) || in_pod(&platform.azure_client_id),
            "client_id_file_path" => text(&self.client_id_file_path),
            "client_secret" => secret(&self.client_secret),
            "client_secret_file_path" => text(&self.client_secret_file_path),
            "client_certificate" => secret(&self.client_certificate),
            "client_certificate_path" => text(&self.client_certificate_path),
            "oidc_token" => secret(&self.oidc_token),
            "oidc_token_file_path" => {
                text(&self.oidc_token_file_path) || in_pod(&platform.azure_federated_token_file)
            }
            "oidc_request_url" => text(&self.oidc_request_url),
            "oidc_request_token" => secret(&self.oidc_request_token),
            "ado_pipeline_service_connection_id" => text(&self.ado_pipeline_service_connection_id),
            _ => false,
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no authentication method is fully configured")?;
        for (method, lacks) in &self.lacking {
            let lacks: Vec<String> = lacks.iter().map(|any| any.join(" or ")).collect();
            write!(f, "; {} lacks {}", method.name(), lacks.join(", "))?;
        }
        if !self.switched_off.is_empty() {
            write!(f, "; switched off: {}", self.switched_off.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Platform;
    use super::*;

    fn text(value: &str) -> Option<String> {
        Some(value.to_owned())
    }

    fn secret(value: &str) -> Option<Secret> {
        Some(value.into())
    }

    /// Has everything that any method needs.
    fn complete() -> Settings {
        Settings {
            tenant_id: text("meadow"),
            client_id_file_path: text("/run/client"),
            client_certificate_path: text("/run/crook.pfx"),
            client_secret: secret("wool"),
            use_oidc: Some(true),
            oidc_token: secret("bell"),
            oidc_request_url: text("https://shed.example"),
            oidc_request_token: secret("hay"),
            ado_pipeline_service_connection_id: text("connection"),
            use_msi: Some(true),
            ..Settings::default()
        }
    }

    #[test]
    fn the_first_complete_way_is_taken_in_the_known_order() {
        let mut settings = complete();
        let next = |settings: &Settings, method| assert_eq!(settings.method(), Ok(method));
        next(&settings, Method::ClientCertificate);
        settings.client_certificate_path = None;
        next(&settings, Method::ClientSecret);
        settings.client_secret = secret(" ");
        next(&settings, Method::OidcToken);
        settings.oidc_token = None;
        next(&settings, Method::AdoPipeline);
        settings.ado_pipeline_service_connection_id = None;
        next(&settings, Method::GitHub);
        settings.use_oidc = Some(false);
        next(&settings, Method::ManagedIdentity);
        settings.use_msi = None;
        next(&settings, Method::AzureCli);
        settings.use_cli = Some(false);
        let missing = settings.method().unwrap_err();
        assert_eq!(missing.switched_off, ["use_oidc", "use_msi", "use_cli"]);
        let certificate: &[&str] = &["client_certificate", "client_certificate_path"];
        assert_eq!(missing.lacking[0], (Method::ClientCertificate, vec![certificate]));
        assert!(missing.to_string().contains("client secret lacks client_secret or"));
    }

    #[test]
    fn a_pod_needs_nothing_but_the_switch() {
        let settings = Settings {
            use_aks_workload_identity: Some(true),
            use_cli: Some(false),
            platform: Platform {
                azure_client_id: text("shepherd"),
                azure_tenant_id: text("meadow"),
                azure_federated_token_file: text("/var/run/token"),
                ..Platform::default()
            },
            ..Settings::default()
        };
        assert_eq!(settings.method(), Ok(Method::OidcToken));
        let off = Settings { use_aks_workload_identity: None, use_oidc: Some(true), ..settings };
        assert!(off.method().is_err());
    }
}
