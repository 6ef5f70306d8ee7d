use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::*;
use crate::tfplugin::resource::{State, StateOf, Unsettled};
use crate::tfplugin::timeouts::Timeouts;

crate::model! {
    /// A thing.
    #[derive(Clone, Debug)]
    struct Inputs {
        /// Its name.
        name: Option<String>,
    }
}

crate::model! {
    /// A thing.
    #[derive(Clone, Debug)]
    struct Outputs {
        /// How it is.
        status: Option<String>,
    }
}

/// Notes each step and the time it has. The thing can be gone.
#[derive(Default)]
struct Notes(Mutex<Vec<(&'static str, u64)>>, AtomicBool);

impl Notes {
    fn add(&self, step: &'static str, context: &Context) {
        self.0.lock().unwrap().push((step, context.timeout.as_secs()));
    }

    fn take(&self) -> Vec<(&'static str, u64)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

struct Thing;

impl Resource<Notes> for Thing {
    const NAME: &'static str = "thing";
    const ID_IS_CHOSEN: bool = true;
    const TIMEOUTS: Timeouts = Timeouts {
        create: Some(Duration::from_secs(100)),
        read: None,
        update: Some(Duration::from_secs(10)),
        delete: None,
    };
    type Inputs = Inputs;
    type Outputs = Outputs;
    type Private = ();
    type Identity = Inputs;

    fn readiness(_: &Inputs, outputs: &Outputs) -> Readiness {
        match outputs.status.as_deref() {
            Some("moving") => Readiness::Moving,
            _ => Readiness::Ready,
        }
    }
    async fn create(
        &self,
        notes: &Notes,
        inputs: Inputs,
        context: &Context,
    ) -> Result<StateOf<Self, Notes>> {
        notes.add("create", context);
        Ok(State { inputs, outputs: Outputs { status: None }, private: () })
    }
    async fn settle(
        &self,
        notes: &Notes,
        state: &mut StateOf<Self, Notes>,
        context: &Context,
    ) -> std::result::Result<(), Unsettled> {
        notes.add("settle", context);
        state.outputs.status = Some("ready".to_owned());
        if state.inputs.name.as_deref() == Some("policed") {
            state.inputs.name = Some("Policed".to_owned());
        }
        Ok(())
    }
    async fn read(
        &self,
        notes: &Notes,
        _: &mut StateOf<Self, Notes>,
        context: &Context,
    ) -> Result<ReadOutcome> {
        notes.add("read", context);
        let is_gone = notes.1.load(Ordering::SeqCst);
        Ok(if is_gone { ReadOutcome::Gone } else { ReadOutcome::Present })
    }
    async fn update(
        &self,
        notes: &Notes,
        state: &mut StateOf<Self, Notes>,
        desired: Inputs,
        context: &Context,
    ) -> Result<()> {
        notes.add("update", context);
        state.inputs = desired;
        Ok(())
    }
    async fn delete(
        &self,
        notes: &Notes,
        _: StateOf<Self, Notes>,
        context: &Context,
    ) -> Result<()> {
        notes.add("delete", context);
        Ok(())
    }
    async fn import(
        &self,
        notes: &Notes,
        target: Import<Inputs>,
        context: &Context,
    ) -> Result<StateOf<Self, Notes>> {
        notes.add("import", context);
        let Import::Identity(inputs) = target else { return Err(vec![].into()) };
        Ok(State { inputs, outputs: Outputs { status: None }, private: () })
    }
    fn identity(&self, state: &StateOf<Self, Notes>) -> Inputs {
        state.inputs.clone()
    }
}

fn object(name: &str, status: Value) -> Object {
    Object::from([
        ("name".to_owned(), name.into()),
        ("status".to_owned(), status),
        ("timeouts".to_owned(), Value::Null),
    ])
}

fn record(name: &str) -> Record {
    Record { object: object(name, "ready".into()), ..Record::default() }
}

/// The resource as the protocol holds it.
fn thing() -> Box<dyn AnyResource<Notes>> {
    Box::new(Thing)
}

#[tokio::test]
async fn each_operation_has_its_own_time() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    let thing = thing();
    let planned = object("a", Value::unknown());
    thing.create(&notes, planned.clone(), planned.clone(), &stop).await;
    assert_eq!(notes.take(), [("create", 100), ("settle", 100)]);
    thing.update(&notes, record("b"), planned.clone(), planned.clone(), &stop).await;
    assert_eq!(notes.take(), [("update", 10), ("settle", 10)]);
    // Where nothing changed, it is the creation that goes on.
    thing.update(&notes, record("a"), planned.clone(), planned.clone(), &stop).await;
    assert_eq!(notes.take(), [("settle", 100)]);
    thing.read(&notes, record("a"), &stop).await;
    thing.delete(&notes, record("a"), &stop).await;
    assert_eq!(notes.take(), [("read", 1200), ("delete", 1200)]);
}

#[tokio::test]
async fn the_configured_time_goes_first() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    let mut planned = object("a", Value::unknown());
    let limits = Object::from([("create".to_owned(), "1m30s".into())]);
    planned.insert("timeouts".to_owned(), Value::Map(limits));
    let (created, problems) = thing().create(&notes, planned.clone(), planned.clone(), &stop).await;
    assert_eq!((notes.take(), problems), (vec![("create", 90), ("settle", 90)], vec![]));
    assert_eq!(created.unwrap().object["timeouts"], planned["timeouts"]);
}

#[tokio::test]
async fn what_was_stopped_before_it_began_to_wait_is_a_warning() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    stop.cancel();
    let planned = object("a", Value::unknown());
    let (created, problems) = thing().create(&notes, planned.clone(), planned, &stop).await;
    assert_eq!(notes.take(), [("create", 100)]);
    assert_eq!(problems.iter().filter(|problem| problem.is_error()).count(), 0);
    assert_eq!(problems.len(), 1);
    assert_eq!(created.unwrap().object, object("a", Value::Null));
    let (read, problems) = thing().read(&notes, record("a"), &stop).await;
    assert_eq!((read, notes.take()), (Some(record("a")), vec![]));
    assert!(problems[0].is_error());
}

#[tokio::test]
async fn what_the_service_makes_of_an_argument_at_once_is_left_to_the_next_read() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    let planned = object("policed", Value::unknown());
    let made = thing().create(&notes, planned.clone(), planned, &stop).await.0.unwrap();
    assert_eq!(made.object, object("policed", "ready".into()));
}

