//! The operating systems that images can be made of.

use serde_json::{Value, json};

/// Systems of the Azure marketplace.
pub(crate) fn catalogue() -> Vec<Value> {
    [
        ("Windows 11 Enterprise, 22H2", "windows-11", "win11-22h2-ent"),
        ("Windows 11 Enterprise multi-session, 22H2", "windows-11", "win11-22h2-avd"),
        ("Windows 10 Enterprise, 22H2", "windows-10", "win10-22h2-ent"),
        ("Windows 10 Enterprise multi-session, 22H2", "windows-10", "win10-22h2-avd"),
    ]
    .iter()
    .enumerate()
    .map(|(index, (name, offer, sku))| {
        json!({
            "id": format!("65a1b2c3d4e5f6071829{index:04}"),
            "displayName": name,
            "sourceType": "AZURE_MARKET_PLACE",
            "imageProviderType": "AZURE",
            "imageSourceData": {
                "publisher": "microsoftwindowsdesktop",
                "offer": offer,
                "sku": sku,
                "osType": "WINDOWS",
            },
        })
    })
    .collect()
}
