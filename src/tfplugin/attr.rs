//! The Rust types that attributes are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use super::diagnostic::{Diagnostic, Path, Step};
use super::model::{Attr, Nesting, Shape};
use super::value::{Number, Refinement, Sink, Type, Value};

/// Reports a value of the wrong kind, and a missing one; says nothing of an unknown one.
pub(crate) fn unexpected<T>(
    expected: &str,
    found: &Value,
    at: &Path,
    problems: &mut Vec<Diagnostic>,
) -> Option<T> {
    match found {
        Value::Unknown(_) => {}
        Value::Null => problems.push(
            Diagnostic::error(
                format!("Missing `{at}`"),
                format!("The argument `{at}` is required: give it {expected}."),
            )
            .at(at.clone()),
        ),
        other => problems.push(Diagnostic::invalid(
            at,
            format!("`{at}` must be {expected}, found {}.", other.kind()),
        )),
    }
    None
}

macro_rules! scalar {
    ($ty:ty, $tf:ident, $words:literal, $value:pat => $decoded:expr, $self:ident, $out:ident => $encode:expr) => {
        impl Attr for $ty {
            fn shape() -> Shape {
                Shape::Plain(Type::$tf)
            }
            fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
                match value {
                    $value => Some($decoded),
                    other => unexpected($words, &other, at, problems),
                }
            }
            fn encode(&$self, $out: &mut dyn Sink) {
                $encode;
            }
        }
    };
}

scalar!(String, String, "a string", Value::String(text) => text, self, out => out.string(self));
scalar!(Box<str>, String, "a string", Value::String(text) => text.into(), self, out => out.string(self));
scalar!(bool, Bool, "true or false", Value::Bool(value) => value, self, out => out.bool(*self));

impl Attr for f64 {
    fn shape() -> Shape {
        Shape::Plain(Type::Number)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let Value::Number(number) = &value else {
            return unexpected("a number", &value, at, problems);
        };
        let nearest = number.as_f64();
        if !nearest.is_finite() {
            let detail = format!("`{at}` is too large a number: {number}.");
            problems.push(Diagnostic::invalid(at, detail));
        }
        Some(nearest).filter(|nearest| nearest.is_finite())
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.number(&Number::fraction(*self));
    }
    /// More digits than fit make no difference.
    fn same(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
            _ => a == b,
        }
    }
}

impl Attr for i64 {
    fn shape() -> Shape {
        Shape::Plain(Type::Number)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let Value::Number(number) = &value else {
            return unexpected("a whole number", &value, at, problems);
        };
        let whole = number.as_i64();
        if whole.is_none() {
            let detail = format!("`{at}` must be a whole number, not {number}.");
            problems.push(Diagnostic::invalid(at, detail));
        }
        whole
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.number(&Number::Int(*self));
    }
}

/// An attribute that may be left out, or that the service has yet to fill in.
impl<T: Attr> Attr for Option<T> {
    const REQUIRED: bool = false;
    const SENSITIVE: bool = T::SENSITIVE;
    const WRITE_ONLY: bool = T::WRITE_ONLY;
    fn shape() -> Shape {
        T::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::decode(other, at, problems).map(Some),
        }
    }
    fn encode(&self, out: &mut dyn Sink) {
        match self {
            Some(value) => value.encode(out),
            None => out.null(),
        }
    }
    fn same(a: &Value, b: &Value) -> bool {
        T::same(a, b)
    }
    fn adopts(prior: &Value, planned: &Value) -> bool {
        T::adopts(prior, planned)
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        T::check(value, at, problems);
    }
}

/// A provider argument in its three states: an unknown one must never pass for one left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Setting<T> {
    /// Left out: the environment may have it.
    #[default]
    Null,
    /// Known only later.
    Unknown,
    /// Given.
    Set(T),
}

