//! What `terraform validate` finds, without keys and without a network.

use simulated_clouds::ucloud::Simulation;

use crate::harness::Workspace;

#[test]
fn all_errors_are_shown_at_once_each_at_its_line() {
    let cloud = Simulation::start();
    let workspace = Workspace::new(
        "data \"cloudimages_ucloud_image\" \"one\" {
           image_type        = \"Basic\"
           os_type           = \"Linnux\"
           func_type         = \"web\"
           name_regex        = \"a(b\"
           os_name_regex     = \"foo(?!bar)\"
           states            = [\"Available\", \"Makin\"]
           maintained_until  = \"30/06/2027\"
           timeouts          = { read = \"5 minutes\" }
         }\n",
    )
    .env("UCLOUD_API_BASE_URL", cloud.url());
    let outcome = workspace.validate().fails();
    let errors = outcome.errors();
    for (argument, fragment) in [
        ("image_type", "\"Basic\" is not one of \"Base\", \"Business\", \"Custom\". Did you mean"),
        ("os_type", "Did you mean \"Linux\"?"),
        ("func_type", "\"web\" is not one of \"gpu\", \"app\", \"uhost\""),
        ("name_regex", "unclosed group"),
        ("os_name_regex", "look-around"),
        ("states", "Did you mean \"Making\"?"),
        ("maintained_until", "\"30/06/2027\" is not a valid date. Write it as YYYY-MM-DD"),
        // Terraform does not show the line inside of an object, so the text names the attribute.
        ("data", "`timeouts.read`: \"5 minutes\" is not a duration"),
    ] {
        let of_line: Vec<_> = errors
            .iter()
            .filter(|error| error.code.split_whitespace().next() == Some(argument))
            .collect();
        assert_eq!(of_line.len(), 1, "{argument}\n{outcome}");
        of_line[0].says(&[fragment]);
    }
    assert_eq!(errors.len(), 8, "{outcome}");
    assert_eq!(cloud.request_count(), 0);
}

#[test]
fn sets_that_no_image_can_match_are_refused() {
    let sets = "required_features = [\"CloudInit\", \"IPv6\"]\n  excluded_features = [\"ipv6\"]";
    let workspace = Workspace::new(&format!(
        "data \"cloudimages_ucloud_image\" \"one\" {{\n  image_ids = []\n  {sets}\n}}\n\
         data \"cloudimages_ucloud_images\" \"all\" {{\n  image_ids = []\n  {sets}\n}}\n",
    ));
    let outcome = workspace.validate().fails();
    let one = outcome.errors_about("data.cloudimages_ucloud_image.one");
    let all = outcome.errors_about("data.cloudimages_ucloud_images.all");
    // An empty list may be what is wanted.
    assert_eq!((one.len(), all.len()), (2, 1), "{outcome}");
    let of = |name: &str| one.iter().find(|error| error.code.trim_start().starts_with(name));
    let empty = of("image_ids").expect("an error about the empty set");
    empty.says(&["`image_ids` is an empty set, so that no image can match."]);
    for error in [of("excluded_features").expect("an error about the features"), &all[0]] {
        error.says(&["\"ipv6\" is also in `required_features`", "Remove it from one of both."]);
        assert!(error.code.trim_start().starts_with("excluded_features"), "{error:?}");
    }
}

#[test]
fn results_cannot_be_set_and_unknown_arguments_are_refused() {
    let workspace = Workspace::new(
        "data \"cloudimages_ucloud_image\" \"one\" {\n  id = \"uimage-1\"\n}\n\
         data \"cloudimages_ucloud_images\" \"all\" {\n  most_recent = true\n}\n",
    );
    let outcome = workspace.validate().fails();
    outcome.says(&["id", "most_recent", "not expected here"]);
}

#[test]
fn a_correct_configuration_is_valid_without_keys_and_without_a_network() {
    let workspace = Workspace::new(
        "variable \"pattern\" {\n  type = string\n}\n\
         data \"cloudimages_ucloud_image\" \"one\" {\n  name_regex = var.pattern\n  os_type = \
         \"LINUX\"\n  timeouts = { read = \"1m30s\" }\n}\n",
    );
    workspace.validate().ok();
}
