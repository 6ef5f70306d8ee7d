//! The output while an image is created: progress, and no secrets.

use std::time::Duration;

use serde_json::Value;
use simulated_clouds::arm::Outcome;
use simulated_clouds::entra::CLIENT_SECRET;

use crate::harness::Workspace;
use crate::harness::hci::{Azure, DISK, IMAGE, Image, SIGNATURE};

/// Parts of the signature, as it is written and decoded.
const PARTS: [&str; 4] = [SIGNATURE, "m4deUp", "sig=", "Signa+ture0123456789"];

#[test]
fn no_log_holds_the_signature_or_a_token() {
    let azure = Azure::start();
    let quote = format!("GET {DISK}?{SIGNATURE} was answered with 403.");
    azure.arm.set_create_outcome(Outcome::failed("ImageDownloadFailed", &quote));
    let mut workspace = Workspace::new(&azure.main(&Image::new()));
    let log = workspace.path().join("trace.log");
    workspace.set("TF_LOG", "TRACE");
    workspace.set("TF_LOG_PATH", &log);
    let plan = workspace.run(&["plan", "-no-color", "-input=false", "-out=saved.tfplan"]).ok();
    plan.says(&["image_path = (sensitive value)"]);
    let outcome = workspace.run(&["apply", "-no-color", "saved.tfplan"]).fails();
    let written = std::fs::read_to_string(&log).unwrap();
    assert!(written.contains("CreateGalleryImage"), "nothing was logged");
    for part in PARTS.iter().chain(&[CLIENT_SECRET]) {
        let found: Vec<_> = written.lines().filter(|line| line.contains(part)).collect();
        assert!(found.is_empty(), "{part}: {found:#?}");
        assert!(!plan.text().contains(part), "{plan}");
        assert!(!outcome.text().contains(part), "{outcome}");
    }
    for request in azure.arm.requests() {
        assert!(!written.contains(request.bearer().unwrap()));
    }
    // In the state, it is marked as sensitive.
    let shown = workspace.run(&["state", "show", "-no-color", IMAGE]).ok();
    shown.says(&["image_path = (sensitive value)"]);
}

#[test]
fn progress_is_logged() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(1));
    let workspace = Workspace::new(&azure.main(&Image::new())).env("TF_LOG_PROVIDER", "INFO");
    let workspace = workspace.env("TF_LOG", "JSON");
    let outcome = workspace.apply().ok();
    let lines = outcome.stderr.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let progress: Vec<_> = lines.filter(|line| !line["progress_percentage"].is_null()).collect();
    assert!(progress.len() > 2, "{outcome}");
    let last = progress.last().unwrap()["@message"].as_str().unwrap();
    let expected = "gallery image golden: Succeeded, 100 percent, 9,383 MB, ";
    assert!(last.starts_with(expected), "{last}");
    for line in &progress {
        assert_eq!(line["@level"], "info", "{line}");
        for key in ["progress_percentage", "download_size_in_mb"] {
            assert!(line[key].is_number(), "{line}");
        }
        for key in ["provisioning_state", "elapsed", "resource"] {
            assert!(line[key].is_string(), "{line}");
        }
    }
    let percents: Vec<_> =
        progress.iter().map(|line| line["progress_percentage"].as_i64().unwrap()).collect();
    assert!(percents.is_sorted_by(|a, b| a < b), "{percents:?}");
    assert_eq!(percents.last(), Some(&100));
}
