//! Many callers of one mint.

use std::sync::atomic::AtomicUsize;

use tokio::time::{advance, sleep};
use tokio_util::sync::CancellationToken;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

/// Makes `token 1`, `token 2`, ..., each after a second.
struct Mint {
    tokens: Tokens,
    lifetime: Duration,
    made: AtomicUsize,
    broken: Mutex<Option<Error>>,
}

impl Mint {
    fn new(lifetime: Duration) -> Self {
        let (tokens, made) = (Tokens::default(), AtomicUsize::new(0));
        Self { tokens, lifetime, made, broken: Mutex::new(None) }
    }

    fn break_with(&self, kind: Kind) {
        *self.broken.lock().unwrap() = Some(Error::new(kind, OPERATION, "the mint is closed"));
    }

    async fn make(&self) -> Result<Token> {
        let number = self.made.fetch_add(1, Ordering::SeqCst) + 1;
        sleep(Duration::from_secs(1)).await;
        let broken = self.broken.lock().unwrap().clone();
        broken.map_or_else(|| Ok(Token::new(format!("token {number}"), self.lifetime)), Err)
    }

    async fn get(&self) -> Result<String> {
        let token = self.tokens.get("scope", &deadline(), self.make()).await?;
        Ok(token.secret().expose().to_owned())
    }

    fn made(&self) -> usize {
        self.made.load(Ordering::SeqCst)
    }
}

fn deadline() -> Deadline {
    Deadline::within(Duration::from_secs(60), CancellationToken::new())
}

#[tokio::test(start_paused = true)]
async fn many_callers_share_one_token_per_scope() {
    let mint = Mint::new(HOUR);
    let (one, other) = tokio::join!(mint.get(), mint.get());
    assert_eq!((one.unwrap(), other.unwrap()), ("token 1".to_owned(), "token 1".to_owned()));
    let other = mint.tokens.get("other", &deadline(), mint.make()).await.unwrap();
    assert_eq!((other.secret().expose(), mint.made()), ("token 2", 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_ahead_while_others_go_on_using_it() {
    let mint = Mint::new(HOUR);
    mint.get().await.unwrap();
    advance(Duration::from_secs(39 * 60)).await;
    assert_eq!(mint.get().await.unwrap(), "token 1");
    advance(Duration::from_secs(2 * 60)).await;
    let (renewing, going_on) = tokio::join!(mint.get(), mint.get());
    assert_eq!((renewing.unwrap().as_str(), going_on.unwrap().as_str()), ("token 2", "token 1"));
    assert_eq!((mint.get().await.unwrap().as_str(), mint.made()), ("token 2", 2));
}

#[tokio::test(start_paused = true)]
async fn a_short_token_is_renewed_at_half_its_life() {
    let mint = Mint::new(Duration::from_secs(60));
    mint.get().await.unwrap();
    advance(Duration::from_secs(29)).await;
    assert_eq!(mint.get().await.unwrap(), "token 1");
    advance(Duration::from_secs(2)).await;
    assert_eq!(mint.get().await.unwrap(), "token 2");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_leaves_the_token_in_use_until_it_ends() {
    let mint = Mint::new(HOUR);
    mint.get().await.unwrap();
    mint.break_with(Kind::Unavailable);
    advance(Duration::from_secs(45 * 60)).await;
    assert_eq!(mint.get().await.unwrap(), "token 1");
    assert_eq!(mint.get().await.unwrap(), "token 1");
    assert_eq!(mint.made(), 2);
    advance(Duration::from_secs(15 * 60)).await;
    assert_eq!(mint.get().await.unwrap_err().kind, Kind::Unavailable);
}

#[tokio::test(start_paused = true)]
async fn those_who_waited_share_a_failure_but_not_a_timeout() {
    let mint = Mint::new(HOUR);
    mint.break_with(Kind::Denied);
    let (one, two) = tokio::join!(mint.get(), mint.get());
    assert_eq!((one.unwrap_err().kind, two.unwrap_err().kind), (Kind::Denied, Kind::Denied));
    assert_eq!(mint.made(), 1);
    assert_eq!((mint.get().await.unwrap_err().kind, mint.made()), (Kind::Denied, 2));
    mint.break_with(Kind::TimedOut);
    let _ = tokio::join!(mint.get(), mint.get());
    assert_eq!(mint.made(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_once_for_all_who_held_it() {
    let mint = Mint::new(HOUR);
    let held = mint.tokens.get("scope", &deadline(), mint.make()).await.unwrap();
    for _ in 0..2 {
        let make = mint.make();
        let new = mint.tokens.replace("scope", &held, &deadline(), make).await.unwrap();
        assert_eq!((new.secret().expose(), mint.made()), ("token 2", 2));
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_another_stops_when_told() {
    let mint = Mint::new(HOUR);
    let stopped = deadline();
    stopped.stop.cancel();
    let waiting = mint.tokens.get("scope", &stopped, mint.make());
    let (first, second) = tokio::join!(mint.get(), waiting);
    assert_eq!((first.unwrap().as_str(), second.unwrap_err().kind), ("token 1", Kind::Interrupted));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_gives_up_lets_the_next_have_its_turn() {
    let mint = Mint::new(HOUR);
    let impatient = tokio::time::timeout(Duration::from_millis(500), mint.get());
    let (gone, next) = tokio::join!(impatient, mint.get());
    assert!(gone.is_err());
    assert_eq!(next.unwrap(), "token 2");
}

#[test]
fn a_secret_is_never_printed() {
    let token = Token::new("wool", HOUR);
    assert!(!format!("{token:?}").contains("wool"));
    assert_eq!(format!("{:?}", token.secret()), "(secret)");
}
