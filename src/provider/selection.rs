//! Selects images: filters with descriptions, and the errors when no image or too many match.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::similarity::{most_similar, similarity};

/// How many candidates or near misses a message names.
const NAMED: usize = 10;
/// How many suggestions are made for a wrong value.
const SUGGESTED: usize = 3;

/// One condition that the user set.
pub(crate) struct Filter<'a, T> {
    /// How the user would write it: `os_type = "Linux"`.
    text: String,
    keep: Box<dyn Fn(&T) -> bool + Send + Sync + 'a>,
    /// The value asked for and where images have theirs, to suggest what may have been meant.
    values: Option<(String, Values<T>)>,
}

type Values<T> = fn(&T) -> Vec<&str>;

impl<'a, T> Filter<'a, T> {
    /// A condition that is written as `text`.
    pub(crate) fn new(
        text: impl Into<String>,
        keep: impl Fn(&T) -> bool + Send + Sync + 'a,
    ) -> Self {
        Self { text: text.into(), keep: Box::new(keep), values: None }
    }

    /// Lets the filter suggest values of images that are similar to `wanted`.
    pub(crate) fn suggesting(mut self, wanted: &str, values: Values<T>) -> Self {
        self.values = Some((wanted.to_owned(), values));
        self
    }
}

/// How a message names an image, in one line.
pub(crate) type Describe<T> = fn(&T) -> String;

/// The filters of one query.
pub(crate) struct Filters<'a, T> {
    all: Vec<Filter<'a, T>>,
    /// What the service applied before: `zone = "cn-bj2-04"`.
    sent: Vec<String>,
    describe: Describe<T>,
}

impl<'a, T> Filters<'a, T> {
    pub(crate) fn new(describe: Describe<T>) -> Self {
        Self { all: Vec::new(), sent: Vec::new(), describe }
    }

    pub(crate) fn push(&mut self, filter: Filter<'a, T>) {
        self.all.push(filter);
    }

    /// Notes a condition that the service has been asked to apply.
    pub(crate) fn sent(&mut self, text: String) {
        self.sent.push(text);
    }

    pub(crate) fn keeps(&self, image: &T) -> bool {
        self.all.iter().all(|filter| (filter.keep)(image))
    }

    /// The error for a query that has to find one image and found none.
    pub(crate) fn nothing(&self, images: &[T]) -> Failure {
        let mut text = match images.len() {
            0 => "The service lists no images for this query.\n".to_owned(),
            1 => "None matches. The service listed 1 image.\n".to_owned(),
            n => format!("None matches. The service listed {n} images.\n"),
        };
        self.write_filters(&mut text, images);
        self.write_suggestions(&mut text, images);
        self.write_near_misses(&mut text, images);
        Diagnostic::error("No image found", text.trim_end()).into()
    }

    /// The same for a query to which the service's own filters left nothing. `images` is the result
    /// without them.
    pub(crate) fn nothing_sent(mut self, images: &[T]) -> Failure {
        let sent = self.sent.drain(..).map(|text| Filter::new(text, |_: &T| false));
        self.all = sent.chain(self.all).collect();
        self.nothing(images)
    }

    fn write_filters(&self, text: &mut String, images: &[T]) {
        if self.all.is_empty() && self.sent.is_empty() {
            return;
        }
        text.push_str("\nFilters, and how many images each of them removes by itself:\n");
        for sent in &self.sent {
            let _ = writeln!(text, "  {sent} (applied by the service)");
        }
        for filter in &self.all {
            let removed = images.iter().filter(|image| !(filter.keep)(image)).count();
            let _ = writeln!(text, "  {}: {removed} of {}", filter.text, images.len());
        }
    }

