//! Deletions.

use super::*;
use crate::cloud::Kind;

/// A cloud that accepts a deletion with `headers`.
async fn accepting(
    headers: &'static [&'static str],
    script: impl Fn(&Asked<'_>) -> Reply + Send + Sync + 'static,
) -> Cloud {
    Cloud::start(move |asked| match asked.key() {
        ("DELETE", ITEM, 1) => {
            let add = |reply: Reply, name: &&str| reply.header(name, asked.status());
            headers.iter().fold(Reply::empty(202), add)
        }
        _ => script(asked),
    })
    .await
}

#[tokio::test]
async fn a_deletion_is_over_when_the_image_is_gone() {
    // 22
    let cloud = accepting(&["azure-asyncoperation"], |asked| match asked.key() {
        ("GET", STATUS, 1) => status("Deleting"),
        ("GET", STATUS, 2) => status("Succeeded"),
        ("GET", ITEM, 1) => shows("Deleting"),
        ("GET", ITEM, 2..=3) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    cloud.delete().await.unwrap();
    // It is gone when the service reports it twice.
    let trace = ["DELETE golden", "GET op-1", "GET op-1", "GET golden", "GET golden", "GET golden"];
    assert_eq!(cloud.trace(), trace);
}

#[tokio::test]
async fn a_deletion_may_be_followed_at_a_location() {
    for end in [Reply::empty(200), Reply::empty(204), not_found()] {
        // 14: the location is forgotten once the deletion is done
        let cloud = accepting(&["Location"], move |asked| match asked.key() {
            ("GET", STATUS, 1) => Reply::empty(202),
            ("GET", STATUS, 2) => end.clone(),
            ("GET", ITEM, 1..=2) => not_found(),
            _ => asked.unexpected(),
        })
        .await;
        cloud.delete().await.unwrap();
        let trace = ["DELETE golden", "GET op-1", "GET op-1", "GET golden", "GET golden"];
        assert_eq!(cloud.trace(), trace);
    }
}

#[tokio::test]
async fn a_deletion_without_an_address_polls_the_image() {
    // 22; the image had failed before, and still shows it for a while
    let cloud = accepting(&[], |asked| match asked.key() {
        ("GET", ITEM, 1) => broken(),
        ("GET", ITEM, 2) => shows("Deleting"),
        ("GET", ITEM, 3..=4) => refusal(404, "ResourceGroupNotFound", "The group is gone too."),
        _ => asked.unexpected(),
    })
    .await;
    cloud.delete().await.unwrap();
}

/// How long it shows that depends on the service alone.
#[tokio::test]
async fn a_failed_image_that_is_deleted_may_show_its_old_failure_for_long() {
    let cloud = accepting(&[], |asked| match asked.key() {
        ("GET", ITEM, 1..=12) => broken(),
        ("GET", ITEM, _) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    cloud.delete().await.unwrap();
}

#[tokio::test]
async fn another_failure_than_the_one_before_is_that_of_the_deletion() {
    let in_use = || {
        let mut image = image("Failed");
        image["properties"]["status"] = json!({"errorCode": "InUse", "errorMessage": "Used."});
        Reply::json(200, image)
    };
    for before in [broken(), shows("Succeeded")] {
        let cloud = accepting(&[], move |asked| match asked.key() {
            ("GET", ITEM, 1..=2) => before.clone(),
            ("GET", ITEM, 3) => in_use(),
            _ => asked.unexpected(),
        })
        .await;
        let error = cloud.delete().await.unwrap_err();
        assert_eq!((error.kind, error.code.as_deref()), (Kind::Failed, Some("InUse")));
    }
}

#[tokio::test]
async fn a_missing_image_counts_as_deleted() {
    // 22
    let absent = Cloud::start(|_| not_found()).await;
    absent.delete().await.unwrap();
    assert_eq!(absent.trace(), ["DELETE golden", "GET golden"]);
    let empty = Cloud::start(|asked| match asked.key() {
        ("DELETE", ITEM, 1) => Reply::empty(204).header("azure-asyncoperation", STATUS),
        ("GET", ITEM, 1..=2) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    empty.delete().await.unwrap();
    assert_eq!(empty.trace(), ["DELETE golden", "GET golden", "GET golden"]);
}

#[tokio::test]
async fn a_missing_subscription_does_not_count_as_deleted() {
    let cloud = Cloud::start(|_| refusal(404, "SubscriptionNotFound", "No such one.")).await;
    let error = cloud.delete().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Invalid, Some("SubscriptionNotFound")));
}

#[tokio::test]
async fn a_failed_deletion_is_an_error_at_once() {
    // 23
    let cloud = accepting(&["azure-asyncoperation", "location"], |asked| match asked.key() {
        ("GET", STATUS, 1) => Reply::json(
            200,
            json!({"status": "Failed", "error": {"code": "InUse", "message": "A machine uses it."}}),
        ),
        _ => asked.unexpected(),
    })
    .await;
    let error = cloud.delete().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Failed, Some("InUse")));
    assert_eq!(error.message, "A machine uses it.");
    assert_eq!(cloud.trace(), ["DELETE golden", "GET op-1"]);
}

#[tokio::test]
async fn an_image_that_fails_while_it_is_deleted_is_an_error() {
    // 23, without a status
    let cloud = accepting(&[], |asked| match asked.key() {
        ("GET", ITEM, 1) => shows("Deleting"),
        ("GET", ITEM, 2) => broken(),
        _ => asked.unexpected(),
    })
    .await;
    assert_eq!(cloud.delete().await.unwrap_err().code.as_deref(), Some("DownloadFailed"));
}

#[tokio::test]
async fn a_conflict_is_waited_out_while_the_image_is_busy() {
    // 24
    let cloud = Cloud::start(|asked| match asked.key() {
        ("DELETE", ITEM, 1..=2) => refusal(409, "Busy", "Another operation is running."),
        ("GET", ITEM, 1) => shows("InProgress"),
        ("GET", ITEM, 2) => shows("Deleting"),
        ("DELETE", ITEM, 3) => Reply::empty(204),
        ("GET", ITEM, 3..=4) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    cloud.delete().await.unwrap();
}

#[tokio::test]
async fn a_conflict_with_an_operation_that_has_just_ended_is_not_an_error() {
    // 24, but for a moment
    let busy = || refusal(409, "AnotherOperationInProgress", "Another operation is running.");
    let cloud = Cloud::start(move |asked| match asked.key() {
        ("DELETE", ITEM, 1) => busy(),
        ("GET", ITEM, 1) => shows("Succeeded"),
        ("DELETE", ITEM, 2) => Reply::empty(204),
        ("GET", ITEM, 2..=3) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    cloud.delete().await.unwrap();
    // One that never ends is.
    let cloud = Cloud::start(move |asked| match asked.key() {
        ("DELETE", ITEM, 1..=2) => busy(),
        ("GET", ITEM, 1..=2) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    assert_eq!(cloud.delete().await.unwrap_err().kind, Kind::Conflict);
}

#[tokio::test]
async fn a_conflict_about_an_idle_image_is_reported_at_once() {
    // 24
    let cloud = Cloud::start(|asked| match asked.key() {
        ("DELETE", ITEM, 1) => refusal(409, "InUse", "A machine uses it."),
        ("GET", ITEM, 1) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    let error = cloud.delete().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Conflict, Some("InUse")));
    assert_eq!(error.message, "A machine uses it.");
}

#[tokio::test]
async fn only_the_service_itself_can_say_that_an_image_is_gone() {
    let stranger = || Reply::json(404, r#"{"message": "no Route matched with those values"}"#);
    let cloud = accepting(&[], move |asked| match asked.key() {
        ("GET", ITEM, 1..=4) => stranger(),
        ("GET", ITEM, 5) => not_found(),
        // One front end lagged behind.
        ("GET", ITEM, 6) => shows("Deleting"),
        ("GET", ITEM, 7..=8) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    cloud.delete().await.unwrap();
    assert_eq!(cloud.fake.count(), 9);
    let cloud = Cloud::start(move |_| stranger()).await;
    assert_eq!(cloud.delete().await.unwrap_err().kind, Kind::Unexpected);
}
