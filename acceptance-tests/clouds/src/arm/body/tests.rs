//! Bodies and names.

use serde_json::json;

use super::super::defaults::{API_VERSION, PREVIEW_API_VERSION};
use super::*;

fn good() -> Value {
    json!({
        "location": "westus2",
        "extendedLocation": {
            "type": "CustomLocation",
            "name": "/subscriptions/s/resourceGroups/g/providers/Microsoft.ExtendedLocation/customLocations/c",
        },
        "properties": {"imagePath": "C:\\images\\a.vhdx", "osType": "Linux"},
    })
}

fn with(pointer: &str, value: Value) -> Vec<String> {
    let mut body = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap()[name] = value;
    put_problems(&body, API_VERSION, true)
}

#[test]
fn a_minimal_body_and_a_full_body_pass() {
    assert_eq!(put_problems(&good(), API_VERSION, true), Vec::<String>::new());
    let mut full = good();
    full["tags"] = json!({"team": "images"});
    full["properties"]["identifier"] = json!({"publisher": "p", "offer": "o", "sku": "s"});
    full["properties"]["version"] = json!({"name": "1.0.0"});
    full["properties"]["hyperVGeneration"] = json!("V1");
    full["properties"]["containerId"] = json!(
        "/subscriptions/s/resourcegroups/g/providers/microsoft.azurestackhci/storagecontainers/c"
    );
    assert_eq!(put_problems(&full, API_VERSION, true), Vec::<String>::new());
}

#[test]
fn each_wrong_member_is_named() {
    for (pointer, value, expected) in [
        ("/properties/osType", json!("linux"), "properties.osType: 'linux' is not one of"),
        ("/properties/hyperVGeneration", json!("v2"), "properties.hyperVGeneration: 'v2'"),
        (
            "/properties/provisioningState",
            json!("Succeeded"),
            "properties.provisioningState: read-only",
        ),
        ("/properties/status", json!({}), "properties.status: read-only"),
        ("/properties/size", json!(1), "properties.size: unknown property"),
        ("/properties/containerId", json!("/x"), "properties.containerId: '/x' is not the id"),
        ("/properties/containerId", Value::Null, "properties.containerId: null"),
        (
            "/properties/sourceVirtualMachineId",
            json!("x"),
            "properties.sourceVirtualMachineId: unknown",
        ),
        (
            "/properties/identifier",
            json!({"publisher": "p"}),
            "properties.identifier.offer: required",
        ),
        ("/properties/version", json!({"properties": {}}), "storageProfile: required"),
        (
            "/properties/version",
            json!({"properties": {"storageProfile": {"osDiskImage": {"sizeInMB": 1}}}}),
            "osDiskImage.sizeInMB: read-only",
        ),
        ("/properties/version", json!({"properties": 1}), "version.properties: expected an object"),
        ("/id", json!("x"), "id: read-only"),
        ("/etag", json!("x"), "etag: unknown property"),
        ("/location", json!(""), "location: expected"),
        ("/tags", json!({"a": 1}), "tags.a: expected a string"),
        ("/extendedLocation/type", json!("customLocation"), "extendedLocation.type"),
        ("/extendedLocation/name", json!("/x"), "extendedLocation.name: not the id"),
    ] {
        let problems = with(pointer, value);
        assert!(problems.iter().any(|p| p.contains(expected)), "{pointer}: {problems:?}");
    }
}

#[test]
fn the_preview_takes_a_virtual_machine_instead_of_a_path() {
    let mut body = good();
    let properties = body["properties"].as_object_mut().unwrap();
    properties.remove("imagePath");
    assert!(!put_problems(&body, PREVIEW_API_VERSION, true).is_empty());
    let machine = "/subscriptions/s/resourceGroups/g/providers/Microsoft.HybridCompute/machines/m/providers/Microsoft.AzureStackHCI/virtualMachineInstances/default";
    // As it is in reality, and as the official example has it.
    for id in [
        machine.to_owned(),
        machine.to_lowercase(),
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.AzureStackHCI/virtualMachineInstance/v".to_owned(),
    ] {
        body["properties"]["sourceVirtualMachineId"] = json!(id);
        assert_eq!(put_problems(&body, PREVIEW_API_VERSION, true), Vec::<String>::new());
        assert!(put_problems(&body, API_VERSION, true)[0].contains("unknown property"));
    }
    for wrong in [
        machine.replace("default", "vm"),
        machine.replace("HybridCompute", "Compute"),
        machine.replace("/machines/m", "/machines/"),
        machine.replace("Instances", "Instance"),
        machine.split("/providers/Microsoft.AzureStackHCI").next().unwrap().to_owned(),
        "vm".to_owned(),
    ] {
        body["properties"]["sourceVirtualMachineId"] = json!(wrong);
        let problems = put_problems(&body, PREVIEW_API_VERSION, true);
        assert!(problems[0].contains("is not the id of a virtual machine"), "{problems:?}");
    }
    body["properties"]["sourceVirtualMachineId"] = json!(machine);
    body["properties"]["imagePath"] = json!("C:\\a.vhdx");
    assert!(put_problems(&body, PREVIEW_API_VERSION, true)[0].contains("exactly one of"));
}

#[test]
fn generations_depend_on_the_version() {
    let mut body = good();
    body["properties"]["hyperVGeneration"] = json!("NA");
    assert!(put_problems(&body, "2025-06-01-preview", true)[0].contains("V1, V2"));
    assert_eq!(put_problems(&body, "2025-09-01-preview", true), Vec::<String>::new());
}

#[test]
fn a_patch_holds_tags_only() {
    assert!(patch_problems(&json!({"tags": {}})).is_empty());
    assert!(!patch_problems(&json!({})).is_empty());
    assert!(!patch_problems(&json!({"tags": null})).is_empty());
    assert!(patch_problems(&json!({"tags": {}, "location": "x"}))[0].starts_with("location"));
}

#[test]
fn names_have_a_length_per_version() {
    assert!(name_problem("a", API_VERSION).is_none());
    assert!(name_problem("a.b-c_d", API_VERSION).is_none());
    assert!(name_problem("", API_VERSION).is_some());
    assert!(name_problem("-a", API_VERSION).is_some());
    assert!(name_problem("a.", API_VERSION).is_some());
    assert!(name_problem("a b", API_VERSION).is_some());
    assert!(name_problem(&"a".repeat(80), API_VERSION).is_none());
    assert!(name_problem(&"a".repeat(81), API_VERSION).is_some());
    assert!(name_problem(&"a".repeat(64), PREVIEW_API_VERSION).is_none());
    assert!(name_problem(&"a".repeat(65), PREVIEW_API_VERSION).is_some());
}
