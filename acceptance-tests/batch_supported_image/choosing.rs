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
        (
            "capability",
            "required_capabilities = [\"Docker\"]",
            "There are: \"DockerCompatible\", \"Generation2VMImage\"",
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
    }
}

#[test]
fn no_image_is_an_error_that_names_all_filters_and_what_comes_close() {
    // Each of them has images, but no image has all.
    plan(
        "publisher = \"canonical\"\nos_type = \"linux\"\nverification_type = \"verified\"\n\
         sku_regex = \"arm64$\"\nexcluded_capabilities = [\"Generation2VMImage\"]\n\
         supported_until = \"2027-12-31T00:00:00Z\"",
    )
    .error()
    .says(&[
        "No image found",
        "None matches. The service listed 62 images",
        "publisher = \"canonical\": 54 of 62",
        "os_type = \"linux\":",
        "verification_type = \"verified\":",
        "sku_regex = \"arm64$\": 60 of 62",
        "excluded_capabilities \"Generation2VMImage\":",
        "supported_until = \"2027-12-31T00:00:00Z\":",
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
        "None matches. The service listed 62 images",
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
