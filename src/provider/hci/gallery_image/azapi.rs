//! The state of `azapi_resource` for a gallery image, which a `moved` block gives to this resource.
//!
//! `body` and `output` are dynamic values there: objects, objects beside their type, or JSON in a
//! string, whichever version of azapi and of Terraform has written them.

use serde_json::{Map, Value, json};

use crate::cloud::azure::arm::ResourceId;
use crate::cloud::azure::hci::{GALLERY_IMAGE, Image};
use crate::provider::hci::target::wrong_id;
use crate::tfplugin::diagnostic::{Diagnostic, Result};
use crate::tfplugin::moved::Moved;

use super::state::{State, adopt};

/// What this resource manages.
const KIND: &str = "Microsoft.AzureStackHCI/galleryImages";

/// The state of the same image, if `source` is one of azapi.
pub(super) fn take_over(source: &Moved) -> Result<Option<State>> {
    if !source.provider.is("azure", "azapi") || source.type_name != "azapi_resource" {
        return Ok(None);
    }
    let text = |name: &str| source.state.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = text("type").split('@').next().unwrap_or_default();
    if !kind.eq_ignore_ascii_case(KIND) {
        let detail = format!(
            "The azapi_resource is of type {kind:?}, but cloudimages_hci_gallery_image manages {KIND}. \
             Remove the `moved` block."
        );
        return Err(Diagnostic::error("Unable to move resource state", detail).into());
    }
    let id = ResourceId::parse(text("id"), GALLERY_IMAGE).map_err(wrong_id)?;
    Ok(Some(adopt(&id, &Image::read(&document(&source.state)))))
}

/// The image as Resource Manager would show it: what was sent, and on top of it what was returned.
fn document(state: &Value) -> Value {
    let mut image = json!({});
    for part in [dynamic(state.get("body")), dynamic(state.get("output"))] {
        merge(&mut image, part);
    }
    // These have arguments of their own in azapi.
    for name in ["location", "tags"] {
        if let Some(value) = state.get(name).filter(|value| !value.is_null()) {
            image[name] = value.clone();
        }
    }
    image
}

/// A dynamic value without its type.
fn dynamic(value: Option<&Value>) -> Value {
    match value {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(Value::Object(object)) if is_typed(object) => dynamic(object.get("value")),
        Some(value) => value.clone(),
        None => Value::Null,
    }
}

fn is_typed(object: &Map<String, Value>) -> bool {
    object.len() == 2 && object.contains_key("type") && object.contains_key("value")
}

/// Lays `over` on top of `under`, object by object.
fn merge(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (under, over) => *under = over,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tfplugin::moved::Address;

    const ID: &str = "/subscriptions/3c6d0f8e-51b2-4a97-8e0d-9b7c24f1a635/resourcegroups/Images-RG\
                      /providers/microsoft.azurestackhci/galleryimages/golden";

    fn body() -> Value {
        json!({
            "extendedLocation": { "type": "CustomLocation", "name": "/made/up" },
            "properties": {
                "osType": "Linux", "imagePath": "https://made.up/golden.vhdx?sig=secret",
                "identifier": { "publisher": "p", "offer": "o", "sku": "s" },
            },
        })
    }

    fn moved(state: Value) -> Result<Option<State>> {
        let provider = Address::parse("registry.terraform.io/azure/azapi");
        take_over(&Moved { provider, type_name: "azapi_resource".to_owned(), state })
    }

    #[test]
    fn an_image_of_azapi_is_taken_over_in_every_form_of_its_state() {
        let output = json!({
            "properties": { "provisioningState": "Succeeded", "hyperVGeneration": "V2" },
        });
        let typed = json!({ "type": ["object", {}], "value": body() });
        for (body, output) in [
            (body(), output.clone()),
            (typed, json!({ "type": "dynamic", "value": output })),
            (body().to_string().into(), output.to_string().into()),
        ] {
            let state = moved(json!({
                "id": ID, "type": "microsoft.azurestackhci/GalleryImages@2024-01-01",
                "location": "westeurope", "tags": { "owner": "edge" },
                "body": body, "output": output,
            }));
            let State { inputs, outputs, .. } = state.unwrap().unwrap();
            assert!(outputs.id.ends_with("/Microsoft.AzureStackHCI/galleryImages/golden"));
            assert_eq!(inputs.name.as_str(), "golden");
            assert_eq!(inputs.resource_group_name.as_str(), "Images-RG");
            assert_eq!(inputs.location.as_str(), "westeurope");
            assert_eq!(inputs.custom_location_id.as_str(), "/made/up");
            assert_eq!(inputs.os_type.as_str(), "Linux");
            assert_eq!(inputs.hyperv_generation.unwrap().as_str(), "V2");
            assert_eq!(inputs.identifier.unwrap().sku.as_str(), "s");
            assert_eq!(inputs.tags.unwrap().0["owner"], "edge");
            assert_eq!(outputs.provisioning_state.as_deref(), Some("Succeeded"));
            // As after an import: the configuration's path is adopted.
            assert!(inputs.image_path.is_none());
        }
    }

    #[test]
    fn another_type_of_azapi_is_refused_and_another_resource_is_not_known() {
        let other = moved(json!({ "id": ID, "type": "Microsoft.Compute/images@2024-03-01" }));
        let detail = other.unwrap_err().0[0].detail.clone();
        assert!(
            detail.contains("\"Microsoft.Compute/images\"") && detail.contains(KIND),
            "{detail}"
        );
        let wrong = moved(json!({ "id": "/subscriptions/x", "type": format!("{KIND}@x") }));
        assert_eq!(wrong.unwrap_err().0[0].summary, "Invalid id");
        for (address, type_name) in
            [("azapi", "azapi_update_resource"), ("x/azapi", "azapi_resource")]
        {
            let provider = Address::parse(address);
            let moved = Moved { provider, type_name: type_name.to_owned(), state: json!({}) };
            assert_eq!(take_over(&moved), Ok(None), "{address}");
        }
    }
}
