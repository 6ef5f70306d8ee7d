//! The address of a Batch account.

use reqwest::Url;

use super::super::environments::ADDRESS;
use crate::cloud::{Error, Result, endpoint};

/// The address of an account: scheme, host and port.
///
/// Any host is accepted: private links and sovereign clouds have suffixes of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Reads `account.region.batch.azure.com`, which is how Azure Resource Manager prints it, or a
    /// whole address. A slash at the end is ignored.
    ///
    /// # Errors
    /// One about `account_endpoint`: not an address, a path, plain http to a host that is not
    /// loopback.
    pub fn parse(text: &str) -> Result<Self> {
        const SETTING: &str = "account_endpoint";
        let wrong = |why| Error::setting("ReadSettings", SETTING, why);
        let url = endpoint::parse(text, ADDRESS).map_err(wrong)?;
        if url.path() != "/" {
            return Err(wrong(format!("{text:?} must not contain a path")));
        }
        Ok(Self(url))
    }

    /// The address, with `/` as its path.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The account's name, if it can be derived from the host: the first label.
    #[must_use]
    pub fn account_name(&self) -> Option<&str> {
        match self.0.host()? {
            url::Host::Domain(name) => name.split_once('.').map(|(first, _)| first),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_however_its_endpoint_is_written() {
        for (text, url) in [
            ("sheep.westeu.batch.azure.com", "https://sheep.westeu.batch.azure.com/"),
            ("https://sheep.westeu.batch.azure.com", "https://sheep.westeu.batch.azure.com/"),
            (" HTTPS://Sheep.westeu.batch.azure.com/ ", "https://sheep.westeu.batch.azure.com/"),
            ("sheep.westeu.batch.azure.com:8443", "https://sheep.westeu.batch.azure.com:8443/"),
            ("sheep.westeu.batch.azure.com:443", "https://sheep.westeu.batch.azure.com/"),
        ] {
            let endpoint = Endpoint::parse(text).unwrap();
            assert_eq!(endpoint.url().as_str(), url);
            assert_eq!(endpoint.account_name(), Some("sheep"));
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for text in ["http://127.0.0.1:4001", "http://localhost:4001/", "http://[::1]:4001"] {
            let endpoint = Endpoint::parse(text).unwrap();
            assert_eq!(endpoint.account_name(), None, "{text}");
        }
        let error = Endpoint::parse("http://sheep.westeu.batch.azure.com").unwrap_err();
        assert_eq!(error.setting, Some("account_endpoint"));
        assert!(error.message.contains("loopback"), "{}", error.message);
    }

    #[test]
    fn what_is_no_endpoint_is_refused_by_its_setting() {
        for text in [
            "",
            "  ",
            "https://",
            "https://sheep.example/pools",
            "sheep.example/?api-version=1",
            "sheep.example#top",
            "https://shepherd:crook@sheep.example",
            "ftp://sheep.example",
            "sheep example",
            "https://sheep.example:99999",
        ] {
            let error = Endpoint::parse(text).unwrap_err();
            assert_eq!(error.setting, Some("account_endpoint"), "{text}");
            assert!(!error.message.contains("crook"));
        }
    }
}
