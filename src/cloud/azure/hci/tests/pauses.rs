//! The pauses between status checks, and the errors of timeouts.

use std::time::SystemTime;

use tokio::time::Instant;

use super::*;
use crate::cloud::Kind;

/// A cloud whose creation is accepted and continues, with a header about pauses.
async fn pausing(accepted: String, running: String) -> Cloud {
    Cloud::start(move |asked| {
        let with = |reply: Reply, pause: &str| match pause {
            "" => reply,
            pause => reply.header("Retry-After", pause),
        };
        match asked.key() {
            ("PUT", ITEM, 1) => with(
                Reply::json(201, image("Accepted")).header("Azure-AsyncOperation", STATUS),
                &accepted,
            ),
            ("GET", STATUS, 1) => with(status("InProgress"), &running),
            ("GET", STATUS, 2) => status("Succeeded"),
            ("GET", ITEM, 1) => at(42, 5120),
            ("GET", ITEM, 2) => shows("Succeeded"),
            _ => asked.unexpected(),
        }
    })
    .await
}

#[tokio::test]
async fn the_service_sets_the_pauses_from_the_first_response_on() {
    // 18: whole seconds and dates
    let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3));
    let cloud = pausing("1".into(), date).await;
    cloud.create().await.unwrap();
    let gaps = cloud.fake.gaps();
    assert!(gaps[0] >= Duration::from_secs(1) && gaps[0] < Duration::from_millis(1500), "{gaps:?}");
    // From the check of the image on; dates do not have fractions.
    assert!(gaps[2] >= Duration::from_millis(500), "{gaps:?}");
}

#[tokio::test]
async fn no_pause_zero_and_invalid_values_mean_the_polling_interval() {
    // 18
    for odd in ["", "0", "garbage", "-5"] {
        let cloud = pausing(odd.into(), odd.into()).await;
        cloud.create().await.unwrap();
        let gaps = cloud.fake.gaps();
        for gap in [gaps[0], gaps[2]] {
            assert!(gap >= INTERVAL && gap < Duration::from_millis(500), "{odd:?}: {gaps:?}");
        }
    }
}

#[tokio::test]
async fn a_pause_beyond_the_time_left_is_shortened_for_a_last_check() {
    // 18
    let cloud = pausing("3600".into(), "3600".into()).await;
    let deadline = deadline(1.0);
    let created = cloud.begin(&new_image(), &deadline).await.unwrap();
    let started = Instant::now();
    let error = cloud.wait(&created.operation, &deadline).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_millis(1200));
    assert_eq!(cloud.trace(), ["PUT golden", "GET op-1", "GET golden"]);
    // 27, and what was seen last
    assert_eq!((error.kind, error.operation), (Kind::TimedOut, "CreateGalleryImage"));
    for piece in [
        "not finished after 0.9s of the 1s allowed",
        "the next status check is due in 10m",
        "state InProgress, progress 42 percent, 5120 MB downloaded",
        "Azure is still creating it",
    ] {
        assert!(error.message.contains(piece), "{piece} is missing in {}", error.message);
    }
    assert!(said(&error).contains(ITEM));
}

#[tokio::test]
async fn a_wait_without_any_status_reports_the_last_problem() {
    let cloud = Cloud::start(|asked| match asked.verb {
        "PUT" => Reply::json(201, image("Accepted")),
        _ => Reply::new(503, "text/html", "<title>Busy</title>"),
    })
    .await;
    let deadline = deadline(0.4);
    let created = cloud.begin(&new_image(), &deadline).await.unwrap();
    let error = cloud.wait(&created.operation, &deadline).await.unwrap_err();
    assert_eq!(error.kind, Kind::TimedOut);
    let said = said(&error);
    assert!(said.contains("The image was not seen") && said.contains("Busy"), "{said}");
}

#[tokio::test]
async fn stopping_ends_a_wait_at_once() {
    // 27
    let cloud = pausing("60".into(), String::new()).await;
    let deadline = deadline(300.0);
    let created = cloud.begin(&new_image(), &deadline).await.unwrap();
    let stop = deadline.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(50)).await;
        stop.cancel();
    });
    let started = Instant::now();
    let error = cloud.wait(&created.operation, &deadline).await.unwrap_err();
    assert_eq!(error.kind, Kind::Interrupted);
    assert!(started.elapsed() < Duration::from_secs(1));
    assert_eq!(cloud.fake.count(), 1);
}

#[tokio::test]
async fn thirty_images_are_polled_a_few_at_a_time() {
    let cloud = Cloud::start(|asked| match asked.count {
        1..=3 => at(1, 1).after(Duration::from_millis(20)),
        _ => shows("Succeeded"),
    })
    .await;
    let mut waits = tokio::task::JoinSet::new();
    for number in 0..30 {
        let images = cloud.images.clone();
        waits.spawn(async move {
            let name = format!("image-{number}");
            let id = ResourceId::new(GALLERY_IMAGE, &["s-1", "group", &name]).unwrap();
            let operation = images.creation(&id, ApiVersion::Stable);
            images.wait(&operation, &deadline(20.0), &mut |_| ()).await
        });
    }
    for ended in waits.join_all().await {
        ended.unwrap();
    }
    assert_eq!(cloud.fake.count(), 30 * 4);
    assert!(cloud.fake.most_in_flight() <= 8, "{}", cloud.fake.most_in_flight());
}
