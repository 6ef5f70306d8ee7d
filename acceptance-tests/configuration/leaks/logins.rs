//! The credentials of Azure: client secrets, assertions, pipeline tokens, account keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use simulated_clouds::Spelling;
use simulated_clouds::batch::{ACCOUNT, ACCOUNT_KEY, Simulation};
use simulated_clouds::entra::{
    self, ADO_CONNECTION_ID, CLIENT_ID, Fault, Request, TENANT_ID, When,
};

use super::Outputs;
use crate::configuration::azure_login::{PASSWORD, RSA_PEM, write_certificate};
use crate::harness::{Workspace, batch};

/// A secret with characters that every encoding writes in its own way.
fn secret(name: &str) -> String {
    format!("Se~cr+et/{name}%41\"x&y<z>'0123456789=")
}

/// The login service and the account of one authentication method.
struct Clouds {
    login: entra::Simulation,
    account: Simulation,
}

impl Clouds {
    fn start() -> Self {
        let mut login = entra::Simulation::builder().certificate_pem(RSA_PEM);
        for name in ["argument", "variable", "file"] {
            login = login.secret(&secret(name));
        }
        let login = login.start();
        login.accept_assertion(&secret("assertion"));
        let account = Simulation::builder().tokens(&login.tokens()).start();
        Self { login, account }
    }
}

