//! Finds similar texts, to suggest what may have been meant.

/// Texts below it count as unrelated.
pub const SIMILAR: f64 = 0.6;

/// Only the start of a text counts, since comparing takes the product of the lengths.
const COMPARED: usize = 100;

/// The similarity of two texts, from 0 to 1. Case does not count.
#[must_use]
pub fn similarity(one: &str, other: &str) -> f64 {
    let plain = |text: &str| text.chars().take(COMPARED).flat_map(char::to_lowercase).collect();
    let (one, other): (String, String) = (plain(one), plain(other));
    strsim::normalized_damerau_levenshtein(&one, &other)
}

/// What `text` may have been meant to be, if anything comes close. Case does not count.
#[must_use]
pub fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    most_similar(text, candidates, 1).first().copied()
}

/// The `count` candidates that come closest to `text`, the closest first. Each is compared once.
#[must_use]
pub fn most_similar<'a>(
    text: &str,
    candidates: impl Iterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    let compared = candidates.map(|word| (similarity(text, word), word));
    let mut close: Vec<_> = compared.filter(|(similarity, _)| *similarity >= SIMILAR).collect();
    // Stable, so that the result is deterministic among equals.
    close.sort_by(|one, other| other.0.total_cmp(&one.0));
    close.into_iter().take(count).map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_come_first_and_what_is_far_away_not_at_all() {
        let words = ["debian", "canonical", "cannonical", "canonicals"];
        let found = most_similar("Canonicl", words.into_iter(), 2);
        assert_eq!(found, ["canonical", "cannonical"]);
        assert_eq!(nearest("windows", words.into_iter()), None);
    }

    #[test]
    fn long_texts_are_compared_by_their_start() {
        let long = format!("golden-web-{}", "x".repeat(100_000));
        assert!(similarity(&long, &long.replace("web", "wep")) > 0.9);
    }
}
