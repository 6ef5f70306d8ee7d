//! Logging in to Microsoft Entra ID by every method that azurerm offers, with its precedence.
//!
//! [`settings`] says what can be set, [`method`] which authentication method is configured; the
//! other modules are those methods, each a source of tokens. Nothing is read or sent before the
//! first token is needed.

mod assertion;
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

pub use check::check;
pub use method::{Method, Missing};
pub use settings::Settings;

pub use crate::cloud::token::OPERATION;

use super::environments::Environment;
use crate::cloud::http::Http;
use crate::cloud::text::filled;
use crate::cloud::token::{Fetching, Token, TokenCache, TokenSource};
use crate::cloud::{Deadline, Error, Kind, Result, Stage};

/// One identity, its tokens, and the cloud it logs in to. Shared by all services of one process.
#[derive(Debug)]
pub struct Login {
    source: Arc<Source>,
    tokens: Arc<TokenCache>,
    cli_subscription: OnceCell<String>,
}

/// The source of tokens: the authentication method that the settings describe.
#[derive(Debug)]
struct Source {
    http: Arc<Http>,
    environment: Environment,
    settings: Settings,
    method: Method,
    cli: cli::Cli,
}

impl Login {
    /// A login as `settings` describe it. Nothing is read or sent yet.
    ///
    /// # Errors
    /// Those of [`Environment::new`], and one that says what is [`Missing`] when no authentication
    /// method is fully configured. For another message, call [`Settings::method`] first.
    pub fn new(http: Arc<Http>, settings: Settings) -> Result<Self> {
        let environment = Environment::new(settings.environment_choice())?;
        let method = settings.method().map_err(|missing| {
            let error = Error::new(Kind::Invalid, "ReadSettings", missing.to_string());
            Error { stage: Stage::Settings, ..error }
        })?;
        let cli = cli::Cli::default();
        let source = Arc::new(Source { http, environment, settings, method, cli });
        let tokens = Arc::new(TokenCache::new(source.clone()));
        Ok(Self { source, tokens, cli_subscription: OnceCell::new() })
    }

    /// The cloud that this login is for.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.source.environment
    }

    /// The authentication method that was chosen.
    #[must_use]
    pub fn method(&self) -> Method {
        self.source.method
    }

    /// The settings of the login.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.source.settings
    }

    /// The tokens of this login.
    #[must_use]
    pub fn tokens(&self) -> Arc<TokenCache> {
        Arc::clone(&self.tokens)
    }

    /// Whether the program that the authentication method needs is installed, if it needs one. It
    /// is not run.
    #[must_use]
    pub fn is_installed(&self) -> bool {
        self.method() != Method::AzureCli || self.source.cli.is_installed()
    }

    /// The subscription: the setting, or the Azure CLI's default one if the CLI is used.
    ///
    /// # Errors
    /// One about `subscription_id` if there is none, and those of the CLI.
    pub async fn subscription_id(&self, deadline: &Deadline) -> Result<String> {
        if let Some(id) = filled(self.settings().subscription_id.as_deref()) {
            return Ok(id.to_owned());
        }
        if self.method() != Method::AzureCli {
            return Err(Error::setting("ReadSettings", "subscription_id", "is not set"));
        }
        let ask = || self.source.cli.default_subscription(deadline);
        let found = self.cli_subscription.get_or_try_init(ask).await;
        found.cloned().map_err(Error::of_login)
    }
}

impl TokenSource for Source {
    fn fetch<'a>(
        &'a self,
        scope: &'a str,
        claims: Option<&'a str>,
        deadline: &'a Deadline,
    ) -> Fetching<'a> {
        Box::pin(self.token(scope, claims, deadline))
    }
}

impl Source {
    /// A new token. Only Entra ID itself takes `claims`; a managed identity and the CLI ignore
    /// them.
    async fn token(&self, scope: &str, claims: Option<&str>, deadline: &Deadline) -> Result<Token> {
        tracing::debug!(scope, method = self.method.name(), "asking for a token");
        let (http, settings) = (&*self.http, &self.settings);
        match self.method {
            Method::ManagedIdentity => {
                managed_identity::token(http, settings, scope, deadline).await
            }
            Method::AzureCli => self.cli.token(settings, scope, deadline).await,
            application => {
                let identity = identity::Identity::read(settings, deadline).await?;
                let authority = entra::Authority::new(&self.environment, &identity.tenant_id)?;
                let proof = match application {
                    Method::ClientCertificate => {
                        let certificate = certificate::read(settings, deadline).await?;
                        let audience = authority.token_url.as_str();
                        let client = &identity.client_id;
                        let signed = certificate.assertion(client, audience, authority.reader)?;
                        entra::Proof::Assertion(signed)
                    }
                    Method::ClientSecret => {
                        entra::Proof::Secret(identity::secret(settings, deadline).await?)
                    }
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
