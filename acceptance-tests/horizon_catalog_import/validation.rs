//! What `terraform validate` finds, without a login and without a network.

use crate::harness::horizon::{Image, PASSWORD, main, start};
use crate::harness::{Outcome, Workspace};

fn validate(image: &Image) -> Outcome {
    Workspace::new(&image.text("golden")).validate()
}

#[test]
fn all_errors_are_shown_at_once_each_at_its_line() {
    let image = Image::new()
        .with("name", "-golden")
        .with("os", " ")
        .with("os_type", "windows")
        .with("provider_instance_id", "")
        .with("provider_label", "Azure")
        .with("gpu_type", "Nvidia")
        .with("version_type", "major")
        .set("markers", "[\"default\", \"\"]")
        .set("timeouts", "{ create = \"90 minutes\" }");
    validate(&image).fails().one_error_for_each(&[
        ("name", &["\"-golden\"", "at least 2", "hyphens"][..]),
        ("os", &["is an empty string"]),
        ("os_type", &["Did you mean \"WINDOWS\"?"]),
        ("provider_instance_id", &["is an empty string"]),
        ("provider_label", &["Did you mean \"AZURE\"?"]),
        ("gpu_type", &["Did you mean \"NVIDIA\"?"]),
        ("version_type", &["Did you mean \"MAJOR\"?"]),
        ("markers", &["contains an empty string"]),
        ("resource", &["`timeouts.create`: \"90 minutes\" is not a duration"]),
    ]);
}

#[test]
fn a_name_has_the_form_that_the_service_takes() {
    for bad in ["a", "1a", "a-", "a_b", "a.b", "a b", "ä1"] {
        validate(&Image::new().with("name", bad)).error().says(&["at least 2"]);
    }
    for good in ["ab", "a1", "A-b-C", &"a".repeat(200)] {
        validate(&Image::new().with("name", good)).ok();
    }
}

#[test]
fn a_value_that_is_not_in_a_list_is_a_warning_for_the_lists_grow() {
    for (argument, value) in [
        ("os_type", "MACOS"),
        ("gpu_type", "INTEL"),
        ("provider_label", "OPENSTACK"),
        ("version_type", "HOTFIX"),
    ] {
        let outcome = validate(&Image::new().with(argument, value)).ok();
        let warnings = outcome.warnings();
        assert_eq!(warnings.len(), 1, "{outcome}");
        warnings[0].says(&[value]);
        assert!(warnings[0].code.trim_start().starts_with(argument), "{outcome}");
    }
    assert_eq!(validate(&Image::new()).ok().warnings(), []);
}

#[test]
fn exactly_one_source_has_to_be_given() {
    let names = ["`marketplace`", "`shared_gallery`", "`custom_vm`"];
    // What stands for an imported image names no source; only a creation needs one.
    let none = Image::without_source();
    validate(&none).ok();
    let cloud = start();
    let outcome = Workspace::new(&main(&cloud, &none)).plan();
    outcome.error().says(&names).says(&["Exactly one of"]);
    let gallery = "{ tenant_id = \"t\", image_version_id = \"/subscriptions/s/x\" }";
    let both = Image::new().set("shared_gallery", gallery);
    let errors = validate(&both).fails().errors();
    assert_eq!(errors.len(), 2);
    errors.iter().for_each(|error| {
        error.says(&["cannot be given together"]);
    });
    // The attribute that is missing is named.
    for (source, given, missing) in [
        ("shared_gallery", "{ tenant_id = \"t\" }", "image_version_id"),
        (
            "custom_vm",
            "{ vm_name = \"v\", resource_group_name = \"g\", publisher = \"p\", offer = \
         \"o\", sku = \"s\", vm_size = \"v\" }",
            "license_type",
        ),
        (
            "marketplace",
            "{ publisher = \"p\", offer = \"o\", sku = \"s\", vm_size = \"v\", \
         license_type = \"l\", vnet_id = \"/subscriptions/v\" }",
            "subnet_id",
        ),
    ] {
        let image = Image::new().without("marketplace").set(source, given);
        validate(&image).error().says(&[source, missing, "required"]);
    }
    assert_eq!(cloud.request_count(), 0);
}

#[test]
fn a_marketplace_image_needs_an_administrator_with_one_password() {
    let bare = || Image::new().without("admin_password_wo").without("admin_password_wo_version");
    validate(&Image::new().without("admin_username")).error().says(&["`admin_username`"]);
    validate(&bare()).error().says(&["`admin_password_wo`", "`admin_password`", "marketplace"]);
    let errors = validate(&bare().without("admin_username")).fails().errors();
    assert_eq!(errors.len(), 2);
    let errors = validate(&Image::new().with("admin_password", PASSWORD)).fails().errors();
    assert_eq!(errors.len(), 2);
    errors.iter().for_each(|error| {
        error.says(&["`admin_password`", "`admin_password_wo`", "together"]);
    });
    validate(&bare().with("admin_password", PASSWORD).set("admin_password_wo_version", "1"))
        .error()
        .says(&["`admin_password_wo_version`", "`admin_password_wo`"]);
    // Other sources need none, but half of one is a mistake.
    validate(&Image::custom_vm()).ok();
    validate(&Image::custom_vm().with("admin_username", "a")).error().says(&["password"]);
    validate(&Image::custom_vm().with("admin_password", PASSWORD))
        .error()
        .says(&["`admin_username`"]);
}

#[test]
fn a_linux_machine_with_a_public_address_needs_ssh() {
    let linux = |options: &str| Image::new().with("os_type", "LINUX").set("options", options);
    for options in
        ["{ create_public_ip = true }", "{ create_public_ip = true, open_ssh_port = false }"]
    {
        let error = validate(&linux(options)).error();
        error.says(&["open_ssh_port", "create_public_ip", "true"]);
        assert!(error.code.trim_start().starts_with("options"), "{error:?}");
        validate(&linux(options).with("os_type", "WINDOWS")).ok();
    }
    validate(&linux("{ create_public_ip = true, open_ssh_port = true }")).ok();
    validate(&linux("{ create_public_ip = false }")).ok();
    validate(&linux("{}")).ok();
}
