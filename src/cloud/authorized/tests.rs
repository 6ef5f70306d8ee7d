use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::cloud::fake::{Fake, Reply};
use crate::cloud::poll::{Poll, Progress, until_done};
use crate::cloud::token::{Fetching, TokenSource};

/// The domains of a service with several addresses.
const DOMAINS: &[&str] = &["clouds.example"];

const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true}}}"#;

/// A second authentication method: it only needs a source. Its tokens contain the request.
#[derive(Debug, Default)]
struct Keyring {
    lifetime: Option<Duration>,
    made: AtomicUsize,
    claims: Mutex<Vec<Option<String>>>,
}

impl TokenSource for Keyring {
    fn fetch<'a>(
        &'a self,
        scope: &'a str,
        claims: Option<&'a str>,
        _: &'a Deadline,
    ) -> Fetching<'a> {
        Box::pin(async move {
            let number = self.made.fetch_add(1, Ordering::SeqCst) + 1;
            lock(&self.claims).push(claims.map(str::to_owned));
            let lifetime = self.lifetime.unwrap_or(Duration::from_secs(3600));
            Ok(Token::new(format!("{scope}-token-{number}"), lifetime))
        })
    }
}

struct Setup {
    keys: Arc<Keyring>,
    client: Client,
}

fn setup(keys: Keyring, origins: &[&str]) -> Setup {
    let keys = Arc::new(keys);
    let own: Url = origins[0].parse().unwrap();
    let origins = match origins {
        [_] => Origins::One(own),
        _ => Origins::Several { own, domains: DOMAINS },
    };
    let tokens = Arc::new(TokenCache::new(keys.clone()));
    let client = Client::new(Arc::new(Http::new("test".into())), tokens, "ring", origins);
    Setup { keys, client }
}

fn deadline() -> Deadline {
    Deadline::within(Duration::from_secs(20), CancellationToken::new())
}

async fn send(client: &Client, url: &str) -> Result<Response> {
    let url = Url::parse(url).unwrap();
    let make = async |_| Ok(Request::new(reqwest::Method::GET, url.clone()));
    let (deadline, retry) = (deadline(), RetryPolicy::default());
    let sent = client.send("Get", &deadline, retry, make, |_: &Response| Retry::No);
    fn assert_send<T: Send>(future: T) -> T {
        future
    }
    assert_send(sent).await
}

async fn send_once(client: &Client, url: &str) -> Result<Sent> {
    let url = Url::parse(url).unwrap();
    let make = async |_| {
        let mut put = Request::new(reqwest::Method::PUT, url.clone());
        *put.body_mut() = Some("body".into());
        Ok(put)
    };
    let describe = |response: &Response| {
        let status = response.status.as_u16();
        Error::new(Kind::of_status(status), "Put", response.describe()).status(status)
    };
    client.send_once("Put", &deadline(), RetryPolicy::default(), make, describe).await
}

