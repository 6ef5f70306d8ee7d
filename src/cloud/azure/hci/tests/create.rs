//! Creations and updates that succeed, in all forms of the protocol.

use super::*;

const ASYNC: &str = "Azure-AsyncOperation";

#[tokio::test]
async fn a_creation_is_polled_at_its_status_and_then_read() {
    // 1, 10
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::json(201, image("Accepted")).header(ASYNC, asked.status()),
        ("GET", STATUS, 1) => status("Downloading"),
        ("GET", STATUS, 2) => status("Succeeded"),
        ("GET", ITEM, 1) => at(40, 4096),
        ("GET", ITEM, 2) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    let deadline = deadline(5.0);
    let created = cloud.begin(&new_image(), &deadline).await.unwrap();
    assert_eq!(created.image.unwrap().provisioning_state.as_deref(), Some("Accepted"));
    let mut seen = Vec::new();
    let mut keep = |progress: &Progress| seen.push(progress.clone());
    let image = cloud.images.wait(&created.operation, &deadline, &mut keep).await.unwrap();
    assert_eq!(image.hyper_v_generation.as_deref(), Some("V2"));
    assert_eq!((seen[0].progress_percentage, seen[0].download_size_in_mb), (Some(40), Some(4096)));
    assert_eq!(seen[1].provisioning_state.as_deref(), Some("Succeeded"));
    let trace = ["PUT golden", "GET op-1", "GET golden", "GET op-1", "GET golden"];
    assert_eq!(cloud.trace(), trace);
    let requests = cloud.fake.requests();
    let body = requests[0].json();
    assert_eq!(body["properties"], json!({"imagePath": SAS, "osType": "Linux"}));
    assert!(body.get("tags").is_none());
    for request in &requests {
        assert_eq!(request.target.matches("api-version=").count(), 1, "{}", request.target);
        assert_eq!(request.header("authorization"), Some("Bearer token-1"));
        let correlation = request.header("x-ms-correlation-request-id");
        assert_eq!(correlation, requests[0].header("x-ms-correlation-request-id"));
        assert!(correlation.is_some());
    }
}

#[tokio::test]
async fn a_creation_that_is_done_at_once_takes_one_read_and_no_pause() {
    // 2, 3
    for put in [
        Reply::json(201, image("Succeeded")).header(ASYNC, STATUS).header("Retry-After", 60),
        Reply::json(200, image("Succeeded")).header("location", STATUS),
        Reply::json(200, json!({"id": ITEM, "properties": {"osType": "Linux"}})),
        Reply::empty(200),
    ] {
        let cloud = Cloud::start(move |asked| match asked.key() {
            ("PUT", ITEM, 1) => put.clone(),
            ("GET", ITEM, 1) => shows("Succeeded"),
            _ => asked.unexpected(),
        })
        .await;
        cloud.create().await.unwrap();
        assert_eq!(cloud.trace(), ["PUT golden", "GET golden"]);
    }
}

#[tokio::test]
async fn a_creation_without_an_address_polls_the_resource() {
    // 4, 5; and a body that claims success too early
    for put in [
        Reply::json(201, image("Accepted")),
        Reply::empty(202),
        Reply::json(201, image("Succeeded")),
        // A new resource's own address is not that of an operation.
        Reply::json(201, image("Accepted")).header("Location", ITEM),
    ] {
        let cloud = Cloud::start(move |asked| match asked.key() {
            ("PUT", ITEM, 1) => put.clone(),
            ("GET", ITEM, 1) => at(10, 1),
            ("GET", ITEM, 2) => shows("Succeeded"),
            _ => asked.unexpected(),
        })
        .await;
        cloud.create().await.unwrap();
        assert_eq!(cloud.trace(), ["PUT golden", "GET golden", "GET golden"]);
    }
}

#[tokio::test]
async fn the_status_is_preferred_whatever_the_case_of_the_headers() {
    // 6, 7, 19: the address is relative, and has no api-version of its own
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::json(201, image("Accepted"))
            .header("LOCATION", "/elsewhere")
            .header("azure-ASYNCOPERATION", STATUS),
        ("GET", STATUS, 1) => status("sUcCeEdEd"),
        ("GET", ITEM, 1) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    assert_eq!(cloud.fake.requests()[1].query("api-version").as_deref(), Some("2024-01-01"));
}

