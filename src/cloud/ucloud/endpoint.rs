//! The address of the service, checked before anything is sent to it.

use reqwest::Url;

use super::OPERATION;
use crate::cloud::endpoint::{Allowed, parse};
use crate::cloud::{Error, Result};

/// The address of the service in mainland China.
pub const DEFAULT_BASE_URL: &str = "https://api.ucloud.cn";

/// Reads a base URL.
///
/// # Errors
/// One about `base_url` if it cannot be one.
pub fn endpoint(base_url: &str) -> Result<Url> {
    parse(base_url, Allowed::default()).map_err(|why| Error::setting(OPERATION, "base_url", why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_may_have_a_slash_a_port_or_a_path() {
        for (given, read) in [
            ("https://api.ucloud.cn", "https://api.ucloud.cn/"),
            ("https://api.ucloud-global.com/", "https://api.ucloud-global.com/"),
            (" https://gateway.example:8443/ucloud ", "https://gateway.example:8443/ucloud"),
            ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("http://[::1]:8080/", "http://[::1]:8080/"),
            ("http://localhost", "http://localhost/"),
        ] {
            assert_eq!(endpoint(given).unwrap().as_str(), read);
        }
    }

    #[test]
    fn a_base_url_that_is_wrong_is_refused_with_the_reason() {
        for (given, reason) in [
            ("api.ucloud.cn", "has no scheme"),
            ("localhost:8080", "has no scheme"),
            ("", "is empty"),
            ("http://api.ucloud.cn", "loopback hosts only"),
            ("http://127.0.0.1.example", "loopback hosts only"),
            ("ftp://api.ucloud.cn", "has to be https"),
            ("https://", "cannot be read"),
            ("https://api.ucloud.cn/?Action=x", "must not have a query"),
            ("https://api.ucloud.cn/#x", "must not have a query or a fragment"),
        ] {
            let error = endpoint(given).unwrap_err();
            assert!(error.message.contains(reason), "{given}: {}", error.message);
            assert_eq!(error.setting, Some("base_url"));
        }
    }

    #[test]
    fn a_password_in_a_base_url_is_refused_but_not_repeated() {
        for scheme in ["https://", "ftp://", ""] {
            let error = endpoint(&format!("{scheme}me:hunter2@api.ucloud.cn")).unwrap_err();
            assert!(!error.message.contains("hunter2"), "{}", error.message);
        }
    }
}
