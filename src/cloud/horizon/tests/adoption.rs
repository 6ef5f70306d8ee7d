//! Creations whose answer got lost: whose the image is that appears, and when it is looked for.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::time::Instant;

use super::*;
use crate::cloud::Kind;
use crate::cloud::horizon::Created;

/// An image that may be the requested one.
fn image(id: &str) -> Value {
    json!({
        "id": id, "name": "golden", "os": "Windows 11", "osType": "WINDOWS", "gpuType": "NONE",
        "sourceType": "AZURE_SIG", "status": "PENDING",
    })
}

/// A service without images that loses each creation with `reply` and then lists `appeared`, whose
/// copies are in this provider instance.
async fn losing(reply: Reply, appeared: Value, instance: &'static str) -> Cloud {
    let was_sent = AtomicBool::new(false);
    Cloud::start(move |request| {
        if request.method == "POST" {
            was_sent.store(true, Ordering::SeqCst);
            return reply.clone();
        }
        match request.path().rsplit('/').next().unwrap() {
            _ if !was_sent.load(Ordering::SeqCst) => missing(),
            "images" => page(std::slice::from_ref(&appeared)),
            "versions" => page(&[json!({ "id": "v-1", "status": "PENDING" })]),
            "copies" => page(&[json!({ "id": "c-1", "providerInstanceId": instance })]),
            _ => Reply::json(200, appeared.clone()),
        }
    })
    .await
}

#[tokio::test]
async fn an_image_that_differs_in_anything_the_service_tells_is_not_adopted() {
    let with = |name: &str, value: &str| {
        let mut image = image("i-7");
        image[name] = value.into();
        image
    };
    for (appeared, instance, is_adopted) in [
        (image("i-7"), "p-1", true),
        (with("osType", "windows"), "p-1", true),
        (with("description", ""), "p-1", true),
        (with("description", "Theirs"), "p-1", false),
        (with("osType", "LINUX"), "p-1", false),
        (with("gpuType", "NVIDIA"), "p-1", false),
        (image("i-7"), "p-2", false),
    ] {
        let cloud = losing(Reply::reset(), appeared.clone(), instance).await;
        let created = cloud.horizon.create(&new_image(), &deadline(20)).await.unwrap();
        match created {
            Created::Accepted(accepted) if is_adopted => assert_eq!(accepted.id, "i-7"),
            Created::Taken(found, Some(why)) if !is_adopted => {
                assert_eq!((found.len(), why.kind), (1, Kind::Conflict));
            }
            other => panic!("{appeared} in {instance}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn an_image_is_adopted_by_one_creation_only() {
    let cloud = losing(Reply::reset(), image("i-7"), "p-1").await;
    let new = new_image();
    // Both have seen that there is no image of the name when they begin.
    let deadline = deadline(20);
    let both =
        tokio::join!(cloud.horizon.create(&new, &deadline), cloud.horizon.create(&new, &deadline));
    let accepted = [both.0.unwrap(), both.1.unwrap()]
        .into_iter()
        .filter(|created| matches!(created, Created::Accepted(_)))
        .count();
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn a_service_that_asks_for_patience_is_asked_all_the_same_before_the_time_is_over() {
    let reply = Reply::empty(503).header("retry-after", 3600);
    let cloud = losing(reply, image("i-7"), "p-1").await;
    let created = cloud.horizon.create(&new_image(), &deadline(4)).await.unwrap();
    let Created::Accepted(accepted) = created else { panic!("{created:?}") };
    assert_eq!(accepted.id, "i-7");
}

#[tokio::test]
async fn what_could_not_be_answered_in_time_is_not_sent() {
    let cloud = Cloud::start(|request| match request.method.as_str() {
        "GET" => missing(),
        _ => Reply::unexpected(request),
    })
    .await;
    let within = Duration::from_secs(3600);
    let deadline = Deadline { at: Instant::now() + Duration::from_secs(2), ..deadline(1) };
    let deadline = Deadline { within, ..deadline };
    let error = cloud.horizon.create(&new_image(), &deadline).await.unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut);
    assert!(error.message.contains("not sent"), "{}", error.message);
}

#[tokio::test]
async fn a_list_that_still_shows_an_image_that_is_gone_does_not_take_its_name() {
    let lists = AtomicUsize::new(0);
    let cloud = Cloud::start(move |request| match request.path().rsplit('/').next().unwrap() {
        "images" if request.method == "POST" => Reply::json(201, json!({ "streamId": "i-1" })),
        "images" if lists.fetch_add(1, Ordering::SeqCst) < 3 => page(&[image("i-0")]),
        _ => missing(),
    })
    .await;
    let created = cloud.horizon.create(&new_image(), &deadline(20)).await.unwrap();
    let Created::Accepted(accepted) = created else { panic!("{created:?}") };
    assert_eq!(accepted.id, "i-1");
}

#[tokio::test]
async fn the_clock_of_the_service_counts_also_where_it_lists_nothing() {
    // Two hours behind: an image that it created a minute ago is an older one all the same.
    let clock = std::time::SystemTime::now() - Duration::from_secs(7200);
    let created = time::OffsetDateTime::from(clock - Duration::from_secs(60));
    let mut old = image("i-7");
    old["createdAt"] = created.unix_timestamp().saturating_mul(1000).into();
    let was_sent = AtomicBool::new(false);
    let cloud = Cloud::start(move |request| match request.method.as_str() {
        "POST" => {
            was_sent.store(true, Ordering::SeqCst);
            Reply::reset()
        }
        _ if was_sent.load(Ordering::SeqCst) => page(std::slice::from_ref(&old)),
        _ => missing().header("date", httpdate::fmt_http_date(clock)),
    })
    .await;
    // Just created by that clock.
    let mut new = image("i-8");
    new["createdAt"] =
        time::OffsetDateTime::from(clock).unix_timestamp().saturating_mul(1000).into();
    let created = cloud.horizon.create(&new_image(), &deadline(20)).await.unwrap();
    assert!(matches!(created, Created::Taken(..)), "{created:?}");
    let was_sent = AtomicBool::new(false);
    let cloud = Cloud::start(move |request| match request.path().rsplit('/').next().unwrap() {
        "images" if request.method == "POST" => {
            was_sent.store(true, Ordering::SeqCst);
            Reply::reset()
        }
        "images" if was_sent.load(Ordering::SeqCst) => page(std::slice::from_ref(&new)),
        _ => missing().header("date", httpdate::fmt_http_date(clock)),
    })
    .await;
    let created = cloud.horizon.create(&new_image(), &deadline(20)).await.unwrap();
    assert!(matches!(created, Created::Accepted(_)), "{created:?}");
}
