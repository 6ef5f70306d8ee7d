//! Computes a plan from the schema and from what changed.
//!
//! Terraform checks a few rules: an argument is planned as it is in the configuration or in the
//! state, nothing else; what was left out may be filled in only where the schema says
//! `computed`; and an apply has to return the values that are known in the plan. They apply to each
//! argument inside an object as they do outside.

use serde::de::DeserializeOwned;

use super::diagnostic::{Diagnostic, Path};
use super::model::{Attribute, Flag, Shape};
use super::value::{Object, Value, get};

/// A plan that a resource may read and add to.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The object in the state; none when it is to be created.
    pub prior: Option<&'a Object>,
    /// What the configuration says.
    pub config: &'a Object,
    /// What the object will be.
    pub planned: Object,
    /// Attributes whose change means destroy and create.
    pub replace: Vec<Path>,
    /// What there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the change takes a call.
    pub changed: bool,
    /// What is kept beside the object in the state.
    pub(crate) private: &'a [u8],
}

impl Plan<'_> {
    /// What the resource has kept of the object: see [`State::private`].
    ///
    /// [`State::private`]: crate::tfplugin::resource::State::private
    #[must_use]
    pub fn private<P: DeserializeOwned + Default>(&self) -> P {
        serde_json::from_slice(self.private).unwrap_or_default()
    }

    /// Plans a replacement because of an output.
    ///
    /// The output's new value has to differ, or Terraform would see no reason: it becomes unknown,
    /// like all other outputs of a new object.
    pub fn replace_because_of(&mut self, outputs: &[Attribute], output: &'static str) {
        self.replace.push(Path::attribute(output));
        self.mark_unknown(outputs, |_| true);
    }

    /// Marks outputs as known only after apply.
    pub fn mark_unknown(&mut self, outputs: &[Attribute], which: impl Fn(&Attribute) -> bool) {
        for output in outputs.iter().filter(|output| which(output)) {
            self.planned.insert(output.name.to_owned(), Value::unknown());
        }
        self.changed = true;
    }

    /// Marks arguments as known only after apply that nobody has set and whose value the service had
    /// not chosen yet.
    pub(crate) fn leave_open(&mut self, inputs: &[Attribute]) {
        for input in inputs.iter().filter(|input| input.is_input() && input.computed) {
            if let Some(planned) = self.planned.get_mut(input.name).filter(|value| value.is_null())
            {
                *planned = Value::unknown();
            }
        }
    }
}

/// How an input's planned value relates to the prior one, in order of severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Change {
    /// They mean the same.
    None,
    /// Only the state changes.
    Remember,
    /// The object has to be updated.
    Update,
    /// The object has to be replaced.
    Replace,
}

pub(crate) fn change(attribute: &Attribute, prior: &Value, planned: &Value) -> Change {
    let first = attribute.has(Flag::create_only) && prior.is_null();
    match () {
        () if attribute.write_only || same(attribute, prior, planned) => Change::None,
        () if attribute.has(Flag::state_only) || first => Change::Remember,
        () if planned.is_wholly_known() && (attribute.adopts)(prior, planned) => Change::Remember,
        () => match inner_change(attribute, prior, planned) {
            Some(Change::Update) | None if attribute.has(Flag::replace) => Change::Replace,
            Some(change) => change,
            None => Change::Update,
        },
    }
}

/// The most severe change inside of a nested attribute, if its objects can be told apart.
fn inner_change(attribute: &Attribute, prior: &Value, planned: &Value) -> Option<Change> {
    let Shape::Nested(_, inner) = &attribute.shape else { return None };
    let pairs: Vec<_> = match (prior, planned) {
        (Value::Map(_), Value::Map(_)) => vec![(prior, planned)],
        (Value::List(prior), Value::List(planned)) if prior.len() == planned.len() => {
            prior.iter().zip(planned).collect()
        }
        _ => return None,
    };
    let mut gravest = Change::None;
    for (prior, planned) in pairs {
        let (prior, planned) = (prior.as_map()?, planned.as_map()?);
        for inner in inner {
            gravest = gravest.max(change(inner, get(prior, inner.name), get(planned, inner.name)));
        }
    }
    Some(gravest)
}

