//! Changes whose outcome is unknown: checked before they are sent again.

use super::*;
use crate::cloud::Kind;
use crate::cloud::azure::hci::Identifier;

#[tokio::test]
async fn a_creation_whose_response_was_lost_is_found_and_waited_for() {
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
async fn an_image_that_shows_late_is_ours_though_its_creation_conflicts() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::reset(),
        ("GET", ITEM, 1..=3) => not_found(),
        ("PUT", ITEM, 2) => refusal(409, "Busy", "Another operation is running."),
        ("GET", ITEM, 4..=5) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
}

#[tokio::test]
async fn a_second_attempt_that_fails_leaves_the_first_in_doubt() {
    let same: fn(&Result<Accepted>) -> bool = |created| created.is_ok();
    for (second, is_right) in [
        (refusal(429, "Busy", "Slow down.").header("Retry-After", 3600), same),
        (refusal(401, "ExpiredAuthenticationToken", "Too old."), same),
        (refusal(403, "AuthorizationFailed", "No right to write."), same),
        // The first attempt would have been refused as well.
        (refusal(400, "BadRequest", "What?"), |created| created.is_err()),
    ] {
        let cloud = Cloud::start(move |asked| match asked.key() {
            ("PUT", ITEM, 1) => Reply::reset(),
            ("PUT", ITEM, _) => second.clone(),
            _ => not_found(),
        })
        .await;
        let created = cloud.begin(&new_image(), &deadline(5.0)).await;
        assert!(is_right(&created), "{created:?}");
    }
}

/// The image may exist although it cannot be read: its id is known.
#[tokio::test]
async fn a_creation_of_unknown_outcome_is_left_to_the_wait() {
    for (lost, look) in [
        (Reply::reset(), refusal(403, "AuthorizationFailed", "No right to read.")),
        (Reply::empty(524), Reply::empty(502)),
        (Reply::empty(500), Reply::json(404, r#"{"message": "no Route matched"}"#)),
        (Reply::hang(), Reply::new(200, "text/html", "<p>Sign in</p>")),
        (Reply::empty(408), Reply::json(200, "{}")),
    ] {
        let cloud = Cloud::start(move |asked| match asked.verb {
            "PUT" => lost.clone(),
            _ => look.clone(),
        })
        .await;
        let begun = cloud.begin(&new_image(), &deadline(0.8)).await.unwrap();
        assert_eq!(begun.doubt.unwrap().kind, Kind::TimedOut);
        assert_eq!(begun.operation.resource(), id().to_string());
        assert_eq!(cloud.trace().iter().filter(|line| line.starts_with("PUT")).count(), 1);
        let error = cloud.wait(&begun.operation, &deadline(0.2)).await.unwrap_err();
        assert_eq!(error.kind, Kind::TimedOut);
    }
}

#[tokio::test]
async fn a_caller_that_stops_leaves_a_creation_of_unknown_outcome_to_a_later_wait() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::empty(503).header("retry-after", 60),
        ("GET", ITEM, _) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    let deadline = Deadline::within(Duration::from_secs(90), CancellationToken::new());
    let stop = deadline.stop.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        stop.cancel();
    });
    let begun = cloud.begin(&new_image(), &deadline).await.unwrap();
    assert_eq!(begun.doubt.unwrap().kind, Kind::Interrupted);
    cloud.wait(&begun.operation, &super::deadline(5.0)).await.unwrap();
}

/// Somebody else created the image: it differs, or is older than the first check.
#[tokio::test]
async fn an_image_of_somebody_else_is_never_adopted() {
    let free_at = std::time::SystemTime::now();
    let created = |ago: i64| {
        let at = time::OffsetDateTime::from(free_at) - time::Duration::seconds(ago);
        at.format(&time::format_description::well_known::Rfc3339).unwrap()
    };
    let sent = NewImage {
        identifier: Some(Identifier {
            publisher: "Acme".into(),
            offer: "linux".into(),
            sku: "1".into(),
        }),
        version: Some("1.0.0".into()),
        container_id: Some("/sc/One".into()),
        cloud_init_data_source: Some("Azure".into()),
        hyper_v_generation: Some("V2".into()),
        ..new_image()
    };
    for (members, is_ours) in [
        (json!({}), true),
        (json!({"osType": "linux"}), true),
        (json!({"osType": "Windows"}), false),
        (json!({"identifier": {"publisher": "acme", "offer": "Linux", "sku": "1"}}), true),
        (json!({"identifier": {"publisher": "acme", "offer": "linux", "sku": "2"}}), false),
        (json!({"version": {"name": "1.0.1"}}), false),
        (json!({"sourceVirtualMachineId": "/vm"}), false),
        (json!({"hyperVGeneration": "v2"}), true),
        (json!({"hyperVGeneration": "V1"}), false),
        (json!({"cloudInitDataSource": "azure"}), true),
        (json!({"cloudInitDataSource": "NoCloud"}), false),
        (json!({"containerId": "/SC/one"}), true),
        (json!({"containerId": "/sc/two"}), false),
        (json!({"created": created(0)}), true),
        (json!({"created": created(-30)}), true),
        (json!({"created": created(60)}), false),
        (json!({"location": "eastus"}), false),
        (json!({"custom": "/another"}), false),
    ] {
        let mut found = image("Succeeded");
        for (name, value) in members.as_object().unwrap() {
            match name.as_str() {
                "created" => found["systemData"] = json!({"createdAt": value}),
                "location" => found["location"] = value.clone(),
                "custom" => found["extendedLocation"]["name"] = value.clone(),
                _ => found["properties"][name] = value.clone(),
            }
        }
        let cloud = Cloud::start(move |asked| match asked.verb {
            "PUT" => Reply::empty(524),
            _ => Reply::json(200, &found),
        })
        .await;
        let created = cloud.images.create(&id(), &sent, Some(free_at), &deadline(5.0)).await;
        let is_accepted = matches!(created.unwrap(), Created::Accepted(_));
        assert_eq!(is_accepted, is_ours, "{members}");
        assert_eq!(cloud.trace(), ["PUT golden", "GET golden"]);
    }
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
    assert_eq!(error.kind, Kind::Conflict);
    assert_eq!(cloud.fake.count(), 1);
    assert!(said(&error).contains("x-ms-request-id: request-7"));
}

#[tokio::test]
async fn tags_whose_response_was_lost_are_checked() {
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
    let error = gone.await.update(&tags(&[])).await.unwrap_err();
    assert_eq!((error.kind, error.status), (Kind::NotFound, Some(404)));
}

#[tokio::test]
async fn a_deletion_whose_response_was_lost_is_checked() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("DELETE", ITEM, 1) => Reply::reset(),
        ("GET", ITEM, 1) => shows("Succeeded"),
        ("DELETE", ITEM, 2) => Reply::empty(502),
        ("GET", ITEM, 2) => shows("Deleting"),
        ("GET", ITEM, 3..=4) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    cloud.delete().await.unwrap();
}
