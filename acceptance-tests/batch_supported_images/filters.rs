//! Which images match, and which filters are sent to the service.

use serde_json::{Value, json};
use simulated_clouds::batch::{Simulation, image};

use crate::harness::{Workspace, batch};

/// Linux images for containers that Batch has tested, in the order of the list.
const CONTAINERS: &[&str] = &[
    "ubuntu-server-container:20-04-lts",
    "ubuntu-server-container:22-04-lts",
    "ubuntu-server-container:24-04-lts",
    "ubuntu-server-container-rdma:20-04-lts",
    "ubuntu-hpc:2004",
    "ubuntu-hpc:2204",
];

/// The filters that find [`CONTAINERS`], in any case.
const FOR_CONTAINERS: &str = "os_type = \"Linux\"\nverification_type = \"VERIFIED\"\n\
                              required_capabilities = [\"dockercompatible\"]\n";

/// Further filters on [`CONTAINERS`], and the images that match.
const NARROWED: [(&str, &str, &[&str]); 8] = [
    ("all", "", CONTAINERS),
    ("until", "supported_until = \"2025-04-22T23:59:59Z\"", CONTAINERS),
    // An end of support equal to the limit does not match, with any UTC offset.
    (
        "limit",
        "supported_until = \"2025-04-23T02:00:00+02:00\"",
        &[
            "ubuntu-server-container:22-04-lts",
            "ubuntu-server-container:24-04-lts",
            "ubuntu-hpc:2204",
        ],
    ),
    // No planned end is never too early.
    ("days", "min_support_days = 36500", &["ubuntu-server-container:24-04-lts", "ubuntu-hpc:2204"]),
    (
        "not_rdma",
        "supported_until = \"2025-12-31\"\nexcluded_capabilities = [\"supportsrdmaonly\"]",
        &["ubuntu-server-container:22-04-lts", "ubuntu-server-container:24-04-lts"],
    ),
    (
        "and",
        "required_capabilities = [\"DockerCompatible\", \"NvidiaTeslaDriverInstalled\"]",
        &["ubuntu-hpc:2004", "ubuntu-hpc:2204"],
    ),
    (
        "nor",
        "excluded_capabilities = [\"NvidiaTeslaDriverInstalled\", \"SupportsRDMAOnly\"]",
        &[
            "ubuntu-server-container:20-04-lts",
            "ubuntu-server-container:22-04-lts",
            "ubuntu-server-container:24-04-lts",
        ],
    ),
    ("neither", "required_capabilities = [\"DockerCompatible\", \"NoSuchThing\"]", &[]),
];

/// Various data sources, and the images that they find.
const APART: [(&str, &str, &[&str]); 9] = [
    (
        "any_case",
        "publisher = \"Canonical\"\noffer = \"Ubuntu-24_04-LTS\"\nsku = \"SERVER-gen1\"\n\
         node_agent_sku_id = \"Batch.Node.Ubuntu 24.04\"",
        &["ubuntu-24_04-lts:server-gen1"],
    ),
    (
        "pattern",
        "publisher = \"MicrosoftWindowsServer\"\nsku_regex = \"^2022-.*(core|g2)$\"",
        &["windowsserver:2022-datacenter-core", "windowsserver:2022-datacenter-g2"],
    ),
    (
        "first_generation",
        "publisher = \"canonical\"\nverification_type = \"verified\"\nexcluded_capabilities = \
         [\"Generation2VMImage\"]",
        &[
            "0001-com-ubuntu-server-focal:20_04-lts",
            "0001-com-ubuntu-server-jammy:22_04-lts",
            "ubuntu-24_04-lts:server-gen1",
        ],
    ),
    // The service may send fractions of a second.
    (
        "before_the_fraction",
        "publisher = \"rockylinux\"\nsupported_until = \"2026-12-31T23:59:59.9999998Z\"",
        &["rockylinux-hpc:9-hpc-gen2"],
    ),
    ("after_it", "publisher = \"rockylinux\"\nsupported_until = \"2027-01-01T00:00:00Z\"", &[]),
    ("two_digits", "offer = \"debian-11\"\nsupported_until = \"2026-08-31T00:00:00Z\"", &[]),
    // The OData filter is combined with the rest, and its `or` is put in parentheses.
    (
        "odata",
        "verification_type = \"verified\"\nexcluded_capabilities = [\"Generation2VMImage\"]\n\
         filter = \"nodeAgentSKUId eq 'batch.node.ubuntu 22.04' or nodeAgentSKUId eq \
         'batch.node.debian 12'\"",
        &[
            "0001-com-ubuntu-server-jammy:22_04-lts",
            "debian-12:12",
            "ubuntu-server-container:22-04-lts",
        ],
    ),
    (
        "no_tested_windows_runs_containers",
        "os_type = \"windows\"\nverification_type = \"verified\"\nrequired_capabilities = \
         [\"DockerCompatible\"]",
        &[],
    ),
    ("nothing", "publisher = \"nobody\"", &[]),
];

