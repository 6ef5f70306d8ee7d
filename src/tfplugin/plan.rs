//! What Terraform shows before it acts, worked out from the schema and from what changed.

use super::diagnostic::{Diagnostic, Path};
use super::model::{Attribute, Flag};
use super::value::{Object, Value};

/// A plan in the making. A resource may look at it and add to it.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The object as it is remembered; none when it is to be created.
    pub prior: Option<&'a Object>,
    /// What the configuration says.
    pub config: &'a Object,
    /// What the object will be.
    pub planned: Object,
    /// Attributes whose change means destroy and create.
    pub replace: Vec<Path>,
    /// What there is to say about it.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether anything is to be done that takes a call.
    pub changed: bool,
}

impl Plan<'_> {
    /// Plans a replacement because of what an output says.
    ///
    /// The output's new value has to differ, or Terraform would see no reason: it becomes unknown,
    /// like all other outputs of an object yet to be made.
    pub fn replace_because_of(&mut self, outputs: &[Attribute], output: &'static str) {
        self.replace.push(Path::attribute(output));
        self.forget(outputs, |_| true);
    }

    /// Marks outputs as known only after apply.
    pub fn forget(&mut self, outputs: &[Attribute], which: impl Fn(&Attribute) -> bool) {
        for output in outputs.iter().filter(|output| which(output)) {
            self.planned.insert(output.name.to_owned(), Value::unknown());
        }
        self.changed = true;
    }
}

/// How an input's planned value relates to the prior one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// They mean the same.
    None,
    /// State alone takes it over.
    Remember,
    /// The service has to be told.
    Update,
    /// The object has to be made anew.
    Replace,
}

pub(crate) fn change(attribute: &Attribute, prior: &Value, planned: &Value) -> Change {
    let first = attribute.has(Flag::unread) && prior.is_null();
    match () {
        () if attribute.write_only || (attribute.same)(prior, planned) => Change::None,
        () if attribute.has(Flag::local) || first => Change::Remember,
        () if !planned.is_unknown() && (attribute.adopts)(prior, planned) => Change::Remember,
        () if attribute.has(Flag::replace) => Change::Replace,
        () => Change::Update,
    }
}

/// Plans the change from `prior` (none on create) to what `config` asks for.
///
/// `inputs` and `outputs` are disjoint. What the configuration leaves to the service is unknown in
/// a new object and stays as it is in an existing one. An output stays when nothing changes, or
/// when it is stable and the object is not made anew.
pub(crate) fn plan<'a>(
    inputs: &[Attribute],
    outputs: &[Attribute],
    prior: Option<&'a Object>,
    proposed: &Object,
    config: &'a Object,
) -> Plan<'a> {
    let null = Value::Null;
    let get = |object: &'a Object, name: &str| object.get(name).cloned().unwrap_or(Value::Null);
    let mut plan = Plan {
        prior,
        config,
        planned: Object::new(),
        replace: Vec::new(),
        diagnostics: Vec::new(),
        changed: prior.is_none(),
    };
    for input in inputs {
        let before = prior.and_then(|prior| prior.get(input.name)).unwrap_or(&null);
        let given = proposed.get(input.name).unwrap_or(&null);
        let configured = !get(config, input.name).is_null();
        let value = match (input.default)() {
            _ if input.write_only => Value::Null,
            _ if configured && prior.is_some() && (input.same)(before, given) => before.clone(),
            _ if configured => given.clone(),
            Some(default) if prior.is_some() && (input.same)(before, &default) => before.clone(),
            Some(default) => default,
            None if input.computed && prior.is_some() && !before.is_null() => before.clone(),
            None if input.computed => Value::unknown(),
            None => Value::Null,
        };
        // A value that the service chose and then does not report is no reason for a change.
        let left_to_service = input.computed && !configured && value.is_unknown();
        let value = if left_to_service && prior.is_some() { before.clone() } else { value };
        if prior.is_some() {
            match change(input, before, &value) {
                Change::Replace => {
                    plan.replace.push(Path::attribute(input.name));
                    plan.changed = true;
                }
                Change::Update => plan.changed = true,
                Change::Remember | Change::None => {}
            }
        }
        plan.planned.insert(input.name.to_owned(), value);
    }
    let fresh = prior.is_none() || !plan.replace.is_empty();
    for output in outputs {
        let known = !fresh && (!plan.changed || output.has(Flag::stable));
        let value = match prior {
            Some(prior) if known => get(prior, output.name),
            _ => Value::unknown(),
        };
        plan.planned.insert(output.name.to_owned(), value);
    }
    plan
}
