//! No files are left behind.

use simulated_clouds::ucloud::{Simulation, When, ret_code};

use crate::harness::{Workspace, ucloud};

const ANY: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";

/// How many files there are where the provider had its socket.
pub(super) fn left(workspace: &Workspace) -> usize {
    workspace.temporary().read_dir().unwrap().count()
}

#[test]
fn no_socket_is_left_after_a_run_however_it_ended() {
    let cloud = Simulation::start();
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ANY));
    workspace.apply().ok();
    assert_eq!(left(&workspace), 0);
    cloud.fail_always(When::any(), ret_code(299, "IAM permission error"));
    workspace.plan().fails();
    assert_eq!(left(&workspace), 0);
}
