//! Changes of an image since the last apply, and what is not a change.

use std::time::Duration;

use serde_json::json;
use simulated_clouds::horizon::{Lifecycle, Progress, Quirk};

use super::{Imported, planned};
use crate::harness::horizon::{IMAGE, Image, body, posts, writes};

#[test]
fn an_edited_description_is_put_right_with_one_patch() {
    let image = Image::new().with("version_description", "Golden");
    let made = Imported::of(&image);
    made.cloud.set_update_lag(Progress::Polls(3));
    made.cloud.set_version_description(&made.version, "Edited in the console");
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
    made.cloud.forget_requests();
    let state = made.workspace.step();
    assert_eq!(state.attributes(IMAGE)["version_description"], "Golden");
    let writes = writes(&made.cloud);
    assert_eq!(writes.len(), 1);
    assert_eq!(writes[0].method, "PATCH");
    let path = format!("/imagemgmt/v1/images/{}/versions/{}", made.id, made.version);
    assert_eq!(writes[0].path(), path);
    assert_eq!(body(&writes[0]), json!({"description": "Golden"}));
    assert_eq!(made.cloud.version(&made.version).unwrap()["description"], "Golden");
}

#[test]
fn a_description_whose_last_newline_the_service_drops_is_the_same() {
    let made = Imported::of(&Image::new().set("version_description", "<<-EOT\n  Golden\n  EOT\n"));
    made.cloud.set_version_description(&made.version, "Golden");
    made.workspace.is_settled();
    assert_eq!(writes(&made.cloud).len(), 0);
}

#[test]
fn a_description_can_be_added_and_removed() {
    let made = Imported::new();
    for (wanted, sent) in [(Some("First"), "First"), (None, "")] {
        let image = match wanted {
            Some(text) => Image::new().with("version_description", text),
            None => Image::new(),
        };
        made.cloud.forget_requests();
        made.configure(&image);
        let state = made.workspace.step();
        assert_eq!(state.attributes(IMAGE)["version_description"].as_str(), wanted);
        let writes = writes(&made.cloud);
        assert_eq!(writes.len(), 1);
        assert_eq!(body(&writes[0]), json!({"description": sent}));
    }
}

#[test]
fn description_and_markers_change_with_one_patch() {
    let made = Imported::new();
    made.configure(
        &Image::new().with("version_description", "d").set("markers", "[\"default\", \"pilot\"]"),
    );
    made.workspace.step();
    let writes = writes(&made.cloud);
    assert_eq!(writes.len(), 1);
    let markers = json!([{"name": "default"}, {"name": "pilot"}]);
    assert_eq!(body(&writes[0]), json!({"description": "d", "markers": markers}));
}

#[test]
fn a_change_that_does_not_show_is_an_error_and_is_planned_again() {
    let made = Imported::new();
    let image = Image::new().with("version_description", "new");
    made.configure(&image.clone().set("timeouts", "{ update = \"1s\" }"));
    made.cloud.set_update_lag(Progress::Endless);
    let outcome = made.workspace.apply();
    outcome.error().says(&["UpdateVersion", "1s"]);
    assert!(outcome.took < Duration::from_secs(10), "{outcome}");
    assert!(!made.workspace.state().is_tainted(IMAGE));
    assert_eq!(made.sent("PATCH").len(), 1);
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
    made.cloud.set_update_lag(Progress::NONE);
    let state = made.workspace.step();
    assert_eq!(state.attributes(IMAGE)["version_description"], "new");
    assert_eq!(posts(&made.cloud), 0);
}

#[test]
fn what_the_service_says_differently_each_time_is_no_change() {
    let image = Image::new().set("markers", "[\"b\", \"default\", \"a\"]");
    let made = Imported::of(&image);
    made.cloud.change_image(
        &made.id,
        &json!({"updatedAt": "2026-03-04T05:06:07.890+02:00", "version": 99}),
    );
    made.cloud.set_marker_status(&made.id, "a", "COMPLETED_SOMEHOW");
    made.cloud.publish(&made.version);
    made.workspace.is_settled();
    for quirk in [
        Quirk::ExplicitNulls,
        Quirk::UnknownFields,
        Quirk::LowerCaseIds,
        Quirk::EmptyDescriptions,
        Quirk::NoMarkers,
    ] {
        made.cloud.set_quirk(quirk, true);
        let outcome = made.workspace.plan();
        assert_eq!(outcome.changes(), [], "{quirk:?}");
        outcome.ok();
        made.cloud.set_quirk(quirk, false);
    }
    made.workspace.run(&["apply", "-refresh-only", "-auto-approve"]).ok();
    let state = made.workspace.state();
    assert_eq!(state.attributes(IMAGE)["updated_at"], "2026-03-04T03:06:07.89Z");
    assert_eq!(state.attributes(IMAGE)["markers"], json!(["a", "b", "default"]));
    assert_eq!(state.attributes(IMAGE)["status"], "AVAILABLE");
    assert_eq!(writes(&made.cloud).len(), 0);
}

#[test]
fn a_published_version_is_not_waited_for_and_a_disabled_image_is_a_warning() {
    let made = Imported::new();
    let publication = Lifecycle::publish().each_lasts(Progress::Endless);
    made.cloud.begin(&made.version, publication);
    made.workspace.plan();
    made.cloud.begin(&made.version, Lifecycle::disabled());
    made.cloud.finish_all();
    let outcome = made.workspace.plan().ok();
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["DISABLED", &made.id]);
    assert_eq!(writes(&made.cloud).len(), 0);
}

#[test]
fn an_id_in_another_case_is_the_same_network() {
    let made = Imported::new();
    let shown = Image::new().text("golden");
    let path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v";
    assert!(shown.contains(path), "{shown}");
    let other = shown.replace(path, &path.to_uppercase());
    made.workspace.main(&(crate::harness::horizon::provider(&made.cloud) + &other));
    made.workspace.is_settled();
    assert_eq!(writes(&made.cloud).len(), 0);
}
