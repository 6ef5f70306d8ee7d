//! Arguments that are known only after apply.

use simulated_clouds::batch::Simulation;

use crate::harness::{Workspace, batch};

/// Stands for an account that the same configuration creates.
fn account(cloud: &Simulation) -> String {
    format!("resource \"terraform_data\" \"account\" {{\n  input = {:?}\n}}\n", cloud.url())
}

const SERVER: &str = "publisher = \"canonical\"\nsku = \"server\"";

#[test]
fn a_data_source_waits_for_the_account_to_be_created() {
    let cloud = Simulation::builder().start();
    let main = batch::block("", &batch::access(&cloud).replace(&batch::endpoint(&cloud), ""))
        + &account(&cloud)
        + &batch::one(
            "one",
            &format!("account_endpoint = terraform_data.account.output\n{SERVER}"),
        );
    let workspace = Workspace::new(&main);
    let changes = workspace.plan().exits(2).changes();
    let read = ("data.cloudimages_batch_supported_image.one".to_owned(), "read".to_owned());
    assert!(changes.contains(&read), "{changes:?}");
    assert_eq!(cloud.request_count(), 0);
    let state = workspace.step();
    let one = state.attributes("data.cloudimages_batch_supported_image.one");
    assert_eq!(one["offer"], "ubuntu-24_04-lts");
    assert_eq!(one["account_endpoint"], cloud.url());
}

#[test]
fn an_unknown_provider_block_is_never_treated_as_empty() {
    let cloud = Simulation::builder().start();
    let key = batch::access(&cloud);
    let unknown = "terraform_data.account.output";
    let (endpoint, all) = (batch::endpoint(&cloud), batch::one("one", SERVER));
    // The environment has another account.
    let workspace = Workspace::new("").env("AZURE_BATCH_ENDPOINT", "elsewhere.example");
    for (azure, batch, named) in [
        (
            "",
            key.replace(&endpoint, &format!("account_endpoint = {unknown}\n")),
            "`batch.account_endpoint`",
        ),
        ("", format!("{endpoint}account_key = {unknown}"), "`batch.account_key`"),
        (
            "tenant_id = \"t\"\nclient_secret = terraform_data.account.output",
            endpoint.clone(),
            "`azure.client_secret`",
        ),
    ] {
        workspace.main(&(batch::block(azure, &batch) + &account(&cloud) + &all));
        workspace.plan().error().says(&[named, "has not been applied yet"]);
    }
    // The objects as a whole.
    let whole = |name: &str| {
        format!("provider \"cloudimages\" {{\n{name} = {unknown} == \"\" ? null : {{}}\n}}\n")
    };
    workspace.main(&(whole("batch") + &account(&cloud) + &all));
    workspace.plan().error().says(&["`batch`", "has not been applied yet"]);
    workspace.main(&(whole("azure") + &account(&cloud) + &batch::one("one", &endpoint)));
    workspace.plan().error().says(&["`azure`", "has not been applied yet"]);
    // With the key, no login is needed.
    let main = batch::block("client_secret = terraform_data.account.output", &key);
    workspace.main(&(main + &account(&cloud) + &all));
    workspace.plan().exits(2);
    assert_eq!(cloud.request_count(), 1);
}
