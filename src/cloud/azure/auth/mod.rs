//! Logging in to Microsoft Entra ID in every way that azurerm offers, with its precedence.

mod bearer;
pub mod settings;

use std::sync::Arc;

pub use bearer::{check_origin, send_authorized};
pub use settings::Settings;

use super::environments::Environment;
use super::token::Token;
use crate::cloud::http::Http;
use crate::cloud::{Error, Kind, Limits, Result};

/// One identity, its tokens, and the cloud it logs in to. Shared by all services of one process.
#[derive(Debug)]
pub struct Login {
    settings: Settings,
    environment: Environment,
    #[allow(dead_code)]
    http: Arc<Http>,
}

impl Login {
    /// A login as `settings` describe it. Nothing is read or asked yet.
    ///
    /// # Errors
    /// Those about a setting: see [`Environment::new`].
    pub fn new(http: Arc<Http>, settings: Settings) -> Result<Self> {
        let environment = Environment::new(settings.environment_choice())?;
        Ok(Self { settings, environment, http })
    }

    /// The cloud that this login is for.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// A token for `scope`: a kept one, or a new one if there is none or it is too old.
    ///
    /// # Errors
    /// What the login service said, and those of `limits`.
    pub async fn token(&self, _scope: &str, _limits: &Limits) -> Result<Token> {
        Err(Error::new(Kind::Invalid, "GetToken", "not written yet"))
    }

    /// A token for `scope` other than `stale`, which a service has refused.
    ///
    /// # Errors
    /// Those of [`Login::token`].
    pub async fn renewed(&self, scope: &str, _stale: &Token, limits: &Limits) -> Result<Token> {
        self.token(scope, limits).await
    }

    /// The subscription: the setting, or the Azure CLI's default one if the CLI is the way in.
    ///
    /// # Errors
    /// One about `subscription_id` if there is none, and those of `limits`.
    pub async fn subscription_id(&self, _limits: &Limits) -> Result<String> {
        self.settings.subscription_id.clone().ok_or_else(|| {
            Error::setting("ReadSettings", "subscription_id", "no subscription is set")
        })
    }
}
