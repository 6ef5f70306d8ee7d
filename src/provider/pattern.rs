//! Regular expressions as Terraform users write them: RE2's syntax, as in Go.
//!
//! The `regex` crate differs from RE2 in three ways that matter in practice: its `\d`,
//! `\w`, `\s`, `\b` and `\B` know all of Unicode, it has no `\Q...\E`, and it has set operations inside
//! of classes. [`Pattern`] translates them.

use std::fmt::Write as _;
use std::ops::Deref;

use regex::Regex;

use crate::tfplugin::attr::Text;

/// A regular expression.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// The same pattern in upper and lower case alike.
    pub(crate) fn in_any_case(&self) -> Option<Self> {
        Regex::new(&format!("(?i){}", self.0.as_str())).ok().map(Self)
    }
}

impl Deref for Pattern {
    type Target = Regex;
    fn deref(&self) -> &Regex {
        &self.0
    }
}

impl Text for Pattern {
    const EXPECTED: &'static str = "a regular expression";

    fn parse(text: &str) -> Result<Self, String> {
        Regex::new(&translate(text)).map(Self).map_err(|error| {
            if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| text.contains(look)) {
                return format!(
                    "{text:?} uses look-around, which this syntax (RE2) does not have. Match what \
                     is there, and leave out the rest with another filter."
                );
            }
            let error = error.to_string();
            // The crate prints the pattern first; the problem is in the last line.
            let why = error.lines().last().unwrap_or_default();
            let why = why.trim_start_matches("error: ");
            format!("{text:?} is not a regular expression (RE2 syntax): {why}.")
        })
    }
}

/// Translates RE2's syntax to that of the `regex` crate.
fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern.chars().peekable();
    let mut class = false;
    let mut class_start = false;
    while let Some(c) = rest.next() {
        let first_in_class = std::mem::take(&mut class_start);
        match c {
            '\\' => match rest.next() {
                Some('Q') => {
                    let mut literal = String::new();
                    while let Some(c) = rest.next() {
                        if c == '\\' && rest.next_if_eq(&'E').is_some() {
                            break;
                        }
                        literal.push(c);
                    }
                    out.push_str(&regex::escape(&literal));
                }
                Some(escaped) => escape(&mut out, escaped, class),
                None => out.push('\\'),
            },
            '[' if !class => {
                class = true;
                class_start = true;
                out.push('[');
            }
            '[' if rest.peek() != Some(&':') => out.push_str("\\["),
            '^' if first_in_class => {
                class_start = true;
                out.push('^');
            }
            ']' if first_in_class => out.push_str("\\]"),
            ']' => {
                class = false;
                out.push(']');
            }
            ':' if class && out.ends_with('[') => {
                // [:alpha:] is copied unchanged.
                out.push(':');
                for c in rest.by_ref() {
                    out.push(c);
                    if out.ends_with(":]") {
                        break;
                    }
                }
            }
            '&' | '~' if class => {
                let _ = write!(out, "\\{c}");
            }
            c => out.push(c),
        }
    }
    out
}

