use super::*;
use crate::cloud::Kind;
use crate::cloud::horizon::Created;

/// A service without images, which answers a creation with `reply`, and then lists `appeared`.
async fn create(reply: Reply, appeared: &[Value]) -> (Cloud, crate::cloud::Result<Created>) {
    let appeared = appeared.to_vec();
    let was_sent = std::sync::atomic::AtomicBool::new(false);
    let cloud = Cloud::start(move |request| match request.method.as_str() {
        "POST" => {
            was_sent.store(true, std::sync::atomic::Ordering::SeqCst);
            reply.clone()
        }
        _ if was_sent.load(std::sync::atomic::Ordering::SeqCst) && !appeared.is_empty() => {
            page(&appeared)
        }
        _ => missing(),
    })
    .await;
    let created = cloud.horizon.create(&new_image(), &deadline(20)).await;
    (cloud, created)
}

fn image(id: &str, os: &str) -> Value {
    json!({ "id": id, "name": "golden", "os": os, "status": "PENDING", "sourceType": "AZURE_SIG" })
}

#[tokio::test]
async fn the_request_has_what_was_asked_for_and_nothing_that_is_null() {
    let answer = json!({ "streamId": "i-1", "versionId": "v-1", "assetId": null });
    let (cloud, created) = create(Reply::json(201, answer), &[]).await;
    let Created::Accepted(accepted) = created.unwrap() else { panic!("not accepted") };
    assert_eq!((accepted.id.as_str(), accepted.version_id.as_deref()), ("i-1", Some("v-1")));
    assert_eq!((accepted.asset_id, accepted.doubt.is_none()), (None, true));
    assert_eq!(cloud.calls(), ["GET /images", "POST /images"]);
    let requests = cloud.fake.requests();
    let post = requests.last().unwrap();
    assert_eq!(post.query("action").as_deref(), Some("copy-existing-image"));
    let letters: Vec<String> = PASSWORD.chars().map(String::from).collect();
    let expected = json!({
        "streamName": "golden",
        "os": "Windows 11",
        "osType": "WINDOWS",
        "gpuType": "NONE",
        "providerLabel": "AZURE",
        "providerInstanceId": "p-1",
        "sourceStreamType": "AZURE_SIG",
        "versionSource": "0.0",
        "versionType": "MAJOR",
        "versionDescription": "first",
        "markers": [{ "name": "default" }],
        "orgId": "org-1",
        "assetDetails": {
            "type": "AZURE_IMAGE_IN_SIG",
            "data": {
                "galleryAzureADTenantId": "t",
                "galleryImageResourceId": "/v",
                "multiSession": true,
                "mspOrgId": "m",
            },
            "vmInfo": { "username": "admin", "password": letters },
        },
    });
    assert_eq!(post.json(), expected);
    let search = requests.iter().find(|request| request.method == "GET").unwrap();
    assert!(search.target.contains("search=name%20%24eq%20golden"), "{}", search.target);
    assert_eq!(search.query("org_id").as_deref(), Some("org-1"));
}

#[tokio::test]
async fn an_image_that_appeared_after_a_lost_answer_is_adopted_if_it_is_the_only_one_and_matches() {
    for reply in [
        Reply::reset(),
        Reply::empty(502),
        Reply::empty(500),
        Reply::json(201, json!({})),
        Reply::new(201, "text/html", "<html>"),
    ] {
        let (cloud, created) = create(reply, &[image("i-7", "Windows 11")]).await;
        let Created::Accepted(accepted) = created.unwrap() else { panic!("not adopted") };
        assert_eq!((accepted.id.as_str(), accepted.doubt.is_some()), ("i-7", true));
        let posts = cloud.calls().iter().filter(|call| call.starts_with("POST")).count();
        assert_eq!(posts, 1);
    }
    let old = json!({ "id": "i-8", "name": "golden", "createdAt": "2020-01-01T00:00:00Z" });
    for others in [
        vec![image("i-8", "Ubuntu")],
        vec![image("i-8", "Windows 11"), image("i-9", "Windows 11")],
        vec![old],
    ] {
        let (cloud, created) = create(Reply::reset(), &others).await;
        let Created::Taken(found, Some(why)) = created.unwrap() else { panic!("{others:?}") };
        assert_eq!((found.len(), why.kind), (others.len(), Kind::Conflict));
        let posts = cloud.calls().iter().filter(|call| call.starts_with("POST")).count();
        assert_eq!(posts, 1);
    }
}

#[tokio::test]
async fn a_name_that_is_in_use_is_found_before_anything_is_sent() {
    let cloud = Cloud::start(|request| match request.method.as_str() {
        // The search of some services finds more than was asked for.
        "GET" => page(&[json!({ "id": "i-1", "name": "golden-2" }), image("i-2", "Windows 11")]),
        _ => Reply::unexpected(request),
    })
    .await;
    let created = cloud.horizon.create(&new_image(), &deadline(20)).await.unwrap();
    let Created::Taken(found, None) = created else { panic!("{created:?}") };
    assert_eq!(found.iter().map(|image| image.id.as_str()).collect::<Vec<_>>(), ["i-2"]);
}

#[tokio::test]
async fn a_refusal_is_the_error() {
    let refusal = json!({
        "status": 400,
        "errors": [
            { "code": "FORBIDDEN_X", "message": "No.", "detail": "Not here", "parameters": { "a": 1 },
              "cause": "java.lang.Exception at ..." },
            { "code": "SECOND", "message": "Nor\nthere" },
        ],
        "traceId": "t-1",
        "resource": "images",
    });
    let (_, created) = create(Reply::json(400, refusal), &[]).await;
    let error = created.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Invalid, Some("FORBIDDEN_X")));
    assert_eq!(error.message, "No. - Not here (a = 1); Nor there");
    assert_eq!(error.facts, [("Resource", "images".to_owned()), ("Trace id", "t-1".to_owned())]);
}
