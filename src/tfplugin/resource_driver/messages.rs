//! What the driver tells about an object whose creation is not over, or that is not there.

use crate::tfplugin::diagnostic::Diagnostic;
use crate::tfplugin::resource::Readiness;

use super::settle::named;

/// Nothing can be deleted yet of an object that the service may still be about to make.
pub(super) fn may_still_appear(noun: &str, minutes_left: u64) -> Diagnostic {
    Diagnostic::error(
        format!("The {noun} cannot be deleted yet"),
        format!(
            "Its creation was sent a few minutes ago and was not seen to end. The service does not \
             show the {noun} yet, but may still create it, so it stays in the state.\n\n\
             Destroy again in {minutes_left} minutes. If you know that the {noun} was never created, remove \
             it from the state instead: terraform state rm <address>"
        ),
    )
}

/// An object for which a creation did not wait long enough: Terraform has tainted it, which a provider
/// cannot see. Where it failed or vanishes, that is as well.
pub(super) fn perhaps_tainted(
    noun: &str,
    progress: &str,
    readiness: Readiness,
) -> Option<Diagnostic> {
    let which = named(noun, progress);
    let (summary, seen, aim) = match readiness {
        Readiness::Moving => (
            format!("The {noun} is not ready yet"),
            format!("The service is still at work on the {which}"),
            "keep waiting for it",
        ),
        Readiness::Ready => (
            format!("The {noun} is ready, but perhaps tainted"),
            format!("The {which} is ready by now"),
            "keep it",
        ),
        Readiness::Failed | Readiness::Vanishing => return None,
    };
    let detail = format!(
        "{seen}; the apply that created it did not wait long enough. If the plan says that it is \
         tainted, it is about to be destroyed and created again. To {aim} instead, run \
         `terraform untaint` on it before you apply."
    );
    Some(Diagnostic::warning(summary, detail))
}

/// A plan for an object that is still being created: that it is changed in place means that apply waits.
pub(super) fn is_waited_for(noun: &str, progress: &str) -> Diagnostic {
    let which = named(noun, progress);
    let detail = format!(
        "The service is still at work on the {which}. It is not created again: apply waits until it \
         is ready, as long as `timeouts.create` allows."
    );
    Diagnostic::warning(format!("Apply waits for the {noun}"), detail)
}

/// An object that was deleted outside of Terraform.
pub(super) fn is_gone(noun: &str, progress: &str) -> Diagnostic {
    let which = named(noun, progress);
    let detail = format!(
        "The {which} does not exist any more: it was deleted outside of Terraform. It is \
         removed from the state."
    );
    Diagnostic::warning(format!("The {noun} was deleted"), detail)
}