fn escape(out: &mut String, escaped: char, class: bool) {
    const SPACE: &str = "\\t\\n\\f\\r ";
    let ascii = match escaped {
        'd' => "0-9",
        'w' => "0-9A-Za-z_",
        's' => SPACE,
        'D' => "^0-9",
        'W' => "^0-9A-Za-z_",
        'S' => "^\\t\\n\\f\\r ",
        'b' | 'B' if !class => {
            let _ = write!(out, "(?-u:\\{escaped})");
            return;
        }
        _ => {
            let _ = write!(out, "\\{escaped}");
            return;
        }
    };
    let _ = match class && !ascii.starts_with('^') {
        true => write!(out, "{ascii}"),
        false => write!(out, "[{ascii}]"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_they_do_in_go() {
        for (pattern, text, matches) in [
            ("^CentOS 8.[1-2] 64", "CentOS 8.2 64位", true),
            ("64位$", "CentOS 7.6 64位", true),
            ("^高内核CentOS 7.6 64位", "高内核CentOS 7.6 64位", true),
            (r"^\d+$", "٣", false),
            (r"^\d+$", "12", true),
            (r"^\w+$", "位", false),
            (r"^[\d.]+$", "7.6", true),
            (r"^[^\d]+$", "abc", true),
            (r"\Q8.[1]\E$", "CentOS 8.[1]", true),
            (r"^\Qa.b", "a.b", true),
            (r"^\Qa.b", "axb", false),
            (r"^[[]x[&~]", "[x&", true),
            (r"^[]a]$", "]", true),
            (r"^[[:alpha:]]+$", "abc", true),
            (r"\bUbuntu\b", "位Ubuntu", true),
            ("(?i)^ubuntu", "Ubuntu 22.04", true),
            (r"^\S+\s\D", "a b", true),
            // An optional parenthesis, and not look-around.
            (r"^a\(?=b", "a(=b", true),
        ] {
            let found = Pattern::parse(pattern).unwrap_or_else(|why| panic!("{why}"));
            assert_eq!(found.is_match(text), matches, "{pattern:?} on {text:?}");
        }
    }

    /// What Go 1.26 says. Letters outside of ASCII are not word characters there.
    #[test]
    fn word_boundaries_are_those_of_ascii() {
        for (pattern, text, matches) in [
            (r"\bUbuntu\b", "位Ubuntu位", true),
            (r"64\b", "64位", true),
            (r"64\B", "64位", false),
            (r"位\b", "64位", false),
            (r"位\B", "64位", true),
            (r"位\Ba", "位a", false),
            (r"位\ba", "位a", true),
            (r"位\B版", "位版", true),
            (r"位\b版", "位版", false),
            (r"é\B", "né", true),
            (r"n\Bé", "né", false),
            (r"n\bé", "né", true),
            (r"\Bbuntu", "Ubuntu", true),
            (r"\B", "aéb", false),
            (r"\B", "é", true),
            (r"\B", "", true),
            (r"\b", "位", false),
            (r"^\B位\B版\B$", "位版", true),
            (r"(?i)A\B位", "a位", false),
            (r"1\B2", "12", true),
            (r"(?:\B位)+$", "位位", true),
        ] {
            let found = Pattern::parse(pattern).unwrap_or_else(|why| panic!("{why}"));
            assert_eq!(found.is_match(text), matches, "{pattern:?} on {text:?}");
        }
        assert!(Pattern::parse(r"[\B]").is_err());
        assert!(Pattern::parse(r"[\b]").is_err());
    }

    #[test]
    fn a_pattern_can_be_tried_in_any_case() {
        for (pattern, text, matches) in [
            ("^UBUNTU|^debian", "ubuntu-24_04-lts", true),
            ("^UBUNTU|^debian", "Debian-12", true),
            (r"\QU.B\E", "u.b", true),
            ("(?-i)UBUNTU", "ubuntu", false),
        ] {
            let pattern = Pattern::parse(pattern).unwrap_or_else(|why| panic!("{why}"));
            assert_eq!(pattern.in_any_case().unwrap().is_match(text), matches, "{text}");
        }
    }

    #[test]
    fn many_quotations_are_read_in_one_pass() {
        let pattern = "\\Qa.b\\E".repeat(200_000);
        assert_eq!(translate(&pattern), "a\\.b".repeat(200_000));
    }

    #[test]
    fn what_cannot_be_matched_is_explained() {
        assert!(Pattern::parse("foo(?!bar)").unwrap_err().contains("look-around"));
        let why = Pattern::parse("a(b").unwrap_err();
        assert!(why.contains("unclosed group"), "{why}");
        let why = Pattern::parse(r"(a)\1").unwrap_err();
        assert!(why.contains("backreference"), "{why}");
    }
}
