//! One image, by its name.

use serde_json::json;
use simulated_clouds::arm::{
    Fault, Quirk, RESOURCE_GROUP, SUBSCRIPTION_ID, When, custom_location_id,
};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, id};

const ONE: &str = "data.cloudimages_hci_gallery_image.one";

fn main(azure: &Azure, name: &str, group: &str) -> String {
    azure.provider()
        + &format!(
            "data \"cloudimages_hci_gallery_image\" \"one\" {{\n  name = {name:?}\n  \
             resource_group_name = {group:?}\n}}\n"
        )
}

#[test]
fn everything_about_an_image_is_shown_except_its_source() {
    let azure = Azure::with(|builder| builder.quirk(Quirk::Nulls).quirk(Quirk::ExtraProperties));
    let members = json!({
        "tags": {"team": "edge"},
        "properties": {
            "hyperVGeneration": "NA",
            "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
            "version": {"name": "1.0.0"},
        },
    });
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &members);
    let workspace = Workspace::new(&main(&azure, "GOLDEN", &RESOURCE_GROUP.to_lowercase()));
    let state = workspace.step();
    let image = state.attributes(ONE);
    // Arguments stay as they were written.
    let written = id("GOLDEN").replace(RESOURCE_GROUP, &RESOURCE_GROUP.to_lowercase());
    let expected = json!({
        "id": written,
        "name": "GOLDEN",
        "resource_group_name": RESOURCE_GROUP.to_lowercase(),
        "location": "westus2",
        "custom_location_id": custom_location_id(),
        "os_type": "Linux",
        "source_virtual_machine_id": null,
        "storage_path_id": image["storage_path_id"],
        "hyperv_generation": "NA",
        "cloud_init_data_source": "NoCloud",
        "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
        "version": "1.0.0",
        "tags": {"team": "edge"},
        "provisioning_state": "Succeeded",
        "progress_percentage": 100,
        "download_size_in_mb": 9383,
        "os_disk_size_in_mb": 30270,
        "timeouts": null,
    });
    assert_eq!(*image, expected);
    assert_eq!(azure.writes(), 0);
}

#[test]
fn a_missing_or_forbidden_image_is_an_error() {
    let azure = Azure::start();
    let workspace = Workspace::new(&main(&azure, "absent", RESOURCE_GROUP));
    let error = workspace.plan().error();
    error.says(&[
        "Cannot read the gallery image: not found",
        "absent",
        "ResourceNotFound",
        "x-ms-request-id",
    ]);
    assert_eq!(error.address, ONE);
    error.says(&["Check `name`", "the resource group contains no gallery images."]);
    assert!(error.code.starts_with("name ="), "{error:?}");
    azure.arm.insert_image(RESOURCE_GROUP, "absinth", &json!({}));
    workspace.plan().error().says(&["Similar names in the resource group: \"absinth\"."]);
    // That the names cannot be read is not what the error is about.
    azure.arm.fail(When::label("list"), 1, Fault::status(403).code("AuthorizationFailed"));
    workspace.plan().error().says(&["Cannot read the gallery image: not found", "Check `name`"]);
    workspace.main(&main(&azure, "golden", "No-Such-RG"));
    let error = workspace.plan().error();
    error.says(&["ResourceGroupNotFound", "`resource_group_name`"]);
    assert!(error.code.starts_with("resource_group_name ="), "{error:?}");
    azure.arm.fail(When::label("get"), 1, Fault::status(403).code("AuthorizationFailed"));
    let error = workspace.plan().error();
    error.says(&["Cannot read the gallery image: not allowed", "galleryImages/read"]);
    assert!(!error.detail.contains("Administrator"), "{error:?}");
    azure.arm.fail(When::label("get"), 1, Fault::html(200));
    workspace.plan().error().says(&["text/html", "HTTPS_PROXY", "ARM_RESOURCE_MANAGER"]);
    azure.arm.fail(When::label("get"), 1, Fault::html(403));
    workspace.plan().error().says(&["a page titled", "HTTPS_PROXY", "ARM_RESOURCE_MANAGER"]);
    azure.arm.remove_subscription(SUBSCRIPTION_ID);
    workspace.plan().error().says(&["SubscriptionNotFound", "ARM_SUBSCRIPTION_ID"]);
    // Without a network.
    azure.arm.forget_requests();
    workspace.main(&main(&azure, "-golden", "a/b"));
    let outcome = workspace.validate().fails();
    outcome.says(&["is not the name of an image", "is not the name of a resource group"]);
    assert_eq!(azure.arm.request_count(), 0);
}

#[test]
fn an_image_that_is_not_created_yet_is_read_after_its_creation() {
    use crate::harness::hci::Image;
    let azure = Azure::start();
    let look = "data \"cloudimages_hci_gallery_image\" \"one\" {\n  name = \
                cloudimages_hci_gallery_image.golden.name\n  resource_group_name = \
                cloudimages_hci_gallery_image.golden.resource_group_name\n  depends_on = \
                [cloudimages_hci_gallery_image.golden]\n}\n";
    let workspace = Workspace::new(&(azure.main(&Image::new()) + look));
    let state = workspace.step();
    assert_eq!(state.attributes(ONE)["id"], id("golden"));
    assert_eq!(state.attributes(ONE)["os_disk_size_in_mb"], 30270);
}
