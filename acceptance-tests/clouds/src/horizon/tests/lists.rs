//! Lists, searches and image sources.

use super::*;

fn names(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    body["content"].as_array().unwrap().iter().map(|item| text(&item["name"])).collect()
}

#[test]
fn pages_have_ten_entries_unless_asked_for_others() {
    let horizon = Simulation::start();
    horizon.insert_images("image", 25);
    let client = Client::new(&horizon);
    let first = client.get(IMAGES).json();
    assert_eq!(
        (&first["totalElements"], &first["totalPages"], &first["size"]),
        (&json!(25), &json!(3), &json!(10))
    );
    assert_eq!(
        (&first["first"], &first["last"], &first["numberOfElements"]),
        (&json!(true), &json!(false), &json!(10))
    );
    assert_eq!(first["pageable"]["pageNumber"], 0);
    let last = client.get(&format!("{IMAGES}?page=2")).json();
    assert_eq!(
        (&last["first"], &last["last"], &last["numberOfElements"]),
        (&json!(false), &json!(true), &json!(5))
    );
    assert_eq!(names(&client.get(&format!("{IMAGES}?page=1&size=24"))), ["image-024"]);
    assert_eq!(client.get(&format!("{IMAGES}?page=3")).status, 404);
    horizon.set_page_cap(5);
    assert_eq!(client.get(&format!("{IMAGES}?size=100")).json()["size"], 5);
    horizon.set_claimed_pages(Some(99));
    assert_eq!(client.get(IMAGES).json()["totalPages"], 99);
}

#[test]
fn nothing_to_show_is_answered_in_three_styles() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let none = client.get(IMAGES);
    assert_eq!((none.status, code(&none)), (404, "RESOURCE_NOT_FOUND".to_owned()));
    horizon.set_empty_list(EmptyList::NoContent);
    let none = client.get(IMAGES);
    assert_eq!((none.status, none.body.as_str()), (204, ""));
    horizon.set_empty_list(EmptyList::EmptyPage);
    let none = client.get(IMAGES);
    assert_eq!(
        (none.status, &none.json()["content"], &none.json()["totalPages"]),
        (200, &json!([]), &json!(0))
    );
    assert_eq!(none.json()["empty"], true);
}

#[test]
fn a_search_has_one_form_and_finds_what_is_equal() {
    let horizon = Simulation::start();
    for name in ["web", "Web", "web-2"] {
        horizon.insert_image(name, &json!({}));
    }
    let client = Client::new(&horizon);
    let search = |text: &str| client.get(&format!("{IMAGES}?search={text}"));
    assert_eq!(names(&search("name%20%24eq%20web")), ["web"]);
    assert_eq!(names(&search("name+$eq+Web")), ["Web"]);
    assert_eq!(names(&search("status%20$eq%20IMPORT_COMPLETE")).len(), 3);
    assert_eq!(names(&search("multiSession%20$eq%20false")).len(), 3);
    assert_eq!(search("name%20$eq%20none").status, 404);
    for bad in [
        "name",
        "name%20eq%20web",
        "name$eqweb",
        "name%20%20$eq%20web",
        "name%20$eq%20%20web",
        "name%20$eq%20",
        "name%20$ne%20web",
        "id%20$eq%20x",
        "Name%20$eq%20web",
    ] {
        let answer = search(bad);
        assert_eq!(
            (answer.status, code(&answer)),
            (400, "INVALID_SEARCH_USAGE".to_owned()),
            "{bad}"
        );
    }
    horizon.set_quirk(Quirk::SearchContains, true);
    assert_eq!(names(&search("name%20$eq%20web")), ["web", "Web", "web-2"]);
    assert_eq!(search("name%20$eq%20none").status, 404);
    horizon.set_quirk(Quirk::SearchIgnored, true);
    assert_eq!(names(&search("name%20$eq%20none")).len(), 3);
}

