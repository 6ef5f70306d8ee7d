//! Microsoft Entra ID: the token endpoint, managed identities, and the issuers of federated
//! assertions. Tokens go into a [`Tokens`] registry that the other Azure simulations check.
//!
//! Labels for [`When::label`]: `token`, `discovery`, `imds`, `app-service`, `github`,
//! `ado`.

mod assertion;
mod certificate;
mod discovery;
mod identity;
mod problem;
mod service;
mod state;
mod token;

use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use certificate::Certificate;
use state::State;

use crate::shared::lock;
pub use crate::shared::{
    Controls, Fault, Holder, Refusal, Request, Switch, Tokens, When, audience_of,
};
pub use crate::spelling::Spelling;

/// The tenant that exists unless the builder names another one.
pub const TENANT_ID: &str = "7e570000-0000-4000-8000-000000000001";
/// The application that exists unless the builder names another one.
pub const CLIENT_ID: &str = "7e570000-0000-4000-8000-000000000002";
/// The secret of [`CLIENT_ID`].
pub const CLIENT_SECRET: &str = "Made-Up~Secret.0123456789";
/// The client id of the managed identity.
pub const MANAGED_CLIENT_ID: &str = "7e570000-0000-4000-8000-000000000003";
/// The object id of the managed identity, which App Service calls its principal id.
pub const MANAGED_OBJECT_ID: &str = "7e570000-0000-4000-8000-000000000005";
/// The id of the managed identity in Resource Manager.
pub const MANAGED_RESOURCE_ID: &str = "/subscriptions/7e570000-0000-4000-8000-000000000010/resourceGroups/Images-RG/providers/Microsoft.ManagedIdentity/userAssignedIdentities/image-builder";
/// The Azure DevOps service connection.
pub const ADO_CONNECTION_ID: &str = "7e570000-0000-4000-8000-000000000004";

/// The scopes that are granted unless the builder adds more: Resource Manager under both of its
/// names, and Batch with the two slashes its audience needs.
const SCOPES: [&str; 3] = [
    "https://management.azure.com/.default",
    "https://management.core.windows.net/.default",
    "https://batch.core.windows.net//.default",
];

/// Sets a [`Simulation`] up.
#[derive(Debug)]
pub struct Builder(State);

impl Builder {
    /// Another tenant that exists, by its id; a domain name is one more name of the first tenant.
    #[must_use]
    pub fn tenant(mut self, tenant: &str) -> Self {
        self.0.tenants.push(tenant.to_owned());
        self
    }

    /// The application's client id, in place of [`CLIENT_ID`].
    #[must_use]
    pub fn client_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.0.client_id);
        self
    }

    /// One more secret of the application.
    #[must_use]
    pub fn secret(mut self, secret: &str) -> Self {
        self.0.secrets.push(secret.to_owned());
        self
    }

    /// Registers a certificate of the application, DER. What is not a certificate is ignored, and
    /// the assertions signed with it are refused.
    #[must_use]
    pub fn certificate_der(mut self, der: &[u8]) -> Self {
        self.0.certificates.extend(Certificate::from_der(der));
        self
    }

    /// Registers the first certificate of a PEM text, like [`Builder::certificate_der`].
    #[must_use]
    pub fn certificate_pem(mut self, pem: &str) -> Self {
        self.0.certificates.extend(Certificate::from_pem(pem));
        self
    }

    /// Allows one more scope. The start set has `management.azure.com`,
    /// `management.core.windows.net` and (with two slashes) `batch.core.windows.net`.
    #[must_use]
    pub fn scope(mut self, scope: &str) -> Self {
        self.0.scopes.push(scope.to_owned());
        self
    }

    /// Replaces the allowed scopes.
    #[must_use]
    pub fn only_scopes(mut self, scopes: &[&str]) -> Self {
        self.0.scopes = scopes.iter().map(|&s| s.to_owned()).collect();
        self
    }

    /// Uses a registry that exists already.
    #[must_use]
    pub fn tokens(mut self, tokens: &Tokens) -> Self {
        self.0.tokens = tokens.clone();
        self
    }

    /// How long new tokens live; an hour unless set.
    #[must_use]
    pub fn lifetime(self, lifetime: Duration) -> Self {
        *lock(&self.0.lifetime) = lifetime;
        self
    }

    /// Starts the service.
    #[must_use]
    pub fn start(self) -> Simulation {
        let state = Arc::new(self.0);
        Simulation { controls: Controls::start(Arc::clone(&state)), state }
    }
}

