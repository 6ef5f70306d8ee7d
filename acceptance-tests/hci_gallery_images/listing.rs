//! All images of a resource group or of the subscription.

use serde_json::json;
use simulated_clouds::arm::{Fault, ListLink, Quirk, RESOURCE_GROUP, SUBSCRIPTION_ID, When};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, id};

const ALL: &str = "data.cloudimages_hci_gallery_images.all";

fn main(azure: &Azure, arguments: &str) -> String {
    azure.provider()
        + &format!("data \"cloudimages_hci_gallery_images\" \"all\" {{ {arguments} }}\n")
}

#[test]
fn every_page_is_followed_and_the_images_come_in_order() {
    let azure = Azure::stocked();
    let group = format!("resource_group_name = {RESOURCE_GROUP:?}");
    let workspace = Workspace::new(&main(&azure, &group));
    for (link, requests) in [(ListLink::Normal, 3), (ListLink::EmptyPageFirst, 4)] {
        azure.arm.set_list_link(link);
        azure.arm.forget_requests();
        workspace.apply().ok();
        assert_eq!(azure.arm.request_count(), requests);
        let state = workspace.state();
        let found = &state.attributes(ALL)["images"];
        let ids: Vec<_> =
            found.as_array().unwrap().iter().map(|image| image["id"].as_str().unwrap()).collect();
        let expected: Vec<_> = (0..7).map(|n| id(&format!("image-{n}"))).collect();
        assert_eq!(ids, expected);
    }
    workspace.is_settled();
    let of_group = workspace.state().attributes(ALL)["id"].clone();

    workspace.main(&main(&azure, ""));
    azure.arm.set_quirk(Quirk::LowerCaseIds, true);
    let state = workspace.step();
    let found = &state.attributes(ALL)["images"];
    assert_eq!(found.as_array().unwrap().len(), 8);
    let elsewhere = found.as_array().unwrap().iter().find(|one| one["name"] == "elsewhere");
    let elsewhere = elsewhere.unwrap();
    assert_eq!(elsewhere["resource_group_name"], "Other-RG");
    assert_eq!(elsewhere["tags"], json!({"a": "b"}));
    assert!(elsewhere["id"].as_str().unwrap().contains("/galleryImages/"), "{elsewhere}");
    assert_eq!(elsewhere["image_path"], json!(null));
    assert_ne!(state.attributes(ALL)["id"], of_group);
}

#[test]
fn nothing_is_an_empty_list() {
    let azure = Azure::start();
    let workspace = Workspace::new(&main(&azure, ""));
    let state = workspace.step();
    assert_eq!(state.attributes(ALL)["images"], json!([]));
    assert_eq!(state.attributes(ALL)["id"], format!("/subscriptions/{SUBSCRIPTION_ID}"));
}

#[test]
fn a_list_with_links_elsewhere_or_in_a_cycle_or_that_is_refused_is_an_error() {
    let elsewhere = Azure::start();
    let azure = Azure::stocked();
    let workspace = Workspace::new(&main(&azure, ""));
    azure.arm.set_list_link(ListLink::OtherHost(elsewhere.arm.url()));
    workspace.plan().error().says(&["ListGalleryImages", &elsewhere.arm.url()]);
    assert_eq!(elsewhere.arm.request_count(), 0);
    azure.arm.set_list_link(ListLink::Cycle);
    workspace.plan().error().says(&["Cannot list the gallery images: unexpected response"]);
    azure.arm.set_list_link(ListLink::Normal);
    let busy = Fault::status(429).retry_after("1");
    azure.arm.fail(When::label("list").after(1), 1, busy);
    workspace.plan().ok();
    azure.arm.fail(When::label("list"), 1, Fault::status(403).code("AuthorizationFailed"));
    workspace.plan().error().says(&["Cannot list the gallery images: not allowed", "role"]);
    workspace.main(&main(&azure, "resource_group_name = \"No-Such-RG\""));
    workspace.plan().error().says(&["ResourceGroupNotFound", "`resource_group_name`"]);
}
