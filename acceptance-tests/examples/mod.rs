//! What stands in `examples`: people copy it, so it has to work.

use std::fs;
use std::path::{Path, PathBuf};

use simulated_clouds::ucloud::{Account, Simulation};
use tempfile::TempDir;

use crate::harness::{PROVIDER, Workspace, mirror};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

/// All folders below `folder` that hold a configuration.
fn configurations(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    if entries.iter().any(|path| path.extension().is_some_and(|extension| extension == "tf")) {
        found.push(folder.to_owned());
    }
    for folder in entries.iter().filter(|path| path.is_dir()) {
        configurations(folder, found);
    }
}

/// Copies the configuration of `folder`.
fn copy(folder: &Path, into: &Workspace) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            let text = fs::read_to_string(&path).unwrap();
            if text.contains("required_providers") {
                // Replaces ours, which would be one too many.
                into.write("terraform.tf", "");
            }
            into.write(path.file_name().unwrap().to_str().unwrap(), &text);
        }
    }
}

#[test]
fn every_example_is_valid_and_formatted() {
    let mut folders = Vec::new();
    configurations(Path::new(EXAMPLES), &mut folders);
    assert!(folders.contains(&Path::new(EXAMPLES).join("demo")), "{folders:?}");
    for folder in folders {
        let workspace = Workspace::new("");
        copy(&folder, &workspace);
        let outcome = workspace.validate();
        assert_eq!(outcome.code, Some(0), "{}\n{outcome}", folder.display());
        let outcome = workspace.run(&["fmt", "-check", "-diff", folder.to_str().unwrap()]);
        assert_eq!(outcome.code, Some(0), "{}\n{outcome}", folder.display());
    }
}

#[test]
fn the_demonstration_can_be_installed_applied_and_destroyed() {
    let cloud = Simulation::start();
    let account = Account::example();
    let mirrored = TempDir::new().unwrap();
    mirror::lay_out(mirrored.path(), Path::new(PROVIDER)).unwrap();
    let workspace = Workspace::with("cloudimages", &mirror::installation(mirrored.path()))
        .env("TF_VAR_ucloud_base_url", cloud.url())
        .env("UCLOUD_PUBLIC_KEY", account.public_key())
        .env("UCLOUD_PRIVATE_KEY", account.private_key());
    copy(&Path::new(EXAMPLES).join("demo"), &workspace);
    let installed = workspace.run(&["init", "-no-color"]).ok();
    installed.says(&["Installed cloudimages/cloudimages v", "successfully initialized"]);
    let state = workspace.step();
    assert_eq!(state.output("ubuntu")["id"], "uimage-u244k2");
    assert_eq!(state.output("web_host_image"), "golden-web-2024.07");
    workspace.destroy().ok();
    assert!(workspace.state().instance("terraform_data.web_host").is_none());
}
