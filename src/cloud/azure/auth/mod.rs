//! Logging in to Microsoft Entra ID in every way that azurerm offers, with its precedence.
//!
//! [`settings`] says what can be set, [`method`] which way in that makes; the other modules are
//! those ways. Nothing is read or asked before the first token is wanted.

mod assertion;
mod bearer;
mod certificate;
mod check;
pub mod cli;
mod entra;
mod federated;
mod identity;
mod managed_identity;
pub mod method;
mod response;
pub mod settings;

use std::sync::Arc;

use tokio::sync::OnceCell;

pub use bearer::{check_origin, send_authorized};
pub use check::check;
pub use method::{Method, Missing};
pub use settings::Settings;

pub use super::token::OPERATION;

use super::environments::Environment;
use super::text::filled;
use super::token::{Token, Tokens};
use crate::cloud::http::Http;
use crate::cloud::{Deadline, Error, Kind, Result};

/// One identity, its tokens, and the cloud it logs in to. Shared by all services of one process.
#[derive(Debug)]
pub struct Login {
    http: Arc<Http>,
    environment: Environment,
    settings: Settings,
    method: Method,
    tokens: Tokens,
    cli: cli::Cli,
    cli_subscription: OnceCell<String>,
}

impl Login {
    /// A login as `settings` describe it. Nothing is read or asked yet.
    ///
    /// # Errors
    /// Those of [`Environment::new`], and one that says what is [`Missing`] when no way in is
    /// complete. Who wants to word that better asks [`Settings::method`] first.
    pub fn new(http: Arc<Http>, settings: Settings) -> Result<Self> {
        let environment = Environment::new(settings.environment_choice())?;
        let method = settings
            .method()
            .map_err(|missing| Error::new(Kind::Invalid, "ReadSettings", missing.to_string()))?;
        let (tokens, cli) = (Tokens::default(), cli::Cli::default());
        let cli_subscription = OnceCell::new();
        Ok(Self { http, environment, settings, method, tokens, cli, cli_subscription })
    }

    /// The cloud that this login is for.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The way in that was chosen.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// What the login was made of.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether the program is there that the way in needs, if it needs one. Nothing is run.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        self.method != Method::AzureCli || self.cli.is_installed()
    }

    /// A token for `scope`: a kept one, or a new one if there is none or it is too old.
    ///
    /// # Errors
    /// What the login service said, and those of `deadline`.
    pub async fn token(&self, scope: &str, deadline: &Deadline) -> Result<Token> {
        self.tokens.get(scope, deadline, self.ask(scope, None, deadline)).await
    }

    /// A token for `scope` other than `stale`, which a service has refused.
    ///
    /// # Errors
    /// Those of [`Login::token`].
    pub async fn renewed(&self, scope: &str, stale: &Token, deadline: &Deadline) -> Result<Token> {
        self.renewed_with(scope, stale, None, deadline).await
    }

    /// As [`Login::renewed`], with the claims that the service wants to see. Only Entra ID itself
    /// takes claims; a managed identity and the CLI answer as ever.
    ///
    /// # Errors
    /// Those of [`Login::token`].
    pub async fn renewed_with(
        &self,
        scope: &str,
        stale: &Token,
        claims: Option<&str>,
        deadline: &Deadline,
    ) -> Result<Token> {
        let ask = self.ask(scope, claims, deadline);
        self.tokens.replace(scope, stale, deadline, ask).await
    }

    /// The subscription: the setting, or the Azure CLI's default one if the CLI is the way in.
    ///
    /// # Errors
    /// One about `subscription_id` if there is none, and those of the CLI.
    pub async fn subscription_id(&self, deadline: &Deadline) -> Result<String> {
        if let Some(id) = filled(self.settings.subscription_id.as_deref()) {
            return Ok(id.to_owned());
        }
        if self.method != Method::AzureCli {
            return Err(Error::setting("ReadSettings", "subscription_id", "is not set"));
        }
        let ask = || self.cli.default_subscription(deadline);
        self.cli_subscription.get_or_try_init(ask).await.cloned()
    }

    /// A new token. `claims` is what a service asked for when it refused the one before.
    async fn ask(&self, scope: &str, claims: Option<&str>, deadline: &Deadline) -> Result<Token> {
        tracing::debug!(scope, method = self.method.name(), "asking for a token");
        let (http, settings) = (&*self.http, &self.settings);
        match self.method {
            Method::ManagedIdentity => {
                managed_identity::token(http, settings, scope, deadline).await
            }
            Method::AzureCli => self.cli.token(settings, scope, deadline).await,
            application => {
                let identity = identity::Identity::read(settings).await?;
                let authority = entra::Authority::new(&self.environment, &identity.tenant_id)?;
                let proof = match application {
                    Method::ClientCertificate => {
                        let certificate = certificate::read(settings).await?;
                        let audience = authority.token_url.as_str();
                        let signed = certificate.assertion(&identity.client_id, audience)?;
                        entra::Proof::Assertion(signed)
                    }
                    Method::ClientSecret => entra::Proof::Secret(identity::secret(settings).await?),
                    _ => {
                        let token = federated::token(http, settings, application, deadline).await?;
                        entra::Proof::Assertion(token)
                    }
                };
                let request =
                    entra::Request { client_id: identity.client_id, proof, scope, claims };
                authority.token(http, &request, deadline).await
            }
        }
    }
}

#[cfg(test)]
mod tests;
