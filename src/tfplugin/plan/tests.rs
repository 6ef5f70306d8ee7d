use std::collections::BTreeSet;

use super::*;
use crate::tfplugin::diagnostic::Diagnostic;
use crate::tfplugin::model::{Attr, Model};
use crate::tfplugin::value::{Sink, Type};

/// Text whose case does not matter, and that may grow without a call.
struct Word;
impl Attr for Word {
    fn shape() -> Shape {
        Shape::Plain(Type::String)
    }
    fn decode(_: Value, _: &Path, _: &mut Vec<Diagnostic>) -> Option<Self> {
        Some(Self)
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.null();
    }
    fn same(a: &Value, b: &Value) -> bool {
        match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => a == b,
        }
    }
    fn adopts(prior: &Value, planned: &Value) -> bool {
        // It is never called for unknown values.
        let begins = |prior| planned.as_str().is_none_or(|planned| planned.starts_with(prior));
        prior.as_str().is_some_and(begins)
    }
}
impl PartialEq for Word {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Word {}
impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Word {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

model! {
    /// Inside.
    struct Inner {
        /// Plain.
        plain: Option<String>,
        /// State only.
        #[tf(state_only)]
        local: Option<String>,
        /// Replaces the object.
        #[tf(replace)]
        fixed: Option<String>,
        /// Case does not matter.
        word: Option<Word>,
    }
}

model! {
    /// Outside.
    struct Outer {
        /// One.
        one: Option<Inner>,
        /// Cannot be changed.
        #[tf(replace)]
        fixed: Option<Inner>,
        /// Several.
        several: Option<Vec<Inner>>,
        /// Words.
        words: Option<BTreeSet<Word>>,
        /// Never returned.
        #[tf(create_only, replace)]
        unread: Option<Inner>,
        /// A word.
        #[tf(replace)]
        word: Option<Word>,
    }
}

fn attribute(name: &str) -> Attribute {
    Outer::attributes().into_iter().find(|attribute| attribute.name == name).unwrap()
}

fn inner(name: &str, value: &str) -> Value {
    let mut object: Object =
        Inner::attributes().iter().map(|a| (a.name.to_owned(), Value::Null)).collect();
    object.insert(name.to_owned(), value.into());
    Value::Map(object)
}

fn list<const N: usize>(values: [Value; N]) -> Value {
    Value::List(values.into())
}

#[test]
fn the_most_severe_change_inside_decides_about_the_whole() {
    for (name, before, after, expected) in [
        ("one", inner("plain", "a"), inner("plain", "a"), Change::None),
        ("one", inner("plain", "a"), inner("plain", "b"), Change::Update),
        ("one", inner("plain", "a"), Value::unknown(), Change::Update),
        ("one", inner("plain", "a"), Value::Null, Change::Update),
        ("one", Value::Null, inner("plain", "a"), Change::Update),
        ("one", inner("local", "a"), inner("local", "b"), Change::Remember),
        ("one", inner("fixed", "a"), inner("fixed", "b"), Change::Replace),
        ("one", inner("word", "a"), inner("word", "A"), Change::None),
        ("one", inner("word", "a"), inner("word", "ab"), Change::Remember),
        ("one", inner("word", "a"), inner("word", "b"), Change::Update),
        ("fixed", inner("plain", "a"), inner("plain", "b"), Change::Replace),
        ("fixed", inner("plain", "a"), Value::unknown(), Change::Replace),
        ("fixed", inner("local", "a"), inner("local", "b"), Change::Remember),
        ("fixed", inner("word", "a"), inner("word", "A"), Change::None),
        ("unread", Value::Null, inner("plain", "a"), Change::Remember),
        ("unread", Value::Null, Value::unknown(), Change::Remember),
        ("unread", inner("plain", "a"), inner("plain", "b"), Change::Replace),
        ("unread", inner("plain", "a"), Value::Null, Change::Replace),
    ] {
        assert_eq!(change(&attribute(name), &before, &after), expected, "{name}: {after:?}");
    }
}

#[test]
fn the_elements_of_a_list_are_compared_one_by_one() {
    let several = attribute("several");
    let before = list([inner("local", "a"), inner("word", "b")]);
    for (after, expected) in [
        (list([inner("local", "a"), inner("word", "B")]), Change::None),
        (list([inner("local", "x"), inner("word", "B")]), Change::Remember),
        (list([inner("local", "x"), inner("plain", "b")]), Change::Update),
        (list([inner("fixed", "x"), inner("plain", "b")]), Change::Replace),
        (list([inner("local", "a")]), Change::Update),
        (list([inner("local", "a"), Value::unknown()]), Change::Update),
        (list([]), Change::Update),
    ] {
        assert_eq!(change(&several, &before, &after), expected, "{after:?}");
    }
}

#[test]
fn the_elements_of_a_set_have_no_order_and_no_number() {
    let words = attribute("words");
    let before = list(["a".into(), "b".into()]);
    for (after, expected) in [
        (list(["b".into(), "A".into()]), Change::None),
        (list(["b".into(), "A".into(), "a".into()]), Change::None),
        (list(["a".into(), "b".into(), "c".into()]), Change::Update),
        (list(["a".into(), "a".into()]), Change::Update),
        (list(["a".into()]), Change::Update),
        (list(["a".into(), Value::unknown()]), Change::Update),
    ] {
        assert_eq!(change(&words, &before, &after), expected, "{after:?}");
    }
}

#[test]
fn what_is_not_known_yet_is_never_adopted() {
    let word = attribute("word");
    assert_eq!(change(&word, &"a".into(), &"ab".into()), Change::Remember);
    assert_eq!(change(&word, &"a".into(), &Value::unknown()), Change::Replace);
}

#[test]
fn a_new_element_of_a_list_has_no_past() {
    let attributes = Outer::attributes();
    let object = |elements: Value| Object::from([("several".to_owned(), elements)]);
    let prior = object(list([inner("word", "a")]));
    let config = object(list([inner("word", "A"), inner("word", "A")]));
    let plan = plan(&attributes, Some(&prior), &config);
    assert_eq!(plan.planned["several"], list([inner("word", "a"), inner("word", "A")]));
    assert!(plan.changed);
}
