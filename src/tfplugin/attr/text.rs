//! Text that has to be valid, in the spelling that the user chose.

use std::ops::Deref;
use std::time::Duration;

use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape, unexpected};
use crate::tfplugin::value::{Sink, Type, Value};

/// A value written as text that has to be valid: a pattern, a date, one of several words.
///
/// Implementing this is all it takes to use the type as an attribute.
pub trait Text: Sized {
    /// What is expected, as in "must be ...".
    const EXPECTED: &'static str;
    /// Reads the text.
    ///
    /// # Errors
    /// A whole sentence about what is wrong with the text.
    fn parse(text: &str) -> std::result::Result<Self, String>;
    /// Whether two texts mean the same, however they are spelled.
    fn same(a: &str, b: &str) -> bool {
        a == b
    }
    /// The text as a configuration would write it, if that can: a service may spell it in another
    /// way, or know more than the argument takes.
    fn written(text: &str) -> Option<String> {
        Self::parse(text).is_ok().then(|| text.to_owned())
    }
    /// What is unusual about a valid text, as a whole sentence: users are warned.
    fn doubt(_text: &str) -> Option<String> {
        None
    }
}

pub(super) fn same<T: Text>(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => T::same(a, b),
        _ => a == b,
    }
}

/// A [`Text`] together with the spelling that the user chose, which is what state keeps.
#[derive(Clone, Debug)]
pub struct Verbatim<T> {
    text: String,
    value: T,
}

impl<T> Verbatim<T> {
    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl<T> Deref for Verbatim<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> PartialEq for Verbatim<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl<T> Eq for Verbatim<T> {}
impl<T> PartialOrd for Verbatim<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Verbatim<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<T: Text> Attr for Verbatim<T> {
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
    fn same(a: &Value, b: &Value) -> bool {
        same::<T>(a, b)
    }
}

/// A duration as Go writes it: `90m`, `1h30m`, `500ms`.
pub type Span = Verbatim<Duration>;

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
}
