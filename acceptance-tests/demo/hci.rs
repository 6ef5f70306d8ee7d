//! The part of Azure that gallery images need: a login and Resource Manager. Acceptance tests of
//! the demonstration's configuration use it as well.

use std::time::Duration;

use simulated_clouds::{arm, entra};

/// Stands for a signature that opens a storage account.
const SIGNATURE: &str = "sv=2024-11-04&se=2199-01-01T00%3A00%3A00Z&sr=c&sp=r&sig=m4deUp%2FSigna%2B\
                         ture0123456789%3D";

/// The disk of `examples/demo` that the signature does not open.
const LOCKED: &str = "https://madeup.blob.core.windows.net/locked/ubuntu-24.04.vhdx";

/// Login and Resource Manager.
pub(crate) struct Hci {
    pub(crate) entra: entra::Simulation,
    pub(crate) arm: arm::Simulation,
}

impl Hci {
    /// Starts both. A disk takes `download` to arrive.
    pub(crate) fn start(download: Duration) -> Self {
        let entra = entra::Simulation::start();
        let arm = arm::Simulation::builder().tokens(&entra.tokens()).start();
        let pause = arm::RetryAfter::Seconds(1);
        arm.set_create_style(arm::Lro::async_operation().retry_after(pause.clone()));
        arm.set_delete_style(arm::Lro::location().retry_after(pause));
        arm.set_duration(download);
        let refused = arm::Outcome::failed(
            "ImageDownloadFailed",
            "The storage account answered 403 AuthorizationPermissionMismatch: the signature does \
             not allow this disk to be read.",
        );
        arm.set_outcome_for_path(&format!("{LOCKED}?{SIGNATURE}"), refused);
        Self { entra, arm }
    }

    /// The values of the variables of `examples/demo`.
    pub(crate) fn variables(&self) -> [(&'static str, String); 1] {
        [("disk_signature", SIGNATURE.to_owned())]
    }

    /// The login, and where both services are, in the variables that the provider reads.
    pub(crate) fn environment(&self) -> [(&'static str, String); 6] {
        [
            ("ARM_SUBSCRIPTION_ID", arm::SUBSCRIPTION_ID.to_owned()),
            ("ARM_TENANT_ID", entra::TENANT_ID.to_owned()),
            ("ARM_CLIENT_ID", entra::CLIENT_ID.to_owned()),
            ("ARM_CLIENT_SECRET", entra::CLIENT_SECRET.to_owned()),
            ("ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST", self.entra.url()),
            ("ARM_RESOURCE_MANAGER_ENDPOINT", self.arm.url()),
        ]
    }
}
