//! The access tokens that were handed out, shared with the services that check them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use super::journal::lock;

/// A registry of access tokens. Clones share the same registry.
#[derive(Debug, Clone, Default)]
pub struct Tokens(Arc<Mutex<HashMap<String, Token>>>);

/// Whom a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The tenant that issued it, by its id.
    pub tenant: String,
    /// The application, by its client id.
    pub client: String,
}

#[derive(Debug, Clone)]
struct Token {
    audience: String,
    holder: Option<Holder>,
    expires: Instant,
    expires_at: SystemTime,
    revoked: bool,
}

/// Why a service refuses a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It was never issued.
    Unknown,
    /// It was issued, and revoked by [`Tokens::revoke_all`].
    Revoked,
    /// Its lifetime ended at this moment.
    Expired(SystemTime),
    /// It is good, but for this other audience.
    WrongAudience(String),
}

impl Tokens {
    /// An empty registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a new random token for an audience, which does not say whom it speaks for.
    #[must_use]
    pub fn issue(&self, audience: &str, lifetime: Duration) -> String {
        let token = random();
        self.register(&token, audience, lifetime);
        token
    }

    /// Makes a new random token of `holder` for an audience.
    #[must_use]
    pub fn issue_to(&self, holder: Holder, audience: &str, lifetime: Duration) -> String {
        let token = random();
        self.insert(&token, Some(holder), audience, lifetime);
        token
    }

    /// Makes a token of the caller's choice valid, such as the one a command-line tool prints.
    pub fn register(&self, token: &str, audience: &str, lifetime: Duration) {
        self.insert(token, None, audience, lifetime);
    }

    /// Whom a token speaks for, if that was said when it was issued.
    #[must_use]
    pub fn holder(&self, token: &str) -> Option<Holder> {
        lock(&self.0).get(token).and_then(|token| token.holder.clone())
    }

    fn insert(&self, token: &str, holder: Option<Holder>, audience: &str, lifetime: Duration) {
        lock(&self.0).insert(
            token.to_owned(),
            Token {
                audience: audience.to_owned(),
                holder,
                expires: Instant::now() + lifetime,
                expires_at: SystemTime::now() + lifetime,
                revoked: false,
            },
        );
    }

    /// Revokes every token issued so far; the next use of each gets a 401.
    pub fn revoke_all(&self) {
        lock(&self.0).values_mut().for_each(|token| token.revoked = true);
    }

    /// How many tokens were issued.
    #[must_use]
    pub fn issued(&self) -> usize {
        lock(&self.0).len()
    }

    /// How many tokens were issued for one audience.
    #[must_use]
    pub fn issued_for(&self, audience: &str) -> usize {
        lock(&self.0).values().filter(|token| token.audience == audience).count()
    }

    /// Checks a token as a service does; audiences are compared byte for byte.
    ///
    /// # Errors
    /// Says why the token is refused.
    pub fn check(&self, token: &str, audiences: &[String]) -> Result<(), Refusal> {
        let audience = self.audience(token)?;
        if audiences.contains(&audience) { Ok(()) } else { Err(Refusal::WrongAudience(audience)) }
    }

    /// The audience of a token that is valid now.
    ///
    /// # Errors
    /// Says why the token is refused.
    pub fn audience(&self, token: &str) -> Result<String, Refusal> {
        let known = lock(&self.0).get(token).cloned().ok_or(Refusal::Unknown)?;
        if known.revoked {
            Err(Refusal::Revoked)
        } else if known.expires <= Instant::now() {
            Err(Refusal::Expired(known.expires_at))
        } else {
            Ok(known.audience)
        }
    }
}

/// Opaque on purpose: clients must not parse tokens.
fn random() -> String {
    let random = || uuid::Uuid::new_v4().simple().to_string();
    format!("{}.{}{}.{}", random(), random(), random(), random())
}

/// The audience a scope stands for: only the `/.default` goes, so that a scope with two slashes
/// keeps the one that belongs to the resource.
#[must_use]
pub fn audience_of(scope: &str) -> String {
    scope.strip_suffix("/.default").unwrap_or(scope).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audience_keeps_the_slash_of_a_double_slash_scope() {
        assert_eq!(
            audience_of("https://batch.core.windows.net//.default"),
            "https://batch.core.windows.net/"
        );
        assert_eq!(
            audience_of("https://batch.core.windows.net/.default"),
            "https://batch.core.windows.net"
        );
    }

    #[test]
    fn a_token_knows_whom_it_speaks_for_if_that_was_said() {
        let tokens = Tokens::new();
        let holder = Holder { tenant: "t".to_owned(), client: "c".to_owned() };
        let token = tokens.issue_to(holder.clone(), "a", Duration::from_secs(60));
        assert_eq!(tokens.holder(&token), Some(holder));
        assert_eq!(tokens.holder(&tokens.issue("a", Duration::from_secs(60))), None);
        assert_eq!(tokens.holder("x"), None);
    }

    #[test]
    fn a_token_is_refused_for_another_audience_after_its_time_and_once_revoked() {
        let tokens = Tokens::new();
        let audience = ["a/".to_owned()];
        let good = tokens.issue("a/", Duration::from_secs(60));
        let other = tokens.issue("a", Duration::from_secs(60));
        let old = tokens.issue("a/", Duration::ZERO);
        assert_eq!(tokens.check(&good, &audience), Ok(()));
        assert_eq!(tokens.check(&other, &audience), Err(Refusal::WrongAudience("a".to_owned())));
        assert!(matches!(tokens.check(&old, &audience), Err(Refusal::Expired(_))));
        assert_eq!(tokens.check("x", &audience), Err(Refusal::Unknown));
        tokens.revoke_all();
        assert_eq!(tokens.check(&good, &audience), Err(Refusal::Revoked));
        assert_eq!((tokens.issued(), tokens.issued_for("a/")), (3, 2));
    }
}
