//! Provider blocks for the simulated UCloud.

use simulated_clouds::ucloud::{Account, REGION, Simulation};

/// The arguments inside of `ucloud = { ... }` for the example account of `cloud`, without a region.
pub(crate) fn access(cloud: &Simulation) -> String {
    keys(cloud, &Account::example())
}

/// The arguments inside of `ucloud = { ... }` for any account.
pub(crate) fn keys(cloud: &Simulation, account: &Account) -> String {
    let (public, private) = (account.public_key(), account.private_key());
    format!("public_key = {public:?}\nprivate_key = {private:?}\nbase_url = {:?}\n", cloud.url())
}

/// A provider block with these arguments inside of `ucloud = { ... }`.
pub(crate) fn block(arguments: &str) -> String {
    format!("provider \"cloudimages\" {{\nucloud = {{\n{arguments}\n}}\n}}\n")
}

/// The same under an alias.
pub(crate) fn aliased(alias: &str, arguments: &str) -> String {
    format!("provider \"cloudimages\" {{\nalias = {alias:?}\nucloud = {{\n{arguments}\n}}\n}}\n")
}

/// What most tests begin with: a provider for the example account and the usual region.
pub(crate) fn provider(cloud: &Simulation) -> String {
    block(&format!("{}region = {REGION:?}", access(cloud)))
}
