//! Waiting for an object, and what Terraform is told when the wait ends before the object is ready.
//!
//! One table for all resources. An error while creating taints, which is Terraform's rule; so what
//! must not be destroyed by the next apply ends in a warning.
//!
//! | what happened | said | a new object is tainted |
//! | --- | --- | --- |
//! | the service says that it failed | error | yes: the next apply replaces it |
//! | the time allowed has run out | error: what was last seen, `terraform untaint` | yes |
//! | Terraform asked to stop | warning: apply again | no |
//! | its state cannot be read, for good | warning: why, apply again | no |

use tokio::time::timeout_at;

use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::GRACE;
use crate::tfplugin::diagnostic::{Diagnostic, Failure};
use crate::tfplugin::panics;
use crate::tfplugin::resource::{Resource, StateOf, Unsettled};

/// For which call an object is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It was just created: Terraform taints it if an error is reported.
    Creation,
    /// It was created before, and the wait for it goes on.
    Resumption,
    /// It is changed in place.
    Update,
    /// It has to be ready before it can be changed in place.
    BeforeUpdate,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The object is ready.
    Ready,
    /// It never will be.
    Failed,
    /// Its end was not seen in the time allowed.
    TimedOut,
    /// Its end was not seen for another reason.
    Unseen,
}

impl End {
    /// Whether the service may still be at work.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::TimedOut | Self::Unseen)
    }
}

/// Waits until the object is ready. What is known of it when the wait ends is in `state`, however
/// it ends; returned is how it ended, and what there is to say.
pub(super) async fn settled<C: Sync, R: Resource<C>>(
    resource: &R,
    clients: &C,
    state: &mut StateOf<R, C>,
    context: &Context,
    purpose: Purpose,
) -> (End, Vec<Diagnostic>) {
    let outcome = {
        let settle = panics::catch(Resource::settle(resource, clients, state, context));
        tokio::select! {
            biased;
            () = context.stop.cancelled() => None,
            outcome = timeout_at(context.deadline + GRACE, settle) => Some(outcome),
        }
    };
    let mut said = context.take_warnings();
    let unsettled = match outcome {
        Some(Ok(Ok(Ok(())))) => return (End::Ready, said),
        Some(Ok(Err(panic))) => {
            Unsettled::Failed(panics::crashed("Waiting for the object", &panic).into())
        }
        // A client may have noticed the interruption itself; it is one all the same.
        None => Unsettled::Interrupted,
        Some(Ok(Ok(Err(_)))) if context.stop.is_cancelled() => Unsettled::Interrupted,
        Some(Ok(Ok(Err(unsettled)))) => unsettled,
        Some(Err(_)) => Unsettled::TimedOut(context.timed_out().into()),
    };
    let end = match &unsettled {
        Unsettled::Failed(_) => End::Failed,
        Unsettled::TimedOut(_) => End::TimedOut,
        Unsettled::Unreadable(_) | Unsettled::Interrupted => End::Unseen,
    };
    said.extend(told::<C, R>(unsettled, &resource.progress(state), purpose, context));
    (end, said)
}

/// What Terraform is told: see the table above.
pub(super) fn told<C, R: Resource<C>>(
    unsettled: Unsettled,
    progress: &str,
    purpose: Purpose,
    context: &Context,
) -> Vec<Diagnostic> {
    let noun = R::NOUN;
    let is_new = purpose == Purpose::Creation;
    match unsettled {
        Unsettled::Failed(failure) => {
            let advice = match purpose {
                Purpose::Creation => format!(
                    "The {noun} stays in the state, tainted: the next apply destroys it and creates \
                     it again."
                ),
                Purpose::Resumption | Purpose::BeforeUpdate => {
                    format!(
                        "The {noun} stays in the state: the next plan looks at it again and shows \
                         what has to be done."
                    )
                }
                Purpose::Update => String::new(),
            };
            with_advice(Failure(context.name_limit(failure)), &advice)
        }
        Unsettled::TimedOut(failure) => {
            let timeout = context.limit;
            let advice = if is_new {
                format!(
                    "The {noun} stays in the state, tainted: the next apply would destroy it and \
                     create it again. To keep waiting for it instead, run `terraform untaint` on it \
                     and apply again. To allow more time, raise `{timeout}`."
                )
            } else {
                format!(
                    "The {noun} stays in the state: apply again to keep waiting for it. To allow \
                     more time, raise `{timeout}`."
                )
            };
            with_advice(Failure(context.name_limit(failure)), &advice)
        }
        Unsettled::Interrupted => {
            let summary = format!("Interrupted while waiting for the {noun}");
            vec![resumed_later(summary, "", noun, progress, purpose)]
        }
        Unsettled::Unreadable(Failure(reasons)) => {
            let summary = format!("Stopped waiting for the {noun}: its state cannot be read");
            let why =
                reasons.iter().map(|reason| format!("{}: {}\n\n", reason.summary, reason.detail));
            vec![resumed_later(summary, &why.collect::<String>(), noun, progress, purpose)]
        }
    }
}

/// The message about a wait that the next apply takes up again. Before a change it is an error: the
/// change was not made.
fn resumed_later(
    summary: String,
    why: &str,
    noun: &str,
    progress: &str,
    purpose: Purpose,
) -> Diagnostic {
    let which = named(noun, progress);
    let detail = format!(
        "{why}The service is still at work on the {which}. It is in the state and not tainted: \
         apply again to keep waiting for it."
    );
    match purpose {
        Purpose::BeforeUpdate => {
            let detail = format!("{detail} The change in place was not made.");
            Diagnostic::error(summary, detail)
        }
        _ => Diagnostic::warning(summary, detail),
    }
}

/// Which object it is, in a sentence.
pub(super) fn named(noun: &str, progress: &str) -> String {
    format!("{noun} {progress}").trim_end().to_owned()
}

fn with_advice(failure: Failure, advice: &str) -> Vec<Diagnostic> {
    let Failure(mut failures) = failure;
    if let Some(last) = failures.last_mut().filter(|_| !advice.is_empty()) {
        last.detail = format!("{}\n\n{advice}", last.detail.trim_end());
    }
    failures
}

#[cfg(test)]
mod tests;
