//! Signals that ask the provider to end, while an image is being created: the image
//! still gets into the state.

use std::time::{Duration, Instant};

use simulated_clouds::arm::{Fault, RESOURCE_GROUP, When};

use super::leftovers::left;
use crate::harness::hci::{Azure, IMAGE, Image, id};
#[cfg(target_os = "linux")]
use crate::harness::provider_of;
use crate::harness::{Outcome, Run, Workspace, eventually};

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

/// Far less than the rest of the wait, far more than two busy cores need.
const SOON: Duration = Duration::from_secs(10);

/// A moment of a creation.
type Moment = (&'static str, fn(&Azure) -> bool);

const MOMENTS: [Moment; 3] = [
    ("the request for the image", |azure| !azure.sent("PUT").is_empty()),
    ("the first poll of the operation", |azure| !azure.polls().is_empty()),
    ("some polls of the operation", |azure| azure.polls().len() > 4),
];

/// Applies, sends a signal at `moment`, and returns how it ended.
fn signalled(
    azure: &Azure,
    workspace: &Workspace,
    (what, reached): Moment,
    signal: impl FnOnce(&Run),
) -> Outcome {
    azure.arm.set_duration(Duration::from_secs(60));
    // The response to the request that creates the image is delayed.
    let slow = Fault::slow(Duration::from_millis(700));
    azure.arm.fail(When::label("put"), 1, slow);
    let mut run = workspace.start(&APPLY);
    run.until(what, || reached(azure));
    let at = Instant::now();
    signal(&run);
    let outcome = run.finish();
    assert!(at.elapsed() < SOON, "{:?}\n{outcome}", at.elapsed());
    outcome
}

/// Asserts that the image is in the state, and that the next apply only waits for it.
fn is_resumed(azure: &Azure, workspace: &Workspace, outcome: &Outcome) {
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["Interrupted", &id("golden"), "not tainted"]);
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["id"], id("golden"));
    assert!(!state.is_tainted(IMAGE));
    azure.arm.end_operations();
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["provisioning_state"], "Succeeded");
    assert_eq!((azure.arm.put_count(RESOURCE_GROUP, "golden"), azure.writes()), (1, 1));
}

#[test]
fn sigterm_to_terraform_and_its_children_loses_no_image() {
    for moment in MOMENTS {
        let azure = Azure::start();
        let workspace = Workspace::new(&azure.main(&Image::new()));
        let outcome = signalled(&azure, &workspace, moment, Run::terminate);
        is_resumed(&azure, &workspace, &outcome);
    }
}

/// SIGHUP ends Terraform itself at once, so here only the provider gets it.
#[cfg(target_os = "linux")]
#[test]
fn sighup_to_the_provider_loses_no_image() {
    for moment in MOMENTS {
        let azure = Azure::start();
        let workspace = Workspace::new(&azure.main(&Image::new()));
        let outcome = signalled(&azure, &workspace, moment, |run| {
            provider_of(run).unwrap().signal("HUP");
        });
        is_resumed(&azure, &workspace, &outcome);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_does_not_disturb_a_run_under_nohup() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(60));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let mut run = workspace.start_under_nohup(&APPLY);
    run.until("polls of the operation", || !azure.polls().is_empty());
    run.hang_up();
    let before = azure.polls().len();
    run.until("further polls", || azure.polls().len() > before + 2);
    azure.arm.end_operations();
    let outcome = run.finish().ok();
    assert!(outcome.warnings().is_empty(), "{outcome}");
    workspace.is_settled();
    assert_eq!(azure.writes(), 1);
}

/// SIGHUP without `nohup`: Terraform ends at once, and its provider has no client any more.
#[test]
fn a_closed_terminal_leaves_no_process_behind() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(60));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let mut run = workspace.start(&APPLY);
    run.until("polls of the operation", || !azure.polls().is_empty());
    run.hang_up();
    let outcome = run.finish();
    assert_eq!(outcome.code, None, "{outcome}");
    eventually("the socket is gone", || left(&workspace) == 0);
}
