//! Answers that say nothing about the image: they are borne while it is created, and never taken
//! for it.

use std::time::Duration;

use serde_json::json;
use simulated_clouds::arm::{Fault, Lro, Progress, RESOURCE_GROUP};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image, about, address, id, no_route};

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

/// Answers without news.
fn faults() -> [(&'static str, Fault); 12] {
    [
        ("page502", Fault::html(502)),
        ("page200", Fault::html(200)),
        ("page403", Fault::html(403)),
        ("refused", Fault::status(403)),
        ("s401", Fault::status(401)),
        ("route", no_route()),
        ("page404", Fault::html(404)),
        ("empty404", Fault::empty(404)),
        ("nothing", Fault::json(200, &json!({}))),
        ("busy", Fault::status(429).retry_after("1")),
        ("half", Fault::truncated()),
        ("reset", Fault::reset()),
    ]
}

/// Applies, and asserts that every image was requested once and is good.
fn is_borne(azure: &Azure, names: &[String]) {
    let workspace = Workspace::new(&azure.main_of(&Image::new(), names));
    let parallel = ["-parallelism=20"];
    workspace.run(&[&APPLY[..], &parallel].concat()).ok();
    let state = workspace.state();
    for name in names {
        let address = address(name);
        assert!(!state.is_tainted(&address), "{name}");
        assert_eq!(state.attributes(&address)["provisioning_state"], "Succeeded", "{name}");
        assert_eq!(azure.arm.put_count(RESOURCE_GROUP, name), 1, "{name}");
    }
    workspace.is_settled();
    assert_eq!(azure.writes(), names.len());
}

#[test]
fn looks_at_an_image_that_say_nothing_are_repeated() {
    let azure = Azure::start();
    // There is no other place to look at.
    azure.arm.set_create_style(Lro::none());
    azure.arm.set_progress(Progress::Polls(4));
    for (name, fault) in faults() {
        azure.arm.fail(about("get", name).after(2), 3, fault);
    }
    is_borne(&azure, &faults().map(|(name, _)| name.to_owned()));
}

#[test]
fn looks_at_an_operation_that_say_nothing_are_repeated_or_made_elsewhere() {
    let azure = Azure::start();
    azure.arm.set_progress(Progress::Polls(4));
    for (nth, (_, fault)) in faults().into_iter().enumerate() {
        azure.arm.fail_poll(nth + 3, 1, fault);
    }
    is_borne(&azure, &faults().map(|(name, _)| name.to_owned()));
}

#[test]
fn a_login_that_is_refused_for_a_while_does_not_end_a_download() {
    let azure = Azure::start();
    azure.entra.set_lifetime(Duration::from_secs(2));
    azure.arm.set_duration(Duration::from_secs(60));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let mut run = workspace.start(&APPLY);
    run.until("a look at the operation", || !azure.polls().is_empty());
    azure.entra.set_refused(Some(7_000_222));
    let refused = || azure.entra.requests().iter().filter(|r| r.status == Some(400)).count();
    // The first ones are ahead of time; in the end there is no token that is good.
    run.until("refused logins", || refused() >= 4);
    let looks = azure.arm.request_count();
    azure.entra.set_refused(None);
    run.until("looks at the operation", || azure.arm.request_count() > looks + 2);
    azure.arm.end_operations();
    run.finish().ok();
    assert!(!workspace.state().is_tainted(IMAGE));
    azure.entra.set_lifetime(Duration::from_secs(3600));
    workspace.is_settled();
    assert_eq!(azure.writes(), 1);
}

#[test]
fn a_login_that_hangs_for_a_while_does_not_end_a_download() {
    let azure = Azure::start();
    azure.entra.set_lifetime(Duration::from_secs(2));
    azure.arm.set_duration(Duration::from_secs(60));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let mut run = workspace.start(&APPLY);
    run.until("a look at the operation", || !azure.polls().is_empty());
    azure.entra.set_held(true);
    run.until("a login that hangs", || azure.entra.in_flight() > 0);
    // Until no token is good any more.
    std::thread::sleep(Duration::from_millis(2500));
    let looks = azure.arm.request_count();
    azure.entra.set_held(false);
    run.until("looks at the operation", || azure.arm.request_count() > looks + 2);
    azure.arm.end_operations();
    run.finish().ok();
    assert!(!workspace.state().is_tainted(IMAGE));
    azure.entra.set_lifetime(Duration::from_secs(3600));
    workspace.is_settled();
    assert_eq!(azure.writes(), 1);
}

#[test]
fn an_answer_that_is_not_an_image_is_never_taken_for_one() {
    const DATA: &str = "data.cloudimages_hci_gallery_image.one";
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let text = workspace.step().attributes(IMAGE).to_string();
    let look = format!(
        "data \"cloudimages_hci_gallery_image\" \"one\" {{\n  name = \"golden\"\n  \
         resource_group_name = {RESOURCE_GROUP:?}\n}}\n"
    );
    workspace.main(&(azure.main(&Image::new()) + &look));
    for fault in [
        Fault::json(200, &json!({})),
        Fault::json(200, &json!([])),
        Fault::json(200, &json!({"value": []})),
        Fault::json(200, &json!({"message": "Welcome to this gateway"})),
        Fault::json(200, &json!({"error": {"code": "Busy", "message": "Come back later."}})),
        Fault::html(200),
        Fault::empty(200),
        Fault::empty(204),
        Fault::truncated(),
    ] {
        let shown = format!("{fault:?}");
        let switch = azure.arm.fail_always(about("get", "golden"), fault);
        let outcome = workspace.run(&["apply", "-json", "-refresh-only", "-auto-approve"]).fails();
        for address in [IMAGE, DATA] {
            let errors = outcome.errors_about(address);
            assert_eq!(errors.len(), 1, "{address}: {shown}\n{outcome}");
            errors[0].says(&["GetGalleryImage", &id("golden")]);
        }
        assert_eq!(workspace.state().attributes(IMAGE).to_string(), text, "{shown}");
        switch.off();
    }
    workspace.step();
    assert_eq!(azure.writes(), 1);
}
