//! Tags, the one thing about an image that can be changed.

use std::time::Duration;

use serde_json::json;
use simulated_clouds::arm::{Lro, Outcome, RESOURCE_GROUP};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image};

#[test]
fn tags_are_changed_in_place_and_nothing_else_is_sent() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.step();
    for (style, tags, sent) in [
        (Lro::synchronous(), "{ team = \"edge\" }", json!({"tags": {"team": "edge"}})),
        (
            Lro::location(),
            "{ team = \"edge\", stage = \"prod\" }",
            json!({"tags": {"team": "edge", "stage": "prod"}}),
        ),
        (Lro::async_operation(), "{ stage = \"prod\" }", json!({"tags": {"stage": "prod"}})),
        (Lro::synchronous(), "null", json!({"tags": {}})),
    ] {
        azure.arm.set_update_style(style);
        azure.arm.forget_requests();
        workspace.main(&azure.main(&Image::new().set("tags", tags)));
        let state = workspace.step();
        let patches = azure.sent("PATCH");
        assert_eq!((patches.len(), azure.writes()), (1, 1), "{tags}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&patches[0].body).unwrap(), sent);
        let expected = if tags == "null" { json!(null) } else { sent["tags"].clone() };
        assert_eq!(state.attributes(IMAGE)["tags"], expected);
    }
}

#[test]
fn a_change_of_tags_leaves_only_the_state_of_the_image_open() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.step();
    workspace.main(&azure.main(&Image::new().set("tags", "{ team = \"edge\" }")));
    let plan = workspace.planned();
    let unknown = &plan["resource_changes"][0]["change"]["after_unknown"];
    let open = unknown.as_object().unwrap().iter().filter(|(_, open)| **open == json!(true));
    let open: Vec<_> = open.map(|(name, _)| name.as_str()).collect();
    assert_eq!(open, ["provisioning_state"], "{plan}");
}

#[test]
fn a_change_by_somebody_else_is_shown_and_repaired() {
    let azure = Azure::start();
    let image = Image::new().set("tags", "{ team = \"edge\" }");
    let workspace = Workspace::new(&azure.main(&image));
    workspace.step();
    azure.arm.set_tags(RESOURCE_GROUP, "golden", json!({"team": "edge", "left": "over"}));
    let plan = workspace.plan().exits(2);
    assert_eq!(plan.changes(), [(IMAGE.to_owned(), "update".to_owned())]);
    assert_eq!(plan.drift(), [(IMAGE.to_owned(), "update".to_owned())]);
    workspace.step();
    assert_eq!(azure.arm.image(RESOURCE_GROUP, "golden").unwrap()["tags"], json!({"team": "edge"}));
}

#[test]
fn another_case_of_a_name_is_neither_drift_nor_a_change() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new().set("tags", "{ Team = \"edge\" }")));
    workspace.step();
    azure.arm.set_tags(RESOURCE_GROUP, "golden", json!({"team": "edge"}));
    workspace.is_settled();
    workspace.main(&azure.main(&Image::new().set("tags", "{ TEAM = \"edge\" }")));
    workspace.is_settled();
    assert_eq!(azure.writes(), 1);
    workspace.main(&azure.main(&Image::new().set("tags", "{ a = \"1\", A = \"2\" }")));
    let error = workspace.validate().error();
    error.says(&["\"A\" and \"a\", which are one tag", "`tags[\"a\"]`"]);
}

#[test]
fn a_change_that_fails_keeps_the_old_tags_and_does_not_taint() {
    let azure = Azure::start();
    let image = Image::new().set("tags", "{ team = \"edge\" }");
    let workspace = Workspace::new(&azure.main(&image));
    workspace.step();
    azure.arm.set_update_style(Lro::location());
    azure.arm.set_update_outcome(Outcome::failed("PolicyViolation", "Tags are frozen."));
    let image = image.set("tags", "{ team = \"core\" }");
    workspace.main(&azure.main(&image));
    workspace.apply().error().says(&["UpdateGalleryImage", "PolicyViolation", "Tags are frozen"]);
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["tags"], json!({"team": "edge"}));
    assert!(!state.is_tainted(IMAGE));
    azure.arm.set_update_outcome(Outcome::succeeded());
    azure.arm.set_duration(Duration::from_millis(300));
    workspace.step();
    assert_eq!(azure.sent("PUT").len(), 1);
}
