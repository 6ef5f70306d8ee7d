//! Filters, pages, and odd but well-formed answers.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::tiny_client::{Reply, describe, describe_as};
use super::{
    Account, Change, Image, ImageSetShape, ItemQuirks, Order, Quirks, Simulation, SizeShape,
    TotalCount, catalogue, generated,
};

fn named(names: &[&str]) -> Vec<Image> {
    names.iter().map(|name| Image::new(name)).collect()
}

fn letters() -> Simulation {
    Simulation::builder().images(named(&["a", "b", "c", "d", "e"])).start()
}

fn page(cloud: &Simulation, offset: &str, limit: &str) -> String {
    describe(cloud, &[("Offset", offset), ("Limit", limit)]).ids().concat()
}

fn refused(reply: &Reply, parameter: &str) {
    let message = format!("Params [{parameter}] not available");
    assert_eq!((reply.code(), reply.message()), (230, message));
}

#[test]
fn pages_start_at_the_offset_and_the_total_counts_all_matches() {
    let cloud = letters();
    assert_eq!(page(&cloud, "0", "2"), "ab");
    assert_eq!(page(&cloud, "3", "100"), "de");
    assert_eq!(page(&cloud, "5", "2"), "");
    assert_eq!(describe(&cloud, &[("Offset", "3"), ("Limit", "1")]).total(), 5);
    cloud.set_images(generated(45));
    assert_eq!(describe(&cloud, &[]).ids().len(), 20);
}

#[test]
fn a_page_cap_shortens_pages_silently() {
    let cloud = Simulation::builder().images(generated(100)).page_cap(50).start();
    let reply = describe(&cloud, &[("Limit", "1000")]);
    assert_eq!((reply.ids().len(), reply.total()), (50, 100));
    cloud.set_page_cap(None);
    assert_eq!(describe(&cloud, &[("Limit", "1000")]).ids().len(), 100);
}

#[test]
fn a_hard_limit_refuses_bigger_pages() {
    let cloud = Simulation::builder().refuse_limit_above(100).start();
    refused(&describe(&cloud, &[("Limit", "101")]), "Limit");
    assert_eq!(describe(&cloud, &[("Limit", "100")]).code(), 0);
    cloud.set_refuse_limit_above(None);
    assert_eq!(describe(&cloud, &[("Limit", "101")]).code(), 0);
}

#[test]
fn values_outside_an_enumeration_or_number_are_refused() {
    let cloud = Simulation::start();
    for (name, value) in [
        ("ImageType", "base"),
        ("ImageType", "Standard"),
        ("OsType", "linux"),
        ("PriceSet", "true"),
        ("Limit", "0"),
        ("Limit", "-1"),
        ("Limit", "+5"),
        ("Limit", "1e2"),
        ("Offset", "x"),
    ] {
        refused(&describe(&cloud, &[(name, value)]), name);
    }
}

#[test]
fn each_filter_keeps_the_images_whose_field_has_the_value() {
    let cloud = Simulation::start();
    for (name, value) in [
        ("Zone", "cn-bj2-05"),
        ("ImageType", "Base"),
        ("ImageType", "Business"),
        ("ImageType", "Custom"),
        ("OsType", "Linux"),
        ("OsType", "Windows"),
        ("FuncType", "gpu"),
        ("FuncType", "app"),
        ("FuncType", "uhost"),
        ("ImageId", "uimage-c076a3"),
        ("Tag", "web"),
    ] {
        let expected: Vec<_> = catalogue()
            .iter()
            .filter(|image| image.text(name) == Some(value))
            .map(|image| image.id().to_owned())
            .collect();
        let reply = describe(&cloud, &[(name, value), ("Limit", "100")]);
        assert!(!expected.is_empty() && expected.len() < catalogue().len(), "{name}={value}");
        assert_eq!(reply.ids(), expected, "{name}={value}");
        assert_eq!(reply.total(), i64::try_from(expected.len()).unwrap());
    }
    assert_eq!(describe(&cloud, &[("OsType", "Windows"), ("Zone", "cn-bj2-05")]).total(), 2);
}

