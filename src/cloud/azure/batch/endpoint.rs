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
        if let Some(what) = foreign(&url, text) {
            return Err(wrong(format!(
                "{text:?} is {what}, not the endpoint of a Batch account, such as \
                 \"myaccount.westeurope.batch.azure.com\""
            )));
        }
        Ok(Self(url))
    }

    /// The address, with `/` as its path.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The account's name, if it can be derived from the host: the first label, if an account may
    /// have that name. A custom domain or an IP address tells none.
    #[must_use]
    pub fn account_name(&self) -> Option<&str> {
        let url::Host::Domain(host) = self.0.host()? else { return None };
        let (first, _) = host.split_once('.')?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        (ACCOUNT_NAME.contains(&first.len()) && first.chars().all(fits)).then_some(first)
    }
}

/// How long the name of an account is; it consists of lower-case letters and digits.
const ACCOUNT_NAME: std::ops::RangeInclusive<usize> = 3..=24;

/// Hosts that people take for the endpoint of an account.
const MISTAKEN: [(&str, &str); 2] =
    [("portal.azure.com", "the Azure portal"), ("management.azure.com", "Azure Resource Manager")];

/// What the host is, if it is certainly not that of an account. A short name counts as the name of
/// an account, unless `text` has a scheme or a port: then it is the address of a host nearby.
fn foreign(url: &Url, text: &str) -> Option<&'static str> {
    let url::Host::Domain(host) = url.host()? else { return None };
    let host = host.trim_end_matches('.');
    let known = MISTAKEN.iter().find(|(mistaken, _)| *mistaken == host).map(|(_, what)| *what);
    let is_short = !host.contains('.') && host != "localhost" && !text.contains(':');
    known.or(is_short.then_some("a name without a domain"))
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
    fn the_account_is_derived_only_from_a_label_that_may_be_its_name() {
        for (text, name) in [
            ("abc.westeu.batch.azure.com", Some("abc")),
            ("sheep24.batch.example", Some("sheep24")),
            ("sheep.privatelink.example:8443", Some("sheep")),
            ("my-batch.example.com", None),
            ("ab.example.com", None),
            ("abcdefghijklmnopqrstuvwxy.example.com", None),
            ("10.0.0.7", None),
            ("https://[2001:db8::1]", None),
            ("localhost:4001", None),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().account_name(), name, "{text}");
        }
    }

    #[test]
    fn what_is_certainly_not_an_account_is_refused_and_named() {
        for (text, what) in [
            ("sheep", "a name without a domain"),
            ("sheep.", "a name without a domain"),
            ("https://portal.azure.com", "the Azure portal"),
            ("Portal.Azure.com.", "the Azure portal"),
            ("https://management.azure.com/", "Azure Resource Manager"),
        ] {
            let error = Endpoint::parse(text).unwrap_err();
            assert_eq!(error.setting, Some("account_endpoint"), "{text}");
            let expected = format!("{text:?} is {what}, not the endpoint of a Batch account");
            assert!(error.message.starts_with(&expected), "{}", error.message);
        }
        let short = ["https://batch-mock:8443", "batch-mock:8443", "https://batch-mock"];
        let long = ["management.azure.com.example", "batch.portal.azure.com", "localhost"];
        for text in short.into_iter().chain(long) {
            assert!(Endpoint::parse(text).is_ok(), "{text}");
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
