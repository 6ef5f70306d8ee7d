//! Settings whose text can be validated by itself.

use super::{certificate, federated, managed_identity};
use crate::cloud::Result;

/// Validates the text of a setting by itself, before any request.
///
/// # Errors
/// One about the setting.
pub fn check(setting: &'static str, text: &str) -> Result<()> {
    match setting {
        "client_certificate" => certificate::decoded(text).map(drop),
        "msi_endpoint" => managed_identity::endpoint(setting, text).map(drop),
        "oidc_request_url" => federated::address(text).map(drop),
        _ => Ok(()),
    }
}
