//! Creating an object, with failures and interruptions.

use std::time::{Duration, Instant};

use super::cloud::Making;
use super::{begin, change, image};

/// What counts as at once, even on a busy computer. It takes some hundredths of a second.
const AT_ONCE: Duration = Duration::from_secs(3);

const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

#[test]
fn an_object_is_created_stays_as_it_is_and_is_deleted() {
    let setting = begin(&image("a", "tags = { team = \"web\" }"));
    let state = setting.workspace.step();
    let attributes = state.attributes("sketch_image.a");
    assert_eq!((&attributes["id"], &attributes["status"]), (&"img-1".into(), &"ready".into()));
    assert_eq!(setting.cloud.only().tags["team"], "web");
    setting.workspace.destroy().ok();
    assert_eq!(setting.cloud.calls(), ["create a", "delete img-1 op-1"]);
    assert!(setting.cloud.inside().items.is_empty());
}

#[test]
fn a_failed_object_is_stored_so_that_it_can_be_replaced() {
    let setting = begin(&image("a", ""));
    setting.cloud.inside().making = Making::Fails;
    setting.workspace.apply().error().says(&["The image is not ready", "It is failed."]);
    let state = setting.workspace.state();
    assert!(state.is_tainted("sketch_image.a"), "{}", state.text);
    assert_eq!(state.attributes("sketch_image.a")["id"], "img-1");

    setting.cloud.inside().making = Making::Succeeds;
    assert_eq!(setting.workspace.plan().exits(2).changes(), [change("a", "replace")]);
    setting.workspace.step();
    // Terraform does not pass on the private state of a tainted object.
    assert_eq!(setting.cloud.calls(), ["create a", "delete img-1 ", "create a"]);
    assert_eq!(setting.cloud.inside().items.keys().collect::<Vec<_>>(), ["img-2"]);
}

#[test]
fn an_interrupted_wait_continues_with_the_next_apply() {
    let setting = begin(&image("a", ""));
    setting.cloud.inside().making = Making::GoesOn;
    let mut run = setting.workspace.start(&APPLY);
    run.until("the wait", || setting.cloud.inside().looks > 2);
    let interrupted = Instant::now();
    run.interrupt();
    let outcome = run.finish();
    assert!(interrupted.elapsed() < AT_ONCE, "{outcome}");
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["Interrupted while waiting", "apply again to keep waiting"]);
    let state = setting.workspace.state();
    assert!(!state.is_tainted("sketch_image.a"), "{}", state.text);
    assert_eq!(state.attributes("sketch_image.a")["status"], "creating");

    let planned = setting.workspace.plan().exits(2);
    assert_eq!(planned.changes(), [change("a", "update")]);
    setting.cloud.inside().making = Making::Succeeds;
    let state = setting.workspace.step();
    assert_eq!(state.attributes("sketch_image.a")["status"], "ready");
    assert_eq!(setting.cloud.calls(), ["create a"], "nothing is made or changed twice");
    // The private state was kept.
    setting.workspace.destroy().ok();
    assert_eq!(setting.cloud.calls(), ["delete img-1 op-1"]);
}

#[test]
fn an_interruption_does_not_cancel_the_request_that_creates() {
    let setting = begin(&image("a", ""));
    {
        let mut inside = setting.cloud.inside();
        inside.delay = Duration::from_secs(1);
        inside.making = Making::GoesOn;
    }
    let mut run = setting.workspace.start(&APPLY);
    run.until("the request", || setting.cloud.inside().being_asked == 1);
    run.interrupt();
    run.finish();
    let state = setting.workspace.state();
    assert_eq!(state.attributes("sketch_image.a")["id"], "img-1");
    assert!(!state.is_tainted("sketch_image.a"), "{}", state.text);
}

#[test]
fn a_creation_that_takes_too_long_is_an_error_that_keeps_the_object() {
    let setting = begin(&image("a", "timeouts = { create = \"1s\" }"));
    setting.cloud.inside().making = Making::GoesOn;
    let outcome = setting.workspace.apply();
    outcome.error().says(&["The image is not ready", "(1s) has run out", "last seen creating"]);
    assert!(outcome.took < Duration::from_secs(15), "{outcome}");
    let state = setting.workspace.state();
    assert!(state.is_tainted("sketch_image.a"), "{}", state.text);
    assert_eq!(state.attributes("sketch_image.a")["id"], "img-1");

    // Users who know that it will be ready soon can untaint it.
    setting.workspace.run(&["untaint", "sketch_image.a"]).ok();
    setting.cloud.inside().making = Making::Succeeds;
    let state = setting.workspace.step();
    assert_eq!(state.attributes("sketch_image.a")["status"], "ready");
    assert_eq!(setting.cloud.calls(), ["create a"]);
}

#[test]
fn a_bug_is_an_error_of_its_object_alone() {
    let setting = begin(&(image("a", "") + &image("b", "")));
    setting.cloud.inside().bug = Some("a".to_owned());
    let error = setting.workspace.apply().error();
    error.says(&["The provider has a bug", "cannot cope with a"]);
    let state = setting.workspace.state();
    assert!(state.instance("sketch_image.a").is_none(), "{}", state.text);
    assert_eq!(state.attributes("sketch_image.b")["status"], "ready");
    // The provider still works.
    setting.cloud.inside().bug = None;
    setting.workspace.step();
}
