//! Files that an argument names and that cannot be what it means: nobody waits for them, and the
//! argument is named.

use std::fs;
use std::process::Command;
use std::time::Duration;

use simulated_clouds::entra::{CLIENT_ID, CLIENT_SECRET, TENANT_ID};
use simulated_clouds::ucloud::{Account, REGION};
use simulated_clouds::{batch as account, ucloud as cloud};

use super::azure_login::clouds;
use crate::harness::{Diagnostic, Workspace, batch, ucloud};

/// Far below what a pipe that nobody writes to would take.
const SOON: Duration = Duration::from_secs(10);

/// What is wrong with a file: its name, and the word for it.
const FILES: [(&str, &str); 3] =
    [("pipe", "not a regular file"), ("folder", "not a regular file"), ("large", "larger than")];

/// Arguments of `azure = { ... }` that name files, with the others that go with them.
const AZURE: [(&str, &str); 4] = [
    ("client_id_file_path", "client_secret = \"unused\""),
    ("client_secret_file_path", ""),
    ("client_certificate_path", ""),
    ("oidc_token_file_path", "use_oidc = true"),
];

/// Writes the files; `text` is good but for the white space behind it.
fn write(workspace: &Workspace, text: &str) {
    let at = |name: &str| workspace.path().join(name);
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    fs::create_dir(at("folder")).unwrap();
    workspace.write("large", &format!("{text}{}", " ".repeat(2 << 20)));
}

#[cfg(unix)]
#[test]
fn a_pipe_a_folder_and_a_large_file_are_refused_at_once_as_what_azure_needs() {
    let (login, batch_account): (_, account::Simulation) = clouds();
    for (file, why) in FILES {
        let mut main = String::new();
        for (argument, others) in AZURE {
            let client = match argument {
                "client_id_file_path" => String::new(),
                _ => format!("client_id = {CLIENT_ID:?}\n"),
            };
            let azure = format!(
                "active_directory_authority_host = {:?}\ntenant_id = {TENANT_ID:?}\n{client}\
                 {others}\n{argument} = {file:?}\n",
                login.url()
            );
            main += &batch::aliased(argument, &azure, &batch::endpoint(&batch_account));
            main += &batch::all_by(argument, "");
        }
        let workspace = Workspace::new(&main);
        write(&workspace, CLIENT_SECRET);
        let outcome = workspace.plan().fails();
        assert!(outcome.took < SOON, "{outcome}");
        for (argument, _) in AZURE {
            let address = format!("data.cloudimages_batch_supported_images.{argument}");
            let errors = outcome.errors_about(&address);
            assert_eq!(errors.len(), 1, "{argument}\n{outcome}");
            errors[0].says(&[&format!("`azure.{argument}`"), file, why]);
        }
    }
    assert_eq!((login.request_count(), batch_account.request_count()), (0, 0));
}

/// Plans with shared credentials that are in a file of this name, and returns what is said.
#[cfg(unix)]
fn ucloud_error(file: &str) -> Diagnostic {
    let service = cloud::Simulation::start();
    let account = Account::example();
    let profiles = format!(
        "[{{\"profile\": \"default\", \"public_key\": {:?}, \"private_key\": {:?}}}]",
        account.public_key(),
        account.private_key()
    );
    let block = ucloud::block(&format!(
        "base_url = {:?}\nregion = {REGION:?}\nshared_credentials_file = {file:?}\n",
        service.url()
    ));
    let workspace = Workspace::new(&(block + "data \"cloudimages_ucloud_images\" \"any\" {}\n"));
    write(&workspace, &profiles);
    let outcome = workspace.plan();
    assert!(outcome.took < SOON, "{outcome}");
    assert_eq!(service.request_count(), 0, "{outcome}");
    outcome.error()
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_at_once_as_credentials_of_ucloud() {
    ucloud_error("pipe").says(&["`ucloud.shared_credentials_file`", "pipe", "cannot be read"]);
}

#[cfg(unix)]
#[test]
fn a_folder_is_refused_at_once_as_credentials_of_ucloud() {
    ucloud_error("folder").says(&["`ucloud.shared_credentials_file`", "cannot be read"]);
}

#[cfg(unix)]
#[test]
fn a_large_file_is_refused_at_once_as_credentials_of_ucloud() {
    ucloud_error("large").says(&["`ucloud.shared_credentials_file`", "larger than"]);
}
