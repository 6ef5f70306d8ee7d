//! Deleting an image: all of its versions, until it is gone.

use std::time::{Duration, Instant};

use simulated_clouds::horizon::{Fault, Lifecycle, Progress, When};

use super::{Imported, planned};
use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, NAME, main, posts, start, start_endless};

const DESTROY: [&str; 4] = ["destroy", "-json", "-auto-approve", "-refresh=false"];
const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

/// Far less than the rest of the wait, far more than two busy cores need.
const SOON: Duration = Duration::from_secs(3);

#[test]
fn an_image_is_deleted_when_the_service_has_lost_it() {
    for status in [202, 204] {
        let cloud = start();
        cloud.set_delete_status(status);
        cloud.set_deletion(Lifecycle::deletion().each_lasts(Progress::Polls(4)));
        let made = Imported::by(cloud, &Image::new());
        made.workspace.run(&DESTROY).ok();
        let deletions = made.sent("DELETE");
        assert_eq!((made.cloud.image_count(), deletions.len()), (0, 1));
        let path = format!("/imagemgmt/v1/images/{}/versions/{}", made.id, made.version);
        assert_eq!(deletions[0].path(), path);
        assert_eq!(deletions[0].query_value("force"), None);
        let looks = made.cloud.requests_to("GET", &format!("/images/{}", made.id));
        let found = looks.iter().filter(|look| look.status == Some(200)).count();
        assert!(found >= 2, "{looks:#?}");
        // Once may be a front end that lags behind.
        let missing = looks.iter().filter(|look| look.status == Some(404)).count();
        assert_eq!(missing, 2, "{looks:#?}");
        assert!(made.workspace.state().instance(IMAGE).is_none());
    }
}

#[test]
fn a_deletion_logs_how_far_it_is() {
    let cloud = start();
    cloud.set_deletion(Lifecycle::deletion().each_lasts(Progress::Polls(4)));
    let mut made = Imported::by(cloud, &Image::new());
    made.cloud.begin(&made.version, Lifecycle::import());
    made.workspace.set("TF_LOG_PROVIDER", "INFO");
    let outcome = made.workspace.run(&DESTROY).ok();
    let lines = |text: &str| outcome.stderr.lines().filter(|line| line.contains(text)).count();
    assert_eq!(lines("the version is busy and cannot be deleted yet"), 1, "{outcome}");
    assert_eq!(lines("image deletion in progress: image DELETING, "), 1, "{outcome}");
    outcome.says(&["status=DELETING", "elapsed="]);
}

#[test]
fn an_image_that_does_not_exist_counts_as_deleted() {
    let made = Imported::new();
    made.cloud.remove_image(&made.id);
    made.workspace.run(&DESTROY).ok();
    assert!(made.workspace.state().instance(IMAGE).is_none());
    // The same when somebody else deletes it at the same time.
    let made = Imported::new();
    made.cloud.begin_deletion(&made.version);
    made.workspace.run(&DESTROY).ok();
    assert_eq!((made.sent("DELETE").len(), made.cloud.image_count()), (0, 0));
    let made = Imported::new();
    made.cloud.fail(When::label("delete"), 1, Fault::cut_after_handling());
    made.workspace.run(&DESTROY).ok();
    assert_eq!((made.sent("DELETE").len(), made.cloud.image_count()), (1, 0));
}

#[test]
fn a_version_that_is_being_imported_is_deleted_as_soon_as_the_service_allows_it() {
    let cloud = start_endless();
    let workspace =
        Workspace::new(&main(&cloud, &Image::new().set("timeouts", "{ delete = \"3s\" }")));
    let mut run = workspace.start(&APPLY);
    run.until("a poll of the image", || cloud.request_count() > 5);
    run.interrupt();
    run.finish();
    let outcome = workspace.run(&DESTROY);
    let error = outcome.error();
    error.says(&["DeleteVersion", "INVALID_RESOURCE_STATE", "3s"]);
    assert!(workspace.state().instance(IMAGE).is_some());
    workspace.main(&main(&cloud, &Image::new()));
    let mut run = workspace.start(&APPLY);
    run.until("a poll of the image", || cloud.in_flight() > 0);
    run.interrupt();
    run.finish();
    cloud.forget_requests();
    let mut run = workspace.start(&["destroy", "-json", "-auto-approve"]);
    let refused = || cloud.requests().iter().filter(|one| one.status == Some(422)).count();
    run.until("refused deletions", || refused() > 3);
    cloud.finish_all();
    cloud.begin(&cloud.version_ids(&cloud.image_ids(NAME)[0])[0], Lifecycle::failed());
    cloud.finish_all();
    run.finish().ok();
    assert_eq!((cloud.image_count(), posts(&cloud)), (0, 0));
    let deletions = cloud.requests().into_iter().filter(|one| one.method == "DELETE");
    assert_eq!(deletions.filter(|one| one.status == Some(202)).count(), 1);
}

