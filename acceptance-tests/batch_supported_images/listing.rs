//! The list: complete, in a fixed order, for all pages and quirks of the service.

use serde_json::{Value, json};
use simulated_clouds::batch::{NextLink, Simulation, catalogue, generated, image};

use crate::harness::{State, Workspace, batch};

const ALL: &str = "data.cloudimages_batch_supported_images.all";

/// The images of a data source in the state.
fn images<'a>(state: &'a State, name: &str) -> &'a Vec<Value> {
    let list = state.attributes(&format!("data.cloudimages_batch_supported_images.{name}"));
    list["images"].as_array().unwrap()
}

/// A configuration with one data source, and an output that shows any change of it.
fn watched(cloud: &Simulation) -> String {
    batch::provider(cloud)
        + &batch::all("all", "")
        + &format!(
            "output \"images\" {{\n  value = {ALL}.images\n}}\noutput \"id\" {{\n  value = {ALL}.id\n}}\n"
        )
}

#[test]
fn every_page_is_fetched_with_all_forms_of_links() {
    let styles = [
        ("normal", NextLink::Normal),
        ("versionless", NextLink::WithoutApiVersion),
        ("empty_end", NextLink::EmptyOnLastPage),
    ];
    let clouds = styles.map(|(name, style)| {
        // Tokens contain `%5E`, `/`, `=`, `:` and `$`, and are accepted only unchanged.
        (name, Simulation::builder().page_size(25).next_link(style).start())
    });
    let one_page = Simulation::builder().start();
    let small = Simulation::builder().start();
    let mut main = batch::aliased("one_page", "", &batch::access(&one_page));
    main += &batch::all_by("one_page", "");
    main += &batch::aliased("small", "", &batch::access(&small));
    main += &batch::all_by("small", "max_results = 31");
    for (name, cloud) in &clouds {
        main += &batch::aliased(name, "", &batch::access(cloud));
        main += &batch::all_by(name, "");
    }
    let workspace = Workspace::new(&main);
    workspace.apply().ok();
    let state = workspace.state();
    assert_eq!(images(&state, "one_page").len(), catalogue().len());
    for (name, cloud) in &clouds {
        assert_eq!(images(&state, name), images(&state, "one_page"), "{name}");
        let requests = cloud.requests();
        assert_eq!(requests.len(), 3, "{name}: {requests:#?}");
        for request in &requests {
            assert_eq!(request.query_value("api-version").as_deref(), Some("2024-07-01.20.0"));
        }
        // Each page is a separate request with its own id and signature.
        let of = |name: &str| {
            let values = requests.iter().map(|request| request.header(name).unwrap());
            values.collect::<std::collections::BTreeSet<_>>().len()
        };
        assert_eq!((of("client-request-id"), of("authorization")), (3, 3), "{name}");
        assert_eq!(requests[0].header("return-client-request-id"), Some("true"));
    }
    assert_eq!(images(&state, "small"), images(&state, "one_page"));
    assert_eq!(small.request_count(), 2);
}

#[test]
fn another_order_or_page_split_of_the_service_changes_nothing() {
    let cloud = Simulation::builder().shuffle(3).page_size(20).start();
    let workspace = Workspace::new(&watched(&cloud));
    let state = workspace.step();
    let key = |image: &Value| {
        ["publisher", "offer", "sku", "node_agent_sku_id"].map(|name| image[name].to_string())
    };
    let keys: Vec<_> = images(&state, "all").iter().map(key).collect();
    assert!(keys.is_sorted(), "{keys:?}");
    // The page size changes the id of the query only.
    workspace.is_settled();
    assert_eq!(workspace.state().attributes(ALL), state.attributes(ALL));
    // The address may come from either block.
    workspace.main(
        &watched(&cloud)
            .replace(
                &batch::access(&cloud),
                &batch::access(&cloud).replace(&batch::endpoint(&cloud), ""),
            )
            .replace("\"all\" {", &format!("\"all\" {{\n{}", batch::endpoint(&cloud))),
    );
    workspace.plan().ok();
}

#[test]
fn an_image_that_is_listed_twice_is_one_and_one_with_two_agents_are_two() {
    let agent = "batch.node.ubuntu 24.04";
    let items = vec![
        image("p", "o", "1", agent, true, &["A"], ""),
        image("p", "o", "1", agent, true, &["A"], ""),
        image("p", "o", "1", "batch.node.ubuntu 24.04-arm64", true, &["A"], ""),
    ];
    let cloud = Simulation::builder().items(items).page_size(1).start();
    let state = Workspace::new(&watched(&cloud)).step();
    assert_eq!(images(&state, "all").len(), 2);
    let list = state.attributes(ALL);
    assert_eq!(list["urns"], json!(["p:o:1:latest"]));
    assert_eq!(list["node_agent_sku_ids"].as_array().unwrap().len(), 2);
}

