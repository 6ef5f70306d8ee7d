//! The secrets that must not be printed. Who learns one says so; every log line, crash report and
//! diagnostic is then searched for it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// Shorter strings are found inside of words everywhere: masking them would hide the message and
/// keep no secret.
const SHORTEST: usize = 4;

/// What stands in a secret's place; the same as in Terraform's Go plugins.
const MASK: &str = "***";

/// RFC 3986 encodes everything but letters, digits and these four.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The secrets of this process.
static SECRETS: Secrets = Secrets::new();

/// Has every occurrence of `secret` replaced by `***` in what is logged from now on, also where
/// it is percent-encoded or quoted. Secrets of fewer than four characters are not masked.
pub fn mask(secret: &str) {
    SECRETS.add(secret);
}

/// `text` without the secrets that [`mask`] knows.
pub fn masked(text: &str) -> Cow<'_, str> {
    SECRETS.masked(text)
}

struct Secrets {
    /// Spares the lock, and the search, as long as there is nothing to find.
    any: AtomicBool,
    /// Longest first, so that a secret that contains another leaves no remains.
    forms: RwLock<Vec<String>>,
}

impl Secrets {
    const fn new() -> Self {
        Self { any: AtomicBool::new(false), forms: RwLock::new(Vec::new()) }
    }

    fn add(&self, secret: &str) {
        if secret.chars().count() < SHORTEST {
            return;
        }
        // The same ones are read again and again.
        let known = self.forms.read().unwrap_or_else(PoisonError::into_inner);
        if known.iter().any(|form| form == secret) {
            return;
        }
        drop(known);
        let quoted = format!("{secret:?}");
        let mut forms = self.forms.write().unwrap_or_else(PoisonError::into_inner);
        let mut all: BTreeSet<String> = forms.drain(..).collect();
        all.insert(quoted[1..quoted.len() - 1].to_owned());
        let encoded = utf8_percent_encode(secret, ENCODED).to_string();
        // A form body writes blanks as plus signs.
        all.insert(encoded.replace("%20", "+"));
        all.insert(encoded);
        all.insert(secret.to_owned());
        forms.extend(all);
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        self.any.store(true, Ordering::Release);
    }

    fn masked<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        if self.any.load(Ordering::Acquire) {
            let forms = self.forms.read().unwrap_or_else(PoisonError::into_inner);
            for form in forms.iter() {
                if text.contains(form.as_str()) {
                    text = Cow::Owned(text.replace(form.as_str(), MASK));
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets<const N: usize>(added: [&str; N]) -> Secrets {
        let secrets = Secrets::new();
        added.iter().for_each(|secret| secrets.add(secret));
        secrets
    }

    #[test]
    fn nothing_is_copied_where_there_is_nothing_to_hide() {
        assert!(matches!(secrets([]).masked("text"), Cow::Borrowed("text")));
        assert!(matches!(secrets(["secret"]).masked("text"), Cow::Borrowed("text")));
    }

    #[test]
    fn every_occurrence_is_masked() {
        assert_eq!(secrets(["pass"]).masked("pass, apassb"), "***, a***b");
    }

    #[test]
    fn other_spellings_of_a_secret_are_masked() {
        let secrets = secrets(["a+b/\"c"]);
        assert_eq!(secrets.masked("?key=a%2Bb%2F%22c&x=1"), "?key=***&x=1");
        assert_eq!(secrets.masked(&format!("{:?}", "a+b/\"c")), "\"***\"");
    }

    #[test]
    fn a_longer_secret_leaves_no_remains_of_itself() {
        assert_eq!(secrets(["abcd", "abcdef"]).masked("abcdef abcd"), "*** ***");
    }

    #[test]
    fn very_short_secrets_do_not_garble_the_text() {
        assert_eq!(secrets(["abc", ""]).masked("abcdef"), "abcdef");
    }

    #[test]
    fn the_process_wide_list_is_the_one_that_is_used() {
        mask("only-in-this-test");
        assert_eq!(masked("x only-in-this-test y"), "x *** y");
    }
}
