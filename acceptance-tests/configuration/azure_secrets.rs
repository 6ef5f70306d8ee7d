//! Secrets of the login stay secret: in logs, in diagnostics and in the state.

use simulated_clouds::batch::{ACCOUNT_KEY, Simulation};
use simulated_clouds::entra::{CLIENT_SECRET, Request};

use super::azure_login::{PASSWORD, clouds, write_certificate};
use crate::harness::{Workspace, batch};

/// The credentials of a request: the value of each such field or header.
fn proofs(request: &Request) -> Vec<String> {
    let authorization = request.header("authorization").into_iter();
    let authorization = authorization.map(|value| value.rsplit([' ', ':']).next().unwrap());
    let fields = request.body.split('&').filter_map(|field| field.split_once('='));
    let fields = fields.filter(|(name, _)| ["client_secret", "client_assertion"].contains(name));
    authorization.chain(fields.map(|(_, value)| value)).map(str::to_owned).collect()
}

#[test]
fn no_secret_is_found_in_the_trace_log_or_in_the_state() {
    let (login, account) = clouds();
    let signed = Simulation::builder().page_size(30).start();
    login.accept_assertion("a.federated.assertion-from-elsewhere");
    let application = batch::application(&login);
    let oidc = format!("{application}use_oidc = true\n");
    let endpoint = batch::endpoint(&account);
    let workflow_token = login.github_request_token();
    let ways = [
        ("secret", batch::secret(&login), endpoint.clone()),
        (
            "certificate",
            format!(
                "{application}client_certificate_path = \"client.pfx\"\n\
                 client_certificate_password = {PASSWORD:?}\n"
            ),
            endpoint.clone(),
        ),
        (
            "token",
            format!("{oidc}oidc_token = \"a.federated.assertion-from-elsewhere\"\n"),
            endpoint.clone(),
        ),
        (
            "workflow",
            format!(
                "{oidc}oidc_request_url = {:?}\noidc_request_token = {workflow_token:?}\n",
                login.github_request_url()
            ),
            endpoint.clone(),
        ),
        ("key", String::new(), batch::access(&signed)),
        ("broken", batch::secret(&login).replace("Made-Up", "Mistaken"), endpoint),
    ];
    let mut main = String::new();
    for (name, azure, batch) in &ways {
        main += &batch::aliased(name, azure, batch);
        main += &batch::all_by(name, "sku_regex = \"^server$\"");
    }
    let workspace = Workspace::new(&main).env("TF_LOG", "TRACE");
    write_certificate(&workspace);
    let failed = workspace.apply().fails();
    failed.says(&["AADSTS7000215"]);
    let (broken, _) = main.split_at(main.find("alias = \"broken\"").unwrap());
    let (good, _) = broken.split_at(broken.rfind("provider").unwrap());
    workspace.main(good);
    let outcome = workspace.apply().ok();
    let log = failed.stderr + &outcome.stderr;
    // The log is not empty, and has the requests.
    let requests = [login.requests(), account.requests(), signed.requests()].concat();
    for request in signed.requests() {
        let id = request.header("client-request-id").unwrap();
        assert!(log.contains(id), "{id} is not in the log");
    }
    assert!(log.contains("http_status"), "no answer is in the log");
    let mut secrets: Vec<String> = requests.iter().flat_map(proofs).collect();
    assert!(secrets.len() > 15, "{}", secrets.len());
    secrets.extend([ACCOUNT_KEY, CLIENT_SECRET, PASSWORD, &workflow_token].map(str::to_owned));
    let state = workspace.state().text;
    for secret in secrets {
        for (place, text) in [
            ("log", &log),
            ("output", &failed.stdout),
            ("output", &outcome.stdout),
            ("state", &state),
        ] {
            assert!(!text.contains(&secret), "{secret} is in the {place}");
        }
    }
}

#[test]
fn the_schema_marks_secrets_as_sensitive() {
    let outcome = Workspace::new("").run(&["providers", "schema", "-json"]).ok();
    let provider = "registry.terraform.io/cloudimages/cloudimages";
    let schema = outcome.messages().remove(0);
    let block = &schema["provider_schemas"][provider]["provider"]["block"]["attributes"];
    for (cloud, expected) in [
        (
            "azure",
            &[
                "client_certificate",
                "client_certificate_password",
                "client_secret",
                "oidc_request_token",
                "oidc_token",
            ][..],
        ),
        ("batch", &["account_key"]),
    ] {
        let attributes = block[cloud]["nested_type"]["attributes"].as_object().unwrap();
        let sensitive: Vec<_> = attributes
            .iter()
            .filter(|(_, attribute)| attribute["sensitive"] == true)
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(sensitive, expected, "{cloud}");
    }
}
