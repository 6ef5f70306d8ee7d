//! Services that answer without end, or not at all: neither memory nor time is given away.

use std::time::Duration;

use simulated_clouds::arm::{Fault, RESOURCE_GROUP, When};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, Image};
#[cfg(target_os = "linux")]
use crate::harness::peak_memory_of;

/// No answer is that long.
const ENDLESS: u64 = 1 << 40;

/// How long an answer without end may hold anybody up.
const SOON: Duration = Duration::from_secs(30);

/// Runs a command, which may take neither much time nor much memory.
#[cfg(target_os = "linux")]
fn frugal(workspace: &Workspace, arguments: &[&str]) -> crate::harness::Outcome {
    const MEMORY: u64 = 300 << 20;
    let mut peak = 0;
    let outcome = workspace.start(arguments).watched(|run| peak = peak.max(peak_memory_of(run)));
    assert!(peak > 0, "nobody saw the provider");
    assert!(peak < MEMORY, "{} MiB\n{outcome}", peak >> 20);
    assert!(outcome.took < SOON, "{outcome}");
    outcome
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_that_is_answered_without_end_is_an_error() {
    let azure = Azure::start();
    let list = format!(
        "data \"cloudimages_hci_gallery_images\" \"all\" {{\n  resource_group_name = \
         {RESOURCE_GROUP:?}\n}}\n"
    );
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.apply().ok();
    for fault in [
        Fault::huge(ENDLESS),
        Fault::huge(ENDLESS).without_length(),
        Fault::huge(ENDLESS).with_status(404),
        Fault::huge(ENDLESS).with_status(403).without_length(),
    ] {
        for (label, main) in
            [("get", azure.main(&Image::new())), ("list", azure.provider() + &list)]
        {
            let shown = format!("{label}: {fault:?}");
            let switch = azure.arm.fail_always(When::label(label), fault.clone());
            workspace.main(&main);
            let refresh = ["apply", "-json", "-refresh-only", "-auto-approve"];
            let command: &[&str] = if label == "get" { &refresh } else { &["plan", "-json"] };
            let outcome = frugal(&workspace, command);
            assert_eq!(outcome.errors().len(), 1, "{shown}\n{outcome}");
            switch.off();
            assert!(workspace.state().instance(crate::harness::hci::IMAGE).is_some(), "{shown}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_creation_that_is_answered_without_end_is_looked_for() {
    for (fault, puts) in [
        (Fault::huge(ENDLESS).after_handling(), 1),
        (Fault::huge(ENDLESS).without_length().after_handling(), 1),
        (Fault::huge(ENDLESS).with_status(500).after_handling(), 1),
        (Fault::huge(ENDLESS).without_length(), 2),
    ] {
        let azure = Azure::start();
        azure.arm.fail(When::label("put"), 1, fault.clone());
        let workspace = Workspace::new(&azure.main(&Image::new()));
        frugal(&workspace, &["apply", "-json", "-auto-approve"]).ok();
        workspace.is_settled();
        assert_eq!(azure.arm.put_count(RESOURCE_GROUP, "golden"), puts, "{fault:?}");
        assert_eq!(azure.arm.accepted_put_count(RESOURCE_GROUP, "golden"), 1, "{fault:?}");
    }
}

#[test]
fn a_login_that_hangs_holds_nobody_up_who_has_a_good_token() {
    let azure = Azure::start();
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &serde_json::json!({}));
    // Renewed at half of its life.
    azure.entra.set_lifetime(Duration::from_secs(12));
    azure.arm.set_latency(Duration::from_secs(1));
    let looks = format!(
        "data \"cloudimages_hci_gallery_image\" \"one\" {{\n  count = 100\n  name = \"golden\"\n  \
         resource_group_name = {RESOURCE_GROUP:?}\n}}\n"
    );
    let workspace = Workspace::new(&(azure.provider() + &looks));
    let mut run = workspace.start(&["plan", "-json", "-parallelism=5"]);
    run.until("the first token", || azure.arm.request_count() > 0);
    azure.entra.set_held(true);
    run.until("a renewal that hangs", || azure.entra.in_flight() > 0);
    azure.arm.set_latency(Duration::ZERO);
    let outcome = run.finish().ok();
    assert!(outcome.took < Duration::from_secs(30), "{outcome}");
    assert_eq!(azure.arm.request_count(), 100);
    assert!(azure.entra.requests().iter().filter(|login| login.status.is_some()).count() == 1);
    azure.entra.set_held(false);
}

/// Plans with `count` look-ups of one image, each of which is answered with `fault`.
#[cfg(target_os = "linux")]
fn look_ups(count: usize, fault: Fault) {
    let azure = Azure::start();
    azure.arm.fail_always(When::label("get"), fault);
    let looks = format!(
        "data \"cloudimages_hci_gallery_image\" \"one\" {{\n  count = {count}\n  name = \
         \"golden\"\n  resource_group_name = {RESOURCE_GROUP:?}\n}}\n"
    );
    let workspace = Workspace::new(&(azure.provider() + &looks));
    let outcome = frugal(&workspace, &["plan", "-json"]);
    assert_eq!(outcome.errors().len(), count, "{outcome}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_answer_that_is_not_an_image_is_an_error() {
    look_ups(1, Fault::huge(4 << 20));
    look_ups(1, Fault::huge(ENDLESS).with_status(403));
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_just_below_the_limit_that_is_not_an_image_is_an_error() {
    look_ups(1, Fault::huge(63 << 20));
}

#[cfg(target_os = "linux")]
#[test]
fn many_answers_without_end_are_errors() {
    look_ups(10, Fault::huge(ENDLESS));
}
