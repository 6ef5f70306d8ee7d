//! One condition of a search for images.

use crate::provider::pattern::Pattern;
use crate::tfplugin::attr::Verbatim;

/// One condition that the user set.
pub(crate) struct Filter<'a, T> {
    /// The argument that it comes from.
    pub(super) attribute: &'static str,
    /// How the user would write it: `os_type = "Linux"`.
    pub(super) text: String,
    pub(super) keep: Box<dyn Fn(&T) -> bool + Send + Sync + 'a>,
    /// The value asked for and where images have theirs, to suggest what may have been meant.
    pub(super) values: Option<(String, Values<T>)>,
    /// The pattern asked for and what it is compared with, to notice that only the case differs.
    pub(super) pattern: Option<(&'a Verbatim<Pattern>, Value<T>)>,
}

pub(super) type Values<T> = fn(&T) -> Vec<&str>;
pub(super) type Value<T> = fn(&T) -> Option<&str>;

impl<'a, T> Filter<'a, T> {
    /// A condition of the argument `attribute` that is written as `text`.
    pub(crate) fn new(
        attribute: &'static str,
        text: impl Into<String>,
        keep: impl Fn(&T) -> bool + Send + Sync + 'a,
    ) -> Self {
        Self { attribute, text: text.into(), keep: Box::new(keep), values: None, pattern: None }
    }

    /// The condition that `pattern`, the value of the argument `attribute`, matches some part of
    /// `value`.
    pub(crate) fn pattern(
        attribute: &'static str,
        pattern: &'a Verbatim<Pattern>,
        value: Value<T>,
    ) -> Self
    where
        T: 'a,
    {
        let text = format!("{attribute} = {:?}", pattern.text());
        let keep = move |image: &T| value(image).is_some_and(|value| pattern.is_match(value));
        Self { pattern: Some((pattern, value)), ..Self::new(attribute, text, keep) }
    }

    /// Lets the filter suggest values of images that are similar to `wanted`.
    pub(crate) fn suggesting(mut self, wanted: &str, values: Values<T>) -> Self {
        self.values = Some((wanted.to_owned(), values));
        self
    }
}
