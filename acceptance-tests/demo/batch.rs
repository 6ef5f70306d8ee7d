//! The account of Azure Batch that the demonstration uses. Acceptance tests of the
//! demonstration's configuration use it as well.

use simulated_clouds::batch::Simulation;
use simulated_clouds::entra;

/// Starts the account. It takes the tokens of `login`.
pub(crate) fn start(login: &entra::Simulation) -> Simulation {
    Simulation::builder().tokens(&login.tokens()).start()
}

/// Where the account is, in the variable that the provider reads.
pub(crate) fn environment(account: &Simulation) -> (&'static str, String) {
    ("AZURE_BATCH_ENDPOINT", account.url())
}
