//! Which image is selected, and the errors when it is not exactly one.

use simulated_clouds::batch::{Simulation, image};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::harness::{Outcome, Workspace, batch};

const ONE: &str = "data.cloudimages_batch_supported_image.one";

/// Plans a data source with the usual catalogue.
fn plan(arguments: &str) -> Outcome {
    let cloud = Simulation::builder().start();
    Workspace::new(&(batch::provider(&cloud) + &batch::one("one", arguments))).plan()
}

/// Stands for a pool: it is replaced when one of the four names, or the agent, changes.
const POOL: &str = "resource \"terraform_data\" \"pool\" {
  triggers_replace = [for name in [\"publisher\", \"offer\", \"sku\", \"version\", \"node_agent_sku_id\"] :
    data.cloudimages_batch_supported_image.one[name]]
}
";

#[test]
fn the_most_recent_image_is_the_same_one_in_any_order() {
    let cloud = Simulation::builder().shuffle(7).page_size(20).start();
    let containers = "os_type = \"linux\"\nverification_type = \"verified\"\n\
                      required_capabilities = [\"DockerCompatible\"]\nmost_recent = true";
    let main = batch::provider(&cloud)
        + &batch::one("one", containers)
        + &batch::one(
            "windows",
            "sku_regex = \"^20[0-9]+-datacenter$\"\nverification_type = \"verified\"\nmost_recent = true",
        )
        + POOL;
    let workspace = Workspace::new(&main);
    let state = workspace.step();
    let one = state.attributes(ONE);
    // Neither the first of the list nor the alphabetically highest, which would be ubuntu-hpc:2204.
    assert_eq!(one["urn"], "microsoft-azure-batch:ubuntu-server-container:24-04-lts:latest");
    assert_eq!(one["node_agent_sku_id"], "batch.node.ubuntu 24.04");
    let windows = state.attributes("data.cloudimages_batch_supported_image.windows");
    assert_eq!(windows["sku"], "2022-datacenter");
    for _ in 0..3 {
        workspace.is_settled();
    }
    // A newer image is selected instead, and the plan shows what depends on it.
    let mut items = simulated_clouds::batch::catalogue();
    let capabilities = ["DockerCompatible"];
    items.push(image("a", "o", "100", "batch.node.ubuntu 26.04", true, &capabilities, ""));
    cloud.set_items(items);
    let changes = workspace.plan().exits(2).changes();
    assert_eq!(changes, [("terraform_data.pool".to_owned(), "replace".to_owned())]);
}

#[test]
fn a_pool_that_was_written_in_another_case_shows_no_difference() {
    let cloud = Simulation::builder().start();
    let names = "publisher = \"Canonical\"\noffer = \"Ubuntu-24_04-LTS\"\nsku = \"Server\"";
    // The pool existed before: written by hand, in the marketplace's spelling.
    let by_hand = "resource \"terraform_data\" \"pool\" {\n  triggers_replace = [\"Canonical\", \
                   \"Ubuntu-24_04-LTS\", \"Server\", \"latest\", \"batch.node.ubuntu 24.04\"]\n}\n";
    let workspace = Workspace::new(by_hand);
    workspace.apply().ok();
    workspace.main(&(batch::provider(&cloud) + &batch::one("one", names) + POOL));
    let outcome = workspace.plan();
    assert_eq!((outcome.code, outcome.changes()), (Some(0), Vec::new()), "{outcome}");
    let state = workspace.step();
    let one = state.attributes(ONE);
    // The URN has the service's spelling.
    assert_eq!(one["urn"], "canonical:ubuntu-24_04-lts:server:latest");
    assert_eq!((&one["os_type"], &one["verification_type"]), (&"linux".into(), &"verified".into()));
}

#[test]
fn more_than_one_image_is_an_error_that_names_the_candidates() {
    let error = plan("os_type = \"Windows\"\nexcluded_capabilities = [\"None\"]").error();
    error.says(&[
        "More than one image found",
        "17 images match",
        "`most_recent = true`",
        "os_type = \"windows\", excluded_capabilities \"None\"",
        "with agent \"batch.node.windows amd64\"",
        "and 7 more",
    ]);
    assert_eq!(error.detail.matches("with agent").count(), 10, "{error:?}");
}

