//! The account of Azure Batch that the demonstration looks into. Acceptance tests of the
//! demonstration's configuration use it as well.

use simulated_clouds::batch::{ACCOUNT, ACCOUNT_KEY, Simulation, catalogue};

/// The account.
pub(crate) struct Batch(Simulation);

impl Batch {
    /// Starts it.
    pub(crate) fn start() -> Self {
        Self(Simulation::builder().start())
    }

    /// What there is.
    pub(crate) fn introduction(&self) -> String {
        let images = catalogue().len();
        format!("Azure Batch at {}: {images} images for pools of {ACCOUNT}", self.0.url())
    }

    /// The account and its key, in the variables that the provider reads.
    pub(crate) fn environment(&self) -> [(&'static str, String); 3] {
        [
            ("AZURE_BATCH_ENDPOINT", self.0.url()),
            ("AZURE_BATCH_ACCOUNT", ACCOUNT.to_owned()),
            ("AZURE_BATCH_ACCESS_KEY", ACCOUNT_KEY.to_owned()),
        ]
    }

    /// What the account was asked.
    pub(crate) fn summary(&self) -> String {
        let count = self.0.request_count();
        format!("The simulated Azure Batch answered {count} signed requests.")
    }
}
