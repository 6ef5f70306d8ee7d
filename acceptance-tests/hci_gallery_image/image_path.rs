//! The source of an image: what is a change of it, and what is not.

use simulated_clouds::arm::RESOURCE_GROUP;

use crate::harness::Workspace;
use crate::harness::hci::{Azure, DISK, IMAGE, Image, SIGNATURE, id};

/// An image whose path comes from an ephemeral variable, which Terraform itself never stores.
fn ephemeral(azure: &Azure, version: u32) -> String {
    let image = Image::new()
        .without("image_path")
        .set("image_path_wo", "var.disk")
        .set("image_path_wo_version", &version.to_string());
    "variable \"disk\" {\n  type = string\n  ephemeral = true\n}\n".to_owned() + &azure.main(&image)
}

#[test]
fn a_renewed_signature_is_stored_without_any_call() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.step();
    azure.arm.forget_requests();
    let renewed = format!("{DISK}?{}", SIGNATURE.replace("m4deUp", "r3newed"));
    workspace.main(&azure.main(&Image::new().with("image_path", &renewed)));
    let apply = ["apply", "-json", "-auto-approve", "-refresh=false"];
    let changes = workspace.run(&apply).ok().changes();
    assert_eq!(changes, [(IMAGE.to_owned(), "update".to_owned())]);
    assert_eq!(azure.arm.request_count(), 0);
    assert_eq!(workspace.state().attributes(IMAGE)["image_path"], renewed);
    workspace.is_settled();
}

#[test]
fn another_disk_is_another_image() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.step();
    for other in [
        format!("{}2?{SIGNATURE}", DISK),
        format!("{}?{SIGNATURE}", DISK.replace("made-up", "made-down")),
        r"C:\ClusterStorage\golden.vhdx".to_owned(),
    ] {
        workspace.main(&azure.main(&Image::new().with("image_path", &other)));
        let plan = workspace.planned();
        let change = &plan["resource_changes"][0]["change"];
        assert_eq!(change["replace_paths"], serde_json::json!([["image_path"]]), "{other}");
    }
    workspace.step();
    assert_eq!((azure.sent("PUT").len(), azure.sent("DELETE").len()), (2, 1));
}

#[test]
fn a_write_only_path_creates_the_image_and_its_version_replaces_it() {
    let azure = Azure::start();
    let disk = format!("{DISK}?{SIGNATURE}");
    let mut workspace = Workspace::new(&ephemeral(&azure, 1)).env("TF_VAR_disk", &disk);
    let log = workspace.path().join("trace.log");
    workspace.set("TF_LOG", "TRACE");
    workspace.set("TF_LOG_PATH", &log);
    let plan = workspace.planned();
    assert_eq!(plan["resource_changes"][0]["change"]["actions"][0], "create");
    workspace.run(&["apply", "-json", "-auto-approve", &format!("-var=disk={disk}")]).ok();
    workspace.is_settled();
    assert!(azure.sent("PUT")[0].body.contains(SIGNATURE));
    let state = workspace.state();
    let written = std::fs::read_to_string(&log).unwrap();
    for secret in [DISK, "m4deUp"] {
        assert!(!state.text.contains(secret), "{}", state.text);
        assert!(!plan.to_string().contains(secret), "{plan}");
        // Terraform itself logs the command with the variable.
        let of_provider = written.lines().filter(|line| !line.contains("CLI"));
        let found: Vec<_> = of_provider.filter(|line| line.contains(secret)).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
    // Another value alone is not a change: Terraform cannot detect it.
    workspace.set("TF_VAR_disk", format!("{DISK}2?{SIGNATURE}"));
    workspace.is_settled();
    workspace.main(&ephemeral(&azure, 2));
    let plan = workspace.planned();
    let change = &plan["resource_changes"][0]["change"];
    assert_eq!(change["replace_paths"], serde_json::json!([["image_path_wo_version"]]));
    workspace.step();
    assert_eq!((azure.sent("PUT").len(), azure.sent("DELETE").len()), (2, 1));
    assert!(azure.sent("PUT")[1].body.contains("golden.vhdx2?"));
}

#[test]
fn the_path_can_be_taken_out_of_the_state_and_back_without_another_image() {
    let azure = Azure::start();
    let disk = format!("{DISK}?{SIGNATURE}");
    let workspace = Workspace::new(&azure.main(&Image::new())).env("TF_VAR_disk", &disk);
    assert!(workspace.step().text.contains("m4deUp"));
    workspace.main(&ephemeral(&azure, 1));
    assert!(!workspace.step().text.contains("m4deUp"));
    workspace.main(&azure.main(&Image::new()));
    assert!(workspace.step().text.contains("m4deUp"));
    assert_eq!(azure.writes(), 1);
}

#[test]
fn a_disk_and_a_virtual_machine_are_different_sources() {
    let azure = Azure::start();
    let machine = "/subscriptions/s/resourceGroups/g/providers/Microsoft.AzureStackHCI\
                   /virtualMachineInstances/vm";
    let of_machine = Image::new().without("image_path").with("source_virtual_machine_id", machine);
    let disk = format!("{DISK}?{SIGNATURE}");
    let workspace = Workspace::new(&azure.main(&Image::new())).env("TF_VAR_disk", &disk);
    workspace.step();
    for (main, why) in [
        (azure.main(&of_machine), "source_virtual_machine_id"),
        (ephemeral(&azure, 1), "source_virtual_machine_id"),
        (azure.main(&of_machine), "source_virtual_machine_id"),
    ] {
        workspace.main(&main);
        let plan = workspace.planned();
        let change = &plan["resource_changes"][0]["change"];
        assert_eq!(change["replace_paths"], serde_json::json!([[why]]));
        workspace.step();
    }
}

#[test]
fn an_expired_signature_matters_only_when_an_image_is_created() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.step();
    let expired = format!("{DISK}?{}", SIGNATURE.replace("2199", "2020"));
    let image = Image::new().with("image_path", &expired);
    workspace.main(&azure.main(&image));
    workspace.step();
    // The image exists: nothing is downloaded any more.
    workspace.main(&azure.main(&image.with("name", "other")));
    let error = workspace.plan().error();
    error.says(&["`image_path`", "has expired (2020-01-01T00:00:00Z)"]);
    assert!(error.code.starts_with("image_path ="), "{error:?}");
    assert_eq!(azure.writes(), 1);
}

