//! A configuration as it was written, for checks of several arguments at once.

use super::diagnostic::{Diagnostic, Path, Step};
use super::model::{Attr, Attribute, Model, Shape};
use super::timeouts::Timeouts;
use super::value::{Object, Type, Value, get};

/// The arguments of an object, known or not.
#[derive(Clone, Copy, Debug)]
pub struct Config<'a>(pub &'a Object);

impl Config<'_> {
    /// Whether the argument has a value, even if it is not known yet.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// Whether the argument's value is not known yet.
    #[must_use]
    pub fn is_unknown(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(Value::is_unknown)
    }

    /// The argument's value if it is known, given and valid.
    #[must_use]
    pub fn known<T: Attr>(&self, name: &'static str) -> Option<T> {
        let value = self.0.get(name).filter(|value| !value.is_null())?.clone();
        T::decode(value, &Path::attribute(name), &mut Vec::new())
    }

    /// Reports arguments that exclude each other: of `names`, at most one may be given.
    pub fn at_most_one(&self, names: &[&'static str], problems: &mut Vec<Diagnostic>) {
        let given: Vec<_> = names.iter().filter(|name| self.is_given(name)).collect();
        // One whose value is unknown may turn out to be null.
        let certain = given.iter().filter(|name| !self.is_unknown(name)).count();
        if certain < 2 {
            return;
        }
        for name in given.into_iter().filter(|name| !self.is_unknown(name)) {
            let others: Vec<_> =
                names.iter().filter(|other| *other != name).map(|n| format!("`{n}`")).collect();
            let detail = format!("`{name}` cannot be given together with {}.", others.join(" or "));
            problems.push(
                Diagnostic::error("Conflicting arguments", detail).at(Path::attribute(*name)),
            );
        }
    }

    /// Reports when not exactly one of `names` is given.
    pub fn exactly_one(&self, names: &[&'static str], problems: &mut Vec<Diagnostic>) {
        if names.iter().any(|name| self.is_given(name)) {
            return self.at_most_one(names, problems);
        }
        let listed: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let detail = format!("Exactly one of {} must be given.", listed.join(", "));
        problems.push(Diagnostic::error("Missing argument", detail).at(Path::attribute(names[0])));
    }
}

/// Checks everything that can be judged by one argument alone. Returned are the configuration, where
/// what nothing else is to be said about is unknown, and the arguments if they can be read.
pub(crate) fn checked<I: Model>(
    schema: &[Attribute],
    limits: Timeouts,
    config: Object,
    problems: &mut Vec<Diagnostic>,
) -> (Object, Option<I>) {
    refuse_read_only(schema, &config, problems);
    let written = refuse_empty(schema, config, problems);
    let mut arguments = written.clone();
    limits.take(&mut arguments, problems);
    check_arguments(&I::attributes(), &arguments, problems);
    let decoded = I::decode_fields(&mut arguments, &Path::default(), problems);
    (written, decoded)
}

/// Reports values that the configuration must not give: those that only the provider sets.
fn refuse_read_only(attributes: &[Attribute], config: &Object, problems: &mut Vec<Diagnostic>) {
    for attribute in attributes.iter().filter(|attribute| !attribute.is_input()) {
        let name = attribute.name;
        if !get(config, name).is_null() {
            let detail = format!("`{name}` is set by the provider. Remove it.");
            problems
                .push(Diagnostic::error("Read-only attribute", detail).at(Path::attribute(name)));
        }
    }
}

/// Reports values that a client before Terraform 1.11 would store.
pub(crate) fn refuse_write_only(
    attributes: &[Attribute],
    config: &Object,
    problems: &mut Vec<Diagnostic>,
) {
    visit(attributes, config, &Path::default(), &mut |attribute, value, at| {
        if attribute.write_only && !value.is_null() {
            let detail = format!(
                "`{at}` is write-only, which this client does not support: it would store the \
                 value. Write-only arguments need Terraform 1.11 or OpenTofu 1.11, or later."
            );
            let refusal = Diagnostic::error("Write-only argument not allowed", detail);
            problems.push(refusal.at(at.clone()));
        }
    });
}

/// Reports arguments that are empty strings, and returns the configuration without them: as unknown
/// values, which nothing else is said about. The values of maps may be empty.
fn refuse_empty(
    attributes: &[Attribute],
    mut config: Object,
    problems: &mut Vec<Diagnostic>,
) -> Object {
    for attribute in attributes.iter().filter(|attribute| attribute.is_input()) {
        if let Some(value) = config.get_mut(attribute.name) {
            refuse_empty_value(attribute, value, &Path::attribute(attribute.name), problems);
        }
    }
    config
}

fn refuse_empty_value(
    attribute: &Attribute,
    value: &mut Value,
    at: &Path,
    problems: &mut Vec<Diagnostic>,
) {
    let is_blank = |value: &Value| matches!(value, Value::String(text) if text.trim().is_empty());
    let detail = match (&attribute.shape, &mut *value) {
        (Shape::Nested(_, inner), Value::Map(object)) => {
            for attribute in inner {
                if let Some(value) = object.get_mut(attribute.name) {
                    refuse_empty_value(attribute, value, &at.then(attribute.name), problems);
                }
            }
            return;
        }
        (Shape::Plain(Type::List(_) | Type::Set(_)), Value::List(elements))
            if elements.iter().any(is_blank) =>
        {
            format!("`{at}` contains an empty string. Leave that element out.")
        }
        (Shape::Plain(Type::String), value) if is_blank(value) && attribute.required => {
            format!("`{at}` is an empty string. Give it a value.")
        }
        (Shape::Plain(Type::String), value) if is_blank(value) => {
            format!("`{at}` is an empty string. Use null to leave it out.")
        }
        _ => return,
    };
    problems.push(Diagnostic::invalid(at, detail));
    *value = Value::unknown();
}

/// Reports invalid values: see [`Attr::check`]. Unknown ones are not checked.
fn check_arguments(attributes: &[Attribute], config: &Object, problems: &mut Vec<Diagnostic>) {
    visit(attributes, config, &Path::default(), &mut |attribute, value, at| {
        if value.is_wholly_known() {
            (attribute.check)(value, at, problems);
        }
    });
}

/// Visits the attributes of an object, and those of the objects inside of it.
fn visit(
    attributes: &[Attribute],
    object: &Object,
    path: &Path,
    act: &mut impl FnMut(&Attribute, &Value, &Path),
) {
    for attribute in attributes {
        let (value, at) = (get(object, attribute.name), path.then(attribute.name));
        act(attribute, value, &at);
        match (&attribute.shape, value) {
            (Shape::Nested(_, inner), Value::Map(object)) => visit(inner, object, &at, act),
            (Shape::Nested(_, inner), Value::List(elements)) => {
                for (index, element) in (0..).zip(elements) {
                    if let Value::Map(object) = element {
                        visit(inner, object, &at.step(Step::Index(index)), act);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::model! {
        /// What is inside of another.
        struct Inner {
            /// Its sku.
            sku: Option<String>,
        }
    }

    crate::model! {
        /// Arguments.
        struct Inputs {
            /// Has to be given.
            name: String,
            /// May be left out.
            zone: Option<String>,
            /// Several.
            ids: Option<Vec<String>>,
            /// Names and values.
            tags: Option<std::collections::BTreeMap<String, String>>,
            /// An object.
            inner: Option<Inner>,
        }
    }

    #[test]
    fn an_empty_string_is_never_taken_for_a_value_that_was_left_out() {
        let object = |pairs: Vec<(&'static str, Value)>| -> Object {
            pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        };
        let inner = Value::Map(object(vec![("sku", "".into())]));
        let tags = Value::Map(object(vec![("owner", "".into())]));
        let config = object(vec![
            ("name", "".into()),
            ("zone", " ".into()),
            ("ids", Value::List(vec!["a".into(), "".into()])),
            ("tags", tags),
            ("inner", inner),
        ]);
        let mut problems = Vec::new();
        let mut rest = refuse_empty(&Inputs::attributes(), config, &mut problems);
        let mut details: Vec<_> = problems.iter().map(|problem| problem.detail.as_str()).collect();
        details.sort_unstable();
        let expected = [
            "`ids` contains an empty string. Leave that element out.",
            "`inner.sku` is an empty string. Use null to leave it out.",
            "`name` is an empty string. Give it a value.",
            "`zone` is an empty string. Use null to leave it out.",
        ];
        assert_eq!(details, expected);
        assert!(problems.iter().any(|problem| problem.path.to_string() == "inner.sku"));
        let mut more = Vec::new();
        assert!(Inputs::decode_fields(&mut rest, &Path::default(), &mut more).is_none());
        assert_eq!(more, []);
    }
}
