//! The time allowed, and imports that nobody waits for.

use std::time::Duration;

use simulated_clouds::horizon::{Fault, Lifecycle, Progress, When};

use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, NAME, main, posts, start, start_endless, writes};

/// What two busy cores may add to the time allowed.
const SLACK: Duration = Duration::from_secs(4);

fn within(create: &str) -> Image {
    Image::new().set("timeouts", &format!("{{ create = {create:?} }}"))
}

#[test]
fn a_timeout_reports_the_last_statuses_and_how_to_continue() {
    let cloud = start_endless();
    // The first step of an endless lifecycle is PENDING.
    cloud.set_lifecycle(Some(Lifecycle::endless()));
    let workspace = Workspace::new(&main(&cloud, &within("2s")));
    let outcome = workspace.apply();
    assert!(outcome.took > Duration::from_secs(1), "{outcome}");
    assert!(outcome.took < Duration::from_secs(2) + SLACK, "{outcome}");
    let id = cloud.image_ids(NAME)[0].clone();
    outcome.error().says(&[
        "Cannot import the image: timed out",
        "Not finished after",
        "of the 2s allowed",
        "image IN_PROGRESS",
        "version IMPORT_IN_PROGRESS",
        "asset DEPLOYING_VM",
        "Horizon Cloud is still importing it",
        &id,
        "terraform untaint",
        "timeouts.create",
    ]);
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["id"], *id);
    assert_eq!(state.attributes(IMAGE)["version_id"], *cloud.version_ids(&id)[0]);
    assert_eq!(state.attributes(IMAGE)["status"], "IN_PROGRESS");
    assert!(state.is_tainted(IMAGE));

    // As advised.
    workspace.run(&["untaint", IMAGE]).ok();
    workspace.main(&main(&cloud, &within("1m")));
    let changes = workspace.plan().exits(2).changes();
    assert_eq!(changes, [(IMAGE.to_owned(), "update".to_owned())]);
    // `begin` is of somebody who looks from outside: the import goes on to its end.
    cloud.begin(&cloud.version_ids(&id)[0], Lifecycle::import());
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert_eq!((writes(&cloud).len(), cloud.images_created()), (1, 1));
}

#[test]
fn a_resumed_import_that_takes_too_long_again_is_not_tainted() {
    let cloud = start_endless();
    let workspace = Workspace::new(&main(&cloud, &within("1500ms")));
    workspace.apply().error().says(&["timed out"]);
    workspace.run(&["untaint", IMAGE]).ok();
    let outcome = workspace.apply();
    outcome.error().says(&["timed out", "of the 1.5s allowed", "apply again", "timeouts.create"]);
    assert!(!workspace.state().is_tainted(IMAGE));
    cloud.finish_all();
    workspace.step();
    assert_eq!(writes(&cloud).len(), 1);
}

#[test]
fn an_image_of_a_timed_out_import_can_be_replaced_and_destroyed() {
    let cloud = start_endless();
    let workspace = Workspace::new(&main(&cloud, &within("1500ms")));
    workspace.apply().fails();
    let old = cloud.image_ids(NAME)[0].clone();
    cloud.set_lifecycle(None);
    let mut run = workspace.start(&["apply", "-json", "-input=false", "-auto-approve"]);
    // Horizon Cloud deletes no version that it is importing.
    run.until("a refused deletion", || {
        cloud.requests().iter().any(|r| r.method == "DELETE" && r.status == Some(422))
    });
    cloud.finish_all();
    run.finish().ok();
    workspace.is_settled();
    let ids = cloud.image_ids(NAME);
    assert_eq!((ids.len(), posts(&cloud)), (1, 2));
    assert_ne!(ids[0], old);
    workspace.destroy().ok();
    assert_eq!(cloud.image_count(), 0);
}

#[test]
fn a_request_that_hangs_at_the_deadline_is_a_timeout_as_well() {
    let cloud = start_endless();
    cloud.fail_always(When::label("get").after(3), Fault::hang());
    let workspace = Workspace::new(&main(&cloud, &within("2s")));
    let outcome = workspace.apply();
    outcome.error().says(&["timed out", "terraform untaint", &cloud.image_ids(NAME)[0]]);
    assert!(outcome.took < Duration::from_secs(2) + SLACK, "{outcome}");
    assert!(workspace.state().is_tainted(IMAGE));
}

#[test]
fn an_import_that_is_not_waited_for_is_not_waited_for_later_either() {
    let cloud = start();
    cloud.set_progress(Progress::Polls(8));
    let image = Image::new().set("wait_for_completion", "false");
    let workspace = Workspace::new(&main(&cloud, &image));
    // Two plans without a change are part of a step.
    let state = workspace.step();
    let id = cloud.image_ids(NAME)[0].clone();
    let shown = state.attributes(IMAGE);
    assert_eq!((&shown["id"], &shown["status"]), (&id.as_str().into(), &"PENDING".into()));
    assert!(shown["version_id"].is_string() && shown["asset_id"].is_string());
    // That of the last plan: nobody has polled during the apply.
    assert!(cloud.requests_to("GET", &format!("/images/{id}")).len() <= 2);
    for _ in 0..3 {
        workspace.plan().ok();
    }
    workspace.run(&["apply", "-json", "-refresh-only", "-auto-approve"]).ok();
    assert_eq!(cloud.image(&id).unwrap()["status"], "PENDING");
    cloud.finish_all();
    workspace.plan().ok();
    workspace.run(&["apply", "-json", "-refresh-only", "-auto-approve"]).ok();
    assert_eq!(workspace.state().attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert_eq!(writes(&cloud).len(), 1);
}

#[test]
fn an_import_that_was_not_waited_for_is_waited_for_as_soon_as_that_is_wanted() {
    let cloud = start_endless();
    let workspace =
        Workspace::new(&main(&cloud, &Image::new().set("wait_for_completion", "false")));
    workspace.step();
    workspace.main(&main(&cloud, &Image::new()));
    let mut run = workspace.start(&["apply", "-json", "-input=false", "-auto-approve"]);
    let id = cloud.image_ids(NAME)[0].clone();
    run.until("polls of the image", || cloud.poll_gaps(&id).len() > 6);
    cloud.finish_all();
    run.finish().ok();
    assert_eq!(workspace.state().attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    workspace.is_settled();
    assert_eq!(writes(&cloud).len(), 1);
}

#[test]
fn an_import_that_was_not_waited_for_and_failed_is_replaced() {
    let cloud = start_endless();
    let image = Image::new().set("wait_for_completion", "false");
    let workspace = Workspace::new(&main(&cloud, &image));
    workspace.step();
    cloud.begin(&cloud.version_ids(&cloud.image_ids(NAME)[0])[0], Lifecycle::failed());
    cloud.finish_all();
    let plan = workspace.plan().exits(2);
    assert_eq!(plan.changes(), [(IMAGE.to_owned(), "replace".to_owned())], "{plan}");
    assert!(plan.warnings().iter().any(|w| w.text().contains("AZURE_QUOTA_EXHAUSTED")), "{plan}");
}
