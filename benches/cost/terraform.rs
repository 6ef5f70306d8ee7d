//! Runs Terraform with the provider, and watches the provider's memory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The provider as this benchmark was built with it.
pub(crate) const PROVIDER: &str = env!("CARGO_BIN_EXE_terraform-provider-cloudimages");

/// The start of a configuration that uses the provider.
pub(crate) const REQUIRED: &str = "terraform {\n  required_providers {\n    cloudimages = { source = \
                                   \"cloudimages/cloudimages\" }\n  }\n}";

/// A directory with a configuration, and the provider to run it with.
pub(crate) struct Workspace {
    directory: tempfile::TempDir,
    provider: PathBuf,
}

/// What a run cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// The CPU time of Terraform and the provider together.
    pub(crate) cpu: Duration,
    /// The provider's largest resident size, in bytes. Zero where it could not be seen.
    pub(crate) memory: u64,
}

impl Workspace {
    pub(crate) fn new(configuration: &str) -> Self {
        Self::with(Path::new(PROVIDER), configuration)
    }

    /// A workspace with another build of the provider, whose file has the usual name.
    pub(crate) fn with(provider: &Path, configuration: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let folder = provider.parent().unwrap();
        let cli = format!(
            "disable_checkpoint = true\nprovider_installation {{\n  dev_overrides {{\n    \
             \"registry.terraform.io/cloudimages/cloudimages\" = {folder:?}\n  }}\n  direct {{}}\n}}\n"
        );
        std::fs::write(directory.path().join("cli.tfrc"), cli).unwrap();
        std::fs::write(directory.path().join("main.tf"), configuration).unwrap();
        Self { directory, provider: provider.to_owned() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("terraform");
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env("TF_CLI_CONFIG_FILE", self.path("cli.tfrc"))
            .env("TF_IN_AUTOMATION", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit());
        command
    }

    /// Runs Terraform once.
    pub(crate) fn run(&self, arguments: &[&str]) -> Cost {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let watcher = scope.spawn(|| watch(&self.provider, &done));
            let (started, before) = (Instant::now(), cpu_of_children());
            let status = self.command(arguments).status().expect("terraform has to be on the PATH");
            let (wall, cpu) = (started.elapsed(), cpu_of_children().saturating_sub(before));
            done.store(true, Ordering::Relaxed);
            assert!(status.success(), "terraform {arguments:?} failed");
            Cost { wall, cpu, memory: watcher.join().unwrap() }
        })
    }

    /// The median of several runs, and the largest memory of any.
    pub(crate) fn median(&self, rounds: usize, arguments: &[&str]) -> Cost {
        let costs: Vec<_> = (0..rounds).map(|_| self.run(arguments)).collect();
        let memory = costs.iter().map(|cost| cost.memory).max().unwrap_or(0);
        let median = |time: fn(&Cost) -> Duration| super::median(costs.iter().map(time).collect());
        Cost { wall: median(|cost| cost.wall), cpu: median(|cost| cost.cpu), memory }
    }
}

/// The CPU time of all processes that have ended, their own children included. In ticks of 10 ms;
/// zero where there is no /proc.
fn cpu_of_children() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in parentheses, may hold blanks. After it, the 14th and 15th fields.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(13).take(2);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// The largest high-water mark of any process of the provider, until `done`.
fn watch(provider: &Path, done: &AtomicBool) -> u64 {
    let mut most = 0;
    while !done.load(Ordering::Relaxed) {
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let process = entry.path();
            if std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe == provider) {
                most = most.max(high_water(&process).unwrap_or(0));
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    most
}

/// The CPU time of a process that runs. In ticks of 10 ms; zero where there is no /proc.
#[cfg(unix)]
pub(crate) fn cpu_of(process: &Path) -> Duration {
    let stat = std::fs::read_to_string(process.join("stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

pub(crate) fn high_water(process: &Path) -> Option<u64> {
    let status = std::fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
