//! The state that all requests share.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::store::Store;
use crate::entra::{Request, Tokens};

/// What the simulation was set up with and what it remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) tokens: Tokens,
    pub(crate) audiences: Vec<String>,
    /// Subscriptions and, in lower case and as they were created, their resource groups.
    pub(crate) subscriptions: Mutex<BTreeMap<String, BTreeMap<String, String>>>,
    pub(crate) custom_location_required: bool,
    pub(crate) store: Mutex<Store>,
}

/// The origin for absolute links: the one the client used.
pub(crate) fn base(store: &Store, request: &Request) -> String {
    let host = || format!("http://{}", request.header("host").unwrap_or_default());
    store.settings.public_url.clone().unwrap_or_else(host)
}
