//! A provider whose Terraform is killed.

use std::time::{Duration, Instant};

use simulated_clouds::ucloud::{Fault, Simulation, When};

use super::leftovers::left;
use crate::harness::{Workspace, eventually, provider_of, ucloud};

const ANY: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";

/// When the process and its socket have to be gone.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn a_provider_does_not_outlive_a_terraform_that_is_killed() {
    let cloud = Simulation::start();
    cloud.fail_always(When::any(), Fault::hang());
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ANY));
    let mut run = workspace.start(&["plan", "-json", "-input=false"]);
    run.until("the request that hangs", || cloud.in_flight() == 1);
    let provider = provider_of(&run);
    assert!(provider.is_some() || !cfg!(target_os = "linux"));
    assert_eq!(left(&workspace), 1, "the socket");
    run.kill_alone();
    let killed = Instant::now();
    eventually("the provider and its socket are gone", || {
        left(&workspace) == 0 && !provider.is_some_and(|provider| provider.runs())
    });
    assert!(killed.elapsed() < SOON, "{:?}", killed.elapsed());
    assert_eq!(cloud.in_flight(), 0);
}
