//! The managed resource of the test provider.

use crate::secret::Secret;
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Path, Result};
use crate::tfplugin::moved::Moved;
use crate::tfplugin::resource::{Import, ReadOutcome, Readiness, Resource, State, Unsettled};
use crate::tfplugin::timeouts::Timeouts;

use super::alpha::{Clients, Disk, Identity, Inputs, Outputs, Private};
use super::texts::{Place, plain};

#[derive(Default)]
pub(super) struct Machine;

pub(super) type Kept = State<Inputs, Outputs, Private>;

/// What the service returns: its own spelling of places, its own choice where none was made.
fn answered(mut inputs: Inputs) -> Inputs {
    let spell = |place: &mut Place| place.0 = plain(&place.0);
    spell(&mut inputs.location);
    inputs.zone.get_or_insert_with(|| "z1".to_owned());
    if let Some(disk) = &mut inputs.disk {
        disk.gb.get_or_insert(10);
        disk.place.as_mut().map(spell);
    }
    for port in inputs.ports.iter_mut().flatten() {
        port.place.as_mut().map(spell);
    }
    inputs
}

impl Resource<Clients> for Machine {
    const NAME: &'static str = "machine";
    const STATUS: &'static str = "status";
    const VERSION: i64 = 1;
    const TIMEOUTS: Timeouts = Timeouts {
        create: Some(std::time::Duration::from_secs(3600)),
        read: None,
        update: Some(std::time::Duration::from_secs(90)),
        delete: None,
    };
    type Inputs = Inputs;
    type Outputs = Outputs;
    type Private = Private;
    type Identity = Identity;

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        config.at_most_one(&["password", "password_wo"], problems);
    }

    fn ready(&self, clients: &Clients) -> Result<()> {
        match clients.endpoint.as_str() {
            "unready" => Err(Diagnostic::error("No endpoint", "Give `endpoint`.").into()),
            "unknown" => Err(not_known_yet().into()),
            _ => Ok(()),
        }
    }

    fn readiness(_: &Inputs, outputs: &Outputs) -> Readiness {
        match outputs.status.as_str() {
            "building" => Readiness::Moving,
            "broken" => Readiness::Failed,
            _ => Readiness::Ready,
        }
    }

    async fn create(&self, clients: &Clients, inputs: Inputs, context: &Context) -> Result<Kept> {
        clients.cloud.call("create").await?;
        if inputs.password_wo.as_ref().map(|secret| secret.0.expose()) == Some("weak") {
            context.warn(Diagnostic::warning("Weak", "The password weak is weak."));
        }
        if inputs.disk.as_ref().and_then(|disk| disk.key_wo.as_ref()).is_some() {
            clients.cloud.note("key");
        }
        let region = inputs.region.clone().or(Some("r1".to_owned()));
        let outputs =
            Outputs { id: "m1".to_owned(), status: "building".to_owned(), revision: 1, region };
        let private = Private { etag: "e1".to_owned() };
        Ok(State { inputs: answered(inputs), outputs, private })
    }

    async fn settle(
        &self,
        clients: &Clients,
        state: &mut Kept,
        _: &Context,
    ) -> std::result::Result<(), Unsettled> {
        state.private.etag = "settling".to_owned();
        clients.cloud.call("settle").await?;
        clients.cloud.status().clone_into(&mut state.outputs.status);
        state.private.etag = format!("e{}", state.outputs.revision);
        Ok(())
    }

    async fn read(&self, clients: &Clients, state: &mut Kept, _: &Context) -> Result<ReadOutcome> {
        clients.cloud.call("read").await?;
        state.inputs = answered(state.inputs.clone());
        clients.cloud.status().clone_into(&mut state.outputs.status);
        if clients.cloud.is_gone() {
            return Ok(ReadOutcome::Gone);
        }
        Ok(ReadOutcome::Present)
    }

    async fn update(
        &self,
        clients: &Clients,
        state: &mut Kept,
        desired: Inputs,
        _: &Context,
    ) -> Result<()> {
        state.inputs.size = desired.size;
        state.outputs.revision += 1;
        clients.cloud.call("update").await?;
        state.inputs = answered(desired);
        Ok(())
    }

    async fn delete(&self, clients: &Clients, state: Kept, _: &Context) -> Result<()> {
        assert_eq!(state.outputs.id, "m1");
        clients.cloud.call("delete").await
    }

    async fn import(
        &self,
        clients: &Clients,
        target: Import<Identity>,
        _: &Context,
    ) -> Result<Kept> {
        clients.cloud.call("import").await?;
        let id = match target {
            Import::Id(id) => id,
            Import::Identity(identity) => identity.id,
        };
        if id != "m1" {
            let detail = format!("An id looks like m1, not {id:?}.");
            return Err(Diagnostic::error("Bad id", detail).at(Path::attribute("id")).into());
        }
        Ok(found(id, 7, "imported"))
    }

    fn identity(&self, state: &Kept) -> Identity {
        Identity { id: state.outputs.id.clone(), project: Some("p1".to_owned()) }
    }

    fn take_over(&self, source: &Moved) -> Result<Option<Kept>> {
        if !source.provider.is("test", "beta") || source.type_name != "beta_machine" {
            return Ok(None);
        }
        let id = source.state["number"].as_str().unwrap_or_default().to_owned();
        Ok(Some(found(id, 1, "moved")))
    }

    fn upgrade(&self, from: i64, mut state: serde_json::Value) -> Result<serde_json::Value> {
        match from {
            0 => {
                state["location"] = state["place"].take();
                Ok(state)
            }
            _ => Err(Diagnostic::error("Unknown state version", "There was none.").into()),
        }
    }
}

/// The endpoint depends on something else.
pub(super) fn not_known_yet() -> Diagnostic {
    Diagnostic::error("No endpoint yet", "Apply something else first.").deferrable()
}

/// A machine that was created elsewhere.
pub(super) fn found(id: String, revision: i64, etag: &str) -> Kept {
    let inputs = Inputs {
        name: "one".to_owned(),
        location: Place("westeurope".to_owned()),
        size: Some(3),
        rate: None,
        zone: Some("z1".to_owned()),
        region: None,
        mode: "plain".to_owned(),
        seed: None,
        source: None,
        wait: None,
        code: None,
        password: None::<Secret>,
        password_wo: None,
        password_wo_version: None,
        disk: None::<Disk>,
        ports: None,
        tags: None,
        marks: None,
    };
    let outputs =
        Outputs { id, status: "ready".to_owned(), revision, region: Some("r1".to_owned()) };
    State { inputs, outputs, private: Private { etag: etag.to_owned() } }
}
