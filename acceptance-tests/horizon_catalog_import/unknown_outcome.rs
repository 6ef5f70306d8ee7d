//! Answers to a creation that never arrive.

use std::time::{Duration, Instant};

use serde_json::json;
use simulated_clouds::horizon::{Change, Fault, Progress, When};

use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, NAME, posts, start, start_endless, workspace};

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

#[test]
fn an_image_whose_answer_got_lost_is_found_by_its_name_and_adopted() {
    for fault in [
        Fault::cut_after_handling(),
        Fault::status(502).after_handling(),
        Fault::status(500).after_handling(),
        Fault::html(504).after_handling(),
        Fault::truncated(),
        Fault::cut_body(),
        Fault::body(201, "text/html", "<html>Created</html>").after_handling(),
        Fault::json(200, &json!({ "streamName": NAME })).after_handling(),
    ] {
        let cloud = start();
        cloud.fail(When::label("create"), 1, fault.clone());
        let workspace = workspace(&cloud);
        let outcome = workspace.apply().ok();
        let id = cloud.image_ids(NAME)[0].clone();
        let warnings = outcome.warnings();
        assert_eq!(warnings.len(), 1, "{fault:?}\n{outcome}");
        warnings[0].says(&["found by its name", NAME, &id, "got lost"]);
        assert_eq!((posts(&cloud), cloud.images_created()), (1, 1), "{fault:?}");
        let state = workspace.state();
        assert_eq!(state.attributes(IMAGE)["id"], *id);
        assert_eq!(state.attributes(IMAGE)["version_id"], *cloud.version_ids(&id)[0]);
        assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");
        workspace.is_settled();
    }
}

#[test]
fn an_image_that_the_list_shows_late_is_adopted_as_well() {
    let cloud = start();
    cloud.set_list_lag(Progress::Polls(2));
    cloud.fail(When::label("create"), 1, Fault::cut_after_handling());
    let workspace = workspace(&cloud);
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["id"], *cloud.image_ids(NAME)[0]);
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 1));
}

#[test]
fn of_several_new_images_none_is_adopted() {
    let cloud = start();
    cloud.change_after_lists(1, Change::Insert(NAME.to_owned()));
    cloud.fail(When::label("create"), 1, Fault::cut_after_handling());
    let workspace = workspace(&cloud);
    let outcome = workspace.apply();
    let error = outcome.error();
    error.says(&["already exist", NAME, "import {", "terraform import"]);
    for id in cloud.image_ids(NAME) {
        error.says(&[&id]);
    }
    assert_eq!(posts(&cloud), 1);
    assert!(workspace.state().instance(IMAGE).is_none());
}

/// The search goes on for half a minute: the list may lag behind.
#[test]
fn without_any_new_image_the_outcome_is_unknown_and_nothing_is_sent_again() {
    let cloud = start();
    cloud.fail(When::label("create"), 1, Fault::reset());
    let workspace = workspace(&cloud);
    let at = Instant::now();
    let outcome = workspace.apply();
    assert!(at.elapsed() > Duration::from_secs(25), "{:?}", at.elapsed());
    outcome.error().says(&["unknown", NAME, "import {", "terraform import", "Apply again"]);
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 0));
    assert!(workspace.state().instance(IMAGE).is_none());
    workspace.step();
    assert_eq!((posts(&cloud), cloud.images_created()), (2, 1));
}

#[test]
fn a_request_that_certainly_was_not_processed_is_sent_again() {
    let cloud = start();
    let throttled = Fault::status(429).retry_after("1");
    cloud.fail(When::label("create"), 1, throttled);
    cloud.fail(When::label("create").after(1), 1, Fault::status(401));
    workspace(&cloud).step();
    assert_eq!((posts(&cloud), cloud.images_created()), (3, 1));
}

/// A loss of power between the request and its answer.
#[test]
fn after_a_crash_the_next_apply_finds_the_image_and_creates_nothing() {
    let cloud = start_endless();
    let late = Fault::slow(Duration::from_secs(60)).after_handling();
    cloud.fail(When::label("create"), 1, late);
    let workspace = workspace(&cloud);
    let mut run = workspace.start(&APPLY);
    run.until("the creation", || cloud.images_created() == 1);
    run.kill();
    let id = cloud.image_ids(NAME)[0].clone();
    let _ = std::fs::remove_file(workspace.path().join(".terraform.tfstate.lock.info"));
    let error = workspace.apply().error();
    error.says(&["already exists", &id, "still being imported", "import {"]);
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 1));
    // As the error says.
    let import = format!("import {{\n  to = {IMAGE}\n  id = {id:?}\n}}\n");
    workspace.write("import.tf", &import);
    cloud.finish_all();
    cloud.set_lifecycle(None);
    let state = Workspace::step(&workspace);
    assert_eq!(state.attributes(IMAGE)["id"], *id);
    assert_eq!(cloud.images_created(), 1);
}
