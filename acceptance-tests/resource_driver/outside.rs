//! Objects that were created, changed or deleted by somebody else.

use super::cloud::Item;
use super::{Setting, begin, change, image};

/// An image that was created without Terraform.
fn found(setting: &Setting) {
    let item = Item {
        name: "a".to_owned(),
        kind: "standard".to_owned(),
        size: 30,
        tags: [("team".to_owned(), "web".to_owned())].into(),
        status: "ready",
        operation: "op-by-hand".to_owned(),
        ..Item::default()
    };
    setting.cloud.inside().items.insert("img-77".to_owned(), item);
}

#[test]
fn a_change_by_somebody_else_is_shown_and_reverted() {
    let setting = begin(&image("a", "tags = { team = \"web\" }"));
    setting.workspace.step();
    let tags = [("team".to_owned(), "somebody".to_owned())].into();
    setting.cloud.inside().items.get_mut("img-1").unwrap().tags = tags;
    let outcome = setting.workspace.plan().exits(2);
    assert_eq!(outcome.drift(), [change("a", "update")]);
    assert_eq!(outcome.changes(), [change("a", "update")]);
    setting.workspace.step();
    assert_eq!(setting.cloud.only().tags["team"], "web");
}

#[test]
fn an_object_that_somebody_deleted_is_created_again() {
    let setting = begin(&image("a", ""));
    setting.workspace.step();
    setting.cloud.inside().items.clear();
    let outcome = setting.workspace.plan().exits(2);
    assert_eq!(outcome.drift(), [change("a", "delete")]);
    assert_eq!(outcome.changes(), [change("a", "create")]);
    setting.workspace.step();
    // Destroying one that is gone already succeeds.
    setting.cloud.inside().items.clear();
    setting.workspace.destroy().ok();
}

#[test]
fn an_object_is_imported_by_each_form_of_its_id() {
    for id in ["img-77", "name/a"] {
        let setting = begin(&image("a", "size = 30\ntags = { team = \"web\" }"));
        found(&setting);
        setting.workspace.run(&["import", "sketch_image.a", id]).ok();
        setting.workspace.is_settled();
        let state = setting.workspace.state();
        assert_eq!(state.attributes("sketch_image.a")["id"], "img-77");
        setting.workspace.destroy().ok();
        assert_eq!(setting.cloud.calls(), ["delete img-77 op-by-hand"]);
    }
}

#[test]
fn what_the_service_does_not_return_is_only_stored_after_an_import() {
    let arguments = "size = 30\ntags = { team = \"web\" }\nsource = \"https://data.example/x\"";
    let setting = begin(&image("a", arguments));
    found(&setting);
    let import = "import {\n  to = sketch_image.a\n  id = \"img-77\"\n}\n";
    setting.workspace.write("import.tf", import);
    let outcome = setting.workspace.plan().exits(2);
    assert_eq!(outcome.changes(), [change("a", "update")]);
    let state = setting.workspace.step();
    assert_eq!(state.attributes("sketch_image.a")["source"], "https://data.example/x");
    assert_eq!(setting.cloud.calls(), [""; 0]);
    // From now on another source is another image.
    setting.workspace.main(&image("a", "size = 30\nsource = \"https://data.example/y\""));
    let outcome = setting.workspace.plan().exits(2);
    assert_eq!(outcome.changes(), [change("a", "replace")]);
}

#[test]
fn an_id_that_cannot_be_imported_is_refused_with_the_reason() {
    let setting = begin(&image("a", ""));
    for (id, fragments) in [
        ("a", &["Not the id of an image", "Expected img-NUMBER or name/NAME, got \"a\"."][..]),
        ("img-9", &["No such image", "There is no \"img-9\"."]),
    ] {
        let outcome = setting.workspace.run(&["import", "-no-color", "sketch_image.a", id]);
        outcome.fails().says(fragments);
    }
}
