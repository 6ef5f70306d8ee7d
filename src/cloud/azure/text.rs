//! Texts that others wrote: settings that may be blank, answers that may be long.

/// The longest sentence of a service that is shown whole. Those of Entra ID and Batch are shorter;
/// a longer one is a page that somebody else sent.
const LONGEST: usize = 800;

/// A text that is more than white space, without the white space around it.
pub(super) fn filled(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A text fit to be shown: its start, if it is long.
pub(super) fn bounded(text: &str) -> String {
    start(text, LONGEST)
}

/// A word of a service, such as a code or an id: those are short.
pub(super) fn word(text: &str) -> String {
    start(text, 80)
}

/// The first `longest` characters of a text.
pub(super) fn start(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{} ...", &text[..end]),
        None => text.to_owned(),
    }
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
