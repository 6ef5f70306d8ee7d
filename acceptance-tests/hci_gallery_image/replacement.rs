//! Arguments whose change replaces the image, each named in the plan.

use std::collections::BTreeMap;

use serde_json::json;
use simulated_clouds::arm::{RESOURCE_GROUP, SUBSCRIPTION_ID, custom_location_id};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, DISK, Image};

#[test]
fn each_argument_but_tags_names_itself_as_the_reason() {
    let azure = Azure::with(|builder| builder.resource_group(SUBSCRIPTION_ID, "Other-RG"));
    let storage = |name: &str| {
        format!(
            "/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{RESOURCE_GROUP}/providers\
             /Microsoft.AzureStackHCI/storageContainers/{name}"
        )
    };
    let machine =
        |name: &str| storage(name).replace("storageContainers", "virtualMachineInstances");
    let site_2 = format!("{:?}", custom_location_id().replace("site-1", "site-2"));
    let text = |text: &str| format!("{text:?}");
    let cases: Vec<(&str, Option<String>, String)> = vec![
        ("name", None, text("other")),
        ("resource_group_name", None, text("Other-RG")),
        ("location", None, text("eastus")),
        ("custom_location_id", None, site_2),
        ("os_type", None, text("Windows")),
        ("image_path", None, text(&format!("{DISK}.other?sig=any"))),
        ("image_path_wo_version", Some("1".to_owned()), "2".to_owned()),
        ("source_virtual_machine_id", Some(text(&machine("a"))), text(&machine("b"))),
        ("storage_path_id", None, text(&storage("other"))),
        ("hyperv_generation", Some(text("V1")), text("V2")),
        ("cloud_init_data_source", None, text("Azure")),
        (
            "identifier",
            Some("{ publisher = \"p\", offer = \"o\", sku = \"s\" }".to_owned()),
            "{ publisher = \"p\", offer = \"o\", sku = \"t\" }".to_owned(),
        ),
        ("version", Some(text("1.0.0")), text("1.0.1")),
    ];
    let image = |argument: &str, value: Option<&String>| {
        let mut image = Image::new().with("name", &argument.replace('_', "-"));
        if argument == "image_path_wo_version" {
            image = image.without("image_path").with("image_path_wo", DISK);
        }
        if argument == "source_virtual_machine_id" {
            image = image.without("image_path");
        }
        match value {
            Some(value) => image.set(argument, value),
            None => image,
        }
    };
    let mut before = azure.provider();
    let mut after = azure.provider();
    for (argument, old, new) in &cases {
        before += &image(argument, old.as_ref()).text(argument);
        after += &image(argument, Some(new)).text(argument);
    }
    let workspace = Workspace::new(&before);
    workspace.step();
    workspace.main(&after);
    let plan = workspace.planned();
    let found: BTreeMap<_, _> = plan["resource_changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["name"].as_str().unwrap(), &change["change"]))
        .collect();
    assert_eq!(found.len(), cases.len());
    for (argument, ..) in &cases {
        assert_eq!(found[argument]["actions"], json!(["delete", "create"]), "{argument}");
        let paths = &found[argument]["replace_paths"];
        assert_eq!(paths[0][0], *argument);
        assert_eq!(paths.as_array().unwrap().len(), 1, "{paths}");
    }
    // As people see it.
    let shown = workspace.run(&["show", "-no-color", "saved.tfplan"]).ok();
    let marks = shown.stdout.matches("# forces replacement").count();
    assert_eq!(marks, cases.len(), "{shown}");
    assert!(!shown.stdout.contains("sig="), "{shown}");
}
