//! Whole numbers within bounds.

use super::diagnostic::{Diagnostic, Path};
use super::model::{Attr, Shape};
use super::value::{Sink, Value};

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Within<const MIN: i64, const MAX: i64>(i64);

impl<const MIN: i64, const MAX: i64> Within<MIN, MAX> {
    /// The number, in any type that holds numbers within the bounds.
    #[must_use]
    pub fn get<T: TryFrom<i64> + Default>(self) -> T {
        T::try_from(self.0).unwrap_or_default()
    }
}

impl<const MIN: i64, const MAX: i64> Attr for Within<MIN, MAX> {
    fn shape() -> Shape {
        i64::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let number = i64::decode(value, at, problems)?;
        if (MIN..=MAX).contains(&number) {
            return Some(Self(number));
        }
        let detail = format!("`{at}` must be between {MIN} and {MAX}, not {number}.");
        problems.push(Diagnostic::invalid(at, detail));
        None
    }
    fn encode(&self, out: &mut dyn Sink) {
        self.0.encode(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_belong_to_the_range() {
        for (number, ok) in [(0, false), (1, true), (30, true), (31, false)] {
            let mut problems = Vec::new();
            let read = Within::<1, 30>::decode(number.into(), &Path::attribute("n"), &mut problems);
            assert_eq!(read.is_some(), ok, "{number}");
            assert_eq!(problems.is_empty(), ok, "{number}");
        }
    }
}
