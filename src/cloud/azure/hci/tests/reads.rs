//! Reading one image and lists of them.

use super::*;
use crate::cloud::Kind;

async fn get(cloud: &Cloud) -> Result<Image> {
    cloud.images.get(&id(), ApiVersion::Stable, &deadline(5.0)).await
}

#[tokio::test]
async fn an_image_is_read_after_transient_failures() {
    let cloud = Cloud::start(|asked| match asked.count {
        1 => Reply::empty(503).header("retry-after-ms", 10),
        2 => refusal(429, "TooManyRequests", "Slow down.").header("retry-after-ms", 10),
        3 => Reply::reset(),
        _ => shows("Updating"),
    })
    .await;
    assert_eq!(get(&cloud).await.unwrap().provisioning_state.as_deref(), Some("Updating"));
    assert_eq!(cloud.fake.requests()[0].target, format!("{ITEM}?api-version=2024-01-01"));
}

#[tokio::test]
async fn only_a_missing_image_or_group_is_not_found() {
    for (reply, kind) in [
        (not_found(), Kind::NotFound),
        (refusal(404, "ResourceGroupNotFound", "No group."), Kind::NotFound),
        (refusal(404, "SubscriptionNotFound", "No subscription."), Kind::Invalid),
        (refusal(403, "AuthorizationFailed", "No right."), Kind::Denied),
        (Reply::new(404, "text/html", "<html>lost</html>"), Kind::Unexpected),
        (Reply::empty(307).header("Location", "https://evil.example/x"), Kind::Unexpected),
        (Reply::new(200, "text/html", "<html>portal</html>"), Kind::Unexpected),
    ] {
        let cloud = Cloud::start(move |_| reply.clone()).await;
        let error = get(&cloud).await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(said(&error).contains(ITEM));
    }
}

#[tokio::test]
async fn an_endpoint_with_a_path_keeps_it() {
    let fake = Fake::replies(vec![shows("Succeeded")]).await;
    let login = login(&format!("{}/arm/", fake.url())).await;
    let images = GalleryImages::new(Arc::new(Http::new("test".into())), login, INTERVAL);
    images.get(&id(), ApiVersion::Stable, &deadline(5.0)).await.unwrap();
    assert_eq!(fake.requests()[0].path(), format!("/arm{ITEM}"));
}

#[tokio::test]
async fn a_new_image_that_is_not_visible_yet_is_read_again() {
    let cloud = Cloud::start(|asked| match asked.count {
        1..4 => not_found(),
        _ => shows("Succeeded"),
    })
    .await;
    let creation = cloud.images.creation(&id(), ApiVersion::Stable);
    cloud.wait(&creation, &deadline(5.0)).await.unwrap();
    let cloud = Cloud::start(|_| not_found()).await;
    let error = cloud.wait(&creation, &deadline(5.0)).await;
    assert_eq!(error.unwrap_err().kind, Kind::NotFound);
    assert_eq!(cloud.fake.count(), 10);
}

#[tokio::test]
async fn a_response_without_an_image_is_an_error() {
    for reply in [
        Reply::json(200, "{}"),
        Reply::json(200, json!({"error": {"code": "Busy", "message": "Later."}})),
        Reply::json(200, json!({"code": "Busy", "message": "Later."})),
        Reply::new(200, "text/html", "<title>Sign in</title>"),
        Reply::json(404, r#"{"message": "no Route matched with those values"}"#),
        Reply::empty(404),
    ] {
        let answer = reply.clone();
        let cloud = Cloud::start(move |_| answer.clone()).await;
        let error = get(&cloud).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unexpected, "{reply:?}");
        let look = cloud.images.look(&id(), ApiVersion::Stable, &deadline(5.0)).await;
        assert_eq!(look.unwrap_err().kind, Kind::Unexpected, "{reply:?}");
        // During a wait, it is neither the end nor the failure of the operation.
        let cloud = Cloud::start(move |asked| match asked.count {
            1..4 => reply.clone(),
            _ => shows("Succeeded"),
        })
        .await;
        let creation = cloud.images.creation(&id(), ApiVersion::Stable);
        cloud.wait(&creation, &deadline(5.0)).await.unwrap();
    }
}

