//! The secrets this process knows of, and their removal from everything it writes.

use std::borrow::Cow;
use std::sync::RwLock;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands in place of a secret, as in Terraform's own logs.
const MASK: &str = "***";

/// Shorter texts occur by chance: masking them would garble messages and protect nothing.
const SHORTEST: usize = 4;

/// Longest first, so that no part of a secret survives the masking of a shorter one.
static SECRETS: RwLock<Vec<String>> = RwLock::new(Vec::new());

/// Hides `secret`, and its percent-encoded forms, in all that is written from now on.
pub fn mask(secret: &str) {
    let secret = secret.trim();
    if secret.len() < SHORTEST {
        return;
    }
    let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let form = encoded.replace("%20", "+");
    // How Debug and JSON write it.
    let escaped = secret.escape_debug().to_string();
    let mut secrets = SECRETS.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    for text in [secret.to_owned(), encoded.to_lowercase(), encoded, form, escaped] {
        if !secrets.contains(&text) {
            secrets.push(text);
        }
    }
    secrets.sort_by_key(|text| std::cmp::Reverse(text.len()));
}

/// `text` with every known secret masked.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    let secrets = SECRETS.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut result = Cow::Borrowed(text);
    for secret in secrets.iter() {
        if result.contains(secret.as_str()) {
            result = Cow::Owned(result.replace(secret.as_str(), MASK));
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_in_each_of_its_spellings() {
        mask("opən sesame&1");
        let text = "a=opən sesame&1 b=op%C9%99n%20sesame%261 c=op%C9%99n+sesame%261.";
        assert_eq!(masked(text), "a=*** b=*** c=***.");
    }

    #[test]
    fn what_is_too_short_to_be_a_secret_is_left_alone() {
        mask("abc");
        assert_eq!(masked("abcdef"), "abcdef");
    }
}
