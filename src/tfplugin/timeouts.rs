//! The argument `timeouts`, which every resource and data source has. The drivers add and read it.

use std::borrow::Cow;
use std::time::Duration;

use super::attr::Span;
use super::diagnostic::{Diagnostic, Path};
use super::model::{Attr, Attribute, Nesting, Shape};
use super::value::{Object, Value};

/// The argument's name.
pub(crate) const NAME: &str = "timeouts";

/// The argument that limits a creation.
pub(crate) const CREATE: &str = "timeouts.create";
/// The argument that limits a read.
pub(crate) const READ: &str = "timeouts.read";
/// The argument that limits an update in place.
pub(crate) const UPDATE: &str = "timeouts.update";
/// The argument that limits a deletion.
pub(crate) const DELETE: &str = "timeouts.delete";

/// The default limits of an object's operations, those that it has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timeouts {
    /// Creating, including the wait until it is ready.
    pub create: Option<Duration>,
    /// Reading.
    pub read: Option<Duration>,
    /// Changing in place.
    pub update: Option<Duration>,
    /// Deleting, including the wait until it is gone.
    pub delete: Option<Duration>,
}

impl Timeouts {
    fn operations(&self) -> impl Iterator<Item = (&'static str, &'static str, Duration)> {
        [
            ("create", "the creation", self.create),
            ("delete", "the deletion", self.delete),
            ("read", "the read operation", self.read),
            ("update", "the update", self.update),
        ]
        .into_iter()
        .filter_map(|(name, operation, limit)| Some((name, operation, limit?)))
    }

    /// The argument as the schema states it.
    #[must_use]
    pub(crate) fn attribute(&self) -> Attribute {
        let inner = self.operations().map(|(name, operation, limit)| {
            let doc = format!(
                "How long to wait for {operation} to complete, as a Go duration string such as \
                 `30m` or `1h30m`. Default: `{}`.",
                go(limit)
            );
            optional(name, doc.into(), Option::<Span>::shape())
        });
        let shape = Shape::Nested(Nesting::Single, inner.collect());
        optional(NAME, "How long to wait for operations to complete.".into(), shape)
    }

    /// The limits that apply, taken out of a configuration or state.
    pub(crate) fn take(&self, object: &mut Object, problems: &mut Vec<Diagnostic>) -> Self {
        let mut limits = *self;
        let path = Path::attribute(NAME);
        let Some(Value::Map(mut given)) = object.remove(NAME) else { return limits };
        for (name, limit) in [
            ("create", &mut limits.create),
            ("read", &mut limits.read),
            ("update", &mut limits.update),
            ("delete", &mut limits.delete),
        ] {
            let value = given.remove(name).unwrap_or(Value::Null);
            let at = path.then(name);
            match Option::<Span>::decode(value, &at, problems) {
                Some(Some(span)) if span.is_zero() => {
                    let detail = format!(
                        "`{at}` must be longer than zero: {:?} leaves no time for the operation. Use \
                         null for the default.",
                        span.text()
                    );
                    problems.push(Diagnostic::invalid(&at, detail));
                }
                Some(Some(span)) => *limit = Some(*span),
                _ => {}
            }
        }
        limits
    }
}

fn optional(name: &'static str, doc: Cow<'static, str>, shape: Shape) -> Attribute {
    Attribute {
        name,
        doc,
        shape,
        required: false,
        optional: true,
        computed: false,
        sensitive: false,
        write_only: false,
        flags: &[super::model::Flag::state_only],
        same: |a, b| a == b,
        adopts: |_, _| true,
        check: |_, _, _| {},
        default: || None,
    }
}

/// A duration as Go writes it, without the parts that are zero.
pub(crate) fn go(limit: Duration) -> String {
    let (minutes, seconds) = (limit.as_secs() / 60, limit.as_secs() % 60);
    match () {
        () if minutes == 0 || limit.subsec_nanos() > 0 => format!("{}s", limit.as_secs_f64()),
        () if seconds > 0 => format!("{minutes}m{seconds}s"),
        () if minutes.is_multiple_of(60) => format!("{}h", minutes / 60),
        () => format!("{minutes}m"),
    }
}

/// The limit of an operation; where the resource does not state one, that of most providers.
pub(crate) fn or_usual(limit: Option<Duration>) -> Duration {
    limit.unwrap_or(Duration::from_secs(20 * 60))
}

/// The values of `timeouts`, kept in state as they were written.
pub(crate) fn keep(object: &Object) -> Value {
    object.get(NAME).cloned().unwrap_or(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_that_may_not_take_any_time_is_refused() {
        let limits = Timeouts { create: Some(Duration::from_secs(60)), ..Timeouts::default() };
        let given = Value::Map([("create".into(), "0s".into())].into_iter().collect());
        let mut object: Object = [(NAME.into(), given)].into_iter().collect();
        let mut problems = Vec::new();
        let found = limits.take(&mut object, &mut problems);
        assert_eq!(found.create, Some(Duration::from_secs(60)));
        assert_eq!(problems[0].path.to_string(), "timeouts.create");
        assert!(problems[0].detail.contains("\"0s\" leaves no time"), "{}", problems[0].detail);
    }

    #[test]
    fn limits_read_as_go_would_read_them() {
        for (seconds, text) in
            [(10800.0, "3h"), (5400.0, "90m"), (90.0, "1m30s"), (30.0, "30s"), (0.25, "0.25s")]
        {
            assert_eq!(go(Duration::from_secs_f64(seconds)), text);
        }
    }
}
