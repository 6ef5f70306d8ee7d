//! Ctrl-C and time limits, while the service does not respond.

use std::time::{Duration, Instant};

use simulated_clouds::ucloud::{Fault, Simulation, When, generated};

use crate::harness::{Workspace, eventually, ucloud};

const ANY: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";

/// What counts as at once, even on a busy computer. It takes some hundredths of a second.
const AT_ONCE: Duration = Duration::from_secs(3);

#[test]
fn an_interruption_ends_a_read_that_hangs() {
    let cloud = Simulation::start();
    cloud.fail_always(When::any(), Fault::hang());
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ANY));
    let mut run = workspace.start(&["plan", "-json", "-input=false"]);
    run.until("the request that hangs", || cloud.in_flight() == 1);
    let interrupted = Instant::now();
    run.interrupt();
    let outcome = run.finish().fails();
    assert!(interrupted.elapsed() < AT_ONCE, "{outcome}");
    let errors = outcome.errors_about("data.cloudimages_ucloud_images.any");
    assert_eq!(errors.len(), 1, "{outcome}");
    errors[0].says(&["Interrupted", "Nothing was changed"]);
    eventually("the connection is closed", || cloud.in_flight() == 0);
    assert_eq!(cloud.request_count(), 1);
}

#[test]
fn an_interruption_ends_the_pause_before_a_retry() {
    let cloud = Simulation::start();
    cloud.fail_always(When::any(), Fault::status(429).retry_after("60"));
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ANY));
    let mut run = workspace.start(&["plan", "-json", "-input=false"]);
    run.until("the refused request", || cloud.request_count() == 1 && cloud.in_flight() == 0);
    let interrupted = Instant::now();
    run.interrupt();
    let outcome = run.finish().fails();
    assert!(interrupted.elapsed() < AT_ONCE, "{outcome}");
    assert_eq!(cloud.request_count(), 1);
}

#[test]
fn a_read_takes_no_longer_than_its_time_limit() {
    let cloud = Simulation::builder().images(generated(300)).page_cap(100).start();
    // The first page comes, the others do not.
    for offset in [100, 200] {
        cloud.fail_offset(offset, 1_000, Fault::stalled_body());
    }
    let main = ucloud::provider(&cloud)
        + "data \"cloudimages_ucloud_images\" \"any\" {\n  timeouts = { read = \"2s\" }\n}\n";
    let outcome = Workspace::new(&main).plan();
    let error = outcome.error();
    error.says(&["Cannot list the images: timed out", "Region: cn-bj2", "Raise `timeouts.read`"]);
    assert!(outcome.took > Duration::from_secs(2), "{outcome}");
    // Far less than the 30 seconds of one attempt.
    assert!(outcome.took < Duration::from_secs(15), "{outcome}");
}
