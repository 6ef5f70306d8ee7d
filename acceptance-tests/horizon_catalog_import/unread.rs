//! What an import could not read of an image, and what nobody tells.

use serde_json::json;
use simulated_clouds::horizon::{Fault, PROVIDER_INSTANCE, Simulation, When};

use super::planned;
use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, NAME, main, start, writes};

/// The usual image, described as somebody else has done.
fn image() -> Image {
    let image = Image::new().with("description", "Made by somebody else");
    image.with("version_description", "Made by somebody else")
}

fn stocked() -> (Simulation, String, String) {
    let cloud = start();
    let id = cloud.insert_image(NAME, &json!({}));
    let version = cloud.version_ids(&id)[0].clone();
    (cloud, id, version)
}

/// Imports the image, which the configuration then adopts without a call.
#[track_caller]
fn is_adopted(cloud: &Simulation, id: &str, image: &Image) -> Workspace {
    let workspace = Workspace::new(&main(cloud, image));
    workspace.run(&["import", IMAGE, id]).ok();
    let outcome = workspace.plan().exits(2);
    assert_eq!(outcome.changes(), planned("update"), "{outcome}");
    workspace.step();
    assert_eq!(writes(cloud).len(), 0);
    workspace
}

#[test]
fn copies_that_one_front_end_does_not_know_yet_are_read_again() {
    let (cloud, id, _) = stocked();
    cloud.fail(When::label("copies"), 1, Fault::status(404));
    let workspace = Workspace::new(&main(&cloud, &image()));
    workspace.run(&["import", IMAGE, &id]).ok();
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["provider_instance_id"], PROVIDER_INSTANCE);
    assert_eq!(state.attributes(IMAGE)["provider_label"], "AZURE");
}

#[test]
fn copies_that_a_gateway_does_not_know_fail_an_import() {
    let (cloud, id, _) = stocked();
    for fault in [Fault::html(404), Fault::empty(404), Fault::status(403)] {
        let switch = cloud.fail_always(When::label("copies"), fault);
        let workspace = Workspace::new(&main(&cloud, &image()));
        workspace
            .run(&["import", "-no-color", IMAGE, &id])
            .fails()
            .says(&["Cannot list the copies"]);
        assert!(!workspace.path().join("terraform.tfstate").exists());
        switch.off();
    }
}

#[test]
fn what_the_service_does_not_tell_is_adopted_and_replaces_nothing() {
    // Without any copy.
    let (cloud, id, version) = stocked();
    cloud.set_copy_count(&version, 0);
    is_adopted(&cloud, &id, &image());
    // Without the system.
    let (cloud, id, version) = stocked();
    cloud.change_image(&id, &json!({ "os": null, "osType": null }));
    cloud.change_copies(&version, &json!({ "osType": null }));
    let workspace = is_adopted(&cloud, &id, &image());
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["os"], "Windows 11 Enterprise, 22H2");
    assert_eq!(state.attributes(IMAGE)["os_type"], "WINDOWS");
    // What was adopted counts from here on.
    workspace.main(&main(&cloud, &image().with("os_type", "LINUX")));
    assert_eq!(workspace.plan().exits(2).changes(), planned("replace"));
}

#[test]
fn what_the_service_tells_later_is_read_then() {
    let (cloud, id, _) = stocked();
    cloud.change_image(&id, &json!({ "os": null }));
    let workspace = Workspace::new(&main(&cloud, &image()));
    workspace.run(&["import", IMAGE, &id]).ok();
    cloud.change_image(&id, &json!({ "os": "Windows 10 Enterprise, 22H2" }));
    assert_eq!(workspace.plan().exits(2).changes(), planned("replace"));
}

#[test]
fn of_several_provider_instances_none_is_taken_for_the_one_of_the_import() {
    let (cloud, id, version) = stocked();
    cloud.set_copy_count(&version, 2);
    cloud.set_copy_instance(&version, 1, "6512b0c1e4f50a2d3b4c5dff");
    for instance in [PROVIDER_INSTANCE, "6512b0c1e4f50a2d3b4c5dff"] {
        is_adopted(&cloud, &id, &image().with("provider_instance_id", instance));
    }
}
