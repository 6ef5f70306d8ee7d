//! Lists over several pages, however the service tells where they end.

use super::*;

/// `count` images in pages of ten, with what else a page says.
async fn paged(count: u64, more: impl Fn(u64) -> Value + Send + Sync + 'static) -> Cloud {
    Cloud::start(move |request| {
        let number: u64 = request.query("page").unwrap().parse().unwrap();
        let shown: Vec<Value> = (number * 10..(number * 10 + 10).min(count))
            .map(|n| json!({ "id": format!("i-{n:02}"), "name": format!("n-{n:02}") }))
            .collect();
        if shown.is_empty() {
            return missing();
        }
        let mut page = more(number);
        page["content"] = shown.into();
        Reply::json(200, page)
    })
    .await
}

#[tokio::test]
async fn a_list_that_does_not_say_where_it_ends_is_read_to_its_end() {
    for (count, more) in [
        (25, json!({})),
        (25, json!({ "totalElements": 25 })),
        (20, json!({ "size": 10 })),
        (25, json!({ "totalPages": null, "last": null })),
    ] {
        let said = more.clone();
        let cloud = paged(count, move |_| more.clone()).await;
        let images = cloud.horizon.images(None, &deadline(5)).await.unwrap();
        assert_eq!(images.len() as u64, count, "{said}");
        // Once, and at most one page beyond the end.
        assert!(cloud.calls().len() <= 4, "{said}: {:?}", cloud.calls());
    }
}

#[tokio::test]
async fn fewer_different_elements_than_there_are_is_a_list_that_changed() {
    let cloud = Cloud::start(|request| {
        let number: usize = request.query("page").unwrap().parse().unwrap();
        // An element moves to a page that was read before.
        let ids = [["i-1", "i-2"], ["i-2", "i-4"]][number];
        let content = ids.map(|id| json!({ "id": id, "name": id }));
        Reply::json(200, json!({ "content": content, "totalPages": 2, "totalElements": 4 }))
    })
    .await;
    cloud.horizon.images(None, &deadline(5)).await.unwrap();
    assert_eq!(cloud.calls().len(), 6);
}

#[tokio::test]
async fn image_sources_of_one_id_are_all_listed() {
    let cloud = Cloud::start(|_| {
        page(&[
            json!({ "id": "s", "displayName": "Windows 11" }),
            json!({ "id": "s", "displayName": "Windows 10" }),
            json!({ "id": "s", "displayName": "Windows 10" }),
        ])
    })
    .await;
    let query = crate::cloud::horizon::SourceQuery {
        provider_instance_id: "p-1".into(),
        provider_type: "AZURE".into(),
        source_type: "AZURE_MARKET_PLACE".into(),
        os_type: None,
    };
    let sources = cloud.horizon.sources(&query, &deadline(5)).await.unwrap();
    let names: Vec<_> =
        sources.iter().filter_map(|source| source.display_name.as_deref()).collect();
    assert_eq!(names, ["Windows 10", "Windows 11"]);
}
