//! Secrets are in nothing that Terraform shows, writes or logs, however services repeat them.

mod addresses;
mod disks;
mod logins;
mod ucloud;

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use simulated_clouds::Spelling;

use crate::harness::{Outcome, Workspace};

/// The plan that [`Outputs::through`] saves.
const PLAN: &str = "saved.tfplan";

/// Halves of a secret that are shorter are found in other words.
const SHORTEST_HALF: usize = 12;

/// Everything that commands have shown, written and logged.
#[derive(Debug, Default)]
struct Outputs {
    /// What is tried, for messages.
    about: &'static str,
    /// Where, and what.
    texts: Vec<(String, String)>,
}

impl Outputs {
    /// Runs a command with the most talkative log, and keeps all that it leaves behind.
    fn run(&mut self, workspace: &mut Workspace, arguments: &[&str]) -> Outcome {
        let log = workspace.path().join("trace.log");
        workspace.set("TF_LOG", "TRACE");
        workspace.set("TF_LOG_PATH", &log);
        let outcome = workspace.run(arguments);
        let mut keep = |place: &str, text: String| {
            self.texts.push((format!("{place} of {}", arguments.join(" ")), text));
        };
        keep("stdout", outcome.stdout.clone());
        keep("stderr", outcome.stderr.clone());
        let written = fs::read_to_string(&log).unwrap();
        assert!(written.contains("cloudimages"), "nothing was logged");
        keep("log", written);
        fs::remove_file(log).unwrap();
        for file in [PLAN, "terraform.tfstate"] {
            if let Ok(bytes) = fs::read(workspace.path().join(file)) {
                keep(file, String::from_utf8_lossy(&bytes).into_owned());
                keep(&format!("what is beside the state in {file}"), beside_state(&bytes));
            }
        }
        outcome
    }

    /// Plans, shows the plan, applies it and shows the state: all of what a healthy run writes.
    fn through(&mut self, workspace: &mut Workspace) {
        self.run(workspace, &["plan", "-no-color", "-input=false", "-out=saved.tfplan"]).ok();
        self.run(workspace, &["show", "-no-color", PLAN]).ok();
        self.run(workspace, &["show", "-json", PLAN]).ok();
        self.run(workspace, &["apply", "-no-color", "-input=false", PLAN]).ok();
        self.run(workspace, &["show", "-json"]).ok();
    }

    /// Leaves out what stands in places whose name starts so.
    fn without(&self, places: &[&str]) -> Self {
        let keep = |place: &String| !places.iter().any(|start| place.starts_with(start));
        let texts = self.texts.iter().filter(|(place, _)| keep(place)).cloned().collect();
        Self { about: self.about, texts }
    }

    /// Asserts that none of `secrets` is found, in no spelling, and no half of one.
    #[track_caller]
    fn hold_none_of(&self, secrets: &[String]) {
        let mut found = Vec::new();
        for secret in secrets {
            for form in forms(secret) {
                for (place, text) in &self.texts {
                    if let Some(at) = text.find(&form) {
                        let before: String = text[..at].chars().rev().take(120).collect();
                        let before: String = before.chars().rev().collect();
                        let after: String = text[at..].chars().take(160).collect();
                        found.push(format!("{form:?} in {place}: …{before}>>>{after}…"));
                    }
                }
            }
        }
        let count = found.len();
        found.truncate(12);
        assert!(found.is_empty(), "{}: {count} leaks\n{}", self.about, found.join("\n\n"));
    }
}

/// A secret in every spelling, and the halves of those that are long enough.
fn forms(secret: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for spelled in Spelling::ALL.map(|spelling| spelling.spell(secret)) {
        let middle = spelled.chars().count() / 2;
        if middle >= SHORTEST_HALF {
            forms.push(spelled.chars().take(middle).collect());
            forms.push(spelled.chars().skip(middle).collect());
        }
        forms.push(spelled);
    }
    forms.sort();
    forms.dedup();
    forms
}

/// What the provider keeps beside the attributes, which Terraform writes as base64.
fn beside_state(state: &[u8]) -> String {
    let state: Value = serde_json::from_slice(state).unwrap_or_default();
    let resources = state["resources"].as_array().into_iter().flatten();
    let instances = resources.filter_map(|resource| resource["instances"].as_array()).flatten();
    let kept = instances.filter_map(|instance| STANDARD.decode(instance["private"].as_str()?).ok());
    kept.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
}
