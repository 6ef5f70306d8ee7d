//! The simulated services, and the configuration for them.
//!
//! Another cloud is another field here and another file in `examples/demo`.

use std::time::Duration;

use simulated_clouds::ucloud::{Account, REGION, Simulation, catalogue};

use crate::hci::Hci;
use crate::{batch, horizon};

/// How long a disk takes to arrive: enough to press Ctrl-C in between.
const DOWNLOAD: Duration = Duration::from_secs(6);

/// How long each of the three steps of an import takes.
const STEP: Duration = Duration::from_millis(1500);

/// All services that the demonstration uses.
pub(crate) struct Services {
    ucloud: Simulation,
    hci: Hci,
    batch: simulated_clouds::batch::Simulation,
    horizon: simulated_clouds::horizon::Simulation,
}

impl Services {
    /// Starts them.
    pub(crate) fn start() -> Self {
        let hci = Hci::start(DOWNLOAD);
        let batch = batch::start(&hci.entra);
        Self { ucloud: Simulation::start(), hci, batch, horizon: horizon::start(STEP) }
    }

    /// The services, one per line.
    pub(crate) fn introduction(&self) -> String {
        let images = catalogue().len();
        let ucloud = format!("UCloud at {}: {images} images in {REGION}", self.ucloud.url());
        let (arm, login) = (self.hci.arm.url(), self.hci.entra.url());
        let azure = format!("Azure Resource Manager at {arm}, with the login at {login}");
        let images = simulated_clouds::batch::catalogue().len();
        let batch = format!("Azure Batch at {}: {images} images for pools", self.batch.url());
        let (endpoint, csp) = (self.horizon.url(), self.horizon.csp_url());
        let horizon = format!("Horizon Cloud at {endpoint}, with the login at {csp}");
        [ucloud, azure, batch, horizon].join("\n")
    }

    /// The values of the variables of `examples/demo`.
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![("ucloud_base_url", self.ucloud.url())];
        variables.extend(self.hci.variables());
        variables.extend(horizon::variables());
        variables
    }

    /// The keys, in the environment variables that the provider reads.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let account = Account::example();
        let mut environment = vec![
            ("UCLOUD_PUBLIC_KEY", account.public_key().to_owned()),
            ("UCLOUD_PRIVATE_KEY", account.private_key().to_owned()),
        ];
        environment.extend(self.hci.environment());
        environment.push(batch::environment(&self.batch));
        environment.extend(horizon::environment(&self.horizon));
        environment
    }

    /// Whether both images are being created, and one has made some progress.
    pub(crate) fn is_half_way(&self) -> bool {
        let requests = self.hci.arm.requests();
        let polls = requests.iter().filter(|request| request.path().contains("operationStatuses"));
        polls.count() >= 2 && self.horizon.images_created() > 0
    }

    /// What the services did.
    pub(crate) fn summary(&self) -> String {
        let (batch, ucloud) = (self.batch.request_count(), self.ucloud.request_count());
        let puts = self.hci.arm.requests();
        let created = puts.iter().filter(|request| request.method == "PUT").count();
        let azure = format!(
            "Azure created {created} gallery images, of which {} are left, with {} logins; Azure Batch \
             answered {batch} requests.",
            self.hci.arm.image_count(),
            self.hci.entra.request_count(),
        );
        let horizon = format!(
            "Horizon Cloud created {} image, of which {} are left.",
            self.horizon.images_created(),
            self.horizon.image_count()
        );
        let ucloud = format!("UCloud answered {ucloud} signed requests.");
        [azure, horizon, ucloud].join("\n")
    }
}
