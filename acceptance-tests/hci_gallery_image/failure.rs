//! Downloads that fail or take too long: the errors and the state.

use std::time::Duration;

use simulated_clouds::arm::{Fault, Lro, Outcome, Progress, RESOURCE_GROUP, RetryAfter};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, DISK, IMAGE, Image, SIGNATURE, id};

#[test]
fn a_failed_download_is_reported_with_the_services_reasons_and_created_again() {
    let azure = Azure::start();
    // Services quote what they were sent.
    let quote = format!("GET {DISK}?{SIGNATURE} was answered with 403.");
    let failed = Outcome::failed("ImageDownloadFailed", &quote).with_error(Outcome::nested_error());
    azure.arm.set_create_outcome(failed);
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let outcome = workspace.apply();
    let error = outcome.error();
    assert_eq!(error.address, IMAGE);
    error.says(&[
        "Cannot create the gallery image: the service reports a failure",
        "ImageDownloadFailed",
        "was answered with 403",
        // Of the operation, to the last detail.
        "DeploymentFailed",
        "At least one step failed",
        "DownloadFailed",
        "HttpForbidden: The server answered 403. (imagePath)",
        &id("golden"),
        "x-ms-request-id",
        "x-ms-correlation-request-id",
        "tainted",
    ]);
    for secret in [SIGNATURE, "m4deUp"] {
        assert!(!outcome.text().contains(secret), "{outcome}");
    }
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["id"], id("golden"));
    assert_eq!(state.attributes(IMAGE)["provisioning_state"], "Failed");
    assert!(state.is_tainted(IMAGE));

    azure.arm.set_create_outcome(Outcome::succeeded());
    workspace.step();
    assert_eq!((azure.sent("PUT").len(), azure.sent("DELETE").len()), (2, 1));
    assert_eq!(azure.arm.image_count(), 1);
}

#[test]
fn what_was_said_in_place_of_a_status_is_part_of_the_error() {
    let azure = Azure::start();
    let fault = Fault::status(400).code("OperationExpired").message("The status is too old.");
    azure.arm.fail_poll(1, 1, fault);
    azure.arm.set_progress(Progress::Polls(2));
    azure.arm.set_create_outcome(Outcome::canceled("Cancelled").without_error());
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.apply().error().says(&[
        "Cannot create the gallery image: the service reports a failure",
        "Status address: OperationExpired: The status is too old.",
    ]);
}

#[test]
fn an_operation_that_succeeds_with_a_broken_image_is_a_failure() {
    let azure = Azure::start();
    let mut main = azure.provider();
    for (name, outcome) in [
        ("broken", Outcome::only_resource_failed("InvalidVhd", "The footer is damaged.")),
        ("silent", Outcome::canceled("Cancelled").without_error()),
    ] {
        let path = format!("https://files.example/{name}.vhdx");
        azure.arm.set_outcome_for_path(&path, outcome);
        main += &Image::new().with("name", name).with("image_path", &path).text(name);
    }
    let workspace = Workspace::new(&main);
    let outcome = workspace.apply().fails();
    let about = |name: &str| {
        let address = format!("cloudimages_hci_gallery_image.{name}");
        assert!(workspace.state().is_tainted(&address));
        outcome.errors_about(&address).remove(0)
    };
    about("broken").says(&["InvalidVhd", "The footer is damaged", "x-ms-request-id"]);
    about("silent").says(&["Cancelled", "does not say why"]);
    // A tainted image can be destroyed.
    workspace.destroy().ok();
    assert_eq!(azure.arm.image_count(), 0);
}

