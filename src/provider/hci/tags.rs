//! The tags of an image: a map whose names are compared in any case.

use std::collections::BTreeMap;

use crate::cloud::azure::arm::tags::{same_name, same_tags};
use crate::tfplugin::diagnostic::{Diagnostic, Path, Step};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Value};

type Map = BTreeMap<String, String>;

/// What Azure Resource Manager accepts: tags, characters of a name, characters of a value.
const MOST: usize = 50;
const LONGEST_NAME: usize = 512;
const LONGEST_VALUE: usize = 256;

/// The tags as they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tags(pub(crate) Map);

impl Attr for Tags {
    fn shape() -> Shape {
        Map::shape()
    }

    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        Map::decode(value, at, problems).map(Self)
    }

    fn encode(&self, out: &mut dyn Sink) {
        self.0.encode(out);
    }

    fn same(a: &Value, b: &Value) -> bool {
        let read = |value: &Value| Map::decode(value.clone(), &Path::default(), &mut Vec::new());
        a == b || read(a).zip(read(b)).is_some_and(|(a, b)| same_tags(&a, &b))
    }

    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        let Value::Map(tags) = value else { return };
        if tags.len() > MOST {
            let detail = format!("`{at}` has {} tags, but Azure allows {MOST}.", tags.len());
            problems.push(Diagnostic::invalid(at, detail));
        }
        let mut refuse = |name: &str, why: String| {
            problems.push(Diagnostic::invalid(&at.step(Step::Key(name.to_owned())), why));
        };
        let names: Vec<&String> = tags.keys().collect();
        for (number, name) in names.iter().enumerate() {
            if let Some(other) = names[..number].iter().find(|other| same_name(other, name)) {
                let why = format!(
                    "`{at}` has {other:?} and {name:?}, which are one tag: Azure ignores the case of \
                     names. Remove one of them."
                );
                refuse(name, why);
            }
            let length = name.chars().count();
            if !(1..=LONGEST_NAME).contains(&length) {
                let why = format!(
                    "The name of a tag has 1 to {LONGEST_NAME} characters. This one has {length}."
                );
                refuse(name, why);
            }
            let length = tags[*name].as_str().map_or(0, |value| value.chars().count());
            if length > LONGEST_VALUE {
                let why = format!(
                    "The value of a tag has at most {LONGEST_VALUE} characters. That of {name:?} has \
                     {length}."
                );
                refuse(name, why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(pairs: &[(&str, &str)]) -> Value {
        Value::Map(
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect(),
        )
    }

    fn problems(pairs: &[(&str, &str)]) -> Vec<String> {
        let mut problems = Vec::new();
        Tags::check(&value(pairs), &Path::attribute("tags"), &mut problems);
        problems
            .into_iter()
            .map(|problem| format!("{}: {}", problem.path, problem.detail))
            .collect()
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        let (name, text) = ("ä".repeat(512), "ü".repeat(256));
        assert_eq!(problems(&[(&name, &text), ("empty", "")]), [""; 0]);
        for (name, text, why) in [
            (format!("{name}a"), "x".to_owned(), "This one has 513."),
            ("a".to_owned(), format!("{text}b"), "That of \"a\" has 257."),
            (String::new(), "x".to_owned(), "This one has 0."),
        ] {
            let found = problems(&[(&name, &text)]);
            assert!(found.len() == 1 && found[0].ends_with(why), "{found:?}");
        }
    }

    #[test]
    fn two_spellings_of_one_name_and_too_many_tags_are_refused() {
        let found = problems(&[("TEAM", "a"), ("other", "b"), ("team", "a")]);
        assert!(found.len() == 1 && found[0].contains("\"TEAM\" and \"team\""), "{found:?}");
        assert!(found[0].starts_with("tags[\"team\"]: "), "{found:?}");
        let names: Vec<String> = (0..51).map(|number| format!("t{number}")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
        assert_eq!(problems(&many[..50]), [""; 0]);
        assert!(problems(&many)[0].contains("51 tags"));
    }

    #[test]
    fn another_case_of_a_name_is_no_difference() {
        assert!(Tags::same(&value(&[("Team", "a")]), &value(&[("team", "a")])));
        assert!(!Tags::same(&value(&[("Team", "a")]), &value(&[("team", "A")])));
        assert!(!Tags::same(&Value::Null, &value(&[])));
    }
}
