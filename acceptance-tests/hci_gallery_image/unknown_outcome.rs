//! Creations whose answer gets lost: the image is found, remembered, and never requested twice.

use std::time::{Duration, Instant};

use serde_json::json;
use simulated_clouds::arm::{Fault, RESOURCE_GROUP, When};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image, about, address, id, no_route};

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

/// Far below what is left to wait, far above what two busy cores need.
const SOON: Duration = Duration::from_secs(8);

/// How long the images may take, so that a wait that finds nothing out ends soon.
const SHORT: &str = "{ create = \"3s\" }";

/// All images at the same time.
const AT_ONCE: &str = "-parallelism=20";

fn names(faults: &[(&str, Fault)]) -> Vec<String> {
    faults.iter().map(|(name, _)| (*name).to_owned()).collect()
}

#[test]
fn an_image_that_nobody_can_look_at_until_the_deadline_is_in_the_state() {
    let azure = Azure::start();
    let lost = [
        ("hang", Fault::hang().after_handling()),
        ("page", Fault::html(524).after_handling()),
        ("cut", Fault::cut_after_handling()),
    ];
    let unreadable = [
        ("502", Fault::html(502)),
        ("403", Fault::html(403)),
        ("404", no_route()),
        ("empty", Fault::json(200, &json!({}))),
    ];
    let mut names = Vec::new();
    for (how, put) in &lost {
        for (what, get) in &unreadable {
            let name = format!("{how}-{what}");
            azure.arm.fail(about("put", &name), 1, put.clone());
            // The first look finds that there is no image yet.
            azure.arm.fail_always(about("get", &name).after(1), get.clone());
            names.push(name);
        }
    }
    let image = Image::new().set("timeouts", SHORT);
    let workspace = Workspace::new(&azure.main_of(&image, &names));
    let outcome = workspace.run(&[&APPLY[..], &[AT_ONCE]].concat()).fails();
    assert!(outcome.took < Duration::from_secs(30), "{outcome}");
    let state = workspace.state();
    for name in &names {
        let address = address(name);
        let errors = outcome.errors_about(&address);
        assert_eq!(errors.len(), 1, "{name}\n{outcome}");
        errors[0].says(&[
            "Cannot create the gallery image: timed out",
            "terraform untaint",
            &id(name),
        ]);
        assert_eq!(state.attributes(&address)["id"], id(name));
        assert!(state.is_tainted(&address), "{name}");
        assert_eq!(azure.arm.put_count(RESOURCE_GROUP, name), 1, "{name}");
    }

    // As the advice goes.
    azure.arm.clear_faults();
    for name in &names {
        workspace.run(&["untaint", &address(name)]).ok();
    }
    let image = Image::new().set("timeouts", "{ create = \"1m\" }");
    workspace.main(&azure.main_of(&image, &names));
    let state = workspace.step();
    for name in &names {
        assert_eq!(state.attributes(&address(name))["provisioning_state"], "Succeeded");
    }
    assert_eq!((azure.arm.image_count(), azure.writes()), (names.len(), names.len()));
}

#[test]
fn an_interruption_before_anybody_has_looked_keeps_the_image() {
    for fault in [
        Fault::status(503).retry_after("30").after_handling(),
        Fault::html(502).retry_after("30").after_handling(),
    ] {
        let azure = Azure::start();
        azure.arm.fail(When::label("put"), 1, fault);
        let workspace = Workspace::new(&azure.main(&Image::new()));
        let mut run = workspace.start(&APPLY);
        run.until("the lost answer", || azure.sent("PUT").iter().any(|put| put.status.is_some()));
        let at = Instant::now();
        run.interrupt();
        let outcome = run.finish();
        assert!(at.elapsed() < SOON, "{:?}\n{outcome}", at.elapsed());
        assert!(outcome.errors().iter().all(|error| error.address.is_empty()), "{outcome}");
        let warnings = outcome.warnings();
        assert_eq!(warnings.len(), 1, "{outcome}");
        warnings[0].says(&["Interrupted", &id("golden"), "not tainted", "apply again"]);
        let state = workspace.state();
        assert_eq!(state.attributes(IMAGE)["id"], id("golden"));
        assert!(!state.is_tainted(IMAGE));

        let state = workspace.step();
        assert_eq!(state.attributes(IMAGE)["provisioning_state"], "Succeeded");
        assert_eq!((azure.arm.put_count(RESOURCE_GROUP, "golden"), azure.writes()), (1, 1));
    }
}

#[test]
fn an_image_that_was_created_although_the_answer_says_otherwise_is_waited_for() {
    let azure = Azure::start();
    let faults = [
        ("s408", Fault::status(408).after_handling()),
        ("s500", Fault::status(500).after_handling()),
        ("s502", Fault::html(502).after_handling()),
        ("s520", Fault::html(520).after_handling()),
        ("s524", Fault::html(524).after_handling()),
        ("s599", Fault::empty(599).after_handling()),
        ("cut", Fault::cut_after_handling()),
        ("half", Fault::truncated()),
    ];
    for (name, fault) in &faults {
        azure.arm.fail(about("put", name), 1, fault.clone());
    }
    let names = names(&faults);
    let workspace = Workspace::new(&azure.main_of(&Image::new(), &names));
    let state = workspace.step();
    for name in &names {
        assert_eq!(state.attributes(&address(name))["os_disk_size_in_mb"], 30270, "{name}");
        assert_eq!(azure.arm.put_count(RESOURCE_GROUP, name), 1, "{name}");
    }
}

