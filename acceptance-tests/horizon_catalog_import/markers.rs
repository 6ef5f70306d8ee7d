//! Markers: pools follow them, and moving one to a newer version is how a release goes live.

use serde_json::json;
use simulated_clouds::horizon::Simulation;

use super::{Imported, planned};
use crate::harness::horizon::{IMAGE, Image, body, writes};

/// With these markers.
fn image(names: &[&str]) -> Image {
    Image::new().set("markers", &format!("{names:?}"))
}

/// What was sent: verbs, and the names in the bodies.
fn sent(cloud: &Simulation) -> Vec<(String, Vec<String>)> {
    let name = |marker: &serde_json::Value| marker["name"].as_str().unwrap().to_owned();
    let writes = writes(cloud);
    let read = writes.iter().map(|write| match write.method.as_str() {
        "PATCH" => body(write)["markers"].as_array().unwrap().iter().map(name).collect(),
        _ => Vec::new(),
    });
    writes.iter().map(|write| write.method.clone()).zip(read).collect()
}

fn call(verb: &str, names: &[&str]) -> (String, Vec<String>) {
    (verb.to_owned(), names.iter().map(|&name| name.to_owned()).collect())
}

#[test]
fn markers_are_changed_whether_a_patch_adds_or_replaces() {
    for replaces in [false, true] {
        let made = Imported::of(&image(&["default", "old"]));
        made.cloud.set_patch_replaces_markers(replaces);
        made.cloud.set_marker_delete_status(if replaces { 200 } else { 204 });
        made.configure(&image(&["default", "new"]));
        let plan = made.workspace.planned();
        assert_eq!(plan["resource_changes"][0]["change"]["actions"], json!(["update"]));
        let state = made.workspace.step();
        assert_eq!(state.attributes(IMAGE)["markers"], json!(["default", "new"]));
        assert_eq!(made.cloud.marker_names(&made.version), ["default", "new"]);
        let mut expected = vec![call("PATCH", &["default", "new"])];
        if !replaces {
            expected.push(call("DELETE", &[]));
        }
        assert_eq!(sent(&made.cloud), expected);
    }
}

#[test]
fn markers_that_somebody_added_or_removed_are_put_right() {
    let made = Imported::new();
    made.cloud.put_marker(&made.version, "extra");
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
    made.workspace.step();
    // There is nothing to add.
    assert_eq!(sent(&made.cloud), [call("DELETE", &[])]);
    assert_eq!(made.cloud.marker_names(&made.version), ["default"]);

    made.cloud.remove_marker(&made.id, "default");
    made.cloud.forget_requests();
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
    made.workspace.step();
    assert_eq!(sent(&made.cloud), [call("PATCH", &["default"])]);
    assert_eq!(made.cloud.marker_names(&made.version), ["default"]);
    // None at all can be wanted as well.
    made.configure(&image(&[]));
    let state = made.workspace.step();
    assert_eq!(state.attributes(IMAGE)["markers"], json!([]));
    assert!(made.cloud.marker_names(&made.version).is_empty());
}

#[test]
fn a_marker_that_was_moved_to_a_newer_version_stays_there_and_is_no_drift() {
    let made = Imported::of(&image(&["default", "pilot"]));
    let newer = made.cloud.add_version(&made.id);
    made.cloud.put_marker(&newer, "default");
    // One that was never in the state is of no interest.
    made.cloud.put_marker(&newer, "theirs");
    let state = made.workspace.step();
    assert_eq!(state.attributes(IMAGE)["markers"], json!(["default", "pilot"]));
    assert_eq!(sent(&made.cloud), []);

    // It is not named by a change of the others.
    made.configure(&image(&["default", "pilot", "test"]).with("version_description", "d"));
    made.workspace.step();
    assert_eq!(sent(&made.cloud), [call("PATCH", &["pilot", "test"])]);
    made.cloud.forget_requests();
    made.configure(&image(&["default"]).with("version_description", "d"));
    made.workspace.step();
    assert_eq!(sent(&made.cloud), [call("DELETE", &[]), call("DELETE", &[])]);
    made.cloud.forget_requests();
    // Nor is it removed when it is no longer wanted.
    made.configure(&image(&["last"]).with("version_description", "d"));
    let state = made.workspace.step();
    assert_eq!(state.attributes(IMAGE)["markers"], json!(["last"]));
    assert_eq!(sent(&made.cloud), [call("PATCH", &["last"])]);
    assert_eq!(made.cloud.marker_names(&newer), ["default", "theirs"]);
    assert_eq!(made.cloud.marker_names(&made.version), ["last"]);
}

#[test]
fn a_new_marker_that_another_version_has_is_a_warning_and_is_not_taken_away() {
    let made = Imported::new();
    let newer = made.cloud.add_version(&made.id);
    made.cloud.put_marker(&newer, "live");
    made.configure(&image(&["default", "live"]));
    let outcome = made.workspace.apply().ok();
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["\"live\"", "stay"]);
    assert_eq!(sent(&made.cloud), []);
    assert_eq!(made.cloud.marker_names(&newer), ["live"]);
    made.workspace.is_settled();
}

#[test]
fn a_marker_that_moves_back_by_itself_is_no_change_either() {
    let made = Imported::new();
    let newer = made.cloud.add_version(&made.id);
    for version in [&newer, &made.version] {
        made.cloud.put_marker(version, "default");
        made.workspace.run(&["apply", "-refresh-only", "-auto-approve"]).ok();
        let state = made.workspace.step();
        assert_eq!(state.attributes(IMAGE)["markers"], json!(["default"]));
    }
    assert_eq!(sent(&made.cloud), []);
}

#[test]
fn a_marker_that_pools_follow_is_not_removed() {
    let made = Imported::of(&image(&["default", "live"]));
    made.cloud.set_marker_in_use(&made.id, "live", true);
    made.configure(&image(&["default"]));
    made.workspace.apply().error().says(&["DeleteMarker", "MARKER_IN_USE", "Pools follow"]);
    assert_eq!(sent(&made.cloud), [call("DELETE", &[])]);
    let state = made.workspace.state();
    assert_eq!(state.attributes(IMAGE)["markers"], json!(["default", "live"]));
    assert!(!state.is_tainted(IMAGE));
    made.cloud.set_marker_in_use(&made.id, "live", false);
    made.workspace.step();
    assert_eq!(made.cloud.marker_names(&made.version), ["default"]);
}