fn shown(service: &Fake) -> Vec<String> {
    let header = |request: crate::cloud::fake::Request| {
        request.header("authorization").unwrap_or_default().to_owned()
    };
    service.requests().into_iter().map(header).collect()
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_request_sent_once_more() {
    let service = Fake::start(|request| match request.header("authorization") {
        Some("Bearer ring-token-1") => Reply::empty(401),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let setup = setup(Keyring::default(), &[&service.url()]);
    for _ in 0..2 {
        let response = send(&setup.client, &service.url()).await.unwrap();
        assert_eq!(response.status, 200);
    }
    let expected = ["Bearer ring-token-1", "Bearer ring-token-2", "Bearer ring-token-2"];
    assert_eq!(shown(&service), expected);
    assert_eq!(setup.keys.made.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_second_refusal_is_final() {
    let service = Fake::replies(vec![Reply::empty(401)]).await;
    let setup = setup(Keyring::default(), &[&service.url()]);
    let response = send(&setup.client, &service.url()).await.unwrap();
    assert_eq!((response.status.as_u16(), service.count()), (401, 2));
    let sent = send_once(&setup.client, &service.url()).await.unwrap();
    assert!(matches!(sent, Sent::Answered(response) if response.status == 401));
    assert_eq!(service.count(), 4);
}

#[tokio::test]
async fn claims_that_the_service_requires_reach_the_source() {
    let service = Fake::start(|request| match request.number {
        1 => {
            let encoded = base64::engine::general_purpose::STANDARD.encode(CLAIMS);
            let challenge =
                format!("Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{encoded}\"");
            Reply::empty(401).header("www-authenticate", challenge)
        }
        _ => Reply::json(200, "{}"),
    })
    .await;
    let setup = setup(Keyring::default(), &[&service.url()]);
    send(&setup.client, &service.url()).await.unwrap();
    assert_eq!(*lock(&setup.keys.claims), [None, Some(CLAIMS.to_owned())]);
}

#[tokio::test]
async fn no_token_goes_to_another_origin() {
    let service = Fake::replies(vec![Reply::json(200, "{}")]).await;
    let elsewhere = Fake::start(Reply::unexpected).await;
    let one = setup(Keyring::default(), &[&service.url()]);
    let error = send(&one.client, &elsewhere.url()).await.unwrap_err();
    let place = elsewhere.url().replace("http://", "");
    assert!(error.message.contains(&place), "{}", error.message);
    assert!(send_once(&one.client, &elsewhere.url()).await.is_err());
    assert_eq!((elsewhere.count(), one.keys.made.load(Ordering::SeqCst)), (0, 0));
}

/// A service with several addresses passes a change on to the region that is responsible.
#[tokio::test]
async fn a_redirect_keeps_the_method_the_body_the_query_and_the_token() {
    let region = Fake::replies(vec![Reply::empty(201)]).await;
    for status in [301, 302, 307, 308] {
        let target = format!("{}/region/images", region.url());
        let service = Fake::start(move |_| Reply::empty(status).header("location", &target)).await;
        let setup = setup(Keyring::default(), &[&service.url(), "several"]);
        let sent = send_once(&setup.client, &format!("{}/images?a=1", service.url())).await;
        assert!(matches!(sent.unwrap(), Sent::Answered(r) if r.status == 201));
        let arrived = region.requests().pop().unwrap();
        let shown = (arrived.method.as_str(), arrived.target.as_str(), arrived.text());
        assert_eq!(shown, ("PUT", "/region/images?a=1", "body".to_owned()));
        assert_eq!(arrived.header("authorization"), Some("Bearer ring-token-1"));
    }
}

#[tokio::test]
async fn redirects_in_a_circle_and_to_another_service_end() {
    let service = Fake::start(|_| Reply::empty(307).header("location", "/again")).await;
    let setup_of = |url: &str| setup(Keyring::default(), &[url, "several"]);
    let error = send(&setup_of(&service.url()).client, &service.url()).await.unwrap_err();
    assert!(error.message.contains("redirects again and again"), "{}", error.message);
    assert_eq!(service.count(), 1 + REDIRECTS);
    for location in ["https://wolf.example/", "https://notclouds.example/"] {
        let service = Fake::start(move |_| Reply::empty(302).header("location", location)).await;
        let error = send_once(&setup_of(&service.url()).client, &service.url()).await.unwrap_err();
        assert_eq!((error.kind, service.count()), (Kind::Invalid, 1), "{}", error.message);
    }
    // One with a single address does not redirect.
    let single = setup(Keyring::default(), &[&service.url()]);
    assert_eq!(send(&single.client, &service.url()).await.unwrap().status, 307);
}

#[test]
fn a_service_with_several_addresses_is_its_host_and_its_domains() {
    let own = Url::parse("https://gate.clouds.test").unwrap();
    let origins = Origins::Several { own: own.clone(), domains: DOMAINS };
    let leads = |location: &str| {
        let headers = [(LOCATION, HeaderValue::from_str(location).unwrap())].into_iter().collect();
        let status = StatusCode::FOUND;
        let url = own.join("/images?page=0").unwrap();
        let response = Response { status, headers, body: Vec::new(), url, attempts: 1 };
        origins.redirected("Get", &response).ok().flatten().map(String::from)
    };
    for (location, to) in [
        ("/x", Some("https://gate.clouds.test/x?page=0")),
        ("https://gate.clouds.test:8443/x?y", Some("https://gate.clouds.test:8443/x?y")),
        ("http://eu.clouds.example/x", Some("https://eu.clouds.example/x?page=0")),
        ("http://gate.clouds.test/x", Some("https://gate.clouds.test/x?page=0")),
        ("https://clouds.example/x", Some("https://clouds.example/x?page=0")),
        ("https://clouds.example.wolf.test/x", None),
        ("http://127.0.0.1/x", None),
    ] {
        assert_eq!(leads(location).as_deref(), to, "{location}");
    }
}

#[tokio::test]
async fn a_change_is_sent_once_unless_it_was_certainly_not_carried_out() {
    for (replies, count, is_unknown) in [
        (vec![Reply::empty(524)], 1, true),
        (vec![Reply::empty(500)], 1, true),
        (vec![Reply::empty(408)], 1, true),
        (vec![Reply::reset()], 1, true),
        (vec![Reply::json(201, "{\"long\": true}").truncated()], 1, true),
        (vec![Reply::empty(401), Reply::empty(201)], 2, false),
        (vec![Reply::empty(429), Reply::empty(201)], 2, false),
        (vec![Reply::empty(409)], 1, false),
        (vec![Reply::empty(201)], 1, false),
    ] {
        let service = Fake::replies(replies.clone()).await;
        let setup = setup(Keyring::default(), &[&service.url()]);
        let sent = send_once(&setup.client, &service.url()).await.unwrap();
        assert_eq!(matches!(sent, Sent::Unknown(..)), is_unknown, "{replies:?} {sent:?}");
        assert_eq!(service.count(), count, "{replies:?}");
    }
    // Nothing listens there.
    let setup = setup(Keyring::default(), &["http://127.0.0.1:1"]);
    let sent = Deadline::within(Duration::from_millis(50), CancellationToken::new());
    let url = Url::parse("http://127.0.0.1:1").unwrap();
    let make = async |_| Ok(Request::new(reqwest::Method::PUT, url.clone()));
    let describe = |_: &Response| Error::new(Kind::Unexpected, "Put", "");
    let sent = setup.client.send_once("Put", &sent, RetryPolicy::default(), make, describe).await;
    assert!(sent.is_err(), "{sent:?}");
}

/// A wait of hours outlives its token; the source has to renew it.
#[tokio::test]
async fn a_token_that_expires_during_a_wait_is_renewed() {
    struct Looking<'a>(&'a Client, String, usize);
    impl Poll for Looking<'_> {
        type Output = usize;
        async fn poll(&mut self) -> Result<Progress<usize>> {
            let response = send(self.0, &self.1).await?;
            assert_eq!(response.status, 200);
            self.2 += 1;
            Ok(if self.2 == 8 { Progress::Done(self.2) } else { Progress::Pending(None) })
        }
    }
    let service = Fake::replies(vec![Reply::json(200, "{}")]).await;
    let lifetime = Some(Duration::from_millis(400));
    let setup = setup(Keyring { lifetime, ..Keyring::default() }, &[&service.url()]);
    let mut looking = Looking(&setup.client, service.url(), 0);
    let every = Duration::from_millis(150);
    assert_eq!(until_done("Wait", every, None, &deadline(), &mut looking).await.unwrap(), 8);
    let shown = shown(&service);
    assert!(shown.contains(&"Bearer ring-token-1".to_owned()), "{shown:?}");
    assert!(shown.contains(&"Bearer ring-token-3".to_owned()), "{shown:?}");
}

#[test]
fn an_origin_is_scheme_host_and_port_however_they_are_written() {
    let check = |url: &str, origin: &str| {
        Origins::One(Url::parse(origin).unwrap()).check("Get", &Url::parse(url).unwrap())
    };
    let origin = "https://management.meadow.example";
    assert!(check("https://Management.MEADOW.example:443/a?b", origin).is_ok());
    for (url, place) in [
        ("http://management.meadow.example/", "http://management.meadow.example:80"),
        ("https://management.meadow.example:8443/", "management.meadow.example:8443"),
        ("https://management.meadow.example.wolf.example/", "wolf.example:443"),
        ("https://management.meadow.example@wolf.example/", "//wolf.example:443"),
    ] {
        let error = check(url, origin).unwrap_err();
        assert!(error.message.contains(place), "{}", error.message);
    }
}
