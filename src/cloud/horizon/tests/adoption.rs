//! Creations whose answer got lost: whose the image is that appears, and when it is looked for.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::cloud::horizon::Created;

/// An image that may be the requested one.
fn image(id: &str) -> Value {
    json!({
        "id": id, "name": "golden", "os": "Windows 11", "osType": "WINDOWS", "gpuType": "NONE",
        "sourceType": "AZURE_SIG", "status": "PENDING",
    })
}

#[tokio::test]
async fn a_list_that_still_shows_an_image_that_is_gone_does_not_take_its_name() {
    let lists = AtomicUsize::new(0);
    let cloud = Cloud::start(move |request| match request.path().rsplit('/').next().unwrap() {
        "images" if request.method == "POST" => Reply::json(201, json!({ "streamId": "i-1" })),
        "images" if lists.fetch_add(1, Ordering::SeqCst) < 3 => page(&[image("i-0")]),
        _ => missing(),
    })
    .await;
    let created = cloud.horizon.create(&new_image(), &deadline(20)).await.unwrap();
    let Created::Accepted(accepted) = created else { panic!("{created:?}") };
    assert_eq!(accepted.id, "i-1");
}
