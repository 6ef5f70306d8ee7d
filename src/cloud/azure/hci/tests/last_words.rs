//! Images whose state never becomes final though the operation has succeeded.

use super::*;
use crate::cloud::azure::arm::resource::State;

/// The official example of an image: accepted, and downloaded as a whole.
fn example() -> Value {
    let mut image = image("Accepted");
    image["properties"]["status"] = json!({
        "provisioningStatus": {"operationId": "op-1", "status": "Succeeded"},
        "progressPercentage": 100, "downloadStatus": {"downloadSizeInMB": 9383}});
    image
}

#[tokio::test]
async fn an_image_is_taken_as_it_is_some_time_after_its_operation_succeeded() {
    for (verb, shown) in [("PUT", example()), ("PUT", image("Accepted")), ("PATCH", example())] {
        let cloud = Cloud::start(move |asked| match asked.key() {
            ("PUT" | "PATCH", ITEM, 1) => {
                Reply::json(202, "{}").header("Azure-AsyncOperation", asked.status())
            }
            ("GET", STATUS, 1) => status("Succeeded"),
            ("GET", ITEM, _) => Reply::json(200, &shown),
            _ => asked.unexpected(),
        })
        .await;
        let image = match verb {
            "PUT" => cloud.create().await.unwrap(),
            _ => cloud.update(&tags(&[("a", "1")])).await.unwrap(),
        };
        assert_eq!(image.provisioning_state.as_deref(), Some("Accepted"));
        // Not before it had time to show that it failed.
        assert!(cloud.fake.count() > 10, "{:?}", cloud.trace());
    }
}

#[tokio::test]
async fn a_failure_that_shows_after_the_operation_succeeded_is_one() {
    let cloud = Cloud::start(move |asked| match asked.key() {
        ("PUT", ITEM, 1) => {
            Reply::json(201, image("Accepted")).header("Azure-AsyncOperation", asked.status())
        }
        ("GET", STATUS, 1) => status("Succeeded"),
        ("GET", ITEM, 1..=5) => shows("Accepted"),
        ("GET", ITEM, 6) => broken(),
        _ => asked.unexpected(),
    })
    .await;
    assert_eq!(cloud.create().await.unwrap_err().code.as_deref(), Some("DownloadFailed"));
}

#[tokio::test]
async fn an_image_without_an_operation_that_says_itself_that_it_is_done_is_taken_as_it_is() {
    let cloud = Cloud::start(move |asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::json(201, example()),
        ("GET", ITEM, _) => Reply::json(200, example()),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    assert!(cloud.fake.count() > 10, "{:?}", cloud.trace());
}

#[test]
fn an_image_says_itself_that_it_is_done_by_its_status_and_its_percentage() {
    let is_finished = |change: fn(&mut Value)| {
        let mut document = example();
        change(&mut document["properties"]);
        let image = Image::read(&document);
        (image.is_finished, image.state())
    };
    assert_eq!(is_finished(|_| ()), (true, State::Running));
    let changes: [fn(&mut Value); 4] = [
        |properties| properties["status"]["progressPercentage"] = json!(99),
        |properties| properties["status"]["provisioningStatus"]["status"] = json!("InProgress"),
        |properties| properties["status"] = Value::Null,
        // Its last words are about its creation.
        |properties| properties["provisioningState"] = json!("Deleting"),
    ];
    for change in changes {
        assert_eq!(is_finished(change), (false, State::Running));
    }
}
