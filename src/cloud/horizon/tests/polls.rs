//! How often the service is asked during a wait, and what it says about a failure.

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
