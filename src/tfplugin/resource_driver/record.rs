//! Between the values that travel and the types that a resource's author works with.

use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attribute, Model, Shape, schema};
use crate::tfplugin::resource::{Resource, StateOf};
use crate::tfplugin::timeouts::{self, Timeouts};
use crate::tfplugin::value::{Builder, Object, Sink, Value, get};

/// An object in the form in which it travels: values, what is kept beside them, and its identity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The attributes.
    pub object: Object,
    /// See [`crate::tfplugin::resource::State::private`].
    pub private: Vec<u8>,
    /// The identity, if it is known.
    pub identity: Option<Object>,
}

/// The attributes of a resource, sorted by name.
pub(super) fn attributes<C, R: Resource<C>>() -> Vec<Attribute> {
    let mut attributes = schema::<R::Inputs, R::Outputs>();
    attributes.push(R::TIMEOUTS.attribute());
    attributes.sort_by_key(|attribute| attribute.name);
    attributes
}

/// What a plan asks for: the service fills in what is unknown, and what is never stored comes from
/// the configuration.
pub(super) fn wanted<C, R: Resource<C>>(
    mut planned: Object,
    config: &Object,
    problems: &mut Vec<Diagnostic>,
) -> Option<(R::Inputs, Timeouts)> {
    complete(&R::Inputs::attributes(), &mut planned, config);
    let given = R::TIMEOUTS.take(&mut planned, problems);
    Some((R::Inputs::decode_fields(&mut planned, &Path::default(), problems)?, given))
}

fn complete(inputs: &[Attribute], planned: &mut Object, config: &Object) {
    for input in inputs {
        let config = get(config, input.name);
        if input.write_only {
            planned.insert(input.name.to_owned(), config.clone());
            continue;
        }
        let Some(value) = planned.get_mut(input.name) else { continue };
        if value.is_unknown() {
            *value = Value::Null;
        }
        if let Shape::Nested(_, inner) = &input.shape {
            pairs(value, config, &mut |planned, config| complete(inner, planned, config));
        }
    }
}

/// Visits the objects of two nested attributes that correspond.
fn pairs(left: &mut Value, right: &Value, visit: &mut impl FnMut(&mut Object, &Object)) {
    match (left, right) {
        (Value::Map(left), Value::Map(right)) => visit(left, right),
        (Value::List(left), Value::List(right)) if left.len() == right.len() => {
            left.iter_mut().zip(right).for_each(|(left, right)| pairs(left, right, visit));
        }
        _ => {}
    }
}

/// Where it is kept, beside what the author keeps, when an object was created whose creation was not
/// seen to end: in seconds since 1970.
const UNFINISHED_SINCE: &str = "unfinished_since";

/// The same: whether the time for it had run out, so that Terraform has tainted it.
const TIMED_OUT: &str = "timed_out";

/// A creation whose end was not seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unfinished {
    /// When it was accepted, in seconds since 1970.
    pub(super) since: u64,
    /// Whether the time allowed for it had run out.
    pub(super) timed_out: bool,
}

/// A state, and what is known of its creation if that is unfinished.
pub(super) type Remembered<R, C> = (StateOf<R, C>, Option<Unfinished>);

/// A record as the author knows it.
pub(super) fn remembered<C, R: Resource<C>>(
    record: Record,
    problems: &mut Vec<Diagnostic>,
) -> Option<Remembered<R, C>> {
    let mut object = record.object;
    let path = Path::default();
    // An attribute may be both argument and result: each side reads its own copy.
    let mut results = object.clone();
    let inputs = R::Inputs::decode_fields(&mut object, &path, problems);
    let outputs = R::Outputs::decode_fields(&mut results, &path, problems);
    let private: serde_json::Value = serde_json::from_slice(&record.private).unwrap_or_default();
    let since = private.get(UNFINISHED_SINCE).and_then(serde_json::Value::as_u64);
    let timed_out = private.get(TIMED_OUT).and_then(serde_json::Value::as_bool).unwrap_or(false);
    let unfinished = since.map(|since| Unfinished { since, timed_out });
    let private = serde_json::from_value(private).unwrap_or_default();
    Some((StateOf::<R, C> { inputs: inputs?, outputs: outputs?, private }, unfinished))
}

/// The object that a prior state remembers, as the author knows it, without what is private.
pub(super) fn known<C, R: Resource<C>>(prior: &Object) -> Option<StateOf<R, C>> {
    let record = Record { object: prior.clone(), ..Record::default() };
    remembered::<C, R>(record, &mut Vec::new()).map(|(state, _)| state)
}

/// A state as it travels.
///
/// `before` is what was planned or remembered. Its spelling of the arguments stays, where it means
/// the same, and its `timeouts`. An identity that is known already never changes.
pub(crate) fn recorded<C, R: Resource<C>>(
    resource: &R,
    state: &StateOf<R, C>,
    before: &Object,
    known: Option<Object>,
    unfinished: Option<Unfinished>,
) -> Record {
    let mut attributes = object(R::Outputs::LEN, |sink| state.outputs.encode_fields(sink));
    for (name, argument) in object(R::Inputs::LEN, |sink| state.inputs.encode_fields(sink)) {
        // What was left out and is a result as well is the result's.
        if !argument.is_null() || !attributes.contains_key(&name) {
            attributes.insert(name, argument);
        }
    }
    respell(&R::Inputs::attributes(), &mut attributes, before);
    attributes.insert(timeouts::NAME.to_owned(), timeouts::keep(before));
    let identity = || {
        let identity = Resource::identity(resource, state);
        object(R::Identity::LEN, |sink| identity.encode_fields(sink))
    };
    let mut private = serde_json::to_value(&state.private).unwrap_or_default();
    if let Some(Unfinished { since, timed_out }) = unfinished {
        if !private.is_object() {
            private = serde_json::json!({});
        }
        private[UNFINISHED_SINCE] = since.into();
        if timed_out {
            private[TIMED_OUT] = true.into();
        }
    }
    Record {
        object: attributes,
        // Nothing is what `()` says, too.
        private: if private.is_null() { Vec::new() } else { private.to_string().into_bytes() },
        identity: Some(known.unwrap_or_else(identity)),
    }
}

fn object(len: usize, fields: impl FnOnce(&mut dyn Sink)) -> Object {
    let value = Builder::build(|sink| {
        sink.map(len);
        fields(sink);
    });
    match value {
        Value::Map(object) => object,
        _ => Object::new(),
    }
}

/// Lets what users wrote stand where the service's answer means the same.
fn respell(inputs: &[Attribute], now: &mut Object, before: &Object) {
    for input in inputs {
        let before = get(before, input.name);
        let Some(now) = now.get_mut(input.name) else { continue };
        if let Shape::Nested(_, inner) = &input.shape {
            pairs(now, before, &mut |now, before| respell(inner, now, before));
        } else if before.is_wholly_known() && !before.is_null() && (input.same)(before, now) {
            now.clone_from(before);
        }
    }
}

/// What to say of values that cannot be read.
pub(super) fn unreadable(mut problems: Vec<Diagnostic>, what: &str) -> Vec<Diagnostic> {
    if problems.is_empty() {
        problems.push(Diagnostic::error(
            format!("Unreadable {what}"),
            format!("The {what} holds values that are not known, where known ones are needed."),
        ));
    }
    problems
}