#[test]
fn a_wrong_func_type_is_ignored() {
    let cloud = Simulation::start();
    let all = describe(&cloud, &[]).total();
    assert_eq!(describe(&cloud, &[("FuncType", "GPU")]).total(), all);
    cloud.set_quirks(Quirks { ignore_func_type: true, ..Quirks::default() });
    assert_eq!(describe(&cloud, &[("FuncType", "gpu")]).total(), all);
}

#[test]
fn image_ids_select_up_to_a_hundred_images_in_one_request() {
    let cloud = Simulation::builder().images(generated(150)).start();
    let ask = |count: usize| {
        let pairs: Vec<_> = (0..count)
            .map(|index| (format!("ImageIds.{index}"), format!("uimage-g{:07}", index + 20)))
            .collect();
        let mut pairs: Vec<_> =
            pairs.iter().map(|(name, id)| (name.as_str(), id.as_str())).collect();
        pairs.push(("Limit", "200"));
        describe(&cloud, &pairs)
    };
    assert_eq!(ask(12).ids().last().map(String::as_str), Some("uimage-g0000031"));
    assert_eq!(ask(100).total(), 100);
    refused(&ask(101), "ImageIds");
    cloud.set_quirks(Quirks { ignore_image_ids: true, ..Quirks::default() });
    assert_eq!(ask(1).total(), 150);
}

#[test]
fn image_ids_must_be_numbered_from_zero_without_gaps() {
    let cloud = letters();
    for pairs in [
        [("ImageIds.1", "a"), ("ImageIds.2", "b")],
        [("ImageIds.0", "a"), ("ImageIds.2", "b")],
        [("ImageIds.0", "a"), ("ImageIds.01", "b")],
        [("ImageIds.0", "a"), ("ImageIds.x", "b")],
    ] {
        refused(&describe(&cloud, &pairs), "ImageIds");
    }
    let twice = [("ImageIds.0", "b"), ("ImageIds.1", "b")];
    assert_eq!(describe(&cloud, &twice).ids(), ["b"]);
}

#[test]
fn prices_come_only_when_asked_for() {
    let cloud = Simulation::start();
    let item = |prices: &str| {
        let pairs = [("ImageId", "uimage-bg01a1"), ("PriceSet", prices)];
        describe(&cloud, &pairs).json()["ImageSet"][0].clone()
    };
    assert_eq!(item("0").get("PriceSet"), None);
    assert_eq!(
        item("1")["PriceSet"][0],
        json!({"ChargeType": "Month", "Price": 19.9, "OriginalPrice": 25.0})
    );
    let free = describe(&cloud, &[("PriceSet", "1"), ("Limit", "1")]);
    assert_eq!(free.json()["ImageSet"][0]["PriceSet"], json!([]));
}

#[test]
fn an_image_of_a_project_is_seen_in_that_project_alone() {
    let account = Account::new("main", "key").project("org-a").project("org-b");
    let cloud = Simulation::builder()
        .account(account.clone())
        .images(vec![Image::new("shared"), Image::new("own").in_project("org-b")])
        .start();
    assert_eq!(describe_as(&cloud, &account, &[]).ids(), ["shared"]);
    let in_b = describe_as(&cloud, &account, &[("ProjectId", "org-b")]);
    assert_eq!(in_b.ids(), ["shared", "own"]);
}

#[test]
fn an_ignored_offset_or_a_repeated_page_yields_images_again() {
    let cloud = letters();
    cloud.set_quirks(Quirks { ignore_offset: true, ..Quirks::default() });
    assert_eq!(page(&cloud, "2", "2"), "ab");
    cloud.set_quirks(Quirks { repeat_page_at: Some(2), ..Quirks::default() });
    assert_eq!([page(&cloud, "2", "2"), page(&cloud, "4", "2")], ["ab", "e"]);
}

