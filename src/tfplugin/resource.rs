//! Managed resources: the trait that their authors implement.

use std::future::Future;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::config::Config;
use super::context::Context;
use super::diagnostic::{Diagnostic, Failure, Result};
use super::model::Model;
use super::moved::Moved;
use super::plan::Plan;
use super::timeouts::Timeouts;

/// What Terraform stores: arguments, results, and the provider's private state.
#[derive(Clone, Debug, PartialEq)]
pub struct State<I, O, P = ()> {
    /// The arguments.
    pub inputs: I,
    /// The results.
    pub outputs: O,
    /// Kept with the state, not shown to users. Not for secrets: state files contain it.
    pub private: P,
}

/// Whether a read still found the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOutcome {
    /// It is there.
    Present,
    /// It does not exist: Terraform plans to create it.
    Gone,
}

/// How far an object is, by its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It can be used.
    Ready,
    /// It is in progress, or its state was not read yet: the next apply waits.
    Moving,
    /// The service reports that it failed: the next apply replaces it.
    Failed,
    /// Somebody is deleting it: once it is gone, it is planned to be created again.
    Vanishing,
}

/// Why an object is not ready.
#[derive(Clone, Debug, PartialEq)]
pub enum Unsettled {
    /// The service reports that it failed, or waiting does not help for another reason.
    Failed(Failure),
    /// The time limit is over. The service continues.
    TimedOut(Failure),
    /// Its state could not be read for so long that the wait was given up. The service continues.
    Unreadable(Failure),
    /// The caller asked to stop. The service continues.
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
/// interrupted, Terraform keeps what it has written so far.
pub trait Resource<C>: Send + Sync + Sized + 'static {
    /// The type name without the provider's prefix.
    const NAME: &'static str;
    /// The name of an object in sentences.
    const NOUN: &'static str = "object";
    /// The result that is shown as the reason of a replacement when the [`Readiness`] of the object
    /// is failed.
    const STATUS: &'static str = "";
    /// Arguments of which exactly one says what the object is created from. The service does not
    /// return them: an imported object has none, until the configuration gives one.
    const SOURCES: &'static [&'static str] = &[];
    /// Whether the service chooses the id, so that a second creation makes a second object.
    const ID_IS_CHOSEN: bool = false;
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

    /// Whether the provider's configuration is complete. No network.
    ///
    /// # Errors
    /// Names what is missing. One that is deferrable says that a part is not known yet: then the object
    /// can be planned, but not more.
    fn ready(&self, _clients: &C) -> Result<()> {
        Ok(())
    }

    /// How far the object is, by its state. No network.
    fn readiness(_inputs: &Self::Inputs, _outputs: &Self::Outputs) -> Readiness {
        Readiness::Ready
    }

    /// Adds to a plan what the schema alone cannot say.
    fn plan(&self, _plan: &mut Plan<'_>) {}

    /// Requests the creation of the object; returns as soon as it has an identity.
    ///
    /// Not cancelled by an interruption, since its outcome would be unknown.
    fn create(
        &self,
        clients: &C,
        inputs: Self::Inputs,
        context: &Context,
    ) -> impl Future<Output = Result<StateOf<Self, C>>> + Send;

    /// Waits until the object is ready. Returns at once when the state says that it is.
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

    /// Takes over a state of another type, for a `moved` block. `None` if it has no use for it. No
    /// network, and no configuration of the provider: Terraform asks before there is one.
    ///
    /// # Errors
    /// Why that state cannot be taken over, although others of its type can.
    fn take_over(&self, _source: &Moved) -> Result<Option<StateOf<Self, C>>> {
        Ok(None)
    }

    /// Rewrites a state of an older schema version, as JSON, to the present one.
    ///
    /// # Errors
    /// When there never was such a version.
    fn upgrade(&self, from: i64, _state: serde_json::Value) -> Result<serde_json::Value> {
        Err(Diagnostic::error(
            "Unknown state version",
            format!("No release of this provider wrote states of version {from}."),
        )
        .into())
    }
}
