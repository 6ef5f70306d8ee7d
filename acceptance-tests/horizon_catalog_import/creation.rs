//! Imports that go well, from each source.

use serde_json::json;
use simulated_clouds::horizon::{ORG_ID, PROVIDER_INSTANCE};

use crate::harness::Workspace;
use crate::harness::horizon::{
    IMAGE, Image, NAME, PASSWORD, body, main, posts, start, workspace, writes,
};

#[test]
fn a_marketplace_image_is_imported_with_one_request() {
    let cloud = start();
    let workspace = workspace(&cloud);
    let state = workspace.step();
    let image = state.attributes(IMAGE);
    let ids = cloud.image_ids(NAME);
    assert_eq!(image["id"], *ids[0]);
    assert_eq!(image["version_id"], *cloud.version_ids(&ids[0])[0]);
    assert!(image["asset_id"].is_string());
    assert_eq!(image["status"], "IMPORT_COMPLETE");
    assert_eq!(image["version_status"], "IMPORT_COMPLETE");
    assert_eq!(image["asset_status"], "IMPORT_COMPLETE");
    assert_eq!(image["version_name"], "1.0.0");
    assert_eq!(image["markers"], json!(["default"]));
    let writes = writes(&cloud);
    assert_eq!((writes.len(), posts(&cloud)), (1, 1));
    assert!(writes[0].target.ends_with("/imagemgmt/v1/images?action=import"));
    let letters: Vec<String> = PASSWORD.chars().map(String::from).collect();
    let network = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v";
    let expected = json!({
        "streamName": NAME,
        "os": "Windows 11 Enterprise, 22H2",
        "osType": "WINDOWS",
        "gpuType": "NONE",
        "providerLabel": "AZURE",
        "providerInstanceId": PROVIDER_INSTANCE,
        "sourceStreamType": "AZURE_MARKET_PLACE",
        "versionSource": "0.0",
        "versionType": "MAJOR",
        "markers": [{ "name": "default" }],
        "orgId": ORG_ID,
        "assetDetails": {
            "type": "AZURE_VM_IN_RG",
            "data": {
                "publisher": "microsoftwindowsdesktop",
                "offer": "windows-11",
                "sku": "win11-22h2-ent",
                "vmSize": "Standard_DS2_v2",
                "licenseType": "Windows_Client",
                "vNet": network,
                "subNet": format!("{network}/subnets/n"),
            },
            "vmInfo": { "username": "imageadmin", "password": letters },
        },
    });
    assert_eq!(body(&writes[0]), expected);
    workspace.destroy().ok();
    assert_eq!(cloud.image_count(), 0);
}

#[test]
fn each_source_has_its_action_and_its_end() {
    for (image, action, source, end) in [
        (Image::shared_gallery(), "copy-existing-image", "AZURE_SIG", "AVAILABLE"),
        (Image::custom_vm(), "import-custom-vm", "AZURE_CUSTOM_VM", "IMPORT_COMPLETE"),
    ] {
        let cloud = start();
        let state = Workspace::new(&main(&cloud, &image)).step();
        assert_eq!(state.attributes(IMAGE)["status"], end);
        let writes = writes(&cloud);
        assert!(writes[0].target.ends_with(&format!("?action={action}")), "{}", writes[0].target);
        assert_eq!(body(&writes[0])["sourceStreamType"], source);
    }
}
