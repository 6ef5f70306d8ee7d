//! The list: complete, in a fixed order, the same everywhere.

use std::time::Duration;

use serde_json::{Value, json};
use simulated_clouds::ucloud::{
    Account, Image, Order, Quirks, REGION, Simulation, TotalCount, generated,
};

use crate::harness::{Workspace, ucloud};

const ALL: &str = "data \"cloudimages_ucloud_images\" \"all\" {\n  states = [\"Available\", \
                   \"Making\"]\n}\n";

/// The ids of a list in the state.
fn ids(list: &Value) -> Vec<&str> {
    let images = list["images"].as_array().unwrap();
    images.iter().map(|image| image["id"].as_str().unwrap()).collect()
}

#[test]
fn every_page_is_fetched_whatever_the_page_size_of_the_service() {
    let images = generated(530);
    let cloud = |cap: usize| Simulation::builder().images(images.clone()).page_cap(cap).start();
    let mut clouds: Vec<_> = [20, 50, 100, 500].map(cloud).into();
    clouds.push(Simulation::builder().images(images.clone()).refuse_limit_above(100).start());
    let mut main = String::new();
    for (number, cloud) in clouds.iter().enumerate() {
        let access = ucloud::access(cloud);
        main += &ucloud::aliased(&format!("n{number}"), &format!("{access}region = {REGION:?}"));
        main += &format!(
            "data \"cloudimages_ucloud_images\" \"n{number}\" {{\n  provider = \
             cloudimages.n{number}\n  states = [\"Available\", \"Making\"]\n}}\n"
        );
    }
    let workspace = Workspace::new(&main);
    workspace.apply().ok();
    let state = workspace.state();
    let list = |number| state.attributes(&format!("data.cloudimages_ucloud_images.n{number}"));
    for number in 0..clouds.len() {
        assert_eq!(list(number)["total_count"], 530);
        let mut found = ids(list(number));
        assert_eq!(found, ids(list(0)), "the order of list {number}");
        found.sort_unstable();
        let expected: Vec<_> = images.iter().map(Image::id).collect();
        assert_eq!(found, expected, "list {number}");
    }
}

#[test]
fn another_order_of_the_service_changes_nothing() {
    let cloud = Simulation::builder().images(generated(60)).page_cap(20).start();
    let workspace = Workspace::new(
        &(ucloud::provider(&cloud)
            + ALL
            + "output \"ids\" {\n  value = data.cloudimages_ucloud_images.all.images[*].id\n}\n"),
    );
    let state = workspace.step();
    let list = state.attributes("data.cloudimages_ucloud_images.all");
    let order: Vec<_> = list["images"]
        .as_array()
        .unwrap()
        .iter()
        .map(|image| (-image["create_time_unix"].as_i64().unwrap(), image["id"].to_string()))
        .collect();
    assert!(order.is_sorted(), "{order:?}");
    for seed in [1, 2] {
        cloud.set_quirks(Quirks { order: Order::Shuffled(seed), ..Quirks::default() });
        workspace.is_settled();
    }
    workspace.apply().ok();
    assert_eq!(workspace.state().attributes("data.cloudimages_ucloud_images.all"), list);
}

#[test]
fn an_empty_list_is_a_list() {
    let cloud = Simulation::builder().images(Vec::new()).start();
    let state = Workspace::new(
        &(ucloud::provider(&cloud)
            + "data \"cloudimages_ucloud_images\" \"none\" {}\noutput \"count\" {\n  value = \
               length(data.cloudimages_ucloud_images.none.images)\n}\n"),
    )
    .step();
    assert_eq!(state.attributes("data.cloudimages_ucloud_images.none")["images"], json!([]));
    assert_eq!(state.output("count"), 0);
}

#[test]
fn every_field_is_there_with_its_type_and_absent_ones_are_null_or_empty() {
    let full = Image::new("uimage-full")
        .with("ImageName", " 完整 \"image\" ")
        .with("ImageDescription", "Everything at once ")
        .with("ImageType", "Business")
        .with("FuncType", "gpu")
        .with("Features", json!(["GPU", "RssdAttachable"]))
        .with("IntegratedSoftware", "CUDA 12")
        .with("Vendor", "Example Co.")
        .with("Links", "https://market.example/full")
        .with("CreateTime", 1_500_000_000)
        .with("ImageSize", 100)
        .with("MinimalCPU", "Broadwell")
        .with("MaintainEol", "2030/04/30")
        .with("DataSnapshotIds", json!(["bsi-1", "bsi-2"]))
        .with("SupportedGPUTypes", json!(["4090"]))
        .with("SceneCategories", json!(["HPC"]))
        .with("PrimarySoftware", "CUDA")
        .with("Tag", "web")
        .with("Undocumented", json!({"a": [1, null]}))
        .with_price("Month", 19.9, 25.0);
    let bare = Image::bare("uimage-bare").with("State", "Available");
    let cloud = Simulation::builder().images(vec![full, bare]).start();
    let main = ucloud::provider(&cloud)
        + "data \"cloudimages_ucloud_images\" \"all\" {\n  include_prices = true\n}\n";
    // The time zone of the computer must not matter.
    let state = Workspace::new(&main).env("TZ", "Asia/Shanghai").step();
    let images = &state.attributes("data.cloudimages_ucloud_images.all")["images"];
    assert_eq!(
        images[0],
        json!({
            "id": "uimage-full", "name": " 完整 \"image\" ", "description": "Everything at once ",
            "zone": "cn-bj2-04", "os_type": "Linux", "os_name": "CentOS 7.9 64位",
            "image_type": "Business", "func_type": "gpu", "features": ["GPU", "RssdAttachable"],
            "integrated_software": "CUDA 12", "vendor": "Example Co.",
            "links": "https://market.example/full", "state": "Available",
            "create_time": "2017-07-14T02:40:00Z", "create_time_unix": 1_500_000_000,
            "image_size": 100, "minimal_cpu": "Broadwell", "maintain_eol": "2030/04/30",
            "data_snapshot_ids": ["bsi-1", "bsi-2"], "supported_gpu_types": ["4090"],
            "scene_categories": ["HPC"], "primary_software": "CUDA", "tag": "web",
            "prices": [{"charge_type": "Month", "price": 19.9, "original_price": 25}],
        })
    );
    let bare = images[1].as_object().unwrap();
    let given: Vec<_> = bare.iter().filter(|(_, value)| !value.is_null()).collect();
    let expected = json!({
        "id": "uimage-bare", "state": "Available", "features": [], "data_snapshot_ids": [],
        "supported_gpu_types": [], "scene_categories": [], "prices": [],
    });
    assert_eq!(given, expected.as_object().unwrap().iter().collect::<Vec<_>>());
    assert_eq!(bare.len(), images[0].as_object().unwrap().len());
}

