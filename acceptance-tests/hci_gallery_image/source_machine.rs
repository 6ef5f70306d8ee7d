//! An image that is created from a virtual machine instead of a disk.

use serde_json::json;
use simulated_clouds::arm::{PREVIEW_API_VERSION, RESOURCE_GROUP, SUBSCRIPTION_ID};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, IMAGE, Image, id};

/// The id of a virtual machine on Azure Local, as the portal and `az stack-hci-vm show` give it:
/// the instance extends the machine that Azure Arc knows.
fn machine() -> String {
    format!(
        "/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{RESOURCE_GROUP}/providers\
         /Microsoft.HybridCompute/machines/builder/providers\
         /Microsoft.AzureStackHCI/virtualMachineInstances/default"
    )
}

#[test]
fn an_image_of_a_virtual_machine_is_created_and_stays_as_it_is() {
    let azure = Azure::start();
    let image = Image::new().without("image_path").with("source_virtual_machine_id", &machine());
    let workspace = Workspace::new(&azure.main(&image));
    let state = workspace.step();
    let puts = azure.sent("PUT");
    assert_eq!(puts.len(), 1);
    assert_eq!(puts[0].target, format!("{}?api-version={PREVIEW_API_VERSION}", id("golden")));
    let properties = &puts[0].json()["properties"];
    assert_eq!(*properties, json!({"sourceVirtualMachineId": machine(), "osType": "Linux"}));
    assert_eq!(state.attributes(IMAGE)["source_virtual_machine_id"], machine());
    assert_eq!(state.attributes(IMAGE)["provisioning_state"], "Succeeded");
    // The same machine in another case is the same machine.
    workspace
        .main(&azure.main(&image.with("source_virtual_machine_id", &machine().to_uppercase())));
    workspace.step();
    assert_eq!(azure.writes(), 1);
    workspace.destroy().ok();
    assert_eq!(azure.arm.image_count(), 0);
}
