//! Azure Resource Manager, as far as it manages Microsoft.AzureStackHCI/galleryImages.
//!
//! Labels for [`When::label`]: `get`, `put`, `patch`, `delete`, `list`, `poll` (status URLs),
//! `account` (subscriptions), `metadata`.

mod body;
mod control;
mod defaults;
mod discovery;
mod errors;
mod header_case;
mod lro;
mod operations;
mod quirks;
mod service;
mod state;
mod store;
mod system_data;
mod tags;
mod target;
mod version;
mod writes;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub use defaults::{
    API_VERSION, AUDIENCES, PREVIEW_API_VERSION, RESOURCE_GROUP, SUBSCRIPTION_ID,
    custom_location_id,
};
pub use header_case::HeaderCase;
use header_case::Relay;
pub use lro::{Lro, Outcome, RetryAfter};
pub use quirks::{ListLink, Quirk};
use state::State;
use store::Store;
pub use system_data::timestamp;

use crate::entra::TENANT_ID;
use crate::shared::lock;
pub use crate::shared::{Controls, Fault, Progress, Request, Switch, Tokens, When};
pub use crate::spelling::Spelling;

/// Sets a [`Simulation`] up. Everything that [`Simulation`] can change while it runs has its
/// setter there.
#[derive(Debug)]
pub struct Builder {
    state: State,
    header_case: Option<HeaderCase>,
}

impl Builder {
    /// The registry that bearer tokens are checked against.
    #[must_use]
    pub fn tokens(mut self, tokens: &Tokens) -> Self {
        self.state.tokens = tokens.clone();
        self
    }

    /// The audiences of tokens, in place of [`AUDIENCES`] (for other clouds).
    #[must_use]
    pub fn audiences(mut self, audiences: &[&str]) -> Self {
        self.state.audiences = audiences.iter().map(|&a| a.to_owned()).collect();
        self
    }

    /// The tenant of the subscriptions, in place of the usual one of Entra ID.
    #[must_use]
    pub fn tenant(mut self, id: &str) -> Self {
        id.clone_into(&mut self.state.tenant);
        self
    }

    /// One more subscription.
    #[must_use]
    pub fn subscription(self, id: &str) -> Self {
        lock(&self.state.subscriptions).entry(id.to_lowercase()).or_default();
        self
    }

    /// One more resource group; its subscription comes into being with it.
    #[must_use]
    pub fn resource_group(self, subscription: &str, name: &str) -> Self {
        lock(&self.state.subscriptions)
            .entry(subscription.to_lowercase())
            .or_default()
            .insert(name.to_lowercase(), name.to_owned());
        self
    }

    /// Takes images without an extended location, which the definition leaves optional.
    #[must_use]
    pub fn custom_location_optional(mut self) -> Self {
        self.state.custom_location_required = false;
        self
    }

    /// Spells the polling headers this way instead of in lower case.
    #[must_use]
    pub fn header_case(mut self, case: HeaderCase) -> Self {
        self.header_case = Some(case);
        self
    }

    /// How operations look that create images.
    #[must_use]
    pub fn create_style(self, lro: Lro) -> Self {
        lock(&self.state.store).settings.create = lro;
        self
    }

    /// How long operations run.
    #[must_use]
    pub fn progress(self, progress: Progress) -> Self {
        lock(&self.state.store).settings.progress = progress;
        self
    }

    /// Switches a peculiarity on.
    #[must_use]
    pub fn quirk(self, quirk: Quirk) -> Self {
        lock(&self.state.store).settings.quirks.insert(quirk);
        self
    }

    /// Starts the service.
    ///
    /// # Panics
    /// When no port can be bound for the header relay: nothing can be tested then.
    #[must_use]
    #[allow(clippy::expect_used, reason = "a test service without a port is of no use")]
    pub fn start(self) -> Simulation {
        let state = Arc::new(self.state);
        let controls = Controls::start(Arc::clone(&state));
        let relay = self
            .header_case
            .map(|case| Relay::start(controls.address(), case).expect("a free port"));
        Simulation { relay, controls, state }
    }
}

/// A running Resource Manager.
#[derive(Debug)]
pub struct Simulation {
    relay: Option<Relay>,
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
    /// Starts from the defaults: [`SUBSCRIPTION_ID`] with [`RESOURCE_GROUP`], creation with an
    /// `Azure-AsyncOperation` header, tags changed at once, deletion with a `Location` header,
    /// each operation found running by one poll.
    #[must_use]
    pub fn builder() -> Builder {
        let state = State {
            tokens: Tokens::new(),
            audiences: AUDIENCES.map(str::to_owned).to_vec(),
            tenant: TENANT_ID.to_owned(),
            login: Mutex::new("https://login.microsoftonline.com".to_owned()),
            subscriptions: Mutex::new(BTreeMap::new()),
            custom_location_required: true,
            store: Mutex::new(Store::default()),
        };
        Builder { state, header_case: None }.resource_group(SUBSCRIPTION_ID, RESOURCE_GROUP)
    }

    /// `http://127.0.0.1:<port>`, without a trailing slash.
    #[must_use]
    pub fn url(&self) -> String {
        self.relay.as_ref().map_or_else(|| self.controls.url(), Relay::url)
    }

    /// The login that the metadata of this cloud name, in place of the public one.
    pub fn set_login(&self, origin: &str) {
        origin.trim_end_matches('/').clone_into(&mut lock(&self.state.login));
    }

    /// Operations run this long from now on; those under way keep their own time.
    pub fn set_progress(&self, progress: Progress) {
        lock(&self.state.store).settings.progress = progress;
    }

    /// Short for [`Progress::Wall`].
    pub fn set_duration(&self, duration: Duration) {
        self.set_progress(Progress::Wall(duration));
    }
}

#[cfg(test)]
mod tests;
