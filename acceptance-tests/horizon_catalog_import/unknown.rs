//! Plans with values that are not known yet.

use super::planned;
use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, NAME, main, start, writes};

#[test]
fn values_of_other_resources_may_be_unknown_and_ids_flow_on() {
    let cloud = start();
    let network = "\"${terraform_data.network.output}/virtualNetworks/v\"";
    let text = Image::new().text("golden");
    let id = "\"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v\"";
    assert_eq!(text.matches(id).count(), 1);
    let image = Image::new().set("provider_instance_id", "terraform_data.instance.output");
    let image = main(&cloud, &image).replace(id, network);
    let others = "resource \"terraform_data\" \"instance\" {\n  input = \
                  \"6512b0c1e4f50a2d3b4c5d6e\"\n}\nresource \"terraform_data\" \"network\" {\n  input \
                  = \"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network\"\n}\nresource \
                  \"terraform_data\" \"pool\" {\n  input = \
                  cloudimages_horizon_catalog_import.golden.id\n}\noutput \"version\" {\n  value = \
                  cloudimages_horizon_catalog_import.golden.version_id\n}\n";
    let workspace = Workspace::new(&(image + others));
    let outcome = workspace.plan().exits(2);
    assert!(outcome.changes().contains(&planned("create")[0]), "{outcome}");
    assert_eq!(outcome.warnings(), []);
    assert_eq!((cloud.request_count(), cloud.csp().request_count()), (0, 0));
    let state = workspace.step();
    let image_id = cloud.image_ids(NAME)[0].clone();
    assert_eq!(state.attributes("terraform_data.pool")["output"]["value"], *image_id);
    assert_eq!(*state.output("version"), *cloud.version_ids(&image_id)[0]);
    let vnet = &state.attributes(IMAGE)["marketplace"]["vnet_id"];
    assert_eq!(format!("{:?}", vnet.as_str().unwrap()), id);
    assert_eq!(writes(&cloud).len(), 1);
}

#[test]
fn nothing_is_asked_of_the_service_before_an_image_is_created() {
    let cloud = start();
    let workspace = Workspace::new(&main(&cloud, &Image::new()));
    workspace.validate().ok();
    assert_eq!(workspace.plan().exits(2).changes(), planned("create"));
    assert_eq!((cloud.request_count(), cloud.csp().request_count()), (0, 0));
}

#[test]
fn a_source_that_is_not_known_yet_may_be_any_of_them() {
    let cloud = start();
    let variable = "variable \"gallery\" {\n  type = object({ tenant_id = string, image_version_id = \
                    string })\n  default = null\n}\n";
    let image = Image::new().set("shared_gallery", "var.gallery");
    let workspace = Workspace::new(&(variable.to_owned() + &main(&cloud, &image)));
    workspace.validate().ok();
    let state = workspace.step();
    assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");
}
