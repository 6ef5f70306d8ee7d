//! Tags of a resource. Their names are compared in any case, their values as they are.

use std::collections::BTreeMap;

/// Names and values.
pub type Tags = BTreeMap<String, String>;

/// Whether two names are those of one tag.
#[must_use]
pub fn same_name(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// Whether two maps mean the same tags.
#[must_use]
pub fn same_tags(one: &Tags, other: &Tags) -> bool {
    one == other || normal(one) == normal(other)
}

/// Each name in lower case. Two spellings of one name stay two tags, which no service can return.
fn normal(tags: &Tags) -> Vec<(String, &str)> {
    let mut pairs: Vec<_> =
        tags.iter().map(|(name, value)| (name.to_lowercase(), value.as_str())).collect();
    pairs.sort();
    pairs
}

/// `found` with names as `known` spells them.
#[must_use]
pub fn respelled(found: &Tags, known: &Tags) -> Tags {
    let spelling = |name: &String| {
        let known = known.keys().find(|known| same_name(known, name));
        known.unwrap_or(name).clone()
    };
    found.iter().map(|(name, value)| (spelling(name), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn names_are_compared_in_any_case_and_values_are_not() {
        let one = tags(&[("Team", "edge"), ("Größe", "1"), ("a", "b")]);
        assert!(same_tags(&one, &tags(&[("TEAM", "edge"), ("GRÖßE", "1"), ("A", "b")])));
        assert!(!same_tags(&one, &tags(&[("Team", "Edge"), ("Größe", "1"), ("a", "b")])));
        assert!(!same_tags(&one, &tags(&[("Team", "edge"), ("a", "b")])));
        let doubled = tags(&[("a", "1"), ("A", "1")]);
        assert!(!same_tags(&doubled, &tags(&[("a", "1")])));
    }

    #[test]
    fn a_known_spelling_is_kept() {
        let found = tags(&[("team", "core"), ("left", "over")]);
        let kept = respelled(&found, &tags(&[("Team", "edge"), ("gone", "x")]));
        assert_eq!(kept, tags(&[("Team", "core"), ("left", "over")]));
    }
}