#[test]
fn a_mistyped_name_gets_the_right_one_suggested() {
    let cloud = Simulation::builder().start();
    let cases = [
        ("publisher", "publisher = \"cannonical\"", "Similar: \"canonical\""),
        (
            "sku",
            "publisher = \"microsoft-azure-batch\"\noffer = \"ubuntu-server-container\"\nsku = \
             \"20.04-lts\"",
            "Similar: \"20-04-lts\"",
        ),
        (
            "agent",
            "node_agent_sku_id = \"batch.node.ubunut 24.04\"",
            "Similar: \"batch.node.ubuntu 24.04\"",
        ),
        ("capability", "required_capabilities = [\"Docker\"]", "Similar: \"DockerCompatible\""),
        (
            "capability_of_another_kind",
            "required_capabilities = [\"Quantum\"]",
            "There are: \"DockerCompatible\", \"Generation2VMImage\"",
        ),
        (
            "family",
            "publisher = \"Canonical\"\noffer = \"UbuntuServer\"",
            "Similar: \"ubuntu-24_04-lts\", \"0001-com-ubuntu-server-jammy\"",
        ),
        (
            "case",
            "publisher = \"MicrosoftWindowsServer\"\nsku_regex = \"Datacenter-Core$\"",
            "\"(?i)Datacenter-Core$\" matches 2 images, of which 2 match the other filters.",
        ),
    ];
    let mut main = batch::provider(&cloud);
    for (name, arguments, _) in &cases {
        main += &batch::one(name, arguments);
    }
    let outcome = Workspace::new(&main).plan().fails();
    for (name, arguments, suggestion) in cases {
        let errors =
            outcome.errors_about(&format!("data.cloudimages_batch_supported_image.{name}"));
        assert_eq!(errors.len(), 1, "{outcome}");
        let wrong = arguments.lines().last().unwrap().replace(" = [", " ").replace(']', "");
        errors[0].says(&["No image found", "62 images", &wrong, suggestion, "Nearest misses:"]);
        // It points at the value that is wrong.
        assert_eq!(errors[0].code, arguments.lines().last().unwrap(), "{outcome}");
    }
}

#[test]
fn misses_that_match_more_of_the_filters_come_first() {
    // The image of Microsoft's samples, which has been gone for years.
    let error = plan("publisher = \"Canonical\"\noffer = \"UbuntuServer\"\nsku = \"18.04-LTS\"");
    let error = error.error();
    let (_, misses) = error.detail.split_once("Nearest misses:\n").unwrap();
    let misses: Vec<_> = misses.lines().map(str::trim).take(5).collect();
    assert!(misses.iter().all(|miss| miss.starts_with("canonical:")), "{misses:#?}");
    assert!(misses.iter().any(|miss| miss.contains("ubuntu-24_04-lts")), "{misses:#?}");
    assert!(misses.iter().any(|miss| miss.contains("jammy")), "{misses:#?}");
    error.says(&["No image has offer = \"UbuntuServer\". Similar: \"ubuntu-24_04-lts\""]);
    assert_eq!(error.code, "offer = \"UbuntuServer\"");
}

#[test]
fn the_architecture_and_the_generation_decide_between_images_of_one_release() {
    let cloud = Simulation::builder().shuffle(5).start();
    let ubuntu = "publisher = \"canonical\"\noffer = \"ubuntu-24_04-lts\"\nmost_recent = true\n";
    let cases = [
        ("any", String::new(), "server", "x64"),
        ("verified", "verification_type = \"verified\"".to_owned(), "server", "x64"),
        ("arm", "architecture = \"ARM64\"".to_owned(), "server-arm64", "ARM64"),
        (
            "gen1",
            "excluded_capabilities = [\"generation2vmimage\"]".to_owned(),
            "server-gen1",
            "x64",
        ),
    ];
    let mut main = batch::provider(&cloud);
    for (name, arguments, ..) in &cases {
        main += &batch::one(name, &format!("{ubuntu}{arguments}"));
    }
    main += &batch::all("arm", "architecture = \"arm64\"");
    let state = Workspace::new(&main).step();
    for (name, _, sku, architecture) in cases {
        let one = state.attributes(&format!("data.cloudimages_batch_supported_image.{name}"));
        assert_eq!((&one["sku"], &one["architecture"]), (&sku.into(), &architecture.into()));
    }
    let list = state.attributes("data.cloudimages_batch_supported_images.arm");
    let images = list["images"].as_array().unwrap();
    let skus: Vec<_> = images.iter().map(|image| image["sku"].as_str().unwrap()).collect();
    assert_eq!(skus, ["9-arm-gen2", "server-arm64", "12-arm64"]);
    assert!(images.iter().all(|image| image["architecture"] == "arm64"));
    // The SKUs of others do not tell.
    plan("architecture = \"arm64\"\npublisher = \"resf\"").error().says(&[
        "No image that matches the other filters has architecture = \"arm64\". There are: \"x64\".",
    ]);
}

