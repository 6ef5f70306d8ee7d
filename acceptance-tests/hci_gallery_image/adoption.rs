//! An answer gets lost, and an image is there: whose is it?

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use simulated_clouds::arm::{Fault, RESOURCE_GROUP, timestamp};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, Image, about, address, id};

/// All that can be compared.
fn image() -> Image {
    Image::new()
        .set("identifier", "{ publisher = \"p\", offer = \"o\", sku = \"s\" }")
        .with("version", "1.0.0")
}

/// An image that looks as ours would, with `members` laid over it.
fn like_ours(members: &Value) -> Value {
    let mut image = json!({"properties": {
        "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
        "version": {"name": "1.0.0"},
    }});
    for (name, value) in members.as_object().unwrap() {
        match (name.as_str(), value.as_object()) {
            ("properties", Some(inner)) => {
                inner.iter().for_each(|(name, value)| image["properties"][name] = value.clone());
            }
            _ => image[name] = value.clone(),
        }
    }
    image
}

#[test]
fn an_image_that_is_somebody_elses_is_neither_adopted_nor_touched() {
    let azure = Azure::start();
    let a_year_ago = SystemTime::now() - Duration::from_secs(365 * 24 * 3600);
    let others = [
        ("older", json!({"systemData": {"createdAt": timestamp(a_year_ago)}})),
        ("system", json!({"properties": {"osType": "Windows"}})),
        ("undated", json!({"systemData": null, "properties": {"osType": "Windows"}})),
        ("place", json!({"extendedLocation": {"name": "/another/custom/location"}})),
        ("region", json!({"location": "eastus"})),
        ("offer", json!({"properties": {"identifier": {"offer": "another"}}})),
        ("version", json!({"properties": {"version": {"name": "2.0.0"}}})),
    ];
    let names: Vec<String> = others.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (name, members) in &others {
        azure.arm.before_next_put(RESOURCE_GROUP, name, &like_ours(members));
    }
    // What becomes of the request makes no difference.
    azure.arm.fail(about("put", "older"), 1, Fault::html(524));
    azure.arm.fail(about("put", "system"), 1, Fault::status(500));
    let workspace = Workspace::new(&azure.main_of(&image(), &names));
    let outcome = workspace.apply().fails();
    let found = |name: &String| azure.arm.image(RESOURCE_GROUP, name).unwrap();
    let before: Vec<Value> = names.iter().map(found).collect();
    for name in &names {
        let errors = outcome.errors_about(&address(name));
        assert_eq!(errors.len(), 1, "{name}\n{outcome}");
        let block = format!("id = \"{}\"", id(name));
        errors[0].says(&["exists already", "import {", &block, "terraform import"]);
        assert!(workspace.state().instance(&address(name)).is_none(), "{name}");
        assert_eq!(azure.arm.accepted_put_count(RESOURCE_GROUP, name), 0, "{name}");
    }
    // The next attempt does not even ask for it.
    workspace.apply().fails();
    assert_eq!(azure.writes(), names.len());
    assert_eq!(before, names.iter().map(found).collect::<Vec<_>>());
    for (image, (name, _)) in before.iter().zip(&others) {
        let by = &image["systemData"]["lastModifiedBy"];
        assert!(by.is_null() || by == "operator@example.com", "{name}: {image}");
    }
}

#[test]
fn an_image_that_is_like_ours_and_new_is_adopted() {
    let azure = Azure::start();
    let others = [
        ("new", json!({})),
        ("undated", json!({"systemData": null})),
        ("display", json!({"location": "West US 2"})),
        ("extra", json!({"tags": {"cost": "1"}, "properties": {"hyperVGeneration": "V2"}})),
    ];
    let names: Vec<String> = others.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (name, members) in &others {
        azure.arm.before_next_put(RESOURCE_GROUP, name, &like_ours(members));
    }
    let workspace = Workspace::new(&azure.main_of(&image(), &names));
    workspace.apply().ok();
    let state = workspace.state();
    for name in &names {
        assert_eq!(state.attributes(&address(name))["id"], id(name));
        assert!(!state.is_tainted(&address(name)), "{name}");
        assert_eq!(azure.arm.put_count(RESOURCE_GROUP, name), 1, "{name}");
    }
    assert_eq!(azure.writes(), names.len());
}
