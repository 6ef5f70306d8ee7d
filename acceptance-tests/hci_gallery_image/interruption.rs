//! Ctrl-C and crashes while an image is being created.

use std::time::{Duration, Instant};

use simulated_clouds::arm::RESOURCE_GROUP;

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image, id};

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

/// Far less than the rest of the wait, far more than two busy cores need.
const SOON: Duration = Duration::from_secs(3);

/// Interrupts an apply when the image has been accepted, and returns the result.
fn interrupted(azure: &Azure, workspace: &Workspace) -> crate::harness::Outcome {
    azure.arm.set_duration(Duration::from_secs(60));
    let mut run = workspace.start(&APPLY);
    run.until("a poll of the image that is being created", || azure.arm.request_count() > 4);
    let at = Instant::now();
    run.interrupt();
    let outcome = run.finish();
    assert!(at.elapsed() < SOON, "{:?}\n{outcome}", at.elapsed());
    outcome
}

#[test]
fn an_interrupted_wait_is_resumed_by_the_next_apply() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let outcome = interrupted(&azure, &workspace);
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["Interrupted", &id("golden"), "not tainted", "apply again"]);
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["id"], id("golden"));
    assert!(!state.is_tainted(IMAGE));

    // The plan shows that there is something to wait for, and nothing to create.
    let plan = workspace.plan().exits(2);
    assert_eq!(plan.changes(), [(IMAGE.to_owned(), "update".to_owned())]);
    let warnings = plan.warnings();
    assert_eq!(warnings.len(), 1, "{plan}");
    warnings[0].says(&["Apply waits for the gallery image", &id("golden"), "not created again"]);
    azure.arm.end_operations();
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["provisioning_state"], "Succeeded");
    assert_eq!(state.attributes(IMAGE)["os_disk_size_in_mb"], 30270);
    assert_eq!((azure.arm.put_count(RESOURCE_GROUP, "golden"), azure.writes()), (1, 1));
}

#[test]
fn tags_that_are_changed_after_an_interruption_are_sent_once_the_image_is_there() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    interrupted(&azure, &workspace);
    workspace.main(&azure.main(&Image::new().set("tags", "{ team = \"edge\" }")));
    let mut run = workspace.start(&APPLY);
    let before = azure.arm.request_count();
    // Of the plan's refresh, and two of the wait.
    run.until("polls of the image", || azure.arm.request_count() > before + 3);
    azure.arm.end_operations();
    run.finish().ok();
    workspace.is_settled();
    assert_eq!(workspace.state().attributes(IMAGE)["tags"]["team"], "edge");
    assert_eq!((azure.sent("PUT").len(), azure.sent("PATCH").len()), (1, 1));
}

#[test]
fn what_the_service_chooses_later_is_no_surprise_for_a_resumed_creation() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    interrupted(&azure, &workspace);
    azure.arm.set_duration(Duration::ZERO);
    azure.arm.end_operations();
    // With a refresh, the choice would be known before.
    workspace.run(&["apply", "-json", "-auto-approve", "-refresh=false"]).ok();
    workspace.is_settled();
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["provisioning_state"], "Succeeded");
    assert_eq!(state.attributes(IMAGE)["hyperv_generation"], "V2");
}

#[test]
fn an_image_that_is_still_being_created_can_be_destroyed() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    interrupted(&azure, &workspace);
    let mut run = workspace.start(&["destroy", "-json", "-auto-approve"]);
    // The service accepts it only when the creation is done.
    run.until("a refused deletion", || {
        azure.sent("DELETE").iter().any(|delete| delete.status == Some(409))
    });
    azure.arm.set_duration(Duration::ZERO);
    azure.arm.end_operations();
    run.finish().ok();
    assert_eq!(azure.arm.image_count(), 0);
    assert!(workspace.state().instance(IMAGE).is_none());
}

#[test]
fn an_interruption_before_the_image_is_requested_leaves_nothing() {
    let azure = Azure::start();
    let busy = simulated_clouds::arm::Fault::status(429).retry_after("60");
    azure.arm.fail(simulated_clouds::arm::When::label("put"), 9, busy);
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let mut run = workspace.start(&APPLY);
    run.until("the refused request", || azure.sent("PUT").iter().any(|put| put.status.is_some()));
    let at = Instant::now();
    run.interrupt();
    let outcome = run.finish().fails();
    assert!(at.elapsed() < SOON, "{:?}\n{outcome}", at.elapsed());
    assert_eq!((azure.sent("PUT").len(), azure.arm.image_count()), (1, 0));
    azure.arm.clear_faults();
    workspace.step();
}

#[test]
fn a_crash_during_the_wait_ends_with_one_image_and_a_clear_error() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(60));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let mut run = workspace.start(&APPLY);
    run.until("the image is being made", || azure.arm.request_count() > 4);
    run.kill();
    let outcome = workspace.apply();
    outcome.error().says(&["exists already", "still working on it (", "import {", &id("golden")]);
    // As advised.
    let import = format!("import {{\n  to = {IMAGE}\n  id = {:?}\n}}\n", id("golden"));
    workspace.write("import.tf", &import);
    let mut run = workspace.start(&APPLY);
    let before = azure.arm.request_count();
    run.until("polls of the image", || azure.arm.request_count() > before + 4);
    azure.arm.end_operations();
    run.finish().ok();
    workspace.is_settled();
    assert_eq!((azure.arm.image_count(), azure.writes()), (1, 1));
    assert_eq!(workspace.state().attributes(IMAGE)["os_disk_size_in_mb"], 30270);
}