/// Whether two values mean the same. What is not known yet may turn out to mean anything.
fn same(attribute: &Attribute, prior: &Value, planned: &Value) -> bool {
    prior == planned || planned.is_wholly_known() && (attribute.same)(prior, planned)
}

/// Plans the change from `prior` (none on create) to what `config` asks for.
///
/// What the configuration leaves to the service is unknown in a new object and stays as it is in
/// an existing one. An output stays when nothing changes, or when it is stable or settled and the
/// object is not replaced.
pub(crate) fn plan<'a>(
    attributes: &[Attribute],
    prior: Option<&'a Object>,
    config: &'a Object,
) -> Plan<'a> {
    let is_input = |attribute: &&Attribute| attribute.is_input();
    let mut plan = Plan {
        prior,
        config,
        planned: filled(attributes.iter().filter(is_input), prior, config),
        replace: Vec::new(),
        diagnostics: Vec::new(),
        changed: prior.is_none(),
        private: &[],
    };
    if let Some(prior) = prior {
        for input in attributes.iter().filter(is_input) {
            match change(input, get(prior, input.name), get(&plan.planned, input.name)) {
                Change::Replace => {
                    plan.replace.push(Path::attribute(input.name));
                    plan.changed = true;
                }
                Change::Update => plan.changed = true,
                Change::Remember | Change::None => {}
            }
        }
    }
    let fresh = prior.is_none() || !plan.replace.is_empty();
    for output in attributes.iter().filter(|attribute| !attribute.is_input()) {
        let before = prior.map_or(&Value::Null, |prior| get(prior, output.name));
        // One that has no value yet may get it.
        let is_stable =
            (output.has(Flag::stable) || output.has(Flag::settled)) && !before.is_null();
        let value = match !fresh && (!plan.changed || is_stable) {
            true => before.clone(),
            false => Value::unknown(),
        };
        plan.planned.insert(output.name.to_owned(), value);
    }
    plan
}

/// The planned arguments of an object; `prior` is none when there was no such object.
fn filled<'a>(
    inputs: impl Iterator<Item = &'a Attribute>,
    prior: Option<&Object>,
    config: &Object,
) -> Object {
    let value = |input: &Attribute| {
        let before = prior.map(|prior| get(prior, input.name));
        argument(input, before, get(config, input.name))
    };
    inputs.map(|input| (input.name.to_owned(), value(input))).collect()
}

fn argument(input: &Attribute, before: Option<&Value>, config: &Value) -> Value {
    match (&input.shape, config) {
        _ if input.write_only => Value::Null,
        (_, Value::Null) => match (input.default)() {
            // After an import nobody knows with what the object was created.
            Some(_) if input.has(Flag::create_only) && before.is_some_and(Value::is_null) => {
                Value::Null
            }
            Some(default) => written(input, before, &default),
            // A value that the service does not report will not be chosen now.
            None if input.computed => before.cloned().unwrap_or_else(Value::unknown),
            None => Value::Null,
        },
        (Shape::Nested(_, inner), Value::Map(config)) => {
            Value::Map(filled(inner.iter(), before.and_then(Value::as_map), config))
        }
        (Shape::Nested(_, inner), Value::List(configs)) => {
            let before = match before {
                Some(Value::List(before)) => before.as_slice(),
                _ => &[],
            };
            let element = |(index, config): (usize, &Value)| match config {
                Value::Map(config) => {
                    let before = before.get(index).and_then(Value::as_map);
                    Value::Map(filled(inner.iter(), before, config))
                }
                other => other.clone(),
            };
            Value::List(configs.iter().enumerate().map(element).collect())
        }
        _ => written(input, before, config),
    }
}

/// The value in the configuration, or that in the state if it means the same.
fn written(input: &Attribute, before: Option<&Value>, written: &Value) -> Value {
    match before {
        Some(before) if same(input, before, written) => before.clone(),
        _ => written.clone(),
    }
}

#[cfg(test)]
mod tests;
