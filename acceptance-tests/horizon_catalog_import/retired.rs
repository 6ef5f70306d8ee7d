//! The imported version is gone, while the image lives on with another one.

use simulated_clouds::horizon::{Fault, When};

use super::{Imported, planned};
use crate::harness::horizon::{IMAGE, Image, posts, writes};

#[test]
fn an_image_whose_version_is_gone_is_planned_to_be_replaced() {
    let made = Imported::of(&Image::new().set("delete_all_versions", "true"));
    made.cloud.add_version(&made.id);
    made.cloud.remove_version(&made.version);
    let outcome = made.workspace.plan().exits(2);
    assert_eq!(outcome.changes(), planned("replace"), "{outcome}");
    let warnings = outcome.warnings();
    let reason = warnings.iter().find(|warning| warning.text().contains(&made.version));
    reason.unwrap().says(&[&made.id, "replaced", "keep_imported_version"]);
    let state = made.workspace.step();
    assert_ne!(state.attributes(IMAGE)["id"], *made.id);
    assert_eq!((made.cloud.image_count(), posts(&made.cloud)), (1, 1));
}

#[test]
fn a_version_is_gone_when_the_service_says_so_twice() {
    let made = Imported::new();
    made.cloud.fail(When::label("get-version"), 1, Fault::status(404));
    let outcome = made.workspace.plan();
    assert_eq!(outcome.changes(), [], "{outcome}");
    outcome.ok();
}

#[test]
fn a_version_may_be_retired_where_it_need_not_be_kept() {
    let image = Image::new().set("keep_imported_version", "false");
    let made = Imported::of(&image);
    let newer = made.cloud.add_version(&made.id);
    made.cloud.put_marker(&newer, "default");
    made.cloud.remove_version(&made.version);
    let outcome = made.workspace.plan().ok();
    assert_eq!(outcome.warnings(), []);
    let state = made.workspace.step();
    assert_eq!(state.attributes(IMAGE)["version_id"], *made.version);
    assert_eq!(state.attributes(IMAGE)["version_status"], "IMPORT_COMPLETE");
    assert_eq!(state.attributes(IMAGE)["version_name"], "1.0.0");
    // A change of it is no longer possible, and says so.
    made.configure(&image.clone().with("version_description", "new"));
    made.workspace.apply().error().says(&["imported version", &made.id, "version_description"]);
    made.configure(&image);
    made.workspace.plan().ok();
    assert_eq!(writes(&made.cloud).len(), 0);
}

#[test]
fn a_version_that_need_not_be_kept_is_missed_as_long_as_there_is_no_other() {
    let made = Imported::of(&Image::new().set("keep_imported_version", "false"));
    // Without any version the image is gone as well.
    made.cloud.remove_version(&made.version);
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("create"));
}

#[test]
fn the_argument_can_be_set_after_the_version_was_retired() {
    let made = Imported::new();
    made.cloud.add_version(&made.id);
    made.cloud.remove_version(&made.version);
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("replace"));
    made.workspace.run(&["apply", "-refresh-only", "-auto-approve"]).ok();
    made.configure(&Image::new().set("keep_imported_version", "false"));
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("update"));
    made.workspace.step();
    assert_eq!(writes(&made.cloud).len(), 0);
}
