//! Where the socket is.

use std::fs;
use std::path::Path;

use serde_json::Value;
use simulated_clouds::ucloud::Simulation;

use super::leftovers::left;
use crate::harness::{Workspace, ucloud};

const ANY: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";

/// The address of each provider that was started, from the log of Terraform.
fn addresses(log: &str) -> Vec<String> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines
        .filter(|line| line["@message"] == "Listening")
        .map(|line| line["address"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_temporary_folder_with_a_long_path_works() {
    let cloud = Simulation::start();
    let mut workspace = Workspace::new(&(ucloud::provider(&cloud) + ANY)).env("TF_LOG", "JSON");
    let mut long = workspace.temporary().into_os_string();
    long.push("/t");
    while long.len() < 90 {
        long.push("t");
    }
    fs::create_dir(&long).unwrap();
    workspace.set("TMPDIR", &long);
    let addresses = addresses(&workspace.plan().ok().stderr);
    assert!(!addresses.is_empty());
    for address in addresses {
        assert!(address.len() <= 100, "{address}");
        assert!(!Path::new(&address).parent().unwrap().exists(), "{address} is left");
    }
    assert_eq!(fs::read_dir(&long).unwrap().count(), 0);
    assert_eq!(left(&workspace), 1, "nothing but that folder");
}

#[test]
fn a_variable_that_makes_the_path_too_long_is_named() {
    let workspace = Workspace::new("terraform {}\n");
    let folder = workspace.temporary().join("s".repeat(90));
    fs::create_dir(&folder).unwrap();
    let outcome =
        workspace.env("PLUGIN_UNIX_SOCKET_DIR", &folder).provider(&["-debug"]).finish().fails();
    outcome.says(&["PLUGIN_UNIX_SOCKET_DIR", "at most 100 bytes", "shorter path"]);
}
