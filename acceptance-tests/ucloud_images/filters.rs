//! Which images match.

use serde_json::json;
use simulated_clouds::ucloud::{Image, Quirks, Simulation};

use crate::harness::{Workspace, ucloud};

/// Data sources by name, and the ids that they have to find, in the order of the list.
const CASES: [(&str, &str, &[&str]); 21] = [
    // Filters of the service, in any case.
    (
        "base",
        "image_type = \"base\"\nos_type = \"WINDOWS\"\nzone = \"CN-BJ2-05\"",
        &["uimage-w22dv4", "uimage-w19cu3"],
    ),
    ("apps", "func_type = \"APP\"", &["uimage-ba07g7", "uimage-ba06f6"]),
    ("tagged", "tag = \"web\"", &["uimage-cu02bb", "uimage-cu03cc", "uimage-cu01aa"]),
    // Names and patterns of configurations that are in use elsewhere.
    ("exact", "name = \" Windows 2008 32 位\"", &["3d5e8f02-71a4-4c9b-8e60-5b2f9d17c340"]),
    ("pattern", "name_regex = \"^CentOS 8.[1-2] 64\"", &["uimage-c082f7", "uimage-c081e6"]),
    ("unicode", "name_regex = \"^高内核CentOS 7.6 64位\"", &["uimage-hk76c4"]),
    ("end", "name_regex = \"^Rocky .*64位$\"", &["uimage-r092q7", "uimage-r085p6"]),
    ("system", "os_name_regex = \"^other$\"", &["a4b8c15d-62e3-4f70-9a81-0c2d4e6f8a1b"]),
    (
        "vendor",
        "vendor = \"Example Software Co., Ltd. 示例软件\"\nname = \"Docker CE\"",
        &["uimage-ba07g7"],
    ),
    // The rules for hosts: RSSD disks, ARM, and the old types.
    (
        "rssd",
        "image_type = \"Base\"\nos_type = \"Linux\"\nname_regex = \"^CentOS 7\"\nrequired_features = [\"rssdattachable\"]\nexcluded_features = [\"Vgpu_AMD\", \"Vgpu_NVIDIA\"]",
        &["uimage-aac7n5", "uimage-c079d5"],
    ),
    (
        "arm",
        "required_features = [\"RssdAttachable\", \"Aarch64_Type\"]",
        &["uimage-aau2m4", "uimage-aac7n5"],
    ),
    (
        "legacy",
        "image_type = \"Base\"\nname_regex = \"CentOS 7.6\"\nexcluded_features = [\"RssdAttachable\"]",
        &["uimage-c076a3", "uimage-c076a3"],
    ),
    ("scene", "required_scene_categories = [\"hpc\", \"AIModels\"]", &["uimage-bg03c3"]),
    ("gpu", "required_gpu_types = [\"4090\", \"A800\"]", &["uimage-bg03c3", "uimage-bg01a1"]),
    (
        "states",
        "states = [\"making\", \"Copying\"]",
        &["uimage-cu04dd", "uimage-cu06ff", "uimage-cu05ee"],
    ),
    (
        "maintained",
        "image_type = \"Base\"\nos_type = \"Linux\"\nname_regex = \"^(Ubuntu|CentOS)\"\nmaintained_until = \"2030-04-30\"",
        &["uimage-u244k2", "uimage-aau2m4", "uimage-u224j1", "uimage-aac7n5"],
    ),
    // The day before in UTC, so that the last day of maintenance still counts.
    (
        "maintained_in_utc",
        "name = \"Rocky 9.2 64位\"\nmaintained_until = \"2032-05-31T00:00:00+08:00\"",
        &["uimage-r092q7"],
    ),
    (
        "maintained_no_longer",
        "name = \"Rocky 9.2 64位\"\nmaintained_until = \"2032-05-31T00:00:00Z\"",
        &[],
    ),
    ("ids", "image_ids = [\"uimage-cu01aa\", \"uimage-none\"]", &["uimage-cu01aa"]),
    ("no_ids", "image_ids = []", &[]),
    ("nothing", "name = \"no such image\"", &[]),
];

#[test]
fn filters_keep_the_images_that_match() {
    let cloud = Simulation::start();
    let mut main = ucloud::provider(&cloud);
    for (name, arguments, _) in CASES {
        main += &format!("data \"cloudimages_ucloud_images\" {name:?} {{\n{arguments}\n}}\n");
    }
    let state = Workspace::new(&main).step();
    for (name, _, expected) in CASES {
        let list = state.attributes(&format!("data.cloudimages_ucloud_images.{name}"));
        let found: Vec<_> = list["images"].as_array().unwrap().iter().map(|i| &i["id"]).collect();
        assert_eq!(found, expected, "{name}");
    }
    // A filter keeps the spelling that the configuration has.
    let base = state.attributes("data.cloudimages_ucloud_images.base");
    assert_eq!(base["os_type"], "WINDOWS");
}

#[test]
fn filters_that_the_service_supports_are_sent_to_it() {
    let cloud = Simulation::start();
    let main = ucloud::provider(&cloud)
        + "data \"cloudimages_ucloud_images\" \"all\" {\n  zone = \"CN-BJ2-04\"\n  image_type = \
           \"base\"\n  func_type = \"UHOST\"\n  os_type = \"linux\"\n  tag = \"Default\"\n  \
           image_ids = [\"uimage-c079d5\"]\n  include_prices = true\n}\n";
    Workspace::new(&main).apply().ok();
    let requests = cloud.requests();
    assert_eq!(requests.len(), 1);
    let sent = json!(requests[0].parameters);
    for (name, value) in [
        ("Action", "DescribeImage"),
        ("Zone", "cn-bj2-04"),
        ("ImageType", "Base"),
        ("FuncType", "uhost"),
        ("OsType", "Linux"),
        ("Tag", "Default"),
        ("ImageIds.0", "uimage-c079d5"),
        ("PriceSet", "1"),
    ] {
        assert_eq!(sent[name], value, "{name}");
    }
    let agent = requests[0].header("user-agent").unwrap();
    assert!(agent.starts_with("Terraform/1."), "{agent}");
    assert!(agent.contains("terraform-provider-cloudimages/"), "{agent}");
}

#[test]
fn a_service_that_ignores_parameters_changes_nothing() {
    let images = vec![
        Image::new("uimage-a").with("FuncType", "gpu"),
        Image::new("uimage-b").with("FuncType", "app"),
        Image::new("uimage-c").with("FuncType", "gpu"),
    ];
    let cloud = Simulation::builder()
        .images(images)
        .quirks(Quirks { ignore_image_ids: true, ignore_func_type: true, ..Quirks::default() })
        .start();
    let main = ucloud::provider(&cloud)
        + "data \"cloudimages_ucloud_images\" \"all\" {\n  image_ids = [\"uimage-a\", \
           \"uimage-b\"]\n  func_type = \"gpu\"\n}\n";
    let state = Workspace::new(&main).step();
    let images = &state.attributes("data.cloudimages_ucloud_images.all")["images"];
    assert_eq!(images.as_array().unwrap().len(), 1);
    assert_eq!(images[0]["id"], "uimage-a");
}
