//! Lists of images, as `terraform query` asks for them.

use serde_json::{Value, json};
use simulated_clouds::horizon::{API_TOKEN, Fault, ORG_ID, PROVIDER_INSTANCE, Simulation, When};

use crate::harness::newer::{Newer, Query};

fn start(cloud: &Simulation) -> Newer {
    Newer::start(&json!({ "horizon": {
        "api_token": API_TOKEN, "endpoint": cloud.url(), "csp_url": cloud.csp_url(),
    }}))
}

fn query(config: Value) -> Query<'static> {
    Query { of: "cloudimages_horizon_catalog_import", config, whole: false, limit: 0 }
}

fn stocked() -> Simulation {
    let cloud = Simulation::start();
    cloud.insert_images("win11", 25);
    cloud.insert_image("ubuntu", &json!({ "osType": "LINUX", "status": "AVAILABLE" }));
    cloud
}

#[test]
fn every_image_is_listed_with_its_identity() {
    let cloud = stocked();
    cloud.set_page_cap(10);
    let terraform = start(&cloud);
    let all = terraform.list(&query(json!({})));
    assert_eq!(all.len(), 26, "{all:?}");
    for image in &all {
        assert_eq!(image.diagnostics, []);
        assert_eq!(image.identity["org_id"], ORG_ID.into());
        assert_eq!(image.identity["id"], cloud.image_ids(&image.name)[0].as_str().into());
    }
    for (config, expected) in [
        (json!({ "name": "ubuntu" }), 1),
        (json!({ "os_type": "linux" }), 1),
        (json!({ "status": "available", "os_type": "WINDOWS" }), 0),
        (json!({ "name": "absent" }), 0),
    ] {
        assert_eq!(terraform.list(&query(config.clone())).len(), expected, "{config}");
    }
}

#[test]
fn attributes_are_read_only_for_the_images_that_are_wanted() {
    let cloud = stocked();
    let terraform = start(&cloud);
    terraform.list(&query(json!({})));
    let before = cloud.request_count();
    let whole = Query { whole: true, limit: 2, ..query(json!({})) };
    let found = terraform.list(&whole);
    assert_eq!(found.len(), 2);
    let image = found[1].object.as_ref().unwrap();
    assert_eq!(image["name"], found[1].name.as_str().into());
    assert_eq!(image["provider_instance_id"], PROVIDER_INSTANCE.into());
    assert!(image["version_id"].as_str().is_some(), "{image:?}");
    assert!(image["admin_password"].is_null(), "{image:?}");
    assert!(cloud.request_count() - before <= 10, "{}", cloud.request_count() - before);
}

#[test]
fn an_error_in_the_middle_comes_after_the_images_before_it() {
    let cloud = stocked();
    let id = &cloud.image_ids("win11-005")[0];
    let forbidden = Fault::status(403);
    let _switch = cloud.fail_always(When::path(&format!("/images/{id}")), forbidden);
    let whole = Query { whole: true, ..query(json!({})) };
    let found = start(&cloud).list(&whole);
    let last = found.last().unwrap();
    assert_eq!(last.diagnostics[0].0, "Cannot read the image: not allowed", "{found:?}");
    assert!(found.len() > 1 && found.len() < 26, "{found:?}");
}
