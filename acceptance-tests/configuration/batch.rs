//! The argument `batch`: which account, and the key that requests are signed with.

use simulated_clouds::batch::{ACCOUNT, ACCOUNT_KEY, Simulation};

use crate::harness::{Diagnostic, Workspace, batch};

/// A data source without arguments.
fn any() -> String {
    batch::all("any", "")
}

#[test]
fn arguments_take_precedence_over_variables_and_the_data_source_over_both() {
    let [own, provider, environment] =
        ["own", "provider", "environment"].map(|name| Simulation::builder().account(name).start());
    let key = format!("account_key = {ACCOUNT_KEY:?}\n");
    let mut workspace = Workspace::new("")
        .env("AZURE_BATCH_ENDPOINT", environment.url())
        .env("AZURE_BATCH_ACCOUNT", "environment")
        .env("AZURE_BATCH_ACCESS_KEY", format!("  {ACCOUNT_KEY}\r\n"));
    // Whitespace around a key is ignored.
    workspace.main(&any());
    workspace.plan().ok();
    // The same key, another account.
    let account = format!("{}account_name = \"provider\"\n", batch::endpoint(&provider));
    workspace.main(&(batch::block("", &account) + &any()));
    workspace.plan().ok();
    let account = format!("{}account_name = \"own\"\n{key}", batch::endpoint(&provider));
    workspace.set("AZURE_BATCH_ACCESS_KEY", "bm90IHRoZSBrZXk=");
    workspace.main(&(batch::block("", &account) + &batch::all("any", &batch::endpoint(&own))));
    workspace.plan().ok();
    for cloud in [own, provider, environment] {
        let requests = cloud.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].status, Some(200));
        assert!(requests[0].header("authorization").unwrap().starts_with("SharedKey "));
    }
}

#[test]
fn a_missing_account_or_login_is_an_error_with_all_ways_to_set_them() {
    // There is no Azure CLI where these tests look for it.
    let workspace = Workspace::new(&any());
    workspace.validate().ok();
    workspace.plan().error().says(&[
        "Missing Batch account",
        "`account_endpoint` here",
        "`batch.account_endpoint` in the provider block",
        "AZURE_BATCH_ENDPOINT",
    ]);
    let cloud = Simulation::builder().start();
    let block = batch::block("", &batch::endpoint(&cloud));
    workspace.main(&(block + &any()));
    let with_cli = workspace.plan().error();
    with_cli.says(&[
        "The Azure CLI could be used, but it is not installed.",
        "Install the Azure CLI and run `az login`, or set ARM_TENANT_ID, ARM_CLIENT_ID and \
         ARM_CLIENT_SECRET.",
    ]);
    let block = batch::block("use_cli = false\nuse_oidc = true", &batch::endpoint(&cloud));
    workspace.main(&(block + &any()));
    let without_cli = workspace.plan().error();
    without_cli.says(&[
        "`azure.use_cli` (ARM_USE_CLI) is not set to true",
        "`azure.oidc_token` (ARM_OIDC_TOKEN)",
        "ACTIONS_ID_TOKEN_REQUEST_URL",
    ]);
    for error in [with_cli, without_cli] {
        error.says(&[
            "No Azure authentication method is fully configured",
            "`azure.tenant_id` (ARM_TENANT_ID)",
            "`azure.client_id` (ARM_CLIENT_ID)",
            "`azure.client_secret` (ARM_CLIENT_SECRET)",
            "`azure.client_certificate_path` (ARM_CLIENT_CERTIFICATE_PATH)",
            "`azure.use_msi` (ARM_USE_MSI)",
            "`batch.account_key` (AZURE_BATCH_ACCESS_KEY)",
        ]);
    }
    assert_eq!(cloud.request_count(), 0);
}

