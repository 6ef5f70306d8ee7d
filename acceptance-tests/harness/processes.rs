//! The provider's process, as the system lists it.

use std::fs;
use std::path::Path;

#[cfg(target_os = "linux")]
use super::run::send;
use super::{PROVIDER, Run};

/// A process that the test did not start itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(u32);

/// The provider that `terraform` has started. Only Linux tells: elsewhere there is none.
pub(crate) fn provider_of(terraform: &Run) -> Option<Process> {
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let mut ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.find(|id| {
        is_provider(*id) && parent_and_state(*id).is_some_and(|(p, _)| p == terraform.id())
    })
    .map(Process)
}

/// The most memory that any of the providers of `terraform` has used so far, in bytes.
#[cfg(target_os = "linux")]
pub(crate) fn peak_memory_of(terraform: &Run) -> u64 {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let providers = ids.filter(|id| {
        is_provider(*id) && parent_and_state(*id).is_some_and(|(p, _)| p == terraform.id())
    });
    providers.filter_map(peak_memory).max().unwrap_or_default()
}

#[cfg(target_os = "linux")]
fn peak_memory(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

fn is_provider(id: u32) -> bool {
    fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|binary| {
        binary == Path::new(PROVIDER) || Some(binary) == fs::canonicalize(PROVIDER).ok()
    })
}

/// What follows the name in the process's line: its state, a letter, and its parent.
fn parent_and_state(id: u32) -> Option<(u32, String)> {
    let line = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut fields = line.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?.to_owned();
    Some((fields.next()?.parse().ok()?, state))
}

impl Process {
    /// Whether it has not ended yet. One whose end nobody has asked about has ended.
    pub(crate) fn runs(self) -> bool {
        parent_and_state(self.0).is_some_and(|(_, state)| state != "Z" && state != "X")
    }

    /// Sends a signal to this process alone.
    #[cfg(target_os = "linux")]
    pub(crate) fn signal(self, name: &str) {
        send(name, &self.0.to_string());
    }
}
