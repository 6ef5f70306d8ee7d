//! The time between two status checks, as the clouds' arguments take it.

use std::time::Duration;

use crate::tfplugin::attr::Text;

/// A duration. Zero would flood the service.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval(pub(crate) Duration);

impl Text for Interval {
    const EXPECTED: &'static str = "a duration such as \"30s\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        match Duration::parse(text)? {
            Duration::ZERO => Err(format!("{text:?} must be longer than zero.")),
            interval => Ok(Self(interval)),
        }
    }
}
