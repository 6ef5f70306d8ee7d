//! Arguments whose change replaces the image, each named in the plan, and those whose change does
//! not.

use std::collections::BTreeMap;

use serde_json::json;
use simulated_clouds::horizon::Progress;

use super::{Imported, planned};
use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, provider, start, with, writes};

/// The text of an image with one word in place of another.
fn edited(image: &Image, label: &str, from: &str, to: &str) -> String {
    let text = image.text(label);
    assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
    text.replace(from, to)
}

/// What a plan does to each image, by its label.
fn actions(workspace: &Workspace) -> BTreeMap<String, serde_json::Value> {
    let plan = workspace.planned();
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    changes
        .map(|change| (change["name"].as_str().unwrap().to_owned(), change["change"].clone()))
        .collect()
}

#[track_caller]
fn is_replaced_because_of(change: &serde_json::Value, argument: &str) {
    assert_eq!(change["actions"], json!(["delete", "create"]), "{argument}");
    let paths = change["replace_paths"].as_array().unwrap();
    assert!(!paths.is_empty(), "{argument}");
    paths.iter().for_each(|path| assert_eq!(path[0], *argument, "{paths:?}"));
}

#[test]
fn each_argument_names_itself_as_the_reason() {
    let text = |text: &str| format!("{text:?}");
    let cases = [
        ("name", None, text("other")),
        ("description", None, text("other")),
        ("os", None, text("Windows 10 Enterprise, 22H2")),
        ("os_type", None, text("CLIENT")),
        ("gpu_type", None, text("AMD")),
        ("provider_label", None, text("AKKA")),
        ("provider_instance_id", None, text("6512b0c1e4f50a2d3b4c5d6f")),
        ("version_source", None, text("1.0")),
        ("version_type", None, text("MINOR")),
        ("additional_data", Some("{ a = \"1\" }"), "{ a = \"2\" }".to_owned()),
        ("additional_data", None, "{ a = \"2\" }".to_owned()),
        ("options", Some("{ create_public_ip = false }"), "{ create_public_ip = true }".to_owned()),
        ("options", None, "{ create_public_ip = true }".to_owned()),
        ("admin_username", None, text("other")),
        ("project_id", None, text("p-2")),
        ("project_id", Some("\"p-1\""), text("p-2")),
    ];
    let cloud = with(|builder| builder.progress(Progress::NONE));
    let (mut before, mut after) = (provider(&cloud), provider(&cloud));
    for (number, (argument, old, new)) in cases.iter().enumerate() {
        let label = format!("n{number}");
        let mut image = Image::new().with("name", &format!("image-{number}"));
        if let Some(old) = old {
            image = image.set(argument, old);
        }
        before += &image.text(&label);
        after += &image.set(argument, new).text(&label);
    }
    let workspace = Workspace::new(&before);
    workspace.step();
    workspace.main(&after);
    let found = actions(&workspace);
    assert_eq!(found.len(), cases.len());
    for (number, (argument, ..)) in cases.iter().enumerate() {
        is_replaced_because_of(&found[&format!("n{number}")], argument);
    }
    let shown = workspace.run(&["show", "-no-color", "saved.tfplan"]).ok();
    assert!(shown.stdout.matches("# forces replacement").count() >= cases.len(), "{shown}");
}

