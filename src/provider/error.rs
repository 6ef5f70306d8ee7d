//! How a cloud's error reads to the person running Terraform: what failed, what the service said,
//! which argument or variable is to blame, and what to do.

use std::fmt::Write as _;

use crate::cloud::azure::auth::{self, Method};
use crate::cloud::azure::batch::Cause;
use crate::cloud::{Error, Kind};
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path};

use super::configuration::Clients;
use super::configuration::azure::{argument, no_login, settings_error};
use super::configuration::batch::KEY_WOULD_DO;
use super::ucloud::Arguments;

/// The words for a kind of failure, short and general.
fn summary(error: &Error) -> String {
    let what = match error.kind {
        Kind::NotFound => "not found",
        Kind::Conflict => "conflicts with what exists",
        Kind::Denied => "not allowed",
        Kind::Invalid if error.status.is_none() && error.code.is_none() => "not possible",
        Kind::Invalid => "rejected by the service",
        Kind::Throttled => "too many requests",
        Kind::Unavailable => "service unavailable",
        Kind::TimedOut => "timed out",
        Kind::Interrupted => "interrupted",
        Kind::Failed => "failed",
        Kind::Unexpected => "unexpected answer",
    };
    format!("{} {what}", error.operation)
}

/// What the service said and all facts about it, one to a line.
fn facts(error: &Error) -> String {
    let mut text = error.message.trim_end().to_owned();
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    let mut facts: Vec<(&str, String)> = vec![("Operation", error.operation.to_owned())];
    facts.extend(error.code.iter().map(|code| ("Code", code.clone())));
    facts.extend(error.status.iter().map(|status| ("HTTP status", status.to_string())));
    facts.extend(error.facts.iter().map(|(name, value)| (*name, value.clone())));
    text.push('\n');
    for (name, value) in facts {
        let _ = write!(text, "\n  {name}: {value}");
    }
    text
}

/// An error with advice.
pub(crate) fn diagnostic(error: &Error, advice: &str) -> Diagnostic {
    let mut detail = facts(error);
    let advice = match (advice, error.kind) {
        ("", Kind::TimedOut) => "Raise `timeouts` to allow more time.",
        ("", Kind::Unavailable) if error.code.is_some() => {
            "The service answered that it cannot do this at present. Try again later."
        }
        ("", Kind::Unavailable) => {
            "The service could not be reached or could not answer. Check \
             the address, the network and the proxy variables (HTTPS_PROXY, NO_PROXY); if they \
             are right, try again later."
        }
        ("", Kind::Throttled) => "Try again later, or allow more time in `timeouts`.",
        (advice, _) => advice,
    };
    if !advice.is_empty() {
        let _ = write!(detail, "\n\n{advice}");
    }
    Diagnostic::error(summary(error), detail)
}

/// A failed call to UCloud.
pub(crate) fn ucloud(error: Error, arguments: &Arguments) -> Failure {
    let advice = match error.code.as_deref() {
        Some("171") => {
            "The signature does not match. Four causes are known: the private key \
             (`ucloud.private_key`, UCLOUD_PRIVATE_KEY) does not belong to the public key; the \
             keys belong to another gateway, such as the international site (`ucloud.base_url`, \
             UCLOUD_API_BASE_URL); a proxy on the way changes requests; a bearer token is sent \
             along."
        }
        Some("170") => {
            "The request reached the service without its signature: a proxy on the way \
             may have removed it."
        }
        Some("172") => {
            "No account has this public key (`ucloud.public_key`, UCLOUD_PUBLIC_KEY), \
             or it belongs to another gateway (`ucloud.base_url`, UCLOUD_API_BASE_URL)."
        }
        Some("174") => {
            "The security token (`ucloud.security_token`, UCLOUD_SECURITY_TOKEN) is bad \
             or has expired, or the keys belong to a dedicated channel of another gateway. Get \
             new temporary credentials, or remove the token if the keys are permanent."
        }
        Some("230") => {
            "The service does not know a value that it was sent. Check the argument it \
             names: `region` (UCLOUD_REGION), `zone`, `project_id` (UCLOUD_PROJECT_ID) and the \
             filters."
        }
        Some("240" | "293") => {
            "The account has no access to this zone or resource. Check `zone` \
             and `region`, and the rights of the account."
        }
        Some("292") => {
            "There is no such project, or the account is no member of it. Check \
             `project_id` (UCLOUD_PROJECT_ID)."
        }
        Some("294") => {
            "The service does not take requests from this IP address. Add it to the \
             list of the key."
        }
        Some("295") => "A safety lock is active on the account.",
        Some("299") => {
            "The account lacks a right. A sub-account has to name a project: set \
             `project_id` (UCLOUD_PROJECT_ID), and grant it DescribeImage."
        }
        Some("153") => "The service limits the rate of requests. Try again later.",
        _ => "",
    };
    let mut diagnostic = diagnostic(&error, advice);
    let blamed = match error.code.as_deref() {
        Some("230") => ["Region", "Zone", "ImageType", "OsType", "FuncType", "Tag"]
            .into_iter()
            .find(|name| error.message.contains(&format!("[{name}]"))),
        Some("292") => Some("ProjectId"),
        _ => None,
    };
    let attribute = match blamed {
        Some("Region") if arguments.region.is_some() => Some("region"),
        Some("Zone") if arguments.zone.is_some() => Some("zone"),
        Some("ImageType") if arguments.image_type.is_some() => Some("image_type"),
        Some("OsType") if arguments.os_type.is_some() => Some("os_type"),
        Some("FuncType") if arguments.func_type.is_some() => Some("func_type"),
        Some("Tag") if arguments.tag.is_some() => Some("tag"),
        Some("ProjectId") if arguments.project_id.is_some() => Some("project_id"),
        _ => None,
    };
    if let Some(attribute) = attribute {
        diagnostic = diagnostic.at(Path::attribute(attribute));
    }
    diagnostic.into()
}

