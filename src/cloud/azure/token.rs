//! Access tokens: what they are, and how one process shares them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::cloud::{Deadline, Error, Kind, Result};
use crate::secret::Secret;

/// The operation that errors about tokens name.
pub const OPERATION: &str = "GetToken";

/// How long before its end a token is renewed, as azurerm does; half its life for short ones.
const AHEAD: Duration = Duration::from_secs(20 * 60);

/// A token this close to its end might reach the service after it.
const MARGIN: Duration = Duration::from_secs(30);

/// After a renewal failed, the next is this far away.
const PUT_OFF: Duration = Duration::from_secs(30);

/// An access token for one scope.
#[derive(Clone, Debug)]
pub struct Token {
    secret: Secret,
    /// From when on a new one is asked for while this one is still good.
    renew: Instant,
    /// From when on it is not used.
    expires: Instant,
}

impl Token {
    /// A token that is good for `lifetime` from now.
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

    /// What goes behind `Bearer `.
    #[must_use]
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

/// The tokens of one process, by scope.
///
/// A token that is still good is renewed by one caller while the others go on using it; one that
/// is not is fetched by one caller while the others wait. A caller that gives up lets the next one
/// have its turn.
#[derive(Debug, Default)]
pub struct Tokens {
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

#[derive(Debug, Default)]
struct Slot {
    current: Mutex<Option<Token>>,
    /// How many fetches have failed.
    failures: AtomicU64,
    /// Held by the one who fetches: the latest failure and its number.
    turn: Turn,
}

type Turn = tokio::sync::Mutex<Option<(u64, Error)>>;
type Held<'s> = tokio::sync::MutexGuard<'s, Option<(u64, Error)>>;

impl Tokens {
    /// A good token for `scope`, fetched only if there is none or it ages.
    ///
    /// # Errors
    /// Those of `fetch` if there is no good token, and those of `deadline` while waiting.
    pub async fn get(
        &self,
        scope: &str,
        deadline: &Deadline,
        fetch: impl Future<Output = Result<Token>>,
    ) -> Result<Token> {
        let slot = self.slot(scope);
        let now = Instant::now();
        match slot.current() {
            Some(token) if now < token.renew => Ok(token),
            Some(token) if now < token.expires => match slot.turn.try_lock() {
                Ok(turn) => Ok(slot.fetch(turn, fetch).await.unwrap_or_else(|error| {
                    tracing::debug!(scope, %error, "the token in use was not renewed");
                    slot.put_off_renewal();
                    token
                })),
                Err(_) => Ok(token),
            },
            _ => slot.wait_or_fetch(deadline, |token| Instant::now() < token.expires, fetch).await,
        }
    }

    /// A token for `scope` other than `stale`: the present one if another caller has replaced
    /// `stale` already, else a new one.
    ///
    /// # Errors
    /// Those of `fetch`, and those of `deadline` while waiting.
    pub async fn replace(
        &self,
        scope: &str,
        stale: &Token,
        deadline: &Deadline,
        fetch: impl Future<Output = Result<Token>>,
    ) -> Result<Token> {
        let differs =
            |token: &Token| token.secret != stale.secret && Instant::now() < token.expires;
        self.slot(scope).wait_or_fetch(deadline, differs, fetch).await
    }

    fn slot(&self, scope: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(scope.to_owned()).or_default())
    }
}

impl Slot {
    fn current(&self) -> Option<Token> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn wait_or_fetch(
        &self,
        deadline: &Deadline,
        good: impl Fn(&Token) -> bool,
        fetch: impl Future<Output = Result<Token>>,
    ) -> Result<Token> {
        let failures = self.failures.load(Ordering::SeqCst);
        let turn = tokio::select! {
            biased;
            turn = self.turn.lock() => turn,
            ended = deadline.pause(OPERATION, deadline.left().mul_f64(0.999)) => {
                ended?;
                let text = "the time allowed ran out while another caller fetched the token";
                return Err(Error::new(Kind::TimedOut, OPERATION, text));
            }
        };
        if let Some(token) = self.current().filter(&good) {
            return Ok(token);
        }
        match &*turn {
            // It happened while we waited: to ask again would give each of us the same answer.
            Some((number, error)) if *number > failures => Err(error.clone()),
            _ => self.fetch(turn, fetch).await,
        }
    }

    async fn fetch(
        &self,
        mut turn: Held<'_>,
        fetch: impl Future<Output = Result<Token>>,
    ) -> Result<Token> {
        match fetch.await {
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
