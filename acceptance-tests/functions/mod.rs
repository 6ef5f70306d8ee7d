//! The provider's functions, called from a configuration.

mod parse_gallery_image_id;
mod parse_image_urn;

use serde_json::json;

use crate::harness::Workspace;

/// A configuration with the output `parts`.
fn call(function: &str, argument: &str) -> String {
    format!("output \"parts\" {{\n  value = provider::cloudimages::{function}({argument:?})\n}}\n")
}

#[test]
fn functions_parse_names_without_any_configuration() {
    let id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-edge/providers/\
              Microsoft.AzureStackHCI/galleryImages/golden";
    for (function, argument, parts) in [
        (
            "parse_image_urn",
            "Canonical:ubuntu-24_04-lts:server",
            json!({
                "publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server",
                "version": "latest",
            }),
        ),
        (
            "parse_gallery_image_id",
            id,
            json!({
                "subscription_id": "00000000-0000-0000-0000-000000000001",
                "resource_group_name": "rg-edge", "name": "golden",
            }),
        ),
    ] {
        let workspace = Workspace::new(&call(function, argument));
        assert_eq!(workspace.step().output("parts"), &parts, "{function}");
        workspace.main(&call(function, "golden"));
        let error = workspace.plan().error();
        error.says(&["Invalid function argument", "\"golden\""]);
        assert!(error.code.contains(function), "{error:?}");
        assert!(error.detail.ends_with('.') && !error.detail.ends_with(".."), "{error:?}");
    }
}