#[test]
fn a_wrong_key_is_explained_and_not_shown() {
    let cloud = Simulation::builder().start();
    let strict = Simulation::builder().shared_key_not_allowed().start();
    let access = batch::access(&cloud);
    let wrong = "bm90IHRoZSBrZXkgb2YgdGhpcyBhY2NvdW50";
    let mut main = String::new();
    for (name, arguments) in [
        ("key", access.replace(ACCOUNT_KEY, wrong)),
        ("name", access.replace(&format!("{ACCOUNT:?}"), "\"somebody\"")),
        ("refused", batch::access(&strict)),
        // The account's name cannot be derived from the host.
        (
            "nameless",
            access.lines().filter(|l| !l.contains("name")).map(|l| format!("{l}\n")).collect(),
        ),
    ] {
        main += &batch::aliased(name, "", &arguments);
        main += &batch::all_by(name, "");
    }
    let outcome = Workspace::new(&main).plan().fails();
    let error = |name: &str| -> Diagnostic {
        let address = format!("data.cloudimages_batch_supported_images.{name}");
        let errors = outcome.errors_about(&address);
        assert_eq!(errors.len(), 1, "{name}\n{outcome}");
        errors[0].clone()
    };
    error("key").says(&[
        "Code: AuthenticationFailed",
        "The MAC signature found in the HTTP request '(secret)' is not the same",
        "string to sign: 'GET",
        "`batch.account_key` (AZURE_BATCH_ACCESS_KEY)",
    ]);
    error("name").says(&["somebody", "HTTP status: 403", "`batch.account_"]);
    error("refused")
        .says(&["SharedKey is not allowed for this account", "Remove `batch.account_key`"]);
    error("nameless").says(&[
        "Cannot derive the account name from the endpoint. Shared Key needs it: set \
         `batch.account_name`.",
        "AZURE_BATCH_ACCOUNT",
    ]);
    let mut secrets = vec![ACCOUNT_KEY.to_owned(), wrong.to_owned()];
    let signatures = cloud.requests().into_iter().chain(strict.requests());
    secrets.extend(signatures.map(|request| {
        request.header("authorization").unwrap().rsplit(':').next().unwrap().to_owned()
    }));
    for secret in secrets {
        assert!(!outcome.stdout.contains(&secret), "{secret}\n{outcome}");
    }
}

#[test]
fn errors_in_the_block_are_found_by_validate_and_named_in_full() {
    let main = batch::block(
        "environment = \"germany\"\nactive_directory_authority_host = \
         \"http://login.example\"\nresource_manager_endpoint = \"https://h?q\"\nclient_certificate \
         = \"s3cr3t-9*\"\nmsi_endpoint = \"http://metadata.example\"\noidc_request_url = \
         \"http://tokens.example\"\npolling_interval = \"soon\"",
        "account_endpoint = \"acct.example/x\"\naccount_key = \"s3cr3t-9*\"",
    );
    let outcome = Workspace::new(&(main + &any())).validate().fails();
    let errors: Vec<_> = outcome.errors().iter().map(Diagnostic::text).collect();
    for argument in [
        "azure.environment",
        "azure.active_directory_authority_host",
        "azure.resource_manager_endpoint",
        "azure.client_certificate",
        "azure.msi_endpoint",
        "azure.oidc_request_url",
        "azure.polling_interval",
        "batch.account_endpoint",
        "batch.account_key",
    ] {
        let about = errors.iter().filter(|text| text.contains(&format!("`{argument}`"))).count();
        assert_eq!(about, 1, "{argument}\n{outcome}");
    }
    assert_eq!(errors.len(), 9, "{outcome}");
    assert!(!outcome.stdout.contains("s3cr3t-9"), "{outcome}");
    let block = batch::block("", "account_endpoint = \"acct.example\"\naccount_name = \"a\\nb\"");
    let error = Workspace::new(&(block + &any())).validate().error();
    error.says(&["`batch.account_name`", "no header may hold"]);
    // The same values are found in the environment when they are needed.
    let workspace = Workspace::new(&any())
        .env("AZURE_BATCH_ENDPOINT", "http://127.0.0.1:1")
        .env("AZURE_BATCH_ACCOUNT", "a")
        .env("AZURE_BATCH_ACCESS_KEY", "s3cr3t-9*");
    let outcome = workspace.plan();
    outcome.error().says(&["`batch.account_key` (AZURE_BATCH_ACCESS_KEY)", "base64"]);
    assert!(!outcome.stdout.contains("s3cr3t-9"), "{outcome}");
    let workspace = Workspace::new(&any()).env("AZURE_BATCH_ENDPOINT", "http://acct.example");
    workspace.plan().error().says(&["AZURE_BATCH_ENDPOINT", "loopback hosts only"]);
}
