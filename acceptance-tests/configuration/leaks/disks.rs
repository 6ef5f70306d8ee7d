//! The signatures in the addresses of disks and of operations, and the tokens of Resource Manager.

use std::time::Duration;

use simulated_clouds::Spelling;
use simulated_clouds::arm::{Fault, Lro, Outcome, Progress, Quirk, RESOURCE_GROUP, When};

use super::Outputs;
use crate::harness::Workspace;
use crate::harness::hci::{Azure, DISK, Image, SIGNATURE, address, id};

const APPLY: [&str; 5] = ["apply", "-json", "-input=false", "-auto-approve", "-parallelism=20"];
const REFRESH: [&str; 4] = ["plan", "-json", "-input=false", "-refresh-only"];

/// The signature of a disk, and what opens it.
fn secrets() -> Vec<String> {
    vec![
        SIGNATURE.to_owned(),
        "m4deUp%2FSigna%2Bture0123456789%3D".to_owned(),
        "m4deUp/Signa+ture0123456789=".to_owned(),
    ]
}

/// One image for each spelling, whose creation is refused, and one whose download fails.
fn images(azure: &Azure) -> Vec<(String, String)> {
    let mut images = Vec::new();
    for (n, spelling) in Spelling::ALL.into_iter().enumerate() {
        for (kind, outcome) in [
            ("failed", Outcome::failed_quoting(spelling)),
            ("only", Outcome::only_resource_failed("Bad", "It failed.").quoting(spelling)),
            ("refused", Outcome::refused_quoting(spelling)),
        ] {
            let name = format!("{kind}-{n}");
            let path = format!("{DISK}-{name}?{SIGNATURE}");
            azure.arm.set_outcome_for_path(&path, outcome);
            images.push((name, path));
        }
    }
    images
}

/// A configuration of these images whose paths come from an ephemeral variable.
fn write_only(azure: &Azure, images: &[(String, String)]) -> Workspace {
    let variable = "variable \"paths\" {\n  type = map(string)\n  ephemeral = true\n}\n";
    let main = images.iter().fold(azure.provider() + variable, |main, (name, _)| {
        let image = Image::new().with("name", name).without("image_path");
        let path = format!("var.paths[{name:?}]");
        main + &image.set("image_path_wo", &path).set("image_path_wo_version", "1").text(name)
    });
    let paths = serde_json::to_string(
        &images.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
    );
    Workspace::new(&main).env("TF_VAR_paths", paths.unwrap())
}

#[test]
fn no_image_path_leaks_however_it_is_repeated() {
    let azure = Azure::start();
    azure.arm.set_create_style(Lro::async_operation().signed());
    let images = images(&azure);
    let main = images.iter().fold(azure.provider(), |main, (name, path)| {
        main + &Image::new().with("name", name).with("image_path", path).text(name)
    });
    let mut workspace = Workspace::new(&main);
    let mut outputs = Outputs::default();
    let outcome = outputs.run(&mut workspace, &APPLY).fails();
    assert_eq!(outcome.errors().len(), images.len(), "{outcome}");
    for (name, _) in &images {
        assert_eq!(outcome.errors_about(&address(name)).len(), 1, "{name}\n{outcome}");
    }
    let outcome = outputs.run(&mut workspace, &["plan", "-no-color", "-out=saved.tfplan"]).ok();
    outcome.says(&["(sensitive value)"]);
    outputs.run(&mut workspace, &["show", "-no-color", "saved.tfplan"]).ok();
    outputs.run(&mut workspace, &["show", "-no-color"]).ok();
    outputs.run(&mut workspace, &["destroy", "-no-color", "-auto-approve"]).ok();
    // The path may be in the state.
    let places = ["terraform.tfstate", "saved.tfplan"];
    outputs.without(&places).hold_none_of(&[secrets(), azure.arm.signatures()].concat());
    outputs.hold_none_of(&azure.arm.signatures());
}

