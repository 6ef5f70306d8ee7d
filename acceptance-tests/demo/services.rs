//! The simulated services, and the configuration for them.
//!
//! Another cloud is another field here and another file in `examples/demo`.

use std::time::Duration;

use simulated_clouds::ucloud::{Account, Image, REGION, Simulation, catalogue};

use crate::hci::Hci;
use crate::{batch, horizon};

/// How long a disk takes to arrive.
const DOWNLOAD: Duration = Duration::from_secs(3);

/// How long each of the three steps of an import takes.
const STEP: Duration = Duration::from_millis(1200);

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

    /// Lets a newer image appear.
    pub(crate) fn build_an_image(&self) {
        let newer = Image::new("uimage-cu10jj")
            .with("ImageName", "golden-web-2024.09")
            .with("CreateTime", 1_725_900_000)
            .with("Tag", "web");
        let mut images = catalogue();
        images.push(newer);
        self.ucloud.set_images(images);
    }

    /// The requests to the services.
    pub(crate) fn summary(&self) -> String {
        let count = self.ucloud.request_count();
        let ucloud = format!("The simulated UCloud answered {count} signed requests.");
        let (tokens, requests) = (self.hci.entra.request_count(), self.hci.arm.request_count());
        let azure = format!(
            "The simulated Azure handed out {tokens} tokens and answered {requests} requests; {} \
             images are left.",
            self.hci.arm.image_count()
        );
        let count = self.batch.request_count();
        let batch = format!("The simulated Azure Batch answered {count} requests.");
        let horizon = format!(
            "The simulated Horizon Cloud created {} images; {} are left.",
            self.horizon.images_created(),
            self.horizon.image_count()
        );
        [ucloud, azure, batch, horizon].join("\n")
    }
}
