use tokio_util::sync::CancellationToken;

use super::*;

const EVERY: Duration = Duration::from_secs(10);

/// Returns one result after the other, the last one forever.
struct Script {
    steps: Vec<fn() -> Result<Progress<u32>>>,
    at: Vec<Instant>,
}

impl Script {
    fn new(steps: &[fn() -> Result<Progress<u32>>]) -> Self {
        Self { steps: steps.to_vec(), at: Vec::new() }
    }

    async fn run(&mut self, within: u64) -> Result<u32> {
        let deadline = Deadline::within(seconds(within), CancellationToken::new());
        until_done("Wait", EVERY, None, &deadline, self).await
    }

    fn gaps(&self) -> Vec<u64> {
        self.at.windows(2).map(|pair| (pair[1] - pair[0]).as_secs()).collect()
    }
}

impl Poll for Script {
    type Output = u32;
    async fn poll(&mut self) -> Result<Progress<u32>> {
        self.at.push(Instant::now());
        self.steps[(self.at.len() - 1).min(self.steps.len() - 1)]()
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn unreadable(kind: Kind, status: u16, asked: Option<u64>) -> Result<Progress<u32>> {
    let error = Error::new(kind, "Get", format!("trouble {status}")).status(status);
    Ok(Progress::Unreadable(error, asked.map(seconds)))
}

fn forbidden() -> Result<Progress<u32>> {
    unreadable(Kind::Denied, 403, None)
}

#[tokio::test(start_paused = true)]
async fn the_pause_is_the_services_or_ours() {
    let mut script = Script::new(&[
        || Ok(Progress::Pending(Some(seconds(3)))),
        || Ok(Progress::Pending(None)),
        || Ok(Progress::Pending(Some(seconds(86_400)))),
        || Ok(Progress::Done(7)),
    ]);
    assert_eq!(script.run(3600).await.unwrap(), 7);
    assert_eq!(script.gaps(), [3, 10, 600]);
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_service_is_given_the_time_it_asks_for() {
    let mut script = Script::new(&[
        || unreadable(Kind::Throttled, 429, Some(900)),
        || unreadable(Kind::Unavailable, 503, Some(700)),
        || unreadable(Kind::Unavailable, 500, Some(700)),
        || Ok(Progress::Done(7)),
    ]);
    assert_eq!(script.run(3600).await.unwrap(), 7);
    assert_eq!(script.gaps(), [900, 700, 600]);
}

#[tokio::test(start_paused = true)]
async fn one_last_status_check_fits_before_the_deadline() {
    let mut script =
        Script::new(&[|| Ok(Progress::Pending(Some(seconds(300)))), || Ok(Progress::Done(7))]);
    assert_eq!(script.run(200).await.unwrap(), 7);
    assert_eq!(script.gaps(), [195]);
    let mut script = Script::new(&[|| Ok(Progress::Pending(Some(seconds(300))))]);
    let error = script.run(200).await.unwrap_err();
    assert_eq!((error.kind, script.at.len()), (Kind::TimedOut, 2));
    let expected = "not finished after 3m15s of the 3m20s allowed \
                    (the next status check is due in 5m)";
    assert_eq!(error.message, expected);
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_state_is_polled_until_the_deadline() {
    for step in [
        || unreadable(Kind::Unavailable, 502, None),
        || unreadable(Kind::Unexpected, 200, None),
        || unreadable(Kind::Throttled, 429, None),
        || unreadable(Kind::Unexpected, 404, None),
    ] {
        let mut script = Script::new(&[step]);
        let error = script.run(3600).await.unwrap_err();
        assert_eq!(error.kind, Kind::TimedOut);
        let trouble = error.facts.iter().find(|(name, _)| *name == "Last trouble");
        assert!(trouble.is_some_and(|(_, text)| text.starts_with("trouble ")), "{error:?}");
        assert!(script.at.len() > 300);
    }
}

#[tokio::test(start_paused = true)]
async fn a_state_that_is_refused_without_a_break_is_given_up_after_five_minutes() {
    let started = Instant::now();
    let error = Script::new(&[forbidden]).run(3600).await.unwrap_err();
    assert_eq!((error.kind, error.status), (Kind::Unreadable, Some(403)));
    // Each pause is up to a tenth longer than asked for.
    assert!((PATIENCE..PATIENCE + 2 * EVERY).contains(&started.elapsed()));
    // Other failures in between make no difference, a state that is read does.
    let other: fn() -> Result<Progress<u32>> = || unreadable(Kind::Unavailable, 500, None);
    let shown: fn() -> Result<Progress<u32>> = || Ok(Progress::Pending(None));
    let steps = |between, end: fn() -> Result<Progress<u32>>| {
        let mut steps = vec![forbidden as fn() -> _; 20];
        steps.push(between);
        steps.extend([forbidden as fn() -> _; 20]);
        steps.push(end);
        steps
    };
    let error = Script::new(&steps(other, forbidden)).run(3600).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unreadable);
    let done = Script::new(&steps(shown, || Ok(Progress::Done(7)))).run(3600).await;
    assert_eq!(done.unwrap(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_login_that_fails_for_good_is_given_up_after_five_minutes() {
    fn no_token(kind: Kind) -> Result<Progress<u32>> {
        Ok(Progress::Unreadable(Error::new(kind, "GetToken", "no token").of_login(), None))
    }
    let lasting: [fn() -> _; 2] = [|| no_token(Kind::Unexpected), || no_token(Kind::Invalid)];
    for step in lasting {
        let error = Script::new(&[step]).run(3600).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unreadable);
    }
    let error = Script::new(&[|| no_token(Kind::Unavailable)]).run(3600).await.unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_the_service_states_ends_the_wait() {
    let failed: fn() -> Result<Progress<u32>> = || Err(Error::new(Kind::Failed, "Get", "no disk"));
    let error = Script::new(&[|| Ok(Progress::Pending(None)), failed]).run(60).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::Failed, "no disk"));
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_stops_ends_the_wait() {
    let deadline = Deadline::within(seconds(600), CancellationToken::new());
    let stop = deadline.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(seconds(15)).await;
        stop.cancel();
    });
    let (started, mut script) = (Instant::now(), Script::new(&[forbidden]));
    let first = Some(seconds(1));
    let error = until_done("Wait", EVERY, first, &deadline, &mut script).await.unwrap_err();
    assert_eq!((error.kind, started.elapsed()), (Kind::Interrupted, seconds(15)));
    assert_eq!(script.at[0] - started, seconds(1));
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_once_may_be_there() {
    for (answers, found, looks) in [
        (vec![Some(7)], Some(7), 1),
        (vec![None, Some(7)], Some(7), 2),
        (vec![None, None, Some(7)], None, 2),
    ] {
        let deadline = Deadline::within(seconds(60), CancellationToken::new());
        let count = std::sync::atomic::AtomicUsize::new(0);
        let read = || async {
            let look = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            answers[look].ok_or_else(|| Error::new(Kind::NotFound, "Get", "missing"))
        };
        assert_eq!(if_it_exists("Get", &deadline, read).await.unwrap(), found);
        assert_eq!(count.into_inner(), looks);
    }
}
