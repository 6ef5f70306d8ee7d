//! Importing images that were created by other means.

use serde_json::json;
use simulated_clouds::arm::{RESOURCE_GROUP, custom_location_id};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image, id};

#[test]
fn an_image_is_imported_by_its_id_in_any_case_and_needs_no_replacement() {
    let azure = Azure::start();
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &json!({"tags": {"team": "edge"}}));
    let image = Image::new().set("tags", "{ team = \"edge\" }");
    for given in [id("golden"), id("golden").to_lowercase(), id("GOLDEN").to_uppercase()] {
        let workspace = Workspace::new(&azure.main(&image));
        workspace.run(&["import", IMAGE, &given]).ok();
        let state = workspace.state();
        let imported = state.attributes(IMAGE);
        assert_eq!(imported["os_type"], "Linux");
        assert_eq!(imported["custom_location_id"], custom_location_id());
        assert_eq!(imported["tags"], json!({"team": "edge"}));
        assert_eq!(imported["os_disk_size_in_mb"], 30270);
        assert!(imported["image_path"].is_null());
        let at = "/providers/Microsoft.AzureStackHCI/galleryImages/";
        assert!(imported["id"].as_str().unwrap().contains(at), "{imported}");
        // Only the path is new.
        let plan = workspace.planned();
        let change = &plan["resource_changes"][0]["change"];
        assert_eq!(change["actions"], json!(["update"]), "{plan}");
        for (name, after) in change["after"].as_object().unwrap() {
            assert!(name == "image_path" || change["before"][name] == *after, "{name}: {plan}");
        }
        azure.arm.forget_requests();
        workspace.step();
        assert_eq!(azure.writes(), 0);
    }
}

/// So the official example shows an image that is done.
#[test]
fn an_image_whose_state_is_never_final_is_imported_as_ready() {
    let azure = Azure::start();
    let accepted = json!({"properties": {"provisioningState": "Accepted"}});
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &accepted);
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.run(&["import", IMAGE, &id("golden")]).ok();
    assert_eq!(workspace.plan().exits(2).warnings(), []);
    workspace.step();
    assert_eq!(azure.writes(), 0);
}

#[test]
fn an_identifier_in_another_case_than_the_services_replaces_nothing() {
    let azure = Azure::start();
    let known = json!({"publisher": "microsoftserver", "offer": "server", "sku": "2022-a"});
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &json!({"properties": {"identifier": known}}));
    for (publisher, sku) in [("MicrosoftServer", "2022-a"), ("MICROSOFTSERVER", "2022-A")] {
        let written = format!("{{ publisher = {publisher:?}, offer = \"Server\", sku = {sku:?} }}");
        let workspace = Workspace::new(&azure.main(&Image::new().set("identifier", &written)));
        workspace.run(&["import", IMAGE, &id("golden")]).ok();
        workspace.step();
    }
    assert_eq!(azure.writes(), 0);
}

#[test]
fn an_import_block_imports_an_image_in_one_apply() {
    let azure = Azure::start();
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &json!({}));
    let block = format!("import {{\n  to = {IMAGE}\n  id = {:?}\n}}\n", id("golden"));
    let workspace = Workspace::new(&(azure.main(&Image::new()) + &block));
    workspace.step();
    assert_eq!(azure.writes(), 0);
}

/// Terraform writes into it what the state contains, and plans with it at once.
#[test]
fn a_generated_configuration_is_valid_and_changes_nothing() {
    let azure = Azure::start();
    let spelled = json!({"properties": {
        "osType": "linux", "hyperVGeneration": "NA", "cloudInitDataSource": "nocloud",
    }, "tags": {"team": "edge"}});
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &spelled);
    let block = format!("import {{\n  to = {IMAGE}\n  id = {:?}\n}}\n", id("golden"));
    let workspace = Workspace::new(&(azure.provider() + &block));
    let plan = workspace.run(&["plan", "-generate-config-out=made.tf", "-input=false"]).ok();
    plan.says(&["1 to import, 0 to add, 0 to change, 0 to destroy"]);
    let made = std::fs::read_to_string(workspace.path().join("made.tf")).unwrap();
    for line in ["os_type", "hyperv_generation", "cloud_init_data_source", "image_path"] {
        let line = made.lines().find(|written| written.trim().starts_with(&format!("{line} ")));
        // Some versions of Terraform leave out what is null.
        let value = line.map_or("null", |line| line.split_once('=').unwrap().1.trim());
        let expected = ["\"Linux\"", "\"NoCloud\"", "null", "null # sensitive"];
        assert!(expected.contains(&value), "{made}");
    }
    workspace.step();
    assert_eq!(azure.writes(), 0);
}

#[test]
fn an_invalid_id_is_refused_with_the_expected_form() {
    let azure = Azure::start();
    let form = "/subscriptions/{subscription}/resourceGroups/{resource group}/providers\
                /Microsoft.AzureStackHCI/galleryImages/{name}";
    let workspace = Workspace::new(&azure.main(&Image::new()));
    for (wrong, why) in [
        (id("golden") + "/", "ends in a slash"),
        (
            id("golden").replace("galleryImages", "marketplaceGalleryImages"),
            "\"marketplaceGalleryImages\" where \"galleryImages\" belongs",
        ),
        ("golden".to_owned(), "does not start with a slash"),
    ] {
        let outcome = workspace.run(&["import", "-no-color", IMAGE, &wrong]).fails();
        outcome.says(&["Invalid id", why]);
        let bare: String = outcome.text().split_whitespace().collect();
        assert!(bare.contains(&form.replace(' ', "")), "{outcome}");
    }
    assert_eq!(azure.arm.request_count(), 0);
    let outcome = workspace.run(&["import", "-no-color", IMAGE, &id("absent")]).fails();
    outcome.says(&["Cannot read the gallery image: not found", "absent", "ResourceNotFound"]);
}
