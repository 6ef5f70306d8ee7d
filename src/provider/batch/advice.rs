//! What to do about a failed call to Azure Batch.

use std::borrow::Cow;

use crate::cloud::azure::batch::query::API_VERSION;
use crate::cloud::azure::batch::{Cause, Query};
use crate::cloud::{Error, Kind, Stage};
use crate::tfplugin::diagnostic::{Failure, Path};

use super::settings::OR_ACCOUNT_KEY;
use crate::provider::azure::advice::login_or;
use crate::provider::azure::settings::has_variables;
use crate::provider::clients::Clients;
use crate::provider::error::diagnostic;
use crate::provider::settings::in_words;

/// The version to use instead of a refused one, unless that is refused itself.
const NEW_VERSION: &str = "2025-06-01";

/// What to do about the causes that are recognized by the response. `{version}` is a version that
/// was not refused.
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
    (Cause::SignatureMismatch, KEY_OR_CLOCK),
    (
        Cause::ClockSkew,
        "Set the clock of this machine: it differs from the clock of the service by more than 15 \
         minutes.",
    ),
    (
        Cause::UnsupportedVersion,
        "Change `api_version`, for example to \"{version}\": the service does not support this \
         version of its API.",
    ),
    (
        Cause::WebPage,
        "Check `account_endpoint` (AZURE_BATCH_ENDPOINT): a web page came instead of JSON, so this \
         is not the endpoint of a Batch account, or a proxy or gateway on the way answered in its \
         place (HTTPS_PROXY, NO_PROXY).",
    ),
];

const KEY_OR_CLOCK: &str = "Check that `batch.account_key` (AZURE_BATCH_ACCESS_KEY) is a key of the account, that \
     `batch.account_name` (AZURE_BATCH_ACCOUNT) is its name, and that the clock of this machine is \
     right.";

/// The service cannot read the token.
const TOKEN_OR_CLOCK: &str = "Check the arguments of `azure`, the clock of this machine and the proxy variables (HTTPS_PROXY, \
     NO_PROXY): the service cannot read the credentials of the request, which a proxy on the way may \
     have changed.";

/// The service cannot read the URL.
const NO_URL: &str = "Check `account_endpoint` (AZURE_BATCH_ENDPOINT) and the proxy variables (HTTPS_PROXY, NO_PROXY): \
     the service cannot read the URL of the request, which a proxy on the way may have changed.";

const REDIRECT: &str = "Check `account_endpoint` (AZURE_BATCH_ENDPOINT): Azure Batch does not redirect requests, so this is \
     not the endpoint of a Batch account, or a proxy or gateway on the way answered in its place \
     (HTTPS_PROXY, NO_PROXY).";

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

/// A version other than the one of the query.
fn other_version(query: &Query) -> &'static str {
    if query.api_version == NEW_VERSION { API_VERSION } else { NEW_VERSION }
}

/// Whether the response is a redirect, which is never followed.
fn is_redirect(error: &Error) -> bool {
    error.status.is_some_and(|status| (300..400).contains(&status))
}

/// Whether the code is one of these, in any case.
fn is_code(error: &Error, codes: &[&str]) -> bool {
    let own = error.code.as_deref();
    own.is_some_and(|own| codes.iter().any(|code| code.eq_ignore_ascii_case(own)))
}

/// What to do about a failure whose cause is not in the table.
fn by_kind(error: &Error, has_key: bool, query: &Query) -> Cow<'static, str> {
    let advice = match error.kind {
        _ if is_redirect(error) => REDIRECT,
        Kind::Denied if is_code(error, &["AccountIsDisabled"]) => DISABLED,
        Kind::Denied if has_key => WRONG_KEY,
        Kind::Denied => NO_ROLE,
        Kind::NotFound => NO_ACCOUNT,
        Kind::Unavailable if error.status.is_none() => NO_ANSWER,
        Kind::Invalid if is_code(error, &["InvalidAuthenticationInfo", "InvalidHeaderValue"]) => {
            if has_key {
                KEY_OR_CLOCK
            } else {
                TOKEN_OR_CLOCK
            }
        }
        Kind::Invalid if is_code(error, &["InvalidUri", "RequestUrlFailedToParse"]) => NO_URL,
        Kind::Invalid => return about_parameters(error, query).into(),
        _ => "",
    };
    advice.into()
}

