//! Ctrl-C and crashes during an import.

use std::time::{Duration, Instant};

use simulated_clouds::horizon::{Lifecycle, Simulation};

use crate::harness::horizon::{IMAGE, NAME, posts, start_endless, workspace, writes};
use crate::harness::{Outcome, Workspace};

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

/// Far less than the rest of the wait, far more than two busy cores need.
const SOON: Duration = Duration::from_secs(3);

/// Interrupts an apply when the image has been accepted, and returns the result.
fn interrupted(cloud: &Simulation, workspace: &Workspace) -> Outcome {
    let mut run = workspace.start(&APPLY);
    run.until("a poll of the image", || cloud.request_count() > 5);
    let at = Instant::now();
    run.interrupt();
    let outcome = run.finish();
    assert!(at.elapsed() < SOON, "{:?}\n{outcome}", at.elapsed());
    outcome
}

#[test]
fn an_interrupted_wait_is_resumed_by_the_next_apply() {
    let cloud = start_endless();
    let workspace = workspace(&cloud);
    let outcome = interrupted(&cloud, &workspace);
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    let id = cloud.image_ids(NAME)[0].clone();
    warnings[0].says(&["Interrupted", &id, "not tainted", "apply again"]);
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["id"], *id);
    assert!(!state.is_tainted(IMAGE));

    let changes = workspace.plan().exits(2).changes();
    assert_eq!(changes, [(IMAGE.to_owned(), "update".to_owned())]);
    cloud.finish_all();
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert_eq!((posts(&cloud), writes(&cloud).len()), (1, 1));
}

#[test]
fn an_import_that_failed_meanwhile_is_planned_to_be_replaced_and_one_that_ended_is_not() {
    let cloud = start_endless();
    let workspace = workspace(&cloud);
    interrupted(&cloud, &workspace);
    let version = cloud.version_ids(&cloud.image_ids(NAME)[0])[0].clone();
    cloud.begin(&version, Lifecycle::failed());
    cloud.finish_all();
    let plan = workspace.plan().exits(2);
    assert_eq!(plan.changes(), [(IMAGE.to_owned(), "replace".to_owned())], "{plan}");
    let reason = plan.warnings();
    let reason = reason.iter().find(|warning| warning.summary == "The image has failed").unwrap();
    reason.says(&["AZURE_QUOTA_EXHAUSTED", "FAILED"]);
    cloud.begin(&version, Lifecycle::import());
    cloud.finish_all();
    assert!(workspace.plan().ok().changes().is_empty());
}