#[test]
fn a_signature_that_will_not_do_is_a_warning_only_while_an_image_is_to_be_created() {
    let azure = Azure::start();
    let doubtful = SIGNATURE.replace("sp=r", "sp=w&st=2198-01-01");
    let image = Image::new().with("image_path", &format!("{DISK}?{doubtful}"));
    let workspace = Workspace::new(&azure.main(&image));
    let titles = |outcome: crate::harness::Outcome| -> Vec<String> {
        outcome.warnings().into_iter().map(|warning| warning.summary).collect()
    };
    let expected = ["The signature does not allow reading", "The signature is not valid yet"];
    assert_eq!(titles(workspace.plan().exits(2)), expected);
    workspace.step();
    assert_eq!(titles(workspace.plan().ok()), [""; 0]);
    workspace.main(&azure.main(&image.with("name", "other")));
    assert_eq!(titles(workspace.plan().exits(2)), expected);
}

/// A write-only path with or without a version.
fn unversioned(azure: &Azure, version: Option<u32>) -> String {
    let image =
        Image::new().without("image_path").with("image_path_wo", &format!("{DISK}?{SIGNATURE}"));
    azure.main(&match version {
        Some(version) => image.set("image_path_wo_version", &version.to_string()),
        None => image,
    })
}

#[test]
fn a_write_only_path_without_a_version_is_warned_about_and_a_first_version_replaces() {
    let azure = Azure::start();
    let workspace = Workspace::new(&unversioned(&azure, None));
    let warnings = workspace.apply().ok().warnings();
    warnings[0].says(&["`image_path_wo`", "`image_path_wo_version`", "cannot be seen"]);
    assert!(warnings.iter().all(|warning| warning.code.starts_with("image_path_wo =")));
    workspace.is_settled();
    workspace.main(&unversioned(&azure, Some(1)));
    let plan = workspace.planned();
    let change = &plan["resource_changes"][0]["change"];
    assert_eq!(change["replace_paths"], serde_json::json!([["image_path_wo_version"]]));
    workspace.step();
    assert_eq!((azure.sent("PUT").len(), azure.sent("DELETE").len()), (2, 1));
}

#[test]
fn a_first_version_adopts_an_image_that_was_imported() {
    let azure = Azure::start();
    azure.arm.insert_image(RESOURCE_GROUP, "golden", &serde_json::json!({}));
    let workspace = Workspace::new(&unversioned(&azure, Some(1)));
    workspace.run(&["import", IMAGE, &id("golden")]).ok();
    workspace.step();
    assert_eq!(azure.writes(), 0);
}
