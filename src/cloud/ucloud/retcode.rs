//! What the service's return codes mean for a caller.
//!
//! The service answers errors of every kind with HTTP 200 and a code. See
//! <https://docs.ucloud.cn/api/summary/public> and
//! <https://docs.ucloud.cn/api/uhost-api/error_code>.

use std::time::Duration;

use crate::cloud::Kind;

/// The code of an invalid parameter.
pub(super) const BAD_PARAMETER: i64 = 230;

/// A throttled request that is repeated within a second is throttled again.
const THROTTLED_PAUSE: Duration = Duration::from_secs(2);

/// What can be done about a code.
pub(super) struct Meaning {
    pub(super) kind: Kind,
    /// Whether the same request may succeed later.
    pub(super) transient: bool,
    /// The minimum pause before it is sent again.
    pub(super) pause: Option<Duration>,
    /// The client setting at fault.
    pub(super) setting: Option<&'static str>,
}

/// Whether a code is known to be permanent: the same request gets it again.
pub(super) fn is_permanent(code: i64) -> bool {
    let meaning = meaning(code);
    !meaning.transient && meaning.kind != Kind::Failed
}

/// The meaning of a code other than zero.
pub(super) fn meaning(code: i64) -> Meaning {
    let permanent = |kind, setting| Meaning { kind, transient: false, pause: None, setting };
    match code {
        153 => Meaning {
            kind: Kind::Throttled,
            transient: true,
            pause: Some(THROTTLED_PAUSE),
            setting: None,
        },
        // A fault of the gateway, or "failed to get ..., retry later".
        110 | 130 | 150 | 8025 | 8031 | 8041 | 8826 | 8828 | 8829 | 8857 | 8874 | 8889 => {
            Meaning { kind: Kind::Unavailable, transient: true, pause: None, setting: None }
        }
        // The operation is unknown: this is another service.
        160 | 161 => permanent(Kind::Invalid, Some("base_url")),
        170 | 171 => permanent(Kind::Denied, Some("private_key")),
        172 => permanent(Kind::Denied, Some("public_key")),
        174 => permanent(Kind::Denied, Some("security_token")),
        240 | 293 | 294 | 295 | 299 => permanent(Kind::Denied, None),
        BAD_PARAMETER => permanent(Kind::Invalid, None),
        292 => permanent(Kind::Invalid, Some("project_id")),
        _ => permanent(Kind::Failed, None),
    }
}
