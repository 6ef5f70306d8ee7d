//! The argument `azure`: every authentication method, and which of them is used.
//!
//! The tokens are for Batch, whose account checks the audience exactly.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use simulated_clouds::batch::{AUDIENCE, Simulation};
use simulated_clouds::entra::{
    self, ADO_CONNECTION_ID, CLIENT_ID, CLIENT_SECRET, MANAGED_CLIENT_ID, Request, TENANT_ID,
};

use crate::harness::{Workspace, batch};

/// Made by the current `openssl pkcs12 -export`.
const RSA: &str = include_str!("certificates/rsa.pfx.base64");
pub(super) const RSA_PEM: &str = include_str!("certificates/rsa.pem");
pub(super) const PASSWORD: &str = "made-up-passphrase";
/// Made by `openssl pkcs12 -export -legacy`, with an empty password.
const P256: &str = include_str!("certificates/p256.pfx.base64");
const P256_PEM: &str = include_str!("certificates/p256.pem");

/// An Entra ID that knows both certificates, and an account that takes its tokens.
pub(super) fn clouds() -> (entra::Simulation, Simulation) {
    let login =
        entra::Simulation::builder().certificate_pem(RSA_PEM).certificate_pem(P256_PEM).start();
    let account = Simulation::builder().tokens(&login.tokens()).start();
    (login, account)
}

/// The certificate as a file.
pub(super) fn write_certificate(workspace: &Workspace) {
    let lines: String = RSA.split_whitespace().collect();
    std::fs::write(workspace.path().join("client.pfx"), STANDARD.decode(lines).unwrap()).unwrap();
    workspace.write("p256.txt", P256);
}

/// Puts an `az` into the PATH that runs `script`, and logs its arguments.
#[cfg(unix)]
pub(super) fn install_cli(workspace: &mut Workspace, script: &str) {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = (workspace.home().join("bin"), workspace.home().join("bin/az"));
    let text =
        format!("#!/bin/sh\necho \"$@\" >> {:?}\n{script}\n", workspace.home().join("asked"));
    workspace.write_home("bin/az", &text);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let before = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(folder).chain(std::env::split_paths(&before));
    workspace.set("PATH", std::env::join_paths(paths).unwrap());
}

/// An `az` that is logged in.
pub(super) fn logged_in(login: &entra::Simulation, token: &str) -> String {
    login.tokens().register(token, AUDIENCE, std::time::Duration::from_secs(3600));
    let expires = time::OffsetDateTime::now_utc().unix_timestamp() + 3600;
    format!(
        "echo '{{\"accessToken\": \"{token}\", \"expires_on\": {expires}, \"tokenType\": \"Bearer\"}}'"
    )
}

fn paths(requests: &[Request]) -> Vec<&str> {
    requests.iter().map(Request::path).collect()
}

#[test]
fn every_authentication_method_works_from_arguments() {
    let (login, account) = clouds();
    login.accept_assertion("a.given.assertion");
    login.accept_assertion("an.assertion.in-a-file");
    let application = batch::application(&login);
    let oidc = format!("{application}use_oidc = true\n");
    let bare =
        format!("active_directory_authority_host = {:?}\ntenant_id = {TENANT_ID:?}\n", login.url());
    let ways = [
        ("secret", batch::secret(&login)),
        (
            "files",
            format!("{bare}client_id_file_path = \"id\"\nclient_secret_file_path = \"secret\"\n"),
        ),
        // The same value twice is not a contradiction.
        ("both", format!("{}client_secret_file_path = \"secret\"\n", batch::secret(&login))),
        (
            "certificate_path",
            format!(
                "{application}client_certificate_path = \"client.pfx\"\n\
                 client_certificate_password = {PASSWORD:?}\n"
            ),
        ),
        ("certificate", format!("{application}client_certificate = file(\"p256.txt\")\n")),
        ("token", format!("{oidc}oidc_token = \"a.given.assertion\"\n")),
        ("token_file", format!("{oidc}oidc_token_file_path = \"token\"\n")),
        (
            "github",
            format!(
                "{oidc}oidc_request_url = {:?}\noidc_request_token = {:?}\n",
                login.github_request_url(),
                login.github_request_token()
            ),
        ),
        (
            "ado",
            format!(
                "{oidc}oidc_request_url = {:?}\noidc_request_token = {:?}\n\
                 ado_pipeline_service_connection_id = {ADO_CONNECTION_ID:?}\n",
                login.ado_request_url(),
                login.ado_request_token()
            ),
        ),
        ("system_assigned", format!("use_msi = true\nmsi_endpoint = {:?}\n", login.imds_url())),
        (
            "user_assigned",
            format!(
                "use_msi = true\nmsi_endpoint = {:?}\nclient_id = {MANAGED_CLIENT_ID:?}\n",
                login.imds_url()
            ),
        ),
    ];
    let mut main = String::new();
    for (name, azure) in &ways {
        main += &batch::aliased(name, azure, &batch::endpoint(&account));
        main += &batch::all_by(name, "");
    }
    let workspace = Workspace::new(&main);
    write_certificate(&workspace);
    workspace.write("id", &format!("{CLIENT_ID}\n"));
    workspace.write("secret", &format!(" {CLIENT_SECRET}\r\n"));
    workspace.write("token", "an.assertion.in-a-file\n");
    workspace.plan().ok();
    assert_eq!(login.tokens().issued_for(AUDIENCE), ways.len());
    assert_eq!(account.request_count(), ways.len());
    for request in account.requests() {
        assert!(request.bearer().is_some() && request.header("ocp-date").is_none());
    }
    let requests = login.requests();
    assert!(requests.iter().all(|request| request.status == Some(200)), "{requests:#?}");
    let asked = paths(&requests);
    let count = |path: &str| asked.iter().filter(|asked| **asked == path).count();
    assert_eq!(count(&format!("/{TENANT_ID}/oauth2/v2.0/token")), 9);
    assert_eq!(count("/metadata/identity/oauth2/token"), 2);
    assert_eq!((count("/github/idtoken"), count("/ado/oidctoken")), (1, 1));
}

