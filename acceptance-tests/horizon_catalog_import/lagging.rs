//! Reads that are behind, while an image is imported and afterwards.

use simulated_clouds::horizon::{Fault, Simulation, When};

use super::Imported;
use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, NAME, main, start_endless, writes};

/// An import that nobody waits for.
fn unwaited(image: &Image) -> (Simulation, Workspace, String) {
    let cloud = start_endless();
    let workspace =
        Workspace::new(&main(&cloud, &image.clone().set("wait_for_completion", "false")));
    workspace.step();
    let id = cloud.image_ids(NAME)[0].clone();
    cloud.forget_requests();
    (cloud, workspace, id)
}

#[test]
fn a_version_that_cannot_be_read_yet_is_not_taken_for_deleted() {
    let (cloud, workspace, id) = unwaited(&Image::new());
    for label in ["get-version", "versions", "copies"] {
        cloud.fail_always(When::label(label), Fault::status(404));
    }
    workspace.is_settled();
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["version_id"], *cloud.version_ids(&id)[0]);
    assert_eq!(state.attributes(IMAGE)["version_status"], "PENDING");
    assert_eq!(writes(&cloud).len(), 0);
}

#[test]
fn a_version_is_deleted_only_if_the_list_of_versions_lacks_it_as_well() {
    let made = Imported::new();
    let switch = made.cloud.fail_always(When::label("get-version"), Fault::status(404));
    made.workspace.is_settled();
    made.workspace.run(&["apply", "-refresh-only", "-auto-approve"]).ok();
    let state = made.workspace.state();
    assert_eq!(state.attributes(IMAGE)["version_status"], "IMPORT_COMPLETE");
    switch.off();
    assert_eq!(writes(&made.cloud).len(), 0);
}

#[test]
fn what_the_service_attaches_at_the_end_of_an_import_is_no_change_before() {
    let image = Image::new().with("version_description", "Golden");
    let (cloud, workspace, id) = unwaited(&image);
    let version = cloud.version_ids(&id)[0].clone();
    cloud.remove_marker(&id, "default");
    cloud.change_version(&version, &serde_json::json!({ "description": "being made" }));
    workspace.is_settled();
    cloud.put_marker(&version, "default");
    cloud.change_version(&version, &serde_json::json!({ "description": "Golden" }));
    cloud.finish_all();
    workspace.is_settled();
    assert_eq!(writes(&cloud).len(), 0);
}