#[test]
fn a_timeout_reports_the_progress_and_how_to_continue() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(8));
    let image = Image::new().set("timeouts", "{ create = \"1500ms\" }");
    let workspace = Workspace::new(&azure.main(&image));
    let outcome = workspace.apply();
    outcome.error().says(&[
        "Cannot create the gallery image: timed out",
        "of the 1.5s allowed",
        "state InProgress",
        "percent",
        "MB downloaded",
        "Azure is still creating it",
        "terraform untaint",
        "timeouts.create",
    ]);
    assert!(workspace.state().is_tainted(IMAGE));
    // Terraform has tainted an image that may still become good.
    let plan = workspace.plan().exits(2);
    let warning = plan.warnings().into_iter().find(|warning| warning.summary.contains("not ready"));
    warning.unwrap().says(&["percent", "terraform untaint", "still at work"]);
    // As advised.
    workspace.run(&["untaint", IMAGE]).ok();
    workspace.main(&azure.main(&image.set("timeouts", "{ create = \"1m\" }")));
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["provisioning_state"], "Succeeded");
    assert_eq!(azure.arm.put_count(RESOURCE_GROUP, "golden"), 1);
}

#[test]
fn an_image_that_became_ready_after_the_time_allowed_is_said_to_be_perhaps_tainted() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(60));
    let image = Image::new().set("timeouts", "{ create = \"1500ms\" }");
    let workspace = Workspace::new(&azure.main(&image));
    workspace.apply().fails();
    azure.arm.end_operations();
    let plan = workspace.plan().exits(2);
    let warning = plan.warnings().into_iter().find(|warning| warning.summary.contains("tainted"));
    warning.unwrap().says(&["is ready by now", "terraform untaint"]);
    workspace.run(&["untaint", IMAGE]).ok();
    workspace.main(&azure.main(&Image::new()));
    workspace.step();
    assert_eq!(azure.arm.put_count(RESOURCE_GROUP, "golden"), 1);
}

#[test]
fn an_image_that_is_done_is_good_though_the_address_of_its_operation_never_answers() {
    for fault in [Fault::status(500), Fault::reset(), Fault::html(200), Fault::status(401)] {
        let azure = Azure::start();
        azure.arm.set_progress(Progress::Wall(Duration::from_secs(2)));
        azure.arm.fail_poll(1, usize::MAX / 2, fault);
        let image = Image::new().set("timeouts", "{ create = \"20s\" }");
        let workspace = Workspace::new(&azure.main(&image));
        workspace.step();
        assert_eq!(azure.writes(), 1);
    }
}

/// The image itself claims to be good.
#[test]
fn a_failure_that_only_a_resumed_wait_has_seen_is_not_forgotten() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(60));
    azure.arm.set_create_outcome(Outcome::failed("ImageDownloadFailed", "No disk."));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let apply = ["apply", "-json", "-input=false", "-auto-approve"];
    let mut run = workspace.start(&apply);
    run.until("a look at the operation", || !azure.polls().is_empty());
    run.interrupt();
    run.finish();
    let before = azure.polls().len();
    let mut run = workspace.start(&apply);
    run.until("another look at the operation", || azure.polls().len() > before);
    azure.arm.end_operations();
    run.finish().error().says(&["ImageDownloadFailed", "stays in the state"]);
    assert!(!workspace.state().is_tainted(IMAGE));
    let lies = serde_json::json!({"properties": {"provisioningState": "Succeeded"}});
    azure.arm.change_image(RESOURCE_GROUP, "golden", &lies);
    azure.arm.set_create_outcome(Outcome::succeeded());
    azure.arm.set_duration(Duration::ZERO);
    let plan = workspace.plan().exits(2);
    let warning = plan.warnings().into_iter().find(|warning| warning.summary.contains("usable"));
    warning.unwrap().says(&["ImageDownloadFailed", "planned to be replaced"]);
    workspace.step();
    assert_eq!(azure.arm.accepted_put_count(RESOURCE_GROUP, "golden"), 2);
}

#[test]
fn with_a_requested_pause_beyond_the_time_limit_there_is_one_last_poll() {
    let azure = Azure::start();
    azure.arm.set_create_style(Lro::async_operation().retry_after(RetryAfter::Seconds(3600)));
    azure.arm.set_progress(Progress::Wall(Duration::from_secs(1)));
    let image = Image::new().set("timeouts", "{ create = \"3s\" }");
    let workspace = Workspace::new(&azure.main(&image));
    workspace.step();
}
