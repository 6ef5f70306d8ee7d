use tokio_util::sync::CancellationToken;

use super::*;
use crate::cloud::fake::{Fake, Reply};

const HOUR: Duration = Duration::from_secs(3600);

fn second(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// Accepts every response that is not a transient failure.
fn patient(response: &Response) -> Retry {
    if !is_transient(response.status) {
        return Retry::No;
    }
    let kind = if response.status == 429 { Kind::Throttled } else { Kind::Unavailable };
    Retry::Yes(Error::new(kind, "Get", response.describe()))
}

fn get(url: &str) -> Request {
    Request::new(reqwest::Method::GET, url.parse().unwrap())
}

async fn send(url: &str, deadline: &Deadline, retry: RetryPolicy) -> Result<Response> {
    let http = Http::new("agent/1".to_owned());
    http.send("Get", deadline, retry, |_| std::future::ready(Ok(get(url))), patient).await
}

async fn ask(fake: &Fake, retry: RetryPolicy) -> Result<Response> {
    send(&fake.url(), &Deadline::within(HOUR, CancellationToken::new()), retry).await
}

fn ok() -> Reply {
    Reply::json(200, "{}")
}

#[tokio::test(start_paused = true)]
async fn a_successful_response_is_returned_completely() {
    let fake =
        Fake::start(|_| Reply::json(200, "\u{feff}{\"a\": 1}").header("X-Request", "r-1")).await;
    let response = ask(&fake, RetryPolicy::default()).await.unwrap();
    assert_eq!(response.json(), b"{\"a\": 1}");
    assert_eq!((response.header("x-request"), response.attempts), (Some("r-1"), 1));
    assert_eq!(fake.requests()[0].header("user-agent"), Some("agent/1"));
}

#[tokio::test(start_paused = true)]
async fn transient_failures_are_retried() {
    let failures = vec![
        Reply::empty(408),
        Reply::empty(429),
        Reply::empty(500),
        Reply::empty(502),
        Reply::empty(503),
        Reply::empty(504),
        Reply::reset(),
        Reply::json(200, "{\"long\": true}").truncated(),
        Reply::hang(),
    ];
    for failure in failures {
        let fake = Fake::replies(vec![failure.clone(), ok()]).await;
        let response = ask(&fake, RetryPolicy::default()).await;
        assert_eq!(response.map(|response| response.attempts), Ok(2), "{failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn other_statuses_are_final() {
    for status in [400, 401, 403, 404, 409, 412, 501, 505] {
        let fake = Fake::replies(vec![Reply::empty(status)]).await;
        assert_eq!(ask(&fake, RetryPolicy::default()).await.unwrap().status.as_u16(), status);
        assert_eq!(fake.count(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn attempts_are_counted_and_the_pauses_between_them_grow() {
    let fake = Fake::replies(vec![Reply::empty(503)]).await;
    let error =
        ask(&fake, RetryPolicy { attempts: 5, ..RetryPolicy::default() }).await.unwrap_err();
    assert_eq!((error.kind, fake.count()), (Kind::Unavailable, 5));
    assert!(error.facts.contains(&("Attempts", "5".to_owned())), "{error:?}");
    let gaps = fake.gaps();
    assert!(gaps.windows(2).all(|pair| pair[0] < pair[1]), "{gaps:?}");
    assert!(gaps[0] >= Duration::from_millis(300), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn no_pause_of_our_own_is_longer_than_the_longest() {
    let fake = Fake::replies(vec![Reply::empty(503)]).await;
    let retry = RetryPolicy { attempts: 9, longest: second(3), ..RetryPolicy::default() };
    ask(&fake, retry).await.unwrap_err();
    assert!(fake.gaps().iter().all(|gap| *gap < Duration::from_millis(3100)), "{:?}", fake.gaps());
}

#[tokio::test(start_paused = true)]
async fn the_pause_that_the_service_asks_for_is_kept() {
    let date = httpdate::fmt_http_date(SystemTime::now() + second(100));
    for (name, value, least) in [
        ("Retry-After", "7", second(7)),
        ("retry-after-ms", "1500", Duration::from_millis(1500)),
        ("x-ms-retry-after-ms", "2500", Duration::from_millis(2500)),
        ("Retry-After", date.as_str(), second(90)),
    ] {
        let fake = Fake::replies(vec![Reply::empty(429).header(name, value), ok()]).await;
        ask(&fake, RetryPolicy::default()).await.unwrap();
        let gap = fake.gaps()[0];
        assert!(gap >= least && gap < least + second(11), "{name}: {value}: {gap:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_retry_after_is_ignored() {
    for value in ["0", "soon", "-5", "Sun, 06 Nov 1994 08:49:37 GMT"] {
        let fake = Fake::replies(vec![Reply::empty(503).header("Retry-After", value), ok()]).await;
        ask(&fake, RetryPolicy::default()).await.unwrap();
        assert!(fake.gaps()[0] < second(1), "{value}: {:?}", fake.gaps());
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_is_not_one_does_not_hide_another() {
    for name in ["retry-after-ms", "x-ms-retry-after-ms"] {
        let busy = Reply::empty(503).header(name, "0").header("Retry-After", "30");
        let fake = Fake::replies(vec![busy, ok()]).await;
        ask(&fake, RetryPolicy::default()).await.unwrap();
        assert!(fake.gaps()[0] >= second(30), "{name}: {:?}", fake.gaps());
    }
}

#[tokio::test(start_paused = true)]
async fn a_minimum_pause_is_kept_and_then_grows() {
    let fake = Fake::replies(vec![ok()]).await;
    let http = Http::new(String::new());
    let deadline = Deadline::within(HOUR, CancellationToken::new());
    let retry = RetryPolicy { attempts: 4, ..RetryPolicy::default() };
    let url = fake.url();
    let make = |_| std::future::ready(Ok(get(&url)));
    let slow =
        |_: &Response| Retry::After(Error::new(Kind::Throttled, "Get", "slow down"), second(2));
    http.send("Get", &deadline, retry, make, slow).await.unwrap_err();
    let gaps = fake.gaps();
    assert!(gaps[0] >= second(2) && gaps[1] > gaps[0] && gaps[2] > gaps[1], "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_beyond_the_time_allowed_fails_at_once() {
    let fake = Fake::replies(vec![Reply::empty(429).header("Retry-After", "120")]).await;
    let deadline = Deadline::within(second(60), CancellationToken::new());
    let started = Instant::now();
    let error = send(&fake.url(), &deadline, RetryPolicy::default()).await.unwrap_err();
    assert_eq!((error.kind, fake.count()), (Kind::Throttled, 1));
    assert!(error.message.contains("would have to wait 2m"), "{}", error.message);
    assert!(started.elapsed() < second(1));
}

fn describe(response: &Response) -> Error {
    Error::new(Kind::of_status(response.status.as_u16()), "Put", response.describe())
}

async fn send_once(url: &str, deadline: &Deadline, retry: RetryPolicy) -> Result<Sent> {
    let http = Http::new("agent/1".to_owned());
    http.send_once("Put", deadline, retry, |_| std::future::ready(Ok(get(url))), describe).await
}

#[tokio::test(start_paused = true)]
async fn a_change_that_may_have_been_processed_is_not_repeated() {
    for (failure, kind) in [
        (Reply::reset(), Kind::Unavailable),
        (Reply::hang(), Kind::Unavailable),
        (Reply::json(200, "{\"long\": true}").truncated(), Kind::Unavailable),
        (Reply::empty(500), Kind::Unavailable),
        (Reply::empty(524), Kind::Unavailable),
        (Reply::empty(599), Kind::Unavailable),
        (Reply::empty(408), Kind::Unavailable),
    ] {
        let fake = Fake::replies(vec![failure, ok()]).await;
        let deadline = Deadline::within(HOUR, CancellationToken::new());
        let sent = send_once(&fake.url(), &deadline, RetryPolicy::default()).await.unwrap();
        let Sent::Unknown(error, _) = sent else { panic!("{sent:?}") };
        assert_eq!((error.kind, fake.count()), (kind, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_retried_since_nothing_was_sent() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let deadline = Deadline::within(HOUR, CancellationToken::new());
    let retry = RetryPolicy { attempts: 3, ..RetryPolicy::default() };
    let error = send_once(&format!("http://{free}"), &deadline, retry).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unavailable);
    assert!(error.facts.contains(&("Attempts", "3".to_owned())), "{error:?}");
    assert!(error.message.contains(&free.to_string()), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn a_throttled_change_is_sent_again_since_it_was_not_carried_out() {
    let slow = Reply::empty(429).header("Retry-After", 7);
    let fake = Fake::replies(vec![slow, ok()]).await;
    let deadline = Deadline::within(HOUR, CancellationToken::new());
    let sent = send_once(&fake.url(), &deadline, RetryPolicy::default()).await.unwrap();
    assert!(matches!(sent, Sent::Answered(response) if response.attempts == 2));
    assert!(fake.gaps()[0] >= second(7), "{:?}", fake.gaps());
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_request_that_reads_and_not_one_that_changes() {
    let fake = Fake::replies(vec![ok().after(second(20))]).await;
    let stopped = || {
        let deadline = Deadline::within(HOUR, CancellationToken::new());
        let stop = deadline.stop.clone();
        tokio::spawn(async move {
            tokio::time::sleep(second(5)).await;
            stop.cancel();
        });
        deadline
    };
    let started = Instant::now();
    let error = send(&fake.url(), &stopped(), RetryPolicy::default()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Interrupted);
    assert!(started.elapsed() < second(6));
    let sent = send_once(&fake.url(), &stopped(), RetryPolicy::default()).await.unwrap();
    assert!(matches!(sent, Sent::Answered(_)), "{sent:?}");
}

#[tokio::test]
async fn a_response_is_read_up_to_the_limit() {
    let fake = Fake::replies(vec![Reply::new(200, "text/plain", vec![b'a'; LARGEST + 1])]).await;
    let error = ask(&fake, RetryPolicy::default()).await.unwrap_err();
    assert_eq!((error.kind, fake.count()), (Kind::Unexpected, 1));
    assert!(error.message.contains("exceeds 64 MiB"), "{}", error.message);
    let fake = Fake::replies(vec![Reply::new(400, "text/plain", vec![b'a'; 3 << 20])]).await;
    let response = ask(&fake, RetryPolicy::default()).await.unwrap();
    assert_eq!((response.status.as_u16(), response.body.len()), (400, LARGEST_ERROR));
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_ends_in_a_timeout() {
    let fake = Fake::replies(vec![Reply::hang()]).await;
    let deadline = Deadline::within(second(150), CancellationToken::new());
    let started = Instant::now();
    let error = send(&fake.url(), &deadline, RetryPolicy::default()).await.unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut, "{error:?}");
    assert!(started.elapsed() <= second(151), "{:?}", started.elapsed());
    assert!((2..=3).contains(&fake.count()), "{}", fake.count());
    // All of the time allowed, not what the last attempt had of it.
    assert!(error.message.ends_with("within 2m30s"), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_after_the_deadline() {
    let fake = Fake::replies(vec![ok()]).await;
    let deadline = Deadline::within(Duration::ZERO, CancellationToken::new());
    let error = send(&fake.url(), &deadline, RetryPolicy::default()).await.unwrap_err();
    assert_eq!((error.kind, fake.count()), (Kind::TimedOut, 0));
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_the_pause_between_attempts() {
    let fake = Fake::replies(vec![Reply::empty(503).header("Retry-After", "600")]).await;
    let deadline = Deadline::within(HOUR, CancellationToken::new());
    let stop = deadline.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(second(5)).await;
        stop.cancel();
    });
    let started = Instant::now();
    let error = send(&fake.url(), &deadline, RetryPolicy::default()).await.unwrap_err();
    assert_eq!((error.kind, fake.count()), (Kind::Interrupted, 1));
    assert!(started.elapsed() < second(6));
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_a_new_request_with_its_number() {
    let fake = Fake::replies(vec![Reply::empty(503), Reply::empty(503), ok()]).await;
    let deadline = Deadline::within(HOUR, CancellationToken::new());
    let url = fake.url();
    let make = |attempt| std::future::ready(Ok(get(&format!("{url}/{attempt}"))));
    let http = Http::new(String::new());
    http.send("Get", &deadline, RetryPolicy::default(), make, patient).await.unwrap();
    let paths: Vec<String> = fake.requests().iter().map(|one| one.path().to_owned()).collect();
    assert_eq!(paths, ["/1", "/2", "/3"]);
}

#[tokio::test(start_paused = true)]
async fn redirects_are_not_followed_but_reported() {
    let target = "https://login.example/sign-in?token=t";
    let fake = Fake::replies(vec![Reply::empty(302).header("Location", target)]).await;
    let response = ask(&fake, RetryPolicy::default()).await.unwrap();
    let text = redirect_refused(&response).unwrap();
    assert!(text.contains("redirects to https://login.example:443 (HTTP 302)"), "{text}");
    assert!(!text.contains("token=t"), "{text}");
    assert_eq!(fake.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_description_holds_the_first_200_characters() {
    let page = format!("<html>{}", "字".repeat(5000));
    let fake = Fake::replies(vec![Reply::new(200, "text/html", page), Reply::empty(200)]).await;
    let response = ask(&fake, RetryPolicy::default()).await.unwrap();
    let text = response.describe();
    assert!(text.starts_with("HTTP 200 OK (text/html): <html>字"), "{text}");
    assert_eq!(text.matches('字').count(), 194);
    let response = ask(&fake, RetryPolicy::default()).await.unwrap();
    assert_eq!(response.describe(), "HTTP 200 OK with an empty body");
}

#[test]
fn this_machine_is_known_by_its_names() {
    let local = ["http://localhost:1", "http://LOCALHOST", "http://127.9.8.7", "http://[::1]:80"];
    let remote = ["http://localhost.example", "http://128.0.0.1", "http://[::2]", "data:x"];
    assert!(local.iter().all(|url| is_loopback(&url.parse().unwrap())));
    assert!(!remote.iter().any(|url| is_loopback(&url.parse().unwrap())));
}

/// Variables belong to a process, so this runs in a separate one: this test, run by itself.
#[tokio::test]
async fn a_proxy_is_not_used_for_loopback_hosts() {
    const INSIDE: &str = "CLOUD_HTTP_TEST_URL";
    if let Ok(url) = std::env::var(INSIDE) {
        let deadline = Deadline::within(second(20), CancellationToken::new());
        let retry = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
        assert_eq!(send(&url, &deadline, retry).await.unwrap().status.as_u16(), 200);
        let through = send("http://image.example/", &deadline, retry).await.unwrap();
        assert_eq!(through.status.as_u16(), 418);
        return;
    }
    let fake = Fake::replies(vec![ok()]).await;
    let proxy = Fake::replies(vec![Reply::empty(418)]).await;
    let output = tokio::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "cloud::http::tests::a_proxy_is_not_used_for_loopback_hosts"])
        .env(INSIDE, fake.url())
        .env("HTTP_PROXY", proxy.url())
        .env("http_proxy", proxy.url())
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((fake.count(), proxy.count()), (1, 1));
}

/// Serves TLS with a certificate that nobody trusts. Returns the port, and counts connections.
async fn untrusted() -> (u16, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let names = vec!["127.0.0.1".to_owned()];
    let certificate = rcgen::CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            acceptor.accept(stream).await.ok();
        }
    });
    (port, count)
}

#[tokio::test]
async fn a_certificate_that_is_not_accepted_is_final_and_says_why() {
    let (port, connections) = untrusted().await;
    let url = format!("https://127.0.0.1:{port}/");
    let deadline = Deadline::within(second(20), CancellationToken::new());
    let error = send(&url, &deadline, RetryPolicy::default()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Untrusted);
    assert_eq!(connections.load(std::sync::atomic::Ordering::Relaxed), 1);
    let start = format!("the certificate of 127.0.0.1:{port} was not accepted: ");
    assert!(error.message.starts_with(&start), "{}", error.message);
    assert!(error.message.contains("issued by an authority"), "{}", error.message);

    // A change was certainly not carried out.
    let http = Http::new("agent/1".to_owned());
    let make = |_| std::future::ready(Ok(get(&url)));
    let describe = |response: &Response| Error::new(Kind::Failed, "Put", response.describe());
    let retry = RetryPolicy::default();
    let error = http.send_once("Put", &deadline, retry, make, describe).await.unwrap_err();
    assert_eq!(error.kind, Kind::Untrusted);
    assert_eq!(connections.load(std::sync::atomic::Ordering::Relaxed), 2);
}
