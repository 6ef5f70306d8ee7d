//! The status address of an operation that cannot be read, or never says that it is over: the
//! image decides.

use super::*;
use crate::cloud::Kind;

/// A cloud whose change is accepted with a status address.
async fn watched(script: impl Fn(&Asked<'_>) -> Reply + Send + Sync + 'static) -> Cloud {
    Cloud::start(move |asked| match asked.key() {
        ("PUT", ITEM, 1) => {
            Reply::json(201, image("Accepted")).header("Azure-AsyncOperation", asked.status())
        }
        ("PATCH", ITEM, 1) => Reply::empty(202).header("Location", STATUS),
        _ => script(asked),
    })
    .await
}

/// Answers that never tell the state of an operation.
fn silent() -> [Reply; 5] {
    [
        Reply::empty(500),
        Reply::reset(),
        Reply::new(200, "text/html", "<html>hello</html>"),
        refusal(401, "InvalidAuthenticationToken", "Wrong."),
        refusal(429, "TooManyRequests", "Slow down."),
    ]
}

#[tokio::test]
async fn an_image_that_is_done_is_good_though_its_status_address_says_nothing() {
    for silence in silent() {
        let cloud = watched(move |asked| match asked.key() {
            ("GET", STATUS, _) => silence.clone(),
            ("GET", ITEM, 1) => at(5, 5),
            ("GET", ITEM, _) => shows("Succeeded"),
            _ => asked.unexpected(),
        })
        .await;
        cloud.create().await.unwrap();
        // The image is read as well only after several silent answers.
        let trace = cloud.trace();
        let before = trace.iter().position(|line| line == "GET golden").unwrap();
        assert!(before > 3, "{trace:?}");
    }
}

#[tokio::test]
async fn a_success_that_was_never_seen_to_run_is_believed_when_it_is_repeated() {
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, _) => Reply::empty(500),
        ("GET", ITEM, _) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    let reads = cloud.trace().iter().filter(|line| *line == "GET golden").count();
    assert_eq!(reads, 3);
}

#[tokio::test]
async fn an_image_that_failed_ends_the_wait_though_its_status_address_says_nothing() {
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, _) => Reply::empty(500),
        ("GET", ITEM, _) => broken(),
        _ => asked.unexpected(),
    })
    .await;
    let error = cloud.create().await.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Failed, Some("DownloadFailed")));
}

#[tokio::test]
async fn an_image_that_does_not_appear_is_waited_for_while_nothing_is_known_of_it() {
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1..=20) => Reply::empty(500),
        ("GET", STATUS, _) => status("Succeeded"),
        ("GET", ITEM, 1..=18) => not_found(),
        ("GET", ITEM, _) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
}

#[tokio::test]
async fn the_last_check_believes_the_image_rather_than_a_status_that_never_ends() {
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, _) => status("InProgress"),
        ("GET", ITEM, 1) => at(5, 5),
        ("GET", ITEM, _) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    let deadline = deadline(1.0);
    let accepted = cloud.begin(&new_image(), &deadline).await.unwrap();
    cloud.wait(&accepted.operation, &deadline).await.unwrap();
    assert!(deadline.elapsed() > Duration::from_millis(800));
}

#[tokio::test]
async fn the_last_check_reads_the_image_whatever_the_address_said() {
    let cloud = watched(|asked| match asked.key() {
        ("GET", STATUS, 1) => status("InProgress"),
        ("GET", STATUS, _) => Reply::empty(503).header("Retry-After", 3600),
        ("GET", ITEM, 1) => at(5, 5),
        ("GET", ITEM, _) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    let deadline = deadline(1.0);
    let accepted = cloud.begin(&new_image(), &deadline).await.unwrap();
    cloud.wait(&accepted.operation, &deadline).await.unwrap();
}

#[tokio::test]
async fn a_deleted_image_is_gone_though_the_status_address_says_nothing() {
    let cloud = Cloud::start(|asked| match asked.key() {
        ("DELETE", ITEM, 1) => Reply::empty(202).header("Azure-AsyncOperation", asked.status()),
        ("GET", STATUS, _) => Reply::empty(500),
        ("GET", ITEM, 1) => shows("Deleting"),
        ("GET", ITEM, _) => not_found(),
        _ => asked.unexpected(),
    })
    .await;
    cloud.delete().await.unwrap();
}

fn tagged(state: &str) -> Reply {
    let mut image = image(state);
    image["tags"] = json!({"A": "1"});
    Reply::json(200, image)
}

#[tokio::test]
async fn tags_that_are_in_place_end_an_update_whose_address_is_of_no_use() {
    for silence in [
        not_found(),
        Reply::empty(302).header("Location", "https://evil.example/"),
        Reply::empty(500),
        refusal(401, "InvalidAuthenticationToken", "Wrong."),
        Reply::new(200, "text/html", "<html>hello</html>"),
    ] {
        let cloud = watched(move |asked| match asked.key() {
            ("GET", STATUS, _) => silence.clone(),
            // Not yet there, then not yet done.
            ("GET", ITEM, 1) => shows("Succeeded"),
            ("GET", ITEM, 2) => tagged("Updating"),
            ("GET", ITEM, _) => tagged("Succeeded"),
            _ => asked.unexpected(),
        })
        .await;
        let image = cloud.update(&tags(&[("a", "1")])).await.unwrap();
        assert_eq!(image.tags, tags(&[("A", "1")]));
        let reads = cloud.trace().iter().filter(|line| *line == "GET golden").count();
        assert_eq!(reads, 3);
    }
}
