//! Setting another password in place.

use serde_json::json;
use simulated_clouds::horizon::{Fault, ORG_ID, When};

use super::{Imported, planned};
use crate::harness::horizon::{IMAGE, Image, PASSWORD, body, writes};

const OTHER: &str = "Another-Made-Up/Password+2";

fn stored(password: &str) -> Image {
    hidden("", "")
        .without("admin_password_wo")
        .without("admin_password_wo_version")
        .with("admin_password", password)
}

fn hidden(password: &str, version: &str) -> Image {
    Image::new().with("admin_password_wo", password).set("admin_password_wo_version", version)
}

/// Asserts that nothing was sent but one reset to this password.
#[track_caller]
fn was_reset_to(made: &Imported, password: &str) {
    let writes = writes(&made.cloud);
    assert_eq!(writes.len(), 1, "{writes:#?}");
    let path = format!("/images/{}/versions/{}/reset-vm-password", made.id, made.version);
    assert_eq!(writes[0].method, "POST");
    assert!(writes[0].path().ends_with(&path), "{}", writes[0].target);
    let letters: Vec<String> = password.chars().map(String::from).collect();
    let expected =
        json!({"orgId": ORG_ID, "vmInfo": {"username": "imageadmin", "password": letters}});
    assert_eq!(body(&writes[0]), expected);
}

#[test]
fn a_new_version_of_a_write_only_password_resets_it_in_place() {
    let made = Imported::new();
    // A new value alone cannot be noticed.
    made.configure(&hidden(OTHER, "1"));
    made.workspace.plan().ok();
    made.configure(&hidden(OTHER, "2"));
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
    let state = made.workspace.step();
    was_reset_to(&made, OTHER);
    assert_eq!(made.cloud.password_resets(&made.version), 1);
    assert_eq!(state.attributes(IMAGE)["admin_password_wo_version"], 2);
    assert_eq!(state.attributes(IMAGE)["id"], *made.id);
}

#[test]
fn a_first_version_of_a_write_only_password_sets_it_unless_the_image_was_imported() {
    let unversioned = |password| hidden(password, "1").without("admin_password_wo_version");
    let made = Imported::of(&unversioned(PASSWORD));
    made.workspace.is_settled();
    made.configure(&hidden(OTHER, "1"));
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
    made.workspace.step();
    was_reset_to(&made, OTHER);
    // Nobody knows the password of an image that was imported, so it is taken for the configured one.
    let described = |image: Image| {
        let image = image.with("description", "Made by somebody else");
        image.with("version_description", "Made by somebody else").with("name", "theirs")
    };
    let id = made.cloud.insert_image("theirs", &json!({}));
    let main = |image: Image| crate::harness::horizon::main(&made.cloud, &described(image));
    let workspace = crate::harness::Workspace::new(&main(unversioned(PASSWORD)));
    workspace.run(&["import", IMAGE, &id]).ok();
    workspace.step();
    made.cloud.forget_requests();
    assert_eq!(writes(&made.cloud).len(), 0);
    // From there on it is as for any other.
    workspace.main(&main(hidden(OTHER, "1")));
    workspace.step();
    assert_eq!(writes(&made.cloud).len(), 1);
}

#[test]
fn another_stored_password_is_set_in_place() {
    let made = Imported::of(&stored(PASSWORD));
    made.workspace.is_settled();
    made.configure(&stored(OTHER));
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
    made.workspace.step();
    was_reset_to(&made, OTHER);
}

#[test]
fn moving_the_same_password_out_of_the_state_resets_nothing() {
    let made = Imported::of(&stored(OTHER));
    made.configure(&hidden(OTHER, "1"));
    let state = made.workspace.step();
    assert!(!state.text.contains(OTHER), "{}", state.text);
    assert_eq!(writes(&made.cloud).len(), 0);
    // From here on its version counts.
    made.configure(&hidden(PASSWORD, "2"));
    made.workspace.step();
    was_reset_to(&made, PASSWORD);
}

#[test]
fn the_password_of_a_published_image_cannot_be_reset_and_nothing_changes() {
    let made = Imported::new();
    made.cloud.publish(&made.version);
    made.configure(&hidden(OTHER, "2"));
    let error = made.workspace.apply().error();
    error.says(&["AVAILABLE", "IMPORT_COMPLETE", "password"]);
    assert_eq!(error.address, IMAGE);
    let state = made.workspace.state();
    assert_eq!(state.attributes(IMAGE)["admin_password_wo_version"], 1);
    assert!(!state.is_tainted(IMAGE));
    assert_eq!(writes(&made.cloud).len(), 0);
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
}

#[test]
fn a_refused_reset_leaves_the_state_as_it_was() {
    let made = Imported::new();
    made.configure(&hidden(OTHER, "2"));
    let refusal = || Fault::status(409).code("INVALID_RESOURCE_STATE").message("The VM is off.");
    for (times, fault) in [(1, refusal()), (1, Fault::status(400).message("Too weak."))] {
        made.cloud.forget_requests();
        made.cloud.fail(When::label("reset-password"), times, fault);
        made.workspace.apply().error().says(&["ResetVmPassword"]);
        assert_eq!(writes(&made.cloud).len(), 1);
        let state = made.workspace.state();
        assert_eq!(state.attributes(IMAGE)["admin_password_wo_version"], 1);
        assert!(!state.is_tainted(IMAGE));
    }
    made.cloud.forget_requests();
    made.workspace.step();
    was_reset_to(&made, OTHER);
}

#[test]
fn what_was_changed_before_a_refused_reset_is_in_the_state() {
    let made = Imported::new();
    made.configure(&hidden(OTHER, "2").with("version_description", "new"));
    made.cloud.fail(When::label("reset-password"), 1, Fault::status(409));
    made.workspace.apply().error().says(&["ResetVmPassword"]);
    let state = made.workspace.state();
    assert_eq!(state.attributes(IMAGE)["version_description"], "new");
    assert_eq!(state.attributes(IMAGE)["admin_password_wo_version"], 1);
    made.cloud.forget_requests();
    made.workspace.step();
    was_reset_to(&made, OTHER);
}

#[test]
fn a_password_outside_of_azure_is_refused_by_name() {
    let cloud = crate::harness::horizon::start();
    let id = cloud.insert_image("view-image", &json!({}));
    let version = cloud.version_ids(&id)[0].clone();
    cloud.change_copies(&version, &json!({"providerLabel": "VSPHERE"}));
    let image = |version| {
        hidden(OTHER, version)
            .without("marketplace")
            .with("name", "view-image")
            .with("provider_label", "VSPHERE")
            .with("description", "Made by somebody else")
            .with("version_description", "Made by somebody else")
    };
    let main = |version| crate::harness::horizon::main(&cloud, &image(version));
    let workspace = crate::harness::Workspace::new(&main("1"));
    workspace.run(&["import", IMAGE, &id]).ok();
    workspace.step();
    workspace.main(&main("2"));
    assert_eq!(workspace.plan().exits(2).changes(), planned("update"));
    workspace.apply().error().says(&["VSPHERE", "Azure", "password"]);
    assert_eq!(writes(&cloud).len(), 0);
}
