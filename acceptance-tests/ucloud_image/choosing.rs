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
fn ids_that_do_not_exist_are_named() {
    let error = plan("image_ids = [\"uimage-c079d5\", \"uimage-gone1\", \"uimage-gone2\"]").error();
    error.says(&["No image found", "uimage-gone1, uimage-gone2", "region cn-bj2"]);
    assert!(!error.detail.contains("uimage-c079d5"), "{error:?}");
    assert!(error.code.starts_with("image_ids = ["), "{error:?}");
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