#[test]
fn the_total_can_be_anything_or_missing() {
    let cloud = letters();
    for total in [0, 3, 1_000] {
        cloud.set_quirks(Quirks { total_count: TotalCount::Fixed(total), ..Quirks::default() });
        assert_eq!(describe(&cloud, &[]).total(), total);
    }
    cloud.set_quirks(Quirks { total_count: TotalCount::Missing, ..Quirks::default() });
    assert_eq!(describe(&cloud, &[]).json().get("TotalCount"), None);
}

#[test]
fn the_list_can_change_between_two_pages() {
    let cloud = letters();
    cloud.change_after(1, Change::RemoveFirst);
    cloud.change_after(2, Change::InsertFirst(Image::new("z")));
    cloud.change_after(3, Change::Replace(named(&["x", "y"])));
    let pages = ["0", "2", "2", "0"].map(|offset| page(&cloud, offset, "2"));
    assert_eq!(pages, ["ab", "de", "cd", "xy"]);
}

#[test]
fn a_shuffled_list_is_complete_and_its_order_depends_on_the_seed() {
    let cloud = Simulation::builder().images(generated(60)).start();
    let list = |order| {
        cloud.set_quirks(Quirks { order, ..Quirks::default() });
        describe(&cloud, &[("Limit", "100")]).ids()
    };
    let given = list(Order::AsGiven);
    let one = list(Order::Shuffled(1));
    assert_eq!(one, list(Order::Shuffled(1)));
    assert_ne!(one, list(Order::Shuffled(2)));
    assert_ne!(one, given);
    assert_ne!(list(Order::Unstable(1)), list(Order::Unstable(1)));
    let sorted = |ids: Vec<String>| ids.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(sorted(one), sorted(given));
}

#[test]
fn answers_can_have_unexpected_types() {
    let cloud = letters();
    let answer = |quirks| {
        cloud.set_quirks(quirks);
        describe(&cloud, &[]).json()
    };
    let null = Quirks { image_set: ImageSetShape::Null, ..Quirks::default() };
    assert_eq!(answer(null).get("ImageSet"), Some(&Value::Null));
    let absent = Quirks { image_set: ImageSetShape::Absent, ..Quirks::default() };
    assert_eq!(answer(absent).get("ImageSet"), None);
    let text = Quirks { ret_code_as_text: true, ..Quirks::default() };
    assert_eq!(answer(text)["RetCode"], "0");
    assert_eq!(describe(&cloud, &[("Region", "")]).json()["RetCode"], "230");
    let odd = |image_size| Quirks {
        items: ItemQuirks { create_time_as_text: true, image_size },
        ..Quirks::default()
    };
    let item = answer(odd(SizeShape::Fraction))["ImageSet"][0].clone();
    assert_eq!((&item["CreateTime"], &item["ImageSize"]), (&json!("1700000000"), &json!(20.5)));
    assert_eq!(answer(odd(SizeShape::Null))["ImageSet"][0]["ImageSize"], Value::Null);
}

#[test]
fn the_catalogue_holds_what_real_lists_hold() {
    let images = catalogue();
    assert!((38..=45).contains(&images.len()), "{}", images.len());
    for state in ["Available", "Making", "Copying", "Unavailable"] {
        assert!(images.iter().any(|image| image.text("State") == Some(state)), "{state}");
    }
    assert!(images.iter().any(|image| image.text("ImageName").unwrap_or("").starts_with(' ')));
    let places: BTreeSet<_> = images.iter().map(|image| (image.id(), image.text("Zone"))).collect();
    assert_eq!(places.len(), images.len());
}

#[test]
fn generated_images_are_the_same_every_time_and_a_tenth_is_in_the_making() {
    let images = generated(1_000);
    assert_eq!(images, generated(1_000));
    let ids: BTreeSet<_> = images.iter().map(Image::id).collect();
    assert_eq!(ids.len(), 1_000);
    let making = images.iter().filter(|image| image.text("State") == Some("Making"));
    assert_eq!(making.count(), 100);
}
