//! Plans stay empty, whatever the spelling and the additions of the service.

use serde_json::json;
use simulated_clouds::arm::{Quirk, RESOURCE_GROUP, custom_location_id};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image, id};

#[test]
fn the_services_own_spelling_and_additions_are_not_a_change() {
    let azure = Azure::with(|builder| {
        builder
            .quirk(Quirk::DisplayLocation)
            .quirk(Quirk::LowerCaseIds)
            .quirk(Quirk::ExtraProperties)
            .quirk(Quirk::Nulls)
            .quirk(Quirk::Bom)
    });
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let state = workspace.step();
    let image = state.attributes(IMAGE);
    assert_eq!(image["location"], "westus2");
    assert_eq!(image["custom_location_id"], custom_location_id());
    assert_eq!(image["id"], id("golden"));
    // Ids of other resources, as in the official examples.
    azure.arm.set_quirk(Quirk::StrangeIds, true);
    workspace.is_settled();
    // Words that came into the language later.
    azure.arm.change_image(
        RESOURCE_GROUP,
        "golden",
        &json!({"properties": {"hyperVGeneration": "NA", "cloudInitDataSource": "Ignition"}}),
    );
    workspace.is_settled();
    assert_eq!(azure.writes(), 1);
}

#[test]
fn what_users_write_is_compared_by_its_meaning_and_kept_as_they_wrote_it() {
    let azure = Azure::start();
    let written = Image::new()
        .with("name", "Golden")
        .with("resource_group_name", &RESOURCE_GROUP.to_uppercase())
        .with("location", "West US 2")
        .with("custom_location_id", &custom_location_id().to_uppercase())
        .set("tags", "{}");
    let workspace = Workspace::new(&azure.main(&written));
    let state = workspace.step();
    let image = state.attributes(IMAGE);
    assert_eq!(image["location"], "West US 2");
    assert_eq!(image["resource_group_name"], RESOURCE_GROUP.to_uppercase());
    assert_eq!(image["custom_location_id"], custom_location_id().to_uppercase());
    assert_eq!(image["tags"], json!({}));
    // The types in an id are the service's, the names are the user's.
    let expected = id("Golden").replace(RESOURCE_GROUP, &RESOURCE_GROUP.to_uppercase());
    assert_eq!(image["id"], expected);
    // Another spelling later on is not sent to the service either.
    let again = Image::new().with("name", "GOLDEN").with("location", "WESTUS2");
    let storage = image["storage_path_id"].as_str().unwrap().to_lowercase();
    let again = again.with("storage_path_id", &storage).set("tags", "{}");
    workspace.main(&azure.main(&again));
    workspace.is_settled();
    assert_eq!(azure.writes(), 1);
}
