//! The secrets that the process knows, and the forms in which they may occur.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::canonical::{Canonical, fold};

/// Shorter strings occur inside of words everywhere: to hide them would garble the message and
/// protect nothing.
const SHORTEST: usize = 4;

/// The same for the base64 of a secret, without its ends.
const SHORTEST_BASE64: usize = 8;

/// No character is spelled with more, however often it was escaped.
const LONGEST_ESCAPE: usize = 64;

/// Secrets of one process.
pub(super) struct Known {
    /// Avoids the locks as long as there is nothing to find.
    any: AtomicBool,
    met: Mutex<Option<Met>>,
    forms: RwLock<Option<Forms>>,
}

/// The forms of secrets by their first bytes. The time of a search depends on the length of
/// the text only: a process may have thousands, such as the signatures of its requests.
type Forms = HashMap<[u8; SHORTEST], Vec<Box<[u8]>>>;

#[derive(Default)]
struct Met {
    /// The same secrets are read again and again.
    all: HashSet<Arc<str>>,
    /// Those whose forms are not needed yet: most processes print nothing.
    new: Vec<Arc<str>>,
}

impl Known {
    pub(super) const fn new() -> Self {
        Self { any: AtomicBool::new(false), met: Mutex::new(None), forms: RwLock::new(None) }
    }

    pub(super) fn add(&self, secret: &Arc<str>) {
        if secret.trim().chars().count() < SHORTEST {
            return;
        }
        let mut met = self.met();
        let met = met.get_or_insert_default();
        if met.all.insert(Arc::clone(secret)) {
            met.new.push(Arc::clone(secret));
            self.any.store(true, Ordering::Release);
        }
    }

    fn met(&self) -> MutexGuard<'_, Option<Met>> {
        self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where secrets are in the original of a text. If it is cut, the start of a secret at its end
    /// counts.
    pub(super) fn find(&self, text: &Canonical, is_cut: bool) -> Vec<Range<usize>> {
        if !self.any.load(Ordering::Acquire) {
            return Vec::new();
        }
        self.prepare();
        let forms = self.forms.read().unwrap_or_else(PoisonError::into_inner);
        let Some(forms) = forms.as_ref() else { return Vec::new() };
        let mut found = Vec::new();
        for (at, start) in text.folded.windows(SHORTEST).enumerate() {
            let start: &[u8; SHORTEST] = start.try_into().unwrap_or(&[0; SHORTEST]);
            for form in forms.get(start).into_iter().flatten() {
                let rest = &text.folded[at..];
                // The cut may have gone through an escape.
                let begun = rest.len().saturating_sub(LONGEST_ESCAPE).max(SHORTEST);
                if rest.starts_with(form) {
                    found.push(text.original(at..at + form.len()));
                } else if is_cut && rest.get(..begun).is_some_and(|begun| form.starts_with(begun)) {
                    found.push(text.original(at..text.folded.len()));
                }
            }
        }
        found
    }

    /// Computes the forms of new secrets. Who finds none left to compute also finds them computed:
    /// they are taken under the lock that the search waits for.
    fn prepare(&self) {
        if self.met().as_ref().is_none_or(|met| met.new.is_empty()) {
            return;
        }
        let mut forms = self.forms.write().unwrap_or_else(PoisonError::into_inner);
        let new = self.met().as_mut().map(|met| std::mem::take(&mut met.new)).unwrap_or_default();
        let forms = forms.get_or_insert_default();
        for form in new.iter().flat_map(|secret| forms_of(secret)) {
            let Some(start) = form.first_chunk::<SHORTEST>() else { continue };
            let same_start = forms.entry(*start).or_default();
            if !same_start.iter().any(|known| **known == *form) {
                same_start.push(form.into());
            }
        }
    }
}

/// All forms of a secret, normalized like texts.
fn forms_of(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for piece in pieces(secret.trim()) {
        let canonical = Canonical::of(&piece);
        if canonical.folded.len() >= SHORTEST {
            forms.push(canonical.folded);
        }
    }
    // A `char[]` as Java prints it. In JSON it is recognized by its form.
    for separator in [", ", ","] {
        let letters: Vec<String> = secret.trim().chars().map(String::from).collect();
        forms.push(Canonical::of(&letters.join(separator)).folded);
    }
    forms.extend(base64_forms(secret));
    if secret.trim() != secret {
        forms.extend(base64_forms(secret.trim()));
    }
    forms
}

/// A secret, and the parts of it that are secrets by themselves: of a URL its address, its
/// query and the signature in it, and the address as a parser writes it.
fn pieces(secret: &str) -> Vec<String> {
    let mut pieces = vec![secret.to_owned()];
    if let Some((address, query)) = secret.split_once('?') {
        pieces.extend([address.to_owned(), query.to_owned()]);
        let signature = query.split('&').filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.eq_ignore_ascii_case("sig").then(|| value.to_owned())
        });
        pieces.extend(signature);
    }
    if secret.contains("://")
        && let Ok(mut url) = url::Url::parse(secret)
    {
        url.set_query(None);
        pieces.push(url.into());
    }
    pieces
}

/// The base64 of a secret, at any offset in the encoded data: for each of the three alignments, the
/// characters that depend on the secret alone.
fn base64_forms(secret: &str) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for (offset, skip) in [(0, 0), (1, 2), (2, 3)] {
        let mut bytes = vec![0; offset];
        bytes.extend_from_slice(secret.as_bytes());
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let whole = encoded.len() - usize::from(!bytes.len().is_multiple_of(3));
            let form = encoded.as_bytes().get(skip..whole).unwrap_or_default();
            if form.len() >= SHORTEST_BASE64 {
                forms.push(form.iter().map(|byte| fold(*byte)).collect());
            }
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Or another thread would find nothing to compute, and nothing computed either.
    #[test]
    fn a_secret_is_new_until_its_forms_are_known() {
        let known = Known::new();
        known.add(&Arc::from("hunter2hunter2"));
        let is_new = || known.met().as_ref().is_some_and(|met| !met.new.is_empty());
        std::thread::scope(|scope| {
            let searching = known.forms.read().unwrap();
            scope.spawn(|| known.prepare());
            for _ in 0..20 {
                assert!(is_new());
                std::thread::sleep(Duration::from_millis(10));
            }
            drop(searching);
        });
        assert!(!is_new());
        assert_eq!(known.find(&Canonical::of("It is hunter2hunter2."), false).len(), 1);
    }
}
