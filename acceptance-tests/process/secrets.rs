//! Secrets stay out of everything that Terraform shows, writes or logs.

use std::fs;

use simulated_clouds::ucloud::{Account, Fault, REGION, Simulation, When, ret_code};

use crate::harness::{Workspace, ucloud};

const ANY: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";

#[test]
fn keys_token_and_signatures_are_in_no_plan_state_or_log() {
    // Characters that each encoding writes differently.
    let account = Account::new("kP-shown", "s+K/pri\"vate=42").security_token("to&ken/se+cret");
    let cloud = Simulation::builder().account(account.clone()).start();
    // A gateway that repeats what it refuses, once.
    let echo = format!("bad request {} {}", account.private_key(), "to&ken/se+cret");
    cloud.fail_next(1, Fault::body(503, "text/plain", echo));
    // Terraform itself writes what stands in a configuration into plans, so the first half has
    // the secrets in the environment.
    let mut workspace = Workspace::new(ANY)
        .env("TF_LOG", "TRACE")
        .env("TF_LOG_PATH", "log")
        .env("UCLOUD_PUBLIC_KEY", account.public_key())
        .env("UCLOUD_PRIVATE_KEY", account.private_key())
        .env("UCLOUD_SECURITY_TOKEN", "to&ken/se+cret")
        .env("UCLOUD_REGION", REGION)
        .env("UCLOUD_API_BASE_URL", cloud.url());
    let mut shown = vec![workspace.run(&["plan", "-no-color", "-out=saved"]).ok()];
    shown.push(workspace.run(&["show", "-json", "saved"]).ok());
    shown.push(workspace.run(&["apply", "-no-color", "saved"]).ok());
    shown.push(workspace.run(&["show", "-json"]).ok());
    // The second half has them in arguments, and a refusal that ends in a message.
    for name in ["UCLOUD_PUBLIC_KEY", "UCLOUD_PRIVATE_KEY", "UCLOUD_SECURITY_TOKEN"] {
        workspace.set(name, "");
    }
    let arguments = ucloud::keys(&cloud, &account) + "security_token = \"to&ken/se+cret\"";
    workspace.main(&(ucloud::block(&arguments) + ANY));
    let refusal = format!("Signature VerifyAC Error for {}", account.private_key());
    cloud.fail_always(When::any(), ret_code(171, refusal));
    shown.push(workspace.run(&["plan", "-no-color"]).fails());
    workspace.set("TF_LOG", "JSON");
    shown.push(workspace.run(&["plan", "-json"]).fails());

    let requests = cloud.requests();
    assert!(requests.len() >= 4 && requests.iter().all(|request| request.authentic));
    let log = fs::read_to_string(workspace.path().join("log")).unwrap();
    assert!(log.contains("POST"), "no request is logged");
    let mut texts: Vec<_> = shown.iter().map(|outcome| outcome.to_string()).collect();
    texts.push(workspace.state().text);
    texts.push(log);
    let mut secrets: Vec<String> = [
        // As it is, quoted as in JSON, percent-encoded.
        "s+K/pri\"vate=42",
        "s+K/pri\\\"vate=42",
        "s%2BK%2Fpri%22vate%3D42",
        "to&ken/se+cret",
        "to%26ken%2Fse%2Bcret",
    ]
    .map(str::to_owned)
    .into();
    secrets.extend(requests.iter().map(|r| r.parameter("Signature").unwrap().to_owned()));
    for text in &texts {
        for secret in &secrets {
            let found = text.split(secret.as_str()).nth(1);
            let around = found.map(|rest| rest.chars().take(200).collect::<String>());
            assert_eq!(around, None, "{secret:?} stands before this");
        }
    }
}

#[test]
fn the_private_key_is_hidden_in_the_schema() {
    let outcome = Workspace::new(ANY).run(&["providers", "schema", "-json"]).ok();
    let messages = outcome.messages();
    let provider = &messages[0]["provider_schemas"]["registry.terraform.io/cloudimages/cloudimages"]
        ["provider"];
    let ucloud = &provider["block"]["attributes"]["ucloud"]["nested_type"]["attributes"];
    for (name, sensitive) in
        [("private_key", true), ("security_token", true), ("public_key", false)]
    {
        assert!(ucloud[name].is_object(), "{name} is not in the schema");
        assert_eq!(ucloud[name]["sensitive"] == true, sensitive, "{name}");
    }
}
