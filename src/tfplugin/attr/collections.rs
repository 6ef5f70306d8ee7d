//! Lists, sets and maps of attributes.

use std::collections::{BTreeMap, BTreeSet};

use crate::tfplugin::diagnostic::{Diagnostic, Path, Step};
use crate::tfplugin::model::{Attr, Nesting, Shape, unexpected};
use crate::tfplugin::value::{Sink, Type, Value};

/// Reads each element at its own path. All mistakes are reported.
fn elements<T: Attr>(
    values: Vec<Value>,
    problems: &mut Vec<Diagnostic>,
    path: impl Fn(usize) -> Path,
) -> Option<Vec<T>> {
    let count = values.len();
    let decoded: Vec<T> = values
        .into_iter()
        .enumerate()
        .filter_map(|(index, value)| element(value, &path(index), problems))
        .collect();
    (decoded.len() == count).then_some(decoded)
}

fn element<T: Attr>(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<T> {
    if value.is_null() && T::REQUIRED {
        let detail = format!("`{at}` must not be null. Leave the element out.");
        problems.push(Diagnostic::invalid(at, detail));
        return None;
    }
    T::decode(value, at, problems)
}

/// Has each element checked.
fn check_all<T: Attr>(values: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
    match values {
        Value::List(elements) => elements.iter().for_each(|value| T::check(value, at, problems)),
        Value::Map(elements) => elements.values().for_each(|value| T::check(value, at, problems)),
        _ => {}
    }
}

impl<T: Attr> Attr for Vec<T> {
    fn shape() -> Shape {
        match T::shape() {
            Shape::Nested(_, attributes) => Shape::Nested(Nesting::List, attributes),
            plain @ Shape::Plain(_) => Shape::Plain(Type::List(Box::new(plain.ty()))),
        }
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match value {
            Value::List(values) => elements(values, problems, |index| {
                at.step(Step::Index(i64::try_from(index).unwrap_or(i64::MAX)))
            }),
            other => unexpected("a list", &other, at, problems),
        }
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.list(self.len());
        self.iter().for_each(|element| element.encode(out));
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        check_all::<T>(value, at, problems);
    }
    fn same(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| T::same(a, b))
            }
            _ => a == b,
        }
    }
}

impl<T: Attr + Ord> Attr for BTreeSet<T> {
    fn shape() -> Shape {
        Shape::Plain(Type::Set(Box::new(T::shape().ty())))
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match value {
            // An element of a set does not have a path that Terraform could show.
            Value::List(values) => {
                elements(values, problems, |_| at.clone()).map(BTreeSet::from_iter)
            }
            other => unexpected("a set", &other, at, problems),
        }
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.list(self.len());
        self.iter().for_each(|element| element.encode(out));
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        check_all::<T>(value, at, problems);
    }
    fn same(a: &Value, b: &Value) -> bool {
        let within = |these: &[Value], those: &[Value]| {
            these.iter().all(|this| those.iter().any(|that| T::same(this, that)))
        };
        match (a, b) {
            // Most often they come in the same order.
            _ if a == b => true,
            // One may contain two spellings of what the other contains once.
            (Value::List(a), Value::List(b)) => within(a, b) && within(b, a),
            _ => false,
        }
    }
}

impl<T: Attr> Attr for BTreeMap<String, T> {
    fn shape() -> Shape {
        Shape::Plain(Type::Map(Box::new(T::shape().ty())))
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let Value::Map(values) = value else {
            return unexpected("a map", &value, at, problems);
        };
        let count = values.len();
        let decoded: Self = values
            .into_iter()
            .filter_map(|(key, value)| {
                let path = at.step(Step::Key(key.clone()));
                Some((key, element(value, &path, problems)?))
            })
            .collect();
        (decoded.len() == count).then_some(decoded)
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.map(self.len());
        for (key, value) in self {
            out.key(key);
            value.encode(out);
        }
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        check_all::<T>(value, at, problems);
    }
    fn same(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Map(a), Value::Map(b)) => {
                a.len() == b.len()
                    && a.iter().zip(b).all(|((x, a), (y, b))| x == y && T::same(a, b))
            }
            _ => a == b,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_reported_where_it_is() {
        let value = Value::List(vec![1.into(), "x".into(), Value::unknown(), Value::Bool(true)]);
        let mut problems = Vec::new();
        assert_eq!(Vec::<i64>::decode(value, &Path::attribute("sizes"), &mut problems), None);
        let paths: Vec<_> = problems.iter().map(|p| p.path.to_string()).collect();
        assert_eq!(paths, ["sizes[1]", "sizes[3]"]);
    }

    #[test]
    fn an_element_that_is_null_is_no_missing_argument() {
        let mut problems = Vec::new();
        let value = Value::List(vec!["a".into(), Value::Null]);
        assert_eq!(
            Vec::<String>::decode(value.clone(), &Path::attribute("x"), &mut problems),
            None
        );
        let all = Vec::<Option<String>>::decode(value, &Path::attribute("x"), &mut problems);
        assert_eq!(all.unwrap().len(), 2);
        let problems: Vec<_> = problems.into_iter().map(|problem| problem.detail).collect();
        assert_eq!(problems, ["`x[1]` must not be null. Leave the element out."]);
    }
}
