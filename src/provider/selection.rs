//! Selects images: filters with descriptions, and the errors when no image or too many match.

mod filter;
mod likeness;
mod misses;

use std::fmt::Write as _;

use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path};

pub(crate) use filter::Filter;
use misses::Misses;

/// How many candidates a message names.
const NAMED: usize = 10;

/// How a message names an image, in one line.
pub(crate) type Describe<T> = fn(&T) -> String;

/// The filters of one query.
pub(crate) struct Filters<'a, T> {
    all: Vec<Filter<'a, T>>,
    /// What the service applied before: the argument, and `zone = "cn-bj2-04"`.
    sent: Vec<(&'static str, String)>,
    describe: Describe<T>,
}

impl<'a, T> Filters<'a, T> {
    pub(crate) fn new(describe: Describe<T>) -> Self {
        Self { all: Vec::new(), sent: Vec::new(), describe }
    }

    pub(crate) fn push(&mut self, filter: Filter<'a, T>) {
        self.all.push(filter);
    }

    /// Notes a condition of an argument that the service has been asked to apply.
    pub(crate) fn sent(&mut self, attribute: &'static str, text: String) {
        self.sent.push((attribute, text));
    }

    pub(crate) fn keeps(&self, image: &T) -> bool {
        self.all.iter().all(|filter| (filter.keep)(image))
    }

    /// The error for a query that has to find one image and found none. It points at the filter that
    /// removes most. Among near misses that are equally close, the earlier of `images` comes first.
    pub(crate) fn nothing(&self, images: &[T]) -> Failure {
        let misses = Misses::new(&self.all, images);
        let mut text = match images.len() {
            0 => "The service lists no images for this query.\n".to_owned(),
            1 => "The only image of the service does not match.\n".to_owned(),
            n => format!("None of the {n} images matches.\n"),
        };
        if !self.all.is_empty() || !self.sent.is_empty() {
            text.push_str("\nFilters, and how many images each of them removes by itself:\n");
        }
        for (_, sent) in &self.sent {
            let _ = writeln!(text, "  {sent} (applied by the service)");
        }
        misses.write_filters(&mut text);
        misses.write_suggestions(&mut text);
        misses.write_case(&mut text);
        misses.write_near_misses(&mut text, self.describe);
        let error = Diagnostic::error("No image found", text.trim_end());
        match misses.blamed() {
            Some(attribute) => error.at(Path::attribute(attribute)).into(),
            None => error.into(),
        }
    }

    /// The same for a query to which the service's own filters left nothing. `images` is the result
    /// without them.
    pub(crate) fn nothing_sent(mut self, images: &[T]) -> Failure {
        let sent = self
            .sent
            .drain(..)
            .map(|(attribute, text)| Filter::new(attribute, text, |_: &T| false));
        self.all = sent.chain(self.all).collect();
        self.nothing(images)
    }

    /// The error for a query that has to find one image and found several.
    pub(crate) fn too_many(&self, found: &[&T]) -> Failure {
        let mut text = format!(
            "{} images match, but exactly one is needed. Narrow the query, or set `most_recent = \
             true` to take the newest.\n",
            found.len()
        );
        let sent = self.sent.iter().map(|(_, text)| text.as_str());
        let conditions = sent.chain(self.all.iter().map(|filter| filter.text.as_str()));
        let conditions: Vec<_> = conditions.collect();
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
mod tests;
