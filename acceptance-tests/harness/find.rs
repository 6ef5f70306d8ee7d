//! Finds `terraform`, also for the demonstration.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Names the executable where it is not in the PATH. The name is that of HashiCorp's own tests.
const VARIABLE: &str = "TF_ACC_TERRAFORM_PATH";

/// The first release with write-only arguments.
const OLDEST: (u64, u64) = (1, 11);

/// The executable.
///
/// # Errors
/// What is wrong and how to install a suitable one.
pub(crate) fn terraform() -> Result<PathBuf, String> {
    let (major, minor) = OLDEST;
    found().map_err(|why| {
        format!(
            "{why}. Install Terraform {major}.{minor} or later \
             (https://developer.hashicorp.com/terraform/install) into the PATH or name it in \
             {VARIABLE}"
        )
    })
}

fn found() -> Result<PathBuf, String> {
    let path = match env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => {
            let name = format!("terraform{}", env::consts::EXE_SUFFIX);
            let folders = env::var_os("PATH").unwrap_or_default();
            env::split_paths(&folders)
                .map(|folder| folder.join(&name))
                .find(|path| path.is_file())
                .ok_or_else(|| "it is not in the PATH".to_owned())?
        }
    };
    let version = version(&path)?;
    match version.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u64>>()[..] {
        [major, minor, ..] if (major, minor) >= OLDEST => Ok(path),
        _ => Err(format!("{} is version {version}", path.display())),
    }
}

fn version(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let output = Command::new(path)
        .args(["version", "-json"])
        .env("CHECKPOINT_DISABLE", "1")
        .output()
        .map_err(|error| format!("{shown} cannot be run: {error}"))?;
    let answer: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    let version = answer.and_then(|answer| Some(answer["terraform_version"].as_str()?.to_owned()));
    version.ok_or_else(|| format!("{shown} does not say what version it is"))
}
