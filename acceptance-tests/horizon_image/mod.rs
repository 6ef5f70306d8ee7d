//! `cloudimages_horizon_image`.

use serde_json::json;
use simulated_clouds::horizon::{Fault, Simulation, When};

use crate::harness::Workspace;
use crate::harness::horizon::{Image, NAME, main, provider, start};

const IMAGE: &str = "data.cloudimages_horizon_image.one";

fn workspace(cloud: &Simulation, arguments: &str) -> Workspace {
    let text = format!("data \"cloudimages_horizon_image\" \"one\" {{\n{arguments}\n}}\n");
    Workspace::new(&(provider(cloud) + &text))
}

#[test]
fn an_image_is_found_by_its_id_and_by_its_name() {
    let cloud = start();
    let id = cloud.insert_image("golden", &json!({ "status": "AVAILABLE" }));
    cloud.insert_image("golden-2", &json!({}));
    for arguments in [format!("id = {id:?}"), "name = \"golden\"".to_owned()] {
        let state = workspace(&cloud, &arguments).step();
        let image = state.attributes(IMAGE);
        assert_eq!((&image["id"], &image["name"]), (&json!(id), &json!("golden")));
        let marker = &image["markers"][0];
        assert_eq!(marker["name"], "default");
        assert_eq!(marker["version_id"], *cloud.version_ids(&id)[0]);
        assert!(marker["id"].is_string());
    }
}

#[test]
fn nothing_found_names_the_nearest_misses() {
    let cloud = start();
    cloud.insert_image("golden", &json!({}));
    let error = workspace(&cloud, "name = \"goldne\"").plan().error();
    error.says(&["No image found", "name = \"goldne\"", "golden"]);
    let absent = workspace(&cloud, "id = \"67583aa939727a6247ea7929\"").plan().error();
    absent.says(&["No image found", "67583aa939727a6247ea7929"]);
}

#[test]
fn of_several_images_the_newest_is_taken_only_when_asked_for() {
    let cloud = start();
    let old = json!({ "createdAt": "2026-01-01T00:00:00Z" });
    let new = json!({ "createdAt": "2026-02-01T00:00:00Z" });
    let newest = cloud.insert_image("golden", &new);
    let oldest = cloud.insert_image("golden", &old);
    let error = workspace(&cloud, "name = \"golden\"").plan().error();
    error.says(&["More than one image", &newest, &oldest, "most_recent"]);
    let state = workspace(&cloud, "name = \"golden\"\nmost_recent = true").step();
    assert_eq!(state.attributes(IMAGE)["id"], *newest);
}

#[test]
fn exactly_one_of_id_and_name_is_needed() {
    let cloud = start();
    workspace(&cloud, "").validate().error().says(&["Exactly one of", "`id`", "`name`"]);
    let both = workspace(&cloud, "id = \"a\"\nname = \"b\"").validate().errors();
    assert_eq!(both.len(), 2);
}

#[test]
fn an_image_that_is_not_usable_is_found_with_a_warning_that_names_it() {
    for status in ["FAILED", "DISABLED"] {
        let cloud = start();
        let id = cloud.insert_image("golden", &json!({ "status": status }));
        let outcome = workspace(&cloud, "name = \"golden\"").apply().ok();
        let warnings = outcome.warnings();
        assert!(!warnings.is_empty(), "{outcome}");
        warnings[0].says(&[status, &id, "golden"]);
    }
}

#[test]
fn a_gateway_that_does_not_know_the_way_is_not_a_missing_image() {
    let cloud = start();
    let id = cloud.insert_image("win11", &json!({}));
    for (fault, status) in
        [(Fault::html(404), "404"), (Fault::empty(404), "404"), (Fault::status(403), "403")]
    {
        let switch = cloud.fail_always(When::any(), fault);
        for arguments in [format!("id = {id:?}"), "name = \"win11\"".to_owned()] {
            let error = workspace(&cloud, &arguments).plan().error();
            error.says(&[status]);
            assert!(!error.text().contains("No image found"), "{error:?}");
        }
        switch.off();
    }
}

#[test]
fn an_image_that_is_not_created_yet_is_read_after_its_creation() {
    for argument in [
        "id = cloudimages_horizon_catalog_import.golden.id",
        "name = cloudimages_horizon_catalog_import.golden.name\n  depends_on = \
         [cloudimages_horizon_catalog_import.golden]",
    ] {
        let cloud = start();
        let look = format!("data \"cloudimages_horizon_image\" \"one\" {{\n  {argument}\n}}\n");
        let workspace = Workspace::new(&(main(&cloud, &Image::new()) + &look));
        workspace.plan().exits(2);
        assert_eq!(cloud.request_count(), 0);
        let state = workspace.step();
        let image = state.attributes("data.cloudimages_horizon_image.one");
        assert_eq!(image["id"], *cloud.image_ids(NAME)[0]);
        assert_eq!(image["status"], "IMPORT_COMPLETE");
    }
}
