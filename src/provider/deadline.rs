//! The deadline of a call by Terraform, as the clouds' clients take it.

use crate::cloud::Deadline;
use crate::tfplugin::context::Context;

/// When a call by Terraform has to be over.
pub(crate) fn deadline(context: &Context) -> Deadline {
    Deadline { at: context.deadline, within: context.timeout, stop: context.stop.clone() }
}
