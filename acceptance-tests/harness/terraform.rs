//! Where `terraform` is, and how many of it may run at once.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Condvar, LazyLock, Mutex, PoisonError};

use serde_json::Value;

/// Names the executable where it is not in the PATH. The name is that of HashiCorp's own tests.
const VARIABLE: &str = "TF_ACC_TERRAFORM_PATH";

/// The first release with write-only arguments.
const OLDEST: (u64, u64) = (1, 11);

/// Terraform and its plugins are busy processes: more at once would only wait for each other, and
/// then for longer than Terraform itself is willing to.
const AT_ONCE: usize = 3;

/// The executable. Without one the test fails: tests that were not run must not look like success.
pub(crate) fn executable() -> &'static Path {
    static FOUND: LazyLock<Result<PathBuf, String>> = LazyLock::new(find);
    match &*FOUND {
        Ok(path) => path,
        Err(why) => panic!(
            "terraform is needed by the acceptance tests: {why}. Install Terraform {}.{} or later \
             (https://developer.hashicorp.com/terraform/install) into the PATH or name it in \
             {VARIABLE}; or run only the other tests with `cargo test --lib`.",
            OLDEST.0, OLDEST.1
        ),
    }
}

fn find() -> Result<PathBuf, String> {
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

/// The right to run one terraform.
#[derive(Debug)]
pub(crate) struct Slot(());

static TAKEN: Mutex<usize> = Mutex::new(0);
static RETURNED: Condvar = Condvar::new();

impl Slot {
    /// Waits until there is one.
    pub(crate) fn take() -> Self {
        let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken >= AT_ONCE {
            taken = RETURNED.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken += 1;
        Self(())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        *TAKEN.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        RETURNED.notify_one();
    }
}
