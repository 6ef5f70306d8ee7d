//! What to do about a failed call to Azure Batch.

use crate::cloud::azure::batch::Cause;
use crate::cloud::{Error, Kind, Stage};
use crate::tfplugin::diagnostic::{Failure, Path};

use super::settings::OR_ACCOUNT_KEY;
use crate::provider::azure::advice::login_or;
use crate::provider::azure::settings::has_variables;
use crate::provider::clients::Clients;
use crate::provider::error::diagnostic;

/// What to do about the causes that are recognized by the response.
const CAUSES: [(Cause, &str); 6] = [
    (
        Cause::WrongAudience,
        "Check `azure.environment` (ARM_ENVIRONMENT) against the endpoint of the account: the \
         token is for another cloud or service.",
    ),
    (
        Cause::SharedKeyNotAllowed,
        "Remove `batch.account_key` (AZURE_BATCH_ACCESS_KEY) and log in with Entra ID through \
         `azure`, or allow Shared Key in the authentication modes of the account.",
    ),
    (
        Cause::SignatureMismatch,
        "Check that `batch.account_key` (AZURE_BATCH_ACCESS_KEY) is a key of the account, that \
         `batch.account_name` (AZURE_BATCH_ACCOUNT) is its name, and that the clock of this machine \
         is right.",
    ),
    (
        Cause::ClockSkew,
        "Set the clock of this machine: it differs from the clock of the service by more than 15 \
         minutes.",
    ),
    (
        Cause::UnsupportedVersion,
        "Change `api_version`, for example to \"2025-06-01\": the service does not support this \
         version of its API.",
    ),
    (
        Cause::WebPage,
        "Check `account_endpoint` (AZURE_BATCH_ENDPOINT): a web page came instead of JSON, so this \
         is not the endpoint of a Batch account, or a proxy or gateway on the way answered in its \
         place (HTTPS_PROXY, NO_PROXY).",
    ),
];

/// A refused login that succeeded in itself.
const NO_ROLE: &str = "Give the identity the role \"Azure Batch Account Reader\" on the Batch account, which has the \
     data actions `Microsoft.Batch/*/read`. If it has the role, check that `azure.tenant_id` \
     (ARM_TENANT_ID) is the directory of the account's subscription.";

const WRONG_KEY: &str = "Check that `batch.account_name` (AZURE_BATCH_ACCOUNT) and `batch.account_key` \
     (AZURE_BATCH_ACCESS_KEY) belong to the account at this endpoint.";

const DISABLED: &str =
    "Enable the Batch account: it is disabled, as when its subscription is disabled.";

const NO_ACCOUNT: &str = "Check `account_endpoint` (AZURE_BATCH_ENDPOINT): there is no Batch account at this address. It \
     is the value of `account_endpoint` of `azurerm_batch_account`.";

const NO_ANSWER: &str = "Check `account_endpoint` (AZURE_BATCH_ENDPOINT): an account that does not exist has no address. \
     If it is right, check the network and the proxy variables (HTTPS_PROXY, NO_PROXY), or try again \
     later.";

/// What to do about a failure whose cause is not in the table.
fn by_kind(error: &Error, has_key: bool) -> &'static str {
    let is_code = |code: &str| error.code.as_deref().is_some_and(|c| c.eq_ignore_ascii_case(code));
    match error.kind {
        Kind::Denied if is_code("AccountIsDisabled") => DISABLED,
        Kind::Denied if has_key => WRONG_KEY,
        Kind::Denied => NO_ROLE,
        Kind::NotFound => NO_ACCOUNT,
        Kind::Unavailable if error.status.is_none() => NO_ANSWER,
        Kind::Invalid if error.code.is_some() => match error.setting {
            Some("max_results") => "Change `max_results`.",
            Some("server_timeout_seconds") => "Change `server_timeout_seconds`.",
            _ if is_about_filter(error) => "Check `filter`, the OData expression.",
            _ => "Check `filter`, `max_results` and `api_version`.",
        },
        _ => "",
    }
}

/// The argument to blame.
fn argument(error: &Error, cause: Option<Cause>) -> Option<&'static str> {
    match (cause, error.kind) {
        (Some(Cause::UnsupportedVersion), _) => Some("api_version"),
        (Some(Cause::WebPage), _) | (None, Kind::NotFound) => Some("account_endpoint"),
        (None, Kind::Unavailable) if error.status.is_none() => Some("account_endpoint"),
        _ if is_about_filter(error) => Some("filter"),
        _ => error.setting,
    }
}

/// Whether the service refuses the OData filter.
fn is_about_filter(error: &Error) -> bool {
    error.facts.iter().any(|(name, value)| *name == "QueryParameterName" && value == "$filter")
}

/// A failed call to Azure Batch, or to the login before it.
pub(super) fn failure(error: Error, clients: &Clients) -> Failure {
    if error.stage == Stage::Login || error.setting.is_some_and(has_variables) {
        return login_or(error, clients, OR_ACCOUNT_KEY);
    }
    let cause = Cause::of(&error);
    let known = CAUSES.iter().find(|(known, _)| Some(*known) == cause);
    let advice = match known {
        Some((_, advice)) => advice,
        None => by_kind(&error, clients.batch().has_key()),
    };
    let diagnostic = diagnostic(&error, advice);
    match argument(&error, cause) {
        Some(name) => diagnostic.at(Path::attribute(name)).into(),
        None => diagnostic.into(),
    }
}

#[cfg(test)]
mod tests;
