//! The life of a managed resource, with a provider and a cloud that exist here only.
//!
//! What an author of a resource does not write is tested here once for all of them: how Terraform
//! gets to see a plan, a failure, an interruption, a secret or an old state.

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
