//! What `terraform validate` finds, without a login and without a network.

use crate::harness::Workspace;
use crate::harness::hci::{Azure, DISK, Image};

fn validate(image: &Image) -> crate::harness::Outcome {
    Workspace::new(&image.text("golden")).validate()
}

#[test]
fn all_errors_are_shown_at_once_each_at_its_line() {
    let image = Image::new()
        .with("name", "-golden-")
        .with("resource_group_name", "a/b")
        .with("location", " ")
        .with("custom_location_id", "/subscriptions/s/resourceGroups/g")
        .with("os_type", "linux")
        .with("image_path", "")
        .with("storage_path_id", "UserStorage1")
        .with("hyperv_generation", "v2")
        .with("cloud_init_data_source", "nocloud")
        .set("identifier", "{ publisher = \"p\", offer = \"o\" }")
        .set("timeouts", "{ create = \"3 hours\" }");
    // Terraform itself checks for incomplete objects, and does so first.
    let outcome = validate(&image).fails();
    outcome.error().says(&["\"identifier\"", "\"sku\" is required"]);
    let image = image.without("identifier");
    validate(&image).fails().one_error_for_each(&[
        ("name", &["\"-golden-\" is not the name of an image", "1 to 80"][..]),
        ("resource_group_name", &["\"a/b\" is not the name of a resource group"]),
        ("location", &["is an empty string"]),
        (
            "custom_location_id",
            &["too short", "/providers/Microsoft.ExtendedLocation/customLocations/{name}"],
        ),
        ("os_type", &["Did you mean \"Linux\"?"]),
        ("image_path", &["is an empty string"]),
        ("storage_path_id", &["Microsoft.AzureStackHCI/storageContainers/{name}"]),
        ("hyperv_generation", &["Did you mean \"V2\"?"]),
        ("cloud_init_data_source", &["Did you mean \"NoCloud\"?"]),
        ("resource", &["`timeouts.create`: \"3 hours\" is not a duration"]),
    ]);
}

#[test]
fn exactly_one_source_has_to_be_given() {
    let machine = "/subscriptions/s/resourceGroups/g/providers/Microsoft.AzureStackHCI\
                   /virtualMachineInstances/vm";
    let names = ["`image_path`", "`image_path_wo`", "`source_virtual_machine_id`"];
    // What stands for an imported image names no source; only a creation needs one.
    let none = Image::new().without("image_path");
    validate(&none).ok();
    let outcome = Workspace::new(&Azure::start().main(&none)).plan();
    outcome.error().says(&names).says(&["Exactly one of"]);
    let all = Image::new().with("image_path_wo", DISK).with("source_virtual_machine_id", machine);
    let errors = validate(&all).fails().errors();
    assert_eq!(errors.len(), 3);
    errors.iter().for_each(|error| assert!(error.detail.contains("cannot be given together")));
    validate(&Image::new().set("image_path_wo_version", "1"))
        .error()
        .says(&["`image_path_wo_version`", "`image_path_wo`"]);
    // An unknown value may be any of them.
    let unknown = "variable \"disk\" {\n  type = string\n}\n".to_owned()
        + &Image::new().set("image_path", "var.disk").text("golden");
    Workspace::new(&unknown).validate().ok();
}

#[test]
fn a_disk_is_where_the_cluster_can_read_it() {
    for (path, fragments) in [
        (
            "Canonical:ubuntu-24_04-lts:server:latest",
            &["URN of a Marketplace image", "azurerm_stack_hci_marketplace_gallery_image"][..],
        ),
        ("./golden.qcow2", &["the cluster cannot read it", "C:\\ClusterStorage"]),
        ("golden.vhdx", &["neither a URL nor a path", "UNC path"]),
    ] {
        for name in ["image_path", "image_path_wo"] {
            let image = Image::new().without("image_path").with(name, path);
            let error = validate(&image).error();
            error.says(fragments).says(&[&format!("`{name}`")]);
            assert!(error.code.starts_with(name), "{error:?}");
        }
    }
    for path in [r"D:\images\golden.vhdx", r"\\nas\images\golden.vhdx"] {
        validate(&Image::new().with("image_path", path)).ok();
    }
}

#[test]
fn an_image_of_a_virtual_machine_has_a_shorter_name_and_an_id_of_a_machine() {
    let long = "a".repeat(80);
    let disk = Image::new().with("name", &long);
    validate(&disk).ok();
    let machine = "/subscriptions/s/resourceGroups/g/providers/Microsoft.AzureStackHCI\
                   /virtualMachineInstances/vm";
    let image = disk.without("image_path").with("source_virtual_machine_id", machine);
    validate(&image).error().says(&["is not the name of an image", "1 to 64"]);
    let wrong = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm";
    validate(&image.with("name", "a").with("source_virtual_machine_id", wrong))
        .error()
        .says(&["\"Microsoft.Compute\" where \"Microsoft.HybridCompute\" belongs"]);
}

#[test]
fn likely_mistakes_get_a_warning() {
    for (image, fragments) in [
        (Image::new().with("image_path", DISK), &["No signature in the URL", "`sig`"][..]),
        (Image::new().with("name", "my-Windows-2025"), &["Reserved word", "\"windows\""]),
        (Image::new().with("name", "xboxes"), &["Reserved word", "\"xbox\""]),
    ] {
        let outcome = validate(&image).ok();
        let warnings = outcome.warnings();
        assert_eq!(warnings.len(), 1, "{outcome}");
        warnings[0].says(fragments);
    }
    assert_eq!(validate(&Image::new()).ok().warnings(), []);
}

#[test]
fn a_plan_without_a_login_names_what_is_missing_and_sends_nothing() {
    let azure = Azure::start();
    let blind = |arguments: &str| {
        format!("provider \"cloudimages\" {{\n  azure = {{ {arguments} }}\n}}\n")
            + &Image::new().text("golden")
    };
    let workspace = Workspace::new(&blind("use_cli = false"));
    workspace.validate().ok();
    workspace.plan().error().says(&[
        "client_id",
        "ARM_CLIENT_ID",
        "client_secret",
        "ARM_SUBSCRIPTION_ID",
    ]);
    // The Azure CLI has a default subscription, but only where it is installed.
    workspace.main(&Image::new().text("golden"));
    workspace.plan().error().says(&[
        "Install the Azure CLI and run `az login`, or set ARM_TENANT_ID, ARM_CLIENT_ID and \
         ARM_CLIENT_SECRET.",
        "`azure.subscription_id` (ARM_SUBSCRIPTION_ID)",
    ]);
    // The name of a subscription is not its id.
    workspace.main(&blind("subscription_id = \"My Subscription\""));
    workspace.validate().error().says(&["`azure.subscription_id`", "\"My Subscription\" is not"]);
    let secret = "tenant_id = \"t\", client_id = \"c\", client_secret = \"s3cr3t-9\"";
    workspace.main(&blind(secret));
    workspace.plan().error().says(&["subscription", "ARM_SUBSCRIPTION_ID"]);
    let workspace = workspace.env("ARM_SUBSCRIPTION_ID", "My Subscription");
    workspace.plan().error().says(&[
        "ARM_SUBSCRIPTION_ID: \"My Subscription\" is not the id of a subscription",
        "az account list",
    ]);
    assert_eq!((azure.entra.request_count(), azure.arm.request_count()), (0, 0));
}
