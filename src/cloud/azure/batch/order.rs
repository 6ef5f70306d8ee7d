//! Orders of images: the one of lists, and the one in which "most recent" comes first.
//!
//! The service reports neither a creation date nor a version, so "most recent" is a rule: the
//! image that is supported longest, then the one with the higher numbers in its names. Both orders
//! are total, so that the service's order and its pages make no difference.

use std::cmp::{Ordering, Reverse};

use time::OffsetDateTime;

use super::image::{EndOfLife, Image};

/// Sorts as the service does (publisher, offer, sku, agent, by bytes) and removes duplicates.
pub fn sort_and_deduplicate(images: &mut Vec<Image>) {
    images.sort_unstable();
    images.dedup_by(|later, earlier| identity(later) == identity(earlier));
}

/// What identifies an image.
fn identity(image: &Image) -> (&str, &str, &str, &str, [&Option<String>; 3]) {
    let ids = [
        &image.virtual_machine_image_id,
        &image.community_gallery_image_id,
        &image.shared_gallery_image_id,
    ];
    (&image.publisher, &image.offer, &image.sku, &image.node_agent_sku_id, ids)
}

/// Orders the most recent image first.
///
/// x64 before arm64; no end of life before a late one before an early one before an invalid date;
/// verified before unverified; higher agent, then higher sku in [`natural`] order; then the names.
/// The generation is compared after the rest of the sku, generation 2 first: it makes the sku
/// longer for the one or the other, depending on the publisher.
#[must_use]
pub fn most_recent_first(one: &Image, other: &Image) -> Ordering {
    let is_arm64 = |image: &Image| image.architecture() == "arm64";
    let end = |image: &Image| Reverse(support(image.end_of_life.as_ref()));
    let names = |image: &Image| {
        format!("{}:{}:{}:{}", image.publisher, image.offer, image.sku, image.node_agent_sku_id)
    };
    let release = |image: &Image| without_generation(&image.sku);
    is_arm64(one)
        .cmp(&is_arm64(other))
        .then_with(|| end(one).cmp(&end(other)))
        .then_with(|| other.is_verified().cmp(&one.is_verified()))
        .then_with(|| natural(&other.node_agent_sku_id, &one.node_agent_sku_id))
        .then_with(|| natural(&release(other), &release(one)))
        .then_with(|| other.is_generation_2().cmp(&one.is_generation_2()))
        .then_with(|| natural(&other.sku, &one.sku))
        .then_with(|| names(one).cmp(&names(other)))
        .then_with(|| one.cmp(other))
}

/// The parts of a sku that name the generation of virtual machines.
const GENERATIONS: [&str; 4] = ["gen1", "gen2", "gensecond", "g2"];

/// `sku` without its generation: `server` for `server-gen1`.
fn without_generation(sku: &str) -> String {
    let separators = sku.char_indices().filter(|(_, c)| matches!(c, '-' | '_'));
    let ends = separators.map(|(at, _)| at).chain([sku.len()]);
    let mut rest = String::with_capacity(sku.len());
    let mut start = 0;
    for end in ends {
        let piece = &sku[start..end];
        let part = piece.strip_prefix(['-', '_']).unwrap_or_default();
        if !GENERATIONS.iter().any(|generation| part.eq_ignore_ascii_case(generation)) {
            rest.push_str(piece);
        }
        start = end;
    }
    rest
}

/// How long an image is supported; longer is greater.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Support {
    Unclear,
    Until(OffsetDateTime),
    Open,
}

fn support(end: Option<&EndOfLife>) -> Support {
    match end {
        None => Support::Open,
        Some(EndOfLife { at: Some(at), .. }) => Support::Until(*at),
        Some(EndOfLife { at: None, .. }) => Support::Unclear,
    }
}

