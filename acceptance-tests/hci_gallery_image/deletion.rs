//! Deleting an image, until it is gone.

use simulated_clouds::arm::{Lro, Outcome, RESOURCE_GROUP};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image};

#[test]
fn a_deletion_is_over_when_the_image_is_gone_in_all_forms_of_the_protocol() {
    for style in
        [Lro::async_operation(), Lro::both(), Lro::none().accepted_with(202), Lro::synchronous()]
    {
        let azure = Azure::start();
        azure.arm.set_delete_style(style.clone());
        let workspace = Workspace::new(&azure.main(&Image::new()));
        workspace.apply().ok();
        workspace.destroy().ok();
        assert_eq!((azure.arm.image_count(), azure.sent("DELETE").len()), (0, 1), "{style:?}");
        assert!(workspace.state().instance(IMAGE).is_none());
    }
}

#[test]
fn a_deletion_that_fails_is_an_error_at_once_and_keeps_the_image() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.apply().ok();
    azure.arm.set_delete_style(Lro::async_operation());
    azure.arm.set_delete_outcome(Outcome::failed("NodeDown", "The node does not answer."));
    workspace.destroy().error().says(&[
        "Cannot delete the gallery image: the service reports a failure",
        "NodeDown",
        "The node does not answer.",
        "x-ms-request-id",
    ]);
    assert!(workspace.state().instance(IMAGE).is_some());
    azure.arm.set_delete_outcome(Outcome::succeeded());

    azure.arm.set_in_use(RESOURCE_GROUP, "golden", true);
    azure.arm.forget_requests();
    let error = workspace.destroy().error();
    error.says(&[
        "Cannot delete the gallery image: it is in use",
        "GalleryImageInUse",
        "Delete the virtual machines that use the image",
        "terraform state rm",
    ]);
    assert_eq!(azure.sent("DELETE").len(), 1);
    assert!(workspace.state().instance(IMAGE).is_some());
    azure.arm.set_in_use(RESOURCE_GROUP, "golden", false);
    azure.arm.refuse_deletes(1, "ScopeLocked", "The scope is locked.");
    workspace.destroy().error().says(&["ScopeLocked", "Remove the lock first"]);
    workspace.destroy().ok();
    assert_eq!(azure.arm.image_count(), 0);
}
