//! The lifecycle of managed resources, with a test provider and a simulated cloud.
//!
//! What the framework does for all resources is tested here once: how it reports a plan, a failure,
//! an interruption, a secret or an old state to Terraform.

mod changes;
mod cloud;
mod creation;
mod functions;
mod image;
mod old_states;
mod outside;
mod secrets;
mod sketch;

use std::sync::Arc;

use cloud::Cloud;
use sketch::Sketch;

use crate::harness::{Attached, Workspace};

/// A cloud, the provider for it, and a workspace that uses both.
struct Setting {
    cloud: Arc<Cloud>,
    workspace: Workspace,
    _attached: Attached,
}

/// Begins a test with this configuration.
fn begin(main: &str) -> Setting {
    let cloud = Arc::<Cloud>::default();
    let attached = Attached::serve(Sketch { cloud: Arc::clone(&cloud) });
    let workspace = Workspace::attached("sketch", &attached.variable, main);
    Setting { cloud, workspace, _attached: attached }
}

/// A resource of the type under test.
fn image(name: &str, arguments: &str) -> String {
    format!("resource \"sketch_image\" {name:?} {{\nname = {name:?}\n{arguments}\n}}\n")
}

/// A change in a plan.
fn change(name: &str, action: &str) -> (String, String) {
    (format!("sketch_image.{name}"), action.to_owned())
}