#[test]
fn a_request_that_has_left_no_image_is_sent_again() {
    let azure = Azure::start();
    let faults = [
        ("s408", Fault::status(408)),
        ("s500", Fault::status(500)),
        ("s502", Fault::html(502)),
        ("s503", Fault::status(503).retry_after("1")),
        ("s524", Fault::html(524)),
        ("s599", Fault::empty(599)),
        ("reset", Fault::reset()),
    ];
    for (name, fault) in &faults {
        azure.arm.fail(about("put", name), 1, fault.clone());
        // Twice, and the image comes of the last one, whose answer is lost again.
        azure.arm.fail(about("put", name), 1, fault.clone().after_handling());
    }
    let names = names(&faults);
    let workspace = Workspace::new(&azure.main_of(&Image::new(), &names));
    workspace.step();
    for name in &names {
        assert_eq!(azure.arm.put_count(RESOURCE_GROUP, name), 2, "{name}");
        assert_eq!(azure.arm.accepted_put_count(RESOURCE_GROUP, name), 1, "{name}");
    }
}

/// Asserts that an image which cannot be found for some refreshes is neither forgotten nor created
/// again, and is the same once it can be found.
fn is_found_again(azure: &Azure, workspace: &Workspace, refreshes: usize) {
    let absent = azure.arm.fail_always(When::label("get"), Fault::status(404));
    for _ in 0..refreshes {
        let changes = workspace.plan().changes();
        assert!(changes.iter().all(|(_, action)| action != "create"), "{changes:?}");
        workspace.run(&["apply", "-json", "-refresh-only", "-auto-approve"]).ok();
        assert_eq!(workspace.state().attributes(IMAGE)["id"], id("golden"));
    }
    absent.off();
    azure.arm.end_operations();
    workspace.step();
    assert_eq!(azure.writes(), 1);
}

#[test]
fn an_unfinished_image_is_not_forgotten_because_it_cannot_be_found_yet() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(60));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let mut run = workspace.start(&APPLY);
    run.until("a look at the operation", || !azure.polls().is_empty());
    run.interrupt();
    run.finish();
    is_found_again(&azure, &workspace, 2);
}

#[test]
fn an_image_of_a_timed_out_creation_is_not_forgotten_either() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(60));
    let workspace = Workspace::new(&azure.main(&Image::new().set("timeouts", SHORT)));
    workspace.apply().fails();
    workspace.run(&["untaint", IMAGE]).ok();
    is_found_again(&azure, &workspace, 1);
}

#[test]
fn an_unfinished_image_that_cannot_be_found_yet_is_not_destroyed_unseen() {
    let azure = Azure::start();
    azure.arm.fail(When::label("put"), 1, Fault::status(503).retry_after("30"));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let mut run = workspace.start(&APPLY);
    run.until("the lost answer", || azure.sent("PUT").iter().any(|put| put.status.is_some()));
    run.interrupt();
    run.finish();
    let outcome = workspace.run(&["destroy", "-json", "-auto-approve"]);
    outcome.error().says(&["cannot be deleted yet", "may still create it", "terraform state rm"]);
    assert_eq!(workspace.state().attributes(IMAGE)["id"], id("golden"));
    // The service has created it after all.
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &serde_json::json!({}));
    workspace.run(&["destroy", "-json", "-auto-approve"]).ok();
    assert_eq!(azure.arm.image_count(), 0);
}

#[test]
fn an_image_that_was_never_created_after_all_is_created_in_the_end() {
    for is_untainted in [true, false] {
        let azure = Azure::start();
        azure.arm.fail(When::label("put"), 1, Fault::html(524));
        let unreadable = azure.arm.fail_always(When::label("get").after(1), Fault::html(502));
        let workspace = Workspace::new(&azure.main(&Image::new().set("timeouts", SHORT)));
        workspace.apply().fails();
        assert_eq!(workspace.state().attributes(IMAGE)["id"], id("golden"));
        unreadable.off();
        workspace.main(&azure.main(&Image::new().set("timeouts", "{ create = \"1m\" }")));
        if is_untainted {
            workspace.run(&["untaint", IMAGE]).ok();
            // The image may still be about to come, so this apply waits for it, in vain.
            workspace.apply().error().says(&["not found", "ResourceNotFound", &id("golden")]);
            assert_eq!(azure.sent("PUT").len(), 1);
        }
        workspace.step();
        assert_eq!(azure.sent("PUT").len(), 2);
        assert_eq!(azure.arm.accepted_put_count(RESOURCE_GROUP, "golden"), 1);
    }
}
