//! Which image is selected, and the errors when it is not exactly one.

use simulated_clouds::ucloud::{Image, Order, Quirks, Simulation};

use crate::harness::{Outcome, Workspace, ucloud};

/// Plans a data source with the usual catalogue.
fn plan(arguments: &str) -> Outcome {
    let cloud = Simulation::start();
    let main = ucloud::provider(&cloud)
        + &format!("data \"cloudimages_ucloud_image\" \"one\" {{\n{arguments}\n}}\n");
    Workspace::new(&main).plan()
}

#[test]
fn an_image_without_a_state_is_not_available_and_the_error_says_so() {
    let stateless = Image::new("uimage-odd").without("State");
    let cloud = Simulation::builder().images(vec![stateless]).start();
    let one = "data \"cloudimages_ucloud_image\" \"one\" {}\n";
    let error = Workspace::new(&(ucloud::provider(&cloud) + one)).plan().error();
    error.says(&["No image found", "uimage-odd", "no state)"]);
}

#[test]
fn the_newest_image_is_the_same_one_in_any_order() {
    // Three of the same second, and an older one.
    let mut images: Vec<_> = ["uimage-c", "uimage-a", "uimage-b"].map(Image::new).into();
    images.push(Image::new("uimage-0").with("CreateTime", 1_600_000_000));
    let cloud = Simulation::builder().images(images).start();
    let main = ucloud::provider(&cloud)
        + "data \"cloudimages_ucloud_image\" \"newest\" {\n  most_recent = true\n}\n\
           resource \"terraform_data\" \"host\" {\n  input = \
           data.cloudimages_ucloud_image.newest.id\n}\n";
    let workspace = Workspace::new(&main);
    let state = workspace.step();
    let newest = state.attributes("data.cloudimages_ucloud_image.newest");
    assert_eq!((&newest["id"], &newest["most_recent"]), (&"uimage-a".into(), &true.into()));
    for seed in 1..4 {
        cloud.set_quirks(Quirks { order: Order::Shuffled(seed), ..Quirks::default() });
        workspace.plan().ok();
    }
    // A newer image is selected instead, and the plan shows what depends on it.
    let newer = Image::new("uimage-z").with("CreateTime", 1_800_000_000);
    cloud.set_images(vec![Image::new("uimage-a"), newer]);
    let changes = workspace.plan().exits(2).changes();
    assert_eq!(changes, [("terraform_data.host".to_owned(), "update".to_owned())]);
}

#[test]
fn more_than_one_image_is_an_error_that_names_the_candidates() {
    let images = (0..12).map(|n| Image::new(&format!("uimage-{n:02}"))).collect();
    let cloud = Simulation::builder().images(images).start();
    let main = ucloud::provider(&cloud)
        + "data \"cloudimages_ucloud_image\" \"one\" {\n  os_type = \"linux\"\n}\n";
    let error = Workspace::new(&main).plan().error();
    error.says(&[
        "More than one image found",
        "12 images match",
        "`most_recent = true`",
        "os_type = \"Linux\"",
        "uimage-00",
        "uimage-09",
        "and 2 more",
    ]);
    assert!(!error.detail.contains("uimage-10"), "{error:?}");
}

#[test]
fn no_image_is_an_error_that_names_the_filters_and_what_comes_close() {
    plan("os_type = \"Linux\"\nimage_type = \"Base\"\nname = \"Ubuntu 22.04 64\"\nrequired_features = [\"rssdatachable\"]")
        .error()
        .says(&[
            "No image found",
            "os_type = \"Linux\": 0 of",
            "name = \"Ubuntu 22.04 64\":",
            "required_features \"rssdatachable\":",
            "states = [\"Available\"]: 0 of",
            "Similar: \"Ubuntu 22.04 64位\"",
            "Similar: \"RssdAttachable\"",
            "Nearest misses:",
        ]);
}

#[test]
fn one_id_in_two_zones_asks_for_the_zone() {
    let error = plan("image_ids = [\"uimage-c076a3\"]").error();
    error.says(&[
        "More than one image found",
        "uimage-c076a3 exists in 2 zones",
        "Set `zone` to one of [\"cn-bj2-04\", \"cn-bj2-05\"].",
    ]);
    assert!(error.code.starts_with("image_ids = ["), "{error:?}");
    plan("image_ids = [\"uimage-c076a3\"]\nzone = \"cn-bj2-05\"").ok();
    // So do several images in several zones.
    plan("name_regex = \"CentOS 7[.][69]\"").error().says(&[
        "More than one image found",
        "uimage-c079d5",
        "The images are in 2 zones.",
        "set `zone` to one of [\"cn-bj2-04\", \"cn-bj2-05\"].",
    ]);
}