#[tokio::test]
async fn an_empty_202_is_no_end_and_a_new_address_is_followed() {
    // 8, 9
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => {
            Reply::json(201, image("Accepted")).header("Location", "/first?api-version=1")
        }
        ("GET", "/first", 1) => Reply::empty(202),
        ("GET", "/first", 2) => Reply::empty(202).header("Location", "/second?api-version=1"),
        ("GET", "/second", 1) => Reply::json(200, image("Succeeded")),
        ("GET", ITEM, n) => {
            if n < 3 {
                at(1, 1)
            } else {
                shows("Succeeded")
            }
        }
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    let polls: Vec<String> =
        cloud.trace().into_iter().filter(|line| !line.ends_with("golden")).collect();
    assert_eq!(polls, ["GET first", "GET first", "GET second"]);
}

#[tokio::test]
async fn tags_are_patched_alone_and_every_way_of_accepting_works() {
    // 26
    for patch in [
        Reply::json(200, image("Succeeded")),
        Reply::json(200, image("Accepted")).header(ASYNC, STATUS),
        Reply::empty(202).header("Location", format!("{STATUS}?api-version=1")),
        Reply::empty(202).header(ASYNC, format!("{STATUS}?api-version=1")),
        Reply::empty(202),
    ] {
        let cloud = Cloud::start(move |asked| match asked.key() {
            ("PATCH", ITEM, 1) => patch.clone(),
            ("GET", STATUS, 1) => Reply::empty(202),
            ("GET", STATUS, 2) => shows("Succeeded"),
            ("GET", ITEM, 1) => shows("Succeeded"),
            _ => asked.unexpected(),
        })
        .await;
        cloud.update(&tags(&[("a", "1")])).await.unwrap();
        assert_eq!(cloud.fake.requests()[0].json(), json!({"tags": {"a": "1"}}));
    }
}

#[tokio::test]
async fn removing_all_tags_sends_an_empty_map() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PATCH" | "GET", ITEM, 1) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.update(&BTreeMap::new()).await.unwrap();
    assert_eq!(cloud.fake.requests()[0].text(), r#"{"tags":{}}"#);
}

#[tokio::test]
async fn an_image_of_a_machine_uses_the_preview_version_throughout() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::json(201, image("Accepted")),
        ("GET", ITEM, _) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    let new = NewImage { source: Source::VirtualMachine("/vm".into()), ..new_image() };
    let deadline = deadline(5.0);
    let created = cloud.begin(&new, &deadline).await.unwrap();
    cloud.wait(&created.operation, &deadline).await.unwrap();
    for request in cloud.fake.requests() {
        assert_eq!(request.query("api-version").as_deref(), Some("2024-05-01-preview"));
    }
}

#[tokio::test]
async fn an_operation_can_be_kept_as_text_and_waited_for_elsewhere() {
    // 27
    let cloud = Cloud::start(|asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::json(201, image("Accepted"))
            .header(ASYNC, asked.status())
            .header("Retry-After", 60),
        ("GET", STATUS, 1) => status("Succeeded"),
        ("GET", ITEM, _) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    let deadline = deadline(5.0);
    let Accepted { operation, .. } = cloud.begin(&new_image(), &deadline).await.unwrap();
    let text = serde_json::to_string(&operation).unwrap();
    assert!(!text.contains("sig") && !text.contains("store.example"), "{text}");
    let kept: Operation = serde_json::from_str(&text).unwrap();
    let expired = super::deadline(0.0);
    let late = cloud.wait(&kept, &expired).await.unwrap_err();
    assert_eq!(late.operation, "CreateGalleryImage");
    // A later process has waited enough: no pause.
    cloud.wait(&kept, &deadline).await.unwrap();
    // With the id alone, the resource is polled.
    cloud.wait(&cloud.images.creation(&id(), ApiVersion::Stable), &deadline).await.unwrap();
    assert_eq!(cloud.trace(), ["PUT golden", "GET op-1", "GET golden", "GET golden"]);
}
