//! A resource with an argument of every kind.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use terraform_provider_cloudimages::cloud::Deadline;
use terraform_provider_cloudimages::model;
use terraform_provider_cloudimages::secret::Secret;
use terraform_provider_cloudimages::tfplugin::attr::WriteOnly;
use terraform_provider_cloudimages::tfplugin::context::Context;
use terraform_provider_cloudimages::tfplugin::diagnostic::{Diagnostic, Failure, Path, Result};
use terraform_provider_cloudimages::tfplugin::model::{Attr, Shape};
use terraform_provider_cloudimages::tfplugin::resource::{
    Import, ReadOutcome, Readiness, Resource, State, Unsettled,
};
use terraform_provider_cloudimages::tfplugin::timeouts::Timeouts;
use terraform_provider_cloudimages::tfplugin::value::{Sink, Value};

use super::cloud::{Cloud, Item};

model! {
    /// An image of a cloud that exists in memory.
    #[derive(Clone, Debug)]
    pub(super) struct Inputs {
        /// Name.
        #[tf(replace)]
        name: String,
        /// Place, in any case.
        #[tf(replace)]
        place: Option<Place>,
        /// Kind.
        #[tf(replace, default = "standard")]
        kind: String,
        /// Size. The service chooses one when it is left out.
        #[tf(computed, replace)]
        size: Option<i64>,
        /// Tags.
        tags: Option<BTreeMap<String, String>>,
        /// Where the data comes from. Never returned.
        #[tf(create_only, replace)]
        source: Option<Secret>,
        /// Password, never stored.
        password_wo: Option<WriteOnly<Secret>>,
        /// Another number sends the password again.
        password_wo_version: Option<i64>,
        /// Of interest to nobody but the configuration.
        #[tf(state_only)]
        note: Option<String>,
    }
}

model! {
    /// What the service says.
    #[derive(Clone, Debug)]
    pub(super) struct Outputs {
        /// Id.
        #[tf(stable)]
        id: String,
        /// Status.
        status: String,
    }
}

model! {
    /// What identifies it.
    #[derive(Clone, Debug, PartialEq)]
    pub(super) struct Identity {
        /// Id.
        id: String,
    }
}

/// The private state.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Private {
    operation: String,
}

/// A case-insensitive name.
#[derive(Clone, Debug)]
pub(super) struct Place(String);

impl Attr for Place {
    fn shape() -> Shape {
        String::shape()
    }
    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        String::decode(value, at, problems).map(Self)
    }
    fn encode(&self, out: &mut dyn Sink) {
        self.0.encode(out);
    }
    fn same(a: &Value, b: &Value) -> bool {
        match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            _ => a == b,
        }
    }
}

type Kept = State<Inputs, Outputs, Private>;

/// The resource.
pub(super) struct SketchImage;

fn error(summary: &str, detail: impl Into<String>) -> Failure {
    Diagnostic::error(summary, detail).into()
}

fn password(inputs: &Inputs) -> Option<String> {
    inputs.password_wo.as_ref().map(|WriteOnly(secret)| secret.expose().to_owned())
}

/// Copies what the service reports.
fn record(state: &mut Kept, item: &Item) {
    state.inputs.name.clone_from(&item.name);
    state.inputs.place = item.place.clone().map(Place);
    state.inputs.size = Some(item.size);
    if state.inputs.tags.is_some() || !item.tags.is_empty() {
        state.inputs.tags = Some(item.tags.clone());
    }
    item.status.clone_into(&mut state.outputs.status);
}

impl Resource<Arc<Cloud>> for SketchImage {
    const NAME: &'static str = "image";
    const STATUS: &'static str = "status";
    const VERSION: i64 = 1;
    const TIMEOUTS: Timeouts = Timeouts {
        create: Some(Duration::from_secs(600)),
        read: Some(Duration::from_secs(60)),
        update: Some(Duration::from_secs(60)),
        delete: Some(Duration::from_secs(60)),
    };
    type Inputs = Inputs;
    type Outputs = Outputs;
    type Private = Private;
    type Identity = Identity;

    fn readiness(_: &Inputs, outputs: &Outputs) -> Readiness {
        match outputs.status.as_str() {
            "creating" => Readiness::Moving,
            "failed" => Readiness::Failed,
            _ => Readiness::Ready,
        }
    }

