use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::super::fixture::*;
use super::*;
use crate::cloud::fake::{Fake, Reply};

/// What a client makes of these replies, the last one repeated.
async fn answered(replies: Vec<Reply>) -> (Result<Arc<SearchResult>>, Fake) {
    let fake = Fake::replies(replies).await;
    (list(&fake).await, fake)
}

fn good() -> Reply {
    page(&[image(1)], 1)
}

#[tokio::test(start_paused = true)]
async fn a_request_is_a_signed_form_with_what_was_asked_and_no_more() {
    let fake = Fake::start(|_| good()).await;
    let some = |text: &str| Some(text.to_owned());
    let query = Query {
        project_id: some("org-a1"),
        zone: some("cn-bj2-04"),
        image_type: some("Custom"),
        func_type: some("uhost"),
        os_type: some("Linux"),
        tag: some("a+b & c=d 64位 \u{1f600}"),
        image_ids: vec!["uimage-00001".to_owned()],
        include_prices: true,
        ..query()
    };
    client(&fake).describe_image(&deadline(), &query).await.unwrap();
    client(&fake).describe_image(&deadline(), &super::super::fixture::query()).await.unwrap();
    let requests = fake.requests();
    let mut fields = requests[0].form();
    fields.retain(|(name, _)| name != "Signature");
    let expected = [
        ("Action", "DescribeImage"),
        ("FuncType", "uhost"),
        ("ImageIds.0", "uimage-00001"),
        ("ImageType", "Custom"),
        ("Limit", "500"),
        ("Offset", "0"),
        ("OsType", "Linux"),
        ("PriceSet", "1"),
        ("ProjectId", "org-a1"),
        ("PublicKey", "public-key-of-the-test"),
        ("Region", "cn-bj2"),
        ("SecurityToken", TOKEN),
        ("Tag", "a+b & c=d 64位 \u{1f600}"),
        ("Zone", "cn-bj2-04"),
    ];
    assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(requests.iter().all(is_signed));
    assert_eq!((&*requests[0].method, &*requests[0].target), ("POST", "/"));
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(requests[0].header("content-type"), form);
    let names: Vec<String> = requests[1].form().into_iter().map(|(name, _)| name).collect();
    let plain = ["Action", "Limit", "Offset", "PublicKey", "Region", "SecurityToken", "Signature"];
    assert_eq!(names, plain);
}

