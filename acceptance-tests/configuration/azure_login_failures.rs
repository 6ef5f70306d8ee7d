//! The argument `azure`: the errors when a login fails or is not possible.

use std::time::Duration;

use simulated_clouds::batch::{Fault, Simulation};
use simulated_clouds::entra::{self, CLIENT_ID, CLIENT_SECRET, TENANT_ID, When};

use super::azure_login::{PASSWORD, clouds, write_certificate};
use crate::harness::{Diagnostic, Outcome, Workspace, batch};

/// The only error about a data source.
#[track_caller]
fn error(outcome: &Outcome, name: &str) -> Diagnostic {
    let errors = outcome.errors_about(&format!("data.cloudimages_batch_supported_images.{name}"));
    assert_eq!(errors.len(), 1, "{name}\n{outcome}");
    errors[0].clone()
}

/// One data source for each authentication method.
fn each(ways: &[(&str, String)], account: &Simulation) -> String {
    let look_up = |(name, azure): &(&str, String)| {
        batch::aliased(name, azure, &batch::endpoint(account)) + &batch::all_by(name, "")
    };
    ways.iter().map(look_up).collect()
}

#[test]
fn the_message_of_entra_id_is_shown_with_the_argument_to_check() {
    let (login, account) = clouds();
    let secret = batch::secret(&login);
    let application = batch::application(&login);
    let certificate = "client_certificate_path = \"client.pfx\"\n";
    let stranger = entra::Simulation::builder().certificate_pem("").start();
    let ways = [
        ("secret", secret.replace(CLIENT_SECRET, "mistaken-s3cr3t")),
        ("tenant", secret.replace(TENANT_ID, "nowhere.example")),
        ("client", secret.replace(CLIENT_ID, "00000000-0000-4000-8000-000000000000")),
        (
            "certificate",
            // Every certificate is unknown where none is registered, and so is every issuer.
            format!(
                "{}{certificate}client_certificate_password = {PASSWORD:?}\n",
                batch::application(&stranger)
            ),
        ),
        ("password", format!("{application}{certificate}client_certificate_password = \"no\"\n")),
        (
            "issuer",
            format!(
                "{}use_oidc = true\noidc_token = \"not.a.friend-s3cr3t\"\n",
                batch::application(&stranger)
            ),
        ),
        (
            "identity",
            format!(
                "use_msi = true\nmsi_endpoint = {:?}\nclient_id = \"somebody\"\n",
                login.imds_url()
            ),
        ),
        (
            "workflow",
            format!(
                "{application}use_oidc = true\noidc_request_token = \"old-s3cr3t\"\n\
                 oidc_request_url = {:?}\n",
                login.github_request_url()
            ),
        ),
    ];
    let workspace = Workspace::new(&each(&ways, &account));
    write_certificate(&workspace);
    let outcome = workspace.plan().fails();
    for (name, expected) in [
        (
            "secret",
            &[
                "Code: AADSTS7000215",
                "Invalid client secret provided",
                "HTTP status: 401",
                "Trace ID: ",
                "Correlation ID: ",
                "`azure.client_secret` (ARM_CLIENT_SECRET)",
            ][..],
        ),
        (
            "tenant",
            &[
                "Code: AADSTS90002",
                "Tenant 'nowhere.example' not found",
                "There is no such tenant in this cloud.",
                "`azure.tenant_id` (ARM_TENANT_ID)",
                "`azure.environment` (ARM_ENVIRONMENT)",
            ],
        ),
        (
            "client",
            &[
                "Code: AADSTS700016",
                "The tenant has no such application.",
                "`azure.client_id` (ARM_CLIENT_ID)",
            ],
        ),
        ("certificate", &["No matching federated identity record", "AADSTS700213"]),
        (
            "password",
            &[
                "`azure.client_certificate_password` (ARM_CLIENT_CERTIFICATE_PASSWORD)",
                "wrong or missing",
            ],
        ),
        ("issuer", &["Code: AADSTS700213", "federated credentials"]),
        (
            "identity",
            &["the managed identity gave no token", "Identity not found", "managed identity"],
        ),
        (
            "workflow",
            &[
                "the pipeline gave no token",
                "request token is missing or wrong",
                "HTTP status: 401",
            ],
        ),
    ] {
        error(&outcome, name).says(expected);
    }
    assert!(!outcome.stdout.contains("s3cr3t"), "{outcome}");
    assert_eq!(account.request_count(), 0);
}

