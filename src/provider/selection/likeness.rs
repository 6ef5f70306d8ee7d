//! How close a value comes to the one that was asked for: by its spelling, or by its family.
//!
//! Images are renamed with every release: who asks for the offer `UbuntuServer` means what is called
//! `ubuntu-24_04-lts` today, which no comparison of spellings finds.

use crate::tfplugin::similarity::{SIMILAR, similarity};

/// The likeness of two names of one family: less than that of a mistyped name.
const FAMILY: f64 = 0.7;

/// A shorter word names no family: `com`, `lts`, `gen`.
const SHORTEST_WORD: usize = 4;

/// Only the start of a text counts, as in [`similarity`].
const COMPARED: usize = 100;

/// A value that was asked for.
pub(super) struct Wanted<'a> {
    text: &'a str,
    /// Its letters without anything between them, in lower case.
    letters: String,
    /// Its first word: `ubuntu` of `UbuntuServer`.
    family: Option<String>,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            letters: words(text).concat(),
            family: words(text).into_iter().find(|word| is_long(word)),
        }
    }

    /// How close `value` comes, from 0 to 1.
    pub(super) fn likeness(&self, value: &str) -> f64 {
        let spelling = similarity(self.text, value);
        match spelling < FAMILY && self.is_related(value) {
            true => FAMILY,
            false => spelling,
        }
    }

    /// Whether both have a word in common that the one asked for starts with.
    fn is_related(&self, value: &str) -> bool {
        let words = words(value);
        let known = self.family.as_ref().is_some_and(|family| words.concat().contains(family));
        // Without capital letters, nobody can tell where the first word of it ends.
        known || words.iter().any(|word| is_long(word) && self.letters.starts_with(word))
    }
}

/// Whether a value that comes as close as this may have been meant.
pub(super) fn is_close(likeness: f64) -> bool {
    likeness >= SIMILAR
}

fn is_long(word: &str) -> bool {
    word.len() >= SHORTEST_WORD
}

/// The words of a name in lower case: runs of ASCII letters, and `UbuntuServer` is two.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut last = ' ';
    for c in text.chars().take(COMPARED) {
        if !c.is_ascii_alphabetic() || (last.is_ascii_lowercase() && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphabetic()) {
            word.push(c.to_ascii_lowercase());
        }
        last = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_the_same_family_is_close_however_little_its_spelling_is() {
        for (wanted, value) in [
            ("UbuntuServer", "ubuntu-24_04-lts"),
            ("ubuntuserver", "ubuntu-24_04-lts"),
            ("UbuntuServer", "0001-com-ubuntu-server-jammy"),
            ("0001-com-ubuntu-server-bionic", "ubuntu-24_04-lts"),
            ("Docker", "DockerCompatible"),
            ("windows", "windowsserver"),
        ] {
            assert!(is_close(Wanted::new(wanted).likeness(value)), "{wanted} {value}");
        }
    }

    #[test]
    fn a_mistyped_name_is_closer_than_a_relative_and_a_stranger_is_far_away() {
        let wanted = Wanted::new("ubunut-24_04-lts");
        assert!(wanted.likeness("ubuntu-24_04-lts") > FAMILY);
        let wanted = Wanted::new("UbuntuServer");
        assert!(wanted.likeness("ubuntu-24_04-lts") > wanted.likeness("windowsserver"));
        assert!(!is_close(wanted.likeness("debian-12")));
        // `lts` is not a family, and neither is nothing.
        assert!(!is_close(Wanted::new("18-lts").likeness("server-with-lts-for-24_04")));
        assert!(!is_close(Wanted::new("").likeness("debian-12")));
    }
}
