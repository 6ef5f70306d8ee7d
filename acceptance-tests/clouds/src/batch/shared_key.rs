//! Recomputes Shared Key signatures from the request as it came over the wire.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};

use crate::shared::{Request, decode, raw_pairs};

/// The headers signed by position, between the verb and the `ocp-` headers.
const SIGNED_HEADERS: [&str; 11] = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

/// The text the signature of `request` has to cover.
pub(crate) fn string_to_sign(account: &str, request: &Request) -> String {
    let mut text = request.method.clone();
    for name in SIGNED_HEADERS {
        text.push('\n');
        let value = request.header(name).unwrap_or_default();
        let empty = match name {
            "date" => request.header("ocp-date").is_some(),
            "content-length" => value == "0",
            _ => false,
        };
        if !empty {
            text.push_str(value);
        }
    }
    text.push('\n');

    let mut own: Vec<(&str, String)> = request
        .headers
        .iter()
        .filter(|(name, _)| name.starts_with("ocp-"))
        .map(|(name, value)| {
            (name.as_str(), value.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect();
    own.sort();
    for (name, value) in own {
        text.push_str(&format!("{name}:{value}\n"));
    }

    text.push_str(&format!("/{account}{}", request.path()));
    let mut query: Vec<(String, String)> = raw_pairs(request.raw_query())
        .into_iter()
        .map(|(name, value)| (decode(name).to_lowercase(), decode(value)))
        .collect();
    query.sort();
    for (name, value) in query {
        text.push_str(&format!("\n{name}:{value}"));
    }
    text
}

/// Whether `signature` (base64) is the one `key` (base64) makes of `text`.
pub(crate) fn matches(key: &str, text: &str, signature: &str) -> bool {
    let (Ok(key), Ok(signature)) = (STANDARD.decode(key), STANDARD.decode(signature)) else {
        return false;
    };
    Hmac::<sha2::Sha256>::new_from_slice(&key)
        .is_ok_and(|mac| mac.chain_update(text.as_bytes()).verify_slice(&signature).is_ok())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const KEY: &str =
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==";

    fn request(target: &str, headers: &[(&str, &str)]) -> Request {
        Request {
            number: 1,
            method: "GET".to_owned(),
            target: target.to_owned(),
            secure: false,
            headers: headers.iter().map(|&(n, v)| (n.to_owned(), v.to_owned())).collect(),
            body: String::new(),
            at: Instant::now(),
            status: None,
        }
    }

    #[test]
    fn the_four_known_answers_verify() {
        let date = ("ocp-date", "Fri, 17 Feb 2017 00:00:00 GMT");
        let start = "GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:Fri, 17 Feb 2017 00:00:00 GMT\n/myaccount/supportedimages\n";
        for (target, text, signature) in [
            (
                "/supportedimages?api-version=2024-07-01.20.0",
                "api-version:2024-07-01.20.0",
                "WlwUdADJ8yhW4O5gu9PzyJ5qgMcDQDwwp4qp7QLLExw=",
            ),
            (
                "/supportedimages?%24filter=verificationType%20eq%20%27verified%27%20and%20osType%20eq%20%27linux%27&api-version=2024-07-01.20.0",
                "$filter:verificationType eq 'verified' and osType eq 'linux'\napi-version:2024-07-01.20.0",
                "zlYYH87OX2JfDFGWhp9ICMOozUU9sCrKyuU8t9W1h1w=",
            ),
            (
                "/supportedimages?api-version=2024-07-01.20.0&$filter=nodeAgentSKUId%20eq%20%27batch.node.ubuntu%2022.04%27&maxresults=2&timeout=20",
                "$filter:nodeAgentSKUId eq 'batch.node.ubuntu 22.04'\napi-version:2024-07-01.20.0\nmaxresults:2\ntimeout:20",
                "tvjKA6SyArZN6YixALmp6nEhZMG+yYYWcXCgZnP7HKA=",
            ),
            (
                "/supportedimages?api-version=2024-07-01.20.0&maxresults=2&$skiptoken=WATV2:DCWTv4G%5EkleN/1l65T==:1$1",
                "$skiptoken:WATV2:DCWTv4G^kleN/1l65T==:1$1\napi-version:2024-07-01.20.0\nmaxresults:2",
                "KSvaAVVTvpFgBCCcw+2CIZuOxzV3DHAEPk4c2KCcoTA=",
            ),
        ] {
            let ids = [
                ("client-request-id", "9c4d50ee-2d56-4cd3-8152-34347dc9f2b0"),
                ("return-client-request-id", "true"),
                ("accept", "application/json"),
                date,
            ];
            for headers in [&[date][..], &ids[..]] {
                let computed = string_to_sign("myaccount", &request(target, headers));
                assert_eq!(computed, format!("{start}{text}"));
                assert!(matches(KEY, &computed, signature), "{target}");
            }
        }
    }

    #[test]
    fn a_content_type_is_signed_and_a_date_is_not_once_ocp_date_is_there() {
        let headers = [
            ("content-type", "application/json"),
            ("date", "D"),
            ("ocp-date", "a  b"),
            ("ocp-b", "1"),
        ];
        let text = string_to_sign("acct", &request("/supportedimages", &headers));
        assert_eq!(
            text,
            "GET\n\n\n\n\napplication/json\n\n\n\n\n\n\nocp-b:1\nocp-date:a b\n/acct/supportedimages"
        );
        let text = string_to_sign("acct", &request("/s?timeOut=5", &headers[1..2]));
        assert_eq!(text, "GET\n\n\n\n\n\nD\n\n\n\n\n\n/acct/s\ntimeout:5");
    }

    #[test]
    fn another_key_text_or_signature_does_not_match() {
        let good = "WlwUdADJ8yhW4O5gu9PzyJ5qgMcDQDwwp4qp7QLLExw=";
        assert!(!matches(KEY, "GET", good));
        assert!(!matches("not base64!", "GET", good));
        assert!(!matches(KEY, "GET", "x"));
    }
}
