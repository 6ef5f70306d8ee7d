//! The client against a scripted service.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::cloud::fake::{self, Fake, Reply};
use crate::secret::Secret;

/// Base64 of bytes that are not a real key.
const KEY: &str = "c2hlcGhlcmQncyBjcm9vaw==";

fn deadline() -> Deadline {
    Deadline::within(Duration::from_secs(20), CancellationToken::new())
}

fn client(fake: &Fake) -> Client {
    let key = SharedKey::new("sheep", &Secret::from(KEY)).unwrap();
    let endpoint = Endpoint::parse(&fake.url()).unwrap();
    Client::new(Arc::new(Http::new("test".into())), endpoint, Credential::SharedKey(key))
}

fn image(sku: &str) -> Value {
    json!({
        "nodeAgentSKUId": "batch.node.shepherd 9",
        "imageReference": {"publisher": "meadow", "offer": "flock", "sku": sku},
        "verificationType": "verified",
        "osType": "linux",
    })
}

fn list(skus: &[&str], next_link: Option<&str>) -> Reply {
    let value: Vec<Value> = skus.iter().map(|sku| image(sku)).collect();
    Reply::json(200, json!({"value": value, "odata.nextLink": next_link}))
}

/// The link to a page of the service that got `request`.
fn page(request: &fake::Request, query: &str) -> String {
    format!("http://{}/supportedimages?{query}", request.header("host").unwrap_or_default())
}

fn skus(listing: &SearchResult) -> Vec<&str> {
    listing.images.iter().map(|image| image.sku.as_str()).collect()
}

async fn ask(fake: &Fake) -> Result<SearchResult> {
    client(fake).supported_images(&deadline(), &Query::default()).await
}

async fn failure(replies: Vec<Reply>) -> (Error, Fake) {
    let fake = Fake::replies(replies).await;
    (ask(&fake).await.unwrap_err(), fake)
}

fn fact<'e>(error: &'e Error, name: &str) -> Option<&'e str> {
    error.facts.iter().find(|(own, _)| *own == name).map(|(_, text)| text.as_str())
}

fn refusal(code: &str, values: Value) -> Value {
    let value = "The value is wrong.\nRequestId:11111111-aaaa\nTime:2031-02-03T04:05:06.7Z";
    json!({"code": code, "message": {"lang": "en-US", "value": value}, "values": values})
}

#[tokio::test]
async fn pages_are_read_to_the_end_and_links_are_followed_unchanged() {
    let tokens = ["$skiptoken=W2:DC%5EkN/1l65T==:1$1", "$skiptoken=2^|`%2f%2Bx+y&maxresults=1"];
    let fake = Fake::start(move |request| match request.number {
        1 => list(&["1", "2"], Some(&page(request, tokens[0]))),
        2 => list(&[], Some(&page(request, tokens[1]))),
        _ => list(&["3"], Some("")),
    })
    .await;
    let listing = ask(&fake).await.unwrap();
    assert_eq!(skus(&listing), ["1", "2", "3"]);
    let targets: Vec<String> = fake.requests().into_iter().map(|request| request.target).collect();
    let expected = [
        "/supportedimages?api-version=2024-07-01.20.0".to_owned(),
        format!("/supportedimages?{}&api-version=2024-07-01.20.0", tokens[0]),
        format!("/supportedimages?{}&api-version=2024-07-01.20.0", tokens[1]),
    ];
    assert_eq!(targets, expected);
}

#[tokio::test]
async fn full_pages_are_read_whole() {
    let fake = Fake::start(|request| {
        let skus: Vec<String> = (0..1000).map(|n| format!("{}-{n}", request.number)).collect();
        let skus: Vec<&str> = skus.iter().map(String::as_str).collect();
        let link = page(request, &format!("api-version=1&$skiptoken={}", request.number));
        list(&skus, (request.number < 5).then_some(&*link))
    })
    .await;
    let mut images = ask(&fake).await.unwrap().images;
    order::sort_and_deduplicate(&mut images);
    assert_eq!((images.len(), fake.count()), (5000, 5));
}

