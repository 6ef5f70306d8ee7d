//! Secrets, and how they are redacted from all output.
//!
//! A [`Secret`] is registered in the process when it is created: [`redact`] removes every secret
//! from a text, however it is encoded, and also unknown signatures, tokens and passwords,
//! recognized by their form. All text that leaves the process goes through it, and so does a text
//! that is truncated, *before* that: half a secret is not recognized any more.
//!
//! Both sides of the crate use this module; it uses neither.

mod canonical;
mod known;
mod shapes;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use canonical::Canonical;
use known::Known;

/// The replacement of a secret.
pub const PLACEHOLDER: &str = "(secret)";

/// The secrets of this process.
static REDACTOR: Redactor = Redactor::new();

/// A text that no log, plan, state or message shows.
///
/// Secrecy is a type and not a flag, so that it cannot be forgotten.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Arc<str>);

impl Secret {
    /// The text itself. Only for what is sent to the service that it belongs to, and for the
    /// state, where a page says so.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is empty or only whitespace.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// The secret without leading and trailing whitespace, which is common in files and variables.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        self.0.trim().into()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        let text = Arc::from(text);
        REDACTOR.add(&text);
        Self(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PLACEHOLDER)
    }
}

/// `text` without the secrets of this process, and without what looks like a secret.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    REDACTOR.redact(text)
}

/// How many bytes of a text are searched, for each character of it that is shown at most.
const SEARCHED: usize = 64;

/// The start of `text`, at most `longest` characters, redacted before it is cut.
///
/// Of a text that is far longer, only the start is searched; a secret that begins there and ends
/// after it is found all the same.
#[must_use]
pub fn excerpt(text: &str, longest: usize) -> String {
    let searched = &text[..floor(text, text.len().min(longest.saturating_mul(SEARCHED)))];
    let clean = REDACTOR.clean(searched, searched.len() < text.len());
    match clean.char_indices().nth(longest) {
        Some((end, _)) => format!("{} ...", &clean[..end]),
        None if searched.len() < text.len() => format!("{clean} ..."),
        None => clean.into_owned(),
    }
}

/// What is kept out of texts.
struct Redactor {
    known: Known,
}

impl Redactor {
    const fn new() -> Self {
        Self { known: Known::new() }
    }

    fn add(&self, secret: &Arc<str>) {
        self.known.add(secret);
    }

    fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.clean(text, false)
    }

    /// `is_cut` says that the text went on, so that a secret at its end may be incomplete.
    fn clean<'a>(&self, text: &'a str, is_cut: bool) -> Cow<'a, str> {
        let canonical = Canonical::of(text);
        let mut hidden = self.known.find(&canonical, is_cut);
        hidden.extend(shapes::find(&canonical));
        if hidden.is_empty() {
            return Cow::Borrowed(text);
        }
        hidden.sort_unstable_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        let mut clean = String::with_capacity(text.len());
        let mut at = 0;
        for range in hidden {
            let (start, end) = (floor(text, range.start), ceiling(text, range.end));
            if start >= at {
                clean.push_str(&text[at..start]);
                clean.push_str(PLACEHOLDER);
            }
            at = at.max(end);
        }
        clean.push_str(&text[at..]);
        Cow::Owned(clean)
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn ceiling(text: &str, at: usize) -> usize {
    (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests;
