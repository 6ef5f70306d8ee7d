//! Transient failures are retried, permanent ones are not, and time limits are kept.

use std::time::Duration;

use simulated_clouds::batch::{Fault, Simulation};

use crate::harness::{Workspace, batch, eventually};

/// An account whose first requests fail.
fn failing(times: usize, fault: Fault) -> Simulation {
    let cloud = Simulation::builder().start();
    cloud.fail_next(times, fault);
    cloud
}

/// One data source for each account.
fn each(clouds: &[(&str, Simulation)], arguments: &str) -> Workspace {
    let look_up = |(name, cloud): &(&str, Simulation)| {
        batch::aliased(name, "", &batch::access(cloud)) + &batch::all_by(name, arguments)
    };
    Workspace::new(&clouds.iter().map(look_up).collect::<String>())
}

#[test]
fn transient_failures_are_retried() {
    let clouds = [
        ("s408", failing(1, Fault::status(408))),
        ("s429", failing(1, Fault::status(429))),
        ("s500", failing(1, Fault::status(500))),
        ("s502", failing(1, Fault::html(502))),
        ("s503", failing(2, Fault::status(503))),
        ("s504", failing(1, Fault::empty(504))),
        ("busy", failing(1, Fault::status(400).code("ServerBusy"))),
        ("late", failing(1, Fault::status(409).code("operationtimedout"))),
        ("reset", failing(1, Fault::reset())),
        ("cut", failing(1, Fault::cut_after_handling())),
    ];
    each(&clouds, "").plan().ok();
    for (name, cloud) in &clouds {
        let requests = cloud.requests();
        let expected = if *name == "s503" { 3 } else { 2 };
        assert_eq!(requests.len(), expected, "requests of {name}");
        let ids: Vec<_> = requests.iter().map(|r| r.header("client-request-id")).collect();
        assert_ne!(ids[0], ids[1], "{name}");
    }
    // Pauses grow.
    let at: Vec<_> = clouds[4].1.requests().iter().map(|request| request.at).collect();
    assert!(at[2] - at[1] > at[1] - at[0], "{at:?}");
}

#[test]
fn a_pause_that_the_service_asks_for_is_kept_and_signed_with_a_new_date() {
    let later = std::time::SystemTime::now() + Duration::from_secs(4);
    let clouds = [
        ("seconds", failing(1, Fault::status(429).retry_after("2"))),
        ("date", failing(1, Fault::status(503).retry_after(&httpdate::fmt_http_date(later)))),
    ];
    each(&clouds, "").plan().ok();
    for (name, cloud) in &clouds {
        let requests = cloud.requests();
        assert_eq!(requests.len(), 2, "{name}");
        let pause = requests[1].at - requests[0].at;
        assert!(pause >= Duration::from_millis(1_500), "{name}: {pause:?}");
        let dates = [0, 1].map(|number| requests[number].header("ocp-date"));
        assert_ne!(dates[0], dates[1], "{name}");
    }
}

#[test]
fn permanent_failures_are_not_retried_and_reported_in_full() {
    let clouds = [
        ("s400", failing(9, Fault::status(400))),
        ("s403", failing(9, Fault::status(403).code("AccountIsDisabled").message("No longer."))),
        ("s404", failing(9, Fault::status(404))),
        ("s418", failing(9, Fault::status(418).code("Teapot"))),
    ];
    let outcome = each(&clouds, "").plan().fails();
    for (name, cloud) in &clouds {
        assert_eq!(cloud.request_count(), 1, "requests of {name}");
        let errors =
            outcome.errors_about(&format!("data.cloudimages_batch_supported_images.{name}"));
        assert_eq!(errors.len(), 1, "{outcome}");
        let request = &cloud.requests()[0];
        errors[0].says(&[
            "ListSupportedImages",
            &format!("HTTP status: {}", &name[1..]),
            "RequestId:",
            "Time:",
            &format!("client-request-id: {}", request.header("client-request-id").unwrap()),
            "request-id: ",
        ]);
    }
    outcome.says(&["Code: AccountIsDisabled", "No longer.", "Code: Teapot"]);
}

#[test]
fn no_wait_is_longer_than_the_time_limit() {
    let clouds = [
        ("busy", failing(9, Fault::status(429).retry_after("3600"))),
        ("silent", failing(9, Fault::hang())),
    ];
    let workspace = each(&clouds, "timeouts = { read = \"3s\" }");
    let outcome = workspace.plan().fails();
    let error = |name: &str| {
        outcome.errors_about(&format!("data.cloudimages_batch_supported_images.{name}")).remove(0)
    };
    error("busy").says(&["Code: TooManyRequests", "1h", "of the 3s allowed", "`timeouts.read`"]);
    error("silent").says(&["No answer from 127.0.0.1:", "3s", "`timeouts.read`"]);
    assert!(outcome.took < Duration::from_secs(20), "{outcome}");
    assert_eq!(clouds.map(|(_, cloud)| cloud.request_count()), [1, 1]);
}

#[test]
fn a_page_that_fails_fails_the_list() {
    let cloud = Simulation::builder().page_size(20).start();
    cloud.fail_page(3, 1, Fault::status(503));
    cloud.fail_page(3, 1, Fault::status(403).code("InsufficientAccountPermissions"));
    let workspace = Workspace::new(&(batch::provider(&cloud) + &batch::all("all", "")));
    workspace
        .apply()
        .error()
        .says(&["Code: InsufficientAccountPermissions", "`batch.account_key`"]);
    assert_eq!(cloud.request_count(), 4);
    assert!(!workspace.path().join("terraform.tfstate").exists());
    // The same pages again, all of them.
    let state = workspace.step();
    let list = state.attributes("data.cloudimages_batch_supported_images.all");
    assert_eq!(list["images"].as_array().unwrap().len(), 62);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_wait_at_once() {
    let busy = Fault::status(429).retry_after("200");
    let clouds = [("busy", failing(9, busy)), ("silent", failing(9, Fault::hang()))];
    let workspace = each(&clouds, "");
    let run = workspace.start(&["plan", "-json", "-input=false"]);
    eventually("both are asked", || clouds.iter().all(|(_, cloud)| cloud.request_count() == 1));
    let pressed = std::time::Instant::now();
    run.interrupt();
    let outcome = run.finish().fails();
    assert!(pressed.elapsed() < Duration::from_secs(20), "{outcome}");
    outcome.says(&["nterrupt"]);
}