/// A running Entra ID with the endpoints around it.
#[derive(Debug)]
pub struct Simulation {
    controls: Controls,
    state: Arc<State>,
}

impl Deref for Simulation {
    type Target = Controls;

    fn deref(&self) -> &Controls {
        &self.controls
    }
}

impl Simulation {
    /// The default tenant, application and secret, and nothing else.
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Starts from the defaults.
    #[must_use]
    pub fn builder() -> Builder {
        Builder(State {
            tenants: vec![TENANT_ID.to_owned()],
            client_id: CLIENT_ID.to_owned(),
            secrets: vec![CLIENT_SECRET.to_owned()],
            certificates: Vec::new(),
            scopes: SCOPES.map(str::to_owned).to_vec(),
            identity_header: uuid::Uuid::new_v4().to_string(),
            github_token: uuid::Uuid::new_v4().to_string(),
            ado_token: uuid::Uuid::new_v4().to_string(),
            ado_connection: ADO_CONNECTION_ID.to_owned(),
            assertions: Mutex::default(),
            seen_assertions: Mutex::default(),
            lifetime: Mutex::new(Duration::from_secs(3599)),
            expires_in_as_text: Mutex::default(),
            refused: Mutex::default(),
            held: Mutex::default(),
            quoted: Mutex::default(),
            tokens: Tokens::new(),
        })
    }

    /// The registry to give to the services that check tokens.
    #[must_use]
    pub fn tokens(&self) -> Tokens {
        self.state.tokens.clone()
    }

    /// Accepts this federated assertion from now on (a pipeline's or a cluster's token).
    pub fn accept_assertion(&self, assertion: &str) {
        lock(&self.state.assertions).insert(assertion.to_owned());
    }

    /// Refuses this federated assertion from now on, as if it had expired.
    pub fn forget_assertion(&self, assertion: &str) {
        lock(&self.state.assertions).remove(assertion);
    }

    /// How long tokens issued from now on live.
    pub fn set_lifetime(&self, lifetime: Duration) {
        *lock(&self.state.lifetime) = lifetime;
    }

    /// Whether the token endpoint sends `expires_in` as text instead of a number.
    pub fn set_expires_in_as_text(&self, on: bool) {
        *lock(&self.state.expires_in_as_text) = on;
    }

    /// Refuses every request to the token endpoint with 400 `invalid_client` and this AADSTS
    /// number (such as 7000222 for expired secrets) until told `None`.
    pub fn set_refused(&self, number: Option<u32>) {
        *lock(&self.state.refused) = number;
    }

    /// Lets every request to the token endpoint hang until switched off; those that still wait
    /// then get their answer.
    pub fn set_held(&self, on: bool) {
        *lock(&self.state.held) = on;
    }

    /// Errors of all endpoints repeat the credential that came with the request (secret,
    /// assertion, request token or identity header) in this spelling; `None` ends that.
    pub fn set_quoted(&self, spelling: Option<Spelling>) {
        *lock(&self.state.quoted) = spelling;
    }

    /// The whole URL of the metadata service's token endpoint, up to the query.
    #[must_use]
    pub fn imds_url(&self) -> String {
        format!("{}/metadata/identity/oauth2/token", self.url())
    }

    /// For `IDENTITY_ENDPOINT`.
    #[must_use]
    pub fn identity_endpoint(&self) -> String {
        format!("{}/msi/token", self.url())
    }

    /// For `IDENTITY_HEADER`.
    #[must_use]
    pub fn identity_header(&self) -> String {
        self.state.identity_header.clone()
    }

    /// For `ACTIONS_ID_TOKEN_REQUEST_URL`; like the real one, it has a query already.
    #[must_use]
    pub fn github_request_url(&self) -> String {
        format!("{}/github/idtoken?api-version=2.0", self.url())
    }

    /// For `ACTIONS_ID_TOKEN_REQUEST_TOKEN`.
    #[must_use]
    pub fn github_request_token(&self) -> String {
        self.state.github_token.clone()
    }

    /// For `SYSTEM_OIDCREQUESTURI`.
    #[must_use]
    pub fn ado_request_url(&self) -> String {
        format!("{}/ado/oidctoken", self.url())
    }

    /// For `SYSTEM_ACCESSTOKEN`.
    #[must_use]
    pub fn ado_request_token(&self) -> String {
        self.state.ado_token.clone()
    }
}

#[cfg(test)]
mod tests;
