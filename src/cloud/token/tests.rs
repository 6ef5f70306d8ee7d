//! Many callers of one token source.

use std::sync::atomic::AtomicUsize;

use tokio::time::{advance, sleep};

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

/// Makes `token 1`, `token 2`, ..., each after a second.
#[derive(Debug)]
struct Mint {
    lifetime: Duration,
    made: AtomicUsize,
    broken: Mutex<Option<Error>>,
    slow: Mutex<Duration>,
}

impl TokenSource for Mint {
    fn fetch<'a>(&'a self, _: &'a str, _: Option<&'a str>, _: &'a Deadline) -> Fetching<'a> {
        Box::pin(async {
            let number = self.made.fetch_add(1, Ordering::SeqCst) + 1;
            let slow = *self.slow.lock().unwrap();
            sleep(slow).await;
            let broken = self.broken.lock().unwrap().clone();
            broken.map_or_else(|| Ok(Token::new(format!("token {number}"), self.lifetime)), Err)
        })
    }
}

/// A source and the cache of its tokens.
struct Bank {
    mint: Arc<Mint>,
    tokens: TokenCache,
}

impl Bank {
    fn new(lifetime: Duration) -> Self {
        let mint = Arc::new(Mint {
            lifetime,
            made: AtomicUsize::new(0),
            broken: Mutex::new(None),
            slow: Mutex::new(Duration::from_secs(1)),
        });
        Self { tokens: TokenCache::new(mint.clone()), mint }
    }

    fn break_with(&self, kind: Kind) {
        *self.mint.broken.lock().unwrap() = Some(Error::new(kind, OPERATION, "the mint is closed"));
    }

    async fn get(&self) -> Result<String> {
        let token = self.tokens.get("scope", &deadline()).await?;
        Ok(token.secret().expose().to_owned())
    }

    fn made(&self) -> usize {
        self.mint.made.load(Ordering::SeqCst)
    }
}

fn deadline() -> Deadline {
    Deadline::within(Duration::from_secs(60), CancellationToken::new())
}

#[tokio::test(start_paused = true)]
async fn many_callers_share_one_token_per_scope() {
    let bank = Bank::new(HOUR);
    let (one, other) = tokio::join!(bank.get(), bank.get());
    assert_eq!((one.unwrap(), other.unwrap()), ("token 1".to_owned(), "token 1".to_owned()));
    let other = bank.tokens.get("other", &deadline()).await.unwrap();
    assert_eq!((other.secret().expose(), bank.made()), ("token 2", 2));
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_early_while_it_is_still_in_use() {
    let bank = Bank::new(HOUR);
    bank.get().await.unwrap();
    advance(Duration::from_secs(39 * 60)).await;
    assert_eq!(bank.get().await.unwrap(), "token 1");
    advance(Duration::from_secs(2 * 60)).await;
    let (one, other) = tokio::join!(bank.get(), bank.get());
    assert_eq!((one.unwrap().as_str(), other.unwrap().as_str()), ("token 1", "token 1"));
    sleep(Duration::from_secs(2)).await;
    assert_eq!((bank.get().await.unwrap().as_str(), bank.made()), ("token 2", 2));
}

#[tokio::test(start_paused = true)]
async fn a_login_that_hangs_does_not_delay_callers_with_a_valid_token() {
    let bank = Bank::new(HOUR);
    bank.get().await.unwrap();
    *bank.mint.slow.lock().unwrap() = HOUR;
    advance(Duration::from_secs(45 * 60)).await;
    let started = Instant::now();
    for _ in 0..3 {
        assert_eq!(bank.get().await.unwrap(), "token 1");
    }
    assert_eq!((started.elapsed(), bank.made()), (Duration::ZERO, 1));
    tokio::task::yield_now().await;
    assert_eq!(bank.made(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_short_token_is_renewed_at_half_its_life() {
    let bank = Bank::new(Duration::from_secs(60));
    bank.get().await.unwrap();
    advance(Duration::from_secs(29)).await;
    assert_eq!((bank.get().await.unwrap().as_str(), bank.made()), ("token 1", 1));
    advance(Duration::from_secs(2)).await;
    bank.get().await.unwrap();
    sleep(Duration::from_secs(2)).await;
    assert_eq!(bank.get().await.unwrap(), "token 2");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_leaves_the_token_in_use_until_it_ends() {
    let bank = Bank::new(HOUR);
    bank.get().await.unwrap();
    bank.break_with(Kind::Unavailable);
    advance(Duration::from_secs(45 * 60)).await;
    for _ in 0..2 {
        assert_eq!(bank.get().await.unwrap(), "token 1");
        sleep(Duration::from_secs(2)).await;
    }
    assert_eq!(bank.made(), 2);
    advance(Duration::from_secs(15 * 60)).await;
    let error = bank.get().await.unwrap_err();
    assert_eq!((error.kind, error.stage), (Kind::Unavailable, crate::cloud::Stage::Login));
}

#[tokio::test(start_paused = true)]
async fn waiting_callers_share_a_failure_but_not_a_timeout() {
    let bank = Bank::new(HOUR);
    bank.break_with(Kind::Denied);
    let (one, two) = tokio::join!(bank.get(), bank.get());
    assert_eq!((one.unwrap_err().kind, two.unwrap_err().kind), (Kind::Denied, Kind::Denied));
    assert_eq!(bank.made(), 1);
    assert_eq!((bank.get().await.unwrap_err().kind, bank.made()), (Kind::Denied, 2));
    bank.break_with(Kind::TimedOut);
    let _ = tokio::join!(bank.get(), bank.get());
    assert_eq!(bank.made(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_replaced_once_for_all_callers() {
    let bank = Bank::new(HOUR);
    let held = bank.tokens.get("scope", &deadline()).await.unwrap();
    for _ in 0..2 {
        let new = bank.tokens.replace("scope", &held, None, &deadline()).await.unwrap();
        assert_eq!((new.secret().expose(), bank.made()), ("token 2", 2));
    }
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_waits_for_another_can_be_cancelled() {
    let bank = Bank::new(HOUR);
    let stopped = deadline();
    stopped.stop.cancel();
    let waiting = bank.tokens.get("scope", &stopped);
    let (first, second) = tokio::join!(bank.get(), waiting);
    assert_eq!((first.unwrap().as_str(), second.unwrap_err().kind), ("token 1", Kind::Interrupted));
}

#[tokio::test(start_paused = true)]
async fn after_a_caller_gives_up_the_next_one_fetches() {
    let bank = Bank::new(HOUR);
    let impatient = tokio::time::timeout(Duration::from_millis(500), bank.get());
    let (gone, next) = tokio::join!(impatient, bank.get());
    assert!(gone.is_err());
    assert_eq!(next.unwrap(), "token 2");
}

#[test]
fn a_secret_is_never_printed() {
    let token = Token::new("wool", HOUR);
    assert!(!format!("{token:?}").contains("wool"));
    assert_eq!(format!("{:?}", token.secret()), "(secret)");
}