async fn list(cloud: &Cloud, group: Option<&str>) -> Result<Vec<Image>> {
    cloud.images.list("s-1", group, ApiVersion::Stable, &deadline(5.0)).await
}

#[tokio::test]
async fn a_list_is_followed_over_empty_pages() {
    let cloud = Cloud::start(|asked| {
        let page = asked.request.query("page");
        let next = |n| format!("{}{LIST}?api-version=2024-01-01&page={n}", asked.base);
        match page.as_deref() {
            None => Reply::json(200, json!({"value": [image("Succeeded")], "nextLink": next(2)})),
            // Relative, and without a version of the API.
            Some("2") => {
                Reply::json(200, json!({"value": [], "nextLink": format!("{LIST}?page=3")}))
            }
            Some("3") => Reply::json(200, json!({"value": null, "nextLink": next(4)})),
            _ => Reply::json(200, json!({"value": [image("Failed")], "nextLink": ""})),
        }
    })
    .await;
    let images = list(&cloud, Some("group")).await.unwrap();
    assert_eq!(images.len(), 2);
    for request in cloud.fake.requests() {
        assert_eq!(request.target.matches("api-version=").count(), 1, "{}", request.target);
    }
}

#[tokio::test]
async fn a_list_of_the_whole_subscription_does_not_name_a_group() {
    let cloud = Cloud::start(|_| Reply::json(200, json!({"value": []}))).await;
    assert_eq!(list(&cloud, None).await.unwrap(), []);
    let error = list(&cloud, Some("../other")).await.unwrap_err();
    assert_eq!((error.kind, cloud.fake.count()), (Kind::Invalid, 1));
    let path = "/subscriptions/s-1/providers/Microsoft.AzureStackHCI/galleryImages";
    assert_eq!(cloud.fake.requests()[0].path(), path);
}

#[tokio::test]
async fn what_is_not_a_page_of_a_list_is_never_an_empty_one() {
    for (answer, why) in [
        (json!({}), "not a page of a list"),
        (json!({"message": "hello"}), "hello"),
        (json!({"value": {}}), "not a page of a list"),
        (json!({"error": {"code": "Internal", "message": "It broke."}}), "It broke."),
    ] {
        let second = format!("{LIST}?api-version=2024-01-01&skip=1");
        for is_first in [true, false] {
            let (answer, second) = (answer.clone(), second.clone());
            let cloud = Cloud::start(move |asked| match asked.key() {
                (_, _, 1) if !is_first => {
                    Reply::json(200, json!({"value": [], "nextLink": second}))
                }
                _ => Reply::json(200, &answer),
            })
            .await;
            let error = list(&cloud, Some("group")).await.unwrap_err();
            assert_eq!(error.kind, Kind::Unexpected);
            assert!(error.message.contains(why), "{error}");
        }
    }
}

#[tokio::test]
async fn a_list_with_links_elsewhere_or_in_a_cycle_is_an_error() {
    let elsewhere = Fake::replies(vec![Reply::json(200, json!({"value": []}))]).await;
    for (next, why) in [
        (format!("{}{LIST}?api-version=1", elsewhere.url()), "the token is for"),
        (format!("{LIST}?api-version=2024-01-01"), "that of an earlier page"),
    ] {
        let cloud =
            Cloud::start(move |_| Reply::json(200, json!({"value": [], "nextLink": next}))).await;
        let error = list(&cloud, Some("group")).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unexpected);
        assert!(error.message.contains(why), "{error}");
        assert_eq!(cloud.fake.count(), 1);
    }
    assert_eq!(elsewhere.count(), 0);
}
