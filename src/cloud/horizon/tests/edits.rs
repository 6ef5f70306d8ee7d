//! Markers that are taken away from a version.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::cloud::Kind;
use crate::cloud::horizon::Marker;

fn marker() -> Value {
    json!({ "id": "m-1", "name": "old", "versionId": "v-1" })
}

/// An image whose marker is shown for two more reads after it was deleted.
async fn cloud() -> Cloud {
    let reads = AtomicUsize::new(usize::MAX);
    Cloud::start(move |request| {
        if request.method == "DELETE" {
            assert!(request.path().ends_with("/images/i-1/markers/m-1"), "{}", request.target);
            reads.store(2, Ordering::SeqCst);
            return Reply::empty(204);
        }
        let left = reads.load(Ordering::SeqCst);
        let shown = if left > 0 { vec![marker()] } else { vec![] };
        match request.path().rsplit('/').next().unwrap() {
            "markers" => page(&shown),
            "v-1" => Reply::json(200, json!({ "id": "v-1", "markers": shown })),
            "i-1" => {
                reads.store(left.saturating_sub(1), Ordering::SeqCst);
                Reply::json(200, json!({ "id": "i-1", "markers": shown }))
            }
            _ => Reply::unexpected(request),
        }
    })
    .await
}

#[tokio::test]
async fn a_marker_is_removed_once_the_version_is_shown_without_it() {
    let known = Marker { id: "m-1".into(), name: "old".into(), ..Marker::default() };
    // Its id is looked up if it is not known.
    for marker in [known.clone(), Marker { id: String::new(), ..known }] {
        let cloud = cloud().await;
        cloud.horizon.delete_marker("i-1", "v-1", &marker, &deadline(5)).await.unwrap();
        let calls = cloud.calls();
        let looks = calls.iter().filter(|call| *call == "GET /images/i-1").count();
        assert_eq!(looks, 3, "{calls:?}");
    }
}

#[tokio::test]
async fn a_marker_whose_id_nobody_tells_is_not_deleted() {
    let cloud = Cloud::start(|request| match request.method.as_str() {
        "GET" => page(&[json!({ "name": "old", "versionId": "v-1" })]),
        _ => Reply::unexpected(request),
    })
    .await;
    let marker = Marker { name: "old".into(), ..Marker::default() };
    let error = cloud.horizon.delete_marker("i-1", "v-1", &marker, &deadline(5)).await.unwrap_err();
    assert_eq!(error.kind, Kind::Unexpected);
    assert!(error.message.contains("\"old\""), "{}", error.message);
}
