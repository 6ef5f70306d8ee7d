//! Batch's Shared Key: an HMAC-SHA256 over the request, with the account's key.
//!
//! The documentation leaves gaps; this is what the .NET, Java, Python and JavaScript clients
//! agree on. The server signs every header it knows that arrives, so a GET must not carry
//! a `Content-Type`.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::HeaderValue;
use sha2::Sha256;

use crate::cloud::{Error, Result};
use crate::secret::Secret;

/// The lines between the verb and the headers, which are empty on a GET: `Content-Encoding`,
/// `Content-Language`, `Content-Length`, `Content-MD5`, `Content-Type`, `Date`,
/// `If-Modified-Since`, `If-Match`, `If-None-Match`, `If-Unmodified-Since`, `Range`.
const UNUSED_HEADERS: usize = 11;

/// The key of one account.
#[derive(Clone)]
pub struct SharedKey {
    account_name: String,
    key: Vec<u8>,
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedKey({}, (secret))", self.account_name)
    }
}

impl SharedKey {
    /// Reads the key as the portal shows it: in base64. Whitespace inside and around is ignored,
    /// since keys are often read from files.
    ///
    /// # Errors
    /// One about `account_key` or `account_name`.
    pub fn new(account_name: &str, key: &Secret) -> Result<Self> {
        let account_name = account_name.trim();
        if account_name.is_empty() {
            return Err(Error::setting("ReadSettings", "account_name", "is empty"));
        }
        if HeaderValue::from_str(account_name).is_err() {
            let why = "holds characters that no header may hold";
            return Err(Error::setting("ReadSettings", "account_name", why));
        }
        let text: String = key.expose().split_whitespace().collect();
        if text.is_empty() {
            return Err(Error::setting("ReadSettings", "account_key", "is empty"));
        }
        let key = STANDARD.decode(text).map_err(|_| {
            // The decoder's own message quotes a character of the key.
            Error::setting("ReadSettings", "account_key", "is not valid base64")
        })?;
        Ok(Self { account_name: account_name.to_owned(), key })
    }

    /// The account that the key belongs to.
    #[must_use]
    pub fn account_name(&self) -> &str {
        &self.account_name
    }

    /// The signature of a GET of `url` sent with `date` as its `ocp-date`.
    #[must_use]
    pub fn sign(&self, url: &Url, date: &str) -> Secret {
        let text = string_to_sign(&self.account_name, url, date);
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes()).into()
    }
}

fn string_to_sign(account_name: &str, url: &Url, date: &str) -> String {
    let unused = "\n".repeat(UNUSED_HEADERS);
    let mut text = format!("GET\n{unused}ocp-date:{date}\n/{account_name}{}", url.path());
    let mut parameters: Vec<(String, String)> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(name).to_lowercase(), decoded(value)))
        .collect();
    parameters.sort();
    for (name, value) in parameters {
        text += &format!("\n{name}:{value}");
    }
    text
}

/// Percent-decoded only: a plus stays a plus.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1\
                       Njc4OTo7PD0+Pw==";
    const DATE: &str = "Fri, 17 Feb 2017 00:00:00 GMT";

    fn signature(query: &str) -> Secret {
        let text = format!("https://myaccount.eastus.batch.azure.com/supportedimages?{query}");
        let key = SharedKey::new("myaccount", &KEY.into()).unwrap();
        key.sign(&Url::parse(&text).unwrap(), DATE)
    }

    /// Computed with azure-batch 15.1.0 and 14.2.0 for Python and @azure/batch 10.2.0, which agree.
    #[test]
    fn signatures_equal_those_of_the_official_clients() {
        for (query, expected) in [
            ("api-version=2024-07-01.20.0", "WlwUdADJ8yhW4O5gu9PzyJ5qgMcDQDwwp4qp7QLLExw="),
            (
                "%24filter=verificationType%20eq%20%27verified%27%20and%20osType%20eq%20%27linux%27\
                 &api-version=2024-07-01.20.0",
                "zlYYH87OX2JfDFGWhp9ICMOozUU9sCrKyuU8t9W1h1w=",
            ),
            (
                "api-version=2024-07-01.20.0\
                 &$filter=nodeAgentSKUId%20eq%20%27batch.node.ubuntu%2022.04%27\
                 &maxresults=2&timeout=20",
                "tvjKA6SyArZN6YixALmp6nEhZMG+yYYWcXCgZnP7HKA=",
            ),
            (
                "api-version=2024-07-01.20.0&maxresults=2\
                 &$skiptoken=WATV2:DCWTv4G%5EkleN/1l65T==:1$1",
                "KSvaAVVTvpFgBCCcw+2CIZuOxzV3DHAEPk4c2KCcoTA=",
            ),
        ] {
            assert_eq!(signature(query).expose(), expected, "{query}");
        }
    }

    #[test]
    fn the_signed_text_has_twelve_line_ends_before_the_headers() {
        let url = Url::parse("https://h/supportedimages?api-version=2024-07-01.20.0").unwrap();
        let expected = "GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:Fri, 17 Feb 2017 00:00:00 GMT\n\
                        /myaccount/supportedimages\napi-version:2024-07-01.20.0";
        assert_eq!(string_to_sign("myaccount", &url, DATE), expected);
    }

    #[test]
    fn white_space_around_a_key_does_not_matter() {
        let url = Url::parse("https://h/supportedimages?api-version=2024-07-01.20.0").unwrap();
        let spaced = format!("  {KEY}\r\n");
        let key = SharedKey::new(" myaccount ", &spaced.into()).unwrap();
        assert_eq!(key.sign(&url, DATE).expose(), "WlwUdADJ8yhW4O5gu9PzyJ5qgMcDQDwwp4qp7QLLExw=");
    }

    #[test]
    fn a_broken_key_is_named_but_not_shown() {
        for text in ["c2hlZXA*", "", "c2hlZX", "päss"] {
            let error = SharedKey::new("myaccount", &text.into()).unwrap_err();
            assert_eq!(error.setting, Some("account_key"));
            assert!(text.is_empty() || !format!("{error} {error:?}").contains(text));
        }
        for name in [" ", "a\nb"] {
            let error = SharedKey::new(name, &KEY.into()).unwrap_err();
            assert_eq!(error.setting, Some("account_name"));
        }
        let key = SharedKey::new("myaccount", &KEY.into()).unwrap();
        assert_eq!(format!("{key:?}"), "SharedKey(myaccount, (secret))");
    }
}
