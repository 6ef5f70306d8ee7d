//! The address of the service, checked before anything is sent to it.

use reqwest::Url;

use super::OPERATION;
use crate::cloud::http::is_loopback;
use crate::cloud::{Error, Result};

/// The address of the service in mainland China.
pub const DEFAULT_BASE_URL: &str = "https://api.ucloud.cn";

/// Reads a base URL.
///
/// # Errors
/// When it is no https URL (http is taken for loopback hosts), or says more than where the
/// service is. The error never quotes a user name or a password.
pub fn endpoint(base_url: &str) -> Result<Url> {
    let refuse = |why: String| Err(Error::setting(OPERATION, "base_url", why));
    let text = base_url.trim();
    let Some((scheme, _)) = text.split_once("://") else {
        // Anything before an `@` may be a password.
        let shown = text.rsplit('@').next().unwrap_or_default();
        return refuse(format!(
            "the base URL `{shown}` has no scheme; it has to look like `{DEFAULT_BASE_URL}`"
        ));
    };
    let url = match Url::parse(text) {
        Ok(url) if url.has_host() => url,
        Ok(_) => return refuse("the base URL names no host".to_owned()),
        Err(error) => return refuse(format!("the base URL cannot be read: {error}")),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("the base URL must not hold a user name or a password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("the base URL must not have a query or a fragment".to_owned());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => refuse(format!(
            "the base URL `{text}` is plain http, which is accepted for loopback hosts only"
        )),
        _ => refuse(format!("the base URL has the scheme `{scheme}`; it has to be https")),
    }
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
            ("", "has no scheme"),
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
