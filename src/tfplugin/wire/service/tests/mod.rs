//! Each rpc: message in, message out, through the generated trait. Every plan and every apply is
//! checked by Terraform's rules.

use std::sync::Arc;

use serde_json::json;
use tokio_util::sync::CancellationToken;
use tonic::Request;

use crate::tfplugin::model::Attribute;
use crate::tfplugin::value::{Number, Object, Type, Value};
use crate::tfplugin::wire::Connection;
use crate::tfplugin::wire::codec::{self, Writer};
use crate::tfplugin::wire::proto::tfplugin6 as pb;
use crate::tfplugin::wire::proto::tfplugin6::provider_server::Provider as _;

use super::Service;

mod alpha;
mod applying;
mod calls;
mod cloud;
mod core;
mod deferral;
mod garbage;
mod listing;
mod machine;
mod moving;
mod offered;
mod planning;
mod reading;
mod stopping;
mod stored;
mod texts;
mod validation;

use alpha::Alpha;
use cloud::Cloud;

type Json = serde_json::Value;

const TYPE: &str = "alpha_machine";

/// The provider under test, configured, and the cloud behind it.
struct Harness {
    service: Arc<Service<Alpha>>,
    cloud: Arc<Cloud>,
}

/// A machine as in Terraform's state.
#[derive(Clone, Debug, Default, PartialEq)]
struct Remembered {
    state: Option<Object>,
    private: Vec<u8>,
    identity: Option<pb::ResourceIdentityData>,
}

#[derive(Debug)]
struct Plan {
    planned: Option<Object>,
    replace: Vec<String>,
    diagnostics: Vec<pb::Diagnostic>,
    private: Vec<u8>,
    identity: Option<pb::ResourceIdentityData>,
}

impl Harness {
    async fn new() -> Self {
        let harness = Self::unconfigured();
        assert_eq!(harness.configure(0, json!({})).await, []);
        harness
    }

    fn unconfigured() -> Self {
        let cloud = Arc::new(Cloud::default());
        Self {
            service: Arc::new(Service::new(Alpha(cloud.clone()), CancellationToken::new())),
            cloud,
        }
    }

    async fn configure(&self, connection: u64, config: Json) -> Vec<pb::Diagnostic> {
        let config = Some(message(&typed(&config, &self.service.offer().config)));
        let request = pb::configure_provider::Request { config, ..Default::default() };
        let answer = self.service.configure_provider(from(connection, request)).await;
        answer.unwrap().into_inner().diagnostics
    }

    fn schema(&self) -> &[Attribute] {
        &self.service.offer().resources[TYPE].schema
    }

    fn ty(&self) -> &Type {
        &self.service.offer().resources[TYPE].ty
    }

    /// A configuration or state, with everything that is left out null.
    fn object(&self, value: &Json) -> Object {
        typed(value, self.ty()).as_map().unwrap().clone()
    }

    fn read_back(&self, message: Option<&pb::DynamicValue>) -> Option<Object> {
        let value = codec::decode(&message?.msgpack, self.ty()).unwrap();
        value.as_map().cloned()
    }

