//! What is checked before an action sees a request: who asks, and for which region and project.

use super::account::Account;
use super::signature;
use super::wire::Parameters;
use crate::shared::Request;

/// A refusal by the gateway or the action, sent with HTTP 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: i64,
    pub(super) message: String,
    /// Refusals made before the action is looked up carry no `Action`.
    pub(super) names_action: bool,
}

impl Refusal {
    pub(super) fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), names_action: true }
    }

    fn early(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), names_action: false }
    }

    /// A parameter that is missing or has a value that is not allowed.
    pub(super) fn parameter(name: &str) -> Self {
        Self::new(230, format!("Params [{name}] not available"))
    }
}

/// Finds the account of a request and verifies its signature and token.
pub(super) fn authenticate<'a>(
    accounts: &'a [Account],
    request: &Request,
    parameters: &Parameters,
) -> Result<&'a Account, Refusal> {
    match parameters.get("Action") {
        None => return Err(Refusal::early(160, "Missing Action")),
        Some("DescribeImage") => {}
        Some(other) => return Err(Refusal::early(161, format!("Action [{other}] not exists"))),
    }
    let Some(signature) = parameters.get("Signature") else {
        return Err(Refusal::early(170, "Missing Signature"));
    };
    let public_key = parameters.get("PublicKey").unwrap_or_default();
    let account = accounts
        .iter()
        .find(|account| account.public_key == public_key)
        .ok_or_else(|| Refusal::early(172, "User Not Exists"))?;
    // The two ways of authenticating exclude each other.
    if request.bearer().is_some()
        || !signature::is_valid(&parameters.signed, &account.private_key, signature)
    {
        return Err(Refusal::early(171, "Signature VerifyAC Error"));
    }
    if parameters.get("SecurityToken") != account.security_token.as_deref() {
        return Err(Refusal::new(174, "Token Not Exists"));
    }
    Ok(account)
}

/// The project that a request works in, if the account has any.
pub(super) fn project<'a>(
    account: &'a Account,
    parameters: &'a Parameters,
) -> Result<Option<&'a str>, Refusal> {
    match parameters.get("ProjectId") {
        Some(id) if account.projects.iter().any(|known| known == id) => Ok(Some(id)),
        Some(id) => Err(Refusal::new(292, format!("Project [{id}] not exists"))),
        None if account.sub_account => Err(Refusal::new(299, "IAM permission error")),
        None => Ok(account.projects.first().map(String::as_str)),
    }
}
