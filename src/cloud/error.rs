//! One error for every cloud, sorted by what a caller can do about it.

use std::fmt;

use crate::secret::excerpt;

/// The result of a call to a cloud.
pub type Result<T> = std::result::Result<T, Error>;

/// A failed API operation.
///
/// Holds facts, not advice: what to do about it depends on how the client was set
/// up, which only the caller knows. Its texts are redacted when it is made: services quote what
/// they were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What the caller can do about it.
    pub kind: Kind,
    /// How far it got.
    pub stage: Stage,
    /// The API's own name for the operation, such as `DescribeImage`.
    pub operation: &'static str,
    /// What the service said, or what went wrong on the way to it. Safe to show to a user.
    pub message: String,
    /// The service's own error code, such as `171` or `ResourceNotFound`.
    pub code: Option<String>,
    /// The HTTP status, when there was a response.
    pub status: Option<u16>,
    /// Further facts in the order they should be read, such as `("Region", "cn-bj2")`.
    pub facts: Vec<(&'static str, String)>,
    /// The name of the client setting that is at fault, when one is.
    pub setting: Option<&'static str>,
}

/// What a call was doing when it failed. The remedies differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Reading the client's own settings: nothing was sent.
    Settings,
    /// Getting a token, or whatever else the service requires first.
    Login,
    /// The call itself.
    Call,
}

/// The classes of failure that callers tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The object does not exist.
    NotFound,
    /// The object exists already, or is in a state that does not allow the operation.
    Conflict,
    /// Credentials are wrong or lack a right.
    Denied,
    /// The service, or this client before it, refused the request as wrong.
    Invalid,
    /// The service throttles requests for longer than we may wait.
    Throttled,
    /// The service could not be reached or could not respond.
    Unavailable,
    /// The certificate of the host was not accepted, so nothing was sent.
    Untrusted,
    /// The time allowed for the whole operation ran out.
    TimedOut,
    /// The caller asked to stop.
    Interrupted,
    /// The operation ran and ended in failure, as the service says itself.
    Failed,
    /// The state of an operation could not be read for so long that the wait was given up. The
    /// operation continues.
    Unreadable,
    /// The response is not one that this client understands.
    Unexpected,
}

impl Kind {
    /// The class of a response with this status, where the service says nothing more specific.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Denied,
            404 => Self::NotFound,
            409 | 412 => Self::Conflict,
            429 => Self::Throttled,
            408 | 500..=599 => Self::Unavailable,
            400..=499 => Self::Invalid,
            _ => Self::Unexpected,
        }
    }
}

impl Kind {
    /// The class of a refused login. The object that the token is for may well exist.
    #[must_use]
    pub fn of_login_status(status: u16) -> Self {
        match status {
            // OAuth's form of a refusal.
            400 => Self::Denied,
            404 | 409 | 412 => Self::Invalid,
            status => Self::of_status(status),
        }
    }
}

impl Error {
    /// An error of `kind` about `operation`.
    #[must_use]
    pub fn new(kind: Kind, operation: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            stage: Stage::Call,
            operation,
            message: shown(&message.into()),
            code: None,
            status: None,
            facts: Vec::new(),
            setting: None,
        }
    }

    /// An error about one of the client's own settings, found before any request.
    #[must_use]
    pub fn setting(
        operation: &'static str,
        setting: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let error = Self::new(Kind::Invalid, operation, message);
        Self { setting: Some(setting), stage: Stage::Settings, ..error }
    }

    /// The same error, in the authentication phase.
    #[must_use]
    pub fn of_login(self) -> Self {
        // An error about a setting stays that: it was found before any request.
        let stage = if self.stage == Stage::Call { Stage::Login } else { self.stage };
        Self { stage, ..self }
    }

    /// Adds the service's own code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(shown(&code.into()));
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Code and message, as far as there is a code.
    #[must_use]
    pub fn described(&self) -> String {
        match &self.code {
            Some(code) => format!("{code}: {}", self.message),
            None => self.message.clone(),
        }
    }

    /// Adds a fact, unless its value is empty.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.facts.push((name, shown(&value)));
        }
        self
    }
}

/// Nobody reads more, and to search more for secrets takes seconds.
const LONGEST: usize = 32_000;

fn shown(text: &str) -> String {
    excerpt(text, LONGEST)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation, self.message)
    }
}

impl std::error::Error for Error {}