#[test]
fn variables_that_a_platform_sets_are_used() {
    let (login, account) = clouds();
    login.accept_assertion("the.pods.assertion");
    let host = ("ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST", login.url());
    let own = |name: &'static str, value: &str| (name, value.to_owned());
    let application =
        [host.clone(), own("ARM_TENANT_ID", TENANT_ID), own("ARM_CLIENT_ID", CLIENT_ID)];
    let oidc = own("ARM_USE_OIDC", "true");
    let platforms: [(&str, Vec<(&str, String)>); 6] = [
        ("shell", vec![own("ARM_CLIENT_SECRET", CLIENT_SECRET)]),
        (
            "certificate",
            vec![
                own("ARM_CLIENT_CERTIFICATE_PATH", "client.pfx"),
                own("ARM_CLIENT_CERTIFICATE_PASSWORD", PASSWORD),
            ],
        ),
        (
            "GitHub",
            vec![
                oidc.clone(),
                ("ACTIONS_ID_TOKEN_REQUEST_URL", login.github_request_url()),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", login.github_request_token()),
            ],
        ),
        (
            "Azure DevOps",
            vec![
                oidc,
                ("SYSTEM_OIDCREQUESTURI", login.ado_request_url()),
                ("SYSTEM_ACCESSTOKEN", login.ado_request_token()),
                own("ARM_OIDC_AZURE_SERVICE_CONNECTION_ID", ADO_CONNECTION_ID),
            ],
        ),
        (
            "App Service",
            vec![
                own("ARM_USE_MSI", "1"),
                own("ARM_CLIENT_ID", ""),
                ("IDENTITY_ENDPOINT", login.identity_endpoint()),
                ("IDENTITY_HEADER", login.identity_header()),
            ],
        ),
        (
            "Kubernetes",
            vec![
                own("ARM_USE_AKS_WORKLOAD_IDENTITY", "true"),
                own("ARM_TENANT_ID", ""),
                own("ARM_CLIENT_ID", ""),
                own("AZURE_TENANT_ID", TENANT_ID),
                own("AZURE_CLIENT_ID", CLIENT_ID),
                own("AZURE_FEDERATED_TOKEN_FILE", "token"),
            ],
        ),
    ];
    for (number, (name, variables)) in platforms.into_iter().enumerate() {
        let mut workspace =
            Workspace::new(&batch::all("any", "")).env("AZURE_BATCH_ENDPOINT", account.url());
        write_certificate(&workspace);
        workspace.write("token", "the.pods.assertion\n");
        for (variable, value) in application.iter().cloned().chain(variables) {
            workspace.set(variable, value);
        }
        let outcome = workspace.plan();
        assert_eq!(outcome.code, Some(0), "{name}\n{outcome}");
        assert_eq!(login.tokens().issued_for(AUDIENCE), number + 1, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn with_a_login_of_the_azure_cli_no_configuration_is_needed() {
    let (login, account) = clouds();
    let mut workspace =
        Workspace::new(&batch::all("any", "")).env("AZURE_BATCH_ENDPOINT", account.url());
    install_cli(&mut workspace, &logged_in(&login, "the-token-of-the-cli"));
    workspace.plan().ok();
    let block = batch::block(
        "tenant_id = \"meadow.example\"\nsubscription_id = \"00000000-0000-4000-8000-000000000001\"",
        "",
    );
    workspace.main(&(block + &batch::all("any", "")));
    workspace.plan().ok();
    let asked = std::fs::read_to_string(workspace.home().join("asked")).unwrap();
    let scope = "account get-access-token --scope https://batch.core.windows.net//.default";
    let expected =
        format!("{scope} --output json\n{scope} --tenant meadow.example --output json\n");
    assert_eq!(asked, expected);
    assert_eq!(login.request_count(), 0);
    let bearers = account.requests().into_iter().map(|r| r.bearer().unwrap().to_owned());
    assert_eq!(bearers.collect::<Vec<_>>(), ["the-token-of-the-cli"; 2]);
}

/// Configurations without one authentication method after the other, each with a separate login.
#[cfg(unix)]
#[test]
fn the_first_complete_method_is_used_and_its_failure_is_final() {
    let logins: Vec<_> = (0..6).map(|_| clouds()).collect();
    let mut workspace = Workspace::new("");
    write_certificate(&workspace);
    install_cli(&mut workspace, "echo 'not this one' >&2; exit 1");
    let mut main = String::new();
    for (number, (login, account)) in logins.iter().enumerate() {
        login.accept_assertion("a.given.assertion");
        let certificate = format!(
            "client_certificate_path = \"client.pfx\"\nclient_certificate_password = {PASSWORD:?}\n"
        );
        let connection = format!("ado_pipeline_service_connection_id = {ADO_CONNECTION_ID:?}\n");
        let pipeline = format!(
            "oidc_request_url = {:?}\noidc_request_token = {:?}\n",
            login.ado_request_url(),
            login.ado_request_token()
        );
        let workflow = format!(
            "oidc_request_url = {:?}\noidc_request_token = {:?}\n",
            login.github_request_url(),
            login.github_request_token()
        );
        let mut azure = batch::application(login);
        azure +=
            &format!("use_oidc = true\nuse_msi = true\nmsi_endpoint = {:?}\n", login.imds_url());
        let parts = [
            (0, certificate),
            // Invalid for all methods before this one.
            (1, format!("client_secret = {CLIENT_SECRET:?}\n")),
            (2, "oidc_token = \"a.given.assertion\"\n".to_owned()),
            (3, connection),
        ];
        for (last, part) in parts {
            if number <= last {
                azure += &part;
            }
        }
        if number <= 4 {
            azure += if number <= 3 { &pipeline } else { &workflow };
        } else {
            // An application's id would be taken for that of a managed identity.
            azure = azure.replace(CLIENT_ID, MANAGED_CLIENT_ID);
        }
        let name = format!("n{number}");
        main += &batch::aliased(&name, &azure, &batch::endpoint(account));
        main += &batch::all_by(&name, "");
    }
    workspace.main(&main);
    workspace.plan().ok();
    let token = format!("/{TENANT_ID}/oauth2/v2.0/token");
    for (number, ((login, _), expected)) in logins
        .iter()
        .zip([
            &[&*token][..],
            &[&token],
            &[&token],
            &["/ado/oidctoken", &token],
            &["/github/idtoken", &token],
            &["/metadata/identity/oauth2/token"],
        ])
        .enumerate()
    {
        let requests = login.requests();
        assert_eq!(paths(&requests), expected, "login {number}");
        let form = &requests.last().unwrap().body;
        assert_eq!(form.contains("client_secret="), number == 1, "{form}");
        assert_eq!(form.contains("client_assertion=a.given.assertion"), number == 2, "{form}");
    }
    // With a wrong secret, neither the managed identity nor the CLI is tried.
    let (login, account) = clouds();
    let azure = batch::secret(&login).replace(CLIENT_SECRET, "mistaken")
        + &format!("use_msi = true\nmsi_endpoint = {:?}\n", login.imds_url());
    workspace.main(&(batch::block(&azure, &batch::endpoint(&account)) + &batch::all("any", "")));
    workspace.plan().error().says(&["AADSTS7000215"]);
    assert_eq!(paths(&login.requests()), [&token]);
    assert_eq!(std::fs::read_to_string(workspace.home().join("asked")).ok(), None);
}

#[test]
fn one_token_serves_all_data_sources_and_all_their_pages() {
    let (login, account) = clouds();
    let paged = Simulation::builder().tokens(&login.tokens()).page_size(20).start();
    let mut main = batch::block(&batch::secret(&login), &batch::endpoint(&account));
    for number in 0..6 {
        main += &batch::all(&format!("n{number}"), "");
    }
    main += &batch::all("paged", &batch::endpoint(&paged));
    login.set_latency(std::time::Duration::from_millis(200));
    Workspace::new(&main).plan().ok();
    assert_eq!((login.request_count(), account.request_count()), (1, 6));
    assert_eq!(paged.request_count(), 4);
    assert!(
        login.requests()[0]
            .body
            .contains("scope=https%3A%2F%2Fbatch.core.windows.net%2F%2F.default")
    );
}

#[test]
fn each_cloud_has_its_own_scope() {
    let clouds = [
        ("usgovernment", "https://batch.core.usgovcloudapi.net/"),
        ("China", "https://batch.chinacloudapi.cn/"),
    ];
    let mut main = String::new();
    let mut running = Vec::new();
    for (name, audience) in clouds {
        let scope = format!("{audience}/.default");
        let login = entra::Simulation::builder().only_scopes(&[&scope]).start();
        let account = Simulation::builder().tokens(&login.tokens()).audiences(&[audience]).start();
        let azure = format!("{}environment = {name:?}\n", batch::secret(&login));
        main += &batch::aliased(name, &azure, &batch::endpoint(&account));
        main += &batch::all_by(name, "");
        running.push((login, account));
    }
    Workspace::new(&main).plan().ok();
}
