//! What drives a managed resource through its life on behalf of Terraform.
//!
//! The rules that keep objects from getting lost are here, once for all resources:
//! - Whatever is in the state when something fails is what Terraform keeps.
//! - An interruption ends a wait at once, never a request that creates something. It is a warning,
//!   not an error: Terraform would taint the object.
//! - An update that changes nothing the service knows of makes no call.

use tokio_util::sync::CancellationToken;

use super::config::{Config, refuse_read_only};
use super::context::Context;
use super::data_source::{Pending, interruptible};
use super::diagnostic::{Diagnostic, Failure, Path, Result};
use super::model::{Attribute, Model, description, schema};
use super::plan::{Change, change, plan};
use super::resource::{Import, Presence, Resource, StateOf};
use super::timeouts::{self, Timeouts};
use super::value::{Builder, Object, Value};

/// An object in the form in which it travels: values, what is kept beside them, and its identity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The attributes.
    pub object: Object,
    /// See [`super::resource::State::private`].
    pub private: Vec<u8>,
    /// The identity, if it is known.
    pub identity: Option<Object>,
}

/// The outcome of an operation: the object to keep, if any, and what there is to say.
pub type Outcome = (Option<Record>, Vec<Diagnostic>);

/// A planned change.
#[derive(Debug, Default)]
pub struct Planned {
    /// What the object will be.
    pub object: Object,
    /// Attributes whose change means destroy and create.
    pub replace: Vec<Path>,
    /// What there is to say.
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
    /// All mistakes that can be seen without a network.
    fn validate(&self, config: Object) -> Vec<Diagnostic>;
    /// Whether the provider's configuration suffices, as far as it is known.
    ///
    /// # Errors
    /// Names what is missing.
    fn ready(&self, clients: &C) -> Result<()>;
    /// Works out a change.
    fn plan(&self, prior: Option<&Object>, proposed: &Object, config: &Object) -> Planned;
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
    /// Brings the record up to date; no record means that the object is gone.
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
    /// Rewrites an older state, as JSON.
    ///
    /// # Errors
    /// When the version is none that there ever was.
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
        let mut attributes = schema::<R::Inputs, R::Outputs>();
        attributes.push(R::TIMEOUTS.attribute());
        attributes.sort_by_key(|attribute| attribute.name);
        attributes
    }

    fn identity(&self) -> Vec<Attribute> {
        R::Identity::attributes()
    }

    fn validate(&self, mut config: Object) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        let written = config.clone();
        refuse_read_only(&AnyResource::<C>::schema(self), &config, &mut problems);
        R::TIMEOUTS.take(&mut config, &mut problems);
        for input in R::Inputs::attributes() {
            if let Some(value) = config.get(input.name).filter(|value| value.is_wholly_known()) {
                (input.check)(value, &Path::attribute(input.name), &mut problems);
            }
        }
        R::Inputs::decode_fields(&mut config, &Path::default(), &mut problems);
        Resource::validate(self, &Config(&written), &mut problems);
        problems
    }

    fn ready(&self, clients: &C) -> Result<()> {
        Resource::ready(self, clients)
    }

    fn plan(&self, prior: Option<&Object>, proposed: &Object, config: &Object) -> Planned {
        let inputs = inputs::<C, R>();
        let outputs = outputs::<C, R>();
        let mut plan = plan(&inputs, &outputs, prior, proposed, config);
        Resource::plan(self, &mut plan);
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
            let limits = timeouts::keep(&planned);
            let Some((inputs, given)) = wanted::<C, R>(planned, &config, &mut problems) else {
                return (None, unreadable(problems, "plan"));
            };
            let context = Context::new(stop.clone(), given.create.unwrap_or_default());
            let created = Resource::create(self, clients, inputs, &context).await;
            problems.extend(context.take_warnings());
            match created {
                Err(Failure(failures)) => {
                    problems.extend(failures);
                    (None, problems)
                }
                Ok(state) => settled(self, clients, state, limits, &context, problems).await,
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
            let limits = timeouts::keep(&planned);
            let null = Value::Null;
            let calls = inputs::<C, R>().iter().any(|input| {
                let get = |object: &'_ Object| object.get(input.name).unwrap_or(&null).clone();
                matches!(
                    change(input, &get(&prior.object), &get(&planned)),
                    Change::Update | Change::Replace
                )
            });
            let kept = prior.clone();
            let state = remembered::<C, R>(prior, &mut problems);
            let wanted = wanted::<C, R>(planned, &config, &mut problems);
            let (Some(mut state), Some((desired, given))) = (state, wanted) else {
                return (Some(kept), unreadable(problems, "state or plan"));
            };
            let context = Context::new(stop.clone(), given.update.unwrap_or_default());
            if !calls {
                state.inputs = desired;
                return settled(self, clients, state, limits, &context, problems).await;
            }
            let updated = Resource::update(self, clients, &mut state, desired, &context).await;
            problems.extend(context.take_warnings());
            match updated {
                Ok(()) => settled(self, clients, state, limits, &context, problems).await,
                Err(Failure(failures)) => {
                    problems.extend(failures);
                    // The limits that state keeps are those of the last success.
                    let limits = timeouts::keep(&kept.object);
                    (Some(record::<C, R>(self, &state, limits)), problems)
                }
            }
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
            let kept = prior.clone();
            let Some(state) = remembered::<C, R>(prior, &mut problems) else {
                return (Some(kept), unreadable(problems, "state"));
            };
            let context = Context::new(stop.clone(), given.delete.unwrap_or_default());
            let deleted = Resource::delete(self, clients, state, &context).await;
            problems.extend(context.take_warnings());
            match deleted {
                Ok(()) => (None, problems),
                Err(Failure(failures)) => {
                    problems.extend(failures);
                    (Some(kept), problems)
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
            let limits = timeouts::keep(&prior.object);
            let given = R::TIMEOUTS.take(&mut prior.object.clone(), &mut problems);
            let kept = prior.clone();
            let Some(mut state) = remembered::<C, R>(prior, &mut problems) else {
                return (Some(kept), unreadable(problems, "state"));
            };
            let context = Context::new(stop.clone(), given.read.unwrap_or_default());
            let work = Resource::read(self, clients, &mut state, &context);
            let presence = interruptible(&context, work).await;
            problems.extend(context.take_warnings());
            match presence {
                Ok(Presence::Present) => (Some(record::<C, R>(self, &state, limits)), problems),
                Ok(Presence::Gone) => (None, problems),
                Err(Failure(failures)) => {
                    problems.extend(failures);
                    (Some(kept), problems)
                }
            }
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
            let context = Context::new(stop.clone(), R::TIMEOUTS.read.unwrap_or_default());
            let work = Resource::import(self, clients, target, &context);
            let found = interruptible(&context, work).await;
            problems.extend(context.take_warnings());
            match found {
                Ok(state) => (Some(record::<C, R>(self, &state, Value::Null)), problems),
                Err(Failure(failures)) => {
                    problems.extend(failures);
                    (None, problems)
                }
            }
        })
    }

    fn upgrade(&self, from: i64, state: serde_json::Value) -> Result<serde_json::Value> {
        Resource::upgrade(self, from, state)
    }
}

