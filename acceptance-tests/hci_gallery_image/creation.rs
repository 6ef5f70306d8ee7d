//! Making an image, and that nothing is left to do afterwards.

use serde_json::{Value, json};
use simulated_clouds::arm::{Quirk, RESOURCE_GROUP, custom_location_id};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, DISK, IMAGE, Image, SIGNATURE, id};

fn body(request: &simulated_clouds::entra::Request) -> Value {
    serde_json::from_str(&request.body).unwrap()
}

#[test]
fn an_image_is_made_with_one_request_that_holds_what_was_written_and_nothing_else() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    let state = workspace.step();
    let puts = azure.sent("PUT");
    assert_eq!(puts.len(), 1);
    assert_eq!(puts[0].target, format!("{}?api-version=2024-01-01", id("golden")));
    let expected = json!({
        "location": "westus2",
        "extendedLocation": {"name": custom_location_id(), "type": "CustomLocation"},
        "properties": {"imagePath": format!("{DISK}?{SIGNATURE}"), "osType": "Linux"},
    });
    assert_eq!(body(&puts[0]), expected);
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

    workspace.destroy().ok();
    assert_eq!((azure.arm.image_count(), azure.sent("DELETE").len()), (0, 1));
    let _ = (Quirk::Bom, RESOURCE_GROUP);
}