#[tokio::test]
async fn no_private_data_is_no_bytes() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    let read = thing().read(&notes, record("a"), &stop).await.0.unwrap();
    assert_eq!(read.private, [0; 0]);
    assert_eq!(read.identity, Some(Object::from([("name".to_owned(), "a".into())])));
}

#[tokio::test]
async fn an_identity_that_is_not_known_names_nothing() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    let identity = Object::from([("name".to_owned(), Value::unknown())]);
    let (found, problems) = thing().import(&notes, Import::Identity(identity), &stop).await;
    assert_eq!((found, notes.take(), problems.len()), (None, vec![], 1));
}

#[tokio::test(start_paused = true)]
async fn a_thing_is_gone_when_it_is_missed_twice() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    notes.1.store(true, Ordering::SeqCst);
    let (read, problems) = thing().read(&notes, record("a"), &stop).await;
    assert_eq!((read, problems.len(), problems[0].is_error()), (None, 1, false));
    assert!(problems[0].detail.contains("deleted outside of Terraform"), "{problems:?}");
    assert_eq!(notes.take(), [("read", 1200), ("read", 1200)]);
}

#[tokio::test(start_paused = true)]
async fn a_creation_whose_end_was_not_seen_is_not_forgotten_for_ten_minutes() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    let stopped = CancellationToken::new();
    stopped.cancel();
    let planned = object("a", Value::unknown());
    let made = thing().create(&notes, planned.clone(), planned, &stopped).await.0.unwrap();
    notes.1.store(true, Ordering::SeqCst);
    let (read, problems) = thing().read(&notes, made.clone(), &stop).await;
    assert_eq!((read, problems), (Some(made.clone()), vec![]));
    let text = String::from_utf8(made.private.clone()).unwrap();
    let private: serde_json::Value = serde_json::from_str(&text).unwrap();
    let since = private["unfinished_since"].as_u64().unwrap();
    let earlier = text.replace(&since.to_string(), &(since - 601).to_string());
    let (kept, problems) = thing().delete(&notes, made.clone(), &stop).await;
    assert_eq!(kept, Some(made.clone()));
    assert!(problems[0].is_error() && problems[0].detail.contains("Destroy again in 10 minutes"));
    let old = Record { private: earlier.into_bytes(), ..made };
    assert_eq!(thing().delete(&notes, old.clone(), &stop).await, (None, vec![]));
    assert_eq!(thing().read(&notes, old.clone(), &stop).await.0, None);
    // One that is seen again was never gone.
    notes.1.store(false, Ordering::SeqCst);
    assert_eq!(thing().read(&notes, old, &stop).await.0.unwrap().private, [0; 0]);
}

/// It may have become ready after the wait for it was given up, and Terraform is about to destroy it.
#[tokio::test]
async fn an_object_whose_creation_timed_out_is_perhaps_tainted_though_it_is_ready_by_now() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    let private = br#"{"unfinished_since":1,"timed_out":true}"#.to_vec();
    for (status, said) in [("moving", "still at work"), ("ready", "is ready by now")] {
        let object = object("a", status.into());
        let late = Record { object, private: private.clone(), ..Record::default() };
        let (_, problems) = thing().read(&notes, late, &stop).await;
        assert_eq!(problems.len(), 1, "{status}");
        assert!(!problems[0].is_error() && problems[0].detail.contains(said), "{problems:?}");
        assert!(problems[0].detail.contains("terraform untaint"), "{problems:?}");
    }
    let object = object("a", "ready".into());
    let private = br#"{"unfinished_since":1}"#.to_vec();
    let stopped = Record { object, private, ..Record::default() };
    assert_eq!(thing().read(&notes, stopped, &stop).await.1, []);
}

/// Terraform does not hand over the private data of a tainted object that it replaces.
#[tokio::test(start_paused = true)]
async fn an_object_in_progress_of_which_nothing_private_is_known_is_not_deleted_by_being_missed() {
    let (notes, stop) = (Notes::default(), CancellationToken::new());
    notes.1.store(true, Ordering::SeqCst);
    let moving = Record { object: object("a", "moving".into()), ..Record::default() };
    let (kept, problems) = thing().delete(&notes, moving.clone(), &stop).await;
    assert!(problems[0].is_error() && problems[0].detail.contains("may still create it"));
    let kept = kept.unwrap();
    assert_eq!(kept.object, moving.object);
    // From there on it is one whose creation was not seen to end.
    assert_eq!(thing().read(&notes, kept.clone(), &stop).await, (Some(kept), vec![]));
    // One that is there is deleted.
    notes.1.store(false, Ordering::SeqCst);
    assert_eq!(thing().delete(&notes, moving, &stop).await, (None, vec![]));
}