#[test]
fn ids_that_do_not_exist_are_named_with_similar_ones() {
    let error = plan("image_ids = [\"uimage-c079d5\", \"uimage-gone1\", \"uimage-gone2\"]").error();
    error.says(&["No image found", "uimage-gone1, uimage-gone2", "region cn-bj2"]);
    assert!(!error.detail.contains("uimage-c079d5"), "{error:?}");
    assert!(error.code.starts_with("image_ids = ["), "{error:?}");
    plan("image_ids = [\"uimage-c079d6\"]\nzone = \"cn-bj2-04\"").error().says(&[
        "UCloud has no image with this id in region cn-bj2: uimage-c079d6.",
        "Similar to uimage-c079d6: uimage-c079d5 \"CentOS 7.9 64位\".",
    ]);
}

#[test]
fn an_id_that_another_filter_excludes_is_not_unknown() {
    let error = plan("image_ids = [\"uimage-c079d5\"]\nimage_type = \"Custom\"").error();
    error.says(&[
        "No image found",
        "The image uimage-c079d5 exists, but other filters exclude it.",
        "image_type = \"Custom\": 1 of 1",
        "states = [\"Available\"]: 0 of 1",
        "does not match image_type = \"Custom\"",
    ]);
    let error = plan("image_ids = [\"uimage-cu01aa\"]\ntag = \"db\"").error();
    error.says(&["uimage-cu01aa exists", "tag = \"db\": 1 of 1", "does not match tag = \"db\""]);
    // An image that is excluded does no harm beside one that matches.
    let arguments = "image_ids = [\"uimage-c079d5\", \"uimage-cu01aa\"]\nimage_type = \"Custom\"";
    plan(arguments).ok();
}

#[test]
fn a_wrong_tag_is_answered_with_those_that_exist() {
    plan("tag = \"wbe\"\nname = \"golden-web-2024.07\"").error().says(&[
        "No image found",
        "tag = \"wbe\":",
        "uimage-cu02bb",
        "does not match tag = \"wbe\"",
    ]);
}

#[test]
fn a_marketplace_image_that_only_its_age_has_chosen_causes_a_warning() {
    let newest = "most_recent = true\nrequired_features = [\"Vgpu_NVIDIA\"]\n";
    let outcome = plan(newest).ok();
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&[
        "The newest image is a marketplace image",
        "uimage-bv04d4",
        "vGPU NVIDIA 工作站",
        "Example Software Co., Ltd.",
        "`image_type`",
    ]);
    // Whoever says which ones are meant is not warned.
    for more in [
        "image_type = \"Business\"",
        "vendor = \"Example Software Co., Ltd. 示例软件\"",
        "image_ids = [\"uimage-bv04d4\"]",
    ] {
        assert_eq!(plan(&format!("{newest}{more}")).ok().warnings(), [], "{more}");
    }
    assert_eq!(plan("most_recent = true\nname = \"golden-web-2024.07\"").ok().warnings(), []);
}

#[test]
fn an_image_that_is_being_created_is_found_on_request_and_with_a_warning() {
    plan("image_ids = [\"uimage-cu04dd\"]").error().says(&[
        "states = [\"Available\"]: 1 of 1",
        "uimage-cu04dd",
        "Making",
    ]);
    let outcome =
        plan("image_ids = [\"uimage-cu04dd\"]\nstates = [\"making\", \"available\"]").ok();
    let warnings = outcome.warnings();
    assert_eq!(warnings.len(), 1, "{outcome}");
    warnings[0].says(&["uimage-cu04dd", "golden-web-2024.08", "in the state Making"]);
    assert_eq!(warnings[0].address, "data.cloudimages_ucloud_image.one");
    // A usable image does not cause a warning.
    assert_eq!(plan("image_ids = [\"uimage-c079d5\"]").ok().warnings(), []);
}

#[test]
fn messages_are_readable_in_a_terminal() {
    let cloud = Simulation::start();
    let main = ucloud::provider(&cloud)
        + "data \"cloudimages_ucloud_image\" \"one\" {\n  name = \"golden-web-2024.7\"\n}\n";
    let outcome = Workspace::new(&main).run(&["plan", "-no-color", "-input=false"]).fails();
    outcome.says(&[
        "Error: No image found with data.cloudimages_ucloud_image.one, on main.tf line",
        "in data \"cloudimages_ucloud_image\" \"one\":",
        "name = \"golden-web-2024.7\":",
        "Similar: \"golden-web-2024.07\"",
    ]);
}