#[test]
fn contradictions_are_refused_before_anything_is_sent() {
    let (login, account) = clouds();
    let secret = batch::secret(&login);
    let application = batch::application(&login);
    let oidc = format!("{application}use_oidc = true\n");
    let ways = [
        ("client", format!("{secret}client_id_file_path = \"other\"\n")),
        ("secret", format!("{secret}client_secret_file_path = \"other\"\n")),
        ("token", format!("{oidc}oidc_token = \"a\"\noidc_token_file_path = \"other\"\n")),
        (
            "pod",
            secret
                .replace(CLIENT_ID, "someone")
                .replace("client_secret", "use_aks_workload_identity = true\nclient_secret"),
        ),
        ("absent", format!("{application}client_secret_file_path = \"no-such-file\"\n")),
        ("blank", format!("{application}client_secret_file_path = \"blank\"\n")),
        ("no_certificate", format!("{application}client_certificate_path = \"other\"\n")),
    ];
    let workspace = Workspace::new(&each(&ways, &account)).env("AZURE_CLIENT_ID", CLIENT_ID);
    workspace.write("other", "something-s3cr3t");
    workspace.write("blank", " \n");
    let outcome = workspace.plan().fails();
    for (name, expected) in [
        (
            "client",
            &[
                "`azure.client_id` (ARM_CLIENT_ID) differs from what client_id_file_path (other) holds",
            ][..],
        ),
        (
            "secret",
            &["`azure.client_secret` (ARM_CLIENT_SECRET)", "client_secret_file_path (other)"],
        ),
        ("token", &["`azure.oidc_token` (ARM_OIDC_TOKEN)", "oidc_token_file_path (other)"]),
        ("pod", &["`azure.client_id` (ARM_CLIENT_ID)", "AZURE_CLIENT_ID"]),
        (
            "absent",
            &[
                "`azure.client_secret_file_path` (ARM_CLIENT_SECRET_FILE_PATH)",
                "no-such-file cannot be read",
            ],
        ),
        ("blank", &["`azure.client_secret_file_path`", "blank is empty"]),
        ("no_certificate", &["`azure.client_certificate_path`", "PKCS#12"]),
    ] {
        error(&outcome, name).says(expected).says(&["Invalid Azure configuration"]);
    }
    for secret in ["s3cr3t", CLIENT_SECRET] {
        assert!(!outcome.stdout.contains(secret), "{outcome}");
    }
    assert_eq!((login.request_count(), account.request_count()), (0, 0));
    let workspace = Workspace::new(&batch::all("any", &batch::endpoint(&account)))
        .env("ARM_USE_MSI", "perhaps");
    workspace.plan().error().says(&[
        "`azure.use_msi`",
        "ARM_USE_MSI is \"perhaps\"",
        "neither true nor false",
    ]);
}

#[test]
fn transient_failures_of_the_login_are_retried_and_lasting_ones_reported() {
    let mut main = String::new();
    let mut running = Vec::new();
    for (name, fault) in [
        ("busy", Fault::status(429)),
        ("down", Fault::status(503)),
        ("gone", Fault::reset()),
        ("gateway", Fault::html(502)),
    ] {
        let (login, account) = clouds();
        login.fail_next(1, fault);
        main += &batch::aliased(name, &batch::secret(&login), &batch::endpoint(&account));
        main += &batch::all_by(name, "");
        running.push((login, account));
    }
    let workspace = Workspace::new(&main);
    workspace.plan().ok();
    for (login, account) in &running {
        assert_eq!((login.request_count(), account.request_count()), (2, 1));
    }
    let (login, account) = clouds();
    login.fail_next(9, Fault::html(503).retry_after("600"));
    let block = batch::block(&batch::secret(&login), &batch::endpoint(&account));
    workspace.main(&(block + &batch::all("any", "timeouts = { read = \"4s\" }")));
    let error = workspace.plan().error();
    error.says(&[
        "GetToken",
        "HTTP 503",
        "text/html",
        "10m",
        "of the 4s allowed",
        "`timeouts.read`",
    ]);
    assert!(error.text().len() < 1_500, "{error:?}");
    assert_eq!((login.request_count(), account.request_count()), (1, 0));
}

