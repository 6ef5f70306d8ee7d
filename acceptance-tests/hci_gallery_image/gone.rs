//! Who may say that an image is gone: the service itself, twice.

use std::time::Duration;

use serde_json::json;
use simulated_clouds::arm::{Fault, RESOURCE_GROUP, Switch, When};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image, no_route};

const REFRESH: [&str; 4] = ["apply", "-json", "-refresh-only", "-auto-approve"];
const DESTROY: [&str; 4] = ["destroy", "-json", "-auto-approve", "-refresh=false"];

/// What gateways say that do not know the way.
fn gateways() -> [Fault; 5] {
    [
        no_route(),
        Fault::empty(404),
        Fault::html(404),
        Fault::body(404, "text/plain", "404 page not found\n"),
        Fault::json(404, &json!({"statusCode": 404, "message": "Resource not found"})),
    ]
}

fn created() -> (Azure, Workspace) {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.apply().ok();
    azure.arm.forget_requests();
    (azure, workspace)
}

#[test]
fn a_gateway_that_does_not_know_the_way_is_no_proof_that_an_image_is_gone() {
    let (azure, workspace) = created();
    for fault in gateways() {
        let shown = format!("{fault:?}");
        let switch = azure.arm.fail_always(When::label("get"), fault);
        let error = workspace.run(&REFRESH).error();
        error.says(&["GetGalleryImage", "404"]);
        assert_eq!(error.address, IMAGE, "{shown}");
        assert!(workspace.state().instance(IMAGE).is_some(), "{shown}");
        switch.off();
    }
    workspace.plan().ok();
    assert_eq!(azure.writes(), 0);
}

#[test]
fn a_gateway_that_does_not_know_the_way_is_no_proof_of_a_deletion() {
    let (azure, workspace) = created();
    for fault in gateways() {
        let shown = format!("{fault:?}");
        let switch = azure.arm.fail_always(When::label("delete"), fault);
        workspace.run(&DESTROY).error().says(&["DeleteGalleryImage", "404"]);
        assert!(workspace.state().instance(IMAGE).is_some(), "{shown}");
        assert_eq!(azure.arm.image_count(), 1, "{shown}");
        switch.off();
    }
    workspace.destroy().ok();
    assert_eq!(azure.arm.image_count(), 0);
}

#[test]
fn a_deletion_that_cannot_be_watched_is_waited_for() {
    for fault in gateways() {
        let (azure, workspace) = created();
        azure.arm.set_duration(Duration::from_secs(60));
        let looks = ["get", "poll"].map(|label| {
            // At first the deletion is seen to run.
            azure.arm.fail_always(When::label(label).after(1), fault.clone())
        });
        let mut run = workspace.start(&DESTROY);
        run.until("looks in vain", || azure.sent("GET").len() > 8);
        assert_eq!(azure.arm.image_count(), 1, "{fault:?}");
        assert!(workspace.state().instance(IMAGE).is_some(), "{fault:?}");
        looks.into_iter().for_each(Switch::off);
        azure.arm.end_operations();
        run.finish().ok();
        assert_eq!((azure.arm.image_count(), azure.sent("DELETE").len()), (0, 1), "{fault:?}");
        assert!(workspace.state().instance(IMAGE).is_none(), "{fault:?}");
    }
}

#[test]
fn an_image_is_gone_when_the_service_says_so_twice() {
    let (azure, workspace) = created();
    // Once may be a front end that lags behind.
    azure.arm.fail(When::label("get"), 1, Fault::status(404));
    workspace.plan().ok();
    assert_eq!(azure.sent("GET").len(), 2);
    azure.arm.fail(When::label("get"), 1, Fault::status(404));
    workspace.run(&REFRESH).ok();
    assert!(workspace.state().instance(IMAGE).is_some());

    azure.arm.remove_image(RESOURCE_GROUP, "golden");
    workspace.run(&REFRESH).ok();
    assert!(workspace.state().instance(IMAGE).is_none());
    workspace.step();
}