/// A failed call to Azure Batch, or to the login before it.
pub(crate) fn batch(error: Error, clients: &Clients) -> Failure {
    if is_login(&error) {
        return login_or(error, clients, KEY_WOULD_DO);
    }
    let advice = match Cause::of(&error) {
        Some(Cause::WrongAudience) => {
            "The token is for another cloud or service than the account's. Check \
             `azure.environment` (ARM_ENVIRONMENT) against the account's endpoint."
        }
        Some(Cause::SharedKeyNotAllowed) => {
            "The account does not take its key. Remove `batch.account_key` \
             (AZURE_BATCH_ACCESS_KEY) and log in with Entra ID through `azure`, or allow Shared \
             Key in the account's authentication modes."
        }
        Some(Cause::SignatureMismatch) => {
            "The signature does not match: the key (`batch.account_key`, AZURE_BATCH_ACCESS_KEY) \
             is not the account's, the account has another name (`batch.account_name`, \
             AZURE_BATCH_ACCOUNT), or the clock of this machine is wrong."
        }
        Some(Cause::ClockSkew) => {
            "The request is dated more than 15 minutes from the service's time: the clock of this \
             machine is wrong."
        }
        Some(Cause::UnsupportedVersion) => {
            "The service does not speak this version of its API. Change `api_version`, for \
             example to \"2025-06-01\"."
        }
        None => match error.kind {
            Kind::Denied => {
                "The identity may not list images, or the account is disabled. The login needs a \
                 role on the Batch account, such as Reader with data access; the key is \
                 `batch.account_key` (AZURE_BATCH_ACCESS_KEY)."
            }
            Kind::Invalid if error.code.is_some() => {
                "Check `filter`, `max_results` and `api_version`."
            }
            _ => "",
        },
    };
    let mut diagnostic = diagnostic(&error, advice);
    if Cause::of(&error) == Some(Cause::UnsupportedVersion) {
        diagnostic = diagnostic.at(Path::attribute("api_version"));
    }
    diagnostic.into()
}

/// Whether the login failed, not the call that needed it.
pub(crate) fn is_login(error: &Error) -> bool {
    error.operation == auth::OPERATION
        || error.setting.is_some_and(|s| !auth::settings::variables(s).is_empty())
}

/// A failed login to Azure.
pub(crate) fn login(error: Error, clients: &Clients) -> Failure {
    login_or(error, clients, "")
}

/// As [`login`], with what would do instead where nothing is configured.
fn login_or(error: Error, clients: &Clients, instead: &str) -> Failure {
    let login = clients.azure().login().ok();
    if error.code.as_deref() == Some(auth::cli::NOT_FOUND)
        && let Some(login) = &login
    {
        let also = format!(
            "The Azure CLI would do, but it is not installed or not on the PATH: {}.",
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
        "Log in with `az login`, or configure another way to log in under `azure`.".to_owned()
    } else {
        format!("The way to log in is: {method}. Check what `azure` says about it.")
    };
    diagnostic(&error, &advice).into()
}

/// A failed call to Azure Resource Manager, or to the login before it.
pub(crate) fn arm(error: Error, clients: &Clients) -> Failure {
    arm_with(error, clients, "")
}

/// As [`arm`], with advice for failures that the code says nothing about.
pub(crate) fn arm_with(error: Error, clients: &Clients, otherwise: &str) -> Failure {
    if is_login(&error) {
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
