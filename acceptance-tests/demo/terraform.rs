//! Terraform in a temporary folder that holds a copy of `examples/demo`.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;
use std::{env, fs};

use tempfile::TempDir;

use crate::mirror;
use crate::services::Services;

const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/demo");

/// How often a running command is looked at.
const PAUSE: Duration = Duration::from_millis(50);

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

    /// Runs a command that has to fail. Its errors go to the screen, but not the plan before them.
    pub(crate) fn fail(&self, arguments: &[&str]) -> Result<(), String> {
        match self.start(arguments, Stdio::null())?.wait() {
            Ok(status) if status.code() == Some(1) => Ok(()),
            _ => Err(format!("terraform {} did not fail as it should", arguments.join(" "))),
        }
    }

    /// Runs a command to its end, of which only a failure is of interest.
    pub(crate) fn run_quietly(&self, arguments: &[&str]) -> Result<(), String> {
        let child = self.start(arguments, Stdio::piped())?;
        let output = child.wait_with_output().map_err(|error| cannot_run(&error))?;
        if !output.status.success() {
            println!("{}", String::from_utf8_lossy(&output.stdout));
        }
        succeeded(arguments, output.status)
    }

    /// Runs a command to its end, and shows what the provider logs meanwhile about its progress.
    pub(crate) fn run_with_log(&self, arguments: &[&str]) -> Result<(), String> {
        let mut shown = self.progress().len();
        let mut child = self.start(arguments, Stdio::inherit())?;
        loop {
            let ended = child.try_wait().map_err(|error| cannot_run(&error))?;
            let lines = self.progress();
            for line in lines.get(shown..).unwrap_or_default() {
                println!("  log: {line}");
            }
            shown = shown.max(lines.len());
            match ended {
                Some(status) => return succeeded(arguments, status),
                None => sleep(PAUSE),
            }
        }
    }

    /// Starts a command, and presses Ctrl-C when `now` says so.
    pub(crate) fn interrupt(
        &self,
        arguments: &[&str],
        now: impl Fn() -> bool,
    ) -> Result<(), String> {
        let mut child = self.start(arguments, Stdio::inherit())?;
        while !now() {
            if let Ok(Some(status)) = child.try_wait() {
                return Err(format!("terraform {} ended too early: {status}", arguments.join(" ")));
            }
            sleep(PAUSE);
        }
        press_ctrl_c(&child);
        child.wait().map(|_| ()).map_err(|error| cannot_run(&error))
    }

    /// The messages about progress in the log so far, without the fields that follow them.
    fn progress(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("terraform.log")).unwrap_or_default();
        let whole = log.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let messages = whole.lines().filter_map(|line| {
            let (_, message) = line.split_once("[INFO]  provider.")?;
            let (_, message) = message.split_once(": ")?;
            let is_progress = ["gallery image ", "image import in progress"];
            is_progress.iter().any(|start| message.starts_with(start)).then_some(message)
        });
        let is_field = |word: &&str| !word.contains('=');
        let text = |message: &str| {
            let words: Vec<&str> = message.split_whitespace().take_while(is_field).collect();
            words.join(" ").trim_end_matches(':').to_owned()
        };
        messages.map(text).collect()
    }

    fn start(&self, arguments: &[&str], stdout: Stdio) -> Result<Child, String> {
        let mut command = Command::new(&self.executable);
        command.args(arguments).stdin(Stdio::null()).stdout(stdout);
        if !io::stdout().is_terminal() || env::var_os("NO_COLOR").is_some() {
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
            .spawn()
            .map_err(|error| cannot_run(&error))
    }
}

fn cannot_run(error: &io::Error) -> String {
    format!("terraform cannot be run: {error}")
}

fn succeeded(arguments: &[&str], status: ExitStatus) -> Result<(), String> {
    let command = arguments.first().unwrap_or(&"");
    match status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(format!("terraform {command} ended with exit code {code}")),
        None => Err(format!("terraform {command} was ended by a signal")),
    }
}

/// What a terminal does. Windows has no command for it: there, the run goes on to its end.
fn press_ctrl_c(child: &Child) {
    if cfg!(unix) {
        let id = child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &id]).status();
    }
}
