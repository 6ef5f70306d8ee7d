use super::*;
use crate::cloud::Kind;
use crate::cloud::horizon::{Deletion, Import, Refused};

fn import() -> Import {
    Import { id: "i-1".into(), version_id: Some("v-1".into()), copy_id: None, is_copy: false }
}

/// A service whose image has these statuses, one for each read; the last one stays.
async fn with_statuses(statuses: &'static [&'static str]) -> Cloud {
    let reads = std::sync::atomic::AtomicUsize::new(0);
    Cloud::start(move |request| match request.path().rsplit('/').next().unwrap() {
        "i-1" => {
            let read = reads.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let status = statuses[read.min(statuses.len() - 1)];
            Reply::json(200, json!({ "id": "i-1", "status": status }))
        }
        "v-1" => Reply::json(200, json!({ "id": "v-1", "status": "FAILED" })),
        "copies" => page(&[json!({
            "id": "c-1", "status": "IMPORT_FAILED", "errorCode": "AZURE_VM_NOT_FOUND",
            "errorDetails": "No VM {vm}", "errorDetailsParameters": { "vm": "x" },
        })]),
        _ => Reply::unexpected(request),
    })
    .await
}

#[tokio::test]
async fn statuses_that_nobody_has_heard_of_are_waited_on() {
    let cloud = with_statuses(&["PENDING", "QUANTUM_PENDING", "IMPORT_COMPLETE"]).await;
    let seen = cloud.horizon.wait(&import(), &deadline(10), &mut |_| {}).await.unwrap();
    assert_eq!(seen.image.status.as_deref(), Some("IMPORT_COMPLETE"));
    // A copy of an existing image goes through that status.
    let cloud = with_statuses(&["IMPORT_COMPLETE", "AVAILABLE"]).await;
    let copy = Import { is_copy: true, ..import() };
    let seen = cloud.horizon.wait(&copy, &deadline(10), &mut |_| {}).await.unwrap();
    assert_eq!(seen.image.status.as_deref(), Some("AVAILABLE"));
}

#[tokio::test]
async fn a_failure_ends_the_wait_with_the_reason_in_the_copy() {
    let cloud = with_statuses(&["IN_PROGRESS", "FAILED"]).await;
    let error = cloud.horizon.wait(&import(), &deadline(10), &mut |_| {}).await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Failed, Some("AZURE_VM_NOT_FOUND")));
    assert!(error.message.ends_with("No VM {vm} (vm = x)"), "{}", error.message);
    assert!(error.facts.contains(&("Image", "i-1".to_owned())), "{error:?}");
}

#[tokio::test]
async fn an_image_that_was_there_and_is_missing_twice_was_deleted() {
    let reads = std::sync::atomic::AtomicUsize::new(0);
    let cloud = Cloud::start(move |request| match request.path().ends_with("/i-1") {
        true if reads.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => {
            Reply::json(200, json!({ "id": "i-1", "status": "IN_PROGRESS" }))
        }
        _ => missing(),
    })
    .await;
    let error = cloud.horizon.wait(&import(), &deadline(10), &mut |_| {}).await.unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (Kind::NotFound, "the image was deleted meanwhile")
    );
}

#[tokio::test]
async fn versions_that_nobody_asked_to_delete_are_in_the_way() {
    let cloud = Cloud::start(|request| match request.method.as_str() {
        "GET" => page(&[
            json!({ "id": "v-2" }),
            json!({ "id": "v-1" }),
            json!({ "id": "v-0", "status": "DELETING" }),
        ]),
        _ => Reply::unexpected(request),
    })
    .await;
    let wanted = Deletion { id: "i-1", version_id: Some("v-1"), all_versions: false, force: false };
    let refused = cloud.horizon.delete(&wanted, &deadline(5)).await.unwrap_err();
    let Refused::OtherVersions(versions) = refused else { panic!("{refused:?}") };
    assert_eq!(versions.iter().map(|version| version.id.as_str()).collect::<Vec<_>>(), ["v-2"]);
}
