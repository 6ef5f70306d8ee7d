//! The password of the administrator stays secret: in plans, in the state, in logs, in messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use simulated_clouds::horizon::{API_TOKEN, Fault, When};

use super::Imported;
use crate::harness::horizon::{
    IMAGE, Image, PASSWORD, addresses, block, body, main, provider, start, writes,
};
use crate::harness::{Outcome, Workspace};

/// The password as it may be written somewhere: raw, in JSON, in JSON in JSON, letter by letter, and
/// in base64.
fn spellings() -> Vec<String> {
    let letters: Vec<String> = PASSWORD.chars().map(String::from).collect();
    let json = serde_json::to_string(PASSWORD).unwrap();
    let inner = |text: &str| text[1..text.len() - 1].to_owned();
    let twice = inner(&serde_json::to_string(&inner(&json)).unwrap());
    let array = serde_json::to_string(&letters).unwrap();
    // A part in the middle betrays it as well as the whole.
    vec![
        PASSWORD.to_owned(),
        inner(&json),
        twice,
        inner(&array),
        array.replace("\",\"", "\", \""),
        letters[..6].join(", "),
        inner(&array)[..23].replace('"', "\\\""),
        STANDARD.encode(PASSWORD),
    ]
}

#[track_caller]
fn holds_no_secret(place: &str, text: &str) {
    for secret in spellings().iter().map(String::as_str).chain([API_TOKEN]) {
        let found = text.find(secret).map(|at| &text[at.saturating_sub(100)..at]);
        assert_eq!(found, None, "{place} holds {secret}");
    }
}

#[test]
fn a_write_only_password_is_in_no_plan_and_no_state() {
    let cloud = start();
    let variables = "variable \"password\" {\n  ephemeral = true\n}\nvariable \"token\" {\n  ephemeral = \
                     true\n}\n";
    let login = block(&format!("{}api_token = var.token", addresses(&cloud)));
    let image = Image::new().set("admin_password_wo", "var.password").text("golden");
    let workspace = Workspace::new(&format!("{variables}{login}{image}"))
        .env("TF_VAR_password", PASSWORD)
        .env("TF_VAR_token", API_TOKEN);
    let plan = workspace.planned();
    holds_no_secret("the plan", &plan.to_string());
    holds_no_secret("the plan file", &String::from_utf8_lossy(&read(&workspace)));
    let state = workspace.step();
    holds_no_secret("the state", &state.text);
    assert_eq!(state.attributes(IMAGE)["admin_password_wo"], serde_json::Value::Null);
    let shown = workspace.run(&["show", "-json"]).ok();
    holds_no_secret("the state", &shown.stdout);
    let sent = body(&writes(&cloud)[0])["assetDetails"]["vmInfo"]["password"].clone();
    let sent: String =
        sent.as_array().unwrap().iter().map(|letter| letter.as_str().unwrap()).collect();
    assert_eq!(sent, PASSWORD);
}

fn read(workspace: &Workspace) -> Vec<u8> {
    std::fs::read(workspace.path().join("saved.tfplan")).unwrap()
}

#[test]
fn a_password_may_come_from_an_ephemeral_variable() {
    let cloud = start();
    let variable = "variable \"password\" {\n  type = string\n  ephemeral = true\n}\n";
    let image = Image::new().set("admin_password_wo", "var.password");
    let workspace = Workspace::new(&(variable.to_owned() + &main(&cloud, &image)))
        .env("TF_VAR_password", PASSWORD);
    let state = workspace.step();
    holds_no_secret("the state", &state.text);
    let sent = &body(&writes(&cloud)[0])["assetDetails"]["vmInfo"]["password"];
    assert_eq!(sent.as_array().unwrap().len(), PASSWORD.chars().count());
}

#[test]
fn a_stored_password_is_marked_as_sensitive() {
    let image = Image::new().without("admin_password_wo").without("admin_password_wo_version");
    let made = Imported::of(&image.with("admin_password", PASSWORD));
    let shown = made.workspace.run(&["state", "show", "-no-color", IMAGE]).ok();
    shown.says(&["admin_password = (sensitive value)"]);
    holds_no_secret("what is shown", &shown.text());
    // It has to be in the state, or nobody would know when it changes.
    assert_eq!(made.workspace.state().attributes(IMAGE)["admin_password"], PASSWORD);
}

/// Applies with all logs, and returns them with the outcome.
fn traced(workspace: &mut Workspace, name: &str) -> (Outcome, String) {
    let log = workspace.path().join(name);
    workspace.set("TF_LOG", "TRACE");
    workspace.set("TF_LOG_PATH", &log);
    let outcome = workspace.run(&["apply", "-no-color", "-input=false", "-auto-approve"]);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("http_status"), "no answer is in the log");
    (outcome, log)
}

#[test]
fn no_log_holds_the_password_or_a_token() {
    let cloud = start();
    let mut workspace = Workspace::new(&main(&cloud, &Image::new()));
    let (outcome, mut log) = traced(&mut workspace, "creation.log");
    outcome.ok();
    workspace.main(&main(&cloud, &Image::new().set("admin_password_wo_version", "2")));
    let (outcome, rotation) = traced(&mut workspace, "rotation.log");
    outcome.ok();
    log += &rotation;
    for operation in ["CreateImageCatalog", "ResetVmPassword", "GetImage"] {
        assert!(log.contains(operation), "{operation} is not in the log");
    }
    holds_no_secret("the log", &log);
    let tokens = cloud.access_tokens();
    assert!(!tokens.is_empty());
    for token in tokens {
        assert!(!log.contains(&token), "the log holds {token}");
        // Nor its signature alone.
        assert!(!log.contains(token.rsplit('.').next().unwrap()));
    }
}

#[test]
fn a_refusal_that_quotes_the_password_is_shown_without_it() {
    for spelling in spellings() {
        let cloud = start();
        let message = format!("The vmInfo [{spelling}] is not acceptable.");
        cloud.fail(When::label("create"), 1, Fault::status(400).message(&message));
        let mut workspace = Workspace::new(&main(&cloud, &Image::new()));
        let (outcome, log) = traced(&mut workspace, "refusal.log");
        outcome.says(&["is not acceptable"]).clone().fails();
        holds_no_secret("the output", &outcome.text());
        holds_no_secret("the log", &log);
    }
}

#[test]
fn a_password_without_a_network_is_never_quoted_by_a_validation() {
    let image = Image::new().without("admin_username").with("admin_password", PASSWORD);
    let outcome = Workspace::new(&(provider(&start()) + &image.text("golden"))).validate().fails();
    outcome.says(&["admin_username"]);
    holds_no_secret("the output", &outcome.errors().iter().map(|e| e.text()).collect::<String>());
}