/// One way to prove who one is.
#[derive(Default)]
struct Way {
    name: &'static str,
    /// Inside of `azure = { ... }` and `batch = { ... }`.
    azure: String,
    batch: String,
    variables: Vec<(&'static str, String)>,
    /// What a file called `secret` holds.
    file: String,
    secrets: Vec<String>,
    /// Whether it is refused whatever happens.
    is_wrong: bool,
}

fn ways(clouds: &Clouds) -> Vec<Way> {
    let Clouds { login, account } = clouds;
    let application = format!("tenant_id = {TENANT_ID:?}\nclient_id = {CLIENT_ID:?}\n");
    let oidc = format!("{application}use_oidc = true\n");
    let certificate = format!("{application}client_certificate_path = \"client.pfx\"\n");
    let endpoint = batch::endpoint(account);
    let named = format!("{endpoint}account_name = {ACCOUNT:?}\n");
    let wrong_key = STANDARD.encode("not the key of this account, and long enough to be one");
    let (github, ado) = (login.github_request_token(), login.ado_request_token());
    let to_github = format!("{oidc}oidc_request_url = {:?}\n", login.github_request_url());
    let mut ways = vec![
        Way {
            name: "client_secret",
            azure: format!("{application}client_secret = {:?}\n", secret("argument")),
            secrets: vec![secret("argument")],
            ..Way::default()
        },
        Way {
            name: "a wrong client_secret",
            azure: format!("{application}client_secret = {:?}\n", secret("wrong")),
            secrets: vec![secret("wrong")],
            is_wrong: true,
            ..Way::default()
        },
        Way {
            name: "ARM_CLIENT_SECRET",
            azure: application.clone(),
            variables: vec![("ARM_CLIENT_SECRET", secret("variable"))],
            secrets: vec![secret("variable")],
            ..Way::default()
        },
        Way {
            name: "client_secret_file_path",
            azure: format!("{application}client_secret_file_path = \"secret\"\n"),
            file: secret("file"),
            secrets: vec![secret("file")],
            ..Way::default()
        },
        Way {
            name: "a file that contradicts",
            azure: format!("{application}client_secret_file_path = \"secret\"\n"),
            variables: vec![("ARM_CLIENT_SECRET", secret("variable"))],
            file: secret("file"),
            secrets: vec![secret("file"), secret("variable")],
            is_wrong: true,
            ..Way::default()
        },
        Way {
            name: "client_certificate_password",
            azure: format!("{certificate}client_certificate_password = {PASSWORD:?}\n"),
            secrets: vec![PASSWORD.to_owned()],
            ..Way::default()
        },
        Way {
            name: "a wrong client_certificate_password",
            azure: format!("{certificate}client_certificate_password = {:?}\n", secret("wrong")),
            secrets: vec![secret("wrong")],
            is_wrong: true,
            ..Way::default()
        },
        Way {
            name: "oidc_token",
            azure: format!("{oidc}oidc_token = {:?}\n", secret("assertion")),
            secrets: vec![secret("assertion")],
            ..Way::default()
        },
        Way {
            name: "ARM_OIDC_TOKEN",
            azure: oidc.clone(),
            variables: vec![("ARM_OIDC_TOKEN", secret("assertion"))],
            secrets: vec![secret("assertion")],
            ..Way::default()
        },
        Way {
            name: "oidc_token_file_path",
            azure: format!("{oidc}oidc_token_file_path = \"secret\"\n"),
            file: secret("assertion"),
            secrets: vec![secret("assertion")],
            ..Way::default()
        },
        Way {
            name: "oidc_request_token",
            azure: format!("{to_github}oidc_request_token = {github:?}\n"),
            secrets: vec![github.clone()],
            ..Way::default()
        },
        Way {
            name: "a wrong oidc_request_token",
            azure: format!("{to_github}oidc_request_token = {:?}\n", secret("wrong")),
            secrets: vec![secret("wrong")],
            is_wrong: true,
            ..Way::default()
        },
        Way {
            name: "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            azure: oidc.clone(),
            variables: vec![
                ("ACTIONS_ID_TOKEN_REQUEST_URL", login.github_request_url()),
                ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", github.clone()),
            ],
            secrets: vec![github],
            ..Way::default()
        },
        Way {
            name: "SYSTEM_ACCESSTOKEN",
            azure: format!("{oidc}ado_pipeline_service_connection_id = {ADO_CONNECTION_ID:?}\n"),
            variables: vec![
                ("SYSTEM_OIDCREQUESTURI", login.ado_request_url()),
                ("SYSTEM_ACCESSTOKEN", ado.clone()),
            ],
            secrets: vec![ado],
            ..Way::default()
        },
        Way {
            name: "IDENTITY_HEADER",
            azure: "use_msi = true\n".to_owned(),
            variables: vec![
                ("IDENTITY_ENDPOINT", login.identity_endpoint()),
                ("IDENTITY_HEADER", login.identity_header()),
            ],
            secrets: vec![login.identity_header()],
            ..Way::default()
        },
        Way {
            name: "a wrong IDENTITY_HEADER",
            azure: "use_msi = true\n".to_owned(),
            variables: vec![
                ("IDENTITY_ENDPOINT", login.identity_endpoint()),
                ("IDENTITY_HEADER", secret("wrong")),
            ],
            secrets: vec![secret("wrong")],
            is_wrong: true,
            ..Way::default()
        },
        Way {
            name: "account_key",
            batch: format!("{named}account_key = {ACCOUNT_KEY:?}\n"),
            secrets: vec![ACCOUNT_KEY.to_owned()],
            ..Way::default()
        },
        Way {
            name: "AZURE_BATCH_ACCESS_KEY",
            batch: named.clone(),
            variables: vec![("AZURE_BATCH_ACCESS_KEY", ACCOUNT_KEY.to_owned())],
            secrets: vec![ACCOUNT_KEY.to_owned()],
            ..Way::default()
        },
        Way {
            name: "a wrong account_key",
            batch: format!("{named}account_key = {wrong_key:?}\n"),
            secrets: vec![wrong_key],
            is_wrong: true,
            ..Way::default()
        },
    ];
    for way in &mut ways {
        if !way.azure.is_empty() {
            let host = format!("active_directory_authority_host = {:?}\n", login.url());
            way.azure.insert_str(0, &host);
            way.batch.clone_from(&endpoint);
        }
    }
    ways
}

/// What a request proves itself with.
fn proofs(request: &Request) -> Vec<String> {
    let form = url_pairs(&request.body).into_iter();
    let form = form.filter(|(name, _)| ["client_secret", "client_assertion"].contains(&&**name));
    let mut proofs: Vec<String> = form.map(|(_, value)| value).collect();
    proofs.extend(request.bearer().map(str::to_owned));
    let shared = request.header("authorization").and_then(|text| text.strip_prefix("SharedKey "));
    proofs.extend(shared.and_then(|text| Some(text.split_once(':')?.1.to_owned())));
    proofs
}

/// The fields of a form, decoded.
fn url_pairs(body: &str) -> Vec<(String, String)> {
    let url = url::Url::parse(&format!("http://form.example/?{body}")).unwrap();
    url.query_pairs().into_owned().collect()
}

/// Lets everything be refused, with what came as proof repeated in `spelling`.
fn refuse(clouds: &Clouds, way: &Way, spelling: Spelling) {
    let Clouds { login, account } = clouds;
    login.set_quoted(Some(spelling));
    // First a failure that is only logged.
    login.fail(When::any(), 1, Fault::status(503).message("Not now."));
    for label in ["token", "github", "ado", "app-service"] {
        let refusal = Fault::status(401).code("invalid_client").message("AADSTS7000222: Refused.");
        login.fail_always(When::label(label), refusal);
    }
    account.set_quoted(spelling);
    let quoted: String =
        way.secrets.iter().map(|secret| format!(" '{}'", spelling.spell(secret))).collect();
    account.fail(When::any(), 1, Fault::status(503).message(&format!("Not with{quoted}.")));
    if !way.is_wrong {
        let text = format!("Not with{quoted}.");
        account.fail_always(When::any(), Fault::status(403).message(&text));
    }
}

fn check(clouds: &Clouds, way: &Way) {
    let block = batch::block(&way.azure, &way.batch);
    let mut workspace = Workspace::new(&(block + &batch::all("any", "sku_regex = \"^server$\"")));
    write_certificate(&workspace);
    workspace.write("secret", &way.file);
    for (name, value) in &way.variables {
        workspace.set(name, value);
    }
    let mut outputs = Outputs { about: way.name, ..Outputs::default() };
    for spelling in Spelling::ALL {
        refuse(clouds, way, spelling);
        let outcome = outputs.run(&mut workspace, &["plan", "-json", "-input=false"]).fails();
        assert_eq!(outcome.errors().len(), 1, "{}: {outcome}", way.name);
        if !way.is_wrong {
            // It was repeated, and is hidden.
            outcome.says(&["(secret)"]);
        }
        if spelling == Spelling::Raw {
            outputs.run(&mut workspace, &["plan", "-no-color", "-input=false"]).fails();
        }
        clouds.login.clear_faults();
        clouds.account.clear_faults();
    }
    clouds.login.set_quoted(None);
    if !way.is_wrong {
        outputs.through(&mut workspace);
    }
    let requests = [clouds.login.requests(), clouds.account.requests()].concat();
    let mut secrets: Vec<String> = requests.iter().flat_map(proofs).collect();
    secrets.extend(way.secrets.iter().cloned());
    secrets.sort();
    secrets.dedup();
    // What stands in the configuration Terraform itself writes into plans.
    let is_written = |secret: &String| {
        let quoted = format!("{secret:?}");
        way.azure.contains(&quoted) || way.batch.contains(&quoted)
    };
    let (written, others): (Vec<String>, Vec<String>) = secrets.into_iter().partition(is_written);
    outputs.hold_none_of(&others);
    let places = ["stdout of show -json saved.tfplan"];
    outputs.without(&places).hold_none_of(&written);
}

fn check_every_third(offset: usize) {
    let count = ways(&Clouds::start()).len();
    for at in (offset..count).step_by(3) {
        let clouds = Clouds::start();
        let way = ways(&clouds).swap_remove(at);
        check(&clouds, &way);
    }
}

#[test]
fn no_credential_of_azure_leaks_however_it_is_repeated() {
    std::thread::scope(|scope| {
        let checks: Vec<_> =
            (0..3).map(|offset| scope.spawn(move || check_every_third(offset))).collect();
        for check in checks {
            if let Err(panic) = check.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
}

#[test]
fn a_page_that_repeats_a_client_secret_is_not_quoted() {
    let clouds = Clouds::start();
    let mut outputs = Outputs::default();
    let way = ways(&clouds).swap_remove(2);
    let block = batch::block(&way.azure, &way.batch);
    let mut workspace = Workspace::new(&(block + &batch::all("any", "")));
    let (name, value) = &way.variables[0];
    workspace.set(name, value);
    // As a header has it, and as a part of something else that was encoded.
    let encoded = [value.clone(), format!("user:{value}"), format!("key={value}&x")]
        .map(|text| STANDARD.encode(text));
    let spelled = Spelling::ALL.map(|spelling| spelling.spell(value)).join(" ");
    for (kind, body) in [
        ("text/html", format!("<html><title>{spelled}</title>{spelled}</html>")),
        ("text/plain", spelled.clone()),
        ("text/plain", encoded.join(" ")),
        // The excerpt that is shown ends in the middle of the secret.
        ("text/plain", format!("{}{value}", "x".repeat(180))),
        ("text/plain", format!("{}{}", "x".repeat(190), Spelling::Percent.spell(value))),
        ("application/json", format!("{{\"error\": \"{spelled}\"")),
        ("application/json", serde_json::json!({"error": spelled}).to_string()),
        ("application/json", serde_json::json!({"error": {"code": spelled}}).to_string()),
        ("application/json", serde_json::json!({"access_token": value}).to_string()),
    ] {
        for status in [200, 400] {
            let fault = Fault::body(status, kind, body.clone());
            let on = clouds.login.fail_always(When::any(), fault.clone());
            let again = clouds.account.fail_always(When::any(), fault);
            outputs.run(&mut workspace, &["plan", "-json", "-input=false"]).fails();
            on.off();
            // The same from the service that the token is for.
            outputs.run(&mut workspace, &["plan", "-json", "-input=false"]);
            again.off();
        }
    }
    outputs.hold_none_of(&[way.secrets, encoded.to_vec()].concat());
}
