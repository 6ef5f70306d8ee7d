//! `cloudimages_horizon_image_sources`.

use serde_json::json;
use simulated_clouds::horizon::{PROVIDER_INSTANCE, Simulation};

use crate::harness::Workspace;
use crate::harness::horizon::{provider, start};

const SOURCES: &str = "data.cloudimages_horizon_image_sources.all";

fn workspace(cloud: &Simulation, arguments: &str) -> Workspace {
    let text = format!("data \"cloudimages_horizon_image_sources\" \"all\" {{\n{arguments}\n}}\n");
    Workspace::new(&(provider(cloud) + &text))
}

fn instance() -> String {
    format!("provider_instance_id = {PROVIDER_INSTANCE:?}")
}

#[test]
fn the_sources_of_the_marketplace_are_listed_by_name() {
    let cloud = start();
    let state = workspace(&cloud, &instance()).step();
    let sources = state.attributes(SOURCES)["sources"].as_array().unwrap();
    let names: Vec<_> = sources.iter().map(|source| source["display_name"].as_str()).collect();
    assert!(names.is_sorted() && names.contains(&Some("Windows 11 Enterprise, 22H2")), "{names:?}");
    assert_eq!(sources[0]["data"]["publisher"], "microsoftwindowsdesktop");
    let request = cloud.requests().pop().unwrap();
    let sent = |name: &str| request.query_value(name);
    assert_eq!(sent("provider_type").as_deref(), Some("AZURE"));
    assert_eq!(sent("source_stream").as_deref(), Some("AZURE_MARKET_PLACE"));
    assert_eq!(sent("os_type"), None);
}

#[test]
fn all_arguments_are_sent() {
    let cloud = start();
    let more = "provider_type = \"NUTANIX\"\nsource_type = \"NUTANIX_IMAGES\"\nos_type = \"linux\"";
    workspace(&cloud, &format!("{}\n{more}", instance())).step();
    let request = cloud.requests().pop().unwrap();
    let sent = |name: &str| request.query_value(name);
    assert_eq!(sent("provider_type").as_deref(), Some("NUTANIX"));
    assert_eq!(sent("source_stream").as_deref(), Some("NUTANIX_IMAGES"));
    assert_eq!(sent("os_type").as_deref(), Some("LINUX"));
}

#[test]
fn properties_of_any_type_are_strings() {
    let cloud = start();
    cloud.set_image_sources(vec![json!({
        "id": "s-1",
        "displayName": "Linux",
        "sourceType": "AZURE_MARKET_PLACE",
        "imageProviderType": "AZURE",
        "imageSourceData": { "sku": "a", "sizes": [1, 2], "gpu": false, "nothing": null },
    })]);
    let state = workspace(&cloud, &instance()).step();
    let source = &state.attributes(SOURCES)["sources"][0];
    assert_eq!(source["data"], json!({ "sku": "a", "sizes": "[1,2]", "gpu": "false" }));
}
