//! `provider::cloudimages::parse_image_urn`: the parts of a URN.

use serde_json::json;
use simulated_clouds::batch::Simulation;

use crate::harness::{Workspace, batch};

const LATEST: &str = "provider::cloudimages::parse_image_urn(\"Canonical:UbuntuServer:18.04-LTS\")";

#[test]
fn a_urn_is_parsed_without_any_configuration() {
    let full = LATEST.replace("LTS", "LTS:18.04.202401161");
    let main =
        format!("output \"full\" {{ value = {full} }}\noutput \"latest\" {{ value = {LATEST} }}\n");
    let state = Workspace::new(&main).step();
    let parts = |version: &str| {
        json!({
            "publisher": "Canonical", "offer": "UbuntuServer", "sku": "18.04-LTS",
            "version": version,
        })
    };
    assert_eq!(state.output("full"), &parts("18.04.202401161"));
    assert_eq!(state.output("latest"), &parts("latest"));
}

#[test]
fn a_urn_from_one_place_selects_the_image_in_another() {
    let cloud = Simulation::builder().start();
    let main = batch::provider(&cloud)
        + "variable \"urn\" {\n  default = \"Canonical:ubuntu-24_04-lts:server\"\n}\nlocals {\n  \
           image = provider::cloudimages::parse_image_urn(var.urn)\n}\n"
        + &batch::one(
            "one",
            "publisher = local.image.publisher\noffer = local.image.offer\nsku = local.image.sku",
        )
        + &batch::all("all", "publisher = local.image.publisher\noffer = local.image.offer")
        + "output \"same\" {\n  value = [for urn in \
           data.cloudimages_batch_supported_images.all.urns : \
           provider::cloudimages::parse_image_urn(urn).sku]\n}\n";
    let state = Workspace::new(&main).step();
    let one = state.attributes("data.cloudimages_batch_supported_image.one");
    assert_eq!(one["node_agent_sku_id"], "batch.node.ubuntu 24.04");
    let skus = json!(["minimal", "server-arm64", "server-gen1", "server"]);
    assert_eq!(state.output("same"), &skus);
}

#[test]
fn an_invalid_urn_is_refused_at_the_argument() {
    for urn in ["Canonical:UbuntuServer", "a::c", "/subscriptions/0/images/1"] {
        let main = format!(
            "output \"x\" {{\n  value = {}\n}}\n",
            LATEST.replace("Canonical:UbuntuServer:18.04-LTS", urn)
        );
        let error = Workspace::new(&main).validate().error();
        error.says(&[urn, "is not the URN of an image", "publisher:offer:sku:version"]);
        assert!(error.code.contains("parse_image_urn"), "{error:?}");
    }
}
