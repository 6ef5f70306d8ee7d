//! Terraform in a temporary folder that holds a copy of `examples/demo`.

use std::io::{IsTerminal, stdout};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::{env, fs};

use tempfile::TempDir;

use crate::mirror;
use crate::services::Services;

const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/demo");

/// A folder in which Terraform can be run.
pub(crate) struct Terraform {
    executable: PathBuf,
    folder: TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Terraform {
    /// Copies the configuration, and puts the provider where `terraform init` finds it.
    pub(crate) fn prepare(
        executable: PathBuf,
        provider: &Path,
        services: &Services,
    ) -> Result<Self, String> {
        let folder = TempDir::with_prefix("cloudimages-demo-")
            .map_err(|error| format!("there is no temporary folder: {error}"))?;
        let environment = services.environment();
        let terraform = Self { executable, folder, environment };
        terraform
            .fill(provider, services)
            .map_err(|error| format!("the temporary folder cannot be filled: {error}"))?;
        Ok(terraform)
    }

    fn fill(&self, provider: &Path, services: &Services) -> std::io::Result<()> {
        fs::create_dir(self.path("work"))?;
        for entry in fs::read_dir(CONFIGURATION)? {
            let file = entry?.path();
            if let (Some(name), Some("tf")) =
                (file.file_name(), file.extension().and_then(|extension| extension.to_str()))
            {
                fs::copy(&file, self.path("work").join(name))?;
            }
        }
        let variables = services
            .variables()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let variables = serde_json::Value::Object(variables).to_string();
        fs::write(self.path("work/demo.auto.tfvars.json"), variables)?;
        mirror::lay_out(&self.path("mirror"), provider)?;
        let installation = mirror::installation(&self.path("mirror"));
        fs::write(
            self.path("terraform.rc"),
            format!("disable_checkpoint = true\nprovider_installation {{\n{installation}\n}}\n"),
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Prints `fields` of the lines of the log so far that contain `fragment`.
    pub(crate) fn print_log(&self, fragment: &str, fields: &[&str]) {
        let log = fs::read_to_string(self.path("terraform.log")).unwrap_or_default();
        for line in log.lines().filter(|line| line.contains(fragment)) {
            let value = |field: &&str| {
                let start = line.find(&format!(" {field}="))? + 1;
                line[start..].split_whitespace().next()
            };
            let found: Vec<&str> = fields.iter().filter_map(value).collect();
            println!("{fragment}: {}", found.join(" "));
        }
    }

    /// Runs a command that has to fail. What it prints goes to the screen.
    pub(crate) fn fail(&self, arguments: &[&str]) -> Result<(), String> {
        match self.status(arguments)?.code() {
            Some(1) => Ok(()),
            _ => Err(format!("terraform {} did not fail as it should", arguments.join(" "))),
        }
    }

    /// Runs a command to its end. What it prints goes to the screen.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<(), String> {
        let status = self.status(arguments)?;
        if status.success() {
            return Ok(());
        }
        let command = arguments.first().unwrap_or(&"");
        Err(match status.code() {
            Some(code) => format!("terraform {command} ended with exit code {code}"),
            None => format!("terraform {command} was ended by a signal"),
        })
    }

    fn status(&self, arguments: &[&str]) -> Result<ExitStatus, String> {
        let mut command = Command::new(&self.executable);
        command.args(arguments);
        if !stdout().is_terminal() || env::var_os("NO_COLOR").is_some() {
            command.arg("-no-color");
        }
        // The user's environment must not decide where the requests go, nor how they are signed.
        let kept = ["PATH", "HOME", "TMPDIR", "TERM", "TEMP", "TMP", "SYSTEMROOT", "USERPROFILE"];
        command
            .env_clear()
            .envs(kept.iter().filter_map(|name| Some((name, env::var_os(name)?))))
            .envs(self.environment.iter().map(|(name, value)| (*name, value)))
            .env("TF_CLI_CONFIG_FILE", self.path("terraform.rc"))
            .env("TF_INPUT", "0")
            .env("TF_LOG_PROVIDER", "INFO")
            .env("TF_LOG_PATH", self.path("terraform.log"))
            .current_dir(self.path("work"))
            .status()
            .map_err(|error| format!("terraform cannot be run: {error}"))
    }
}
