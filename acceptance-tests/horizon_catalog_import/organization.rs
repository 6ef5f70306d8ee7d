//! A configuration of another organization, which knows nothing of the image.

use simulated_clouds::horizon::{API_TOKEN, ORG_ID};

use super::Imported;
use crate::harness::horizon::{IMAGE, Image, addresses, block, with, writes};

const OTHER: &str = "0a1b2c3d-0000-4000-8000-0000000000ff";

/// The usual image, imported, and then a provider configured for the other organization.
fn strayed() -> Imported {
    let made = Imported::by(with(|builder| builder.other_org(OTHER)), &Image::new());
    made.workspace.main(&configuration(&made, OTHER));
    made
}

fn configuration(made: &Imported, org_id: &str) -> String {
    let addresses = addresses(&made.cloud);
    block(&format!("{addresses}api_token = {API_TOKEN:?}\norg_id = {org_id:?}"))
        + &Image::new().text("golden")
}

#[test]
fn an_image_of_another_organization_is_not_taken_for_deleted() {
    let made = strayed();
    let error = made.workspace.plan().error();
    error.says(&[
        "another organization",
        &made.id,
        ORG_ID,
        OTHER,
        "horizon.org_id",
        "HORIZON_ORG_ID",
    ]);
    assert_eq!(error.address, IMAGE);
    assert!(made.workspace.state().instance(IMAGE).is_some());
    // Back to the right one nothing has changed.
    made.workspace.main(&configuration(&made, ORG_ID));
    made.workspace.is_settled();
    assert_eq!(writes(&made.cloud).len(), 0);
}

#[test]
fn an_image_of_another_organization_is_not_forgotten_by_a_destroy() {
    let made = strayed();
    for arguments in [
        &["destroy", "-json", "-auto-approve"][..],
        &["destroy", "-json", "-auto-approve", "-refresh=false"],
    ] {
        made.workspace.run(arguments).error().says(&["another organization", ORG_ID, OTHER]);
        assert!(made.workspace.state().instance(IMAGE).is_some());
        assert_eq!(made.cloud.image_count(), 1);
    }
    made.workspace.main(&configuration(&made, ORG_ID));
    made.workspace.destroy().ok();
    assert_eq!(made.cloud.image_count(), 0);
}
