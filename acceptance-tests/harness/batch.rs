//! Provider blocks for the simulated Azure Batch, and for the login to it.

use simulated_clouds::batch::{ACCOUNT, ACCOUNT_KEY, Simulation};
use simulated_clouds::entra::{self, CLIENT_ID, CLIENT_SECRET, TENANT_ID};

/// The argument inside of `batch = { ... }` that names the account of `cloud`.
pub(crate) fn endpoint(cloud: &Simulation) -> String {
    format!("account_endpoint = {:?}\n", cloud.url())
}

/// The arguments inside of `batch = { ... }` for the account of `cloud` and its key.
pub(crate) fn access(cloud: &Simulation) -> String {
    format!("{}account_name = {ACCOUNT:?}\naccount_key = {ACCOUNT_KEY:?}\n", endpoint(cloud))
}

/// The arguments inside of `azure = { ... }` that say which application logs in, but not how.
pub(crate) fn application(login: &entra::Simulation) -> String {
    format!(
        "active_directory_authority_host = {:?}\ntenant_id = {TENANT_ID:?}\nclient_id = \
         {CLIENT_ID:?}\n",
        login.url()
    )
}

/// The arguments inside of `azure = { ... }` of an application that logs in with its secret.
pub(crate) fn secret(login: &entra::Simulation) -> String {
    format!("{}client_secret = {CLIENT_SECRET:?}\n", application(login))
}

/// A provider block with these arguments inside of `azure = { ... }` and `batch = { ... }`.
pub(crate) fn block(azure: &str, batch: &str) -> String {
    format!("provider \"cloudimages\" {{\n{}}}\n", objects(azure, batch))
}

/// The same under an alias.
pub(crate) fn aliased(alias: &str, azure: &str, batch: &str) -> String {
    format!("provider \"cloudimages\" {{\nalias = {alias:?}\n{}}}\n", objects(azure, batch))
}

fn objects(azure: &str, batch: &str) -> String {
    let given = [("azure", azure), ("batch", batch)];
    let given = given.into_iter().filter(|(_, arguments)| !arguments.is_empty());
    given.map(|(name, arguments)| format!("{name} = {{\n{arguments}\n}}\n")).collect()
}

/// What most tests begin with: a provider for the account of `cloud` and its key.
pub(crate) fn provider(cloud: &Simulation) -> String {
    block("", &access(cloud))
}

/// A look-up of one image.
pub(crate) fn one(name: &str, arguments: &str) -> String {
    format!("data \"cloudimages_batch_supported_image\" {name:?} {{\n{arguments}\n}}\n")
}

/// A look-up of all images.
pub(crate) fn all(name: &str, arguments: &str) -> String {
    format!("data \"cloudimages_batch_supported_images\" {name:?} {{\n{arguments}\n}}\n")
}

/// A look-up of all images by the provider of that alias.
pub(crate) fn all_by(alias: &str, arguments: &str) -> String {
    all(alias, &format!("provider = cloudimages.{alias}\n{arguments}"))
}