#[tokio::test]
async fn every_attempt_has_its_own_signature_and_request_id() {
    let fake = Fake::start(|request| match request.number {
        1 => Reply::json(503, refusal("ServerBusy", json!(null))),
        2 => list(&["1"], Some(&page(request, "api-version=1&$skiptoken=2"))),
        _ => list(&["2"], None),
    })
    .await;
    ask(&fake).await.unwrap();
    let key = SharedKey::new("sheep", &Secret::from(KEY)).unwrap();
    let mut ids = HashSet::new();
    for request in fake.requests() {
        let date = request.header("ocp-date").unwrap();
        httpdate::parse_http_date(date).unwrap();
        let url = Url::parse(&format!("{}{}", fake.url(), request.target)).unwrap();
        let expected = format!("SharedKey sheep:{}", key.sign(&url, date).expose());
        assert_eq!(request.header("authorization"), Some(expected.as_str()));
        assert_eq!(request.header("return-client-request-id"), Some("true"));
        assert_eq!((request.method.as_str(), request.header("content-type")), ("GET", None));
        let id = Uuid::parse_str(request.header("client-request-id").unwrap()).unwrap();
        assert!(ids.insert(id));
    }
    assert_eq!(ids.len(), 3);
}

#[tokio::test]
async fn a_link_to_another_host_sends_nothing_there() {
    let other = Fake::start(fake::Reply::unexpected).await;
    let link = format!("{}/supportedimages?api-version=1", other.url());
    let (error, fake) = failure(vec![list(&["1"], Some(&link))]).await;
    let place = other.url().replace("http://", "");
    assert!(error.message.contains(&place), "{}", error.message);
    assert_eq!((error.kind, fake.count(), other.count()), (Kind::Invalid, 1, 0));
}

#[tokio::test]
async fn a_redirect_is_not_followed_but_named() {
    let other = Fake::start(fake::Reply::unexpected).await;
    let (error, fake) = failure(vec![Reply::empty(307).header("location", other.url())]).await;
    let place = other.url().replace("http://", "");
    assert!(error.message.contains(&place), "{}", error.message);
    assert_eq!((fake.count(), other.count()), (1, 0));
}

#[tokio::test]
async fn links_that_form_a_cycle_or_never_end_are_an_error() {
    let again = |request: &fake::Request| page(request, "api-version=1&$skiptoken=1");
    let fake = Fake::start(move |request| list(&["1"], Some(&again(request)))).await;
    let error = ask(&fake).await.unwrap_err();
    assert!(error.message.contains("points back"), "{}", error.message);
    assert_eq!(fake.count(), 2);
    let fake = Fake::start(|request| {
        let link = page(request, &format!("api-version=1&$skiptoken={}", request.number));
        list(&["1"], Some(&link))
    })
    .await;
    let error = ask(&fake).await.unwrap_err();
    assert!(error.message.contains("1000 pages"), "{}", error.message);
    assert_eq!(fake.count(), 1000);
}

#[tokio::test]
async fn a_link_that_is_not_a_url_is_an_error_after_one_page() {
    for link in ["/supportedimages?api-version=1&$skiptoken=2", "page 2", "\u{0}", "http://"] {
        let (error, fake) = failure(vec![list(&["1"], Some(link))]).await;
        assert!(error.message.contains("is not a URL"), "{}", error.message);
        assert_eq!((error.kind, fake.count()), (Kind::Unexpected, 1));
    }
    // Nor one that is not even a text.
    let page = json!({"value": [], "odata.nextLink": {"href": "x"}});
    let (error, fake) = failure(vec![Reply::json(200, page)]).await;
    assert!(error.message.contains("not a list of images"), "{}", error.message);
    assert_eq!(fake.count(), 1);
}

#[tokio::test]
async fn a_page_that_fails_fails_the_list() {
    let fake = Fake::start(|request| match request.number {
        1 => list(&["1"], Some(&page(request, "api-version=1&$skiptoken=2"))),
        _ => Reply::json(404, refusal("ResourceNotFound", json!([]))),
    })
    .await;
    let error = ask(&fake).await.unwrap_err();
    assert_eq!((error.kind, fake.count()), (Kind::NotFound, 2));
}

#[tokio::test]
async fn all_the_service_says_about_a_failure_is_kept() {
    let values = json!([
        {"key": "QueryParameterName", "value": "maxresults"},
        {"key": "QueryParameterValue", "value": "-5"},
        {"key": "Reason", "value": "MaxResults cannot be less than 1"},
        {"key": "Weather", "value": "rain"},
    ]);
    let reply = Reply::json(400, refusal("InvalidQueryParameterValue", values))
        .header("request-id", "22222222-bbbb");
    let (error, fake) = failure(vec![reply]).await;
    let sent = fake.requests();
    assert_eq!((error.kind, error.status, sent.len()), (Kind::Invalid, Some(400), 1));
    assert_eq!(error.code.as_deref(), Some("InvalidQueryParameterValue"));
    assert_eq!(error.setting, Some("max_results"));
    assert!(error.message.contains("RequestId:11111111-aaaa\nTime:2031"), "{}", error.message);
    for (name, expected) in [
        ("QueryParameterValue", "-5"),
        ("Reason", "MaxResults cannot be less than 1"),
        ("Detail", "Weather: rain"),
        ("request-id", "22222222-bbbb"),
        ("client-request-id", sent[0].header("client-request-id").unwrap()),
    ] {
        assert_eq!(fact(&error, name), Some(expected));
    }
}

