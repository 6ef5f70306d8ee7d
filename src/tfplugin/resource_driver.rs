//! Performs Terraform's operations on managed resources.
//!
//! The rules that keep objects from getting lost are here, once for all resources:
//! - Whatever is in the state when something fails is what Terraform keeps.
//! - An interruption ends a wait at once, never a request that creates something. How a failed
//!   wait ends is decided in one table, see `settle`.
//! - A plan follows from how far the object is ([`Readiness`]): an object in progress is waited
//!   for, a failed one is replaced.
//! - An object counts as gone when the service reports it twice, and not within ten minutes of a
//!   creation whose end was not seen.
//! - An update that changes nothing the service knows of makes no call.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio_util::sync::CancellationToken;

use super::config::{Config, checked};
use super::context::Context;
use super::data_source::{Pending, interruptible};
use super::diagnostic::{Diagnostic, Path, Result};
use super::model::{Attribute, Flag, Model, description};
use super::moved::Moved;
use super::panics;
use super::plan::{Change, Plan, change, plan};
use super::resource::{Import, ReadOutcome, Readiness, Resource, StateOf};
use super::timeouts::{self, or_usual};
use super::value::{Object, Value, get};

mod messages;
mod record;
mod settle;
#[cfg(test)]
mod tests;

use messages::{is_gone, is_waited_for, may_still_appear, perhaps_tainted};
pub use record::Record;
pub(crate) use record::recorded;
use record::{Unfinished, known, remembered, unreadable, wanted};
use settle::{End, Purpose, settled};

/// How long after a creation whose end was not seen an object does not count as gone: the service
/// may still be about to create it.
const UNFINISHED: Duration = Duration::from_secs(600);

/// The pause before an object that seems to be gone is read again.
const SECOND_LOOK: Duration = Duration::from_millis(500);

/// The outcome of an operation: the object to keep, if any, and the diagnostics.
pub type Outcome = (Option<Record>, Vec<Diagnostic>);

/// A planned change.
#[derive(Debug, Default)]
pub struct Planned {
    /// What the object will be.
    pub object: Object,
    /// Attributes whose change means destroy and create.
    pub replace: Vec<Path>,
    /// The diagnostics.
    pub diagnostics: Vec<Diagnostic>,
}

/// A [`Resource`] of any type, which is how the protocol holds them.
pub trait AnyResource<C>: Send + Sync {
    /// The type name without the provider's prefix.
    fn name(&self) -> &'static str;
    /// What it is for.
    fn description(&self) -> String;
    /// The version of the schema.
    fn version(&self) -> i64;
    /// Its attributes, sorted by name.
    fn schema(&self) -> Vec<Attribute>;
    /// The attributes of its identity.
    fn identity(&self) -> Vec<Attribute>;
    /// All mistakes that can be found without a network.
    fn validate(&self, config: Object) -> Vec<Diagnostic>;
    /// Whether the provider's configuration is complete.
    ///
    /// # Errors
    /// See [`Resource::ready`].
    fn ready(&self, clients: &C) -> Result<()>;
    /// Plans a change. `private` is what is kept beside the prior object.
    fn plan(&self, prior: Option<&Object>, private: &[u8], config: &Object) -> Planned;
    /// Creates the object.
    fn create<'a>(
        &'a self,
        clients: &'a C,
        planned: Object,
        config: Object,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome>;
    /// Changes the object in place.
    fn update<'a>(
        &'a self,
        clients: &'a C,
        prior: Record,
        planned: Object,
        config: Object,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome>;
    /// Deletes the object.
    fn delete<'a>(
        &'a self,
        clients: &'a C,
        prior: Record,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome>;
    /// Refreshes the record; no record means that the object is gone.
    fn read<'a>(
        &'a self,
        clients: &'a C,
        record: Record,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome>;
    /// Finds an object that exists already.
    fn import<'a>(
        &'a self,
        clients: &'a C,
        target: Import<Object>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome>;
    /// Takes over a state of another type, if it has a use for it.
    ///
    /// # Errors
    /// See [`Resource::take_over`].
    fn take_over(&self, source: &Moved) -> Result<Option<Record>>;
    /// The identity of an object in this state; none if the state cannot be read.
    fn identified(&self, state: &Object) -> Option<Object>;
    /// Rewrites an older state, as JSON.
    ///
    /// # Errors
    /// When there never was such a version.
    fn upgrade(&self, from: i64, state: serde_json::Value) -> Result<serde_json::Value>;
}

impl<C: Sync, R: Resource<C>> AnyResource<C> for R {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn description(&self) -> String {
        description(R::Inputs::DOC)
    }

