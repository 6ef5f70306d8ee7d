//! `systemData`: who created and last changed a resource, and when.

use std::time::SystemTime;

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::entra::CLIENT_ID;

/// A time as Resource Manager writes it: RFC 3339 in UTC with seven digits of a second.
///
/// ```
/// let epoch = std::time::SystemTime::UNIX_EPOCH;
/// assert_eq!(simulated_clouds::arm::timestamp(epoch), "1970-01-01T00:00:00.0000000Z");
/// ```
#[must_use]
pub fn timestamp(at: SystemTime) -> String {
    let at = OffsetDateTime::from(at);
    format!(
        "{}T{:02}:{:02}:{:02}.{:07}Z",
        at.date(),
        at.hour(),
        at.minute(),
        at.second(),
        at.nanosecond() / 100
    )
}

/// Of a resource that is created now.
pub(crate) fn created(by: &str, kind: &str) -> Value {
    let now = timestamp(SystemTime::now());
    json!({
        "createdBy": by,
        "createdByType": kind,
        "createdAt": now,
        "lastModifiedBy": by,
        "lastModifiedByType": kind,
        "lastModifiedAt": now,
    })
}

/// Of a resource that the application of the tests writes now; what is known of its creation
/// stays.
pub(crate) fn written(before: Option<&Value>) -> Value {
    let mut data = created(CLIENT_ID, "Application");
    if let Some(before) = before {
        for name in ["createdBy", "createdByType", "createdAt"] {
            if let Some(value) = before.get(name).filter(|value| !value.is_null()) {
                data[name] = value.clone();
            }
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_timestamp_has_seven_digits_of_a_second() {
        let at = SystemTime::UNIX_EPOCH + Duration::from_nanos(1_767_323_045_067_890_100);
        assert_eq!(timestamp(at), "2026-01-02T03:04:05.0678901Z");
    }

    #[test]
    fn a_write_keeps_the_creation() {
        let before = json!({"createdBy": "someone", "createdByType": "User", "createdAt": "then"});
        let after = written(Some(&before));
        assert_eq!((&after["createdBy"], &after["createdAt"]), (&json!("someone"), &json!("then")));
        assert_eq!(after["lastModifiedBy"], CLIENT_ID);
        assert_eq!(written(None)["createdBy"], CLIENT_ID);
    }
}