    fn write_suggestions(&self, text: &mut String, images: &[T]) {
        for filter in &self.all {
            let Some((wanted, values)) = &filter.values else { continue };
            if images.iter().any(|image| (filter.keep)(image)) {
                continue;
            }
            let known: BTreeSet<&str> = images.iter().flat_map(*values).collect();
            let few = known.len() <= NAMED;
            let similar = most_similar(wanted, known.iter().copied(), SUGGESTED);
            let similar: Vec<_> = similar.into_iter().map(|value| format!("{value:?}")).collect();
            if !similar.is_empty() {
                let _ = writeln!(
                    text,
                    "\nNo image has {}. Similar: {}.",
                    filter.text,
                    similar.join(", ")
                );
            } else if few && !known.is_empty() {
                let known: Vec<_> = known.into_iter().map(|value| format!("{value:?}")).collect();
                let _ = writeln!(
                    text,
                    "\nNo image has {}. There are: {}.",
                    filter.text,
                    known.join(", ")
                );
            }
        }
    }

    /// How close an image comes to the filters that it fails. A very different name is far away; a
    /// state or a capability can change. Each value is compared once, however many images have it.
    fn closeness<'i>(&self, image: &'i T, known: &mut HashMap<(usize, &'i str), f64>) -> f64 {
        let failing = self.all.iter().enumerate().filter(|(_, filter)| !(filter.keep)(image));
        let close = failing.map(|(number, filter)| match &filter.values {
            Some((wanted, values)) => {
                let similar = values(image).into_iter().map(|value| {
                    let known = known.entry((number, value));
                    *known.or_insert_with(|| similarity(wanted, value))
                });
                similar.fold(0.0, f64::max) - 1.0
            }
            None => 0.0,
        });
        close.sum()
    }

    /// The images that fail the fewest filters, the closest first.
    fn write_near_misses(&self, text: &mut String, images: &[T]) {
        let failed = |image: &T| self.all.iter().filter(|filter| !(filter.keep)(image)).count();
        let counted: Vec<_> = images.iter().map(|image| (failed(image), image)).collect();
        let Some(fewest) = counted.iter().map(|(failed, _)| *failed).min() else { return };
        let nearest = counted.into_iter().filter(|(failed, _)| *failed == fewest);
        let mut known = HashMap::new();
        let mut misses: Vec<(f64, &T)> =
            nearest.map(|(_, image)| (self.closeness(image, &mut known), image)).collect();
        misses.sort_by(|one, other| other.0.total_cmp(&one.0));
        let count = misses.len();
        misses.truncate(NAMED / 2);
        let _ = writeln!(text, "\nNearest misses:");
        for (_, image) in &misses {
            let failing = self.all.iter().filter(|filter| !(filter.keep)(image));
            let failing: Vec<_> = failing.map(|filter| filter.text.as_str()).collect();
            let why = match failing.as_slice() {
                // It is from the request with fewer conditions.
                [] => "left out by the service".to_owned(),
                failing => format!("does not match {}", failing.join(" nor ")),
            };
            let _ = writeln!(text, "  {}: {why}", (self.describe)(image));
        }
        if count > misses.len() {
            let _ = writeln!(text, "  and {} more", count - misses.len());
        }
    }

    /// The error for a query that has to find one image and found several.
    pub(crate) fn too_many(&self, found: &[&T]) -> Failure {
        let mut text = format!(
            "{} images match, but exactly one is needed. Narrow the query, or set `most_recent = \
             true` to take the newest.\n",
            found.len()
        );
        let mut conditions = self.sent.clone();
        conditions.extend(self.all.iter().map(|filter| filter.text.clone()));
        if !conditions.is_empty() {
            let _ = writeln!(text, "\nFilters: {}", conditions.join(", "));
        }
        text.push_str("\nCandidates:\n");
        for image in found.iter().take(NAMED) {
            let _ = writeln!(text, "  {}", (self.describe)(image));
        }
        if found.len() > NAMED {
            let _ = writeln!(text, "  and {} more", found.len() - NAMED);
        }
        Diagnostic::error("More than one image found", text.trim_end()).into()
    }
}

/// A set as the user would write it: `["a", "b"]`.
pub(crate) fn listed<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let values: Vec<_> = values.into_iter().map(|value| format!("{value:?}")).collect();
    format!("[{}]", values.join(", "))
}