#[test]
fn no_write_only_path_leaks_not_even_where_nobody_knows_it() {
    let azure = Azure::start();
    let images = images(&azure);
    let mut workspace = write_only(&azure, &images);
    let mut outputs = Outputs::default();
    outputs.run(&mut workspace, &["plan", "-no-color", "-out=saved.tfplan"]).ok();
    outputs.run(&mut workspace, &["show", "-json", "saved.tfplan"]).ok();
    let outcome = outputs.run(&mut workspace, &APPLY).fails();
    assert_eq!(outcome.errors().len(), images.len(), "{outcome}");
    // Each of these is a new process, which is not told what was sent to create the images.
    let outcome = outputs.run(&mut workspace, &REFRESH).ok();
    assert!(outcome.warnings().len() >= 2 * Spelling::ALL.len(), "{outcome}");
    outputs.run(&mut workspace, &["plan", "-json", "-input=false"]).ok();
    outputs.run(&mut workspace, &["show", "-json"]).ok();
    outputs.hold_none_of(&secrets());

    // Somebody else meets the images.
    let main = images.iter().fold(azure.provider(), |main, (name, _)| {
        let path = format!(r"C:\ClusterStorage\{name}.vhdx");
        main + &Image::new().with("name", name).with("image_path", &path).text(name)
    });
    let mut stranger = Workspace::new(&main);
    let outcome = outputs.run(&mut stranger, &APPLY).fails();
    let known = outcome.errors().iter().filter(|e| e.text().contains("exists already")).count();
    assert_eq!(known, 2 * Spelling::ALL.len(), "{outcome}");
    outputs.hold_none_of(&secrets());
    let import = images.iter().filter(|(name, _)| !name.starts_with("refused"));
    let import: String = import
        .map(|(name, _)| {
            format!("import {{\n  to = {}\n  id = {:?}\n}}\n", address(name), id(name))
        })
        .collect();
    stranger.write("import.tf", &import);
    outputs.run(&mut stranger, &["plan", "-json", "-input=false"]).ok();
    outputs.hold_none_of(&secrets());
}

#[test]
fn a_long_path_on_the_cluster_is_not_shown_in_part() {
    let azure = Azure::start();
    let mut path = r"C:\ClusterStorage".to_owned();
    for n in 0.. {
        if path.len() > 20_000 {
            break;
        }
        path += &format!(r"\Segment-{n:05}");
    }
    let mut outputs = Outputs::default();
    for spelling in Spelling::ALL {
        for outcome in [Outcome::failed_quoting(spelling), Outcome::refused_quoting(spelling)] {
            azure.arm.set_create_outcome(outcome);
            let mut workspace =
                Workspace::new(&azure.main(&Image::new().with("image_path", &path)));
            outputs.run(&mut workspace, &APPLY).fails();
            if workspace.path().join("terraform.tfstate").exists() {
                outputs.run(&mut workspace, &["plan", "-no-color", "-input=false"]);
            }
            azure.arm.remove_image(RESOURCE_GROUP, "golden");
        }
    }
    outputs.without(&["terraform.tfstate"]).hold_none_of(&["Segment-".to_owned(), path]);
}

