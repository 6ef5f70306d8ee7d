//! The addresses of Azure's clouds, and the settings that replace them.
//!
//! The clouds' tables are those of azure-cli (`cloud.py`) and BatchExplorer
//! (`azure-environment.ts`).

use reqwest::Url;

use crate::cloud::endpoint::{self, Allowed};
use crate::cloud::text::filled;
use crate::cloud::{Error, Result};

const OPERATION: &str = "ReadSettings";

/// The addresses of one cloud's services and the scopes of their tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `public`, `usgovernment` or `china`.
    pub name: &'static str,
    /// The authority that issues tokens. Its path, if any, does not end in a slash.
    pub login: Url,
    /// The base of Azure Resource Manager.
    pub resource_manager: Url,
    /// The scope of tokens for Azure Resource Manager.
    pub resource_manager_scope: String,
    /// The scope of tokens for Azure Batch.
    pub batch_scope: String,
}

/// Settings that select and modify an [`Environment`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice<'a> {
    /// `public`, `usgovernment` or `china` in any case. Unset means `public`.
    pub environment: Option<&'a str>,
    /// Replaces the authority.
    pub active_directory_authority_host: Option<&'a str>,
    /// Replaces the base of Azure Resource Manager.
    pub resource_manager_endpoint: Option<&'a str>,
    /// Replaces the audience of Azure Resource Manager's tokens.
    pub resource_manager_audience: Option<&'a str>,
}

/// One row of the table: name, login, Resource Manager, Batch resource.
///
/// Batch compares a token's audience with its resource exactly, and the resource ends in a slash;
/// so its scope has two.
const CLOUDS: [(&str, &str, &str, &str); 3] = [
    (
        "public",
        "https://login.microsoftonline.com",
        "https://management.azure.com",
        "https://batch.core.windows.net/",
    ),
    (
        "usgovernment",
        "https://login.microsoftonline.us",
        "https://management.usgovcloudapi.net",
        "https://batch.core.usgovcloudapi.net/",
    ),
    (
        "china",
        "https://login.chinacloudapi.cn",
        "https://management.chinacloudapi.cn",
        "https://batch.chinacloudapi.cn/",
    ),
];

impl Environment {
    /// The environment that `choice` describes.
    ///
    /// # Errors
    /// Those about a setting: an unknown name, or an address that cannot be one.
    pub fn new(choice: Choice<'_>) -> Result<Self> {
        let wanted = filled(choice.environment).unwrap_or("public");
        let row = CLOUDS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(wanted.trim()));
        let Some(&(name, login, manager, batch)) = row else {
            let names = CLOUDS.map(|(name, ..)| name).join(", ");
            let text = format!("{wanted:?} is not one of {names}");
            return Err(Error::setting(OPERATION, "environment", text));
        };
        let login = filled(choice.active_directory_authority_host).unwrap_or(login);
        let audience = filled(choice.resource_manager_audience).unwrap_or(manager);
        let manager = filled(choice.resource_manager_endpoint).unwrap_or(manager);
        Ok(Self {
            name,
            login: address("active_directory_authority_host", login)?,
            resource_manager: address("resource_manager_endpoint", manager)?,
            resource_manager_scope: format!("{audience}/.default"),
            batch_scope: format!("{batch}/.default"),
        })
    }
}

/// What the address of an Azure service may contain.
pub const ADDRESS: Allowed = Allowed { no_scheme: true, link_local: false, query: false };

fn address(setting: &'static str, text: &str) -> Result<Url> {
    endpoint::parse(text, ADDRESS).map_err(|why| Error::setting(OPERATION, setting, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloud_has_its_addresses_and_batch_scopes_two_slashes() {
        for (name, login, manager, batch) in [
            (
                "Public",
                "https://login.microsoftonline.com/",
                "https://management.azure.com",
                "https://batch.core.windows.net//.default",
            ),
            (
                "usgovernment",
                "https://login.microsoftonline.us/",
                "https://management.usgovcloudapi.net",
                "https://batch.core.usgovcloudapi.net//.default",
            ),
            (
                "CHINA",
                "https://login.chinacloudapi.cn/",
                "https://management.chinacloudapi.cn",
                "https://batch.chinacloudapi.cn//.default",
            ),
        ] {
            let choice = Choice { environment: Some(name), ..Choice::default() };
            let environment = Environment::new(choice).unwrap();
            assert_eq!(environment.login.as_str(), login);
            assert_eq!(environment.resource_manager.as_str(), format!("{manager}/"));
            assert_eq!(environment.resource_manager_scope, format!("{manager}/.default"));
            assert_eq!(environment.batch_scope, batch);
        }
        assert_eq!(Environment::new(Choice::default()).unwrap().name, "public");
    }

    #[test]
    fn each_address_can_be_replaced_alone() {
        let authority = Choice {
            active_directory_authority_host: Some("login.meadow.example"),
            ..Choice::default()
        };
        let environment = Environment::new(authority).unwrap();
        assert_eq!(environment.login.as_str(), "https://login.meadow.example/");
        assert_eq!(environment.resource_manager.as_str(), "https://management.azure.com/");
        let manager = Choice {
            resource_manager_endpoint: Some("http://127.0.0.1:4001/"),
            resource_manager_audience: Some("https://management.core.meadow.example/"),
            ..Choice::default()
        };
        let environment = Environment::new(manager).unwrap();
        assert_eq!(environment.resource_manager.as_str(), "http://127.0.0.1:4001/");
        let scope = "https://management.core.meadow.example//.default";
        assert_eq!(environment.resource_manager_scope, scope);
        assert_eq!(environment.login.as_str(), "https://login.microsoftonline.com/");
    }

    #[test]
    fn what_is_wrong_names_its_setting() {
        let plain = Some("http://login.meadow.example");
        for (choice, setting) in [
            (Choice { environment: Some("mars"), ..Choice::default() }, "environment"),
            (
                Choice { active_directory_authority_host: plain, ..Choice::default() },
                "active_directory_authority_host",
            ),
            (
                Choice { resource_manager_endpoint: plain, ..Choice::default() },
                "resource_manager_endpoint",
            ),
        ] {
            assert_eq!(Environment::new(choice).unwrap_err().setting, Some(setting));
        }
    }
}