#[test]
fn a_token_that_is_refused_is_renewed_once() {
    let (login, account) = clouds();
    let (lost, deaf) = clouds();
    // One account accepts the second token, the other none.
    account.fail_next(1, Fault::status(401));
    deaf.fail_next(9, Fault::status(401));
    let ways = [("account", &login, &account), ("deaf", &lost, &deaf)];
    let main: String = ways
        .iter()
        .map(|(name, login, account)| {
            batch::aliased(name, &batch::secret(login), &batch::endpoint(account))
                + &batch::all_by(name, "")
        })
        .collect();
    let outcome = Workspace::new(&main).plan().fails();
    assert_eq!(outcome.errors().len(), 1, "{outcome}");
    error(&outcome, "deaf").says(&["Code: AuthenticationFailed", "HTTP status: 401", "role"]);
    for (name, login, account) in ways {
        assert_eq!((login.request_count(), account.request_count()), (2, 2), "{name}");
        let bearers = account.requests().into_iter().map(|r| r.bearer().unwrap().to_owned());
        assert_eq!(bearers.collect::<std::collections::BTreeSet<_>>().len(), 2, "{name}");
    }
}

#[test]
fn a_token_for_another_cloud_is_explained() {
    let login = entra::Simulation::start();
    let account = Simulation::builder()
        .tokens(&login.tokens())
        .audiences(&["https://batch.core.usgovcloudapi.net/"])
        .start();
    let block = batch::block(&batch::secret(&login), &batch::endpoint(&account));
    Workspace::new(&(block + &batch::all("any", ""))).plan().error().says(&[
        "wrong audience or resource 'https://batch.core.windows.net/'",
        "HTTP status: 401",
        "`azure.environment` (ARM_ENVIRONMENT)",
    ]);
}

#[test]
fn a_login_in_the_wrong_cloud_names_the_environment() {
    let (login, account) = clouds();
    let block = batch::block(&batch::secret(&login), &batch::endpoint(&account));
    let workspace = Workspace::new(&(block + &batch::all("any", "")));
    for number in [900_382, 900_432, 90_038] {
        login.set_refused(Some(number));
        workspace.plan().error().says(&[
            "Cannot log in to Azure",
            &format!("Code: AADSTS{number}"),
            "belongs to another Azure cloud",
            "`azure.environment` (ARM_ENVIRONMENT)",
        ]);
    }
    assert_eq!(account.request_count(), 0);
}

#[cfg(unix)]
#[test]
fn a_failing_azure_cli_is_quoted() {
    let (login, account) = clouds();
    let mut workspace = Workspace::new(&batch::all("any", &batch::endpoint(&account)));
    let complaint = "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1";
    super::azure_login::install_cli(&mut workspace, complaint);
    workspace.plan().error().says(&["Please run 'az login' to setup account", "GetToken"]);
    let way = "Run `az login`, or set ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET.";
    workspace.plan().error().says(&["Cannot log in to Azure", way]);
    // A token in truncated output is not shown.
    let half = "echo '{\"accessToken\": \"half-a-s3cr3t'";
    super::azure_login::install_cli(&mut workspace, half);
    let outcome = workspace.plan();
    outcome.error().says(&["The Azure CLI's answer does not hold JSON"]);
    assert!(!outcome.stdout.contains("s3cr3t"), "{outcome}");
    // The wait for it does not exceed the time limit.
    super::azure_login::install_cli(&mut workspace, "exec sleep 60");
    let look_up =
        batch::all("any", &format!("{}timeouts = {{ read = \"2s\" }}", batch::endpoint(&account)));
    workspace.main(&look_up);
    let outcome = workspace.plan();
    outcome.error().says(&[
        "The Azure CLI did not answer within 2s.",
        "Check that `az account get-access-token` answers on this machine, or set ARM_TENANT_ID",
    ]);
    assert!(outcome.took < Duration::from_secs(20), "{outcome}");
    assert_eq!((login.request_count(), account.request_count()), (0, 0));
}

#[test]
fn a_metadata_service_that_starts_up_is_waited_for() {
    let (login, account) = clouds();
    login.fail(When::label("imds"), 1, Fault::status(404));
    login.fail(When::label("imds"), 1, Fault::status(500));
    let azure = format!("use_msi = true\nmsi_endpoint = {:?}\n", login.imds_url());
    let block = batch::block(&azure, &batch::endpoint(&account));
    Workspace::new(&(block + &batch::all("any", ""))).plan().ok();
    assert_eq!(login.request_count(), 3);
}
