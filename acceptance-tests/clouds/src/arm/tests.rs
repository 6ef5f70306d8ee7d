//! The service over a socket.

mod discovery;
mod faults;
mod operations;
mod quoting;
mod refusals;
mod system_data;
mod tags;

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::shared::client::{Answer, send};

const GROUP: &str = "/subscriptions/7e570000-0000-4000-8000-000000000010/resourceGroups/images-rg/providers/Microsoft.AzureStackHCI/galleryImages";
const V: &str = "?api-version=2024-01-01";

fn call(arm: &Simulation, verb: &str, target: &str, body: &Value) -> Option<Answer> {
    let token = arm.state.tokens.issue(AUDIENCES[0], Duration::from_secs(60));
    let authorization = format!("Bearer {token}");
    let mut headers = vec![("Authorization", authorization.as_str())];
    if !body.is_null() {
        headers.push(("Content-Type", "application/json"));
    }
    let text = if body.is_null() { String::new() } else { body.to_string() };
    send(&arm.url(), verb, target, &headers, &text)
}

fn get(arm: &Simulation, target: &str) -> Answer {
    call(arm, "GET", target, &Value::Null).unwrap()
}

fn image_at(name: &str) -> String {
    format!("{GROUP}/{name}{V}")
}

fn wanted() -> Value {
    json!({
        "location": "westus2",
        "tags": {"team": "images"},
        "extendedLocation": {"type": "CustomLocation", "name": custom_location_id()},
        "properties": {"imagePath": "https://store.example/vhd/a.vhdx?sig=secret", "osType": "Linux"},
    })
}

fn put(arm: &Simulation, name: &str) -> Answer {
    call(arm, "PUT", &image_at(name), &wanted()).unwrap()
}

/// The path and query of an absolute URL on this service.
fn local(arm: &Simulation, url: &str) -> String {
    url.strip_prefix(&arm.url()).unwrap_or_else(|| panic!("{url}")).to_owned()
}

fn state_of(answer: &Answer) -> String {
    answer.json()["properties"]["provisioningState"].as_str().unwrap_or_default().to_owned()
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_created_image_is_filled_in_by_the_service_and_hides_its_path() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    let created = put(&arm, "ubuntu");
    assert_eq!(created.status, 201, "{}", created.body);
    let body = created.json();
    assert_eq!(body["id"], image_at("ubuntu").replace("images-rg", RESOURCE_GROUP).replace(V, ""));
    assert_eq!(body["properties"]["provisioningState"], "Succeeded");
    assert_eq!(body["properties"]["hyperVGeneration"], "V2");
    assert_eq!(body["properties"]["cloudInitDataSource"], "NoCloud");
    assert!(body["properties"]["containerId"].is_string());
    assert_eq!(
        body.pointer("/properties/version/properties/storageProfile/osDiskImage/sizeInMB"),
        Some(&json!(30270))
    );
    assert_eq!(body["properties"]["status"]["progressPercentage"], 100);
    assert!(!created.body.contains("secret") && !created.body.contains("imagePath"));
    for name in [
        "x-ms-request-id",
        "x-ms-correlation-request-id",
        "x-ms-ratelimit-remaining-subscription-writes",
    ] {
        assert!(created.header(name).is_some(), "{name}");
    }
    let read = get(&arm, &image_at("UBUNTU").replace("images-rg", "IMAGES-RG"));
    assert_eq!(read.json(), body);
    assert_eq!(put(&arm, "ubuntu").status, 200);
    assert_eq!(
        (arm.put_count("images-rg", "Ubuntu"), arm.accepted_put_count("Images-RG", "ubuntu")),
        (2, 2)
    );
}

#[test]
fn quirks_change_the_looks_only() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    let mut body = wanted();
    body.as_object_mut().unwrap().remove("tags");
    let _ = call(&arm, "PUT", &image_at("a"), &body).unwrap();
    for quirk in [
        Quirk::DisplayLocation,
        Quirk::LowerCaseIds,
        Quirk::ExtraProperties,
        Quirk::Nulls,
        Quirk::Bom,
    ] {
        arm.set_quirk(quirk, true);
    }
    let shown = get(&arm, &image_at("a"));
    assert!(shown.body.starts_with('\u{feff}'));
    let shown = shown.json();
    assert_eq!(shown["location"], "West US2");
    assert_eq!(shown["type"], "microsoft.azurestackhci/galleryimages");
    assert!(shown["id"].as_str().unwrap().contains("/galleryimages/a"));
    let location = shown["extendedLocation"]["name"].as_str().unwrap();
    assert_eq!(location, custom_location_id().to_lowercase());
    assert!(shown.get("tags").is_some_and(Value::is_null));
    assert!(shown["properties"].get("imagePath").is_some_and(Value::is_null));
    assert!(shown["properties"]["somethingNew"].is_object());
    arm.set_quirk(Quirk::StrangeIds, true);
    assert!(get(&arm, &image_at("a")).json()["id"].as_str().unwrap().contains("/elsewhere/"));
    arm.set_quirk(Quirk::Bom, false);
    assert!(get(&arm, &image_at("a")).body.starts_with('{'));
}

