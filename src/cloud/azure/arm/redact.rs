//! Keeping an image's path, and the signature in it, out of what is said.
//!
//! Services quote what they could not download. A shared access signature lets anyone who reads
//! it download too, so no text of a service leaves this client as it came.

use std::fmt;
use std::sync::{Arc, LazyLock, OnceLock};

use percent_encoding::{
    AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode,
};
use regex::{Captures, Regex};

/// What stands in place of a known secret.
const PLACEHOLDER: &str = "(secret)";

/// Shorter pieces would be found in innocent words.
const SHORTEST: usize = 4;

/// What `encodeURIComponent` and its like leave alone, beside letters and digits.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What has to be escaped in any URL.
const URL: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>');

/// A URL up to where prose goes on.
static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)https?(?:://|%3A%2F%2F)[^\s"'<>]+"#).ok());

/// A signature, plain, escaped, or escaped twice, alone or with its name cut from a URL.
static SIGNATURE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?i)\bsig(?:=|%3D|%253D|\\u003d)[^\s"'<>&]*"#).ok());

/// What to hide: nothing in particular, or all spellings of a secret.
#[derive(Clone, Default)]
pub struct Redaction {
    secret: Option<Arc<Secret>>,
}

/// A secret, and the pattern of its spellings once a text has to be searched for it: most calls
/// succeed and quote nothing, and the pattern takes longer to make than a request.
struct Secret {
    text: String,
    spellings: OnceLock<Option<Regex>>,
}

impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secret.is_some() { "Redaction(secret)" } else { "Redaction" })
    }
}

impl Redaction {
    /// Hides `secret`: a URL with its query, or a path.
    #[must_use]
    pub fn of(secret: &str) -> Self {
        let secret = Secret { text: secret.to_owned(), spellings: OnceLock::new() };
        Self { secret: Some(Arc::new(secret)) }
    }

    /// `text` without the secret, and without the query of any URL that carries a signature.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let spellings = self
            .secret
            .as_ref()
            .and_then(|secret| secret.spellings.get_or_init(|| pattern(&secret.text)).as_ref());
        let mut text = match spellings {
            Some(spellings) => spellings.replace_all(text, PLACEHOLDER).into_owned(),
            None => text.to_owned(),
        };
        if !text.to_ascii_lowercase().contains("sig") {
            return text;
        }
        if let Some(address) = ADDRESS.as_ref() {
            text = address.replace_all(&text, without_query).into_owned();
        }
        match SIGNATURE.as_ref() {
            Some(signature) => signature.replace_all(&text, PLACEHOLDER).into_owned(),
            None => text,
        }
    }
}

/// All that a secret, or a part of it, may have been turned into.
fn pattern(secret: &str) -> Option<Regex> {
    let mut pieces = vec![secret.to_owned()];
    if let Some((address, query)) = secret.split_once('?') {
        pieces.push(address.to_owned());
        pieces.push(query.to_owned());
        let signature = query.split('&').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.eq_ignore_ascii_case("sig").then_some(value)
        });
        pieces.extend(signature.map(str::to_owned));
    }
    let mut spellings: Vec<String> = pieces.iter().flat_map(|piece| spelt(piece)).collect();
    spellings.retain(|text| text.chars().count() >= SHORTEST);
    // Longest first, so that a whole goes before its parts.
    spellings.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    spellings.dedup();
    let any = spellings.iter().map(|text| regex::escape(text)).collect::<Vec<_>>().join("|");
    // Escapes are written with capitals or without.
    (!any.is_empty()).then(|| Regex::new(&format!("(?i){any}")).ok()).flatten()
}

/// A piece as it may come back: as it is, escaped or unescaped in the ways of URLs, JSON and HTML.
fn spelt(piece: &str) -> Vec<String> {
    let decoded = percent_decode_str(piece).decode_utf8_lossy().into_owned();
    let mut all = vec![piece.to_owned(), decoded.clone()];
    for text in [piece, &decoded] {
        for set in [NON_ALPHANUMERIC, COMPONENT, URL] {
            let escaped = utf8_percent_encode(text, set).to_string();
            all.push(utf8_percent_encode(&escaped, set).to_string());
            all.push(escaped);
        }
        all.push(text.replace('&', "&amp;"));
        all.push(text.replace('&', "\\u0026"));
        all.push(text.replace('/', "\\/"));
        all.push(text.replace('\\', "\\\\"));
        all.push(text.replace('\\', "/"));
    }
    all
}

fn without_query(found: &Captures<'_>) -> String {
    let address = &found[0];
    let lower = address.to_ascii_lowercase();
    if !["sig=", "sig%3d", "sig%253d"].iter().any(|mark| lower.contains(mark)) {
        return address.to_owned();
    }
    let query = ["?", "%3f", "%253f"].iter().filter_map(|mark| lower.find(mark)).min();
    format!("{}?{PLACEHOLDER}", &address[..query.unwrap_or(0)])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAS: &str = "https://store.blob.example/vhds/Golden%20Image.vhdx?sv=2024&se=2027-01-01&sig=aB%2Fc%2B9xyz%3D";

    #[test]
    fn no_spelling_of_a_known_signature_survives() {
        let redaction = Redaction::of(SAS);
        let quoted = [
            SAS.to_owned(),
            utf8_percent_encode(SAS, NON_ALPHANUMERIC).to_string(),
            utf8_percent_encode(SAS, COMPONENT).to_string().replace("%2F", "%2f"),
            SAS.replace('&', "&amp;"),
            SAS.replace('&', "\\u0026"),
            SAS.replace('/', "\\/"),
            percent_decode_str(SAS).decode_utf8().unwrap().into_owned(),
            "signature aB/c+9xyz= refused".to_owned(),
            SAS.split_once('?').unwrap().1.to_owned(),
        ];
        for text in quoted {
            let clean = redaction.apply(&format!("cannot read <{text}>: 403"));
            for piece in ["sig=", "sig%3D", "aB%2Fc", "aB/c", "9xyz", "Golden"] {
                assert!(!clean.contains(piece), "{text} -> {clean}");
            }
            assert!(clean.contains("cannot read") && clean.ends_with(": 403"), "{clean}");
        }
    }

    #[test]
    fn an_unknown_url_with_a_signature_loses_its_query() {
        let text = "copy of https://a.example/v.vhdx?sv=1&SIG=abc%3D, then sig=def; https://b.example/?q=1";
        let clean = Redaction::default().apply(text);
        assert!(
            clean.starts_with("copy of https://a.example/v.vhdx?(secret) then (secret)"),
            "{clean}"
        );
        assert!(clean.ends_with("https://b.example/?q=1"), "{clean}");
    }

    #[test]
    fn a_local_path_is_hidden_in_json_as_well() {
        let redaction = Redaction::of(r"C:\ClusterStorage\golden.vhdx");
        let clean = redaction.apply(r#"{"path":"C:\\ClusterStorage\\golden.vhdx"}"#);
        assert_eq!(clean, r#"{"path":"(secret)"}"#);
    }

    #[test]
    fn words_without_secrets_stay_as_they_are() {
        let text = "signal lost at https://management.example/x?api-version=1";
        assert_eq!(Redaction::default().apply(text), text);
    }
}