impl<T> Setting<T> {
    /// The value, if it was given.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            _ => None,
        }
    }

    /// The same setting of another type.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Setting<U> {
        match self {
            Self::Null => Setting::Null,
            Self::Unknown => Setting::Unknown,
            Self::Set(value) => Setting::Set(convert(value)),
        }
    }

    /// Whether the value will be known only later.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

impl<T: Attr> Attr for Setting<T> {
    const REQUIRED: bool = false;
    const SENSITIVE: bool = T::SENSITIVE;
    fn shape() -> Shape {
        T::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match value {
            Value::Null => Some(Self::Null),
            Value::Unknown(_) => Some(Self::Unknown),
            other => T::decode(other, at, problems).map(Self::Set),
        }
    }
    fn encode(&self, out: &mut dyn Sink) {
        match self {
            Self::Set(value) => value.encode(out),
            Self::Null => out.null(),
            Self::Unknown => out.unknown(&Refinement::default()),
        }
    }
    fn same(a: &Value, b: &Value) -> bool {
        T::same(a, b)
    }
}

/// Text that no log, plan or error may show.
///
/// Secrecy is a type rather than a flag, so that it cannot be forgotten. Each one that is read is
/// also masked in everything the process writes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Attr for Secret {
    const SENSITIVE: bool = true;
    fn shape() -> Shape {
        Shape::Plain(Type::String)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let text = String::decode(value, at, problems)?;
        super::mask::mask(&text);
        Some(Self(text))
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.string(&self.0);
    }
}

/// A value that reaches the service and is never stored.
#[derive(Clone, Debug, PartialEq)]
pub struct WriteOnly<T>(pub T);

impl<T: Attr> Attr for WriteOnly<T> {
    const REQUIRED: bool = T::REQUIRED;
    const SENSITIVE: bool = T::SENSITIVE;
    const WRITE_ONLY: bool = true;
    fn shape() -> Shape {
        T::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        T::decode(value, at, problems).map(Self)
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.null();
    }
}

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
            // An element of a set has no path of its own that Terraform could show.
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
    fn same(a: &Value, b: &Value) -> bool {
        let within = |these: &[Value], those: &[Value]| {
            these.iter().all(|this| those.iter().any(|that| T::same(this, that)))
        };
        match (a, b) {
            // Most often they come in the same order.
            _ if a == b => true,
            // One may hold two spellings of what the other holds once.
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

/// A value written as text that has to make sense: a pattern, a date, one of a few words.
///
/// Implementing this is all it takes to use the type as an attribute.
pub trait Text: Sized {
    /// What is expected, as in "must be ...".
    const EXPECTED: &'static str;
    /// Reads the text.
    ///
    /// # Errors
    /// Says in a whole sentence what is wrong with the text.
    fn parse(text: &str) -> std::result::Result<Self, String>;
    /// Whether two texts mean the same, however they are spelled.
    fn same(a: &str, b: &str) -> bool {
        a == b
    }
}

/// A text of which a configuration has to make sense, while a state holds whatever the service
/// sent: a word or a form of which this release has not heard is no reason to fail.
pub struct Stored<T>(String, std::marker::PhantomData<fn() -> T>);

impl<T> Stored<T> {
    /// The text as it was written or sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Text> Stored<T> {
    /// Takes what the service sent, unless it means the same as what stands here already.
    pub fn update(&mut self, sent: &str) {
        if !T::same(&self.0, sent) {
            sent.clone_into(&mut self.0);
        }
    }
}

impl<T> From<String> for Stored<T> {
    fn from(text: String) -> Self {
        Self(text, std::marker::PhantomData)
    }
}

impl<T> Clone for Stored<T> {
    fn clone(&self) -> Self {
        self.0.clone().into()
    }
}

impl<T> fmt::Debug for Stored<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Text> PartialEq for Stored<T> {
    fn eq(&self, other: &Self) -> bool {
        T::same(&self.0, &other.0)
    }
}

impl<T: Text> Attr for Stored<T> {
    fn shape() -> Shape {
        Shape::Plain(Type::String)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.into()),
            other => unexpected(T::EXPECTED, &other, at, problems),
        }
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.string(&self.0);
    }
    fn same(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::String(a), Value::String(b)) => T::same(a, b),
            _ => a == b,
        }
    }
    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        if let Value::String(text) = value
            && let Err(why) = T::parse(text)
        {
            problems.push(Diagnostic::invalid(at, why));
        }
    }
}