/// Whether `all` contains `wanted`, in any case.
pub(crate) fn has<S: AsRef<str>>(all: &[S], wanted: &str) -> bool {
    all.iter().any(|value| value.as_ref().eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Filter<'_, &'static str> {
        Filter::new(format!("name = {name:?}"), move |image: &&str| *image == name)
            .suggesting(name, |image| vec![*image])
    }

    #[test]
    fn nothing_found_names_the_filters_and_what_was_meant() {
        let mut filters = Filters::new(|image: &&str| (*image).to_owned());
        filters.sent("zone = \"z\"".to_owned());
        filters.push(named("cannonical"));
        let Failure(found) = filters.nothing(&["debian", "canonical"]);
        let detail = &found[0].detail;
        for part in [
            "zone = \"z\" (applied by the service)",
            "name = \"cannonical\": 2 of 2",
            "Similar: \"canonical\"",
            "canonical: does not match name",
        ] {
            assert!(detail.contains(part), "{part:?} is not in {detail}");
        }
    }

    #[test]
    fn what_there_is_is_listed_when_nothing_comes_close_and_it_is_not_much() {
        let mut filters = Filters::new(|image: &&str| (*image).to_owned());
        filters.push(named("ubuntu"));
        let Failure(found) = filters.nothing(&["debian", "canonical"]);
        let expected = "No image has name = \"ubuntu\". There are: \"canonical\", \"debian\".";
        assert!(found[0].detail.contains(expected), "{}", found[0].detail);
    }

    #[test]
    fn conditions_that_the_service_applied_are_blamed_when_they_leave_nothing() {
        let mut filters = Filters::new(|image: &&str| (*image).to_owned());
        filters.sent("zone = \"z\"".to_owned());
        filters.push(named("debian"));
        let Failure(found) = filters.nothing_sent(&["debian", "canonical"]);
        let detail = &found[0].detail;
        assert!(detail.contains("zone = \"z\": 2 of 2"), "{detail}");
        assert!(detail.ends_with("debian: does not match zone = \"z\""), "{detail}");
    }

    #[test]
    fn the_closest_of_the_misses_comes_first() {
        let mut filters = Filters::new(|image: &&str| (*image).to_owned());
        filters.push(named("golden-web"));
        filters.push(Filter::new("states = [\"Available\"]", |image| *image != "golden-web"));
        let Failure(found) = filters.nothing(&["new-1", "golden-wep", "golden-web", "new-2"]);
        let (_, misses) = found[0].detail.split_once("Nearest misses:\n").unwrap();
        let names: Vec<_> = misses.lines().map(|l| l.trim().split(':').next().unwrap()).collect();
        assert_eq!(names[..2], ["golden-web", "golden-wep"]);
    }

    #[test]
    fn too_many_names_the_first_ten() {
        let filters = Filters::new(|image: &u32| format!("image-{image}"));
        let images: Vec<u32> = (0..12).collect();
        let found: Vec<&u32> = images.iter().collect();
        let Failure(errors) = filters.too_many(&found);
        assert!(errors[0].detail.contains("image-9\n"), "{}", errors[0].detail);
        assert!(errors[0].detail.ends_with("and 2 more"), "{}", errors[0].detail);
    }

    /// Each image has a different name, and none is the one asked for.
    #[test]
    fn each_of_ten_thousand_misses_is_compared_once() {
        let mut filters = Filters::new(|image: &String| image.clone());
        filters.push(
            Filter::new("name = \"Ubunto 22.04\"", |image: &String| image == "Ubunto 22.04")
                .suggesting("Ubunto 22.04 64 number 00x1", |image| vec![image]),
        );
        let images: Vec<String> =
            (0..10_000).map(|number| format!("Ubuntu 22.04 64 number {number:05}")).collect();
        let Failure(found) = filters.nothing(&images);
        assert!(found[0].detail.contains("and 9995 more"), "{}", found[0].detail);
        let mut known = HashMap::new();
        for image in images.iter().chain(&images) {
            assert!(filters.closeness(image, &mut known) < 0.0);
        }
        assert_eq!(known.len(), images.len());
    }
}
