//! Lists that change while they are read, and refusals that are no empty lists.

use simulated_clouds::horizon::{Change, Fault, When};

use super::{names, workspace};
use crate::harness::horizon::start;

/// The images that are there all the time, although something changes after the first of three pages.
fn staying(change: Change) -> Vec<String> {
    let cloud = start();
    cloud.insert_images("image", 25);
    cloud.set_page_cap(10);
    cloud.change_after_lists(1, change);
    let workspace = workspace(&cloud, "");
    workspace.apply().ok();
    let mut found = names(&workspace.state());
    found.retain(|name| name.starts_with("image-") && name != "image-000");
    found
}

fn expected() -> Vec<String> {
    (1..25).map(|number| format!("image-{number:03}")).collect()
}

#[test]
fn an_image_that_appears_between_two_pages_shows_no_other_twice() {
    assert_eq!(staying(Change::Insert("a-new-one".to_owned())), expected());
}

#[test]
fn an_image_that_disappears_between_two_pages_hides_no_other() {
    assert_eq!(staying(Change::Remove("image-000".to_owned())), expected());
}

#[test]
fn an_empty_list_is_never_an_error_in_disguise() {
    let cloud = start();
    cloud.insert_images("image", 3);
    let workspace = workspace(&cloud, "timeouts = { read = \"2s\" }");
    for (fault, fragments) in [
        (Fault::empty(404), &["ListImages", "404"][..]),
        (Fault::status(403), &["ListImages", "FORBIDDEN", "Administrator"]),
        (Fault::status(400).code("INVALID_SEARCH_USAGE"), &["ListImages", "INVALID_SEARCH_USAGE"]),
        (Fault::status(500), &["ListImages", "500"]),
        (Fault::body(200, "application/json", "{}"), &["ListImages", "not a page"]),
        (Fault::html(200), &["ListImages", "not a page"]),
    ] {
        let switch = cloud.fail_always(When::label("list"), fault);
        workspace.plan().error().says(fragments);
        switch.off();
    }
    // A passing failure is not shown at all.
    cloud.fail(When::label("list"), 1, Fault::status(429).retry_after("1"));
    cloud.forget_requests();
    assert_eq!(names(&workspace.step()).len(), 3);
    assert_eq!(cloud.requests()[0].status, Some(429));
}
