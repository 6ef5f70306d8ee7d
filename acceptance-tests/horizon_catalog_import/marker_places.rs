//! Where markers are, when the image does not say it, or says something else than the version.

use serde_json::json;
use simulated_clouds::horizon::{Fault, Quirk, When};

use super::{Imported, planned};
use crate::harness::horizon::{IMAGE, Image, body, writes};

/// With these markers.
fn image(names: &[&str]) -> Image {
    Image::new().set("markers", &format!("{names:?}"))
}

/// The names in the only PATCH that was sent.
#[track_caller]
fn patched(made: &Imported) -> Vec<String> {
    let writes = writes(&made.cloud);
    assert_eq!(writes.len(), 1, "{writes:#?}");
    assert_eq!(writes[0].method, "PATCH");
    let body = body(&writes[0]);
    let names = body["markers"].as_array().unwrap().iter();
    names.map(|marker| marker["name"].as_str().unwrap().to_owned()).collect()
}

/// A release: the marker of the pools is on a newer version.
fn released() -> (Imported, String) {
    let made = Imported::new();
    let newer = made.cloud.add_version(&made.id);
    made.cloud.put_marker(&newer, "default");
    (made, newer)
}

#[test]
fn a_marker_is_not_moved_back_where_the_image_does_not_list_its_markers() {
    for shown in [json!(null), json!([])] {
        let (made, newer) = released();
        made.cloud.change_image(&made.id, &json!({ "markers": shown }));
        made.workspace.is_settled();
        made.configure(&image(&["default", "pilot"]));
        made.workspace.apply().ok();
        assert_eq!(patched(&made), ["pilot"], "{shown}");
        assert_eq!(made.cloud.marker_names(&newer), ["default"]);
        made.workspace.is_settled();
    }
}

#[test]
fn a_list_of_the_image_that_lacks_what_the_version_has_is_no_change() {
    let made = Imported::new();
    made.cloud.change_image(&made.id, &json!({ "markers": [] }));
    made.workspace.is_settled();
    made.configure(&Image::new().with("version_description", "new"));
    made.workspace.step();
    assert_eq!(made.cloud.marker_names(&made.version), ["default"]);
}

#[test]
fn a_marker_on_its_way_to_a_newer_version_is_neither_named_nor_removed() {
    let made = Imported::of(&image(&["default", "pilot"]));
    let newer = made.cloud.add_version(&made.id);
    made.cloud.begin_marker_move(&made.id, "default", &newer);
    made.workspace.is_settled();
    made.configure(&image(&["default", "pilot", "test"]));
    made.workspace.step();
    assert_eq!(patched(&made), ["pilot", "test"]);
    made.cloud.forget_requests();
    made.configure(&image(&["pilot", "test"]));
    made.workspace.step();
    assert_eq!(writes(&made.cloud).len(), 0);
    made.cloud.put_marker(&newer, "default");
    made.workspace.is_settled();
}

#[test]
fn a_marker_without_a_place_is_looked_up_and_never_deleted_by_guess() {
    let (made, newer) = released();
    // The list in the image does not tell where it is.
    made.cloud.change_image(&made.id, &json!({ "markers": [{ "id": "m-1", "name": "default" }] }));
    made.workspace.is_settled();
    made.configure(&image(&[]));
    made.workspace.step();
    assert_eq!(writes(&made.cloud).len(), 0);
    assert_eq!(made.cloud.marker_names(&newer), ["default"]);
}

#[test]
fn where_nobody_tells_the_places_the_markers_stay_as_they_are() {
    let made = Imported::new();
    made.cloud.set_quirk(Quirk::NoMarkers, true);
    for fault in [Fault::status(404), Fault::html(404)] {
        let switch = made.cloud.fail_always(When::label("markers"), fault);
        made.workspace.is_settled();
        made.configure(&image(&["default", "pilot"]));
        let error = made.workspace.apply().error();
        error.says(&["does not tell", &made.id]);
        assert_eq!(error.address, IMAGE);
        assert_eq!(writes(&made.cloud).len(), 0);
        // What does not concern them is possible all the same.
        made.configure(&Image::new().with("version_description", "new"));
        made.workspace.step();
        made.configure(&Image::new());
        made.workspace.step();
        made.cloud.forget_requests();
        switch.off();
    }
    made.configure(&image(&["default", "pilot"]));
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
    made.workspace.step();
    assert_eq!(patched(&made), ["default", "pilot"]);
}
