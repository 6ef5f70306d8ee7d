//! How long and how often a service in trouble is asked, and what is left when it stays in trouble.

use std::time::Duration;

use simulated_clouds::horizon::{Fault, Lifecycle, Progress, Request, Simulation, When};

use crate::harness::Workspace;
use crate::harness::horizon::{
    IMAGE, Image, NAME, main, posts, start, start_endless, workspace, writes,
};

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

fn polls(cloud: &Simulation) -> Vec<Request> {
    cloud.requests_to("GET", &format!("/images/{}", cloud.image_ids(NAME)[0]))
}

#[test]
fn a_read_before_the_creation_is_repeated_later_each_time() {
    let cloud = start();
    for fault in [Fault::status(429), Fault::reset(), Fault::html(502), Fault::status(500)] {
        cloud.fail(When::label("list"), 1, fault);
    }
    workspace(&cloud).step();
    let lists = cloud.requests_to("GET", "/images");
    let statuses: Vec<_> = lists.iter().map(|list| list.status).collect();
    assert_eq!(statuses, [Some(429), None, Some(502), Some(500), Some(404)]);
    let gaps: Vec<_> = lists.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert!(gaps[2] > gaps[0] && gaps[3] > gaps[1], "{gaps:?}");
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 1));
}

#[test]
fn the_pause_that_the_service_asks_for_is_made() {
    let cloud = start();
    for label in ["list", "create", "get"] {
        cloud.fail(When::label(label), 1, Fault::status(429).retry_after("1"));
    }
    workspace(&cloud).step();
    let is_late = |tries: &[Request], least: Duration| {
        assert_eq!(tries[0].status, Some(429));
        let gap = tries[1].at - tries[0].at;
        assert!(gap >= least, "{gap:?} instead of {least:?}");
    };
    let (lists, creations) =
        (cloud.requests_to("GET", "/images"), cloud.requests_to("POST", "/images"));
    for tries in [lists, creations, polls(&cloud)] {
        is_late(&tries, Duration::from_millis(990));
    }
    assert_eq!(cloud.images_created(), 1);

    // A date has whole seconds, and begins to pass before terraform does.
    let cloud = start();
    let date = Fault::status(429).retry_after_date(Duration::from_secs(5));
    cloud.fail(When::label("list"), 1, date);
    workspace(&cloud).step();
    is_late(&cloud.requests_to("GET", "/images"), Duration::from_secs(2));
}

#[test]
fn a_requested_pause_beyond_the_time_limit_is_cut_short() {
    let cloud = start();
    cloud.fail(When::label("get"), 1, Fault::status(429).retry_after("3600"));
    cloud.set_progress(Progress::Wall(Duration::from_millis(300)));
    let image = Image::new().set("timeouts", "{ create = \"3s\" }");
    // By one last poll.
    let state = Workspace::new(&main(&cloud, &image)).step();
    assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");

    // Before there is an image, there is nothing to wait for.
    let cloud = start();
    cloud.fail_always(When::label("list"), Fault::status(429).retry_after("3600"));
    let workspace = Workspace::new(&main(&cloud, &image));
    let outcome = workspace.apply();
    outcome.error().says(&["ListImages", "429"]);
    assert!(outcome.took < Duration::from_secs(8), "{outcome}");
    assert_eq!(writes(&cloud).len(), 0);
    assert!(workspace.state().instance(IMAGE).is_none());
}

#[test]
fn the_wait_survives_any_number_of_failed_polls() {
    let cloud = start_endless();
    let workspace = workspace(&cloud);
    let mut run = workspace.start(&APPLY);
    run.until("polls of the image", || cloud.request_count() > 5);
    // With the usual interval of 20 seconds, these are more than ten minutes.
    for fault in [Fault::reset(), Fault::html(502), Fault::status(500), Fault::html(404)] {
        let before = polls(&cloud).len();
        let outage = cloud.fail_always(When::any(), fault);
        run.until("polls in vain", || polls(&cloud).len() > before + 10);
        outage.off();
        let before = polls(&cloud).len();
        run.until("polls again", || polls(&cloud).len() > before + 1);
    }
    cloud.finish_all();
    run.finish().ok();
    workspace.is_settled();
    assert_eq!(workspace.state().attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert_eq!(writes(&cloud).len(), 1);
}

#[test]
fn an_image_that_cannot_be_read_until_the_deadline_is_in_the_state_and_never_created_twice() {
    for fault in [Fault::reset(), Fault::html(502), Fault::status(403)] {
        let cloud = start();
        cloud.fail_always(When::path("/images/"), fault.clone());
        let image = Image::new().set("timeouts", "{ create = \"1500ms\" }");
        let workspace = Workspace::new(&main(&cloud, &image));
        let outcome = workspace.apply();
        let id = cloud.image_ids(NAME)[0].clone();
        outcome.error().says(&["timed out", "Last trouble", &id, "terraform untaint"]);
        let state = workspace.state();
        assert_eq!(state.attributes(IMAGE)["id"], *id, "{fault:?}");
        assert_eq!(state.attributes(IMAGE)["version_id"], *cloud.version_ids(&id)[0]);
        assert!(state.is_tainted(IMAGE));

        // As advised.
        cloud.clear_faults();
        workspace.run(&["untaint", IMAGE]).ok();
        workspace.main(&main(&cloud, &Image::new()));
        let state = workspace.step();
        assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");
        assert_eq!((writes(&cloud).len(), cloud.images_created()), (1, 1), "{fault:?}");
    }
}

#[test]
fn a_refresh_that_is_refused_is_not_repeated_and_leaves_the_state_as_it_is() {
    let cloud = start();
    let workspace = workspace(&cloud);
    let before = workspace.step();
    for status in [400, 403, 409, 422] {
        cloud.forget_requests();
        let outage = cloud.fail_always(When::label("get"), Fault::status(status));
        let refresh = ["apply", "-json", "-input=false", "-refresh-only", "-auto-approve"];
        let outcome = workspace.run(&refresh);
        outcome.error().says(&[&format!("HTTP status: {status}"), "Trace id"]);
        assert_eq!(polls(&cloud).len(), 1, "{status}");
        assert_eq!(workspace.state().text, before.text);
        outage.off();
    }
    workspace.is_settled();
}

#[test]
fn copies_that_cannot_be_read_hold_no_import_up() {
    let cloud = start();
    cloud.set_lifecycle(Some(Lifecycle::import()));
    cloud.fail_always(When::label("copies"), Fault::status(500));
    let workspace = workspace(&cloud);
    let outcome = workspace.apply().ok();
    // The image itself can be read every 50 ms.
    let gaps = cloud.poll_gaps(&cloud.image_ids(NAME)[0]);
    assert_eq!(workspace.state().attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert!(gaps.iter().all(|gap| *gap < Duration::from_secs(2)), "{gaps:?}\n{outcome}");
}
