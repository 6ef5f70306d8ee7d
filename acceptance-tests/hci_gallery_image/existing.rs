//! Images that exist already and were created by somebody else.

use serde_json::json;
use simulated_clouds::arm::RESOURCE_GROUP;

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image, id};

#[test]
fn an_existing_image_is_never_overwritten_but_can_be_imported_as_the_error_says() {
    let azure = Azure::start();
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &json!({}));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let error = workspace.apply().error();
    error.says(&["exists already", "terraform import", &format!("id = \"{}\"", id("golden"))]);
    error.says(&["set another `name`", "`create_before_destroy`"]);
    assert_eq!(azure.writes(), 0);
    // The block can be pasted unchanged, except for the name.
    let block = error.detail.split_once("import {").unwrap().1.split_once('}').unwrap().0;
    let block = format!("import {{{block}}}\n").replace("<name>", "golden");
    workspace.write("import.tf", &block);
    workspace.step();
    assert_eq!(azure.writes(), 0);
}

#[test]
fn an_existing_image_that_failed_says_why_and_how_to_clear_it() {
    let azure = Azure::start();
    let failed = json!({"properties": {
        "provisioningState": "Failed",
        "status": {"errorCode": "DiskFull", "errorMessage": "No space is left."},
    }});
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &failed);
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.apply().error().says(&[
        "exists already",
        "in the state Failed",
        "DiskFull: No space is left.",
        "az stack-hci-vm image delete",
        "import {",
    ]);
    assert_eq!(azure.writes(), 0);
    // Imported, it is planned to be replaced.
    workspace.run(&["import", IMAGE, &id("golden")]).ok();
    workspace.step();
    assert_eq!((azure.sent("DELETE").len(), azure.sent("PUT").len()), (1, 1));
}

#[test]
fn an_image_that_is_being_deleted_is_not_to_be_imported() {
    let azure = Azure::start();
    let deleting = json!({"properties": {"provisioningState": "Deleting"}});
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &deleting);
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let error = workspace.apply().error();
    error.says(&["still being deleted", &id("golden"), "Apply again"]);
    assert!(!error.detail.contains("import"), "{}", error.detail);
    assert_eq!(azure.writes(), 0);
}
