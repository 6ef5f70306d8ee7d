//! Access tokens: where they come from, and how one process shares them.
//!
//! Each authentication method is a [`TokenSource`]; [`TokenCache`] keeps its tokens, for every
//! cloud alike.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Deadline, Error, Kind, Result};
use crate::secret::Secret;

/// The name of the operation in errors about tokens.
pub const OPERATION: &str = "GetToken";

/// How long before its expiry a token is renewed, as azurerm does; half its lifetime for short ones.
const AHEAD: Duration = Duration::from_secs(20 * 60);

/// A token this close to its expiry might be expired when it reaches the service.
const MARGIN: Duration = Duration::from_secs(30);

/// The pause after a failed renewal.
const PUT_OFF: Duration = Duration::from_secs(30);

/// How long a renewal may take while the old token is still in use.
const RENEWAL: Duration = Duration::from_secs(120);

/// An access token.
#[derive(Clone, Debug)]
pub struct Token {
    secret: Secret,
    /// When to renew it, although it is still valid.
    renew: Instant,
    /// When to stop using it.
    expires: Instant,
}

/// A lifetime that a service states in seconds. An absurd number must not be a panic.
#[must_use]
pub fn stated(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.0, 1e9))
}

impl Token {
    /// A token that is valid for `lifetime` from now.
    #[must_use]
    pub fn new(secret: impl Into<Secret>, lifetime: Duration) -> Self {
        // No service names a longer one; an absurd one must not overflow the clock.
        let lifetime = lifetime.min(Duration::from_secs(7 * 24 * 3600));
        let ahead = AHEAD.min(lifetime / 2);
        let (now, margin) = (Instant::now(), MARGIN.min(lifetime / 20));
        Self {
            secret: secret.into(),
            renew: now + (lifetime - ahead),
            expires: now + (lifetime - margin),
        }
    }

    /// What follows `Bearer `.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

/// A future that a trait object returns.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Token>> + Send + 'a>>;

/// A source of tokens.
pub trait TokenSource: fmt::Debug + Send + Sync + 'static {
    /// Requests a new token for `scope`. `claims` is what a service required in it when it refused
    /// the one before.
    ///
    /// # Errors
    /// What the login service said, and those of `deadline`.
    fn fetch<'a>(
        &'a self,
        scope: &'a str,
        claims: Option<&'a str>,
        deadline: &'a Deadline,
    ) -> Fetching<'a>;
}

/// The tokens of one login, by scope.
///
/// A valid token is renewed in the background, so that an authentication that hangs delays nobody;
/// without one, one caller fetches it while the others wait. If that caller gives up, the next one
/// fetches it.
#[derive(Debug)]
pub struct TokenCache {
    source: Arc<dyn TokenSource>,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

#[derive(Debug, Default)]
struct Slot {
    current: Mutex<Option<Token>>,
    /// How many fetches have failed.
    failures: AtomicU64,
    /// Held by the caller that fetches: the latest failure and its number.
    turn: Arc<Turn>,
}

type Turn = tokio::sync::Mutex<Option<(u64, Error)>>;
type Held = OwnedMutexGuard<Option<(u64, Error)>>;

/// What a caller wants.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    scope: &'a str,
    claims: Option<&'a str>,
    /// A token that a service has refused.
    stale: Option<&'a Token>,
}

impl TokenCache {
    /// The tokens that `source` gives.
    #[must_use]
    pub fn new(source: Arc<dyn TokenSource>) -> Self {
        Self { source, slots: Mutex::default() }
    }

    /// A valid token for `scope`, fetched only if there is none.
    ///
    /// # Errors
    /// Those of the source if there is no valid token, and those of `deadline` while waiting.
    pub async fn get(&self, scope: &str, deadline: &Deadline) -> Result<Token> {
        let slot = self.slot(scope);
        let now = Instant::now();
        match slot.current() {
            Some(token) if now < token.expires => {
                if now >= token.renew
                    && let Ok(turn) = Arc::clone(&slot.turn).try_lock_owned()
                {
                    self.renew(slot, turn, scope);
                }
                Ok(token)
            }
            _ => {
                let wanted = Wanted { scope, claims: None, stale: None };
                self.wait_or_fetch(&slot, wanted, deadline).await
            }
        }
    }

    /// A token for `scope` other than `stale`: the present one if another caller has replaced
    /// `stale` already, else a new one, with the `claims` that the service requires.
    ///
    /// # Errors
    /// Those of [`TokenCache::get`].
    pub async fn replace(
        &self,
        scope: &str,
        stale: &Token,
        claims: Option<&str>,
        deadline: &Deadline,
    ) -> Result<Token> {
        let wanted = Wanted { scope, claims, stale: Some(stale) };
        self.wait_or_fetch(&self.slot(scope), wanted, deadline).await
    }

    fn slot(&self, scope: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(scope.to_owned()).or_default())
    }

    /// Fetches a token while the present one is still in use.
    fn renew(&self, slot: Arc<Slot>, turn: Held, scope: &str) {
        let (source, scope) = (Arc::clone(&self.source), scope.to_owned());
        tokio::spawn(async move {
            let deadline = Deadline::within(RENEWAL, CancellationToken::new());
            let wanted = Wanted { scope: &scope, claims: None, stale: None };
            if let Err(error) = slot.fetch(turn, &*source, wanted, &deadline).await {
                tracing::debug!(scope, %error, "the token in use was not renewed");
                slot.put_off_renewal();
            }
        });
    }

    async fn wait_or_fetch(
        &self,
        slot: &Slot,
        wanted: Wanted<'_>,
        deadline: &Deadline,
    ) -> Result<Token> {
        let is_good = |token: &Token| {
            let is_stale = wanted.stale.is_some_and(|stale| stale.secret == token.secret);
            !is_stale && Instant::now() < token.expires
        };
        let failures = slot.failures.load(Ordering::SeqCst);
        let turn = Arc::clone(&slot.turn).lock_owned();
        let turn = deadline.race(OPERATION, turn).await.map_err(Error::of_login)?;
        if let Some(token) = slot.current().filter(is_good) {
            return Ok(token);
        }
        match &*turn {
            // It failed while we waited: another request would have the same result.
            Some((number, error)) if *number > failures => Err(error.clone()),
            _ => slot.fetch(turn, &*self.source, wanted, deadline).await,
        }
    }
}

impl Slot {
    fn current(&self) -> Option<Token> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(
        &self,
        mut turn: Held,
        source: &dyn TokenSource,
        wanted: Wanted<'_>,
        deadline: &Deadline,
    ) -> Result<Token> {
        match source.fetch(wanted.scope, wanted.claims, deadline).await.map_err(Error::of_login) {
            Ok(token) => {
                let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
                *current = Some(token.clone());
                Ok(token)
            }
            Err(error) => {
                // That one caller has no time left says nothing about the others.
                if !matches!(error.kind, Kind::TimedOut | Kind::Interrupted) {
                    let number = self.failures.fetch_add(1, Ordering::SeqCst) + 1;
                    *turn = Some((number, error.clone()));
                }
                Err(error)
            }
        }
    }

    fn put_off_renewal(&self) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(token) = current.as_mut() {
            token.renew = Instant::now() + PUT_OFF;
        }
    }
}

#[cfg(test)]
mod tests;
