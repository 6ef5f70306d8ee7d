//! Lists of images, as `terraform query` asks for them.

use serde_json::{Value, json};
use simulated_clouds::arm::{Fault, Quirk, RESOURCE_GROUP, SUBSCRIPTION_ID, When};
use simulated_clouds::entra::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};

use crate::harness::hci::Azure;
use crate::harness::newer::{Newer, Query};

fn start(azure: &Azure) -> Newer {
    Newer::start(&json!({ "azure": {
        "subscription_id": SUBSCRIPTION_ID,
        "tenant_id": TENANT_ID,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "active_directory_authority_host": azure.entra.url(),
        "resource_manager_endpoint": azure.arm.url(),
    }}))
}

fn query(config: Value) -> Query<'static> {
    Query { of: "cloudimages_hci_gallery_image", config, whole: false, limit: 0 }
}

#[test]
fn every_image_is_listed_with_its_identity_and_on_request_with_its_attributes() {
    let azure = Azure::stocked();
    azure.arm.set_quirk(Quirk::LowerCaseIds, true);
    let terraform = start(&azure);
    let all = terraform.list(&query(json!({})));
    assert_eq!(all.len(), 8, "{all:?}");
    for image in &all {
        assert_eq!(image.diagnostics, []);
        assert_eq!(image.identity["subscription_id"], SUBSCRIPTION_ID.into());
        assert_eq!(image.identity["name"], image.name.as_str().into());
        assert_eq!(image.object, None);
    }
    let whole = Query { whole: true, ..query(json!({ "resource_group_name": "other-rg" })) };
    let others = terraform.list(&whole);
    assert_eq!(others.len(), 1, "{others:?}");
    let image = others[0].object.as_ref().unwrap();
    assert_eq!(others[0].name, "elsewhere");
    assert_eq!(image["os_type"], "Linux".into());
    assert_eq!(image["tags"].as_map().unwrap()["a"], "b".into());
    assert!(image["image_path"].is_null(), "{image:?}");
    assert!(image["id"].as_str().unwrap().contains("/galleryImages/elsewhere"), "{image:?}");
}

#[test]
fn no_page_is_read_that_nobody_wants() {
    let azure = Azure::stocked();
    let terraform = start(&azure);
    for (limit, requests) in [(2, 1), (3, 1), (4, 2), (100, 3)] {
        azure.arm.forget_requests();
        let found = terraform.list(&Query { limit, ..query(json!({})) });
        assert_eq!(found.len(), usize::try_from(limit).unwrap().min(8));
        assert_eq!(azure.arm.request_count(), requests, "{limit}");
    }
}

#[test]
fn an_error_in_the_middle_comes_after_the_images_before_it() {
    let azure = Azure::stocked();
    let refused = Fault::status(403).code("AuthorizationFailed").message("No access.");
    azure.arm.fail(When::method("GET").after(1), 1, refused);
    let found = start(&azure).list(&query(json!({})));
    assert_eq!(found.len(), 4, "{found:?}");
    let (summary, detail) = &found[3].diagnostics[0];
    assert_eq!(summary, "Cannot list the gallery images: not allowed");
    assert!(detail.contains("AuthorizationFailed"), "{detail}");
}

#[test]
fn another_subscription_can_be_listed_and_a_wrong_one_is_refused() {
    let azure = Azure::stocked();
    let terraform = start(&azure);
    let other = "7e570000-0000-4000-8000-00000000dead";
    terraform.list(&query(json!({ "subscription_id": other })));
    assert!(azure.arm.requests().iter().any(|request| request.path().contains(other)));
    azure.arm.forget_requests();
    let found =
        terraform.list(&query(json!({ "subscription_id": "Mine", "resource_group_name": "" })));
    assert_eq!(found[0].diagnostics.len(), 2, "{found:?}");
    assert_eq!(azure.arm.request_count(), 0);
}

#[test]
fn an_image_without_a_valid_id_is_left_out_with_a_warning() {
    let azure = Azure::stocked();
    azure.arm.change_image(RESOURCE_GROUP, "image-1", &json!({ "id": "/nonsense" }));
    let found = start(&azure).list(&query(json!({})));
    assert_eq!(found.len(), 8, "{found:?}");
    assert!(found.iter().all(|image| image.name != "image-1"), "{found:?}");
    let (summary, detail) = &found[7].diagnostics[0];
    assert_eq!(summary, "An image is left out of the list");
    assert!(detail.contains("\"/nonsense\"") && detail.contains("\"image-1\""), "{detail}");
}
