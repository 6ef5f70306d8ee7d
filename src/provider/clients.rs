//! The provider block: one object for each cloud, and the clients created from them.
//!
//! Clients are created when the first object needs them. A cloud that nothing uses needs no
//! configuration; one whose configuration is not known yet is an error only for those who use it.

use std::sync::Arc;

use crate::cloud::http::Http;
use crate::tfplugin::attr::Setting;
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::Diagnostic;
use crate::tfplugin::value::Value;

use super::azure::settings as azure;
use super::batch::settings as batch;
use super::horizon::settings as horizon;
use super::settings::Environment;
use super::ucloud::settings as ucloud;

model! {
    /// Manages and looks up virtual machine images in Azure Local, Azure Batch, Horizon Cloud
    /// and UCloud.
    ///
    /// Each cloud has its own argument. Only the clouds that are used must be configured. Most
    /// arguments can also be set with an environment variable, which is read only if the argument
    /// is not set.
    #[derive(Clone, Debug)]
    pub struct Configuration {
        /// Access to Azure, used for gallery images of Azure Local and for Azure Batch without an
        /// account key. Arguments, environment variables and precedence are those of the `azurerm`
        /// provider: the first fully configured authentication method is used; if it fails, no
        /// other is tried.
        pub azure: Setting<azure::Azure>,

        /// Access to an Azure Batch account, used by `cloudimages_batch_supported_images` and
        /// `cloudimages_batch_supported_image`.
        pub batch: Setting<batch::Batch>,

        /// Access to Horizon Cloud Service next-gen, used by `cloudimages_horizon_catalog_import` and
        /// the data sources `cloudimages_horizon_image`, `cloudimages_horizon_images` and
        /// `cloudimages_horizon_image_sources`. Log in with either `api_token` or `client_id` and
        /// `client_secret`.
        pub horizon: Setting<horizon::Horizon>,

        /// Access to UCloud, used by `cloudimages_ucloud_images` and `cloudimages_ucloud_image`.
        pub ucloud: Setting<ucloud::Ucloud>,
    }
}

/// What the configuration makes available.
pub struct Clients {
    azure: Arc<azure::Access>,
    batch: batch::Access,
    horizon: horizon::Access,
    ucloud: ucloud::Access,
}

impl std::fmt::Debug for Clients {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clients")
    }
}

impl Clients {
    /// Clients that introduce themselves as `user_agent`.
    pub(crate) fn new(config: Configuration, user_agent: String, env: Environment) -> Self {
        let http = Arc::new(Http::new(user_agent));
        let azure = Arc::new(azure::Access::new(config.azure, http.clone(), env.clone()));
        Self {
            batch: batch::Access::new(config.batch, azure.clone(), http.clone(), env.clone()),
            azure,
            horizon: horizon::Access::new(config.horizon, http.clone(), env.clone()),
            ucloud: ucloud::Access::new(config.ucloud, http, env),
        }
    }

    /// Access to Azure.
    pub(crate) fn azure(&self) -> &azure::Access {
        &self.azure
    }

    /// Access to Azure Batch.
    pub(crate) fn batch(&self) -> &batch::Access {
        &self.batch
    }

    /// Access to Horizon Cloud.
    pub(crate) fn horizon(&self) -> &horizon::Access {
        &self.horizon
    }

    /// Access to UCloud.
    pub(crate) fn ucloud(&self) -> &ucloud::Access {
        &self.ucloud
    }
}

/// Checks that the types of the arguments cannot make.
pub(crate) fn validate(config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    type Check = fn(&Config<'_>, &mut Vec<Diagnostic>);
    let clouds: [(_, Check); 4] = [
        ("azure", azure::validate),
        ("batch", batch::validate),
        ("horizon", horizon::validate),
        ("ucloud", ucloud::validate),
    ];
    for (name, check) in clouds {
        if let Some(Value::Map(given)) = config.0.get(name) {
            check(&Config(given), problems);
        }
    }
}
