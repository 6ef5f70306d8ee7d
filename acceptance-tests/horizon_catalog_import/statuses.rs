//! Statuses and documents that nobody has heard of, and those that only look bad.

use std::time::Duration;

use simulated_clouds::horizon::{Lifecycle, Progress, Quirk, Step};

use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, main, posts, start, with, workspace, writes};

/// An import with these steps before it ends well.
fn import_with(steps: impl IntoIterator<Item = Step>) -> Lifecycle {
    let end = Step::new("IMPORT_COMPLETE", "IMPORT_COMPLETE", "IMPORT_COMPLETE");
    Lifecycle::new(steps.into_iter().chain([end]).collect())
}

#[test]
fn an_unknown_status_is_taken_for_work_and_logged_once() {
    let cloud = start();
    let step = Step::new("QUANTUM_PENDING", "QUANTUM_PENDING", "QUANTUM_ENTANGLING");
    cloud.set_lifecycle(Some(import_with([step.lasts(Progress::Polls(5))])));
    let workspace = workspace(&cloud).env("TF_LOG_PROVIDER", "WARN");
    let outcome = workspace.apply().ok();
    let lines: Vec<_> = outcome
        .stderr
        .lines()
        .filter(|line| line.contains("WARN") && line.contains("QUANTUM_PENDING"))
        .collect();
    assert_eq!(lines.len(), 1, "{outcome}");
    workspace.is_settled();
    assert_eq!(workspace.state().attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert_eq!(posts(&cloud), 1);
}

#[test]
fn documents_with_more_or_less_than_expected_are_read() {
    for quirk in [Quirk::UnknownFields, Quirk::ExplicitNulls, Quirk::Nulls, Quirk::NoMarkers] {
        let cloud = with(|builder| builder.quirk(quirk));
        let state = workspace(&cloud).step();
        let image = state.attributes(IMAGE);
        assert_eq!(image["status"], "IMPORT_COMPLETE", "{quirk:?}");
        assert_eq!(image["markers"], serde_json::json!(["default"]), "{quirk:?}");
        assert_eq!(writes(&cloud).len(), 1, "{quirk:?}");
    }
}

#[test]
fn the_image_decides_whatever_its_copy_says() {
    let cloud = start();
    let copies = [
        "IMPORT_RETRY_PENDING",
        "IMPORT_COMPLETE_PENDING_STATUS_UPDATE",
        "IMPORT_FAILED_PENDING_STATUS_UPDATE",
        "IMPORT_FAILED",
        "AGENT_INSTALLATION_FAILED",
    ];
    let step = |copy: &&str| {
        Step::new("IN_PROGRESS", "IMPORT_IN_PROGRESS", copy).lasts(Progress::Polls(4))
    };
    cloud.set_lifecycle(Some(import_with(copies.iter().map(step))));
    let workspace = workspace(&cloud);
    let outcome = workspace.apply().ok();
    assert!(outcome.warnings().is_empty(), "{outcome}");
    workspace.is_settled();
    assert_eq!(workspace.state().attributes(IMAGE)["asset_status"], "IMPORT_COMPLETE");
    let polls =
        cloud.requests_to("GET", &format!("/images/{}", cloud.image_ids("win11-golden")[0]));
    assert!(polls.len() > 20, "{} polls", polls.len());
}

#[test]
fn a_copy_of_an_existing_image_is_not_done_when_an_import_would_be() {
    let cloud = start();
    let step = Step::new("IMPORT_COMPLETE", "IMPORT_COMPLETE", "IMPORT_COMPLETE");
    cloud.set_lifecycle(Some(Lifecycle::new(vec![
        step.lasts(Progress::Polls(5)),
        Step::new("AVAILABLE", "AVAILABLE", "AVAILABLE"),
    ])));
    let state = Workspace::new(&main(&cloud, &Image::shared_gallery())).step();
    assert_eq!(state.attributes(IMAGE)["status"], "AVAILABLE");
    assert_eq!(state.attributes(IMAGE)["version_status"], "AVAILABLE");
}

#[test]
fn an_import_whose_image_is_published_at_once_is_done() {
    let cloud = start();
    cloud.set_lifecycle(Some(Lifecycle::new(vec![Step::new(
        "AVAILABLE",
        "AVAILABLE",
        "AVAILABLE",
    )])));
    assert_eq!(workspace(&cloud).step().attributes(IMAGE)["status"], "AVAILABLE");
}

#[test]
fn a_partly_available_image_is_a_success_with_a_warning() {
    let cloud = start();
    cloud.set_lifecycle(Some(Lifecycle::partially_available()));
    let workspace = workspace(&cloud);
    let outcome = workspace.apply().ok();
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["PARTIALLY_AVAILABLE", &cloud.image_ids("win11-golden")[0]]);
    assert!(!workspace.state().is_tainted(IMAGE));
    workspace.is_settled();
}

#[test]
fn a_new_image_that_cannot_be_found_yet_is_waited_for() {
    for lag in [Progress::Polls(4), Progress::Wall(Duration::from_secs(2))] {
        let cloud = start();
        cloud.set_read_lag(lag);
        let workspace = workspace(&cloud);
        let state = workspace.step();
        assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");
        assert!(!state.is_tainted(IMAGE));
        let missing = cloud.requests().into_iter().filter(|request| request.status == Some(404));
        // The first list is a 404 as well.
        assert!(missing.count() > 3);
        assert_eq!(writes(&cloud).len(), 1);
    }
}

#[test]
fn a_new_image_that_cannot_be_found_for_a_minute_is_an_error_and_stays_in_the_state() {
    let cloud = start();
    cloud.set_read_lag(Progress::Endless);
    let workspace = workspace(&cloud);
    let outcome = workspace.apply();
    let id = cloud.image_ids("win11-golden")[0].clone();
    outcome.error().says(&["was created, but cannot be read", &id]);
    assert!(outcome.took < Duration::from_secs(75), "{outcome}");
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["id"], *id);
    assert!(state.is_tainted(IMAGE));
    // It may still appear, so neither a refresh nor a deletion forgets it, and no second one is made.
    workspace.run(&["apply", "-json", "-refresh-only", "-auto-approve"]).ok();
    assert_eq!(workspace.state().attributes(IMAGE)["id"], *id);
    for arguments in
        [&["destroy", "-json", "-auto-approve"][..], &["apply", "-json", "-auto-approve"]]
    {
        workspace.run(arguments).error().says(&["cannot be deleted yet"]);
        assert_eq!(workspace.state().attributes(IMAGE)["id"], *id);
    }
    assert_eq!((writes(&cloud).len(), cloud.image_count()), (1, 1));
}