/// Compares naturally: without case, digits as numbers, the rest by bytes. `9-gen2` is greater
/// than `8-gen2`, `10` than `9`, and a longer text than its prefix.
#[must_use]
pub fn natural(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let (mut left, mut right) = (one.as_str(), other.as_str());
    while !left.is_empty() && !right.is_empty() {
        let (run, left_rest) = first_run(left);
        let (counterpart, right_rest) = first_run(right);
        let order = match (number(run), number(counterpart)) {
            (Some(run), Some(counterpart)) => {
                run.len().cmp(&counterpart.len()).then_with(|| run.cmp(counterpart))
            }
            _ => run.cmp(counterpart),
        };
        if order.is_ne() {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
    left.len().cmp(&right.len())
}

/// The longest prefix of digits only or of no digits, and the rest.
fn first_run(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    text.split_at(text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len()))
}

/// The digits without leading zeros, which compare by length and then by bytes, however many.
fn number(run: &str) -> Option<&str> {
    run.starts_with(|c: char| c.is_ascii_digit()).then(|| run.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::image;
    use super::*;

    fn image(urn: &str, agent: &str, verification: &str, end: Option<&str>) -> Image {
        let mut parts = urn.split(':');
        let mut part = || parts.next().unwrap();
        let mut element = json!({
            "nodeAgentSKUId": agent,
            "imageReference": {"publisher": part(), "offer": part(), "sku": part()},
            "verificationType": verification,
            "osType": "linux",
            "batchSupportEndOfLife": end,
        });
        if parts.next().is_some() {
            element["capabilities"] = json!(["Generation2VMImage"]);
        }
        image::read(&element).0.unwrap()
    }

    /// In the expected order. Invented, in the forms of a real list; `:2` is generation 2.
    fn most_recent_first_by_hand() -> Vec<Image> {
        let (good, bad) = ("verified", "unverified");
        vec![
            image("meadow:flock:server:2", "batch.node.shepherd 24.04", good, None),
            image("meadow:flock:server-gen1", "batch.node.shepherd 24.04", good, None),
            image("meadow:flock:22_04-lts-gen2:2", "batch.node.shepherd 22.04", good, None),
            image("meadow:flock:22_04-lts", "batch.node.shepherd 22.04", good, None),
            image("meadow:flock:20_04-lts-gen2:2", "batch.node.shepherd 22.04", good, None),
            image("alp:goats:10-smalldisk", "batch.node.goatherd 10", good, None),
            image("alp:goats:9-smalldisk", "batch.node.goatherd 10", good, None),
            image("alp:goats:9-gensecond:2", "batch.node.goatherd 10", good, None),
            // The longer sku of those that nothing else tells apart.
            image("alp:goats:9-g2", "batch.node.goatherd 10", good, None),
            image("alp:goats:9", "batch.node.goatherd 10", good, None),
            image("alp:kids:9", "batch.node.goatherd 10", good, None),
            image("alp:goats:11", "batch.node.goatherd 9", good, None),
            image("meadow:flock:26_04-lts", "batch.node.shepherd 26.04", bad, None),
            image("meadow:rams:1", "batch.node.shepherd 1", bad, Some("2031-05-01T00:00:00.1Z")),
            image("meadow:rams:2", "batch.node.shepherd 1", good, Some("2031-05-01T00:00:00Z")),
            image("meadow:rams:3", "batch.node.shepherd 1", bad, Some("2031-05-01T02:00:00+02:00")),
            image("meadow:ewes:1", "batch.node.shepherd 1", good, Some("2029-05-01T00:00:00Z")),
            image("meadow:ewes:2", "batch.node.shepherd 1", good, Some("some day")),
            image("meadow:flock:server-arm64:2", "batch.node.shepherd 28.04-arm64", good, None),
        ]
    }

    #[test]
    fn the_most_recent_image_is_the_same_in_whatever_order_they_come() {
        let expected = most_recent_first_by_hand();
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..100 {
            let mut images = expected.clone();
            random.shuffle(&mut images);
            images.sort_by(most_recent_first);
            let urns = |images: &[Image]| images.iter().map(Image::urn).collect::<Vec<_>>();
            assert_eq!(urns(&images), urns(&expected));
        }
    }

    #[test]
    fn lists_are_sorted_by_names_and_hold_no_image_twice() {
        let mut expected = most_recent_first_by_hand();
        expected.push(image("alp:goats:9", "batch.node.goatherd 11", "verified", None));
        sort_and_deduplicate(&mut expected);
        assert_eq!(expected.len(), 20);
        assert!(expected.is_sorted_by_key(|i| (
            i.publisher.clone(),
            i.offer.clone(),
            i.sku.clone(),
            i.node_agent_sku_id.clone()
        )));
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..100 {
            let mut images = expected.clone();
            // The same images, but less is said about them.
            images.extend(expected.iter().cloned().map(|i| Image { end_of_life: None, ..i }));
            random.shuffle(&mut images);
            sort_and_deduplicate(&mut images);
            assert_eq!(images.len(), 20);
            assert!(images.iter().all(|i| i.end_of_life.is_none()));
        }
    }

    #[test]
    fn images_known_by_ids_are_told_apart() {
        let with = |id: &str| Image {
            publisher: String::new(),
            community_gallery_image_id: Some(id.to_owned()),
            ..image("p:o:s", "batch.node.shepherd 1", "verified", None)
        };
        let mut images = vec![with("/b"), with("/a"), with("/b")];
        sort_and_deduplicate(&mut images);
        assert_eq!(images.iter().map(Image::urn).collect::<Vec<_>>(), ["/a", "/b"]);
    }

    #[test]
    fn the_generation_is_a_part_of_its_own_after_a_hyphen_or_underscore() {
        for (sku, rest) in [
            ("server-gen1", "server"),
            ("22_04-lts-gen2", "22_04-lts"),
            ("2019-datacenter-gensecond", "2019-datacenter"),
            ("2022-datacenter-G2", "2022-datacenter"),
            ("9_gen2-smalldisk", "9-smalldisk"),
            ("9-gen20", "9-gen20"),
            ("9-mygen2", "9-mygen2"),
            ("gen2", "gen2"),
            ("-é_", "-é_"),
            ("", ""),
        ] {
            assert_eq!(without_generation(sku), rest, "{sku}");
        }
    }

    #[test]
    fn names_compare_as_people_read_them() {
        for (greater, lesser) in [
            ("22_04", "20_04"),
            ("2204", "2004"),
            ("9-gen2", "8-gen2"),
            ("10", "9"),
            ("8-gen10", "8-GEN9"),
            ("22_04-lts-gen2", "22_04-lts"),
            ("100000000000000000000000000002", "100000000000000000000000000001"),
            ("a", "1"),
            ("1", ""),
        ] {
            assert_eq!(natural(greater, lesser), Ordering::Greater, "{greater} {lesser}");
            assert_eq!(natural(lesser, greater), Ordering::Less, "{lesser} {greater}");
        }
        assert_eq!(natural("Batch.Node 008", "batch.node 8"), Ordering::Equal);
    }
}