    /// Plans twice, as Terraform does: the second time its own plan is what is proposed.
    async fn plan(&self, before: &Remembered, config: &Json) -> Plan {
        let config = self.object(config);
        let proposed = core::proposed(self.schema(), before.state.as_ref(), &config);
        let request = |proposed: Object| pb::plan_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: Some(message(&nullable(before.state.clone()))),
            proposed_new_state: Some(message(&Value::Map(proposed))),
            config: Some(message(&Value::Map(config.clone()))),
            prior_private: before.private.clone(),
            prior_identity: before.identity.clone(),
            ..Default::default()
        };
        let answer = self.service.plan_resource_change(Request::new(request(proposed))).await;
        let answer = answer.unwrap().into_inner();
        let planned = self.read_back(answer.planned_state.as_ref());
        if let Some(planned) = &planned {
            let before = before.state.as_ref();
            let errors = core::plan_errors(self.schema(), before, &config, planned, "");
            assert_eq!(errors, [""; 0]);
            let again = self.service.plan_resource_change(Request::new(request(planned.clone())));
            assert_eq!(again.await.unwrap().into_inner(), answer);
        }
        let replace = answer.requires_replace.iter().map(shown).collect();
        Plan {
            planned,
            replace,
            diagnostics: answer.diagnostics,
            private: answer.planned_private,
            identity: answer.planned_identity,
        }
    }

    /// Plans the destruction of an object.
    async fn plan_destroy(&self, before: &Remembered) -> Plan {
        let request = pb::plan_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: Some(message(&nullable(before.state.clone()))),
            proposed_new_state: Some(message(&Value::Null)),
            config: Some(message(&Value::Null)),
            prior_private: before.private.clone(),
            prior_identity: before.identity.clone(),
            ..Default::default()
        };
        let answer = self.service.plan_resource_change(Request::new(request)).await;
        let answer = answer.unwrap().into_inner();
        assert_eq!(answer.planned_state, Some(message(&Value::Null)));
        Plan {
            planned: None,
            replace: Vec::new(),
            diagnostics: answer.diagnostics,
            private: answer.planned_private,
            identity: answer.planned_identity,
        }
    }

    /// Applies a plan, and compares the result with it unless an error explains the difference.
    async fn apply(
        &self,
        before: &Remembered,
        plan: Plan,
        config: &Json,
    ) -> (Remembered, Vec<pb::Diagnostic>) {
        let config = plan.planned.as_ref().map(|_| self.object(config));
        let request = pb::apply_resource_change::Request {
            type_name: TYPE.to_owned(),
            prior_state: Some(message(&nullable(before.state.clone()))),
            planned_state: Some(message(&nullable(plan.planned.clone()))),
            config: Some(message(&nullable(config))),
            planned_private: plan.private,
            planned_identity: plan.identity,
            ..Default::default()
        };
        let answer = self.service.apply_resource_change(Request::new(request)).await;
        let answer = answer.unwrap().into_inner();
        let state = self.read_back(answer.new_state.as_ref());
        let (planned, actual) = (nullable(plan.planned), nullable(state.clone()));
        if answer.diagnostics.iter().all(|found| !is_error(found)) {
            assert_eq!(core::result_errors(self.ty(), &planned, &actual, ""), [""; 0]);
        }
        assert!(actual.is_wholly_known(), "{actual:?}");
        assert!(!answer.legacy_type_system);
        let after = Remembered { state, private: answer.private, identity: answer.new_identity };
        (after, answer.diagnostics)
    }

    /// Plans and applies, without anything going wrong.
    async fn bring(&self, before: &Remembered, config: &Json) -> Remembered {
        let plan = self.plan(before, config).await;
        assert_eq!(plan.diagnostics, []);
        self.carry_out(before, plan, config).await
    }

    /// Plans and applies for an object that is still being created.
    async fn resume(&self, before: &Remembered, config: &Json) -> Remembered {
        let plan = self.plan(before, config).await;
        assert_eq!(summaries(&plan.diagnostics), ["warning: Apply waits for the object"]);
        self.carry_out(before, plan, config).await
    }

    async fn carry_out(&self, before: &Remembered, plan: Plan, config: &Json) -> Remembered {
        assert_eq!(plan.replace, [""; 0]);
        let (after, diagnostics) = self.apply(before, plan, config).await;
        assert_eq!(diagnostics, []);
        after
    }

    /// A machine that was created without errors.
    async fn machine(&self, config: &Json) -> Remembered {
        self.cloud.allow(&["create", "settle", "key"]);
        let machine = self.bring(&Remembered::default(), config).await;
        self.cloud.allow(&[]);
        machine
    }

    async fn read(&self, before: &Remembered) -> (Remembered, Vec<pb::Diagnostic>) {
        let request = pb::read_resource::Request {
            type_name: TYPE.to_owned(),
            current_state: Some(message(&nullable(before.state.clone()))),
            private: before.private.clone(),
            current_identity: before.identity.clone(),
            ..Default::default()
        };
        let answer = self.service.read_resource(Request::new(request)).await;
        let answer = answer.unwrap().into_inner();
        let state = self.read_back(answer.new_state.as_ref());
        let after = Remembered { state, private: answer.private, identity: answer.new_identity };
        (after, answer.diagnostics)
    }
}

fn from<T>(connection: u64, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.extensions_mut().insert(Connection(connection));
    request
}

fn nullable(object: Option<Object>) -> Value {
    object.map_or(Value::Null, Value::Map)
}

fn message(value: &Value) -> pb::DynamicValue {
    let msgpack = Writer::bytes(|sink| crate::tfplugin::value::Sink::value(sink, value)).into();
    pb::DynamicValue { msgpack, ..Default::default() }
}

/// A value written as JSON; `"?"` is one that is not known.
fn typed(json: &Json, ty: &Type) -> Value {
    match (json, ty) {
        (Json::Null, _) => Value::Null,
        (Json::String(text), _) if text == "?" => Value::unknown(),
        (Json::String(text), Type::String) => text.as_str().into(),
        (Json::Bool(value), Type::Bool) => (*value).into(),
        (Json::Number(number), Type::Number) => {
            Value::Number(Number::parse(&number.to_string()).unwrap())
        }
        (Json::Array(elements), Type::List(ty) | Type::Set(ty)) => {
            Value::List(elements.iter().map(|element| typed(element, ty)).collect())
        }
        (Json::Object(pairs), Type::Map(ty)) => {
            Value::Map(pairs.iter().map(|(key, value)| (key.clone(), typed(value, ty))).collect())
        }
        (Json::Object(pairs), Type::Object(types)) => {
            assert!(pairs.keys().all(|name| types.contains_key(name.as_str())), "{json}");
            let value = |(name, ty): (&&'static str, &Type)| {
                ((*name).to_owned(), typed(pairs.get(*name).unwrap_or(&Json::Null), ty))
            };
            Value::Map(types.iter().map(value).collect())
        }
        _ => panic!("{json} is not of type {ty:?}"),
    }
}

fn shown(path: &pb::AttributePath) -> String {
    use pb::attribute_path::step::Selector;
    let steps = path.steps.iter().map(|step| match step.selector.as_ref().unwrap() {
        Selector::AttributeName(name) => format!(".{name}"),
        Selector::ElementKeyString(key) => format!("[{key:?}]"),
        Selector::ElementKeyInt(index) => format!("[{index}]"),
    });
    steps.collect::<String>().trim_start_matches('.').to_owned()
}

fn is_error(diagnostic: &pb::Diagnostic) -> bool {
    diagnostic.severity() == pb::diagnostic::Severity::Error
}

/// `error name: Summary`, sorted as they came.
fn summaries(diagnostics: &[pb::Diagnostic]) -> Vec<String> {
    let summary = |found: &pb::Diagnostic| {
        let kind = if is_error(found) { "error" } else { "warning" };
        let at = found.attribute.as_ref().map(|path| format!(" {}", shown(path)));
        format!("{kind}{}: {}", at.unwrap_or_default(), found.summary)
    };
    diagnostics.iter().map(summary).collect()
}

/// The smallest configuration of a machine, with some more arguments.
fn machine(more: Json) -> Json {
    let mut config = json!({ "name": "one", "location": "West Europe" });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}
