use super::*;
use crate::provider::pattern::Pattern;
use crate::tfplugin::attr::Verbatim;
use crate::tfplugin::model::Attr;

fn named(name: &str) -> Filter<'_, &'static str> {
    Filter::new("name", format!("name = {name:?}"), move |image: &&str| *image == name)
        .suggesting(name, |image| vec![*image])
}

fn by_name() -> Filters<'static, &'static str> {
    Filters::new(|image: &&str| (*image).to_owned())
}

fn only(Failure(found): Failure) -> Diagnostic {
    assert_eq!(found.len(), 1);
    found.into_iter().next().unwrap()
}

/// An image with a maker and a name.
type Made = (&'static str, &'static str);

fn made<'a>(maker: &'a str, name: &'a str) -> Filters<'a, Made> {
    let mut filters = Filters::new(|(maker, name): &Made| format!("{maker}:{name}"));
    filters.push(
        Filter::new("maker", format!("maker = {maker:?}"), move |image: &Made| image.0 == maker)
            .suggesting(maker, |image| vec![image.0]),
    );
    filters.push(
        Filter::new("name", format!("name = {name:?}"), move |image: &Made| image.1 == name)
            .suggesting(name, |image| vec![image.1]),
    );
    filters
}

#[test]
fn nothing_found_names_the_filters_and_what_was_meant() {
    let mut filters = by_name();
    filters.sent("zone", "zone = \"z\"".to_owned());
    filters.push(named("cannonical"));
    let error = only(filters.nothing(&["debian", "canonical"]));
    for part in [
        "None of the 2 images matches.\n",
        "zone = \"z\" (applied by the service)",
        "name = \"cannonical\": 2 of 2",
        "Similar: \"canonical\"",
        "canonical: does not match name",
    ] {
        assert!(error.detail.contains(part), "{part:?} is not in {}", error.detail);
    }
}

#[test]
fn nothing_found_points_at_the_filter_that_removes_most_and_at_the_first_of_several() {
    let images = [("canonical", "24"), ("canonical", "22"), ("debian", "12")];
    for (maker, name, blamed) in [
        ("canonical", "20", "name"),
        ("nobody", "12", "maker"),
        ("nobody", "20", "maker"),
        // Each is there, but not together.
        ("canonical", "12", "name"),
        ("debian", "24", "maker"),
    ] {
        let error = only(made(maker, name).nothing(&images));
        assert_eq!(error.path, Path::attribute(blamed), "{maker} {name}");
    }
    let error = only(made("canonical", "24").nothing(&[]));
    assert_eq!(error.path, Path::default());
    assert!(error.detail.starts_with("The service lists no images"), "{}", error.detail);
}

#[test]
fn what_there_is_is_listed_when_nothing_comes_close_and_it_is_not_much() {
    let mut filters = by_name();
    filters.push(named("ubuntu"));
    let error = only(filters.nothing(&["debian", "canonical"]));
    let expected = "No image has name = \"ubuntu\". There are: \"canonical\", \"debian\".";
    assert!(error.detail.contains(expected), "{}", error.detail);
}

#[test]
fn suggestions_come_first_from_images_that_match_the_other_filters() {
    let images = [
        ("elsewhere", "ubuntu-server-container"),
        ("canonical", "ubuntu-24_04-lts"),
        ("canonical", "0001-com-ubuntu-server-jammy"),
        ("debian", "debian-12"),
    ];
    let error = only(made("canonical", "UbuntuServer").nothing(&images));
    let expected = "No image has name = \"UbuntuServer\". Similar: \"ubuntu-24_04-lts\", \
                    \"0001-com-ubuntu-server-jammy\", \"ubuntu-server-container\".";
    assert!(error.detail.contains(expected), "{}", error.detail);
    // The maker is right.
    assert!(!error.detail.contains("has maker"), "{}", error.detail);
    let error = only(made("canonical", "rhel").nothing(&images));
    let expected = "Images that match the other filters have: \"0001-com-ubuntu-server-jammy\", \
                    \"ubuntu-24_04-lts\".";
    assert!(error.detail.contains(expected), "{}", error.detail);
}

#[test]
fn a_value_that_only_others_have_is_explained() {
    let images = [("canonical", "24"), ("debian", "12"), ("debian", "11")];
    let error = only(made("canonical", "12").nothing(&images));
    for expected in [
        "No image that matches the other filters has maker = \"canonical\". There are: \"debian\".",
        "No image that matches the other filters has name = \"12\". There are: \"24\".",
    ] {
        assert!(error.detail.contains(expected), "{}", error.detail);
    }
}

#[test]
fn conditions_that_the_service_applied_are_blamed_when_they_leave_nothing() {
    let mut filters = by_name();
    filters.sent("zone", "zone = \"z\"".to_owned());
    filters.push(named("debian"));
    let error = only(filters.nothing_sent(&["debian", "canonical"]));
    assert!(error.detail.contains("zone = \"z\": 2 of 2"), "{}", error.detail);
    assert!(error.detail.contains("\n  debian: does not match zone = \"z\"\n"), "{}", error.detail);
    assert_eq!(error.path, Path::attribute("zone"));
}

fn near_misses(error: &Diagnostic) -> Vec<&str> {
    let (_, misses) = error.detail.split_once("Nearest misses:\n").unwrap();
    misses.lines().map(|line| line.trim().split(": does").next().unwrap()).collect()
}

