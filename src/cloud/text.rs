//! Text of others: settings that may be blank, responses that may be long.

use crate::secret::excerpt;

/// The longest message of a service that is shown whole. Those of Entra ID and Batch are shorter;
/// a longer one is the page of a gateway.
const LONGEST: usize = 800;

/// A text that is not blank, without leading and trailing whitespace.
pub(crate) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A text for a message: only its start, if it is long.
pub(crate) fn bounded(text: &str) -> String {
    excerpt(text, LONGEST)
}

/// A code or an id of a service: those are short.
pub(crate) fn word(text: &str) -> String {
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
