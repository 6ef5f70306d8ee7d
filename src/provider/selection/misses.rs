//! What explains that no image matches: what each filter removes, what may have been meant, and the
//! images that come closest.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt::Write as _;

use super::filter::Filter;
use super::likeness::{Wanted, is_close};

/// How many near misses a message names.
const NAMED: usize = 5;
/// How many suggestions are made for a wrong value.
const SUGGESTED: usize = 5;
/// So many values are listed when none of them is similar to the one asked for.
const LISTED: usize = 10;

/// Images that do not match, and the filters that each of them fails.
pub(super) struct Misses<'m, 'f, T> {
    filters: &'m [Filter<'f, T>],
    /// Ties are broken in this order.
    images: &'m [T],
    /// For each image, whether it fails each filter.
    fails: Vec<Vec<bool>>,
    /// For each filter, how close the values of images come to the one asked for. Each value is
    /// compared once, however many images have it.
    likeness: Vec<HashMap<&'m str, f64>>,
    /// For each filter with a pattern, whether it matches each image in any case.
    any_case: Vec<Option<Vec<bool>>>,
}

impl<'m, 'f, T> Misses<'m, 'f, T> {
    pub(super) fn new(filters: &'m [Filter<'f, T>], images: &'m [T]) -> Self {
        let row = |image| filters.iter().map(|filter| !(filter.keep)(image)).collect();
        let fails = images.iter().map(row).collect();
        let likeness = filters.iter().map(|filter| compare(filter, images)).collect();
        let any_case = filters.iter().map(|filter| match_in_any_case(filter, images)).collect();
        Self { filters, images, fails, likeness, any_case }
    }

    /// How many images a filter removes by itself.
    fn removed(&self, filter: usize) -> usize {
        self.fails.iter().filter(|fails| fails[filter]).count()
    }

    /// How many filters an image fails.
    fn failed(&self, image: usize) -> usize {
        self.fails[image].iter().filter(|fails| **fails).count()
    }

    /// How many filters an image fails apart from this one.
    fn others(&self, image: usize, filter: usize) -> usize {
        self.failed(image) - usize::from(self.fails[image][filter])
    }

    /// The argument to blame: the one that removes most by itself, and the first of several.
    pub(super) fn blamed(&self) -> Option<&'static str> {
        let removed = (0..self.filters.len()).map(|filter| (filter, self.removed(filter)));
        let (filter, removed) = removed.min_by_key(|(_, removed)| Reverse(*removed))?;
        (removed > 0).then(|| self.filters[filter].attribute)
    }

    pub(super) fn write_filters(&self, text: &mut String) {
        for (number, filter) in self.filters.iter().enumerate() {
            let _ = writeln!(
                text,
                "  {}: {} of {}",
                filter.text,
                self.removed(number),
                self.images.len()
            );
        }
    }

    /// Values to use instead, for each filter at fault.
    ///
    /// A filter is at fault if no image passes it, or if the images that pass all the others fail
    /// it.
    pub(super) fn write_suggestions(&self, text: &mut String) {
        for (number, filter) in self.filters.iter().enumerate() {
            let mut known = self.values(number);
            let is_unknown = self.removed(number) == self.images.len();
            if !is_unknown {
                known.retain(|(others, _)| *others == 0);
            }
            let Some(fewest) = known.iter().map(|(others, _)| *others).min() else { continue };
            let whose = match is_unknown {
                true => "No image",
                false => "No image that matches the other filters",
            };
            let similar = self.similar(number, &known);
            let instead = if !similar.is_empty() {
                format!("Similar: {}", quoted(&similar))
            } else {
                let nearest = known.iter().filter(|(others, _)| *others == fewest);
                let mut nearest: Vec<_> = nearest.map(|(_, value)| *value).collect();
                if nearest.len() > LISTED {
                    continue;
                }
                nearest.sort_unstable();
                let whose = match is_unknown && fewest == 0 && self.filters.len() > 1 {
                    true => "Images that match the other filters have",
                    false => "There are",
                };
                format!("{whose}: {}", quoted(&nearest))
            };
            let _ = writeln!(text, "\n{whose} has {}. {instead}.", filter.text);
        }
    }

    /// The values that images have where `filter` compares, each with the fewest other filters that
    /// an image with it fails.
    fn values(&self, filter: usize) -> Vec<(usize, &'m str)> {
        let Some((_, values)) = &self.filters[filter].values else { return Vec::new() };
        let mut known: Vec<(usize, &str)> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (number, image) in self.images.iter().enumerate() {
            let others = self.others(number, filter);
            for value in values(image) {
                let place = *places.entry(value).or_insert(known.len());
                match known.get_mut(place) {
                    Some((fewest, _)) => *fewest = others.min(*fewest),
                    None => known.push((others, value)),
                }
            }
        }
        known
    }

    /// The values that may have been meant. Those come first whose images match more of the other
    /// filters, then the closest.
    fn similar(&self, filter: usize, known: &[(usize, &'m str)]) -> Vec<&'m str> {
        let likeness = |value: &str| self.likeness[filter].get(value).copied().unwrap_or(0.0);
        let compared = known.iter().map(|(others, value)| (*others, likeness(value), *value));
        let mut close: Vec<_> = compared.filter(|(_, likeness, _)| is_close(*likeness)).collect();
        close.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| other.1.total_cmp(&one.1)));
        close.into_iter().take(SUGGESTED).map(|(_, _, value)| value).collect()
    }

    /// Says where a pattern matches nothing because of its upper and lower case.
    pub(super) fn write_case(&self, text: &mut String) {
        for (number, filter) in self.filters.iter().enumerate() {
            let Some((pattern, _)) = &filter.pattern else { continue };
            let Some(matches) = &self.any_case[number] else { continue };
            let found = matches.iter().filter(|matches| **matches).count();
            let whole = (0..self.images.len())
                .filter(|image| matches[*image] && self.others(*image, number) == 0)
                .count();
            let is_unknown = self.removed(number) == self.images.len();
            if found == 0 || (whole == 0 && !is_unknown) {
                continue;
            }
            let images = match found {
                1 => "1 image".to_owned(),
                count => format!("{count} images"),
            };
            let rest = match (self.filters.len(), whole) {
                (1, _) => String::new(),
                (_, 0) => ", of which none matches the other filters".to_owned(),
                (_, 1) => ", of which 1 matches the other filters".to_owned(),
                (_, count) => format!(", of which {count} match the other filters"),
            };
            let _ = writeln!(
                text,
                "\n{} is case-sensitive. {:?} matches {images}{rest}.",
                filter.text,
                format!("(?i){}", pattern.text())
            );
        }
    }

    /// How close an image comes to the filters that it fails: 0 at best, and 1 less for each name
    /// that is not similar at all. A state or a date can change.
    fn closeness(&self, image: usize) -> f64 {
        let failing = (0..self.filters.len()).filter(|filter| self.fails[image][*filter]);
        failing.map(|filter| self.closeness_to(filter, image)).sum()
    }

    fn closeness_to(&self, filter: usize, image: usize) -> f64 {
        let of_image = &self.images[image];
        match (&self.filters[filter].values, &self.any_case[filter]) {
            (Some((_, values)), _) => {
                let known = values(of_image);
                let likeness = known.iter().filter_map(|value| self.likeness[filter].get(value));
                let likeness = likeness.copied().filter(|likeness| is_close(*likeness));
                likeness.fold(0.0, f64::max) - 1.0
            }
            (None, Some(matches)) if !matches[image] => -1.0,
            (None, _) => 0.0,
        }
    }

    /// The images that fail the fewest filters, or one more, the closest first.
    pub(super) fn write_near_misses(&self, text: &mut String, describe: fn(&T) -> String) {
        let ranked = (0..self.images.len()).map(|at| (self.failed(at), self.closeness(at), at));
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_by(|one, other| one.0.cmp(&other.0).then_with(|| other.1.total_cmp(&one.1)));
        let Some(&(fewest, ..)) = ranked.first() else { return };
        let as_near = ranked.iter().filter(|(failed, ..)| *failed == fewest).count();
        text.push_str("\nNearest misses:\n");
        let near = ranked.iter().filter(|(failed, ..)| *failed <= fewest + 1);
        for (_, _, image) in near.take(NAMED) {
            let failing = self.filters.iter().zip(&self.fails[*image]).filter(|(_, fails)| **fails);
            let failing: Vec<_> = failing.map(|(filter, _)| filter.text.as_str()).collect();
            let why = match failing.as_slice() {
                // It is from the request with fewer conditions.
                [] => "left out by the service".to_owned(),
                failing => format!("does not match {}", failing.join(" nor ")),
            };
            let _ = writeln!(text, "  {}: {why}", describe(&self.images[*image]));
        }
        if as_near > NAMED {
            let _ = writeln!(text, "  and {} more", as_near - NAMED);
        }
    }
}

fn match_in_any_case<T>(filter: &Filter<'_, T>, images: &[T]) -> Option<Vec<bool>> {
    let (pattern, value) = filter.pattern.as_ref()?;
    let pattern = pattern.in_any_case()?;
    let matches = |image| value(image).is_some_and(|value| pattern.is_match(value));
    Some(images.iter().map(matches).collect())
}

fn quoted(values: &[&str]) -> String {
    let values: Vec<_> = values.iter().map(|value| format!("{value:?}")).collect();
    values.join(", ")
}

fn compare<'m, T>(filter: &Filter<'_, T>, images: &'m [T]) -> HashMap<&'m str, f64> {
    let mut known = HashMap::new();
    if let Some((wanted, values)) = &filter.values {
        let wanted = Wanted::new(wanted);
        for value in images.iter().flat_map(values) {
            known.entry(value).or_insert_with(|| wanted.likeness(value));
        }
    }
    known
}