/// Applies, changes and destroys an image under an Azure whose errors repeat the request's token and
/// address in every spelling, and returns all that was said, and the secrets.
fn repeated(style: Lro) -> (Outputs, Vec<String>) {
    let azure = Azure::start();
    azure.arm.set_create_style(style);
    azure.arm.set_progress(Progress::Polls(2));
    for spelling in Spelling::ALL {
        azure.arm.set_quirk(Quirk::QuoteAuthorization(spelling), true);
        azure.arm.set_quirk(Quirk::QuoteAddress(spelling), true);
    }
    let mut workspace = Workspace::new(&azure.main(&Image::new()));
    let mut outputs = Outputs::default();
    // Refused before, at the request, while it is under way, and at the end.
    for label in ["get", "put"] {
        azure.arm.fail(When::label(label), 1, Fault::status(403));
        let outcome = outputs.run(&mut workspace, &APPLY).fails();
        assert_eq!(outcome.errors().len(), 1, "{outcome}");
        outcome.says(&["(secret)"]);
    }
    for (nth, status) in [(1, 500), (2, 401), (4, 429)] {
        azure.arm.fail_poll(nth, 1, Fault::status(status));
    }
    azure.arm.fail(When::label("get").after(1), 1, Fault::status(503));
    outputs.run(&mut workspace, &APPLY).ok();
    outputs.run(&mut workspace, &["destroy", "-json", "-auto-approve"]).ok();
    azure.arm.set_create_outcome(Outcome::failed("ImageDownloadFailed", "Nobody knows why."));
    outputs.run(&mut workspace, &APPLY).fails();
    outputs.run(&mut workspace, &["plan", "-json", "-input=false"]).ok();
    azure.arm.set_create_outcome(Outcome::succeeded());
    azure.arm.fail_poll(1, 1, Fault::status(403));
    outputs.run(&mut workspace, &APPLY).ok();
    // Without an end that is seen.
    outputs.run(&mut workspace, &["destroy", "-json", "-auto-approve"]).ok();
    azure.arm.set_duration(Duration::from_secs(60));
    let polls = azure.arm.fail_always(When::label("poll"), Fault::status(500));
    let image = Image::new().set("timeouts", "{ create = \"2s\" }");
    workspace.main(&azure.main(&image));
    outputs.run(&mut workspace, &APPLY).fails();
    polls.off();
    outputs.run(&mut workspace, &["show", "-json"]).ok();

    let requests = azure.arm.requests();
    let mut secrets: Vec<String> =
        requests.iter().filter_map(|request| request.bearer()).map(str::to_owned).collect();
    secrets.sort();
    secrets.dedup();
    secrets.extend(azure.arm.signatures());
    assert!(secrets.len() > 5, "{}", secrets.len());
    (outputs, secrets)
}

#[test]
fn no_token_and_no_address_of_an_operation_leaks_however_it_is_repeated() {
    let (outputs, secrets) = repeated(Lro::async_operation().signed());
    outputs.without(&["what is beside the state"]).hold_none_of(&secrets);
}

#[test]
fn no_address_with_an_apostrophe_leaks_however_it_is_repeated() {
    let (outputs, secrets) = repeated(Lro::async_operation().signed_with_apostrophe());
    outputs.without(&["what is beside the state"]).hold_none_of(&secrets);
}

/// Other addresses that open something, and what opens it.
const PASS: &str = "pa55w0rd-0123456789";
const OTHERS: [(&str, &str); 8] = [
    ("basic", "https://Some-User:pa55w0rd-0123456789@files.example/NAME.vhdx"),
    ("share", r"\\Some-User:pa55w0rd-0123456789@files.example\share\NAME.vhdx"),
    ("s3", "https://s3.example/NAME.vhdx?X-Amz-Algorithm=A&X-Amz-Signature=pa55w0rd-0123456789"),
    ("google", "https://s.example/NAME.vhdx?GoogleAccessId=a%40b&Signature=pa55w0rd-0123456789"),
    ("upper", "https://b.example/NAME.vhdx?SV=1&SIG=pa55w0rd-0123456789"),
    ("fragment", "https://b.example/NAME.vhdx?sv=1&sig=pa55w0rd-0123456789#part"),
    ("spaces", "https://b.example/NAME.vhdx?sv=1&skn=a b&sig=pa55w0rd-0123456789"),
    ("apostrophe", "https://b.example/NAME.vhdx?sv=1&rscd=a'b&sig=pa55w0rd-0123456789"),
];

#[test]
fn no_signature_of_another_kind_leaks_not_even_where_nobody_knows_it() {
    let azure = Azure::start();
    let mut images = Vec::new();
    for (kind, path) in OTHERS {
        for (n, spelling) in Spelling::ALL.into_iter().enumerate() {
            let name = format!("{kind}-{n}");
            let path = path.replace("NAME", &name);
            azure.arm.set_outcome_for_path(&path, Outcome::failed_quoting(spelling));
            images.push((name, path));
        }
    }
    let mut workspace = write_only(&azure, &images);
    let mut outputs = Outputs::default();
    let outcome = outputs.run(&mut workspace, &APPLY).fails();
    assert_eq!(outcome.errors().len(), images.len(), "{outcome}");
    let outcome = outputs.run(&mut workspace, &REFRESH).ok();
    assert_eq!(outcome.warnings().len(), images.len(), "{outcome}");
    outputs.hold_none_of(&[PASS.to_owned()]);
}
