//! `terraform plan` over long lists of images, beside Terraform reading as many like objects by
//! itself from a state file.

use std::time::Duration;

use serde_json::json;
use simulated_clouds::ucloud::{Simulation, generated};

use super::ms;
use super::terraform::{REQUIRED, Workspace};

const ROUNDS: usize = 5;

pub(crate) fn report() {
    println!(
        "\nterraform plan over UCloud images, beside terraform_remote_state with as many objects"
    );
    println!(
        "  {:>7} {:>8} {:>12} {:>12} {:>6} {:>9} {:>9} {:>10}",
        "images", "latency", "plan", "terraform", "ratio", "requests", "in flight", "memory"
    );
    for (images, latency) in [(20, 0), (2_000, 0), (2_000, 200), (10_000, 0), (10_000, 200)] {
        row(images, Duration::from_millis(latency));
    }
    println!("  A page of the service is 100 to 500 images, as the client asks.");
}

fn row(images: usize, latency: Duration) {
    let cloud = Simulation::builder().images(generated(images)).latency(latency).start();
    let ours = Workspace::new(&configuration(&cloud.url()));
    ours.run(&["plan"]);
    cloud.clear_requests();
    ours.run(&["plan"]);
    let requests = cloud.request_count();
    let cost = ours.median(ROUNDS, &["plan"]);
    let floor = remote_state(images);
    let floor = floor.median(ROUNDS, &["plan"]);
    println!(
        "  {images:>7} {:>5} ms {:>12} {:>12} {:>6.2} {requests:>9} {:>9} {:>7.1} MB",
        latency.as_millis(),
        ms(cost.wall),
        ms(floor.wall),
        cost.wall.as_secs_f64() / floor.wall.as_secs_f64(),
        cloud.max_in_flight(),
        cost.memory as f64 / 1e6,
    );
}

pub(crate) fn configuration(url: &str) -> String {
    format!(
        r#"{REQUIRED}
provider "cloudimages" {{
  ucloud = {{
    public_key  = "{PUBLIC}"
    private_key = "{PRIVATE}"
    region      = "cn-bj2"
    base_url    = "{url}"
  }}
}}
data "cloudimages_ucloud_images" "all" {{
  states = ["Available", "Making"]
}}
output "count" {{
  value = length(data.cloudimages_ucloud_images.all.images)
}}
"#,
        PUBLIC = simulated_clouds::ucloud::Account::example().public_key(),
        PRIVATE = simulated_clouds::ucloud::Account::example().private_key(),
    )
}

/// A workspace in which Terraform reads `images` objects of the same shape by its own means.
fn remote_state(images: usize) -> Workspace {
    let workspace = Workspace::new("");
    let object = |number: usize| {
        json!({
            "id": format!("uimage-{number:06}"), "name": format!("CentOS 7.6 64-bit {number}"),
            "description": "A system for general use", "zone": "cn-bj2-04", "os_type": "Linux",
            "os_name": "CentOS 7.6 64-bit", "image_type": "Base", "func_type": "uhost",
            "features": ["CloudInit", "IPv6", "RssdAttachable", "NetEnhanced_Ultra"],
            "integrated_software": null, "vendor": null, "links": null, "state": "Available",
            "create_time": "2024-03-01T00:00:00Z", "create_time_unix": 1_709_251_200 + number,
            "image_size": 20, "minimal_cpu": null, "maintain_eol": "2027/06/30",
            "data_snapshot_ids": [], "supported_gpu_types": [], "scene_categories": ["Featured"],
            "primary_software": null, "tag": "Default", "prices": [],
        })
    };
    let values: Vec<_> = (0..images).map(object).collect();
    let ty = json!(["list", ["object", {
        "id": "string", "name": "string", "description": "string", "zone": "string",
        "os_type": "string", "os_name": "string", "image_type": "string", "func_type": "string",
        "features": ["list", "string"], "integrated_software": "string", "vendor": "string",
        "links": "string", "state": "string", "create_time": "string",
        "create_time_unix": "number", "image_size": "number", "minimal_cpu": "string",
        "maintain_eol": "string", "data_snapshot_ids": ["list", "string"],
        "supported_gpu_types": ["list", "string"], "scene_categories": ["list", "string"],
        "primary_software": "string", "tag": "string", "prices": ["list", "string"],
    }]]);
    let state = json!({
        "version": 4, "terraform_version": "1.0.0", "serial": 1,
        "lineage": "3f8a2c1e-5d7b-4e90-8a61-c2b4d6e8f013",
        "outputs": { "images": { "value": values, "type": ty } }, "resources": [],
    });
    std::fs::write(workspace.path("images.tfstate"), state.to_string()).unwrap();
    let configuration = r#"
data "terraform_remote_state" "images" {
  backend = "local"
  config  = { path = "images.tfstate" }
}
output "count" {
  value = length(data.terraform_remote_state.images.outputs.images)
}
"#;
    std::fs::write(workspace.path("main.tf"), configuration).unwrap();
    // The built-in provider has to be installed, which takes no network.
    workspace.run(&["init"]);
    workspace
}
