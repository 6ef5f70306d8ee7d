//! Access tokens: what they are, and how one process shares them.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

/// A text that is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself. Only for what is sent to the service it belongs to.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// An access token for one scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    secret: Secret,
    /// From when on a new one is asked for while this one is still good.
    renew: Instant,
    /// From when on it must not be used.
    expires: Instant,
}

impl Token {
    /// A token that is good for `lifetime` from now.
    #[must_use]
    pub fn new(secret: impl Into<Secret>, lifetime: Duration) -> Self {
        let now = Instant::now();
        Self { secret: secret.into(), renew: now + lifetime / 2, expires: now + lifetime }
    }

    /// What goes behind `Bearer `.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}
