//! `provider::cloudimages::parse_gallery_image_id`: the parts of an image's id.

use serde_json::json;

use crate::harness::Workspace;
use crate::harness::hci::{Azure, Image, id};
use simulated_clouds::arm::{RESOURCE_GROUP, SUBSCRIPTION_ID};

fn output(name: &str, id: &str) -> String {
    format!(
        "output {name:?} {{\n  value = provider::cloudimages::parse_gallery_image_id({id})\n}}\n"
    )
}

#[test]
fn an_id_in_any_case_is_parsed_also_that_of_an_image_that_is_not_created_yet() {
    let azure = Azure::start();
    let upper = format!("{:?}", id("Golden").to_uppercase());
    let main = azure.main(&Image::new())
        + &output("made", "cloudimages_hci_gallery_image.golden.id")
        + &output("upper", &upper);
    let state = Workspace::new(&main).step();
    let made = json!({
        "subscription_id": SUBSCRIPTION_ID, "resource_group_name": RESOURCE_GROUP, "name": "golden",
    });
    assert_eq!(*state.output("made"), made);
    let upper = json!({
        "subscription_id": SUBSCRIPTION_ID.to_uppercase(),
        "resource_group_name": RESOURCE_GROUP.to_uppercase(),
        "name": "GOLDEN",
    });
    assert_eq!(*state.output("upper"), upper);
}

#[test]
fn an_invalid_id_is_refused_with_the_expected_form() {
    let other = id("golden").replace("galleryImages", "marketplaceGalleryImages");
    let main: String = [("slash", id("golden") + "/"), ("other", other), ("empty", String::new())]
        .map(|(name, id)| output(name, &format!("{id:?}")))
        .concat();
    let errors = Workspace::new(&main).validate().fails().errors();
    assert_eq!(errors.len(), 3, "{errors:?}");
    for error in &errors {
        error.says(&["/providers/Microsoft.AzureStackHCI/galleryImages/{name}"]);
        assert!(error.code.contains("parse_gallery_image_id"), "{error:?}");
    }
}