#[test]
fn each_attribute_of_a_source_and_another_source_replace_the_image() {
    let sources = [
        (
            "marketplace",
            Image::new(),
            &[
                ("\"microsoftwindowsdesktop\"", "\"p\""),
                ("\"windows-11\"", "\"windows-10\""),
                ("\"win11-22h2-ent\"", "\"s\""),
                ("\"Standard_DS2_v2\"", "\"Standard_DS3_v2\""),
                ("\"Windows_Client\"", "\"None\""),
                ("virtualNetworks/v\"", "virtualNetworks/w\""),
                ("subnets/n", "subnets/m"),
                ("    sku", "    version = \"19044.2251.221105\"\n    sku"),
                ("    sku", "    generation_type = \"V2\"\n    sku"),
            ][..],
        ),
        (
            "shared_gallery",
            Image::shared_gallery(),
            &[
                ("t-1", "t-2"),
                ("versions/1.0.0", "versions/1.0.1"),
                ("multi_session = true", "multi_session = false"),
                (", multi_session = true", ""),
            ],
        ),
        (
            "custom_vm",
            Image::custom_vm(),
            &[
                ("vm_name = \"vm\"", "vm_name = \"w\""),
                ("resource_group_name = \"g\"", "resource_group_name = \"h\""),
                ("publisher = \"p\"", "publisher = \"q\""),
                ("offer = \"o\"", "offer = \"x\""),
                ("sku = \"s\"", "sku = \"t\""),
                ("\"Standard_DS2_v2\"", "\"Standard_DS3_v2\""),
                ("\"Windows_Client\"", "\"None\""),
            ],
        ),
    ];
    let cloud = with(|builder| builder.progress(Progress::NONE));
    let (mut before, mut after) = (provider(&cloud), provider(&cloud));
    let mut expected = Vec::new();
    for (source, image, edits) in &sources {
        for (from, to) in *edits {
            let label = format!("n{}", expected.len());
            let image = image.clone().with("name", &format!("image-{label}"));
            before += &image.text(&label);
            after += &edited(&image, &label, from, to);
            expected.push((label, *source));
        }
    }
    let workspace = Workspace::new(&before);
    workspace.step();
    workspace.main(&after);
    let found = actions(&workspace);
    assert_eq!(found.len(), expected.len());
    expected.iter().for_each(|(label, source)| is_replaced_because_of(&found[label], source));

    let made = Imported::of(&Image::shared_gallery());
    made.configure(&Image::custom_vm());
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("replace"));
}

#[test]
fn arguments_that_only_this_provider_knows_change_without_a_request() {
    let (made, mut image) = (Imported::new(), Image::new());
    for (argument, value) in [
        ("timeouts", "{ create = \"2h\", read = \"1m\", update = \"1m\", delete = \"2h\" }"),
        ("wait_for_completion", "false"),
        ("force_delete", "true"),
        ("delete_all_versions", "true"),
        ("keep_imported_version", "false"),
    ] {
        image = image.set(argument, value);
        made.configure(&image);
        let plan = made.workspace.planned();
        let change = &plan["resource_changes"][0]["change"];
        assert_eq!(change["actions"], json!(["update"]), "{argument}");
        for (name, after) in change["after"].as_object().unwrap() {
            assert!(name == argument || change["before"][name] == *after, "{name}: {change}");
        }
        assert_eq!(change["after_unknown"].get("status"), None, "{change}");
        made.workspace.step();
    }
    assert_eq!(writes(&made.cloud).len(), 0);
}

#[test]
fn a_replacement_of_the_same_name_is_announced() {
    let made = Imported::new();
    let image = Image::new().with("description", "other");
    made.configure(&image);
    let outcome = made.workspace.plan().exits(2);
    assert_eq!(outcome.changes(), planned("replace"));
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["create_before_destroy", "win11-golden", "unique"]);
    // Another name makes it possible.
    let lifecycle = "{ create_before_destroy = true }";
    let text = image.with("name", "other").text("golden");
    let end = text.rfind('}').unwrap();
    let text = format!("{}  lifecycle {lifecycle}\n}}\n", &text[..end]);
    made.workspace.main(
        &(provider(&made.cloud)
            + &text.replace("{ create", "{\n create").replace("true }", "true\n}")),
    );
    assert_eq!(made.workspace.plan().exits(2).warnings(), []);
    let state = made.workspace.step();
    assert_eq!(state.attributes(IMAGE)["name"], "other");
    let verbs: Vec<_> = writes(&made.cloud).into_iter().map(|write| write.method).collect();
    assert_eq!(verbs, ["POST", "DELETE"]);
}

#[test]
fn an_image_is_replaced_by_deleting_it_first() {
    let made = Imported::by(start(), &Image::new());
    made.configure(&Image::new().with("description", "other"));
    let state = made.workspace.step();
    assert_ne!(state.attributes(IMAGE)["id"], *made.id);
    let verbs: Vec<_> = writes(&made.cloud).into_iter().map(|write| write.method).collect();
    assert_eq!(verbs, ["DELETE", "POST"]);
    assert_eq!(made.cloud.image_count(), 1);
}