#[test]
fn the_closest_of_the_misses_comes_first() {
    let mut filters = by_name();
    filters.push(named("golden-web"));
    filters.push(Filter::new("states", "states = [\"Available\"]", |i| *i != "golden-web"));
    let error = only(filters.nothing(&["new-1", "golden-wep", "golden-web", "new-2"]));
    assert_eq!(near_misses(&error)[..2], ["golden-web", "golden-wep"]);
}

#[test]
fn misses_that_fail_fewer_filters_come_before_those_with_similar_names() {
    let images = [
        ("elsewhere", "ubuntu-24_04-ltz"),
        ("canonical", "minimal"),
        ("canonical", "ubuntu-22_04-lts"),
        ("nowhere", "x"),
    ];
    let error = only(made("canonical", "ubuntu-24_04-lts").nothing(&images));
    let expected = [
        "canonical:ubuntu-22_04-lts",
        "canonical:minimal",
        "elsewhere:ubuntu-24_04-ltz",
        "nowhere:x",
    ];
    assert_eq!(near_misses(&error), expected);
}

#[test]
fn a_name_that_is_not_similar_at_all_says_nothing_about_the_order() {
    // By its letters, "minimum" comes closer to "animals" than "server" does.
    let images = [("canonical", "server"), ("canonical", "minimum"), ("x", "y"), ("x", "server")];
    let mut filters = made("canonical", "animals");
    filters.push(Filter::new("state", "state", |image: &Made| image.0 != "x"));
    let error = only(filters.nothing(&images));
    // Those that fail two filters more are not near.
    assert_eq!(near_misses(&error), ["canonical:server", "canonical:minimum"]);
}

fn pattern(text: &str) -> Verbatim<Pattern> {
    Verbatim::decode(text.into(), &Path::default(), &mut Vec::new()).unwrap()
}

#[test]
fn a_pattern_that_would_match_in_another_case_is_told_so() {
    let said = |text: &str, maker: Option<&str>, images: &[Made]| {
        let pattern = pattern(text);
        let mut filters = Filters::new(|image: &Made| format!("{image:?}"));
        filters.push(Filter::pattern("name_regex", &pattern, |image| Some(image.1)));
        if let Some(maker) = maker {
            filters.push(Filter::new("maker", "maker", move |image: &Made| image.0 == maker));
        }
        let error = only(filters.nothing(images));
        let line = error.detail.lines().find(|line| line.contains("case-sensitive"));
        line.map(str::to_owned)
    };
    let images = [("a", "ubuntu-24"), ("b", "ubuntu-22"), ("c", "debian")];
    let start = "name_regex = \"^Ubuntu\" is case-sensitive. \"(?i)^Ubuntu\" matches 2 images";
    assert_eq!(said("^Ubuntu", None, &images), Some(format!("{start}.")));
    for (maker, rest) in [
        ("b", ", of which 1 matches the other filters."),
        ("c", ", of which none matches the other filters."),
    ] {
        assert_eq!(said("^Ubuntu", Some(maker), &images), Some(format!("{start}{rest}")));
    }
    // Those come first that would match.
    let shouted = pattern("^DEB");
    let mut filters = Filters::new(|image: &Made| image.1.to_owned());
    filters.push(Filter::pattern("name_regex", &shouted, |image| Some(image.1)));
    let error = only(filters.nothing(&images));
    assert_eq!(near_misses(&error), ["debian", "ubuntu-24", "ubuntu-22"]);
    // It matches something, but in another case it would match what is wanted.
    let mixed = [("a", "ubuntu"), ("b", "Ubuntu")];
    let expected = "name_regex = \"^Ubuntu\" is case-sensitive. \"(?i)^Ubuntu\" matches 2 images, of \
                    which 1 matches the other filters.";
    assert_eq!(said("^Ubuntu", Some("a"), &mixed).as_deref(), Some(expected));
    for (text, maker) in [("^(?i)Suse", None), ("^rhel", None), ("^ubuntu", Some("c"))] {
        assert_eq!(said(text, maker, &images), None, "{text}");
    }
}

#[test]
fn too_many_names_the_first_ten() {
    let filters = Filters::new(|image: &u32| format!("image-{image}"));
    let images: Vec<u32> = (0..12).collect();
    let found: Vec<&u32> = images.iter().collect();
    let error = only(filters.too_many(&found));
    assert!(error.detail.contains("image-9\n"), "{}", error.detail);
    assert!(error.detail.ends_with("and 2 more"), "{}", error.detail);
}

/// Each image has a different name, and none is the one asked for.
#[test]
fn ten_thousand_misses_are_explained_at_once() {
    let mut filters = Filters::new(|image: &String| image.clone());
    for wanted in ["Ubunto 22.04 64 number 00x1", "Ubunto 22.04 64 number 00x2"] {
        filters.push(
            Filter::new("name", format!("name = {wanted:?}"), move |image| image == wanted)
                .suggesting(wanted, |image| vec![image]),
        );
    }
    let images: Vec<String> =
        (0..10_000).map(|number| format!("Ubuntu 22.04 64 number {number:05}")).collect();
    let started = std::time::Instant::now();
    let error = only(filters.nothing(&images));
    assert!(error.detail.contains("and 9995 more"), "{}", error.detail);
    // Comparing each image with each other one takes minutes.
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}
