//! Numbers as Terraform has them: exact, of any size.

use std::fmt;
use std::str::FromStr;

use bigdecimal::BigDecimal;
use bigdecimal::num_traits::ToPrimitive;

/// A number, exact whatever its size. Kept in the form in which it came, compared by value.
#[derive(Clone, Debug)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// A binary fraction.
    Float(f64),
    /// Any other decimal, in digits.
    Decimal(Box<str>),
}

impl Number {
    /// Reads decimal digits, with fraction and exponent.
    ///
    /// # Errors
    /// When it is not a number, or one so large that computing with it would take minutes.
    pub fn parse(text: &str) -> Result<Self, String> {
        /// Terraform keeps 150 digits, and writes zeros after them.
        const LONGEST: usize = 5_000;
        if let Ok(whole) = text.parse() {
            return Ok(Self::Int(whole));
        }
        if text.len() > LONGEST {
            return Err("the number has too many digits".to_owned());
        }
        let digits = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
        let exact = BigDecimal::from_str(text).ok().filter(|_| text.chars().all(digits));
        match exact.map(|exact| exact.fractional_digit_count().unsigned_abs()) {
            None => Err(format!("{text:?} is not a number")),
            Some(zeros) if zeros > LONGEST as u64 => Err(format!("{text} is too large a number")),
            Some(_) => Ok(Self::Decimal(text.into())),
        }
    }

    /// A fraction as people write it: `39.9` is exactly that, not the nearest binary fraction.
    #[must_use]
    pub fn fraction(value: f64) -> Self {
        if value.fract() == 0.0 && value.abs() < 9e15 {
            #[allow(clippy::cast_possible_truncation, reason = "whole and within range")]
            return Self::Int(value as i64);
        }
        Self::Decimal(value.to_string().into())
    }

    /// The number, if it is whole and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => self.exact().filter(BigDecimal::is_integer)?.to_i64(),
        }
    }

    /// The nearest floating point number.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match self {
            #[allow(clippy::cast_precision_loss, reason = "the nearest is what was asked for")]
            Self::Int(number) => *number as f64,
            Self::Float(number) => *number,
            Self::Decimal(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    fn exact(&self) -> Option<BigDecimal> {
        match self {
            Self::Int(number) => Some((*number).into()),
            Self::Float(number) => BigDecimal::try_from(*number).ok(),
            Self::Decimal(text) => BigDecimal::from_str(text).ok(),
        }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            _ => self.exact() == other.exact(),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Decimal(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_by_value_whatever_their_form() {
        let half = Number::Decimal("0.50".into());
        assert_eq!(half, Number::Float(0.5));
        assert_eq!(Number::Int(7), Number::Decimal("7.0".into()));
        assert_ne!(Number::Decimal("0.1".into()), Number::Float(0.1), "0.1 is no binary fraction");
        let big = "123456789012345678901234567890";
        assert_eq!(Number::parse(big).unwrap(), Number::Decimal(big.into()));
        assert_eq!(Number::fraction(39.9), Number::Decimal("39.9".into()));
        assert_eq!(Number::Decimal("1e3".into()).as_i64(), Some(1000));
        assert_eq!(Number::Float(1.5).as_i64(), None);
    }

    #[test]
    fn only_numbers_of_a_size_to_compute_with_are_numbers() {
        for text in ["", "x", "1_000", "0x10", "1e999999999", "-1e-999999999", "inf", "NaN"] {
            assert!(Number::parse(text).is_err(), "{text}");
        }
        assert!(Number::parse(&"1".repeat(5_000_000)).is_err());
        assert!(Number::parse("-1.5E+3").is_ok());
    }
}
