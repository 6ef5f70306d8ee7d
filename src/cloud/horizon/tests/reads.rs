use super::*;
use crate::cloud::{Kind, Stage};

#[tokio::test]
async fn only_the_service_itself_says_that_an_image_does_not_exist() {
    for (reply, kind) in [
        (missing(), Kind::NotFound),
        (Reply::new(404, "text/html", "<h1>404</h1>"), Kind::Unexpected),
        (Reply::json(404, json!({ "message": "no Route matched" })), Kind::Unexpected),
        (Reply::empty(404), Kind::Unexpected),
        (Reply::json(200, json!({ "error": "strange" })), Kind::Unexpected),
        (Reply::json(403, json!({ "message": "no" })), Kind::Denied),
        (Reply::json(400, json!({ "errors": [{ "code": "BAD" }] })), Kind::Invalid),
        (Reply::json(409, json!({})), Kind::Conflict),
    ] {
        let cloud = Cloud::start(move |_| reply.clone()).await;
        let error = cloud.horizon.image("i-1", &deadline(5)).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error:?}");
    }
}

#[tokio::test]
async fn the_page_of_a_gateway_becomes_one_short_line() {
    let text = "<html>\n\n<body>sorry</body>".to_owned() + &"x".repeat(3000);
    let cloud = Cloud::start(move |_| Reply::new(400, "text/html", text.clone())).await;
    let error = cloud.horizon.image("i-1", &deadline(5)).await.unwrap_err();
    assert!(error.message.len() < 500 && !error.message.contains('\n'), "{}", error.message);
}

#[tokio::test]
async fn all_pages_are_read_each_element_once() {
    let cloud = Cloud::start(|request| {
        let number: u64 = request.query("page").unwrap().parse().unwrap();
        let start = number * 10;
        let content: Vec<Value> = (start..(start + 11).min(25))
            .map(|n| json!({ "id": format!("i-{n:02}"), "name": format!("n-{n:02}"), "markers": null }))
            .collect();
        // The list grows while it is read.
        Reply::json(200, json!({ "content": content, "totalPages": if number == 0 { 2 } else { 3 } }))
    })
    .await;
    let images = cloud.horizon.images(None, &deadline(5)).await.unwrap();
    // Three times three pages.
    assert_eq!((images.len(), cloud.calls().len()), (25, 9));
}

#[tokio::test]
async fn a_list_without_elements_is_empty_however_the_service_says_so() {
    for reply in [missing(), Reply::empty(204), page(&[])] {
        let cloud = Cloud::start(move |_| reply.clone()).await;
        assert!(cloud.horizon.images(None, &deadline(5)).await.unwrap().is_empty());
    }
    let cloud = Cloud::start(|_| Reply::json(200, json!({ "sorry": true }))).await;
    assert!(cloud.horizon.images(None, &deadline(5)).await.is_err());
}

#[tokio::test]
async fn a_token_without_an_organization_needs_one_in_the_configuration() {
    let cloud = Cloud::with(&json!({ "sub": "me" }), Reply::unexpected).await;
    let error = cloud.horizon.image("i-1", &deadline(5)).await.unwrap_err();
    assert_eq!((error.stage, error.setting), (Stage::Settings, Some("org_id")));
    assert!(cloud.calls().is_empty());
}
