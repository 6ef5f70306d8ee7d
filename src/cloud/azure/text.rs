//! Texts that others wrote: settings that may be blank, answers that may be long.

use crate::secret::excerpt;

/// The longest sentence of a service that is shown whole. Those of Entra ID and Batch are shorter;
/// a longer one is a page that somebody else sent.
const LONGEST: usize = 800;

/// A text that is more than white space, without the white space around it.
pub(super) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A text fit to be shown: its start, if it is long.
pub(super) fn bounded(text: &str) -> String {
    excerpt(text, LONGEST)
}

/// A word of a service, such as a code or an id: those are short.
pub(super) fn word(text: &str) -> String {
    excerpt(text, 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let text = "ä".repeat(LONGEST);
        assert_eq!(bounded(&text), text);
        assert_eq!(bounded(&format!("{text}b")), format!("{text} ..."));
    }

    #[test]
    fn a_blank_text_counts_as_none() {
        assert_eq!([None, Some(""), Some(" \n")].map(filled), [None; 3]);
        assert_eq!(filled(Some(" wool\n")), Some("wool"));
    }
}
