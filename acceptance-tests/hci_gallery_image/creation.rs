//! The request to create an image, and the state after it.

use serde_json::{Value, json};
use simulated_clouds::arm::{RESOURCE_GROUP, SUBSCRIPTION_ID, custom_location_id};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, DISK, IMAGE, Image, SIGNATURE, id};

fn bodies(azure: &Azure) -> Vec<Value> {
    azure.sent("PUT").iter().map(|put| serde_json::from_str(&put.body).unwrap()).collect()
}

#[test]
fn an_image_is_created_by_one_request_with_the_configured_arguments_only() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let state = workspace.step();
    let expected = json!({
        "location": "westus2",
        "extendedLocation": {"name": custom_location_id(), "type": "CustomLocation"},
        "properties": {"imagePath": format!("{DISK}?{SIGNATURE}"), "osType": "Linux"},
    });
    assert_eq!(bodies(&azure), [expected]);
    assert_eq!(azure.sent("PUT")[0].target, id("golden") + "?api-version=2024-01-01");
    let image = state.attributes(IMAGE);
    assert_eq!(image["id"], id("golden"));
    assert_eq!(image["provisioning_state"], "Succeeded");
    assert_eq!(image["progress_percentage"], 100);
    assert_eq!(image["download_size_in_mb"], 9383);
    assert_eq!(image["os_disk_size_in_mb"], 30270);
    // What the service chose.
    assert_eq!(image["hyperv_generation"], "V2");
    assert_eq!(image["cloud_init_data_source"], "NoCloud");
    assert!(image["storage_path_id"].as_str().unwrap().ends_with("/UserStorage1-3f2a"));
    assert!(image["tags"].is_null());

    // All requests to create an image have one correlation id.
    let requests = azure.arm.requests();
    let (put, polls) = (&azure.sent("PUT")[0], azure.polls());
    let correlation = put.header("x-ms-correlation-request-id").unwrap();
    assert!(!polls.is_empty());
    for poll in polls {
        assert_eq!(poll.header("x-ms-correlation-request-id"), Some(correlation));
    }
    for request in requests {
        let agent = request.header("user-agent").unwrap();
        assert!(agent.contains("terraform-provider-cloudimages/"), "{agent}");
        assert!(agent.to_lowercase().contains("terraform/1."), "{agent}");
    }

    workspace.destroy().ok();
    assert_eq!((azure.arm.image_count(), azure.sent("DELETE").len()), (0, 1));
}

#[test]
fn every_argument_reaches_the_service() {
    let azure = Azure::start();
    let group = format!("/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{RESOURCE_GROUP}");
    let storage = format!("{group}/providers/Microsoft.AzureStackHCI/storageContainers/fast");
    let machine = format!("{group}/providers/Microsoft.AzureStackHCI/virtualMachineInstances/vm-1");
    let whole = Image::new()
        .with("image_path", r"C:\ClusterStorage\golden.vhdx")
        .with("os_type", "Windows")
        .with("storage_path_id", &storage)
        .with("hyperv_generation", "V1")
        .with("cloud_init_data_source", "Azure")
        .set("identifier", "{ publisher = \"p\", offer = \"o\", sku = \"s\" }")
        .with("version", "1.0.0")
        .set("tags", "{ team = \"edge\" }");
    let of_machine = Image::new()
        .with("name", "of-machine")
        .without("image_path")
        .with("source_virtual_machine_id", &machine);
    let main = azure.main(&whole) + &of_machine.text("of_machine");
    let workspace = Workspace::new(&main);
    let state = workspace.step();
    let mut sent = bodies(&azure);
    sent.sort_by_key(|body| body["properties"]["imagePath"].is_null());
    let location = json!({"name": custom_location_id(), "type": "CustomLocation"});
    let expected = json!({
        "location": "westus2",
        "tags": {"team": "edge"},
        "extendedLocation": location,
        "properties": {
            "imagePath": r"C:\ClusterStorage\golden.vhdx", "osType": "Windows",
            "containerId": storage, "hyperVGeneration": "V1", "cloudInitDataSource": "Azure",
            "identifier": {"publisher": "p", "offer": "o", "sku": "s"},
            "version": {"name": "1.0.0"},
        },
    });
    assert_eq!(sent[0], expected);
    let expected = json!({
        "location": "westus2",
        "extendedLocation": location,
        "properties": {"sourceVirtualMachineId": machine, "osType": "Linux"},
    });
    assert_eq!(sent[1], expected);
    let address = "cloudimages_hci_gallery_image.of_machine";
    assert_eq!(state.attributes(address)["source_virtual_machine_id"], machine);
    // One version of the API for each image, in all its requests, and only once.
    for request in azure.arm.requests() {
        let versions: Vec<_> =
            request.query().into_iter().filter(|(name, _)| name == "api-version").collect();
        let preview = request.path().ends_with("/of-machine");
        let expected = if preview { "2024-05-01-preview" } else { "2024-01-01" };
        assert_eq!(versions.len(), 1, "{}", request.target);
        if !request.path().contains("operationStatuses") {
            assert_eq!(versions[0].1, expected, "{}", request.target);
        }
    }
    workspace.destroy().ok();
    assert_eq!(azure.arm.image_count(), 0);
}