#[test]
fn a_version_in_use_is_deleted_only_with_force() {
    let made = Imported::new();
    made.cloud.set_version_in_use(&made.version, true);
    let error = made.workspace.destroy().error();
    error.says(&["DeleteVersion", "VERSION_IN_USE", "Pools or templates", "force_delete"]);
    assert_eq!(made.sent("DELETE").len(), 1);
    assert!(made.workspace.state().instance(IMAGE).is_some());
    made.cloud.forget_requests();

    made.configure(&Image::new().set("force_delete", "true"));
    made.workspace.step();
    assert_eq!(made.sent("DELETE").len(), 0);
    made.workspace.destroy().ok();
    let deletions = made.sent("DELETE");
    assert_eq!((deletions.len(), made.cloud.image_count()), (1, 0));
    assert_eq!(deletions[0].query_value("force").as_deref(), Some("true"));
}

#[test]
fn other_versions_are_deleted_only_on_request() {
    let made = Imported::new();
    let newer = made.cloud.add_version(&made.id);
    let going = made.cloud.add_version(&made.id);
    made.cloud.set_deletion(Lifecycle::deletion().each_lasts(Progress::Polls(12)));
    made.cloud.begin_deletion(&going);
    made.cloud.set_deletion(Lifecycle::deletion());
    let error = made.workspace.destroy().error();
    error.says(&["other versions", &newer, "2.0.0", "delete_all_versions"]);
    assert!(!error.detail.contains(&going), "{error:?}");
    assert_eq!((made.sent("DELETE").len(), made.cloud.image_count()), (0, 1));
    assert!(made.workspace.state().instance(IMAGE).is_some());

    made.configure(&Image::new().set("delete_all_versions", "true"));
    made.workspace.apply().ok();
    made.workspace.destroy().ok();
    assert_eq!(made.cloud.image_count(), 0);
    let mut deleted: Vec<_> = made.sent("DELETE").iter().map(|one| one.path().to_owned()).collect();
    deleted.sort();
    let path = |version: &str| format!("/imagemgmt/v1/images/{}/versions/{version}", made.id);
    let mut expected = [path(&made.version), path(&newer)];
    expected.sort();
    assert_eq!(deleted, expected);
}

#[test]
fn an_interrupted_deletion_keeps_the_image_in_the_state_and_is_continued() {
    let cloud = start();
    cloud.set_deletion(Lifecycle::deletion().each_lasts(Progress::Endless));
    let made = Imported::by(cloud, &Image::new());
    let mut run = made.workspace.start(&DESTROY);
    run.until("looks after the deletion", || {
        made.sent("DELETE").len() == 1 && made.sent("GET").len() > 4
    });
    let at = Instant::now();
    run.interrupt();
    let outcome = run.finish();
    assert!(at.elapsed() < SOON, "{:?}\n{outcome}", at.elapsed());
    outcome.says(&["interrupted", "run the same command again", &made.id]);
    assert!(made.workspace.state().instance(IMAGE).is_some());
    made.cloud.finish_all();
    made.workspace.run(&DESTROY).ok();
    assert_eq!(made.sent("DELETE").len(), 1);
    assert!(made.workspace.state().instance(IMAGE).is_none());
}

#[test]
fn a_deletion_that_takes_too_long_or_fails_keeps_the_image_in_the_state() {
    let cloud = start();
    cloud.set_deletion(Lifecycle::deletion().each_lasts(Progress::Endless));
    let made = Imported::by(cloud, &Image::new().set("timeouts", "{ delete = \"1s\" }"));
    let outcome = made.workspace.run(&DESTROY);
    outcome.error().says(&["DeleteVersion", "DELETING", "1s", &made.id]);
    assert!(outcome.took < Duration::from_secs(10), "{outcome}");
    assert!(made.workspace.state().instance(IMAGE).is_some());

    let made = Imported::new();
    let failed =
        Lifecycle::failed_deletion("AZURE_RESOURCE_LOCKED", "The resource group is locked.");
    made.cloud.set_deletion(failed);
    made.workspace.run(&DESTROY).error().says(&[
        "DeleteVersion",
        "AZURE_RESOURCE_LOCKED",
        "The resource group is locked.",
        &made.id,
    ]);
    assert_eq!(made.sent("DELETE").len(), 1);
    assert!(made.workspace.state().instance(IMAGE).is_some());
    assert_eq!(made.workspace.plan().exits(2).changes(), planned("replace"));
    made.cloud.set_deletion(Lifecycle::deletion());
    made.workspace.destroy().ok();
    assert_eq!(made.cloud.image_count(), 0);
}
