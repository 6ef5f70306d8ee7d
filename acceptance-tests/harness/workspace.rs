//! A folder with a configuration, and the commands that are run in it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::run::Run;
use super::terraform::{Slot, executable};
use super::{Outcome, State};

/// The provider under test, built by cargo for these tests.
pub(crate) const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-cloudimages");

/// A separate folder for one test, removed when the test ends.
#[derive(Debug)]
pub(crate) struct Workspace {
    folder: TempDir,
    env: BTreeMap<String, OsString>,
}

impl Workspace {
    /// A configuration that uses the provider under test, which needs no `terraform init` here.
    pub(crate) fn new(main: &str) -> Self {
        let folder = Path::new(PROVIDER).parent().unwrap();
        let overrides = format!("dev_overrides {{ \"cloudimages/cloudimages\" = {folder:?} }}");
        let workspace = Self::with("cloudimages", &format!("{overrides}\ndirect {{}}"));
        workspace.main(main);
        workspace
    }

    /// A configuration that uses a provider which Terraform has to look up: `installation` says
    /// where.
    pub(crate) fn with(provider: &str, installation: &str) -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["home", "tmp", "work"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let mut workspace = Self { folder, env: BTreeMap::new() };
        workspace.write(
            "../terraform.rc",
            &format!("disable_checkpoint = true\nprovider_installation {{\n{installation}\n}}\n"),
        );
        workspace.write(
            "terraform.tf",
            &format!(
                "terraform {{\n  required_providers {{\n    {provider} = {{ source = \
                 \"cloudimages/{provider}\" }}\n  }}\n}}\n"
            ),
        );
        let rc = workspace.folder.path().join("terraform.rc");
        workspace.set("TF_CLI_CONFIG_FILE", rc);
        workspace.set("HOME", workspace.home());
        workspace.set("TMPDIR", workspace.temporary());
        workspace.set("PATH", std::env::var_os("PATH").unwrap_or_default());
        workspace
    }

    /// A configuration that uses a provider which runs already, and no other.
    pub(crate) fn attached(provider: &str, reattach: &str, main: &str) -> Self {
        let workspace = Self::with(provider, "direct { exclude = [\"*/*/*\"] }")
            .env("TF_REATTACH_PROVIDERS", reattach);
        workspace.main(main);
        workspace
    }

    /// Sets an environment variable for all commands. There are no others but PATH, HOME, TMPDIR
    /// and what points Terraform to its configuration.
    pub(crate) fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.set(name, value);
        self
    }

    /// The same as [`Self::env`], between two commands.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<OsString>) {
        self.env.insert(name.to_owned(), value.into());
    }

    /// The folder of the configuration.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// The home of whoever runs Terraform here.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Where temporary files go, the provider's socket among them.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.path().join("tmp")
    }

    /// Writes a file of the configuration.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    /// Writes a file below the home.
    pub(crate) fn write_home(&self, name: &str, text: &str) {
        let path = self.home().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Replaces the configuration.
    pub(crate) fn main(&self, text: &str) {
        self.write("main.tf", text);
    }

    /// Starts a command of Terraform.
    pub(crate) fn start(&self, arguments: &[&str]) -> Run {
        let slot = Slot::take();
        Run::start(self.command(executable(), arguments), Some(slot))
    }

    /// The same under `nohup`, which has the program and its children ignore SIGHUP.
    #[cfg(target_os = "linux")]
    pub(crate) fn start_under_nohup(&self, arguments: &[&str]) -> Run {
        let slot = Slot::take();
        let mut command = self.command(Path::new("nohup"), &[]);
        command.arg(executable()).args(arguments);
        Run::start(command, Some(slot))
    }

    /// A program with this workspace's environment and folder.
    pub(crate) fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path()).env_clear().envs(&self.env);
        command
    }

    /// Starts the provider by itself.
    pub(crate) fn provider(&self, arguments: &[&str]) -> Run {
        Run::start(self.command(Path::new(PROVIDER), arguments), None)
    }

    /// Runs a command of Terraform to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.start(arguments).finish()
    }

    /// `terraform validate`.
    pub(crate) fn validate(&self) -> Outcome {
        self.run(&["validate", "-json"])
    }

    /// `terraform plan`, with exit code 2 when there is something to do.
    pub(crate) fn plan(&self) -> Outcome {
        self.run(&["plan", "-json", "-input=false", "-detailed-exitcode"])
    }

    /// What `terraform plan` is going to do, in full.
    #[track_caller]
    pub(crate) fn planned(&self) -> serde_json::Value {
        self.run(&["plan", "-input=false", "-out=saved.tfplan"]).ok();
        let shown = self.run(&["show", "-json", "saved.tfplan"]).ok();
        serde_json::from_str(&shown.stdout).unwrap()
    }

    /// `terraform apply`.
    pub(crate) fn apply(&self) -> Outcome {
        self.run(&["apply", "-json", "-input=false", "-auto-approve"])
    }

    /// `terraform destroy`.
    pub(crate) fn destroy(&self) -> Outcome {
        self.run(&["destroy", "-json", "-input=false", "-auto-approve"])
    }

    /// Applies and asserts that nothing is left to do then, neither before nor after a refresh.
    #[track_caller]
    pub(crate) fn step(&self) -> State {
        self.apply().ok();
        self.is_settled();
        self.state()
    }

    /// Asserts that there is nothing to do, neither before nor after a refresh.
    #[track_caller]
    pub(crate) fn is_settled(&self) {
        self.run(&["plan", "-json", "-input=false", "-detailed-exitcode", "-refresh=false"]).ok();
        self.plan().ok();
    }

    /// The state.
    #[track_caller]
    pub(crate) fn state(&self) -> State {
        State::new(fs::read_to_string(self.path().join("terraform.tfstate")).unwrap())
    }
}