/// The arguments, `timeouts` among them.
fn inputs<C, R: Resource<C>>() -> Vec<Attribute> {
    let mut inputs = R::Inputs::attributes();
    inputs.push(R::TIMEOUTS.attribute());
    inputs
}

/// The results that are no arguments as well.
pub(crate) fn outputs<C, R: Resource<C>>() -> Vec<Attribute> {
    let mut outputs = R::Outputs::attributes();
    let inputs = R::Inputs::attributes();
    outputs.retain(|output| !inputs.iter().any(|input| input.name == output.name));
    outputs
}

/// What a plan asks for: the service fills in what is unknown, and what is never stored comes from
/// the configuration.
fn wanted<C, R: Resource<C>>(
    mut planned: Object,
    config: &Object,
    problems: &mut Vec<Diagnostic>,
) -> Option<(R::Inputs, Timeouts)> {
    for input in R::Inputs::attributes() {
        if let Some(value) = planned.get_mut(input.name)
            && value.is_unknown()
        {
            *value = Value::Null;
        }
        if input.write_only {
            let value = config.get(input.name).cloned().unwrap_or(Value::Null);
            planned.insert(input.name.to_owned(), value);
        }
    }
    let given = R::TIMEOUTS.take(&mut planned, problems);
    Some((R::Inputs::decode_fields(&mut planned, &Path::default(), problems)?, given))
}

fn remembered<C, R: Resource<C>>(
    record: Record,
    problems: &mut Vec<Diagnostic>,
) -> Option<StateOf<R, C>> {
    let mut object = record.object;
    let path = Path::default();
    // An attribute may be both argument and result: each side reads its own copy.
    let mut results = object.clone();
    let inputs = R::Inputs::decode_fields(&mut object, &path, problems);
    let outputs = R::Outputs::decode_fields(&mut results, &path, problems);
    let private = serde_json::from_slice(&record.private).unwrap_or_default();
    Some(StateOf::<R, C> { inputs: inputs?, outputs: outputs?, private })
}

fn record<C, R: Resource<C>>(resource: &R, state: &StateOf<R, C>, limits: Value) -> Record {
    let object = |write: &dyn Fn(&mut dyn super::value::Sink), len: usize| {
        let value = Builder::build(|sink| {
            sink.map(len);
            write(sink);
        });
        match value {
            Value::Map(object) => object,
            _ => Object::new(),
        }
    };
    let mut attributes = object(&|sink| state.outputs.encode_fields(sink), R::Outputs::LEN);
    attributes.extend(object(&|sink| state.inputs.encode_fields(sink), R::Inputs::LEN));
    attributes.insert(timeouts::NAME.to_owned(), limits);
    let identity = Resource::identity(resource, state);
    Record {
        object: attributes,
        private: serde_json::to_vec(&state.private).unwrap_or_default(),
        identity: Some(object(&|sink| identity.encode_fields(sink), R::Identity::LEN)),
    }
}

/// Waits until the object is ready, and keeps whatever is known of it when the wait ends.
async fn settled<C: Sync, R: Resource<C>>(
    resource: &R,
    clients: &C,
    mut state: StateOf<R, C>,
    limits: Value,
    context: &Context,
    mut problems: Vec<Diagnostic>,
) -> Outcome {
    let outcome = tokio::select! {
        biased;
        () = context.stop.cancelled() => None,
        outcome = Resource::settle(resource, clients, &mut state, context) => Some(outcome),
    };
    problems.extend(context.take_warnings());
    match outcome {
        Some(Ok(())) => {}
        // A client may have noticed the interruption itself; it is one all the same.
        _ if context.stop.is_cancelled() => problems.push(resource.interrupted(&state)),
        Some(Err(Failure(failures))) => problems.extend(failures),
        None => problems.push(resource.interrupted(&state)),
    }
    (Some(record::<C, R>(resource, &state, limits)), problems)
}

fn unreadable(mut problems: Vec<Diagnostic>, what: &str) -> Vec<Diagnostic> {
    if problems.is_empty() {
        problems.push(Diagnostic::error(
            format!("Unreadable {what}"),
            format!("The {what} holds values that are not known, where known ones are needed."),
        ));
    }
    problems
}
