//! How often the service is asked during a wait, and what it says about a failure.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::cloud::horizon::Import;

fn import() -> Import {
    Import {
        id: "i-1".into(),
        version_id: Some("v-1".into()),
        copy_id: Some("c-1".into()),
        is_copy: false,
    }
}

/// An image that is in this status for twelve reads, with a version and copies as given.
async fn cloud(status: Value, version: Reply, copies: Reply) -> Cloud {
    let reads = AtomicUsize::new(0);
    Cloud::start(move |request| match request.path().rsplit('/').next().unwrap() {
        "i-1" => {
            let is_over = reads.fetch_add(1, Ordering::SeqCst) >= 12;
            let status = if is_over { json!("IMPORT_COMPLETE") } else { status.clone() };
            Reply::json(200, json!({ "id": "i-1", "status": status }))
        }
        "v-1" => version.clone(),
        "copies" => copies.clone(),
        _ => Reply::unexpected(request),
    })
    .await
}

#[tokio::test]
async fn one_request_is_sent_for_each_interval_whatever_is_answered() {
    let version = |status: &str| Reply::json(200, json!({ "id": "v-1", "status": status }));
    let copies = |status: &str| page(&[json!({ "id": "c-1", "status": status })]);
    for (status, version, copies) in [
        (json!("IN_PROGRESS"), version("IMPORT_IN_PROGRESS"), copies("DEPLOYING_VM")),
        (json!("IN_PROGRESS"), version("IMPORT_COMPLETE"), copies("IMPORT_COMPLETE")),
        (json!("IN_PROGRESS"), missing(), missing()),
        (json!("IN_PROGRESS"), Reply::empty(500), Reply::new(403, "text/html", "<html>")),
        (json!(null), version("PENDING"), copies("IMPORT_PENDING")),
    ] {
        let shown = format!("{status} {version:?} {copies:?}");
        let cloud = cloud(status, version, copies).await;
        cloud.horizon.wait(&import(), &deadline(20), &mut |_| {}).await.unwrap();
        let requests = cloud.fake.requests();
        // When it is over, everything is read at once.
        let last = requests.iter().rposition(|one| one.path().ends_with("/i-1")).unwrap();
        let first = requests.iter().position(|one| one.path().ends_with("/i-1")).unwrap();
        let gaps = &cloud.fake.gaps()[first..last];
        assert!(gaps.iter().all(|gap| *gap >= Duration::from_millis(18)), "{shown}: {gaps:?}");
        assert!(last - first <= 40, "{shown}: {} requests", last - first);
    }
}

#[tokio::test]
async fn the_pause_that_is_asked_for_about_a_copy_is_made() {
    let busy = Reply::empty(503).header("retry-after", 1);
    let cloud = cloud(json!("IN_PROGRESS"), missing(), busy).await;
    let (import, deadline) = (import(), deadline(60));
    let mut ignored = |_: &crate::cloud::horizon::Snapshot| {};
    let waiting = cloud.horizon.wait(&import, &deadline, &mut ignored);
    let _ = tokio::time::timeout(Duration::from_secs(3), waiting).await;
    let requests = cloud.fake.requests();
    let asked = requests.iter().position(|one| one.path().ends_with("/copies")).unwrap();
    assert!(cloud.fake.gaps()[asked] >= Duration::from_millis(990), "{:?}", cloud.fake.gaps());
}

/// The error of an import that fails, with these copies.
async fn failed(copies: Vec<Value>) -> crate::cloud::Error {
    let cloud = Cloud::start(move |request| match request.path().rsplit('/').next().unwrap() {
        "i-1" => Reply::json(200, json!({ "id": "i-1", "status": "FAILED" })),
        "v-1" => Reply::json(200, json!({ "id": "v-1", "status": "FAILED" })),
        "copies" => page(&copies),
        _ => Reply::unexpected(request),
    })
    .await;
    cloud.horizon.wait(&import(), &deadline(10), &mut |_| {}).await.unwrap_err()
}

#[tokio::test]
async fn a_reason_that_only_the_history_of_the_copy_has_is_told() {
    let history = json!([
        { "code": "AZURE_VM_NOT_FOUND", "message": "Earlier." },
        { "code": "AZURE_QUOTA_EXHAUSTED", "message": "No quota.", "detail": "In {region}",
          "parameters": { "region": "westus2" } },
    ]);
    let copy = json!({ "id": "c-1", "status": "IMPORT_FAILED", "errorsHistory": history });
    let error = failed(vec![copy]).await;
    assert_eq!(error.code.as_deref(), Some("AZURE_QUOTA_EXHAUSTED"));
    assert!(error.message.ends_with("No quota. - In {region} (region = westus2)"), "{error}");
    // What the copy says itself goes first.
    let copy = json!({
        "id": "c-1", "status": "IMPORT_FAILED", "errorCode": "AZURE_SUBNET_NOT_FOUND",
        "errorsHistory": [{ "code": "AZURE_VM_NOT_FOUND", "message": "Earlier." }],
    });
    let error = failed(vec![copy]).await;
    assert_eq!(error.code.as_deref(), Some("AZURE_SUBNET_NOT_FOUND"));
    assert!(!error.message.contains("Earlier"), "{error}");
}

#[tokio::test]
async fn the_reason_of_another_copy_is_told_where_the_known_one_is_not_listed() {
    let error = failed(vec![
        json!({ "id": "c-8", "status": "IMPORT_COMPLETE" }),
        json!({ "id": "c-9", "status": "IMPORT_FAILED", "errorDetails": "No VM." }),
    ])
    .await;
    assert!(error.message.ends_with("No VM."), "{error}");
    assert!(error.facts.contains(&("Asset status", "IMPORT_FAILED".to_owned())), "{error:?}");
}
