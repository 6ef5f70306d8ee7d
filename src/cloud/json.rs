//! Values in the documents of services, which send null, other types and other forms than they
//! document.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, PrimitiveDateTime, UtcOffset};

/// A text that is present and not blank.
pub(crate) fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// A whole number, also one that was written as a text or with a fraction.
pub(crate) fn number(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        #[expect(clippy::cast_possible_truncation, reason = "progress and sizes are small")]
        number => number.as_i64().or_else(|| Some(number.as_f64()?.round() as i64)),
    }
}

/// A number, also one that was written as a text.
pub(crate) fn decimal(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|number| number.is_finite())
}

/// A number of seconds since 1970 below this; of milliseconds, it would be in 1973.
const SECONDS: u64 = 100_000_000_000;

/// A point in time: RFC 3339, the same with an offset without a colon or with none at all (UTC), or
/// seconds or milliseconds since 1970.
pub(crate) fn time(value: Option<&Value>) -> Option<OffsetDateTime> {
    let text = match value? {
        Value::Number(number) => {
            let whole = number.as_i64()?;
            let unit = if whole.unsigned_abs() < SECONDS { 1_000_000_000 } else { 1_000_000 };
            let nanos = i128::from(whole) * unit;
            return OffsetDateTime::from_unix_timestamp_nanos(nanos).ok();
        }
        other => other.as_str()?.trim(),
    };
    let offset = text.len().checked_sub(5).and_then(|at| text.split_at_checked(at));
    let with_colon = offset
        .filter(|(_, offset)| offset.is_ascii() && offset.starts_with(['+', '-']))
        .map(|(time, offset)| format!("{time}{}:{}", &offset[..3], &offset[3..]));
    let read = OffsetDateTime::parse(with_colon.as_deref().unwrap_or(text), &Rfc3339).ok();
    let without = || PrimitiveDateTime::parse(&format!("{text}Z"), &Rfc3339).ok();
    read.or_else(|| without().map(PrimitiveDateTime::assume_utc))
        .and_then(|time| time.checked_to_offset(UtcOffset::UTC))
}

/// A point in time as RFC 3339 in UTC. One that is that already, or that cannot be read, stays as it
/// was sent.
pub(crate) fn utc(value: Option<&Value>) -> Option<String> {
    let is_utc = text(value).is_some_and(|text| text.contains('T') && text.ends_with('Z'));
    let read = time(value).filter(|_| !is_utc).and_then(|time| time.format(&Rfc3339).ok());
    read.or_else(|| text(value).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_java_services_write_them() {
        for (sent, read) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.890Z", "2026-01-02T03:04:05.890Z"),
            ("2026-01-02T03:04:05.600+0000", "2026-01-02T03:04:05.6Z"),
            ("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05Z"),
            ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
            ("yesterday", "yesterday"),
        ] {
            assert_eq!(utc(Some(&sent.into())).as_deref(), Some(read));
        }
        for number in [1_767_323_045_000_i64, 1_767_323_045] {
            let sent = Value::from(number);
            assert_eq!(utc(Some(&sent)).as_deref(), Some("2026-01-02T03:04:05Z"));
        }
        assert_eq!([utc(None), utc(Some(&"".into())), utc(Some(&Value::Null))], [None, None, None]);
    }

    /// Each of them has made the reading panic.
    #[test]
    fn a_time_that_cannot_be_read_does_no_harm() {
        for odd in ["2026-01-02T03:04:05+1é1", "+é12", "9999-12-31T23:59:59-12:00"] {
            assert_eq!(time(Some(&odd.into())), None, "{odd}");
            assert_eq!(utc(Some(&odd.into())).as_deref(), Some(odd));
        }
        for number in [i64::MIN, i64::MAX] {
            assert_eq!(time(Some(&number.into())), None, "{number}");
        }
    }
}