#[test]
fn lists_are_filtered_and_sorted() {
    let horizon = Simulation::start();
    for name in ["b1", "a1", "c1"] {
        horizon.insert_image(name, &json!({}));
    }
    let client = Client::new(&horizon);
    let list = |query: &str| client.get(&format!("{IMAGES}?{query}"));
    assert_eq!(names(&list("sort=name")), ["a1", "b1", "c1"]);
    assert_eq!(names(&list("sort=name,desc&size=2")), ["c1", "b1"]);
    assert_eq!(names(&list("os_type=WINDOWS")), ["b1", "a1", "c1"]);
    assert_eq!(list("os_type=LINUX").status, 404);
    assert_eq!(list("os=Windows%2011%20Enterprise,%2022H2").status, 200);
    for bad in ["sort=name,down", "sort=colour", "sort=name,asc,x"] {
        assert_eq!(list(bad).status, 400, "{bad}");
    }
}

#[test]
fn the_list_can_change_while_a_client_walks_through_it() {
    let horizon = Simulation::start();
    horizon.insert_images("image", 11);
    let client = Client::new(&horizon);
    horizon.change_after_lists(1, Change::Remove("image-000".to_owned()));
    horizon.change_after_lists(2, Change::Insert("late".to_owned()));
    let pages = || client.get(IMAGES).json()["totalPages"].clone();
    assert_eq!([pages(), pages(), pages()], [2, 1, 2]);
    assert_eq!(horizon.image_ids("late").len(), 1);
}

#[test]
fn versions_copies_and_markers_are_lists_too() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let image = horizon.insert_image("image", &json!({}));
    horizon.add_version(&image);
    let version = horizon.version_ids(&image).remove(0);
    horizon.set_copy_count(&version, 12);
    let base = format!("{IMAGES}/{image}");
    assert_eq!(names(&client.get(&format!("{base}/versions"))), ["1.0.0", "2.0.0"]);
    assert_eq!(
        names(&client.get(&format!("{base}/versions?search=name%20$eq%202.0.0"))),
        ["2.0.0"]
    );
    let copies = client.get(&format!("{base}/versions/{version}/copies?page=1"));
    assert_eq!(copies.json()["numberOfElements"], 2);
    let other = client.get(&format!("{base}/versions/{version}/copies?provider_instance_id=x"));
    assert_eq!(other.status, 404);
    let markers = client.get(&format!("{base}/markers"));
    assert_eq!(names(&markers), ["default"]);
    let marker = text(&markers.json()["content"][0]["id"]);
    assert_eq!(client.get(&format!("{base}/markers/{marker}")).json()["name"], "default");
    assert_eq!(client.get(&format!("{base}/markers/none")).status, 404);
    assert_eq!(client.get(&format!("{IMAGES}/none/versions")).status, 404);
    let catalogue = client.get(&format!("/ims-catalog/v1/images/{image}/versions"));
    assert_eq!(names(&catalogue), ["1.0.0", "2.0.0"]);
    assert_eq!(client.get("/imagemgmt/v1/custom-vms").status, 501);
}

#[test]
fn image_sources_need_their_parameters() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let all = ["provider_instance_id=p", "provider_type=AZURE", "source_stream=AZURE_MARKET_PLACE"];
    let get =
        |parts: &[&str]| client.get(&format!("/imagemgmt/v1/image-sources?{}", parts.join("&")));
    let good = get(&all);
    assert_eq!((good.status, &good.json()["totalElements"]), (200, &json!(4)));
    assert_eq!(good.json()["content"][0]["displayName"], "Windows 11 Enterprise, 22H2");
    for missing in 0..3 {
        let some: Vec<&str> = (0..3).filter(|i| *i != missing).map(|i| all[i]).collect();
        assert_eq!(get(&some).status, 400, "{some:?}");
    }
    let plus = |part| get(&[all[0], all[1], all[2], part]).status;
    assert_eq!(
        [plus("os_type=ALL"), plus("os_type=WINDOWS"), plus("os_type=LINUX")],
        [200, 200, 404]
    );
    assert_eq!([plus("os_type=WVD"), plus("search=x"), plus("size=3")], [400, 400, 200]);
    assert_eq!(get(&[all[0], "provider_type=azure", all[2]]).status, 400);
    assert_eq!(get(&[all[0], all[1], "source_stream=X"]).status, 400);
    horizon.set_image_sources(Vec::new());
    assert_eq!(get(&all).status, 404);
}
