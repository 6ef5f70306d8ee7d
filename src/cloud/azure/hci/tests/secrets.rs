//! What must not leak: tokens to other hosts, image paths into errors.

use super::*;
use crate::secret::Secret;

#[tokio::test]
async fn an_address_of_another_host_is_never_polled() {
    // 20, 21
    let elsewhere = Fake::replies(vec![status("Succeeded")]).await;
    for header in ["Azure-AsyncOperation", "Location"] {
        for address in [
            format!("{}{STATUS}?api-version=1", elsewhere.url()),
            "https://evil.example/op?api-version=1".to_owned(),
            "//evil.example/op".to_owned(),
            "http://[".to_owned(),
            String::new(),
        ] {
            let cloud = Cloud::start(move |asked| match asked.key() {
                ("PUT", ITEM, 1) => Reply::json(201, image("Accepted")).header(header, &address),
                ("GET", ITEM, 1) => at(5, 5),
                ("GET", ITEM, 2) => shows("Succeeded"),
                _ => asked.unexpected(),
            })
            .await;
            cloud.create().await.unwrap();
            assert_eq!(cloud.trace(), ["PUT golden", "GET golden", "GET golden"]);
        }
    }
    assert_eq!(elsewhere.count(), 0);
}

#[tokio::test]
async fn an_address_that_moves_elsewhere_during_a_wait_is_not_followed() {
    let elsewhere = Fake::replies(vec![status("Succeeded")]).await;
    let away = elsewhere.url();
    let cloud = Cloud::start(move |asked| match asked.key() {
        ("PUT", ITEM, 1) => {
            Reply::json(201, image("Accepted")).header("Azure-AsyncOperation", asked.status())
        }
        ("GET", STATUS, 1) => status("InProgress").header("Azure-AsyncOperation", &away),
        ("GET", ITEM, 1) => at(5, 5),
        ("GET", ITEM, 2) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    assert_eq!(elsewhere.count(), 0);
}

#[tokio::test]
async fn the_same_host_may_be_written_in_another_way() {
    // 20: capitals, and the scheme's own port
    let login = login("https://management.example").await;
    let http = Arc::new(Http::new("test".into()));
    let arm = crate::cloud::azure::arm::Arm::new(http, login, INTERVAL);
    for good in
        ["https://MANAGEMENT.example:443/op?api-version=1", "/op", "HTTPS://management.example/op"]
    {
        assert!(
            arm.given(good, "1").unwrap().as_str().starts_with("https://management.example/op?")
        );
    }
    for bad in [
        "http://management.example/op",
        "https://management.example:444/op",
        "https://management.example.evil.example/op",
        "https://evil.example/https://management.example/op",
        "https://management.example@evil.example/op",
    ] {
        assert!(arm.given(bad, "1").is_err(), "{bad}");
    }
}

#[tokio::test]
async fn the_image_path_is_in_no_error() {
    let escaped = "https%3A%2F%2Fstore.example%2Fvhds%2Fgolden.vhdx%3Fsv%3D2024%26sig%3DaB%252Fc%252B9xyz%253D";
    let echo = format!("Cannot read {SAS} ({escaped}), signature aB/c+9xyz= is expired.");
    let body = json!({"status": "Failed", "error": {
        "code": "DownloadFailed", "message": echo, "target": SAS,
        "details": [{"code": "Inner", "message": format!("again: {SAS}")}]}});
    let refused = refusal(400, "BadPath", &echo);
    let cloud = Cloud::start(move |asked| match asked.key() {
        ("PUT", ITEM, 1) => refused.clone(),
        ("PUT", ITEM, 2) => Reply::new(503, "text/html", echo.clone()),
        ("GET", ITEM, 1) => refusal(403, "AuthorizationFailed", &echo),
        ("PUT", ITEM, 3) => {
            Reply::json(201, image("Accepted")).header("Azure-AsyncOperation", STATUS)
        }
        ("GET", STATUS, _) => Reply::json(200, &body),
        ("GET", ITEM, _) => broken(),
        _ => asked.unexpected(),
    })
    .await;
    let _known = Secret::from(SAS);
    for _ in 0..3 {
        let error = cloud.create().await.unwrap_err();
        let said = format!("{} {error:?}", said(&error));
        for piece in ["sig=", "sig%3D", "9xyz", "vhds", "golden.vhdx"] {
            assert!(!said.contains(piece), "{piece} is in {said}");
        }
    }
    // A process that does not know the path still hides the signature.
    let operation = cloud.images.creation(&id(), ApiVersion::Stable);
    let debug = format!("{operation:?} {:?}", cloud.images);
    assert!(!debug.contains("9xyz"), "{debug}");
}