    fn version(&self) -> i64 {
        R::VERSION
    }

    fn schema(&self) -> Vec<Attribute> {
        record::attributes::<C, R>()
    }

    fn identity(&self) -> Vec<Attribute> {
        R::Identity::attributes()
    }

    fn validate(&self, config: Object) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let schema = AnyResource::<C>::schema(self);
        let (written, _) = checked::<R::Inputs>(&schema, R::TIMEOUTS, config, &mut problems);
        Config(&written).at_most_one(R::SOURCES, &mut problems);
        Resource::validate(self, &Config(&written), &mut problems);
        problems
    }

    fn ready(&self, clients: &C) -> Result<()> {
        Resource::ready(self, clients)
    }

    fn plan(&self, prior: Option<&Object>, private: &[u8], config: &Object) -> Planned {
        let plan = plan(&record::attributes::<C, R>(), prior, config);
        let mut plan = Plan { private, ..plan };
        Resource::plan(self, &mut plan);
        let known = prior.and_then(|prior| known::<C, R>(&as_asked(&plan, prior)));
        match known.as_ref().map(|state| R::readiness(&state.inputs, &state.outputs)) {
            Some(Readiness::Failed) => plan.replace_because_of(&outputs::<C, R>(), R::STATUS),
            // A replacement has marked all of it already.
            Some(Readiness::Moving) => {
                if let Some(state) = known.filter(|_| plan.replace.is_empty()) {
                    plan.diagnostics.push(is_waited_for(R::NOUN, &self.progress(&state)));
                }
                let planned = plan.planned.clone();
                plan.mark_unknown(&outputs::<C, R>(), |output| {
                    !output.has(Flag::stable) || get(&planned, output.name).is_null()
                });
                plan.leave_open(&record::attributes::<C, R>());
            }
            Some(Readiness::Ready | Readiness::Vanishing) | None => {}
        }
        if !R::SOURCES.is_empty() && (prior.is_none() || !plan.replace.is_empty()) {
            Config(config).exactly_one(R::SOURCES, &mut plan.diagnostics);
        }
        Planned { object: plan.planned, replace: plan.replace, diagnostics: plan.diagnostics }
    }

    fn create<'a>(
        &'a self,
        clients: &'a C,
        planned: Object,
        config: Object,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome> {
        Box::pin(async move {
            let mut problems = Vec::new();
            let wanted = wanted::<C, R>(planned.clone(), &config, &mut problems);
            let Some((inputs, given)) = wanted else {
                return (None, unreadable(problems, "plan"));
            };
            let context = Context::new(stop.clone(), timeouts::CREATE, or_usual(given.create));
            let created = Resource::create(self, clients, inputs, &context).await;
            problems.extend(context.take_warnings());
            match created {
                Err(failure) => {
                    problems.extend(context.name_limit(failure));
                    (None, problems)
                }
                Ok(mut state) => {
                    let since = now();
                    let (end, said) =
                        settled(self, clients, &mut state, &context, Purpose::Creation).await;
                    problems.extend(said);
                    let timed_out = end == End::TimedOut;
                    let unfinished = end.is_open().then_some(Unfinished { since, timed_out });
                    let record = recorded(self, &state, &planned, None, unfinished);
                    (Some(as_planned::<C, R>(record, &planned)), problems)
                }
            }
        })
    }

    fn update<'a>(
        &'a self,
        clients: &'a C,
        prior: Record,
        planned: Object,
        config: Object,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome> {
        Box::pin(async move {
            let mut problems = Vec::new();
            let schema = record::attributes::<C, R>();
            let calls = schema.iter().filter(|attribute| attribute.is_input()).any(|input| {
                let (before, planned) = (get(&prior.object, input.name), get(&planned, input.name));
                // Nobody asks for what is left to the service.
                let is_left = planned.is_unknown() && get(&config, input.name).is_null();
                !is_left && change(input, before, planned) > Change::Remember
            });
            let state = remembered::<C, R>(prior.clone(), &mut problems);
            let wanted = wanted::<C, R>(planned.clone(), &config, &mut problems);
            let (Some((mut state, unfinished)), Some((desired, given))) = (state, wanted) else {
                return (Some(prior), unreadable(problems, "state or plan"));
            };
            // Where no argument changed, it is the creation that continues.
            let (limit, timeout) = match calls {
                true => (timeouts::UPDATE, given.update),
                false => (timeouts::CREATE, given.create),
            };
            let context = Context::new(stop.clone(), limit, or_usual(timeout));
            // The state keeps the limits of the last success.
            let keep = |state: &StateOf<R, C>, unfinished| {
                Some(recorded(self, state, &prior.object, prior.identity.clone(), unfinished))
            };
            if calls {
                // No service accepts changes of an object that is still being created.
                if R::readiness(&state.inputs, &state.outputs) == Readiness::Moving {
                    let (end, said) =
                        settled(self, clients, &mut state, &context, Purpose::BeforeUpdate).await;
                    problems.extend(said);
                    if end != End::Ready {
                        return (keep(&state, unfinished), problems);
                    }
                }
                let work = Resource::update(self, clients, &mut state, desired, &context);
                let updated = panics::catch(work).await.unwrap_or_else(|panic| {
                    Err(panics::crashed("Changing the object", &panic).into())
                });
                problems.extend(context.take_warnings());
                if let Err(failure) = updated {
                    problems.extend(context.name_limit(failure));
                    return (keep(&state, None), problems);
                }
            } else {
                state.inputs = desired;
            }
            let purpose = if calls { Purpose::Update } else { Purpose::Resumption };
            // If everything is known in the plan, there is nothing to wait for.
            let mut unfinished = unfinished.filter(|_| !calls);
            if calls || !planned.values().all(Value::is_wholly_known) {
                let (end, said) = settled(self, clients, &mut state, &context, purpose).await;
                problems.extend(said);
                unfinished = unfinished.filter(|_| end.is_open());
            }
            let record = recorded(self, &state, &planned, prior.identity, unfinished);
            (Some(as_planned::<C, R>(record, &planned)), problems)
        })
    }

    fn delete<'a>(
        &'a self,
        clients: &'a C,
        prior: Record,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome> {
        Box::pin(async move {
            let mut problems = Vec::new();
            let given = R::TIMEOUTS.take(&mut prior.object.clone(), &mut problems);
            let remembered = remembered::<C, R>(prior.clone(), &mut problems);
            let Some((mut state, unfinished)) = remembered else {
                return (Some(prior), unreadable(problems, "state"));
            };
            let context = Context::new(stop.clone(), timeouts::DELETE, or_usual(given.delete));
            let is_lost = R::ID_IS_CHOSEN
                && prior.private.is_empty()
                && R::readiness(&state.inputs, &state.outputs) == Readiness::Moving;
            let unfinished = unfinished.or_else(|| is_lost.then(Unfinished::lost));
            if let Some(Unfinished { since, .. }) = unfinished.filter(is_recent) {
                let look = interruptible(&context, read_twice(self, clients, &mut state, &context));
                let look = look.await;
                // What it says about the next plan does not concern a deletion.
                drop(context.take_warnings());
                if let Ok(ReadOutcome::Gone) = look {
                    problems.push(may_still_appear(R::NOUN, left(since).div_ceil(60)));
                    let kept = match is_lost {
                        true => recorded(self, &state, &prior.object, prior.identity, unfinished),
                        false => prior,
                    };
                    return (Some(kept), problems);
                }
            }
            let deleted = Resource::delete(self, clients, state, &context).await;
            problems.extend(context.take_warnings());
            match deleted {
                Ok(()) => (None, problems),
                Err(failure) => {
                    problems.extend(context.name_limit(failure));
                    (Some(prior), problems)
                }
            }
        })
    }

    fn read<'a>(
        &'a self,
        clients: &'a C,
        prior: Record,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome> {
        Box::pin(async move {
            let mut problems = Vec::new();
            let given = R::TIMEOUTS.take(&mut prior.object.clone(), &mut problems);
            let remembered = remembered::<C, R>(prior.clone(), &mut problems);
            let Some((mut state, unfinished)) = remembered else {
                return (Some(prior), unreadable(problems, "state"));
            };
            let context = Context::new(stop.clone(), timeouts::READ, or_usual(given.read));
            let outcome = interruptible(&context, read_twice(self, clients, &mut state, &context));
            let outcome = outcome.await;
            problems.extend(context.take_warnings());
            let kept = match outcome {
                Ok(ReadOutcome::Present) => {
                    let readiness = R::readiness(&state.inputs, &state.outputs);
                    if unfinished.is_some_and(|unfinished| unfinished.timed_out) {
                        let progress = self.progress(&state);
                        problems.extend(perhaps_tainted(R::NOUN, &progress, readiness));
                    }
                    let unfinished = unfinished.filter(|_| readiness == Readiness::Moving);
                    Some(recorded(self, &state, &prior.object, prior.identity, unfinished))
                }
                Ok(ReadOutcome::Gone) if unfinished.as_ref().is_some_and(is_recent) => {
                    tracing::info!("not there yet: it was created a few minutes ago");
                    Some(prior)
                }
                Ok(ReadOutcome::Gone) => {
                    problems.push(is_gone(R::NOUN, &self.progress(&state)));
                    None
                }
                Err(failure) => {
                    problems.extend(context.name_limit(failure));
                    Some(prior)
                }
            };
            (kept, problems)
        })
    }

    fn import<'a>(
        &'a self,
        clients: &'a C,
        target: Import<Object>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Outcome> {
        Box::pin(async move {
            let mut problems = Vec::new();
            let target = match target {
                Import::Id(id) => Some(Import::Id(id)),
                Import::Identity(mut object) => {
                    R::Identity::decode_fields(&mut object, &Path::default(), &mut problems)
                        .map(Import::Identity)
                }
            };
            let Some(target) = target else {
                return (None, unreadable(problems, "identity"));
            };
            let context = Context::new(stop.clone(), timeouts::READ, or_usual(R::TIMEOUTS.read));
            let work = Resource::import(self, clients, target, &context);
            let found = interruptible(&context, work).await;
            problems.extend(context.take_warnings());
            match found {
                Ok(state) => (Some(recorded(self, &state, &Object::new(), None, None)), problems),
                Err(failure) => {
                    problems.extend(context.name_limit(failure));
                    (None, problems)
                }
            }
        })
    }

    fn take_over(&self, source: &Moved) -> Result<Option<Record>> {
        let state = Resource::take_over(self, source)?;
        Ok(state.map(|state| recorded(self, &state, &Object::new(), None, None)))
    }

    fn identified(&self, state: &Object) -> Option<Object> {
        let record = Record { object: state.clone(), ..Record::default() };
        let (state, _) = remembered::<C, R>(record, &mut Vec::new())?;
        recorded(self, &state, &Object::new(), None, None).identity
    }

    fn upgrade(&self, from: i64, state: serde_json::Value) -> Result<serde_json::Value> {
        Resource::upgrade(self, from, state)
    }
}

