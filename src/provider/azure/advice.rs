//! What to do about a failed login to Azure, or a failed call to Resource Manager.

use crate::cloud::azure::auth::{self, Method};
use crate::cloud::{Error, Kind, Stage};
use crate::tfplugin::diagnostic::{Failure, Path};

use super::settings::{NO_CLI, argument, no_login, or_application, settings_error};
use crate::provider::clients::Clients;
use crate::provider::error::{Advice, advice, diagnostic, is_foreign, login_diagnostic};

/// What Entra ID's codes mean.
const LOGIN: [Advice; 7] = [
    Advice {
        codes: &["AADSTS7000215", "AADSTS7000222"],
        text: "The client secret is wrong or has expired: {client_secret}. It has to be the \
               secret's value, not its id.",
    },
    Advice {
        codes: &["AADSTS90002", "AADSTS900023"],
        text: "There is no such tenant in this cloud. Check {tenant_id}. If the tenant belongs to \
               Azure Government or Azure China, set {environment} as well.",
    },
    Advice {
        codes: &["AADSTS700016"],
        text: "The tenant has no such application. Check {client_id}, and that {tenant_id} is the \
               tenant of the application.",
    },
    Advice {
        codes: &["AADSTS900382", "AADSTS900432", "AADSTS90038"],
        text: "The tenant or the application belongs to another Azure cloud. Set {environment} to \
               that cloud: public, usgovernment or china.",
    },
    Advice {
        codes: &["AADSTS500011"],
        text: "The tenant does not know the service that the token is for. Check {environment}, and \
               {resource_manager_audience} if it is set.",
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
const RESOURCE_MANAGER: [Advice; 11] = [
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
        codes: &["ScopeLocked"],
        text: "A lock protects the image, its resource group or its subscription. Remove the lock \
               first: `az lock list` shows it.",
    },
    Advice {
        codes: &["RequestDisallowedByPolicy"],
        text: "A policy of Azure forbids the request. Change what the policy asks for, often \
               `location` or `tags`, or have the image exempted.",
    },
    Advice {
        codes: &["NoRegisteredProviderFound", "InvalidResourceType", "InvalidResourceNamespace"],
        text: "Azure does not offer gallery images of Azure Local here. Check the region, and \
               {environment}.",
    },
    Advice {
        codes: &["SubscriptionNotFound", "InvalidSubscriptionId"],
        text: "Check {subscription_id}, and that the identity belongs to its directory.",
    },
    Advice {
        codes: &["InvalidAuthenticationTokenTenant"],
        text: "The login is for another tenant than that of the subscription. Check {tenant_id} and \
               {subscription_id}.",
    },
    Advice {
        codes: &["ResourceGroupNotFound"],
        text: "Check `resource_group_name`, or create the group first. It has to be in the \
               subscription {subscription_id}.",
    },
    Advice {
        codes: &["InvalidExtendedLocation", "ExtendedLocationNotFound"],
        text: "Check `custom_location_id`: it has to be the custom location of an Azure Local cluster \
               in the region of the image.",
    },
    Advice {
        codes: &["LocationNotAvailableForResourceType", "InvalidLocation", "LocationRequired"],
        text: "Set `location` to the region of the Azure Local cluster.",
    },
    Advice {
        codes: &["InvalidResourceLocation"],
        text: "There is an image of this name in another region. Choose another `name`, or set \
               `location` to that region.",
    },
];

/// The argument that is to blame for a code of Resource Manager.
const ARGUMENTS: [(&[&str], &str); 4] = [
    (&["ResourceGroupNotFound"], "resource_group_name"),
    (&["InvalidExtendedLocation", "ExtendedLocationNotFound"], "custom_location_id"),
    (&["LocationNotAvailableForResourceType", "InvalidLocation", "LocationRequired"], "location"),
    (&["InvalidResourceLocation", "InvalidResourceName", "ReservedResourceName"], "name"),
];

/// The codes of a permission that the identity lacks.
const FORBIDDEN: [&str; 2] = ["AuthorizationFailed", "LinkedAuthorizationFailed"];

/// What an operation needs: a permission, and a role that has it and little more.
fn permission(operation: &str) -> &'static str {
    match operation {
        "CreateGalleryImage" => {
            "The identity lacks a permission. Assign it a role such as \"Azure Stack HCI \
             Administrator\" on the resource group (Microsoft.AzureStackHCI/galleryImages/write), \
             and the right to deploy to the custom location \
             (Microsoft.ExtendedLocation/customLocations/deploy/action)."
        }
        "UpdateGalleryImage" => {
            "The identity lacks a permission. Assign it a role that may change the image \
             (Microsoft.AzureStackHCI/galleryImages/write), such as Contributor on the resource group."
        }
        "DeleteGalleryImage" => {
            "The identity lacks a permission. Assign it a role that may delete the image \
             (Microsoft.AzureStackHCI/galleryImages/delete), such as Contributor on the resource \
             group."
        }
        _ => {
            "The identity lacks a permission. Assign it a role that may read the image \
             (Microsoft.AzureStackHCI/galleryImages/read), such as Reader on the resource group."
        }
    }
}

/// What a response means that is not in the service's own form.
const FOREIGN: &str = "The response does not come from the service: a proxy or a gateway may have \
                       answered in its place. Check the address of the service and the proxy variables \
                       (HTTPS_PROXY, NO_PROXY).";

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
        let also = format!("{NO_CLI}\n\n{instead}");
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
        None if method == Method::AzureCli.name() => match error.kind {
            Kind::Interrupted => String::new(),
            Kind::TimedOut | Kind::Unavailable => {
                or_application("Check that `az account get-access-token` answers on this machine")
            }
            _ => or_application("Run `az login`"),
        },
        None if is_foreign(&error) => {
            format!("{FOREIGN} The address is {}.", argument("active_directory_authority_host"))
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
    let code = error.code.as_deref().unwrap_or_default();
    let advice = match advice(&RESOURCE_MANAGER, &error, argument) {
        Some(advice) => advice,
        // Waiting for an operation is reading, whatever the operation does.
        None if FORBIDDEN.contains(&code) && error.kind == Kind::Unreadable => {
            permission("").to_owned()
        }
        None if FORBIDDEN.contains(&code) => permission(error.operation).to_owned(),
        None if is_foreign(&error) => {
            format!("{FOREIGN} The address is {}.", argument("resource_manager_endpoint"))
        }
        None if error.status == Some(401) => format!(
            "Azure Resource Manager refuses the token, even a new one. Check {}, {} and {}.",
            argument("tenant_id"),
            argument("environment"),
            argument("resource_manager_audience")
        ),
        None => otherwise.to_owned(),
    };
    let diagnostic = diagnostic(&error, &advice);
    let argument = ARGUMENTS.iter().find(|(codes, _)| codes.contains(&code));
    match argument {
        Some((_, argument)) => diagnostic.at(Path::attribute(*argument)).into(),
        None => diagnostic.into(),
    }
}

#[cfg(test)]
mod tests;
