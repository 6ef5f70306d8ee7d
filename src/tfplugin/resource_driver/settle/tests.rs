use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::*;
use crate::tfplugin::diagnostic::Result;
use crate::tfplugin::resource::{Import, ReadOutcome, State};
use crate::tfplugin::timeouts::{self, Timeouts};

crate::model! {
    /// A disk.
    #[derive(Clone, Debug)]
    struct Inputs {}
}

crate::model! {
    /// Results.
    #[derive(Clone, Debug)]
    struct Outputs {}
}

struct Disk;

type Kept = State<Inputs, Outputs>;

impl Resource<()> for Disk {
    const NAME: &'static str = "disk";
    const NOUN: &'static str = "disk";
    const TIMEOUTS: Timeouts = Timeouts { create: None, read: None, update: None, delete: None };
    type Inputs = Inputs;
    type Outputs = Outputs;
    type Private = ();
    type Identity = Inputs;

    async fn create(&self, (): &(), _: Inputs, _: &Context) -> Result<Kept> {
        unreachable!()
    }
    async fn read(&self, (): &(), _: &mut Kept, _: &Context) -> Result<ReadOutcome> {
        unreachable!()
    }
    async fn update(&self, (): &(), _: &mut Kept, _: Inputs, _: &Context) -> Result<()> {
        unreachable!()
    }
    async fn delete(&self, (): &(), _: Kept, _: &Context) -> Result<()> {
        unreachable!()
    }
    async fn import(&self, (): &(), _: Import<Inputs>, _: &Context) -> Result<Kept> {
        unreachable!()
    }
    fn identity(&self, _: &Kept) -> Inputs {
        Inputs {}
    }
}

fn failure() -> Failure {
    Diagnostic::error("CreateDisk failed", "No space.").into()
}

/// How a wait ends, for which call, and what is said about it. An error of a creation taints.
#[test]
fn how_a_wait_ends_decides_what_is_said() {
    use Purpose::{BeforeUpdate, Creation, Resumption, Update};
    type Ending = fn() -> Unsettled;
    let failed: Ending = || Unsettled::Failed(failure());
    let late: Ending = || Unsettled::TimedOut(failure());
    let unreadable: Ending = || Unsettled::Unreadable(failure());
    let interrupted: Ending = || Unsettled::Interrupted;
    let table: [(Ending, Purpose, bool, &str, &[&str]); 16] = [
        (failed, Creation, true, "CreateDisk failed", &["No space.", "tainted: the next apply"]),
        (
            failed,
            Resumption,
            true,
            "CreateDisk failed",
            &["No space.", "in the state: the next plan"],
        ),
        (
            failed,
            BeforeUpdate,
            true,
            "CreateDisk failed",
            &["No space.", "in the state: the next plan"],
        ),
        (failed, Update, true, "CreateDisk failed", &["No space."]),
        (late, Creation, true, "CreateDisk failed", &["terraform untaint", "`timeouts.create`"]),
        (late, Resumption, true, "CreateDisk failed", &["apply again", "`timeouts.create`"]),
        (late, BeforeUpdate, true, "CreateDisk failed", &["apply again", "`timeouts.update`"]),
        (late, Update, true, "CreateDisk failed", &["apply again", "`timeouts.update`"]),
        (unreadable, Creation, false, "Stopped waiting", &["No space.", "d-1", "apply again"]),
        (unreadable, Resumption, false, "Stopped waiting", &["No space.", "d-1", "apply again"]),
        (unreadable, Update, false, "Stopped waiting", &["No space.", "d-1", "apply again"]),
        (unreadable, BeforeUpdate, true, "Stopped waiting", &["No space.", "was not made"]),
        (interrupted, Creation, false, "Interrupted", &["d-1", "not tainted", "apply again"]),
        (interrupted, Resumption, false, "Interrupted", &["d-1", "apply again"]),
        (interrupted, Update, false, "Interrupted", &["d-1", "apply again"]),
        (interrupted, BeforeUpdate, true, "Interrupted", &["d-1", "was not made"]),
    ];
    for (ending, purpose, is_error, summary, details) in table {
        let limit = match purpose {
            Creation | Resumption => timeouts::CREATE,
            Update | BeforeUpdate => timeouts::UPDATE,
        };
        let context = Context::new(CancellationToken::new(), limit, Duration::from_secs(60));
        let said = told::<(), Disk>(ending(), "d-1 (last seen: 17 percent)", purpose, &context);
        let [said] = said.as_slice() else { panic!("{said:?}") };
        assert_eq!(said.is_error(), is_error, "{purpose:?} {said:?}");
        assert!(said.summary.starts_with(summary), "{purpose:?} {said:?}");
        for detail in details {
            assert!(said.detail.contains(detail), "{detail:?} {purpose:?} {said:?}");
        }
        let is_kept_for_good =
            said.detail.contains("untaint") || !said.detail.contains("state, tainted");
        assert!(is_kept_for_good || purpose == Creation, "{said:?}");
    }
}