#[test]
fn an_image_that_cannot_be_decoded_costs_only_itself() {
    let odd = r#"{"ImageId": "uimage-odd", "ImageName": "cut \ud83d", "State": "Available"}"#;
    let mut images = generated(60);
    images.insert(30, Image::new("uimage-odd").written_as(odd));
    images.push(Image::new("uimage-none").written_as("null"));
    let cloud = Simulation::builder().images(images).page_cap(20).start();
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ALL));
    let outcome = workspace.apply().ok();
    let state = workspace.state();
    let list = state.attributes("data.cloudimages_ucloud_images.all");
    assert_eq!((ids(list).len(), &list["total_count"]), (60, &json!(62)));
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&[
        "Inconsistent response from UCloud",
        "2 images cannot be decoded and are left out: uimage-odd, an image without an id.",
        "The first: unexpected end of hex escape",
    ]);
}

#[test]
fn a_duplicate_alone_on_the_last_page_is_listed_once() {
    let mut images = generated(40);
    images.push(images[7].clone());
    let cloud = Simulation::builder().images(images).page_cap(20).start();
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ALL));
    let outcome = workspace.apply().ok();
    assert_eq!(ids(workspace.state().attributes("data.cloudimages_ucloud_images.all")).len(), 40);
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["The service sends 1 image more than once, on different pages."]);
}

#[test]
fn images_that_are_announced_and_never_come_are_reported() {
    let quirks = Quirks { total_count: TotalCount::Fixed(1800), ..Quirks::default() };
    let cloud = Simulation::builder().images(generated(200)).page_cap(20).quirks(quirks).start();
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ALL));
    let outcome = workspace.apply().ok();
    assert_eq!(ids(workspace.state().attributes("data.cloudimages_ucloud_images.all")).len(), 200);
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    let text = "The service announces 1800 images, but its list has 200.";
    warnings[0].says(&["Inconsistent response from UCloud", text]);
    // One of those that did not come may be the one to find.
    let one = "data \"cloudimages_ucloud_image\" \"one\" {\n  most_recent = true\n}\n";
    Workspace::new(&(ucloud::provider(&cloud) + one)).plan().error().says(&[
        "Inconsistent response from UCloud",
        text,
        "Try again later.",
    ]);
}

#[test]
fn part_of_a_list_is_an_error_and_not_a_list() {
    for total_count in [TotalCount::Exact, TotalCount::Missing] {
        let quirks = Quirks { ignore_offset: true, total_count, ..Quirks::default() };
        let cloud =
            Simulation::builder().images(generated(130)).page_cap(50).quirks(quirks).start();
        Workspace::new(&(ucloud::provider(&cloud) + ALL)).plan().error().says(&[
            "Cannot list the images: unexpected response",
            "The list of images could not be read completely",
            "Try again later.",
        ]);
    }
}

#[test]
fn region_and_project_of_a_data_source_override_those_of_the_provider() {
    let account = Account::new("kP", "sK").project("org-main").project("org-other");
    let cloud = Simulation::builder()
        .account(account.clone())
        .images_in("hk", vec![Image::new("uimage-hk").in_project("org-other")])
        .start();
    let keys = ucloud::keys(&cloud, &account);
    let main = ucloud::block(&format!("{keys}region = {REGION:?}\nproject_id = \"org-main\""))
        + "data \"cloudimages_ucloud_images\" \"own\" {\n  region = \"hk\"\n  project_id = \
           \"org-other\"\n}\ndata \"cloudimages_ucloud_images\" \"default\" {}\n";
    let state = Workspace::new(&main).step();
    let own = state.attributes("data.cloudimages_ucloud_images.own");
    assert_eq!(ids(own), ["uimage-hk"]);
    let mut asked: Vec<_> = cloud
        .requests()
        .iter()
        .map(|request| {
            ["Region", "ProjectId"].map(|name| request.parameter(name).unwrap().to_owned())
        })
        .collect();
    asked.sort();
    asked.dedup();
    assert_eq!(asked, [[REGION, "org-main"], ["hk", "org-other"]]);
    let default = state.attributes("data.cloudimages_ucloud_images.default");
    assert_ne!(own["id"], default["id"]);
}

#[test]
fn many_images_on_a_slow_service_are_fetched_in_parallel() {
    let latency = Duration::from_millis(400);
    let cloud =
        Simulation::builder().images(generated(1_200)).page_cap(100).latency(latency).start();
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ALL));
    workspace.apply().ok();
    let state = workspace.state();
    assert_eq!(ids(state.attributes("data.cloudimages_ucloud_images.all")).len(), 1_200);
    let most = cloud.max_in_flight();
    assert!((3..=16).contains(&most), "{most} requests in flight");
}
