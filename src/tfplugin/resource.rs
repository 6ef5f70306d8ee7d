//! The life of a managed resource, as its author writes it.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::config::Config;
use super::context::Context;
use super::diagnostic::{Diagnostic, Failure, Result};
use super::model::Model;
use super::plan::Plan;
use super::timeouts::Timeouts;

/// What Terraform remembers: what was asked for, what the service answered, and what only this
/// provider wants to know.
#[derive(Clone, Debug, PartialEq)]
pub struct State<I, O, P = ()> {
    /// The arguments.
    pub inputs: I,
    /// The results.
    pub outputs: O,
    /// Kept beside the state, shown to nobody. No place for secrets: state files hold it.
    pub private: P,
}

/// Whether a read still found the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOutcome {
    /// It is there.
    Present,
    /// It is not: Terraform plans to create it.
    Gone,
}

/// How far an object is, by what is remembered of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It can be used.
    Ready,
    /// The service is still at work on it, or nothing was seen of it yet: the next apply waits.
    Moving,
    /// The service says that it failed: the next apply replaces it.
    Failed,
    /// Somebody is deleting it: once it is gone, it is planned to be created again.
    Vanishing,
}

/// Why an object is not ready.
#[derive(Clone, Debug, PartialEq)]
pub enum Unsettled {
    /// The service says that it failed, or something else is wrong that waiting does not mend.
    Failed(Failure),
    /// The time allowed has run out. The service goes on.
    TimedOut(Failure),
    /// Its state could not be read for so long that the wait was given up. The service goes on.
    Unreadable(Failure),
    /// The caller asked to stop. The service goes on.
    Interrupted,
}

impl From<Failure> for Unsettled {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Diagnostic> for Unsettled {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Failed(diagnostic.into())
    }
}

/// How the user names an object to import.
#[derive(Clone, Debug, PartialEq)]
pub enum Import<I> {
    /// By the id of `terraform import` or of an `import` block.
    Id(String),
    /// By the identity in an `import` block.
    Identity(I),
}

/// The state of a resource.
pub type StateOf<R, C> =
    State<<R as Resource<C>>::Inputs, <R as Resource<C>>::Outputs, <R as Resource<C>>::Private>;

/// A managed resource. `C` is what the provider's configuration makes available.
///
/// Methods that take `&mut State` record progress as they make it: when one fails or is
/// interrupted, Terraform keeps what it had written so far.
pub trait Resource<C>: Send + Sync + Sized + 'static {
    /// The type name without the provider's prefix.
    const NAME: &'static str;
    /// What an object is called in a sentence.
    const NOUN: &'static str = "object";
    /// The result that says why an object is to be replaced when its [`Readiness`] says that it
    /// failed.
    const STATUS: &'static str = "";
    /// The version of the schema, raised when states written before need an upgrade.
    const VERSION: i64 = 0;
    /// The default time limits of its operations.
    const TIMEOUTS: Timeouts;
    /// The arguments. Their doc comment describes the resource.
    type Inputs: Model + Clone;
    /// The results.
    type Outputs: Model;
    /// See [`State::private`].
    type Private: Serialize + DeserializeOwned + Default + Send + Sync;
    /// What identifies an object beyond doubt.
    type Identity: Model;

    /// Checks that concern several arguments at once. Each argument has been checked already.
    fn validate(&self, _config: &Config<'_>, _problems: &mut Vec<Diagnostic>) {}

    /// Whether the provider's configuration suffices, as far as it is known. No network.
    ///
    /// # Errors
    /// Names what is missing.
    fn ready(&self, _clients: &C) -> Result<()> {
        Ok(())
    }

    /// How far the object is, by what is remembered of it. No network.
    fn readiness(_inputs: &Self::Inputs, _outputs: &Self::Outputs) -> Readiness {
        Readiness::Ready
    }

    /// Adds to a plan what the schema alone cannot say.
    fn plan(&self, _plan: &mut Plan<'_>) {}

    /// Asks the service for the object; returns as soon as it has an identity.
    ///
    /// Never cut off by an interruption, since its effect would be unknown.
    fn create(
        &self,
        clients: &C,
        inputs: Self::Inputs,
        context: &Context,
    ) -> impl Future<Output = Result<StateOf<Self, C>>> + Send;

    /// Waits until the object is fit for use. Returns at once when the state says that it is.
    fn settle(
        &self,
        _clients: &C,
        _state: &mut StateOf<Self, C>,
        _context: &Context,
    ) -> impl Future<Output = std::result::Result<(), Unsettled>> + Send {
        async { Ok(()) }
    }

    /// Which object it is and how far it was when it was last seen, for messages about a wait that
    /// has ended: `id-1, last seen 17 percent`.
    fn progress(&self, _state: &StateOf<Self, C>) -> String {
        String::new()
    }

    /// Brings `state` up to date with the service.
    fn read(
        &self,
        clients: &C,
        state: &mut StateOf<Self, C>,
        context: &Context,
    ) -> impl Future<Output = Result<ReadOutcome>> + Send;

    /// Changes the object in place until it is as `desired`.
    fn update(
        &self,
        clients: &C,
        state: &mut StateOf<Self, C>,
        desired: Self::Inputs,
        context: &Context,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Deletes the object and waits until it is gone. One that is gone already is a success.
    fn delete(
        &self,
        clients: &C,
        state: StateOf<Self, C>,
        context: &Context,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Finds an object that exists already.
    fn import(
        &self,
        clients: &C,
        target: Import<Self::Identity>,
        context: &Context,
    ) -> impl Future<Output = Result<StateOf<Self, C>>> + Send;

    /// What identifies the object.
    fn identity(&self, state: &StateOf<Self, C>) -> Self::Identity;

    /// Rewrites a state of an older schema version, as JSON, to the present one.
    ///
    /// # Errors
    /// When the version is none that there ever was.
    fn upgrade(&self, from: i64, _state: serde_json::Value) -> Result<serde_json::Value> {
        Err(Diagnostic::error(
            "Unknown state version",
            format!("No release of this provider wrote states of version {from}."),
        )
        .into())
    }
}
