//! The configurations in `examples`: people copy them, so they have to work.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use simulated_clouds::ucloud::{Account, Simulation};
use tempfile::TempDir;

use crate::harness::{PROVIDER, Workspace, mirror};

#[path = "../demo/batch.rs"]
mod batch;
#[path = "../demo/hci.rs"]
mod hci;
#[path = "../demo/horizon.rs"]
mod horizon;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

/// An import block with an identity is a syntax error before.
const IDENTITY: (u64, u64) = (1, 12);

/// All files below `folder` that are configurations.
fn configurations(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            configurations(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "tf") {
            found.push(path);
        }
    }
}

/// Copies a configuration.
fn copy(file: &Path, into: &Workspace) {
    let text = fs::read_to_string(file).unwrap();
    if text.contains("required_providers") {
        // Replaces ours, which would be one too many.
        into.write("terraform.tf", "");
    }
    into.write(file.file_name().unwrap().to_str().unwrap(), &text);
}

/// Copies all configurations of `folder`.
fn copy_all(folder: &Path, into: &Workspace) {
    let mut files = Vec::new();
    configurations(folder, &mut files);
    files.iter().for_each(|file| copy(file, into));
}

/// Major and minor version of the executable.
fn terraform_version() -> (u64, u64) {
    let answer = Workspace::new("").run(&["version", "-json"]).stdout;
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let version = answer["terraform_version"].as_str().unwrap();
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap(), parts.next().unwrap())
}

#[track_caller]
fn is_valid(workspace: &Workspace, what: &Path) {
    let outcome = workspace.validate();
    assert_eq!(outcome.code, Some(0), "{}\n{outcome}", what.display());
}

#[test]
fn every_example_is_formatted_and_valid_by_itself() {
    let examples = Path::new(EXAMPLES);
    let outcome = Workspace::new("").run(&["fmt", "-check", "-diff", "-recursive", EXAMPLES]);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let version = terraform_version();
    let mut files = Vec::new();
    configurations(examples, &mut files);
    files.retain(|file| !file.starts_with(examples.join("demo")));
    assert!(files.contains(&examples.join("provider/provider.tf")), "{files:?}");
    for file in files {
        if file.ends_with("import-by-identity.tf") && version < IDENTITY {
            continue;
        }
        let workspace = Workspace::new("");
        copy(&file, &workspace);
        is_valid(&workspace, &file);
    }
    let demo = examples.join("demo");
    let workspace = Workspace::new("");
    copy_all(&demo, &workspace);
    is_valid(&workspace, &demo);
}

#[test]
fn the_demonstration_can_be_installed_applied_and_destroyed() {
    let cloud = Simulation::start();
    let account = Account::example();
    let mirrored = TempDir::new().unwrap();
    mirror::lay_out(mirrored.path(), Path::new(PROVIDER)).unwrap();
    let azure = hci::Hci::start(Duration::ZERO);
    let mut workspace = Workspace::with("cloudimages", &mirror::installation(mirrored.path()))
        .env("TF_VAR_ucloud_base_url", cloud.url())
        .env("UCLOUD_PUBLIC_KEY", account.public_key())
        .env("UCLOUD_PRIVATE_KEY", account.private_key());
    let account_of_batch = batch::start(&azure.entra);
    let (name, value) = batch::environment(&account_of_batch);
    workspace.set(name, value);
    for (name, value) in azure.environment() {
        workspace.set(name, value);
    }
    let horizon_cloud = horizon::start(Duration::ZERO);
    for (name, value) in horizon::environment(&horizon_cloud) {
        workspace.set(name, value);
    }
    for (name, value) in azure.variables().into_iter().chain(horizon::variables()) {
        workspace.set(&format!("TF_VAR_{name}"), value);
    }
    copy_all(&Path::new(EXAMPLES).join("demo"), &workspace);
    let installed = workspace.run(&["init", "-no-color"]).ok();
    installed.says(&["Installed cloudimages/cloudimages v", "successfully initialized"]);
    let state = workspace.step();
    assert_eq!(state.output("web_image")["name"], "golden-web-2024.07");
    let pool = state.output("batch_pool");
    assert_eq!(pool["node_agent_sku_id"], "batch.node.ubuntu 24.04");
    assert_eq!(pool["image"], "canonical:ubuntu-24_04-lts:server:latest");
    assert_eq!(state.output("golden_image")["state"], "Succeeded");
    assert_eq!(state.output("desktop_image")["status"], "IMPORT_COMPLETE");
    assert_eq!((azure.arm.image_count(), horizon_cloud.image_count()), (1, 1));
    workspace.destroy().ok();
    assert_eq!((azure.arm.image_count(), horizon_cloud.image_count()), (0, 0));
}

/// What users write to test their own modules without a cloud.
const MOCKED: &str = r#"
mock_provider "cloudimages" {
  mock_data "cloudimages_horizon_image" {
    defaults = {
      status = "AVAILABLE"
    }
  }
  mock_data "cloudimages_hci_gallery_image" {
    defaults = {
      provisioning_state = "Succeeded"
    }
  }
}

variables {
  custom_location_id   = "/subscriptions/7e570000-0000-4000-8000-000000000010/resourceGroups/rg/providers/Microsoft.ExtendedLocation/customLocations/site-1"
  windows_disk_url     = "https://madeup.blob.core.windows.net/vhds/windows.vhdx?sig=m4deUp"
  image_admin_password = "Made-Up-Passw0rd!"
}

run "apply" {}
"#;

#[test]
fn the_examples_can_be_tested_with_a_mocked_provider() {
    let examples = Path::new(EXAMPLES);
    let mut files = Vec::new();
    configurations(&examples.join("resources"), &mut files);
    configurations(&examples.join("data-sources"), &mut files);
    files.retain(|file| !file.file_name().unwrap().to_str().unwrap().starts_with("import-"));
    assert!(files.len() > 9, "{files:?}");
    for file in files {
        let workspace = Workspace::new("");
        copy(&file, &workspace);
        workspace.write("mocked.tftest.hcl", MOCKED);
        let outcome = workspace.run(&["test", "-no-color"]).ok();
        outcome.says(&["1 passed, 0 failed"]);
    }
}