#[test]
fn a_choice_among_several_publishers_gets_a_warning_that_names_the_image() {
    let cloud = Simulation::builder().start();
    let verified = "verification_type = \"verified\"\nos_type = \"linux\"\n";
    let cases = [
        ("any", "most_recent = true", true),
        ("own", "publisher = \"canonical\"\nmost_recent = true", false),
        ("one_publisher", "sku_regex = \"^server\"\nmost_recent = true", false),
        ("one_image", "sku_regex = \"^server$\"", false),
    ];
    let mut main = batch::provider(&cloud);
    for (name, arguments, _) in cases {
        main += &batch::one(name, &format!("{verified}{arguments}"));
    }
    let warnings = Workspace::new(&main).plan().ok().warnings();
    for (name, _, is_warned) in cases {
        let address = format!("data.cloudimages_batch_supported_image.{name}");
        let about: Vec<_> = warnings.iter().filter(|w| w.address == address).collect();
        assert_eq!(about.len(), usize::from(is_warned), "{name}: {warnings:#?}");
        for warning in about {
            warning.says(&[
                "canonical:ubuntu-24_04-lts:server:latest",
                "Set `publisher`",
                "7 publishers (\"almalinux\", ",
            ]);
            assert_eq!(warning.code, "most_recent = true");
        }
    }
}

#[test]
fn no_image_is_an_error_that_names_all_filters_and_what_comes_close() {
    // Each of them has images, but no image has all.
    plan(
        "publisher = \"canonical\"\nos_type = \"linux\"\nverification_type = \"verified\"\n\
         sku_regex = \"arm64$\"\nexcluded_capabilities = [\"Generation2VMImage\"]\n\
         supported_until = \"2027-12-31\"",
    )
    .error()
    .says(&[
        "No image found",
        "None of the 62 images matches.",
        "publisher = \"canonical\": 54 of 62",
        "os_type = \"linux\":",
        "verification_type = \"verified\":",
        "sku_regex = \"arm64$\": 60 of 62",
        "excluded_capabilities \"Generation2VMImage\":",
        "supported_until = \"2027-12-31\":",
        "Nearest misses:",
        "canonical:ubuntu-24_04-lts:server-gen1:latest with agent \"batch.node.ubuntu 24.04\" \
         (linux, verified): does not match sku_regex = \"arm64$\"",
    ]);
}

#[test]
fn a_user_filter_that_leaves_nothing_differs_from_an_empty_account() {
    let filter = "filter = \"nodeAgentSKUId eq 'batch.node.ubuntu 25.04'\"";
    plan(&format!("{filter}\nos_type = \"linux\"")).error().says(&[
        "No image found",
        "None of the 62 images matches.",
        &format!("{filter}: 62 of 62"),
    ]);
    let cloud = Simulation::builder().items(Vec::new()).start();
    let main = batch::provider(&cloud) + &batch::one("one", "os_type = \"linux\"");
    Workspace::new(&main).plan().error().says(&["The service lists no images", "os_type"]);
}

#[test]
fn an_image_with_an_early_end_of_support_gets_a_warning_unless_the_user_has_decided() {
    let now = OffsetDateTime::now_utc();
    // Leaves an hour for the test itself.
    let now = now + Duration::hours(1);
    let in_days = |days: i64| (now + Duration::days(days)).format(&Rfc3339).unwrap();
    let agent = "batch.node.ubuntu 24.04";
    let items = vec![
        image("p", "sound", "1", agent, true, &[], ""),
        image("p", "untested", "1", agent, false, &[], ""),
        image("p", "ending", "1", agent, true, &[], &in_days(60)),
        image("p", "last_day", "1", agent, true, &[], &in_days(0)),
        image("p", "lasting", "1", agent, true, &[], &in_days(120)),
        image("p", "ended", "1", agent, true, &[], &in_days(-30)),
    ];
    let cloud = Simulation::builder().items(items).start();
    let decided_type = "verification_type = \"unverified\"";
    let decided_time = format!("supported_until = {:?}", in_days(-60));
    let cases = [
        ("sound", "", None),
        ("untested", "", Some(["is unverified", "p:untested:1:latest", "`verification_type"])),
        ("untested", decided_type, None),
        ("ending", "", Some(["ends in 60 days", "p:ending:1:latest", "`supported_until`"])),
        ("ending", "min_support_days = 7", None),
        ("last_day", "", Some(["ends today", "p:last_day:1:latest", "`supported_until`"])),
        ("lasting", "", None),
        ("ended", "", Some(["support has ended", "p:ended:1:latest", "`min_support_days`"])),
        ("ended", &decided_time, None),
    ];
    let mut main = batch::provider(&cloud);
    for (number, (offer, arguments, _)) in cases.iter().enumerate() {
        main += &batch::one(&format!("n{number}"), &format!("offer = {offer:?}\n{arguments}"));
    }
    let warnings = Workspace::new(&main).plan().ok().warnings();
    for (number, (offer, _, expected)) in cases.iter().enumerate() {
        let address = format!("data.cloudimages_batch_supported_image.n{number}");
        let about: Vec<_> = warnings.iter().filter(|w| w.address == address).collect();
        match expected {
            None => assert!(about.is_empty(), "{offer}: {about:#?}"),
            Some(fragments) => {
                assert_eq!(about.len(), 1, "{offer}: {warnings:#?}");
                about[0].says(fragments);
            }
        }
    }
}
