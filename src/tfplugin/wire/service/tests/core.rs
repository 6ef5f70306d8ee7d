//! What Terraform checks of plans and applies, and the state that it proposes: the rules of its
//! `objchange`, for the types that the framework has.

use crate::tfplugin::model::{Attribute, Nesting, Shape};
use crate::tfplugin::value::{Object, Type, Value, get};

/// The state that Terraform proposes: the configuration, and what was computed before.
pub(super) fn proposed(
    attributes: &[Attribute],
    prior: Option<&Object>,
    config: &Object,
) -> Object {
    let value = |attribute: &Attribute| {
        let before = prior.map_or(&Value::Null, |prior| get(prior, attribute.name));
        let config = get(config, attribute.name);
        match &attribute.shape {
            _ if attribute.computed && config.is_null() => before.clone(),
            Shape::Nested(_, inner) => each(config, before, |config, before| {
                Value::Map(proposed(inner, before.as_map(), config))
            }),
            Shape::Plain(_) => config.clone(),
        }
    };
    attributes.iter().map(|a| (a.name.to_owned(), value(a))).collect()
}

fn each(value: &Value, other: &Value, make: impl Fn(&Object, &Value) -> Value) -> Value {
    match (value, other) {
        (Value::Map(object), other) => make(object, other),
        (Value::List(elements), other) => {
            let others = match other {
                Value::List(others) => others.as_slice(),
                _ => &[],
            };
            let element = |(index, element): (usize, &Value)| match element {
                Value::Map(object) => make(object, others.get(index).unwrap_or(&Value::Null)),
                other => other.clone(),
            };
            Value::List(elements.iter().enumerate().map(element).collect())
        }
        (other, _) => other.clone(),
    }
}

/// What is wrong with a plan.
pub(super) fn plan_errors(
    attributes: &[Attribute],
    prior: Option<&Object>,
    config: &Object,
    planned: &Object,
    at: &str,
) -> Vec<String> {
    let mut errors = Vec::new();
    for attribute in attributes {
        let prior = prior.map_or(&Value::Null, |prior| get(prior, attribute.name));
        let (config, planned) = (get(config, attribute.name), get(planned, attribute.name));
        let at = format!("{at}.{}", attribute.name);
        errors.extend(attribute_errors(attribute, prior, config, planned, &at));
    }
    errors
}

fn attribute_errors(
    attribute: &Attribute,
    prior: &Value,
    config: &Value,
    planned: &Value,
    at: &str,
) -> Vec<String> {
    if planned == config || planned == prior && !prior.is_null() && !config.is_null() {
        return Vec::new();
    }
    let one = |text: &str| vec![format!("{at}: {text}")];
    match &attribute.shape {
        _ if attribute.write_only && planned.is_null() => Vec::new(),
        _ if attribute.write_only => one("planned a write-only value"),
        _ if attribute.computed && (!attribute.optional || config.is_null()) => Vec::new(),
        _ if config.is_null() => one("planned a value for what is not computed"),
        Shape::Plain(_) => one("planned neither what was written nor what was"),
        _ if planned.is_null() || planned.is_unknown() => one("planned none for what was written"),
        Shape::Nested(Nesting::Single, inner) => match (config.as_map(), planned.as_map()) {
            (Some(config), Some(planned)) => {
                plan_errors(inner, prior.as_map(), config, planned, at)
            }
            _ => one("planned another kind of value"),
        },
        Shape::Nested(Nesting::List, inner) => match (config, planned) {
            (Value::List(config), Value::List(planned)) if config.len() == planned.len() => {
                let before = |index: usize| match prior {
                    Value::List(prior) => prior.get(index).and_then(Value::as_map),
                    _ => None,
                };
                let pairs = config.iter().zip(planned).enumerate();
                pairs
                    .flat_map(|(index, (config, planned))| {
                        let (config, planned) = (config.as_map(), planned.as_map());
                        let at = format!("{at}[{index}]");
                        plan_errors(inner, before(index), config.unwrap(), planned.unwrap(), &at)
                    })
                    .collect()
            }
            _ => one("planned another number of elements"),
        },
    }
}

/// What is wrong with a result that was planned like this.
pub(super) fn result_errors(ty: &Type, planned: &Value, actual: &Value, at: &str) -> Vec<String> {
    let one = |text: &str| vec![format!("{at}: {text}: {planned:?} became {actual:?}")];
    match (ty, planned, actual) {
        _ if !actual.is_wholly_known() => one("unknown after apply"),
        (_, Value::Unknown(_), _) => Vec::new(),
        (Type::Object(types), Value::Map(planned), Value::Map(actual)) => types
            .iter()
            .flat_map(|(name, ty)| {
                let (planned, actual) = (get(planned, name), get(actual, name));
                result_errors(ty, planned, actual, &format!("{at}.{name}"))
            })
            .collect(),
        (Type::List(ty), Value::List(planned), Value::List(actual)) => {
            if planned.len() != actual.len() {
                return one("another number of elements");
            }
            let pairs = planned.iter().zip(actual);
            pairs.flat_map(|(planned, actual)| result_errors(ty, planned, actual, at)).collect()
        }
        (Type::Set(_), Value::List(planned), Value::List(actual)) => {
            let within = |these: &[Value], those: &[Value]| {
                these.iter().all(|this| this.is_unknown() || those.contains(this))
            };
            let unknown = planned.iter().any(Value::is_unknown);
            match within(planned, actual) && (unknown || within(actual, planned)) {
                true => Vec::new(),
                false => one("another set"),
            }
        }
        _ if planned == actual => Vec::new(),
        _ => one("another value"),
    }
}
