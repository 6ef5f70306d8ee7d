//! Importing images that were created by other means.

use serde_json::json;
use simulated_clouds::horizon::{Lifecycle, ORG_ID, PROVIDER_INSTANCE, Simulation};

use super::planned;
use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, NAME, main, provider, start, with, writes};

/// The usual image, described as somebody else has done.
fn image() -> Image {
    let image = Image::new().with("description", "Made by somebody else");
    image.with("version_description", "Made by somebody else")
}

fn stocked() -> (Simulation, String, String) {
    let cloud = start();
    let id = cloud.insert_image(NAME, &json!({}));
    let version = cloud.version_ids(&id)[0].clone();
    (cloud, id, version)
}

fn block(id: &str) -> String {
    format!("import {{\n  to = {IMAGE}\n  id = {id:?}\n}}\n")
}

#[test]
fn what_the_service_never_returns_is_adopted_without_a_call() {
    let (cloud, id, version) = stocked();
    let newer = cloud.add_version(&id);
    let configured = image()
        .set("options", "{ create_public_ip = true }")
        .set("additional_data", "{ a = \"1\" }")
        .with("project_id", "p-1");
    for (given, imported) in [
        // Of several versions it is the oldest.
        (id.clone(), &version),
        (format!("{id}/{version}"), &version),
        (format!("{id}/{newer}"), &newer),
    ] {
        let workspace = Workspace::new(&main(&cloud, &configured));
        workspace.run(&["import", IMAGE, &given]).ok();
        let state = workspace.state();
        let found = state.attributes(IMAGE);
        assert_eq!((&found["id"], &found["version_id"]), (&json!(id), &json!(imported)));
        assert_eq!(found["name"], NAME);
        assert_eq!(found["os"], "Windows 11 Enterprise, 22H2");
        assert_eq!(found["os_type"], "WINDOWS");
        assert_eq!(found["provider_instance_id"], PROVIDER_INSTANCE);
        assert_eq!(
            (&found["provider_label"], &found["gpu_type"]),
            (&json!("AZURE"), &json!("NONE"))
        );
        let markers = if *imported == version { json!(["default"]) } else { json!([]) };
        assert_eq!(found["markers"], markers);
        for name in ["marketplace", "options", "admin_username", "additional_data", "project_id"] {
            assert_eq!(found[name], json!(null), "{name}");
        }
        if *imported == newer {
            continue;
        }
        assert_eq!(workspace.plan().exits(2).changes(), planned("update"));
        let state = workspace.step();
        assert_eq!(state.attributes(IMAGE)["admin_username"], "imageadmin");
        assert_eq!(state.attributes(IMAGE)["marketplace"]["offer"], "windows-11");
        assert_eq!(state.attributes(IMAGE)["admin_password_wo_version"], 1);
    }
    assert_eq!(writes(&cloud).len(), 0);
}

#[test]
fn after_the_adoption_changes_count_as_ever() {
    let (cloud, id, version) = stocked();
    let workspace = Workspace::new(&main(&cloud, &image()));
    workspace.run(&["import", IMAGE, &id]).ok();
    workspace.step();
    workspace.main(&main(&cloud, &image().set("admin_password_wo_version", "2")));
    assert_eq!(workspace.plan().exits(2).changes(), planned("update"));
    workspace.step();
    assert_eq!((cloud.password_resets(&version), writes(&cloud).len()), (1, 1));
    workspace.main(&main(&cloud, &image().with("admin_username", "other")));
    assert_eq!(workspace.plan().exits(2).changes(), planned("replace"));
    workspace.main(&main(&cloud, &Image::custom_vm()));
    assert_eq!(workspace.plan().exits(2).changes(), planned("replace"));
}

#[test]
fn a_generated_configuration_is_valid_and_plans_to_no_change() {
    for members in [json!({}), json!({"description": null, "gpuType": null})] {
        let cloud = start();
        let id = cloud.insert_image(NAME, &members);
        let workspace = Workspace::new(&(provider(&cloud) + &block(&id)));
        workspace.run(&["plan", "-generate-config-out=made.tf", "-input=false"]).ok();
        let made = std::fs::read_to_string(workspace.path().join("made.tf")).unwrap();
        for line in [format!("= {NAME:?}"), format!("= {PROVIDER_INSTANCE:?}")] {
            assert!(made.contains(&line), "{made}");
        }
        workspace.validate().ok();
        let plan = workspace.planned();
        let change = &plan["resource_changes"][0]["change"];
        assert_eq!(change["actions"], json!(["no-op"]), "{made}\n{change}");
        assert_eq!(change["importing"]["id"], *id);
        let state = workspace.step();
        assert_eq!(state.attributes(IMAGE)["id"], *id);
        assert_eq!(writes(&cloud).len(), 0);
    }
}

#[test]
fn an_import_block_imports_an_image_in_one_apply() {
    let (cloud, id, _) = stocked();
    let workspace = Workspace::new(&(main(&cloud, &image()) + &block(&id)));
    workspace.step();
    assert_eq!(writes(&cloud).len(), 0);
    workspace.destroy().ok();
    assert_eq!(cloud.image_count(), 0);
}

#[test]
fn an_image_that_is_still_worked_on_is_waited_for_after_its_import() {
    let (cloud, id, version) = stocked();
    cloud.begin(&version, Lifecycle::endless());
    let workspace = Workspace::new(&main(&cloud, &image()));
    workspace.run(&["import", IMAGE, &id]).ok();
    let mut run = workspace.start(&["apply", "-json", "-input=false", "-auto-approve"]);
    let polls = || cloud.poll_gaps(&id).len();
    run.until("polls of the image", || polls() > 5);
    cloud.begin(&version, Lifecycle::import());
    run.finish().ok();
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert_eq!(writes(&cloud).len(), 0);
}

#[test]
fn what_does_not_exist_is_not_imported() {
    let cloud = with(|builder| builder.other_org("another-org"));
    let id = cloud.insert_image(NAME, &json!({}));
    let foreign = cloud.insert_image_in("another-org", "theirs", &json!({}));
    let workspace = Workspace::new(&main(&cloud, &image()));
    let import = |id: &str| workspace.run(&["import", "-no-color", IMAGE, id]).fails();
    for absent in ["67583aa939727a6247ea7929", &foreign] {
        import(absent).says(&["non-existent", absent, "cloudimages_horizon_images"]);
    }
    let version = format!("{id}/67583aa939727a6247ea7929");
    import(&version).says(&["non-existent", &id, "67583aa939727a6247ea7929"]);
    let before = cloud.request_count();
    for wrong in [format!("{id}/"), format!("/{id}"), format!("{id}/a/b"), "/".to_owned()] {
        import(&wrong).says(&["Invalid id", "<image id>/<version id>"]);
    }
    assert_eq!(cloud.request_count(), before);
    assert!(cloud.requests().iter().all(|look| look.query_value("org_id").unwrap() == ORG_ID));
    assert!(!workspace.path().join("terraform.tfstate").exists());
}
