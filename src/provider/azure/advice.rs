//! What to do about a failed login to Azure, or a failed call to Resource Manager.

use crate::cloud::azure::auth::{self, Method};
use crate::cloud::{Error, Kind, Stage};
use crate::tfplugin::diagnostic::Failure;

use super::settings::{argument, no_login, settings_error};
use crate::provider::clients::Clients;
use crate::provider::error::diagnostic;

/// A failed login to Azure.
pub(crate) fn login(error: Error, clients: &Clients) -> Failure {
    login_or(error, clients, "")
}

/// As [`login`], with what would do instead where nothing is configured.
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
        return diagnostic(&error, "").into();
    }
    let has = |code: &str| {
        error.code.as_deref().is_some_and(|found| found.contains(code))
            || error.message.contains(code)
    };
    let (tenant, client) = (argument("tenant_id"), argument("client_id"));
    let advice = if has("AADSTS7000215") || has("AADSTS7000222") {
        format!(
            "The client secret is wrong or has expired: {}. It has to be the secret's value, not \
             its id.",
            argument("client_secret")
        )
    } else if has("AADSTS700016") || has("AADSTS90002") || has("AADSTS900023") {
        format!("There is no such application in this directory. Check {client} and {tenant}.")
    } else if has("AADSTS700027") {
        format!(
            "The certificate is not registered with the application: {}.",
            argument("client_certificate_path")
        )
    } else if has("AADSTS70021") || has("AADSTS700213") {
        format!(
            "The application does not trust this issuer and subject. Check its federated \
             credentials, and {client}."
        )
    } else if method == Method::AzureCli.name() {
        "Log in with `az login`, or configure another authentication method under `azure`."
            .to_owned()
    } else {
        format!("Authentication method: {method}. Check its arguments under `azure`.")
    };
    diagnostic(&error, &advice).into()
}

/// A failed call to Azure Resource Manager, or to the login before it.
pub(crate) fn arm(error: Error, clients: &Clients) -> Failure {
    arm_with(error, clients, "")
}

/// As [`arm`], with advice for failures that the code says nothing about.
pub(crate) fn arm_with(error: Error, clients: &Clients, otherwise: &str) -> Failure {
    if error.stage != Stage::Call {
        return login(error, clients);
    }
    let advice = match error.code.as_deref() {
        Some("MissingSubscriptionRegistration") => {
            "The subscription has not registered the resource provider. Run: az provider register \
             --namespace Microsoft.AzureStackHCI"
        }
        Some("MissingAzureKubernetesMapping") => {
            "The extension for Arc VM management on the cluster is too old for this version of the \
             API. Update the cluster's Arc resource bridge and its extensions."
        }
        Some("AuthorizationFailed" | "LinkedAuthorizationFailed") => {
            "The identity lacks a right on this resource. It needs a role such as \"Azure Stack HCI \
             Administrator\" on the resource group, and the right to deploy to the custom location."
        }
        Some("SubscriptionNotFound" | "InvalidSubscriptionId") => {
            "Check `azure.subscription_id` (ARM_SUBSCRIPTION_ID), and that the identity belongs to \
             its directory."
        }
        Some("ResourceGroupNotFound") => "Check `resource_group_name`, or create the group first.",
        _ => otherwise,
    };
    diagnostic(&error, advice).into()
}