#[test]
fn lists_come_in_pages_per_group_and_per_subscription() {
    let arm = Simulation::builder().start();
    for name in ["a", "b", "c", "d", "e"] {
        arm.insert_image(RESOURCE_GROUP, name, &json!({}));
    }
    arm.insert_image("Other-RG", "f", &json!({"properties": {"provisioningState": "Failed"}}));
    arm.set_page_size(2);
    let collect = |target: &str| {
        let mut names = Vec::new();
        let mut pages = Vec::new();
        let mut next = Some(target.to_owned());
        while let Some(target) = next {
            let page = get(&arm, &target).json();
            let value = page["value"].as_array().unwrap();
            pages.push(value.len());
            names.extend(value.iter().map(|i| i["name"].as_str().unwrap().to_owned()));
            next = page["nextLink"].as_str().map(|link| local(&arm, link));
        }
        (names.concat(), pages)
    };
    assert_eq!(collect(&format!("{GROUP}{V}")), ("abcde".to_owned(), vec![2, 2, 1]));
    arm.set_list_link(ListLink::EmptyPageFirst);
    let all = format!("{GROUP}{V}").replace("/resourceGroups/images-rg", "");
    assert_eq!(collect(&all), ("abcdef".to_owned(), vec![0, 2, 2, 2]));
    arm.set_list_link(ListLink::OtherHost("http://127.0.0.9:1".to_owned()));
    let link = get(&arm, &all).json()["nextLink"].as_str().unwrap().to_owned();
    assert!(link.starts_with("http://127.0.0.9:1/subscriptions/"));
    assert_eq!(code(&get(&arm, &format!("{all}&$skiptoken=x"))).0, 400);
}

#[test]
fn tags_are_replaced_by_a_patch_at_once_or_later() {
    let arm = Simulation::builder().progress(Progress::Polls(0)).start();
    arm.insert_image(RESOURCE_GROUP, "a", &json!({"tags": {"old": "1"}}));
    let patch = |tags: Value| call(&arm, "PATCH", &image_at("a"), &json!({"tags": tags})).unwrap();
    let done = patch(json!({"new": "2"}));
    assert_eq!((done.status, &done.json()["tags"]), (200, &json!({"new": "2"})));
    assert!(patch(json!({})).json().get("tags").is_none());

    arm.set_update_style(Lro::location());
    let accepted = patch(json!({"x": "y"}));
    assert_eq!((accepted.status, accepted.body.as_str()), (202, ""));
    let url = local(&arm, accepted.header("location").unwrap());
    assert_eq!(get(&arm, &url).json()["tags"], json!({"x": "y"}));
    arm.set_update_outcome(Outcome::failed("TagRefused", "No."));
    let url = local(&arm, patch(json!({"z": "z"})).header("location").unwrap());
    assert_eq!(code(&get(&arm, &url)), (400, "TagRefused".to_owned()));
    assert_eq!(arm.image(RESOURCE_GROUP, "a").unwrap()["tags"], json!({"x": "y"}));
}

#[test]
fn writes_whose_answer_is_lost_may_or_may_not_have_happened() {
    let arm = Simulation::builder().start();
    arm.fail_next(1, Fault::reset());
    assert!(call(&arm, "PUT", &image_at("a"), &wanted()).is_none());
    assert_eq!(get(&arm, &image_at("a")).status, 404);
    arm.fail_next(1, Fault::cut_after_handling());
    assert!(call(&arm, "PUT", &image_at("a"), &wanted()).is_none());
    assert_eq!(state_of(&get(&arm, &image_at("a"))), "Accepted");
    assert_eq!(
        (arm.put_count(RESOURCE_GROUP, "a"), arm.accepted_put_count(RESOURCE_GROUP, "a")),
        (2, 1)
    );
}

#[test]
fn a_read_right_after_a_creation_can_lag_behind() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    arm.set_read_lag(2);
    assert_eq!(put(&arm, "a").status, 201);
    let seen = [(); 3].map(|()| get(&arm, &image_at("a")).status);
    assert_eq!(seen, [404, 404, 200]);
}

#[test]
fn throttling_hits_the_verb_it_was_scripted_for() {
    let arm = Simulation::builder().start();
    arm.fail(When::label("put"), 1, Fault::status(429).retry_after("2"));
    assert_eq!(get(&arm, &image_at("a")).status, 404);
    let throttled = put(&arm, "a");
    assert_eq!(code(&throttled), (429, "TooManyRequests".to_owned()));
    assert_eq!(throttled.header("retry-after"), Some("2"));
    assert!(throttled.header("x-ms-request-id").is_some());
    assert_eq!(put(&arm, "a").status, 201);
}
