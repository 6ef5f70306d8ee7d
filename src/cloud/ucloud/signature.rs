//! The parameters of a request: one encoding of each value, signed and sent.
//!
//! The signature is the SHA-1 of the sorted names and values followed by the private key; see
//! <https://docs.ucloud.cn/api/summary/signature>. Values are text from the start, since a value
//! signed as `true` and sent as `True` is refused with RetCode 171.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::{Digest, Sha1};

use super::Credentials;
use crate::secret::Secret;

/// All that RFC 3986 does not call unreserved. A `+` in a token has to arrive as `%2B`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parameters of one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The parameters of the operation `action`.
    pub(super) fn of(action: &str) -> Self {
        Self::default().with("Action", action)
    }

    /// Adds a parameter, unless its value is empty: the service's own SDKs omit those as well.
    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.0.push((name.to_owned(), value));
        }
        self
    }

    /// Adds a parameter that may be missing.
    pub(super) fn with_some(self, name: &str, value: Option<&str>) -> Self {
        self.with(name, value.unwrap_or_default())
    }

    /// Adds a list as `name.0`, `name.1`, ...
    pub(super) fn with_all<'a>(
        self,
        name: &str,
        values: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let indexed = values.into_iter().enumerate();
        indexed.fold(self, |all, (index, value)| all.with(&format!("{name}.{index}"), value))
    }

    /// The form, percent-encoded, with the credentials and the signature over all of it.
    pub(super) fn sign(self, credentials: &Credentials) -> String {
        let Self(mut pairs) = self
            .with("PublicKey", &credentials.public_key)
            .with_some("SecurityToken", credentials.security_token.as_ref().map(Secret::expose));
        // By bytes: `ImageIds.10` comes before `ImageIds.2`.
        pairs.sort();
        let mut hash = Sha1::new();
        let mut body = String::new();
        for (name, value) in &pairs {
            hash.update(name);
            hash.update(value);
            let value = utf8_percent_encode(value, RESERVED);
            // Writing to a String cannot fail.
            let _ = write!(body, "{}={value}&", utf8_percent_encode(name, RESERVED));
        }
        hash.update(credentials.private_key.expose());
        let signature: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        // Some gateways quote the request they refuse.
        let signature = Secret::from(signature);
        body += "Signature=";
        body += signature.expose();
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: (&str, &str) = (
        "ucloudsomeone@example.com1296235120854146120",
        "46f09bb9fab4f12dfc160dae12273d5332b5debe",
    );

    const CREATE: [(&str, &str); 12] = [
        ("Action", "CreateUHostInstance"),
        ("CPU", "2"),
        ("ChargeType", "Month"),
        ("DiskSpace", "10"),
        ("ImageId", "f43736e1-65a5-4bea-ad2e-8a46e18883c2"),
        ("LoginMode", "Password"),
        ("Memory", "2048"),
        ("Name", "Host01"),
        ("Password", "VUNsb3VkLmNu"),
        ("Quantity", "1"),
        ("Region", "cn-bj2"),
        ("Zone", "cn-bj2-04"),
    ];

    fn keys((public, private): (&str, &str), token: Option<&str>) -> Credentials {
        Credentials::of(public, private, token)
    }

    fn signature_of(body: &str) -> &str {
        body.rsplit_once("Signature=").unwrap().1
    }

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        pairs.iter().fold(Parameters::default(), |all, (name, value)| all.with(name, *value))
    }

    fn decoded(body: &str) -> Vec<(String, String)> {
        url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()
    }

    #[test]
    fn published_requests_get_their_published_signatures() {
        let describe = [("Action", "DescribeUHostInstance"), ("Region", "cn-bj2")];
        let with = |pair| [describe[0], describe[1], pair];
        let cases: [(&[(&str, &str)], &str); 4] = [
            (&with(("Limit", "10")), "cba5cf5ec4d4233d206b1b54951e3787350a642f"),
            (&CREATE, "4f9ef5df2abab2c6fccd1e9515cb7e2df8c6bb65"),
            (&with(("Proportion", "35")), "da620b97de476947302291fc93a2d8b0710be328"),
            (&with(("Proportion", "65.722")), "5e39dd48144d6a075328e56a6c5e9df6c39ae939"),
        ];
        for (pairs, signature) in cases {
            assert_eq!(signature_of(&parameters(pairs).sign(&keys(PAIR, None))), signature);
        }
        let signed =
            parameters(&[("foo", "bar")]).sign(&keys(("my_public_key", "my_private_key"), None));
        assert_eq!(signature_of(&signed), "d4411ab30953fb0bbcb1e7313081f05e4e91a394");
    }

    #[test]
    fn twelve_elements_of_a_list_are_signed_in_the_order_of_their_names() {
        let values = ["foo", "bar", "42"].into_iter().cycle().take(12);
        let signed = Parameters::of("AllocateBackendBatch")
            .with_all("Backends", values)
            .sign(&keys(PAIR, None));
        assert_eq!(signature_of(&signed), "6bc32642779f8cb0bb3d3f128b1c0688abf9a1a3");

        let ids: Vec<String> = (0..12).map(|n| format!("uimage-{n}")).collect();
        let signed = Parameters::of("DescribeImage")
            .with_all("ImageIds", ids.iter().map(String::as_str))
            .sign(&keys(PAIR, None));
        let names: Vec<String> = decoded(&signed)
            .into_iter()
            .filter_map(|(name, _)| name.strip_prefix("ImageIds.").map(str::to_owned))
            .collect();
        assert_eq!(names, ["0", "1", "10", "11", "2", "3", "4", "5", "6", "7", "8", "9"]);
    }

    #[test]
    fn a_security_token_is_sent_and_signed() {
        let signed = parameters(&CREATE).sign(&keys(PAIR, Some("some_stoken")));
        assert_eq!(signature_of(&signed), "170c480ad176a247b324eb92a2cfe536aacfbd04");
        assert!(signed.contains("SecurityToken=some_stoken&"));
        let named = [
            ("Action", "foo"),
            ("Name", "foo"),
            ("ProjectId", "bar"),
            ("Region", "cn-bj2"),
            ("Zone", "cn-bj2-02"),
        ];
        let cases: [(&[(&str, &str)], &str); 3] = [
            (&named, "170de002e3ca3acdc3a790badc4d14b09d183e4b"),
            (&[("Name", "foo")], "012679c87951918e8e04de783a4a8ff981a61d5f"),
            (&[], "9d6d7cb14e8aeda887369ff22371788ae06c5ea4"),
        ];
        for (pairs, signature) in cases {
            let signed = parameters(pairs).sign(&keys(("foo", "bar"), Some("42")));
            assert_eq!(signature_of(&signed), signature);
        }
    }

    #[test]
    fn what_is_decoded_from_the_body_is_what_was_signed() {
        let nasty = "a+b & c=d 100% #1 / 64位 \u{1f600}\r\n\"'~-._*";
        let signed = parameters(&[("Tag", nasty)]).sign(&keys(PAIR, Some("t+/=k")));
        assert!(signed.contains("SecurityToken=t%2B%2F%3Dk&"), "{}", signed);
        let pairs = decoded(&signed);
        assert!(pairs.contains(&("Tag".to_owned(), nasty.to_owned())), "{pairs:?}");
        let mut hash = Sha1::new();
        for (name, value) in pairs.iter().filter(|(name, _)| name != "Signature") {
            hash.update(format!("{name}{value}"));
        }
        hash.update(PAIR.1);
        let expected: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(signature_of(&signed), expected);
    }

    #[test]
    fn empty_values_are_neither_signed_nor_sent() {
        let signed = parameters(&[("Zone", ""), ("foo", "bar")])
            .sign(&keys(("my_public_key", "my_private_key"), Some("")));
        assert_eq!(signature_of(&signed), "d4411ab30953fb0bbcb1e7313081f05e4e91a394");
        assert!(!signed.contains("Zone"));
    }
}
