//! Imports that fail: the reason, the state, and what the next apply does.

use std::time::Duration;

use serde_json::json;
use simulated_clouds::horizon::{Fault, Lifecycle, Simulation, When};

use crate::harness::Diagnostic;
use crate::harness::horizon::{IMAGE, NAME, posts, start, workspace};

/// Applies an import that goes through these steps. Returns its only error, the image and its
/// version, after it was seen that the image is in the state and tainted.
fn failed(cloud: &Simulation, lifecycle: Lifecycle) -> (Diagnostic, String) {
    cloud.set_lifecycle(Some(lifecycle));
    let workspace = workspace(cloud);
    let error = workspace.apply().error();
    assert_eq!(error.address, IMAGE);
    let id = cloud.image_ids(NAME)[0].clone();
    let state = workspace.state();
    assert_eq!(state.attributes(IMAGE)["id"], *id);
    assert_eq!(state.attributes(IMAGE)["version_id"], *cloud.version_ids(&id)[0]);
    assert!(state.is_tainted(IMAGE));
    assert_eq!(posts(cloud), 1);
    (error, id)
}

#[test]
fn a_failed_import_is_reported_with_the_services_reasons_and_replaced_by_the_next_apply() {
    let cloud = start();
    cloud.set_lifecycle(Some(Lifecycle::failed()));
    let workspace = workspace(&cloud);
    let error = workspace.apply().error();
    let id = cloud.image_ids(NAME)[0].clone();
    error.says(&[
        "Cannot import the image: the service reports a failure",
        &id,
        "Status: FAILED",
        "Version status: FAILED",
        "Asset status: IMPORT_FAILED",
        "AZURE_QUOTA_EXHAUSTED",
        "The quota of the subscription does not allow another virtual machine",
        "region = westus2",
        "vmSize = Standard_DS2_v2",
        // The hint.
        "request more quota",
        "tainted",
    ]);
    let state = workspace.state();
    let image = state.attributes(IMAGE);
    assert_eq!(image["id"], *id);
    assert_eq!(image["version_id"], *cloud.version_ids(&id)[0]);
    assert_eq!(image["status"], "FAILED");
    assert_eq!(image["asset_status"], "IMPORT_FAILED");
    assert!(state.is_tainted(IMAGE));

    cloud.set_lifecycle(None);
    let changes = workspace.plan().exits(2).changes();
    assert_eq!(changes, [(IMAGE.to_owned(), "replace".to_owned())]);
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert_ne!(state.attributes(IMAGE)["id"], *id);
    assert_eq!((posts(&cloud), cloud.image_count()), (2, 1));
    // The old one was deleted before.
    let requests = cloud.requests();
    let last = |method: &str| requests.iter().rposition(|r| r.method == method).unwrap();
    assert!(last("DELETE") < last("POST"));
}

#[test]
fn after_the_first_failed_status_the_image_is_not_polled_any_more() {
    let cloud = start();
    let (_, id) = failed(&cloud, Lifecycle::failed());
    // PENDING, IN_PROGRESS, FAILED.
    assert_eq!(cloud.requests_to("GET", &format!("/images/{id}")).len(), 3);
}

#[test]
fn a_failure_without_readable_details_is_reported_all_the_same() {
    for (fault, status) in [(Fault::status(404), "404"), (Fault::status(500), "500")] {
        let cloud = start();
        cloud.fail_always(When::label("copies"), fault);
        let (error, id) = failed(&cloud, Lifecycle::failed());
        error.says(&[
            "Cannot import the image: the service reports a failure",
            "the import failed",
            &id,
            "Status: FAILED",
            "could not be read",
            &format!("HTTP {status}"),
            "trace id",
        ]);
    }
}

#[test]
fn an_unknown_reason_is_shown_as_it_is() {
    let cloud = start();
    let lifecycle =
        Lifecycle::failed_with("QUANTUM_DECOHERENCE", "The cat is out.", json!({ "boxes": 2 }));
    let (error, _) = failed(&cloud, lifecycle);
    error.says(&["QUANTUM_DECOHERENCE", "The cat is out", "boxes = 2"]);
}

#[test]
fn a_failure_that_quotes_the_password_does_not_show_it() {
    let password = crate::harness::horizon::PASSWORD;
    let letters: Vec<String> = password.chars().map(String::from).collect();
    let as_letters = json!(letters).to_string();
    for quoted in [password.to_owned(), json!(password).to_string(), as_letters] {
        let cloud = start();
        let details = format!("The administrator could not be set: {quoted}.");
        let lifecycle = Lifecycle::failed_with("CODE", &details, json!({ "password": quoted }));
        let (error, _) = failed(&cloud, lifecycle);
        error.says(&["The administrator could not be set"]);
        assert!(!error.text().contains(&quoted), "{error:#?}");
        assert!(!error.text().contains("Made-Up"), "{error:#?}");
        assert!(!error.text().contains(r#""M","a","d""#), "{error:#?}");
    }
}

#[test]
fn an_image_that_somebody_disables_or_deletes_meanwhile_is_an_error() {
    let cloud = start();
    failed(&cloud, Lifecycle::disabled()).0.says(&["DISABLED", "disabled the image"]);
    let cloud = start();
    failed(&cloud, Lifecycle::deleting()).0.says(&["DELETING", "deleting the image"]);
}

#[test]
fn an_image_that_vanishes_meanwhile_is_an_error() {
    let cloud = crate::harness::horizon::start_endless();
    let workspace = workspace(&cloud);
    let mut run = workspace.start(&["apply", "-json", "-input=false", "-auto-approve"]);
    run.until("polls of the image", || cloud.request_count() > 6);
    let id = cloud.image_ids(NAME)[0].clone();
    assert!(cloud.remove_image(&id));
    let outcome = run.finish();
    assert!(outcome.took < Duration::from_secs(20), "{outcome}");
    outcome.error().says(&[&id, "deleted meanwhile"]);
    assert_eq!(posts(&cloud), 1);
    // Nothing is left to be deleted, which is not an error.
    cloud.set_lifecycle(None);
    workspace.step();
    assert_eq!((posts(&cloud), cloud.image_count()), (2, 1));
}