/// A [`Text`] together with the spelling that the user chose, which is what state keeps.
#[derive(Clone, Debug)]
pub struct Written<T> {
    text: String,
    value: T,
}

impl<T> Written<T> {
    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<T> Deref for Written<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> PartialEq for Written<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl<T> Eq for Written<T> {}
impl<T> PartialOrd for Written<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Written<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<T: Text> Attr for Written<T> {
    fn shape() -> Shape {
        Shape::Plain(Type::String)
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let Value::String(text) = value else {
            return unexpected(T::EXPECTED, &value, at, problems);
        };
        match T::parse(&text) {
            Ok(value) => Some(Self { text, value }),
            Err(why) => {
                problems.push(Diagnostic::invalid(at, why));
                None
            }
        }
    }
    fn encode(&self, out: &mut dyn Sink) {
        out.string(&self.text);
    }
}

/// A span of time as Go writes it: `90m`, `1h30m`, `500ms`.
pub type Span = Written<Duration>;

impl Text for Duration {
    const EXPECTED: &'static str = "a duration such as \"90m\" or \"1h30m\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        duration(text).ok_or_else(|| {
            let text: String = text.chars().take(100).collect();
            format!(
                "{text:?} is not a duration. Write a number and a unit, such as \"90m\", \
                 \"1h30m\" or \"500ms\"; the units are h, m, s, ms, us and ns."
            )
        })
    }
}

/// Go counts nanoseconds in 63 bits, which are 292 years.
const LONGEST: Duration = Duration::from_nanos(i64::MAX.unsigned_abs());

fn duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut total = Duration::ZERO;
    while {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" | "μs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let part = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()?;
        total = total.checked_add(part)?;
        rest = tail;
        !rest.is_empty()
    } {}
    Some(total).filter(|total| *total <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_durations_are_read() {
        for (text, expected) in [
            ("90m", Some(5400.0)),
            ("1h30m", Some(5400.0)),
            ("500ms", Some(0.5)),
            ("1.5h", Some(5400.0)),
            ("0", Some(0.0)),
            ("2s250ms", Some(2.25)),
            ("", None),
            ("90", None),
            ("m", None),
            ("-5m", None),
            ("5 m", None),
            ("1d", None),
            ("1..5h", None),
            ("999999999999999999999h", None),
            ("2562048h", None),
            ("2562047h", Some(9_223_369_200.0)),
        ] {
            let found = duration(text).map(|found| found.as_secs_f64());
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn a_secret_prints_as_secret() {
        assert_eq!(format!("{:?}", Some(Secret("hush".to_owned()))), "Some((secret))");
    }

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

    #[test]
    fn a_number_without_end_is_none() {
        for number in [Number::Float(f64::INFINITY), Number::Decimal("1e400".into())] {
            let mut problems = Vec::new();
            let found = f64::decode(Value::Number(number), &Path::attribute("x"), &mut problems);
            assert_eq!((found, problems.len()), (None, 1));
        }
    }

    #[test]
    fn more_digits_than_fit_are_the_same_number() {
        let number = |digits: &str| Value::Number(Number::parse(digits).unwrap());
        assert!(f64::same(&number("0.10000000000000000001"), &number("0.1")));
        assert!(!f64::same(&number("0.1001"), &number("0.1")));
        assert!(!i64::same(&number("9007199254740993"), &number("9007199254740992")));
    }
}
