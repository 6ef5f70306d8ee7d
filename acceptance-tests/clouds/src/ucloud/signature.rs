//! The request signature, recomputed from what arrived.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha1::{Digest, Sha1};

/// Whether `signature` is the one that `private_key` gives for the parameters.
///
/// The comparison is exact: the gateway documents lower-case hexadecimal digits.
pub(super) fn is_valid(
    parameters: &BTreeMap<String, String>,
    private_key: &str,
    signature: &str,
) -> bool {
    sign(parameters, private_key) == signature
}

/// SHA-1 over every name and value in the byte order of the names, then the private key.
/// `Signature` itself is left out.
pub(super) fn sign(parameters: &BTreeMap<String, String>, private_key: &str) -> String {
    let mut hash = Sha1::new();
    // A map of `String` iterates in byte order: `Ids.10` before `Ids.2`.
    for (name, value) in parameters.iter().filter(|(name, _)| *name != "Signature") {
        hash.update(name.as_bytes());
        hash.update(value.as_bytes());
    }
    hash.update(private_key.as_bytes());
    hash.finalize().iter().fold(String::with_capacity(40), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ucloudsomeone@example.com1296235120854146120";
    const SECRET: &str = "46f09bb9fab4f12dfc160dae12273d5332b5debe";
    const HOST: &str = "Action=CreateUHostInstance CPU=2 ChargeType=Month DiskSpace=10 \
        ImageId=f43736e1-65a5-4bea-ad2e-8a46e18883c2 LoginMode=Password Memory=2048 Name=Host01 \
        Password=VUNsb3VkLmNu Quantity=1 Region=cn-bj2 Zone=cn-bj2-04";
    const BACKENDS: &str = "Action=AllocateBackendBatch Backends.0=foo Backends.1=bar \
        Backends.2=42 Backends.3=foo Backends.4=bar Backends.5=42 Backends.6=foo Backends.7=bar \
        Backends.8=42 Backends.9=foo Backends.10=bar Backends.11=42";

    fn parameters(pairs: &str, public_key: &str) -> BTreeMap<String, String> {
        pairs
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .chain([("PublicKey", public_key), ("Signature", "never signed")])
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// Parameters, public key, private key, published signature.
    fn published() -> [(String, &'static str, &'static str, &'static str); 10] {
        let proportion = "Action=DescribeUHostInstance Region=cn-bj2 Proportion=";
        [
            (
                "Action=DescribeUHostInstance Region=cn-bj2 Limit=10".to_owned(),
                KEY,
                SECRET,
                "cba5cf5ec4d4233d206b1b54951e3787350a642f",
            ),
            (HOST.to_owned(), KEY, SECRET, "4f9ef5df2abab2c6fccd1e9515cb7e2df8c6bb65"),
            (BACKENDS.to_owned(), KEY, SECRET, "6bc32642779f8cb0bb3d3f128b1c0688abf9a1a3"),
            (
                format!("{HOST} SecurityToken=some_stoken"),
                KEY,
                SECRET,
                "170c480ad176a247b324eb92a2cfe536aacfbd04",
            ),
            (format!("{proportion}35"), KEY, SECRET, "da620b97de476947302291fc93a2d8b0710be328"),
            (
                format!("{proportion}65.722"),
                KEY,
                SECRET,
                "5e39dd48144d6a075328e56a6c5e9df6c39ae939",
            ),
            (
                "Action=foo Name=foo ProjectId=bar Region=cn-bj2 Zone=cn-bj2-02 SecurityToken=42"
                    .to_owned(),
                "foo",
                "bar",
                "170de002e3ca3acdc3a790badc4d14b09d183e4b",
            ),
            (
                "Name=foo SecurityToken=42".to_owned(),
                "foo",
                "bar",
                "012679c87951918e8e04de783a4a8ff981a61d5f",
            ),
            (
                "SecurityToken=42".to_owned(),
                "foo",
                "bar",
                "9d6d7cb14e8aeda887369ff22371788ae06c5ea4",
            ),
            (
                "foo=bar".to_owned(),
                "my_public_key",
                "my_private_key",
                "d4411ab30953fb0bbcb1e7313081f05e4e91a394",
            ),
        ]
    }

    #[test]
    fn every_published_signature_is_accepted() {
        for (pairs, public_key, private_key, signature) in published() {
            let parameters = parameters(&pairs, public_key);
            assert!(is_valid(&parameters, private_key, signature), "{pairs}");
        }
    }

    #[test]
    fn a_changed_added_or_missing_parameter_is_refused() {
        for (pairs, public_key, private_key, signature) in published() {
            let good = parameters(&pairs, public_key);
            for name in good.keys().filter(|name| *name != "Signature") {
                let mut changed = good.clone();
                changed.insert(name.clone(), "changed".to_owned());
                assert!(!is_valid(&changed, private_key, signature), "{name} in {pairs}");
                changed.remove(name);
                assert!(!is_valid(&changed, private_key, signature), "{name} in {pairs}");
            }
            let mut more = good.clone();
            more.insert("Offset".to_owned(), "0".to_owned());
            assert!(!is_valid(&more, private_key, signature), "{pairs}");
            assert!(!is_valid(&good, "other", signature), "{pairs}");
            assert!(!is_valid(&good, private_key, &signature.to_uppercase()), "{pairs}");
        }
    }
}
