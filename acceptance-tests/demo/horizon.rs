//! A Horizon Cloud that imports an image in a few steps. Acceptance tests of the
//! demonstration's configuration use it as well.

use std::time::Duration;

use simulated_clouds::horizon::{API_TOKEN, Lifecycle, Progress, Simulation, Step};

/// Stands for a password.
const PASSWORD: &str = "Made-Up-Passw0rd!";

/// Starts it. Each step of an import takes `step`.
pub(crate) fn start(step: Duration) -> Simulation {
    let cloud = Simulation::start();
    let at_work = |copy: &str| Step::new("IN_PROGRESS", "IMPORT_IN_PROGRESS", copy);
    let lasts = |steps: Vec<Step>| Lifecycle::new(steps).each_lasts(Progress::Wall(step));
    cloud.set_lifecycle(Some(lasts(vec![
        Step::new("PENDING", "PENDING", "IMPORT_PENDING"),
        at_work("DEPLOYING_VM"),
        at_work("INSTALLING_AGENTS"),
        Step::new("IMPORT_COMPLETE", "IMPORT_COMPLETE", "IMPORT_COMPLETE"),
    ])));
    cloud
}

/// The values of the variables of `examples/demo`.
pub(crate) fn variables() -> [(&'static str, String); 1] {
    [("image_password", PASSWORD.to_owned())]
}

/// The login, and where both services are, in the variables that the provider reads.
pub(crate) fn environment(cloud: &Simulation) -> [(&'static str, String); 3] {
    [
        ("HORIZON_API_TOKEN", API_TOKEN.to_owned()),
        ("HORIZON_ENDPOINT", cloud.url()),
        ("HORIZON_CSP_URL", cloud.csp_url()),
    ]
}
