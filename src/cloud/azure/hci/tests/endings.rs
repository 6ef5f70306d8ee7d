//! Operations that fail, and addresses that fail while the operation does not.

use super::*;
use crate::cloud::Kind;

/// A cloud whose creation is accepted with a status address.
async fn watched(script: impl Fn(&Asked<'_>) -> Reply + Send + Sync + 'static) -> Cloud {
    Cloud::start(move |asked| match asked.key() {
        ("PUT", ITEM, 1) => {
            Reply::json(201, image("Accepted")).header("Azure-AsyncOperation", asked.status())
        }
        _ => script(asked),
    })
    .await
}

#[tokio::test]
async fn an_image_that_failed_is_an_error_though_the_operation_succeeded() {
    // 11
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1) => status("Succeeded"),
        ("GET", ITEM, 1) => broken().header("x-ms-request-id", "request-9"),
        _ => asked.unexpected(),
    })
    .await;
    let error = cloud.create().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Failed, Some("DownloadFailed")));
    let said = said(&error);
    for piece in ["could not be downloaded", ITEM, "request-9", "x-ms-correlation-request-id: "] {
        assert!(said.contains(piece), "{piece} is missing in {said}");
    }
}

#[tokio::test]
async fn a_failed_operation_reports_its_reasons_and_those_of_the_image() {
    // 12
    let cases = [
        (
            "Failed",
            json!({"code": "Moc", "message": "Invalid input.",
            "details": [{"code": "Node", "message": "disk full"}]}),
            "Moc",
        ),
        ("Canceled", json!(null), "DownloadFailed"),
        ("cancelled", json!({}), "DownloadFailed"),
    ];
    for (word, reason, code) in cases {
        let body = json!({"status": word, "error": reason});
        let cloud = watched(move |asked| match asked.key() {
            ("GET", STATUS, 1) => Reply::json(200, &body),
            ("GET", ITEM, 1) => broken(),
            _ => asked.unexpected(),
        })
        .await;
        let error = cloud.create().await.unwrap_err();
        assert_eq!((error.kind, error.code.as_deref()), (Kind::Failed, Some(code)));
        let said = said(&error);
        assert_eq!(said.matches("The disk could not be downloaded.").count(), 1, "{said}");
        if code == "Moc" {
            assert!(said.contains("Invalid input.") && said.contains("Node: disk full"), "{said}");
        }
    }
}

#[tokio::test]
async fn a_failure_without_any_reason_says_so() {
    // 12
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1) => Reply::json(200, json!({"status": "Failed", "error": null})),
        ("GET", ITEM, 1) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    let error = cloud.create().await.unwrap_err();
    assert!(error.message.contains("ended as Failed, and the service does not say why"));
}

#[tokio::test]
async fn an_error_alone_in_a_200_is_a_failure() {
    // 13
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1) => refusal(200, "Moc", "Invalid input."),
        ("GET", ITEM, 1) => shows("Failed"),
        _ => asked.unexpected(),
    })
    .await;
    let error = cloud.create().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Failed, Some("Moc")));
    let cloud = Cloud::start(|_| refusal(200, "Moc", "Invalid input.")).await;
    assert_eq!(cloud.create().await.unwrap_err().kind, Kind::Failed);
    assert_eq!(cloud.fake.count(), 1);
}

#[tokio::test]
async fn an_address_that_is_not_there_is_tried_again_before_the_resource_is() {
    // 14
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, _) => not_found(),
        ("GET", ITEM, 1) => at(5, 5),
        ("GET", ITEM, 2) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    let trace = ["PUT golden", "GET op-1", "GET op-1", "GET op-1", "GET golden", "GET golden"];
    assert_eq!(cloud.trace(), trace);
}

#[tokio::test]
async fn a_token_that_expires_during_a_wait_is_renewed_once() {
    // 15
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1) => refusal(401, "ExpiredAuthenticationToken", "Too old."),
        ("GET", STATUS, 2) => status("Succeeded"),
        ("GET", ITEM, 1) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    let tokens: Vec<String> = cloud
        .fake
        .requests()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    assert_eq!(tokens[1..3], ["Bearer token-1", "Bearer token-2"]);
}

/// A download that takes hours must not be given up because a login fails in the meantime.
#[tokio::test]
async fn temporary_refusals_do_not_end_the_wait() {
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1..=6) => refusal(401, "InvalidAuthenticationToken", "Wrong."),
        ("GET", STATUS, 7) => status("Succeeded"),
        ("GET", ITEM, 1) => refusal(403, "AuthorizationFailed", "No right to read."),
        ("GET", ITEM, 2) => Reply::new(403, "text/html", "<title>Blocked</title>"),
        ("GET", ITEM, 3) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
}

#[tokio::test]
async fn an_error_in_place_of_a_state_is_the_failure_of_the_operation() {
    for body in [
        json!({"error": {"code": "DownloadFailed", "message": "No disk."}}),
        json!({"code": "DownloadFailed", "message": "No disk."}),
    ] {
        let cloud = watched(move |asked| match asked.key() {
            ("GET", STATUS, 1) => Reply::json(200, &body),
            ("GET", ITEM, 1) => at(5, 5),
            _ => asked.unexpected(),
        })
        .await;
        let error = cloud.create().await.unwrap_err();
        assert_eq!((error.kind, error.code.as_deref()), (Kind::Failed, Some("DownloadFailed")));
    }
}

