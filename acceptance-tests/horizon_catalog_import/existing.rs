//! Images of the name that are there already.

use std::time::Duration;

use serde_json::json;
use simulated_clouds::horizon::{Fault, Lifecycle, ORG_ID, Progress, Quirk, Step, When};

use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, NAME, main, posts, start, with, workspace, writes};

#[test]
fn the_name_is_looked_up_before_anything_is_sent() {
    let cloud = start();
    workspace(&cloud).apply().ok();
    let requests = cloud.requests();
    let (first, second) = (&requests[0], &requests[1]);
    assert_eq!((first.method.as_str(), first.path()), ("GET", "/imagemgmt/v1/images"));
    assert_eq!(first.query_value("search").unwrap(), format!("name $eq {NAME}"));
    assert_eq!(first.query_value("org_id").unwrap(), ORG_ID);
    assert_eq!(second.method, "POST");
}

#[test]
fn an_existing_image_is_never_adopted_but_can_be_imported_as_the_error_says() {
    let cloud = start();
    let id = cloud.insert_image(NAME, &json!({}));
    let made = "Made by somebody else";
    let image = Image::new().with("description", made).with("version_description", made);
    let workspace = Workspace::new(&main(&cloud, &image));
    let error = workspace.apply().error();
    error.says(&[
        "already exists",
        NAME,
        &id,
        "IMPORT_COMPLETE",
        &format!("id = \"{id}\""),
        &format!("terraform import cloudimages_horizon_catalog_import.<name> {id}"),
    ]);
    assert!(error.code.contains("name = "), "{error:#?}");
    assert_eq!(writes(&cloud).len(), 0);
    assert!(workspace.state().instance(IMAGE).is_none());
    // The block can be pasted unchanged, except for the name.
    let block = error.detail.split_once("import {").unwrap().1.split_once('}').unwrap().0;
    let block = format!("import {{{block}}}\n").replace("<name>", "golden");
    workspace.write("import.tf", &block);
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["id"], *id);
    assert_eq!((posts(&cloud), cloud.image_count()), (0, 1));
}

#[test]
fn an_existing_image_is_named_with_its_status_and_so_are_several() {
    let cloud = start();
    let failed = cloud.insert_image(NAME, &json!({ "status": "FAILED" }));
    let moving = cloud.insert_image(NAME, &json!({ "status": "IN_PROGRESS" }));
    workspace(&cloud).apply().error().says(&[
        "already exists",
        &failed,
        "FAILED",
        &moving,
        "IN_PROGRESS",
        "import {",
    ]);
    assert_eq!(writes(&cloud).len(), 0);
}

#[test]
fn images_with_similar_names_and_those_of_other_organizations_are_none_of_it() {
    for quirk in [Quirk::SearchContains, Quirk::SearchIgnored] {
        let cloud = with(|builder| builder.quirk(quirk));
        cloud.set_page_cap(10);
        cloud.insert_images("another", 25);
        for name in ["win11-golden-2", "old-win11-golden", "WIN11-GOLDEN"] {
            cloud.insert_image(name, &json!({}));
        }
        cloud.insert_image_in("another-organization", NAME, &json!({}));
        let state = workspace(&cloud).step();
        assert_eq!(state.attributes(IMAGE)["id"], *cloud.image_ids(NAME)[1], "{quirk:?}");
        assert_eq!(cloud.images_created(), 1, "{quirk:?}");
    }
    // On the last page, it is found.
    let cloud = with(|builder| builder.quirk(Quirk::SearchIgnored));
    cloud.set_page_cap(10);
    cloud.insert_images("another", 25);
    let id = cloud.insert_image(NAME, &json!({}));
    workspace(&cloud).apply().error().says(&["already exists", &id]);
    assert_eq!(writes(&cloud).len(), 0);
}

#[test]
fn a_name_that_only_the_creation_finds_in_use_is_the_same_error() {
    for fault in [None, Some(Fault::status(400).code("IMAGE_ALREADY_EXISTS"))] {
        let cloud = start();
        let id = cloud.insert_image(NAME, &json!({}));
        // The first list does not show it.
        cloud.fail(When::label("list"), 1, Fault::status(404));
        if let Some(fault) = fault {
            cloud.fail(When::label("create"), 1, fault);
        }
        let workspace = workspace(&cloud);
        workspace.apply().error().says(&[
            "already exists",
            "IMAGE_ALREADY_EXISTS",
            &id,
            &format!("id = \"{id}\""),
            "terraform import",
        ]);
        assert!(workspace.state().instance(IMAGE).is_none());
        assert_eq!((posts(&cloud), cloud.images_created()), (1, 0));
    }
}

#[test]
fn a_name_in_use_by_an_image_that_no_list_shows_can_be_imported_as_well() {
    let cloud = start();
    cloud.insert_image(NAME, &json!({}));
    cloud.fail_always(When::label("list"), Fault::status(404));
    let workspace = workspace(&cloud);
    let error = workspace.apply().error();
    error.says(&["IMAGE_ALREADY_EXISTS", "import {", "terraform import"]);
    assert!(workspace.state().instance(IMAGE).is_none());
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 0));
}

#[test]
fn an_image_that_is_being_deleted_is_waited_for() {
    let cloud = start();
    let old = cloud.insert_image(NAME, &json!({}));
    let mut deletion = Lifecycle::deletion();
    deletion = deletion.each_lasts(Progress::Wall(Duration::from_secs(1)));
    cloud.set_deletion(deletion);
    cloud.begin_deletion(&cloud.version_ids(&old)[0]);
    let outcome = workspace(&cloud).apply().ok();
    assert!(outcome.took > Duration::from_secs(1), "{outcome}");
    let ids = cloud.image_ids(NAME);
    assert_eq!((ids.len(), posts(&cloud)), (1, 1));
    assert_ne!(ids[0], old);
}

#[test]
fn an_image_that_is_being_deleted_for_too_long_is_named() {
    let cloud = start();
    let old = cloud.insert_image(NAME, &json!({}));
    cloud.set_status(&cloud.version_ids(&old)[0], Step::new("DELETING", "DELETING", "DELETING"));
    let image = Image::new().set("timeouts", "{ create = \"1500ms\" }");
    let workspace = Workspace::new(&main(&cloud, &image));
    let outcome = workspace.apply();
    outcome.error().says(&["timed out", "1.5s", &old, "being deleted"]);
    assert!(workspace.state().instance(IMAGE).is_none());
    assert_eq!(writes(&cloud).len(), 0);
}