/// Reads an object, and again if it seems to be gone: one front end may lag behind the others.
async fn read_twice<C: Sync, R: Resource<C>>(
    resource: &R,
    clients: &C,
    state: &mut StateOf<R, C>,
    context: &Context,
) -> Result<ReadOutcome> {
    match Resource::read(resource, clients, state, context).await? {
        ReadOutcome::Present => Ok(ReadOutcome::Present),
        ReadOutcome::Gone => {
            tokio::time::sleep(SECOND_LOOK).await;
            Resource::read(resource, clients, state, context).await
        }
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl Unfinished {
    /// What there was to know of an object in progress got lost: Terraform does not hand over what is
    /// private of a tainted object that it replaces. Since a refresh would have noticed that the
    /// object is gone, it may have been created a moment ago, and would be there twice.
    fn lost() -> Self {
        Self { since: now(), timed_out: true }
    }
}

/// How many seconds are left in which an object may still appear that was created at `since`.
fn left(since: u64) -> u64 {
    UNFINISHED.as_secs().saturating_sub(now().saturating_sub(since))
}

/// Whether an object whose creation was not seen to end may still appear.
fn is_recent(unfinished: &Unfinished) -> bool {
    left(unfinished.since) > 0
}

/// The object in the state with the arguments as planned: whether it has to be waited for is for the
/// configuration to say. What is not known yet stays as it is.
fn as_asked(plan: &Plan<'_>, prior: &Object) -> Object {
    let known = plan.planned.iter().filter(|(_, value)| value.is_wholly_known());
    let mut asked = prior.clone();
    asked.extend(known.map(|(name, value)| (name.clone(), value.clone())));
    asked
}

/// The results that are not also arguments.
#[must_use]
pub fn outputs<C, R: Resource<C>>() -> Vec<Attribute> {
    let mut attributes = record::attributes::<C, R>();
    attributes.retain(|attribute| !attribute.is_input());
    attributes
}

/// The record of a change that was made, with everything that was known as it was planned.
///
/// A service may return something else at once: a tag that a policy adds, a word in another case, or
/// nothing for a while. Terraform would report that as a bug and taint the object. The next read finds it, and the plan
/// shows it as a difference between the configuration and the service.
fn as_planned<C, R: Resource<C>>(mut record: Record, planned: &Object) -> Record {
    for attribute in record::attributes::<C, R>().iter().filter(|known| !known.write_only) {
        let value = get(planned, attribute.name);
        if value.is_wholly_known() && (!value.is_null() || !attribute.computed) {
            record.object.insert(attribute.name.to_owned(), value.clone());
        }
    }
    record
}
