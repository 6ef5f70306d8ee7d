//! `cloudimages_horizon_images`.

mod listing;

use serde_json::json;
use simulated_clouds::horizon::{EmptyList, Fault, Quirk, Simulation, When};

use crate::harness::horizon::{provider, start};
use crate::harness::{State, Workspace};

const IMAGES: &str = "data.cloudimages_horizon_images.all";

fn workspace(cloud: &Simulation, arguments: &str) -> Workspace {
    let text = format!("data \"cloudimages_horizon_images\" \"all\" {{\n{arguments}\n}}\n");
    Workspace::new(&(provider(cloud) + &text))
}

fn names(state: &State) -> Vec<String> {
    let images = state.attributes(IMAGES)["images"].as_array().unwrap();
    images.iter().map(|image| image["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn all_pages_are_read_whatever_their_number_claims() {
    let cloud = start();
    cloud.insert_images("image", 25);
    let expected: Vec<String> = (0..25).map(|number| format!("image-{number:03}")).collect();
    cloud.set_page_cap(10);
    let state = workspace(&cloud, "").step();
    assert_eq!(names(&state), expected);
    // The same query on another day.
    let again = workspace(&cloud, "").step();
    assert_eq!(again.attributes(IMAGES)["id"], state.attributes(IMAGES)["id"]);
    let other = workspace(&cloud, "os_type = \"LINUX\"").step();
    assert_ne!(other.attributes(IMAGES)["id"], state.attributes(IMAGES)["id"]);
}

#[test]
fn an_organization_without_images_is_an_empty_list_however_the_service_says_so() {
    let cloud = start();
    for style in [EmptyList::NotFound, EmptyList::NoContent, EmptyList::EmptyPage] {
        cloud.set_empty_list(style);
        assert_eq!(names(&workspace(&cloud, "").step()), [""; 0], "{style:?}");
    }
    // A gateway that does not know the way is not an empty catalog.
    cloud.fail_always(When::label("list"), Fault::html(404));
    workspace(&cloud, "").plan().error().says(&["Cannot list the images", "404"]);
}

#[test]
fn filters_are_checked_here_whatever_the_service_makes_of_them() {
    let cloud = start();
    cloud.insert_image("golden", &json!({ "status": "AVAILABLE", "osType": "WINDOWS" }));
    cloud.insert_image("golden-2", &json!({ "status": "FAILED", "osType": "LINUX" }));
    for quirk in [None, Some(Quirk::SearchContains), Some(Quirk::SearchIgnored)] {
        if let Some(quirk) = quirk {
            cloud.set_quirk(quirk, true);
        }
        for (arguments, found) in [
            ("name = \"golden\"", &["golden"][..]),
            ("status = \"failed\"", &["golden-2"]),
            ("os_type = \"windows\"", &["golden"]),
            ("name = \"golden\"\nstatus = \"FAILED\"", &[]),
            ("", &["golden", "golden-2"]),
        ] {
            assert_eq!(names(&workspace(&cloud, arguments).step()), found, "{quirk:?} {arguments}");
        }
    }
}

#[test]
fn what_the_service_leaves_out_is_null_and_a_list_is_never() {
    let cloud = start();
    cloud.insert_image("golden", &json!({}));
    for quirk in [Quirk::Nulls, Quirk::NoMarkers, Quirk::UnknownFields] {
        cloud.set_quirk(quirk, true);
    }
    let state = workspace(&cloud, "").step();
    let image = &state.attributes(IMAGES)["images"][0];
    assert_eq!((&image["name"], &image["markers"]), (&json!("golden"), &json!([])));
    assert_eq!(image["description"], serde_json::Value::Null);
}