/// What to do about refused parameters of the request; nothing if the error is not about them.
fn about_parameters(error: &Error, query: &Query) -> String {
    const CODES: [&str; 5] = [
        "InvalidInput",
        "InvalidQueryParameterValue",
        "MissingRequiredQueryParameter",
        "OutOfRangeQueryParameterValue",
        "UnsupportedQueryParameter",
    ];
    let mut blamed = filter_arguments(query);
    if let Some(setting) = error.setting {
        return format!("Change `{setting}`.");
    }
    if is_about_filter(error) {
        return match blamed.as_slice() {
            [] => String::new(),
            ["filter"] => "Check `filter`, the OData expression.".to_owned(),
            [_] => format!("Check {}: the provider makes the OData filter of it.", named(&blamed)),
            _ => format!("Check {}: the provider makes the OData filter of them.", named(&blamed)),
        };
    }
    if !is_code(error, &CODES) {
        return String::new();
    }
    blamed.extend(query.max_results.map(|_| "max_results"));
    blamed.extend(query.server_timeout_seconds.map(|_| "server_timeout_seconds"));
    blamed.push("api_version");
    format!("Check {}.", named(&blamed))
}

/// The arguments that the OData filter is made of. What the user wrote is to blame before anything
/// that the provider added.
fn filter_arguments(query: &Query) -> Vec<&'static str> {
    if query.filter.is_some() {
        return vec!["filter"];
    }
    let typed = [
        ("os_type", &query.os_type),
        ("verification_type", &query.verification_type),
        ("node_agent_sku_id", &query.node_agent_sku_id),
    ];
    typed.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name).collect()
}

/// Arguments in a sentence.
fn named(arguments: &[&str]) -> String {
    let quoted: Vec<_> = arguments.iter().map(|name| format!("`{name}`")).collect();
    in_words(&quoted.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The argument to blame.
fn argument(error: &Error, cause: Option<Cause>, query: &Query) -> Option<&'static str> {
    match (cause, error.kind) {
        (Some(Cause::UnsupportedVersion), _) => Some("api_version"),
        (Some(Cause::WebPage), _) | (None, Kind::NotFound) => Some("account_endpoint"),
        (None, Kind::Unavailable) if error.status.is_none() => Some("account_endpoint"),
        (None, _) if is_redirect(error) => Some("account_endpoint"),
        _ if is_about_filter(error) => match filter_arguments(query).as_slice() {
            [only] => Some(only),
            _ => None,
        },
        _ => error.setting,
    }
}

/// Whether the service refuses the OData filter.
fn is_about_filter(error: &Error) -> bool {
    error.facts.iter().any(|(name, value)| {
        *name == "QueryParameterName" && value.trim_start_matches('$') == "filter"
    })
}

/// A failed call to Azure Batch with this query, or to the login before it.
pub(super) fn failure(error: Error, clients: &Clients, query: &Query) -> Failure {
    if error.stage == Stage::Login || error.setting.is_some_and(has_variables) {
        return login_or(error, clients, OR_ACCOUNT_KEY);
    }
    let cause = Cause::of(&error);
    let known = CAUSES.iter().find(|(known, _)| Some(*known) == cause);
    let advice = match known {
        Some((_, advice)) => advice.replace("{version}", other_version(query)).into(),
        None => by_kind(&error, clients.batch().has_key(), query),
    };
    let diagnostic = diagnostic(&error, &advice);
    match argument(&error, cause, query) {
        Some(name) => diagnostic.at(Path::attribute(name)).into(),
        None => diagnostic.into(),
    }
}

#[cfg(test)]
mod tests;
