//! Changes whose fate is unknown: looked for before they are sent again.

use super::*;
use crate::cloud::Kind;

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_found_and_waited_for() {
    for lost in [Reply::reset(), Reply::empty(503), Reply::json(201, image("Accepted")).truncated()]
    {
        let cloud = Cloud::start(move |asked| match asked.key() {
            ("PUT", ITEM, 1) => lost.clone(),
            ("GET", ITEM, 1) => at(5, 5),
            ("GET", ITEM, 2) => shows("Succeeded"),
            _ => asked.unexpected(),
        })
        .await;
        cloud.create().await.unwrap();
        assert_eq!(cloud.trace(), ["PUT golden", "GET golden", "GET golden"]);
    }
}

#[tokio::test]
async fn a_creation_that_did_not_arrive_is_sent_again() {
    for lost in [Reply::reset(), Reply::empty(500).header("retry-after-ms", 30)] {
        let cloud = Cloud::start(move |asked| match asked.key() {
            ("PUT", ITEM, 1) => lost.clone(),
            ("GET", ITEM, 1) => not_found(),
            ("PUT", ITEM, 2) => Reply::json(201, image("Succeeded")),
            ("GET", ITEM, 2) => shows("Succeeded"),
            _ => asked.unexpected(),
        })
        .await;
        cloud.create().await.unwrap();
        assert_eq!(cloud.trace(), ["PUT golden", "GET golden", "PUT golden", "GET golden"]);
    }
}

#[tokio::test]
async fn a_creation_that_conflicts_with_its_own_first_attempt_is_taken_over() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::reset(),
        ("GET", ITEM, 1) => not_found(),
        ("PUT", ITEM, 2) => refusal(409, "Busy", "Another operation is running."),
        ("GET", ITEM, 2..=3) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
}

#[tokio::test]
async fn a_look_that_fails_leaves_the_doubt_in_the_error() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::reset(),
        ("GET", ITEM, 1) => refusal(403, "AuthorizationFailed", "No right to read."),
        _ => asked.unexpected(),
    })
    .await;
    let error = cloud.create().await.unwrap_err();
    assert!(error.outcome_unknown);
    assert_eq!(error.kind, Kind::Denied);
}

#[tokio::test]
async fn throttling_is_waited_out_on_every_verb() {
    let slow = || refusal(429, "TooManyRequests", "Slow down.").header("retry-after-ms", 80);
    let cloud = Cloud::start(move |asked| match asked.key() {
        (_, ITEM, 1) => slow(),
        ("PUT", ITEM, 2) => Reply::json(201, image("Succeeded")),
        ("GET", ITEM, 2) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    assert_eq!(cloud.trace(), ["PUT golden", "PUT golden", "GET golden", "GET golden"]);
    assert!(cloud.fake.gaps()[0] >= Duration::from_millis(80));
    assert!(cloud.fake.gaps()[2] >= Duration::from_millis(80));
}

#[tokio::test]
async fn throttling_beyond_the_time_left_fails_at_once() {
    let slow = || refusal(429, "TooManyRequests", "Slow down.").header("Retry-After", 3600);
    let cloud = Cloud::start(move |_| slow()).await;
    let error = cloud.create().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Throttled, Some("TooManyRequests")));
    assert!(error.message.contains("would have to wait 1h"), "{}", error.message);
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    let cloud = Cloud::start(|_| {
        refusal(409, "MissingSubscriptionRegistration", "The subscription is not registered.")
    })
    .await;
    let error = cloud.create().await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("MissingSubscriptionRegistration"));
    assert_eq!((error.kind, error.outcome_unknown), (Kind::Conflict, false));
    assert_eq!(cloud.fake.count(), 1);
    assert!(said(&error).contains("x-ms-request-id: request-7"));
}

#[tokio::test]
async fn tags_whose_answer_was_lost_are_looked_for() {
    let with_tag = || {
        let mut image = image("Succeeded");
        image["tags"] = json!({"a": "1"});
        Reply::json(200, image)
    };
    let cloud = Cloud::start(move |asked| match asked.key() {
        ("PATCH", ITEM, 1) => Reply::reset(),
        ("GET", ITEM, 1) => shows("Succeeded"),
        ("PATCH", ITEM, 2) => Reply::reset(),
        ("GET", ITEM, 2..=3) => with_tag(),
        _ => asked.unexpected(),
    })
    .await;
    let image = cloud.update(&tags(&[("a", "1")])).await.unwrap();
    assert_eq!(image.tags, tags(&[("a", "1")]));
    let gone =
        Cloud::start(|asked| if asked.verb == "PATCH" { Reply::reset() } else { not_found() });
    assert_eq!(gone.await.update(&tags(&[])).await.unwrap_err().kind, Kind::Unavailable);
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_is_looked_for() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("DELETE", ITEM, 1) => Reply::reset(),
        ("GET", ITEM, 1) => shows("Succeeded"),
        ("DELETE", ITEM, 2) => Reply::empty(502),
        ("GET", ITEM, 2) => shows("Deleting"),
        ("GET", ITEM, 3) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    cloud.delete().await.unwrap();
}
