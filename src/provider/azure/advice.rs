//! What to do about a failed login to Azure, or a failed call to Resource Manager.

use crate::cloud::azure::auth::{self, Method};
use crate::cloud::{Error, Kind, Stage};
use crate::tfplugin::diagnostic::Failure;

use super::settings::{argument, no_login, settings_error};
use crate::provider::clients::Clients;
use crate::provider::error::{Advice, advice, diagnostic, login_diagnostic};

/// What Entra ID's codes mean.
const LOGIN: [Advice; 4] = [
    Advice {
        codes: &["AADSTS7000215", "AADSTS7000222"],
        text: "The client secret is wrong or has expired: {client_secret}. It has to be the \
               secret's value, not its id.",
    },
    Advice {
        codes: &["AADSTS700016", "AADSTS90002", "AADSTS900023"],
        text: "There is no such application in this directory. Check {client_id} and {tenant_id}.",
    },
    Advice {
        codes: &["AADSTS700027"],
        text: "The certificate is not registered with the application: {client_certificate_path}.",
    },
    Advice {
        codes: &["AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213"],
        text: "The application does not trust this issuer and subject. Check its federated \
               credentials, and {client_id}.",
    },
];

/// What Resource Manager's codes mean, and those of Azure Local behind it.
const RESOURCE_MANAGER: [Advice; 5] = [
    Advice {
        codes: &["MissingSubscriptionRegistration"],
        text: "The subscription has not registered the resource provider. Run: az provider \
               register --namespace Microsoft.AzureStackHCI",
    },
    Advice {
        codes: &["MissingAzureKubernetesMapping"],
        text: "The extension for Arc VM management on the cluster is too old for this version of \
               the API. Update the cluster's Arc resource bridge and its extensions.",
    },
    Advice {
        codes: &["AuthorizationFailed", "LinkedAuthorizationFailed"],
        text: "The identity lacks a permission on this resource. It needs a role such as \"Azure \
               Stack HCI Administrator\" on the resource group, and the right to deploy to the \
               custom location.",
    },
    Advice {
        codes: &["SubscriptionNotFound", "InvalidSubscriptionId"],
        text: "Check {subscription_id}, and that the identity belongs to its directory.",
    },
    Advice {
        codes: &["ResourceGroupNotFound"],
        text: "Check `resource_group_name`, or create the group first.",
    },
];

/// A failed login to Azure.
pub(crate) fn login(error: Error, clients: &Clients) -> Failure {
    login_or(error, clients, "")
}

/// As [`login`], with what could be used instead where nothing is configured.
pub(crate) fn login_or(error: Error, clients: &Clients, instead: &str) -> Failure {
    let login = clients.azure().login().ok();
    if error.code.as_deref() == Some(auth::cli::NOT_FOUND)
        && let Some(login) = &login
    {
        let also = format!(
            "The Azure CLI could be used, but it is not installed or not on the PATH: {}.",
            error.message.trim_end_matches('.')
        );
        let also = format!("{also}\n\n{instead}");
        return no_login(&login.settings().missing(), also.trim_end());
    }
    if error.status.is_none() && error.setting.is_some() {
        return settings_error(error);
    }
    let method = login.map_or("login", |login| login.method().name());
    let passing = [Kind::Unavailable, Kind::TimedOut, Kind::Throttled, Kind::Interrupted];
    if passing.contains(&error.kind) && method != Method::AzureCli.name() {
        return login_diagnostic("Azure", &error, "").into();
    }
    let advice = match advice(&LOGIN, &error, argument) {
        Some(advice) => advice,
        None if method == Method::AzureCli.name() => {
            "Log in with `az login`, or configure another authentication method under `azure`."
                .to_owned()
        }
        None => format!("Authentication method: {method}. Check its arguments under `azure`."),
    };
    login_diagnostic("Azure", &error, &advice).into()
}

/// A failed call to Azure Resource Manager, or to the login before it.
pub(crate) fn arm(error: Error, clients: &Clients) -> Failure {
    arm_with(error, clients, "")
}

/// As [`arm`], with advice for failures whose code is not in the table.
pub(crate) fn arm_with(error: Error, clients: &Clients, otherwise: &str) -> Failure {
    if error.stage != Stage::Call {
        return login(error, clients);
    }
    let advice = advice(&RESOURCE_MANAGER, &error, argument);
    diagnostic(&error, advice.as_deref().unwrap_or(otherwise)).into()
}

#[cfg(test)]
mod tests;
