//! Who may say that an image is gone: the service itself, twice.

use serde_json::json;
use simulated_clouds::horizon::{Fault, Lifecycle, Progress, Switch, When};

use super::{Imported, planned};
use crate::harness::horizon::{IMAGE, Image, start, writes};

const REFRESH: [&str; 4] = ["apply", "-json", "-refresh-only", "-auto-approve"];
const DESTROY: [&str; 4] = ["destroy", "-json", "-auto-approve", "-refresh=false"];

/// What gateways say that do not know the way.
fn gateways() -> [Fault; 4] {
    [
        Fault::empty(404),
        Fault::html(404),
        Fault::body(404, "text/plain", "404 page not found\n"),
        Fault::json(404, &json!({"statusCode": 404, "message": "Resource not found"})),
    ]
}

#[test]
fn an_image_is_gone_when_the_service_says_so_twice() {
    let made = Imported::new();
    // Once may be a front end that lags behind.
    made.cloud.fail(When::label("get"), 1, Fault::status(404));
    made.workspace.plan().ok();
    let looks = made.cloud.requests_to("GET", &format!("/images/{}", made.id));
    assert_eq!(looks.iter().map(|look| look.status.unwrap()).collect::<Vec<_>>(), [404, 200]);
    made.cloud.fail(When::label("get"), 1, Fault::status(404));
    made.workspace.run(&REFRESH).ok();
    assert!(made.workspace.state().instance(IMAGE).is_some());

    assert!(made.cloud.remove_image(&made.id));
    let outcome = made.workspace.plan().exits(2);
    assert_eq!(outcome.changes(), planned("create"));
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&[&made.id]);
    made.workspace.run(&REFRESH).ok();
    assert!(made.workspace.state().instance(IMAGE).is_none());
    let state = made.workspace.step();
    assert_ne!(state.attributes(IMAGE)["id"], *made.id);
}

#[test]
fn a_gateway_that_does_not_know_the_way_is_no_proof_that_an_image_is_gone() {
    let made = Imported::new();
    for label in ["get", "get-version"] {
        for fault in gateways() {
            let shown = format!("{label}: {fault:?}");
            let switch = made.cloud.fail_always(When::label(label), fault);
            let outcome = made.workspace.plan();
            assert_eq!(outcome.code, Some(1), "{shown}\n{outcome}");
            let error = outcome.error();
            error.says(&["404"]);
            assert_eq!(error.address, IMAGE, "{shown}");
            assert!(made.workspace.state().instance(IMAGE).is_some(), "{shown}");
            switch.off();
        }
    }
    // Nothing depends on the copies.
    for fault in gateways() {
        let switch = made.cloud.fail_always(When::label("copies"), fault);
        assert!(made.workspace.plan().ok().changes().is_empty());
        switch.off();
    }
    made.workspace.is_settled();
    assert_eq!(writes(&made.cloud).len(), 0);
}

#[test]
fn a_refused_or_failing_read_is_an_error_that_keeps_the_image() {
    let made = Imported::of(&Image::new().set("timeouts", "{ read = \"1s\" }"));
    for (fault, fragments) in [
        (Fault::status(403), &["GetImage", "FORBIDDEN", "403", "Administrator"][..]),
        (Fault::status(503), &["GetImage", "503"]),
        (Fault::hang(), &["GetImage"]),
    ] {
        let switch = made.cloud.fail_always(When::label("get"), fault);
        made.workspace.plan().error().says(fragments);
        assert!(made.workspace.state().instance(IMAGE).is_some());
        switch.off();
    }
    made.workspace.is_settled();
    assert_eq!(writes(&made.cloud).len(), 0);
}

#[test]
fn a_gateway_that_does_not_know_the_way_is_no_proof_of_a_deletion() {
    let made = Imported::new();
    for label in ["versions", "delete"] {
        for fault in gateways() {
            let shown = format!("{label}: {fault:?}");
            let switch = made.cloud.fail_always(When::label(label), fault);
            made.workspace.run(&DESTROY).error().says(&["404"]);
            assert!(made.workspace.state().instance(IMAGE).is_some(), "{shown}");
            assert_eq!(made.cloud.image_count(), 1, "{shown}");
            switch.off();
        }
    }
    made.workspace.destroy().ok();
    assert_eq!(made.cloud.image_count(), 0);
}

#[test]
fn a_deletion_that_cannot_be_watched_is_waited_for() {
    for fault in gateways() {
        let cloud = start();
        cloud.set_deletion(Lifecycle::deletion().each_lasts(Progress::Endless));
        let made = Imported::by(cloud, &Image::new());
        let switch: Switch = made.cloud.fail_always(When::label("get"), fault.clone());
        let mut run = made.workspace.start(&DESTROY);
        run.until("looks in vain", || made.sent("GET").len() > 6);
        assert_eq!(made.cloud.image_count(), 1, "{fault:?}");
        assert!(made.workspace.state().instance(IMAGE).is_some(), "{fault:?}");
        switch.off();
        made.cloud.finish_all();
        run.finish().ok();
        assert_eq!((made.cloud.image_count(), made.sent("DELETE").len()), (0, 1), "{fault:?}");
        assert!(made.workspace.state().instance(IMAGE).is_none(), "{fault:?}");
    }
}

#[test]
fn one_list_that_lags_behind_does_not_skip_a_deletion() {
    let made = Imported::of(&Image::new().set("timeouts", "{ delete = \"5s\" }"));
    // The image is there, and so is its version.
    made.cloud.fail(When::label("versions"), 1, Fault::status(404));
    made.workspace.run(&DESTROY).ok();
    assert_eq!((made.sent("DELETE").len(), made.cloud.image_count()), (1, 0));
}
