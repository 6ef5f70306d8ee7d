//! Has cargo build the provider's binary: running an example does not.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

const NAME: &str = "terraform-provider-cloudimages";

/// Builds the binary and says where it is.
pub(crate) fn build() -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Cargo itself knows best where its files go; its progress stays on the screen. This program
    // is named too, since its needs choose the features of what both are made of: alone, the
    // binary would have most of it compiled once more.
    let output = Command::new(cargo)
        .args(["build", "--bin", NAME, "--example", "demo"])
        .arg("--message-format=json-render-diagnostics")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo could not build {NAME}"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let messages = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let executable = messages
        .filter(|message| message["target"]["name"] == NAME)
        .find_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    executable.ok_or_else(|| format!("cargo does not say where it put {NAME}"))
}
