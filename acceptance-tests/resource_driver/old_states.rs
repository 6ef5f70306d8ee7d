//! States that another release of the provider wrote.

use serde_json::{Value, json};

use super::cloud::Item;
use super::{Setting, begin, image};

/// Puts a state with one image into the workspace.
fn remember(setting: &Setting, version: i64, attributes: Value) {
    let attribute = |name: &str| json!([{"type": "get_attr", "value": name}]);
    let state = json!({
        "version": 4, "terraform_version": "1.5.0", "serial": 3, "outputs": {},
        "lineage": "0f4b3c1e-5d0a-4a52-9d5c-8a2f6a1e7b90",
        "resources": [{
            "mode": "managed", "type": "sketch_image", "name": "a",
            "provider": "provider[\"registry.terraform.io/cloudimages/sketch\"]",
            "instances": [{
                "schema_version": version, "attributes": attributes,
                "sensitive_attributes": [attribute("source"), attribute("password_wo")],
                // {"operation":"op-5"}
                "private": "eyJvcGVyYXRpb24iOiJvcC01In0=",
            }],
        }],
    });
    setting.workspace.write("terraform.tfstate", &state.to_string());
    let item = Item {
        name: "a".to_owned(),
        size: 10,
        status: "ready",
        operation: "op-5".to_owned(),
        ..Item::default()
    };
    setting.cloud.inside().items.insert("img-5".to_owned(), item);
}

#[test]
fn an_older_state_is_upgraded_without_any_change() {
    let setting = begin(&image("a", ""));
    // Of version 0, with an attribute that is gone and without those that are new.
    let old = json!({"id": "img-5", "label": "a", "size": 10, "status": "ready", "color": "red"});
    remember(&setting, 0, old);
    setting.workspace.is_settled();
    setting.workspace.apply().ok();
    let state = setting.workspace.state();
    let instance = state.instance("sketch_image.a").unwrap();
    assert_eq!(instance["schema_version"], 1);
    assert_eq!(instance["attributes"]["name"], "a");
    assert_eq!(instance["attributes"].get("color"), None);
    setting.workspace.destroy().ok();
    assert_eq!(setting.cloud.calls(), ["delete img-5 op-5"]);
}

#[test]
fn a_newer_state_is_refused() {
    let setting = begin(&image("a", ""));
    remember(&setting, 9, json!({"id": "img-5", "name": "a", "shape": [1, 2]}));
    setting.workspace.plan().error().says(&["newer provider version"]);
    assert_eq!(setting.cloud.calls(), [""; 0]);
}
