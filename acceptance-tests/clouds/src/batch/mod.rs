//! The data plane of an Azure Batch account, as far as it lists supported images.
//!
//! Labels for [`When::label`]: `page 1`, `page 2`, ... counted along the continuation links.

mod catalogue;
mod error;
mod filter;
mod next_link;
mod paging;
mod service;
mod shared_key;
mod state;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

pub use catalogue::{catalogue, generated, image};
pub use next_link::NextLink;
use serde_json::Value;
use state::State;

use crate::shared::lock;
pub use crate::shared::{Controls, Fault, Request, Switch, Tokens, When};
pub use crate::spelling::Spelling;

/// The account that exists unless the builder names another one.
pub const ACCOUNT: &str = "simulatedbatch";
/// The key of the account unless the builder gives another one; base64, like a real one.
pub const ACCOUNT_KEY: &str =
    "bWFkZS11cCBrZXkgb2YgYSBiYXRjaCBhY2NvdW50IHRoYXQgaXMgc2l4dHktZm91ciBieXRlcyBsb25nISEhIQ==";
/// The only audience a token may have, with its slash.
pub const AUDIENCE: &str = "https://batch.core.windows.net/";

/// The api-versions that exist; azure-batch 14 sends the first one.
const VERSIONS: [&str; 3] = ["2024-02-01.19.0", "2024-07-01.20.0", "2025-06-01"];

/// Sets a [`Simulation`] up.
#[derive(Debug)]
pub struct Builder(State);

impl Builder {
    /// The account's name, in place of [`ACCOUNT`].
    #[must_use]
    pub fn account(mut self, name: &str) -> Self {
        name.clone_into(&mut self.0.account);
        self
    }

    /// The account's key (base64), in place of [`ACCOUNT_KEY`].
    #[must_use]
    pub fn account_key(self, key: &str) -> Self {
        key.clone_into(&mut lock(&self.0.key));
        self
    }

    /// The registry that bearer tokens are checked against.
    #[must_use]
    pub fn tokens(mut self, tokens: &Tokens) -> Self {
        self.0.tokens = tokens.clone();
        self
    }

    /// The audiences of tokens, in place of [`AUDIENCE`] (for other clouds).
    #[must_use]
    pub fn audiences(mut self, audiences: &[&str]) -> Self {
        self.0.audiences = audiences.iter().map(|&a| a.to_owned()).collect();
        self
    }

    /// The api-versions that exist, in place of the usual ones from 2024-02-01.19.0 on.
    #[must_use]
    pub fn api_versions(mut self, versions: &[&str]) -> Self {
        self.0.versions = versions.iter().map(|&v| v.to_owned()).collect();
        self
    }

    /// The list, in place of [`catalogue()`]; entries may be of any shape.
    #[must_use]
    pub fn items(self, items: Vec<Value>) -> Self {
        *lock(&self.0.items) = items;
        self
    }

    /// Pages are never longer than this, whatever `maxresults` says.
    #[must_use]
    pub fn page_size(self, size: usize) -> Self {
        *lock(&self.0.page_size) = size.max(1);
        self
    }

    /// How continuation links look.
    #[must_use]
    pub fn next_link(self, style: NextLink) -> Self {
        *lock(&self.0.next_link) = style;
        self
    }

    /// Every listing comes in another order; the same seed gives the same orders.
    #[must_use]
    pub fn shuffle(self, seed: u64) -> Self {
        *lock(&self.0.shuffle) = Some(seed);
        self
    }

    /// Filters are checked but not applied.
    #[must_use]
    pub fn ignore_filter(self) -> Self {
        *lock(&self.0.ignore_filter) = true;
        self
    }

    /// The account does not take Shared Key signatures.
    #[must_use]
    pub fn shared_key_not_allowed(self) -> Self {
        *lock(&self.0.shared_key_allowed) = false;
        self
    }

    /// Starts the service.
    #[must_use]
    pub fn start(self) -> Simulation {
        let state = Arc::new(self.0);
        Simulation { controls: Controls::start(Arc::clone(&state)), state }
    }
}

/// A running Batch account.
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
    /// Starts from the defaults: [`ACCOUNT`], [`ACCOUNT_KEY`] and the [`catalogue()`].
    #[must_use]
    pub fn builder() -> Builder {
        Builder(State {
            account: ACCOUNT.to_owned(),
            key: Mutex::new(ACCOUNT_KEY.to_owned()),
            tokens: Tokens::new(),
            audiences: vec![AUDIENCE.to_owned()],
            versions: VERSIONS.map(str::to_owned).to_vec(),
            items: Mutex::new(catalogue()),
            shared_key_allowed: Mutex::new(true),
            ignore_filter: Mutex::default(),
            shuffle: Mutex::default(),
            page_size: Mutex::new(1000),
            next_link: Mutex::default(),
            public_url: Mutex::default(),
            quoted: Mutex::new(Spelling::Raw),
            links: Mutex::new(HashMap::new()),
        })
    }

    /// Replaces the list.
    pub fn set_items(&self, items: Vec<Value>) {
        *lock(&self.state.items) = items;
    }

    /// Changes how continuation links look.
    pub fn set_next_link(&self, style: NextLink) {
        *lock(&self.state.next_link) = style;
    }

    /// Changes the account's key, as a rotation does.
    pub fn set_account_key(&self, key: &str) {
        key.clone_into(&mut lock(&self.state.key));
    }

    /// The origin that links name, for tests that put a proxy (or TLS) in front.
    pub fn set_public_url(&self, url: &str) {
        *lock(&self.state.public_url) = Some(url.trim_end_matches('/').to_owned());
    }

    /// In which spelling the refusal of a wrong signature repeats it.
    pub fn set_quoted(&self, spelling: Spelling) {
        *lock(&self.state.quoted) = spelling;
    }

    /// The next `times` requests for page `page` (counted from 1) go wrong.
    pub fn fail_page(&self, page: usize, times: usize, fault: Fault) {
        self.fail(When::label(&format!("page {page}")), times, fault);
    }
}

#[cfg(test)]
mod tests;
