use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::cloud::Kind;
use crate::cloud::horizon::{Deletion, Refused};

/// The only version may be deleted.
const WANTED: Deletion<'static> =
    Deletion { id: "i-1", version_id: Some("v-1"), all_versions: false, force: false };

/// A service with one image, whose versions depend on how many deletions it has received; without
/// any, the image is gone as well. `answer` answers a deletion by its number.
async fn cloud(
    versions: impl Fn(usize) -> Vec<Value> + Send + Sync + 'static,
    answer: impl Fn(usize) -> Reply + Send + Sync + 'static,
) -> Cloud {
    let sent = AtomicUsize::new(0);
    Cloud::start(move |request| {
        if request.method == "DELETE" {
            return answer(sent.fetch_add(1, Ordering::SeqCst));
        }
        let now = versions(sent.load(Ordering::SeqCst));
        match request.path().rsplit('/').next().unwrap() {
            _ if now.is_empty() => missing(),
            "i-1" => Reply::json(200, json!({ "id": "i-1", "status": "AVAILABLE" })),
            "versions" => page(&now),
            "copies" => missing(),
            id => now.iter().find(|v| v["id"] == id).map_or_else(missing, |v| Reply::json(200, v)),
        }
    })
    .await
}

fn version(id: &str) -> Value {
    json!({ "id": id, "status": "AVAILABLE" })
}

fn accepted(_: usize) -> Reply {
    Reply::empty(202)
}

fn deletions(cloud: &Cloud) -> usize {
    cloud.calls().iter().filter(|call| call.starts_with("DELETE")).count()
}

#[tokio::test]
async fn a_deletion_without_effect_is_sent_again() {
    let cloud = cloud(|sent| if sent < 2 { vec![version("v-1")] } else { vec![] }, accepted).await;
    cloud.horizon.delete(&WANTED, &deadline(20)).await.unwrap();
    assert_eq!(deletions(&cloud), 2);
}

#[tokio::test]
async fn a_version_that_appears_during_the_deletion_is_in_the_way() {
    let versions = |sent| vec![version(if sent == 0 { "v-1" } else { "v-2" })];
    let cloud = cloud(versions, accepted).await;
    let refused = cloud.horizon.delete(&WANTED, &deadline(20)).await.unwrap_err();
    let Refused::OtherVersions(others) = refused else { panic!("{refused:?}") };
    assert_eq!(others.iter().map(|version| version.id.as_str()).collect::<Vec<_>>(), ["v-2"]);
    assert_eq!(deletions(&cloud), 1);
}

#[tokio::test]
async fn after_a_lost_answer_one_missing_version_is_not_a_deletion() {
    let looks = AtomicUsize::new(0);
    let sent = AtomicUsize::new(0);
    let cloud = Cloud::start(move |request| {
        let is_gone = sent.load(Ordering::SeqCst) > 1;
        match (request.method.as_str(), request.path().rsplit('/').next().unwrap()) {
            ("DELETE", _) if sent.fetch_add(1, Ordering::SeqCst) == 0 => Reply::reset(),
            ("DELETE", _) => Reply::empty(202),
            _ if is_gone => missing(),
            (_, "versions") => page(&[version("v-1")]),
            // A front end that lags behind.
            (_, "v-1") if looks.fetch_add(1, Ordering::SeqCst) == 0 => missing(),
            (_, "v-1") => Reply::json(200, version("v-1")),
            (_, "i-1") => Reply::json(200, json!({ "id": "i-1", "status": "AVAILABLE" })),
            _ => missing(),
        }
    })
    .await;
    cloud.horizon.delete(&WANTED, &deadline(20)).await.unwrap();
    let calls = cloud.calls();
    let last = calls.iter().rposition(|call| call.starts_with("DELETE")).unwrap();
    let looks =
        calls[..last].iter().filter(|call| **call == "GET /images/i-1/versions/v-1").count();
    assert_eq!((deletions(&cloud), looks), (2, 2), "{calls:?}");
}

#[tokio::test]
async fn an_image_without_versions_cannot_be_deleted_and_is_not_waited_for() {
    let cloud = Cloud::start(|request| match request.path().rsplit('/').next().unwrap() {
        "i-1" => Reply::json(200, json!({ "id": "i-1", "status": "AVAILABLE" })),
        _ => missing(),
    })
    .await;
    let wanted = Deletion { version_id: None, ..WANTED };
    let refused = cloud.horizon.delete(&wanted, &deadline(20)).await.unwrap_err();
    let Refused::Failed(error) = refused else { panic!("{refused:?}") };
    assert_eq!(error.kind, Kind::Unexpected);
    assert!(error.message.contains("no version"), "{}", error.message);
}