#[test]
fn an_empty_list_is_a_list() {
    let cloud = Simulation::builder().items(Vec::new()).start();
    let state = Workspace::new(&watched(&cloud)).step();
    let list = state.attributes(ALL);
    for name in ["images", "urns", "node_agent_sku_ids"] {
        assert_eq!(list[name], json!([]), "{name}");
    }
}

/// Undocumented entries, which the service may send in the future.
fn odd_items() -> Vec<Value> {
    let mut full = image("p", "full", "1", "batch.node.ubuntu 24.04", true, &["A", "B"], "");
    full["batchSupportEndOfLife"] = json!("2031-05-01T02:00:00.1234567+02:00");
    full["imageReference"]["version"] = json!("1.2.3");
    full["imageReference"]["exactVersion"] = json!("1.2.3");
    full["imageReference"]["news"] = json!([1, {"a": null}]);
    full["more news"] = json!(true);
    let id = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/images/own";
    vec![
        full,
        json!({"nodeAgentSKUId": "batch.node.plan 9", "osType": "plan9", "verificationType": "rumoured",
            "imageReference": {"publisher": "p", "offer": "bare", "sku": "1", "version": null},
            "capabilities": null, "batchSupportEndOfLife": null}),
        json!({"nodeAgentSKUId": "batch.node.el 9", "osType": "linux", "verificationType": "verified",
            "imageReference": {"virtualMachineImageId": id}}),
        image("p", "odd-date", "1", "batch.node.el 9", true, &[], "soon"),
        json!({"nodeAgentSKUId": "batch.node.lonely", "osType": "linux", "imageReference": null}),
        json!({"imageReference": {"publisher": "p", "offer": "agentless", "sku": "1"}}),
        json!("what?"),
    ]
}

#[test]
fn every_field_is_present_and_odd_images_do_not_hide_the_rest() {
    let cloud = Simulation::builder().items(odd_items()).start();
    let workspace = Workspace::new(&watched(&cloud)).env("TZ", "Asia/Tokyo");
    let warnings = workspace.plan().exits(2).warnings();
    // There is one warning about all odd images, which names them.
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    warnings[0].says(&[
        "p:odd-date:1:latest",
        "\"soon\"",
        "batch.node.lonely",
        "agentless",
        "what?",
    ]);
    let state = workspace.step();
    let images = images(&state, "all");
    let own = json!({
        "publisher": null, "offer": null, "sku": null, "version": "latest",
        "urn": "/subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/images/own",
        "node_agent_sku_id": "batch.node.el 9", "os_type": "linux",
        "verification_type": "verified", "architecture": "x64", "capabilities": [],
        "batch_support_end_of_life": null,
        "exact_version": null, "virtual_machine_image_id":
        "/subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/images/own",
        "community_gallery_image_id": null, "shared_gallery_image_id": null,
    });
    let mut bare = own.clone();
    for (name, value) in [
        ("publisher", json!("p")),
        ("offer", json!("bare")),
        ("sku", json!("1")),
        ("urn", json!("p:bare:1:latest")),
        ("node_agent_sku_id", json!("batch.node.plan 9")),
        ("os_type", json!("plan9")),
        ("verification_type", json!("rumoured")),
        ("virtual_machine_image_id", Value::Null),
    ] {
        bare[name] = value;
    }
    let mut full = bare.clone();
    for (name, value) in [
        ("offer", json!("full")),
        ("version", json!("1.2.3")),
        ("exact_version", json!("1.2.3")),
        ("urn", json!("p:full:1:1.2.3")),
        ("node_agent_sku_id", json!("batch.node.ubuntu 24.04")),
        ("os_type", json!("linux")),
        ("verification_type", json!("verified")),
        ("capabilities", json!(["A", "B"])),
        ("batch_support_end_of_life", json!("2031-05-01T00:00:00.1234567Z")),
    ] {
        full[name] = value;
    }
    assert_eq!(images[..3], [own, bare, full]);
    assert_eq!(images[3]["offer"], "odd-date");
    assert_eq!(images[3]["batch_support_end_of_life"], "soon");
    assert_eq!(images.len(), 4);
}

#[test]
fn five_thousand_images_on_five_pages_are_listed() {
    let cloud = Simulation::builder().items(generated(5_000)).start();
    let main = batch::provider(&cloud)
        + &batch::all("all", "")
        + &batch::one("last", "sku_regex = \"^sku-004999$\"\nverification_type = \"unverified\"");
    let workspace = Workspace::new(&main);
    workspace.apply().ok();
    let state = workspace.state();
    assert_eq!(images(&state, "all").len(), 5_000);
    let last = state.attributes("data.cloudimages_batch_supported_image.last");
    assert_eq!(last["urn"], "publisher049:offer:sku-004999:latest");
}