#[tokio::test(start_paused = true)]
async fn documented_responses_are_read() {
    for body in [
        r#"{"Action": "DescribeImageResponse", "ImageSet": [{"PriceSet": [], "Tag": "Default",
            "Features": ["GPU", "HotPlug"], "Zone": "cn-bj2-04", "ImageId": "uimage-xxxx",
            "ImageDescription": "Windows Server 2012 R2 Datacenter 64-bit ",
            "OsName": "Windows 2012 64位", "State": "Available", "OsType": "Windows",
            "ImageName": "Windows 2012 64位", "CreateTime": 1503554550, "ImageType": "Base",
            "ImageSize": 40}], "RetCode": 0, "TotalCount": 1}"#,
        r#"{"Action": "DescribeImageResponse", "TotalCount": "1", "RetCode": "0", "ImageSet": [{
            "Zone": "cn-bj2-04", "OsName": "Windows 2008 32 位", "State": "Available",
            "ImageId": "0b560b1d-f3b1-43de-a492-08875d79211b", "OsType": "Windows",
            "ImageName": " Windows 2008 32 位", "CreateTime": 1234567890,
            "ImageType": "Base"}]}"#,
    ] {
        let (outcome, _) = answered(vec![Reply::json(200, body)]).await;
        let listing = outcome.unwrap();
        assert_eq!((listing.images.len(), listing.total_count), (1, 1));
        assert_eq!(listing.images[0].os_type.as_deref(), Some("Windows"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_permanent_return_code_is_an_error_after_one_request() {
    for (code, kind) in [
        (160, Kind::Invalid),
        (161, Kind::Invalid),
        (170, Kind::Denied),
        (171, Kind::Denied),
        (172, Kind::Denied),
        (174, Kind::Denied),
        (230, Kind::Invalid),
        (240, Kind::Denied),
        (292, Kind::Invalid),
        (293, Kind::Denied),
        (294, Kind::Denied),
        (295, Kind::Denied),
        (299, Kind::Denied),
        (8039, Kind::Failed),
        (8999, Kind::Failed),
        (-1, Kind::Failed),
    ] {
        for sent in [json!(code), json!(code.to_string())] {
            let (outcome, fake) = answered(vec![refusal(sent, "as it is")]).await;
            let error = outcome.unwrap_err();
            assert_eq!((error.kind, &*error.message), (kind, "as it is"), "{code}");
            assert_eq!(error.code, Some(code.to_string()));
            assert_eq!(fake.count(), 1, "{code}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_says_what_it_is_about() {
    let fake = Fake::start(|_| refusal(292, "Project [org-x/Name] not exists")).await;
    let query = Query { project_id: Some("org-x".to_owned()), ..query() };
    let error = client(&fake).describe_image(&deadline(), &query).await.unwrap_err();
    assert_eq!(error.to_string(), "DescribeImage: Project [org-x/Name] not exists");
    let expected = [
        ("Request", "uuid-of-the-test"),
        ("Region", "cn-bj2"),
        ("Project", "org-x"),
        ("Endpoint", &format!("{}/", fake.url())),
        ("Keys", "the test"),
    ];
    assert_eq!(error.facts, expected.map(|(name, value)| (name, value.to_owned())));
}

#[tokio::test(start_paused = true)]
async fn an_error_on_a_later_page_is_never_a_shorter_list() {
    for code in [171, 172, 230, 292, 299] {
        let all = images(200);
        let fake = Fake::start(move |request| match number(request, "Offset") {
            60 => refusal(code, "no"),
            _ => page(cut(request, &all, 20), 200),
        })
        .await;
        let error = list(&fake).await.unwrap_err();
        assert_eq!(error.code, Some(code.to_string()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_transient_failure_is_retried_on_any_page() {
    let codes = [110, 130, 150, 153, 8025, 8031, 8041, 8826, 8828, 8829, 8857, 8874, 8889];
    let failures = codes.map(|code| refusal(code, "retry later")).into_iter().chain([
        Reply::empty(429),
        Reply::empty(503),
        Reply::reset(),
        Reply::hang(),
        Reply::empty(200),
        good().truncated(),
        Reply::json(200, r#"{"RetCode": 0, "TotalCount": 1, "ImageS"#),
    ]);
    for failure in failures {
        for at in [1, 3] {
            let (all, failure) = (images(60), failure.clone());
            let fake = Fake::start(move |request| {
                if request.number == at {
                    return failure.clone();
                }
                page(cut(request, &all, 20), 60)
            })
            .await;
            assert_eq!(ids_of(&list(&fake).await.unwrap()), ids(60));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_lasting_failure_ends_with_the_last_attempt() {
    for (reply, kind) in [
        (refusal(8889, "failed to get the image list, retry later"), Kind::Unavailable),
        (refusal(153, "too many requests"), Kind::Throttled),
        (Reply::empty(500), Kind::Unavailable),
        (Reply::empty(200), Kind::Unavailable),
    ] {
        let (outcome, fake) = answered(vec![reply]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind, fake.count()), (kind, 6), "{error:?}");
        assert!(error.facts.contains(&("Attempts", "6".to_owned())), "{error:?}");
        let gaps = fake.gaps();
        assert!(gaps.windows(2).all(|pair| pair[0] < pair[1]), "{gaps:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_causes_longer_pauses_than_other_failures() {
    let (_, throttled) = answered(vec![refusal(153, "slow down"), good()]).await;
    let (_, unlucky) = answered(vec![refusal(150, "retry later"), good()]).await;
    assert!(throttled.gaps()[0] >= Duration::from_secs(2));
    assert!(unlucky.gaps()[0] < Duration::from_secs(1));
    let asked = refusal(153, "slow down").header("Retry-After", 11);
    let (_, patient) = answered(vec![asked, good()]).await;
    assert!(patient.gaps()[0] >= Duration::from_secs(11));
}

#[tokio::test(start_paused = true)]
async fn other_statuses_and_pages_are_errors_after_one_request() {
    let html = format!("<html><body>{}</body></html>", "x".repeat(5000));
    for (status, kind, reply) in [
        (400, Kind::Invalid, Reply::json(400, r#"{"RetCode": 150, "Message": "bad"}"#)),
        (401, Kind::Denied, Reply::empty(401)),
        (403, Kind::Denied, Reply::empty(403)),
        (404, Kind::Unexpected, Reply::new(404, "text/html", html.clone())),
        (200, Kind::Unexpected, Reply::new(200, "text/html", html.clone())),
        (200, Kind::Unexpected, Reply::json(200, r#"{"hello": "world"}"#)),
        (200, Kind::Unexpected, Reply::json(200, "[1]")),
    ] {
        let (outcome, fake) = answered(vec![reply]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind, error.status, fake.count()), (kind, Some(status), 1), "{error:?}");
        assert!(error.message.len() < 400, "{}", error.message);
    }
    let (outcome, _) = answered(vec![Reply::new(200, "text/html", html)]).await;
    let text = outcome.unwrap_err().message;
    assert!(text.contains("HTTP 200 OK (text/html): <html><body>xxx"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_refused() {
    let elsewhere = Fake::replies(vec![good()]).await;
    let (outcome, fake) =
        answered(vec![Reply::empty(307).header("Location", elsewhere.url())]).await;
    let error = outcome.unwrap_err();
    assert!(error.message.contains("redirects are not followed"), "{}", error.message);
    assert_eq!((error.setting, fake.count(), elsewhere.count()), (Some("base_url"), 1, 0));
}

#[tokio::test(start_paused = true)]
async fn secrets_that_the_service_repeats_are_redacted() {
    for status in [200, 403] {
        for kind in ["application/json", "text/html"] {
            let fake = Fake::start(move |request| {
                let signature = request.field("Signature").unwrap_or_default();
                let said = format!("{}{PRIVATE_KEY} {TOKEN} {signature}", " ".repeat(170));
                match kind {
                    "text/html" => Reply::new(status, kind, format!("<p>x{said}")),
                    _ => Reply::json(status, json!({"RetCode": 171, "Message": said})),
                }
            })
            .await;
            let error = list(&fake).await.unwrap_err();
            let signature = fake.requests()[0].field("Signature").unwrap();
            let text = format!("{error:?}");
            for secret in [&PRIVATE_KEY[..8], &TOKEN[..8], &signature[..8]] {
                assert!(!text.contains(secret), "{text}");
            }
        }
    }
}

/// A page whose second image is this text.
fn page_with(item: &str) -> Reply {
    let body = format!(
        r#"{{"RetCode": 0, "TotalCount": 3, "ImageSet": [{}, {item}, {}]}}"#,
        image(0),
        image(1)
    );
    Reply::new(200, "application/json", body)
}

#[tokio::test(start_paused = true)]
async fn an_image_that_cannot_be_decoded_costs_only_itself() {
    for (item, named) in [
        (r#"{"ImageId": "uimage-odd", "Zone": "a", "Zone": "b"}"#, "uimage-odd"),
        (r#"{"ImageId": "uimage-odd", "ImageName": "cut \ud83d"}"#, "uimage-odd"),
        (r#"{"ImageName": "nameless", "ImageSize": 1e999}"#, "\"nameless\""),
        (r#"{"Zone": "a", "Zone": "b"}"#, "an image without an id"),
        (r#""uimage-odd""#, "an image without an id"),
        ("null", "an image without an id"),
        ("[1, 2]", "an image without an id"),
        ("[]", "an image without an id"),
    ] {
        let (outcome, fake) = answered(vec![page_with(item)]).await;
        let listing = outcome.unwrap();
        assert_eq!((ids_of(&listing), listing.total_count), (ids(2), 3), "{item}");
        assert_eq!((listing.warnings.len(), fake.count()), (1, 1), "{:?}", listing.warnings);
        let warning = &listing.warnings[0];
        assert!(warning.contains(named) && warning.contains("left out"), "{warning}");
    }
}

#[tokio::test(start_paused = true)]
async fn odd_values_in_an_image_cost_nothing() {
    for item in [
        r#"{"ImageId": "uimage-00002", "CreateTime": 1, "PriceSet": [null, 1, {"Price": 2}]}"#,
        r#"{"ImageId": "uimage-00002", "CreateTime": 1, "Features": [["a"], {"b": 1}]}"#,
        r#"{"ImageId": "uimage-00002", "CreateTime": 1, "PriceSet": 0, "Features": false}"#,
        r#"{"ImageId": "uimage-00002", "CreateTime": 1, "PriceSet": -1, "Features": 0.5}"#,
    ] {
        let (outcome, _) = answered(vec![page_with(item)]).await;
        let listing = outcome.unwrap();
        assert_eq!((ids_of(&listing), listing.warnings.len()), (ids(3), 0), "{item}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_a_list_of_images_is_not_an_empty_one() {
    for odd in [json!("error"), json!(""), json!({"a": 1}), json!(0), json!(false)] {
        let body = json!({"RetCode": 0, "ImageSet": odd});
        let (outcome, fake) = answered(vec![Reply::json(200, body)]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind, fake.count()), (Kind::Unexpected, 1), "{odd}");
        assert!(error.message.contains("ImageSet is not a list"), "{}", error.message);
        // What the service says about an error counts more.
        let body = json!({"RetCode": 292, "Message": "No project", "ImageSet": odd});
        let (outcome, _) = answered(vec![Reply::json(200, body)]).await;
        assert_eq!(outcome.unwrap_err().code.as_deref(), Some("292"), "{odd}");
    }
    for empty in [json!({"RetCode": 0}), json!({"RetCode": 0, "ImageSet": null})] {
        let (outcome, _) = answered(vec![Reply::json(200, empty)]).await;
        assert_eq!(outcome.unwrap().images, []);
    }
}

#[tokio::test(start_paused = true)]
async fn a_permanent_return_code_is_final_whatever_the_status() {
    for status in [429, 500, 503] {
        let body = json!({"RetCode": 171, "Message": "Signature VerifyAC Error"});
        let (outcome, fake) = answered(vec![Reply::json(status, body)]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.kind, fake.count()), (Kind::Denied, 1), "{status}");
        assert_eq!((error.status, error.setting), (Some(status), Some("private_key")));
    }
    // Nobody knows what this one means.
    let unknown = Reply::json(503, json!({"RetCode": 4711, "Message": "?"}));
    let (outcome, fake) = answered(vec![unknown, good()]).await;
    assert_eq!((outcome.is_ok(), fake.count()), (true, 2));
}

#[tokio::test(start_paused = true)]
async fn a_caller_with_more_time_waits_longer_than_the_other_may() {
    let busy = Reply::empty(429).header("Retry-After", "20").after(Duration::from_secs(1));
    let fake = Fake::replies(vec![busy.clone(), busy, good()]).await;
    let client = client(&fake);
    let short = Deadline::within(Duration::from_secs(5), deadline().stop);
    let (long, query) = (deadline(), query());
    let (short, long) =
        tokio::join!(client.describe_image(&short, &query), client.describe_image(&long, &query));
    assert_eq!(short.unwrap_err().kind, Kind::Throttled);
    assert!(long.is_ok(), "{long:?}");
}

#[tokio::test(start_paused = true)]
async fn many_images_that_cannot_be_decoded_are_one_warning() {
    let all: Vec<Value> = (0..60).map(|n| if n < 45 { json!(n) } else { image(n) }).collect();
    let fake = Fake::start(move |request| page(cut(request, &all, 20), 60)).await;
    let listing = list(&fake).await.unwrap();
    assert_eq!(listing.images.len(), 15);
    assert_eq!(listing.warnings.len(), 1, "{:?}", listing.warnings);
    assert!(listing.warnings[0].starts_with("45 images"), "{:?}", listing.warnings);
}

#[tokio::test(start_paused = true)]
async fn a_list_of_which_nothing_can_be_decoded_is_not_an_empty_list() {
    let (outcome, _) = answered(vec![page(&[json!(1), json!("x")], 2)]).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.kind, Kind::Unexpected);
    assert!(error.message.contains("none of the 2 images"), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn text_that_is_not_utf8_costs_only_its_own_characters() {
    let mut body = br#"{"RetCode": 0, "TotalCount": 1, "ImageSet": [{"ImageId": "uimage-00000", "ImageName": "a"#
        .to_vec();
    body.extend([0xe4, 0xbd]);
    body.extend(br#"b"}]}"#);
    let (outcome, _) = answered(vec![Reply::new(200, "application/json", body)]).await;
    let listing = outcome.unwrap();
    assert_eq!(listing.images[0].name.as_deref(), Some("a\u{fffd}b"));
}

#[tokio::test(start_paused = true)]
async fn ids_are_sent_in_batches_of_a_hundred() {
    let fake = Fake::start(|request| {
        let fields = request.form().into_iter();
        let asked: Vec<Value> = fields
            .filter(|(name, _)| name.starts_with("ImageIds."))
            .map(|(_, id)| image(id[7..].parse().unwrap()))
            .collect();
        page(cut(request, &asked, 100), asked.len())
    })
    .await;
    for (count, requests) in [(1, 1), (20, 1), (100, 1), (250, 3)] {
        let before = fake.count();
        let twice = [ids(count), ids(count)].concat();
        let query = Query { image_ids: twice, ..query() };
        let listing = client(&fake).describe_image(&deadline(), &query).await.unwrap();
        assert_eq!((ids_of(&listing), listing.total_count), (ids(count), count));
        assert_eq!(fake.count() - before, requests, "{count} ids");
    }
}

#[tokio::test(start_paused = true)]
async fn images_that_were_not_asked_for_are_dropped() {
    let fake = service(300, 100).await;
    let wanted = ["uimage-00007", "uimage-00250", "uimage-99999"].map(str::to_owned);
    let query = Query { image_ids: wanted.to_vec(), ..query() };
    let listing = client(&fake).describe_image(&deadline(), &query).await.unwrap();
    assert_eq!(ids_of(&listing), wanted[..2]);
}

#[tokio::test(start_paused = true)]
async fn callers_that_ask_for_the_same_share_one_reading() {
    let fake = service_with(30, 500, Duration::from_millis(200)).await;
    let client = client(&fake);
    let other = Query { region: "cn-sh2".to_owned(), ..query() };
    let deadline = deadline();
    let (query, ask) = (query(), |query| client.describe_image(&deadline, query));
    let (first, second, third) = tokio::join!(ask(&query), ask(&query), ask(&other));
    assert!(Arc::ptr_eq(&first.unwrap(), &second.unwrap()));
    third.unwrap();
    let asked = |region: &str| {
        let requests = fake.requests().into_iter();
        requests.filter(|request| request.field("Region").as_deref() == Some(region)).count()
    };
    // One page, and the one after it: 30 is a round number.
    assert_eq!((asked("cn-bj2"), asked("cn-sh2")), (2, 2));
    ask(&query).await.unwrap();
    assert_eq!(asked("cn-bj2"), 4);
}

#[tokio::test(start_paused = true)]
async fn a_caller_with_a_later_deadline_continues_when_the_other_gives_up() {
    let fake = service_with(5, 500, Duration::from_secs(9)).await;
    let client = client(&fake);
    let short = Deadline { at: Instant::now() + Duration::from_secs(2), ..deadline() };
    let (long, query) = (deadline(), query());
    let (short, long) =
        tokio::join!(client.describe_image(&short, &query), client.describe_image(&long, &query));
    assert_eq!(short.unwrap_err().kind, Kind::TimedOut);
    assert_eq!(long.unwrap().images.len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_request_that_hangs_at_once() {
    let fake = Fake::replies(vec![Reply::hang()]).await;
    let deadline = deadline();
    let stop = deadline.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(3)).await;
        stop.cancel();
    });
    let started = Instant::now();
    let error = client(&fake).describe_image(&deadline, &query()).await.unwrap_err();
    assert_eq!((error.kind, fake.count()), (Kind::Interrupted, 1));
    assert!(started.elapsed() < Duration::from_secs(4));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_hangs_fails_within_the_time_allowed() {
    let fake = Fake::replies(vec![Reply::hang()]).await;
    let deadline = Deadline::within(Duration::from_secs(5), deadline().stop);
    let error = client(&fake).describe_image(&deadline, &query()).await.unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut);
    assert!(error.message.contains("within 5s"), "{}", error.message);
}

#[tokio::test]
async fn without_a_region_nothing_is_sent() {
    let fake = Fake::replies(vec![good()]).await;
    let query = Query::default();
    let error = client(&fake).describe_image(&deadline(), &query).await.unwrap_err();
    assert_eq!((error.setting, fake.count()), (Some("region"), 0));
}