/// The images of a list in the state, by offer and SKU.
fn found(list: &Value) -> Vec<String> {
    let images = list["images"].as_array().unwrap().iter();
    images.map(|i| format!("{}:{}", i["offer"], i["sku"]).replace('"', "")).collect()
}

#[test]
fn filters_keep_the_images_that_match() {
    let cloud = Simulation::builder().start();
    let mut main = batch::provider(&cloud);
    for (name, narrower, _) in NARROWED {
        let wider = match narrower.starts_with("required_capabilities") {
            true => FOR_CONTAINERS.lines().take(2).collect::<Vec<_>>().join("\n"),
            false => FOR_CONTAINERS.to_owned(),
        };
        main += &batch::all(name, &format!("{wider}\n{narrower}"));
    }
    for (name, arguments, _) in APART {
        main += &batch::all(name, arguments);
    }
    let state = Workspace::new(&main).step();
    for (name, _, expected) in NARROWED.into_iter().chain(APART) {
        let list = state.attributes(&format!("data.cloudimages_batch_supported_images.{name}"));
        assert_eq!(found(list), expected, "{name}");
    }
    // A filter keeps the spelling that the configuration has; the images have the service's.
    let list = state.attributes("data.cloudimages_batch_supported_images.any_case");
    assert_eq!(list["publisher"], "Canonical");
    assert_eq!(list["urns"], json!(["canonical:ubuntu-24_04-lts:server-gen1:latest"]));
    // Two similar queries have different ids.
    let ids: std::collections::BTreeSet<_> = NARROWED
        .into_iter()
        .chain(APART)
        .map(|(name, ..)| format!("data.cloudimages_batch_supported_images.{name}"))
        .map(|address| state.attributes(&address)["id"].to_string())
        .collect();
    assert_eq!(ids.len(), NARROWED.len() + APART.len());
    // Each agent and each URN once, in order.
    let list = state.attributes("data.cloudimages_batch_supported_images.all");
    let agents =
        json!(["batch.node.ubuntu 20.04", "batch.node.ubuntu 22.04", "batch.node.ubuntu 24.04"]);
    assert_eq!(list["node_agent_sku_ids"], agents);
    assert_eq!(list["urns"].as_array().unwrap().len(), CONTAINERS.len());
}

#[test]
fn filters_that_the_service_supports_are_sent_to_it() {
    let cloud = Simulation::builder().start();
    let main = batch::provider(&cloud)
        + &batch::all(
            "all",
            "verification_type = \"Verified\"\nnode_agent_sku_id = \"batch.node.o'brien 1+\"\n\
             os_type = \"LINUX\"\nfilter = \"osType eq 'linux' or osType ne 'plan9'\"\n\
             publisher = \"canonical\"\nmax_results = 7\nserver_timeout_seconds = 9\n\
             api_version = \"2025-06-01\"",
        );
    Workspace::new(&main).apply().ok();
    let requests = cloud.requests();
    assert_eq!(requests.len(), 1);
    // Spaces are not plus signs, quotes are doubled, and only supported filters are sent.
    let filter = "(osType eq 'linux' or osType ne 'plan9') and osType eq 'linux' and \
                  verificationType eq 'verified' and nodeAgentSKUId eq 'batch.node.o''brien 1+'";
    let filter = filter.replace(' ', "%20").replace('\'', "%27").replace('+', "%2B");
    let filter = filter.replace('(', "%28").replace(')', "%29");
    let expected =
        format!("/supportedimages?api-version=2025-06-01&$filter={filter}&maxresults=7&timeout=9");
    assert_eq!(requests[0].target, expected);
    assert_eq!(requests[0].method, "GET");
    assert_eq!(requests[0].header("content-type"), None);
    let agent = requests[0].header("user-agent").unwrap();
    assert!(agent.starts_with("Terraform/1."), "{agent}");
    assert!(agent.contains("terraform-provider-cloudimages/"), "{agent}");
    assert!(requests[0].header("ocp-date").unwrap().ends_with(" GMT"), "{requests:?}");
}

#[test]
fn a_service_that_ignores_filters_changes_nothing() {
    let agent = "batch.node.ubuntu 24.04";
    let items = vec![
        image("p", "tested", "1", agent, true, &[], ""),
        image("p", "untested", "1", agent, false, &[], ""),
        image("p", "another-agent", "1", "batch.node.debian 12", true, &[], ""),
        image("p", "windows", "1", "batch.node.windows amd64", true, &[], ""),
    ];
    let cloud = Simulation::builder().items(items).ignore_filter().start();
    let narrow = format!(
        "os_type = \"linux\"\nverification_type = \"verified\"\nnode_agent_sku_id = {agent:?}"
    );
    let main = batch::provider(&cloud) + &batch::all("all", &narrow);
    let state = Workspace::new(&main).step();
    assert_eq!(
        found(state.attributes("data.cloudimages_batch_supported_images.all")),
        ["tested:1"]
    );
}
