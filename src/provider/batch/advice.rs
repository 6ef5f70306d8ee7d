//! What to do about a failed call to Azure Batch.

use crate::cloud::azure::batch::Cause;
use crate::cloud::{Error, Kind, Stage};
use crate::tfplugin::diagnostic::{Failure, Path};

use super::settings::OR_ACCOUNT_KEY;
use crate::provider::azure::advice::login_or;
use crate::provider::azure::settings::has_variables;
use crate::provider::clients::Clients;
use crate::provider::error::diagnostic;

/// What to do about the causes that are recognized by the service's message.
const CAUSES: [(Cause, &str); 5] = [
    (
        Cause::WrongAudience,
        "The token is for another cloud or service than the account's. Check \
         `azure.environment` (ARM_ENVIRONMENT) against the account's endpoint.",
    ),
    (
        Cause::SharedKeyNotAllowed,
        "The account does not take its key. Remove `batch.account_key` \
         (AZURE_BATCH_ACCESS_KEY) and log in with Entra ID through `azure`, or allow Shared \
         Key in the account's authentication modes.",
    ),
    (
        Cause::SignatureMismatch,
        "The signature does not match: the key (`batch.account_key`, AZURE_BATCH_ACCESS_KEY) \
         is not the account's, the account has another name (`batch.account_name`, \
         AZURE_BATCH_ACCOUNT), or the clock of this machine is wrong.",
    ),
    (
        Cause::ClockSkew,
        "The request is dated more than 15 minutes from the service's time: the clock of this \
         machine is wrong.",
    ),
    (
        Cause::UnsupportedVersion,
        "The service does not speak this version of its API. Change `api_version`, for \
         example to \"2025-06-01\".",
    ),
];

/// A failed call to Azure Batch, or to the login before it.
pub(super) fn failure(error: Error, clients: &Clients) -> Failure {
    if error.stage == Stage::Login || error.setting.is_some_and(has_variables) {
        return login_or(error, clients, OR_ACCOUNT_KEY);
    }
    let cause = Cause::of(&error);
    let known = CAUSES.iter().find(|(known, _)| Some(*known) == cause);
    let advice = match known {
        Some((_, advice)) => advice,
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
    if cause == Some(Cause::UnsupportedVersion) {
        diagnostic = diagnostic.at(Path::attribute("api_version"));
    }
    diagnostic.into()
}

#[cfg(test)]
mod tests;