#[tokio::test]
async fn responses_that_are_not_an_error_of_the_service_are_readable() {
    let page = "<html><title>Bad gateway</title></html>".to_owned() + &"x".repeat(9000);
    for (reply, word) in [
        (Reply::json(400, "{}"), "{}"),
        (Reply::new(403, "text/html", page), "Bad gateway"),
        (Reply::empty(404), "empty"),
        (Reply::json(400, r#"{"code": "Invalid"#), r#"{"code""#),
        (Reply::json(400, "[1]"), "[1]"),
        (Reply::json(200, r#"{"value": [{"#), r#"{"value""#),
        (Reply::json(200, "{}"), "not a list of images"),
        // A parser may take a list for an object with its fields in order.
        (Reply::json(200, "[[], null]"), "not a list of images"),
        (Reply::new(200, "text/html", "<p>Sign in</p>"), "Sign in"),
        (Reply::empty(204), "204"),
    ] {
        let (error, fake) = failure(vec![reply]).await;
        assert!(error.message.contains(word), "{}", error.message);
        assert!(error.message.len() < 500 && error.status.is_some());
        assert_eq!(fake.count(), 1);
    }
}

#[tokio::test]
async fn a_web_page_is_told_apart_from_a_response_of_the_service() {
    for (reply, cause) in [
        (Reply::new(403, "text/html; charset=utf-8", "<p>Blocked</p>"), Some(Cause::WebPage)),
        (
            Reply::new(200, "application/json", " <!DOCTYPE html><p>Sign in</p>"),
            Some(Cause::WebPage),
        ),
        (Reply::new(404, "text/plain", "<HTML>Ä"), Some(Cause::WebPage)),
        (Reply::json(404, "{}"), None),
        (Reply::new(404, "text/plain", "äääää"), None),
        (Reply::json(200, "[1]"), None),
        (Reply::empty(403), None),
    ] {
        let (error, _) = failure(vec![reply]).await;
        assert_eq!(Cause::of(&error), cause, "{error}");
    }
}

#[tokio::test]
async fn transient_failures_are_retried_and_final_ones_are_not() {
    for first in [
        Reply::json(429, refusal("TooManyRequests", json!([]))),
        Reply::json(500, refusal("InternalError", json!([]))),
        Reply::json(408, "{}"),
        Reply::new(502, "text/html", "<p>Bad gateway</p>"),
        Reply::empty(504),
        Reply::json(409, refusal("operationtimedout", json!([]))),
        Reply::reset(),
        list(&["1"], None).truncated(),
    ] {
        let fake = Fake::replies(vec![first, list(&["1"], None)]).await;
        assert_eq!(skus(&ask(&fake).await.unwrap()), ["1"]);
        assert_eq!(fake.count(), 2);
    }
    for status in [400, 401, 403, 404, 405] {
        let (error, fake) =
            failure(vec![Reply::json(status, refusal("Whatever", json!([])))]).await;
        assert_eq!((error.status, fake.count()), (Some(status), 1));
    }
}

#[tokio::test]
async fn a_pause_that_the_service_asks_for_is_kept() {
    let busy = Reply::json(503, refusal("ServerBusy", json!([]))).header("retry-after", "1");
    let fake = Fake::replies(vec![busy, list(&["1"], None)]).await;
    ask(&fake).await.unwrap();
    assert!(fake.gaps()[0] >= Duration::from_secs(1));
}

#[tokio::test]
async fn the_causes_that_have_a_remedy_are_told_apart() {
    for (detail, cause) in [
        (
            "The access token has been obtained from wrong audience or resource 'x'.",
            Cause::WrongAudience,
        ),
        (
            "The specified type of authentication SharedKey is not allowed for this account.",
            Cause::SharedKeyNotAllowed,
        ),
        (
            "The MAC signature found in the HTTP request 'x' is not the same",
            Cause::SignatureMismatch,
        ),
        ("The Date header is older than 15 minutes.", Cause::ClockSkew),
    ] {
        let values = json!([{"key": "AuthenticationErrorDetail", "value": detail}]);
        let (error, _) =
            failure(vec![Reply::json(403, refusal("AuthenticationFailed", values))]).await;
        assert_eq!((error.kind, Cause::of(&error)), (Kind::Denied, Some(cause)));
    }
    let parameter = json!([{"key": "QueryParameterName", "value": "api-version"}]);
    let text = "The API version 2024-07-01.20.0 has been retired.";
    for reply in [
        Reply::json(400, refusal("UnsupportedRequestVersion", json!([]))),
        Reply::json(400, refusal("InvalidQueryParameterValue", parameter)),
        Reply::json(410, json!({"code": "Gone", "message": {"value": text}})),
    ] {
        let (error, _) = failure(vec![reply]).await;
        assert_eq!(Cause::of(&error), Some(Cause::UnsupportedVersion));
    }
    let refused = Reply::json(400, refusal("UnsupportedRequestVersion", json!([])));
    let (error, _) = failure(vec![refused]).await;
    assert_eq!(error.setting, Some("api_version"));
    let (error, _) = failure(vec![Reply::json(403, refusal("AccountIsDisabled", json!([])))]).await;
    assert_eq!(Cause::of(&error), None);
}

#[tokio::test]
async fn a_signature_that_the_service_quotes_is_hidden() {
    let fake = Fake::start(|request| {
        let authorization = request.header("authorization").unwrap_or_default();
        let signature = authorization.rsplit(':').next().unwrap_or_default();
        let detail =
            format!("The MAC signature found in the HTTP request '{signature}' is not it.");
        let values = json!([{"key": "AuthenticationErrorDetail", "value": detail}]);
        Reply::json(403, refusal("AuthenticationFailed", values))
    })
    .await;
    let error = ask(&fake).await.unwrap_err();
    let detail = fact(&error, "AuthenticationErrorDetail").unwrap();
    assert_eq!(detail, "The MAC signature found in the HTTP request '(secret)' is not it.");
    assert!(!format!("{:?}", client(&fake)).contains(KEY));
}

#[tokio::test]
async fn one_odd_image_does_not_hide_the_others() {
    let mut dated = image("2");
    dated["batchSupportEndOfLife"] = json!("when the cows come home");
    let fake =
        Fake::replies(vec![Reply::json(200, json!({"value": [null, image("1"), dated]}))]).await;
    let listing = ask(&fake).await.unwrap();
    assert_eq!(skus(&listing), ["1", "2"]);
    assert_eq!(listing.warnings.len(), 2);
    assert!(listing.warnings[1].contains("meadow:flock:2:latest"));
}

#[tokio::test]
async fn a_token_for_batch_is_sent_for_every_page_and_renewed_once() {
    let authority = Fake::start(|request| {
        let token = format!("token-{}", request.number);
        Reply::json(200, json!({"access_token": token, "expires_in": 3599}))
    })
    .await;
    let fake = Fake::start(|request| match request.header("authorization") {
        Some("Bearer token-1") if request.number == 1 => {
            list(&["1"], Some(&page(request, "api-version=1&$skiptoken=2")))
        }
        Some("Bearer token-2") => list(&["2"], None),
        _ => Reply::json(401, refusal("AuthenticationFailed", json!([]))),
    })
    .await;
    let settings = crate::cloud::azure::Settings {
        tenant_id: Some("meadow".into()),
        client_id: Some("shepherd".into()),
        client_secret: Some("wool".into()),
        active_directory_authority_host: Some(authority.url()),
        ..Default::default()
    };
    let http = Arc::new(Http::new("test".into()));
    let login = Arc::new(Login::new(Arc::clone(&http), settings).unwrap());
    let endpoint = Endpoint::parse(&fake.url()).unwrap();
    let client = Client::new(http, endpoint, Credential::Entra(login));
    // In a task, as callers do.
    let asking =
        tokio::spawn(async move { client.supported_images(&deadline(), &Query::default()).await });
    assert_eq!(skus(&asking.await.unwrap().unwrap()), ["1", "2"]);
    let scope = authority.requests()[0].field("scope");
    assert_eq!(scope.as_deref(), Some("https://batch.core.windows.net//.default"));
    assert_eq!((authority.count(), fake.count()), (2, 3));
}
