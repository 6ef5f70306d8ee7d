//! Arguments that are known only after apply.

use simulated_clouds::ucloud::Simulation;

use crate::harness::{Workspace, ucloud};

#[test]
fn a_data_source_waits_for_an_argument_of_another_resource() {
    let cloud = Simulation::start();
    let main = ucloud::provider(&cloud)
        + "resource \"terraform_data\" \"zone\" {\n  input = \"cn-bj2-05\"\n}\n\
           data \"cloudimages_ucloud_image\" \"one\" {\n  zone = terraform_data.zone.output\n  \
           name = \"CentOS 7.6 64位\"\n}\n";
    let workspace = Workspace::new(&main);
    let changes = workspace.plan().exits(2).changes();
    let read = ("data.cloudimages_ucloud_image.one".to_owned(), "read".to_owned());
    assert!(changes.contains(&read), "{changes:?}");
    assert_eq!(cloud.request_count(), 0);
    let state = workspace.step();
    assert_eq!(state.attributes("data.cloudimages_ucloud_image.one")["id"], "uimage-c076a3");
    assert_eq!(cloud.requests()[0].parameter("Zone"), Some("cn-bj2-05"));
}
