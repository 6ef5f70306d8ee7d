//! The effect of a changed configuration on an object that exists.

use super::{begin, change, image};

#[test]
fn a_change_is_made_in_place_by_replacement_or_without_any_call() {
    let setting = begin(&image("a", "place = \"North\"\ntags = { team = \"web\" }"));
    setting.workspace.step();
    setting.cloud.calls();
    for (arguments, planned, calls) in [
        ("place = \"North\"\ntags = { team = \"db\" }", "update", &["update img-1"][..]),
        ("place = \"North\"\ntags = {}", "update", &["update img-1"]),
        // A note is in the state only.
        ("place = \"North\"\ntags = {}\nnote = \"x\"", "update", &[]),
        (
            "place = \"South\"\ntags = {}\nnote = \"x\"",
            "replace",
            &["delete img-1 op-1", "create a"],
        ),
    ] {
        setting.workspace.main(&image("a", arguments));
        let outcome = setting.workspace.plan().exits(2);
        assert_eq!(outcome.changes(), [change("a", planned)], "{arguments}");
        setting.workspace.step();
        assert_eq!(setting.cloud.calls(), calls, "{arguments}");
    }
    // Another spelling of the same place is not a change, and the state keeps the first one.
    setting.workspace.main(&image("a", "place = \"SOUTH\"\ntags = {}\nnote = \"x\""));
    setting.workspace.is_settled();
    assert_eq!(setting.workspace.state().attributes("sketch_image.a")["place"], "South");
}

#[test]
fn the_service_chooses_what_is_left_out_and_defaults_show_in_the_plan() {
    let setting = begin(&image("a", ""));
    setting.workspace.run(&["plan", "-input=false", "-out=saved"]).ok();
    let planned = &setting.workspace.run(&["show", "-json", "saved"]).ok().messages()[0];
    let planned = &planned["resource_changes"][0]["change"];
    assert_eq!(planned["after"]["kind"], "standard");
    assert_eq!(planned["after_unknown"]["size"], true);
    let state = setting.workspace.step();
    assert_eq!(state.attributes("sketch_image.a")["size"], 10);
    // Setting the present value changes nothing, and neither does leaving it out again.
    for arguments in ["kind = \"standard\"\nsize = 10", "size = 10", ""] {
        setting.workspace.main(&image("a", arguments));
        setting.workspace.is_settled();
    }
    setting.workspace.main(&image("a", "size = 20"));
    let outcome = setting.workspace.plan().exits(2);
    assert_eq!(outcome.changes(), [change("a", "replace")]);
    let state = setting.workspace.step();
    assert_eq!(state.attributes("sketch_image.a")["size"], 20);
}

#[test]
fn a_change_that_fails_leaves_the_object_as_it_was() {
    let setting = begin(&image("a", "tags = { team = \"web\" }"));
    setting.workspace.step();
    setting.cloud.inside().refuses = true;
    setting.workspace.main(&image("a", "tags = { team = \"db\" }"));
    setting.workspace.apply().error().says(&["The image cannot be changed"]);
    let state = setting.workspace.state();
    assert!(!state.is_tainted("sketch_image.a"), "{}", state.text);
    assert_eq!(state.attributes("sketch_image.a")["tags"]["team"], "web");

    setting.workspace.destroy().error().says(&["The image cannot be deleted"]);
    assert_eq!(setting.workspace.state().attributes("sketch_image.a")["id"], "img-1");

    setting.cloud.inside().refuses = false;
    setting.workspace.step();
    setting.workspace.destroy().ok();
}
