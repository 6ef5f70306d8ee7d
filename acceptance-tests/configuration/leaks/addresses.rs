//! Passwords in the addresses of services.

use simulated_clouds::ucloud::REGION;

use super::Outputs;
use crate::harness::Workspace;
use crate::harness::hci::{Azure, Image};

const USER: &str = "Some-User-9876";
const PASSWORD: &str = "pa55-w0rd~0123456789";

const BATCH: &str = "data \"cloudimages_batch_supported_images\" \"any\" {}\n";
const UCLOUD: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";

/// Where a password can be: the object and argument, its variable, the other arguments, and what
/// needs it.
fn users() -> Vec<(&'static str, &'static str, &'static str, String, String)> {
    let azure = Azure::start();
    let image = Image::new().set("timeouts", "{ create = \"2s\" }").text("golden");
    let arguments = |leave_out: &str| {
        let block = azure.provider();
        let lines = block.lines().filter(|line| line.trim_start().contains(" = \""));
        let lines = lines.filter(|line| !line.contains(leave_out));
        lines.map(|line| format!("{line}\n")).collect::<String>()
    };
    let msi =
        "use_msi = true\nsubscription_id = \"00000000-0000-4000-8000-000000000001\"\n".to_owned();
    let oidc = "use_oidc = true\nsubscription_id = \"00000000-0000-4000-8000-000000000001\"\ntenant_id = \"t\"\nclient_id = \
                \"c\"\noidc_request_token = \"t\"\n"
        .to_owned();
    let keys =
        format!("public_key = \"kP\"\nprivate_key = \"sK-0123456789\"\nregion = {REGION:?}\n");
    let key = "account_name = \"a\"\naccount_key = \"a2V5a2V5\"\n".to_owned();
    vec![
        (
            "azure",
            "resource_manager_endpoint",
            "ARM_RESOURCE_MANAGER_ENDPOINT",
            arguments("resource_manager_endpoint"),
            image.clone(),
        ),
        (
            "azure",
            "active_directory_authority_host",
            "ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST",
            arguments("active_directory_authority_host"),
            image.clone(),
        ),
        ("azure", "msi_endpoint", "ARM_MSI_ENDPOINT", msi, image.clone()),
        ("azure", "oidc_request_url", "ARM_OIDC_REQUEST_URL", oidc, image),
        ("batch", "account_endpoint", "AZURE_BATCH_ENDPOINT", key, BATCH.to_owned()),
        ("ucloud", "base_url", "UCLOUD_API_BASE_URL", keys, UCLOUD.to_owned()),
    ]
}

#[test]
fn a_password_in_an_address_is_never_shown() {
    let addresses = [
        ("https", "service.invalid"),
        ("https", "service.invalid:bad"),
        ("http", "127.0.0.1:9/a/b?c=d"),
        ("ftp", "service.invalid"),
    ]
    .map(|(scheme, host)| format!("{scheme}://{USER}:{PASSWORD}@{host}"));
    let variable = "variable \"address\" {\n  type = string\n  ephemeral = true\n}\n";
    for (object, argument, name, others, user) in users() {
        let block = |more: &str| {
            format!("provider \"cloudimages\" {{\n{object} = {{\n{others}{more}}}\n}}\n")
        };
        for address in &addresses {
            let mut outputs = Outputs::default();
            let given = block(&format!("{argument} = var.address\n"));
            let mut workspace = Workspace::new(&(variable.to_owned() + &given + &user));
            workspace.set("TF_VAR_address", address);
            let apply = ["apply", "-json", "-input=false", "-auto-approve"];
            outputs.run(&mut workspace, &apply).error();
            workspace.main(&(block("") + &user));
            workspace.set(name, address);
            outputs.run(&mut workspace, &apply).error();
            outputs.hold_none_of(&[PASSWORD.to_owned(), format!("{USER}:")]);
        }
    }
}

/// Asserts that no part of a password with `sign` in it is shown.
fn is_hidden(sign: char) {
    let address = format!("https://{USER}:pa55{sign}w0rd-0123456789@service.invalid");
    for (object, _, name, others, user) in users() {
        let block = format!("provider \"cloudimages\" {{\n{object} = {{\n{others}}}\n}}\n");
        let mut workspace = Workspace::new(&(block + &user));
        workspace.set(name, &address);
        let mut outputs = Outputs::default();
        let apply = ["apply", "-json", "-input=false", "-auto-approve"];
        outputs.run(&mut workspace, &apply).error();
        outputs.hold_none_of(&["pa55".to_owned(), "w0rd-0123456789".to_owned()]);
    }
}

#[test]
fn a_password_that_is_not_encoded_is_never_shown() {
    for sign in ['@', ' ', '%', ':'] {
        is_hidden(sign);
    }
}

#[test]
fn a_password_that_ends_the_host_is_never_shown() {
    for sign in ['/', '?', '#'] {
        is_hidden(sign);
    }
}