#[tokio::test]
async fn the_resource_is_polled_when_the_address_is_forbidden_or_makes_no_sense() {
    // 16
    for odd in [
        refusal(403, "AuthorizationFailed", "No right to read statuses."),
        refusal(400, "BadRequest", "What?"),
        Reply::empty(302).header("Location", "https://evil.example/"),
        Reply::json(200, json!({"unknown": true})),
    ] {
        let cloud = watched(move |asked| match asked.key() {
            ("GET", STATUS, 1) => odd.clone(),
            ("GET", ITEM, 1) => at(5, 5),
            ("GET", ITEM, 2) => shows("Succeeded"),
            _ => asked.unexpected(),
        })
        .await;
        cloud.create().await.unwrap();
        assert_eq!(cloud.trace(), ["PUT golden", "GET op-1", "GET golden", "GET golden"]);
    }
}

/// Not being able to read the state is not a failure, but may be the only hint at the reason of one.
#[tokio::test]
async fn what_was_said_at_the_status_address_is_told_with_a_failure_or_timeout() {
    for (ends_as, kind) in [("Failed", Kind::Failed), ("InProgress", Kind::TimedOut)] {
        let cloud = watched(move |asked| match asked.key() {
            ("GET", STATUS, 1) => Reply::json(400, json!({"code": "Moc", "message": "Disk full."})),
            ("GET", ITEM, _) => shows(ends_as),
            _ => asked.unexpected(),
        })
        .await;
        let deadline = deadline(0.5);
        let accepted = cloud.begin(&new_image(), &deadline).await.unwrap();
        let error = cloud.wait(&accepted.operation, &deadline).await.unwrap_err();
        assert_eq!(error.kind, kind);
        let said = said(&error);
        assert!(said.contains("Status address: Moc: Disk full."), "{said}");
    }
}

#[tokio::test]
async fn an_error_in_place_of_an_image_is_shown_with_its_code() {
    for body in [
        json!({"error": {"code": "Moc", "message": "No node answers."}}),
        json!({"code": "Moc", "message": "No node answers."}),
    ] {
        let cloud = Cloud::start(move |_| Reply::json(200, &body)).await;
        let error = cloud.images.get(&id(), ApiVersion::Stable, &deadline(5.0)).await.unwrap_err();
        assert_eq!((error.kind, error.code.as_deref()), (Kind::Unexpected, Some("Moc")));
        assert_eq!(error.message, "No node answers.");
    }
}

#[tokio::test]
async fn a_change_in_place_is_not_over_because_its_status_cannot_be_read() {
    for odd in [
        Reply::new(200, "text/html", "<html>hello</html>"),
        Reply::json(200, json!({"unknown": true})),
        Reply::empty(302).header("Location", "https://evil.example/"),
        Reply::empty(501),
        Reply::empty(520),
    ] {
        let cloud = Cloud::start(move |asked| match asked.key() {
            ("PATCH", ITEM, 1) => Reply::empty(202).header("Azure-AsyncOperation", asked.status()),
            ("GET", STATUS, 1) => odd.clone(),
            ("GET", STATUS, 2) => status("Failed"),
            ("GET", ITEM, _) => shows("Succeeded"),
            _ => asked.unexpected(),
        })
        .await;
        let error = cloud.update(&tags(&[("a", "1")])).await.unwrap_err();
        assert_eq!(error.kind, Kind::Failed);
    }
}

#[tokio::test]
async fn failing_to_read_a_state_is_not_a_failure_of_the_operation() {
    // 17
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1) => {
            refusal(429, "TooManyRequests", "Slow down.").header("retry-after-ms", 60)
        }
        ("GET", STATUS, 2) => Reply::empty(500),
        ("GET", STATUS, 3) => Reply::reset(),
        ("GET", STATUS, 4) => Reply::new(503, "text/html", "<html>busy</html>"),
        ("GET", STATUS, 5) => status("Succeeded"),
        ("GET", ITEM, 1) => Reply::empty(502),
        ("GET", ITEM, 2) => Reply::reset(),
        ("GET", ITEM, 3) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    assert!(cloud.fake.gaps()[1] >= Duration::from_millis(60));
}

#[tokio::test]
async fn a_refusal_at_a_location_is_the_failure_of_the_operation() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::empty(202).header("Location", STATUS),
        ("GET", STATUS, 1) => refusal(409, "InUse", "The name is taken."),
        ("GET", ITEM, 1) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    let error = cloud.create().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Failed, Some("InUse")));
}

#[tokio::test]
async fn a_byte_order_mark_is_accepted() {
    // 25
    let marked = |body: Value| Reply::new(200, "application/json", format!("\u{feff}{body}"));
    let cloud = watched(move |asked| match asked.key() {
        ("GET", STATUS, 1) => marked(json!({"status": "Succeeded"})),
        ("GET", ITEM, 1) => marked(image("Succeeded")),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
}

#[tokio::test]
async fn a_new_image_may_appear_late_but_not_never() {
    // 28
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1) => status("Succeeded"),
        ("GET", ITEM, 1..=4) => not_found(),
        ("GET", ITEM, 5) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1) => status("Succeeded"),
        _ => not_found(),
    })
    .await;
    let error = cloud.create().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::NotFound, Some("ResourceNotFound")));
}
