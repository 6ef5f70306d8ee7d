//! Images that a lost answer leaves behind, or does not: whose they are, and who is told.

use std::time::{Duration, Instant};

use serde_json::json;
use simulated_clouds::horizon::{Change, Fault, Progress, Simulation, When};

use crate::harness::horizon::{IMAGE, Image, NAME, main, posts, start, workspace};
use crate::harness::{Diagnostic, Workspace};

/// Asserts that it is said that nobody knows, and how to go on.
fn says_that_nobody_knows(error: &Diagnostic) {
    error.says(&["unknown whether the image was created", NAME, "import {", "terraform import"]);
}

#[test]
fn an_image_that_appears_after_nobody_knew_is_named_by_the_next_apply() {
    let cloud = start();
    cloud.fail(When::label("create"), 1, Fault::cut_after_handling());
    // Lists show it when the time is over.
    cloud.set_list_lag(Progress::Wall(Duration::from_secs(3)));
    let image = Image::new().set("timeouts", "{ create = \"2s\" }");
    let workspace = Workspace::new(&main(&cloud, &image));
    says_that_nobody_knows(&workspace.apply().error());
    assert!(workspace.state().instance(IMAGE).is_none());
    std::thread::sleep(Duration::from_secs(2));
    let id = cloud.image_ids(NAME)[0].clone();
    workspace.apply().error().says(&["already exists", &format!("id = \"{id}\"")]);
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 1));
}

#[test]
fn a_list_that_cannot_be_read_is_read_again() {
    let cloud = start();
    cloud.fail(When::label("create"), 1, Fault::cut_after_handling());
    // The first one is read before the creation.
    let faults = [Fault::html(502), Fault::status(403), Fault::reset()];
    let count = faults.len();
    for fault in faults {
        cloud.fail(When::label("list").after(1), 1, fault);
    }
    let state = workspace(&cloud).step();
    assert_eq!(state.attributes(IMAGE)["id"], *cloud.image_ids(NAME)[0]);
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 1));
    assert_eq!(cloud.requests_to("GET", "/images").len(), 2 + count);
}

/// Applies `image`, whose creation gets lost with `fault`; the only image of its name is named, and
/// not adopted.
fn adopts_none(cloud: &Simulation, image: &Image, fault: Fault) {
    cloud.fail(When::label("create"), 1, fault);
    let workspace = Workspace::new(&main(cloud, image));
    let error = workspace.apply().error();
    let ids = cloud.image_ids(NAME);
    assert_eq!(ids.len(), 1);
    error.says(&["already exists", &format!("id = \"{}\"", ids[0]), "terraform import"]);
    assert!(workspace.state().instance(IMAGE).is_none());
    assert_eq!((posts(cloud), cloud.images_created()), (1, 0));
}

#[test]
fn an_older_image_that_the_first_list_did_not_show_is_not_adopted() {
    let cloud = start();
    cloud.insert_image(NAME, &json!({ "createdAt": "2024-05-06T07:08:09.123+00:00" }));
    cloud.fail(When::label("list"), 1, Fault::status(404));
    adopts_none(&cloud, &Image::new(), Fault::reset());
}

#[test]
fn an_image_of_another_source_or_system_is_not_adopted() {
    let other_os = Image::new().with("os", "Windows 10 Enterprise, 22H2");
    for image in [Image::custom_vm(), Image::shared_gallery(), other_os] {
        let cloud = start();
        cloud.change_after_lists(1, Change::Insert(NAME.to_owned()));
        adopts_none(&cloud, &image, Fault::html(504));
    }
}

#[test]
fn an_interruption_before_the_image_is_found_is_no_success() {
    let cloud = start();
    cloud.fail(When::label("create"), 1, Fault::cut_after_handling());
    cloud.set_list_lag(Progress::Endless);
    let workspace = workspace(&cloud);
    let mut run = workspace.start(&["apply", "-json", "-input=false", "-auto-approve"]);
    run.until("a look for the image", || cloud.requests_to("GET", "/images").len() > 1);
    let at = Instant::now();
    run.interrupt();
    let outcome = run.finish().fails();
    assert!(at.elapsed() < Duration::from_secs(5), "{:?}\n{outcome}", at.elapsed());
    let errors = outcome.errors_about(IMAGE);
    assert_eq!(errors.len(), 1, "{outcome}");
    says_that_nobody_knows(&errors[0]);
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 1));
}