    async fn create(&self, cloud: &Arc<Cloud>, inputs: Inputs, _: &Context) -> Result<Kept> {
        let item = Item {
            name: inputs.name.clone(),
            place: inputs.place.as_ref().map(|place| place.0.to_lowercase()),
            kind: inputs.kind.clone(),
            size: inputs.size.unwrap_or(10),
            tags: inputs.tags.clone().unwrap_or_default(),
            source: inputs.source.as_ref().map(|source| source.expose().to_owned()),
            password: password(&inputs),
            ..Item::default()
        };
        let size = item.size;
        let (id, operation) = cloud.create(item).await;
        let outputs = Outputs { id, status: "creating".to_owned() };
        let inputs = Inputs { size: Some(size), ..inputs };
        Ok(State { inputs, outputs, private: Private { operation } })
    }

    async fn settle(
        &self,
        cloud: &Arc<Cloud>,
        state: &mut Kept,
        context: &Context,
    ) -> std::result::Result<(), Unsettled> {
        if state.outputs.status == "ready" {
            return Ok(());
        }
        let deadline = Deadline::within(context.timeout, context.stop.clone());
        loop {
            let Some(item) = cloud.get(&state.outputs.id) else {
                return Err(error("The image is not ready", "It is gone.").into());
            };
            record(state, &item);
            match item.status {
                "ready" => return Ok(()),
                "creating" => {}
                status => {
                    let detail = format!("It is {status}.");
                    return Err(error("The image is not ready", detail).into());
                }
            }
            let paused = deadline.pause("CreateImage", Duration::from_millis(20)).await;
            paused.map_err(|ended| {
                let detail = format!("{}; it was last seen {}.", ended.message, item.status);
                Unsettled::TimedOut(error("The image is not ready", detail))
            })?;
        }
    }

    async fn read(&self, cloud: &Arc<Cloud>, state: &mut Kept, _: &Context) -> Result<ReadOutcome> {
        let Some(item) = cloud.get(&state.outputs.id) else { return Ok(ReadOutcome::Gone) };
        record(state, &item);
        Ok(ReadOutcome::Present)
    }

    async fn update(
        &self,
        cloud: &Arc<Cloud>,
        state: &mut Kept,
        desired: Inputs,
        _: &Context,
    ) -> Result<()> {
        let renewed = desired.password_wo_version != state.inputs.password_wo_version;
        let tags = desired.tags.clone().unwrap_or_default();
        let done = cloud.change(&state.outputs.id, |item| {
            item.tags = tags;
            if renewed {
                item.password = password(&desired);
            }
        });
        if !done {
            return Err(error("The image cannot be changed", "The service refuses."));
        }
        state.inputs = desired;
        Ok(())
    }

    async fn delete(&self, cloud: &Arc<Cloud>, state: Kept, _: &Context) -> Result<()> {
        match cloud.delete(&state.outputs.id, &state.private.operation) {
            true => Ok(()),
            false => Err(error("The image cannot be deleted", "The service refuses.")),
        }
    }

    async fn import(
        &self,
        cloud: &Arc<Cloud>,
        target: Import<Identity>,
        _: &Context,
    ) -> Result<Kept> {
        let given = match target {
            Import::Id(id) | Import::Identity(Identity { id }) => id,
        };
        let id = match given.strip_prefix("name/") {
            Some(name) => {
                let inside = cloud.inside();
                let found = inside.items.iter().find(|(_, item)| item.name == name);
                found.map(|(id, _)| id.clone())
            }
            None if given.starts_with("img-") => Some(given.clone()),
            None => {
                let detail = format!("Expected img-NUMBER or name/NAME, got {given:?}.");
                return Err(error("Not the id of an image", detail));
            }
        };
        let found = id.and_then(|id| Some((cloud.get(&id)?, id)));
        let (item, id) =
            found.ok_or_else(|| error("No such image", format!("There is no {given:?}.")))?;
        let inputs = Inputs {
            name: item.name.clone(),
            place: None,
            kind: item.kind.clone(),
            size: None,
            tags: None,
            source: None,
            password_wo: None,
            password_wo_version: None,
            note: None,
        };
        let outputs = Outputs { id, status: item.status.to_owned() };
        let private = Private { operation: item.operation.clone() };
        let mut state = State { inputs, outputs, private };
        record(&mut state, &item);
        Ok(state)
    }

    fn identity(&self, state: &Kept) -> Identity {
        Identity { id: state.outputs.id.clone() }
    }

    fn upgrade(&self, from: i64, mut state: serde_json::Value) -> Result<serde_json::Value> {
        assert_eq!(from, 0, "there is no other version");
        // Version 0 called the name a label and did not have kinds.
        state["name"] = state["label"].take();
        state["kind"] = "standard".into();
        Ok(state)
    }
}
