//! Secrets reach the service and nobody else.

use serde_json::Value;

use super::{begin, change, image};

#[test]
fn a_write_only_argument_reaches_the_service_and_is_stored_nowhere() {
    let arguments = |password: &str, version| {
        image("a", &format!("password_wo = {password:?}\npassword_wo_version = {version}"))
    };
    let setting = begin(&arguments("first-passw0rd", 1));
    let workspace = &setting.workspace;
    workspace.run(&["plan", "-input=false", "-out=saved"]).ok();
    let planned = &workspace.run(&["show", "-json", "saved"]).ok().messages()[0];
    assert_eq!(planned["resource_changes"][0]["change"]["after"]["password_wo"], Value::Null);
    workspace.run(&["apply", "saved"]).ok();
    let state = workspace.state();
    assert!(!state.text.contains("first-passw0rd"), "{}", state.text);
    assert_eq!(state.attributes("sketch_image.a")["password_wo"], Value::Null);
    assert_eq!(setting.cloud.only().password.as_deref(), Some("first-passw0rd"));

    // Another password alone is not detected; another version is.
    workspace.main(&arguments("second-passw0rd", 1));
    workspace.is_settled();
    workspace.main(&arguments("second-passw0rd", 2));
    assert_eq!(workspace.plan().exits(2).changes(), [change("a", "update")]);
    let state = workspace.step();
    assert!(!state.text.contains("passw0rd"), "{}", state.text);
    assert_eq!(setting.cloud.only().password.as_deref(), Some("second-passw0rd"));
}

#[test]
fn a_sensitive_argument_is_hidden_in_what_terraform_shows() {
    let setting = begin(&image("a", "source = \"https://data.example/x?sig=s3cr3t\""));
    let planned = setting.workspace.run(&["plan", "-no-color", "-input=false"]).ok();
    planned.says(&["+ source = (sensitive value)"]);
    assert!(!planned.text().contains("s3cr3t"), "{planned}");
    setting.workspace.step();
    let shown = setting.workspace.run(&["show", "-no-color"]).ok();
    assert!(!shown.text().contains("s3cr3t"), "{shown}");
    let source = setting.cloud.only().source;
    assert_eq!(source.as_deref(), Some("https://data.example/x?sig=s3cr3t"));
}

#[test]
fn a_bug_that_names_a_secret_is_reported_without_it() {
    // The name is what the bug repeats, so the secret is the same text.
    let setting = begin(&image("loose-lips", "source = \"loose-lips\""));
    setting.cloud.inside().bug = Some("loose-lips".to_owned());
    let error = setting.workspace.apply().error();
    error.says(&["The provider has a bug", "cannot cope with (secret)"]);
    assert!(!error.detail.contains("loose-lips"), "{error:?}");
}
