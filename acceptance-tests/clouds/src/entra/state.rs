//! The state that all requests share.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use super::MANAGED_CLIENT_ID;
use super::certificate::Certificate;
use crate::shared::{Holder, Tokens};
use crate::spelling::Spelling;

/// What the simulation was set up with and what it remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) tenants: Vec<String>,
    pub(crate) client_id: String,
    pub(crate) secrets: Vec<String>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) scopes: Vec<String>,
    pub(crate) identity_header: String,
    pub(crate) github_token: String,
    pub(crate) ado_token: String,
    pub(crate) ado_connection: String,
    pub(crate) assertions: Mutex<HashSet<String>>,
    pub(crate) seen_assertions: Mutex<HashSet<String>>,
    pub(crate) lifetime: Mutex<Duration>,
    pub(crate) expires_in_as_text: Mutex<bool>,
    /// The AADSTS number with which every token request is refused.
    pub(crate) refused: Mutex<Option<u32>>,
    pub(crate) held: Mutex<bool>,
    pub(crate) quoted: Mutex<Option<Spelling>>,
    pub(crate) tokens: Tokens,
}

impl State {
    /// The id of a tenant that exists. A domain name is another name of the first tenant.
    pub(crate) fn tenant(&self, name: &str) -> Option<String> {
        let known = self.tenants.iter().find(|tenant| tenant.eq_ignore_ascii_case(name))?;
        if known.contains('.') { self.tenants.first().cloned() } else { Some(known.clone()) }
    }

    /// Who the managed identity is.
    pub(crate) fn managed(&self) -> Holder {
        let tenant = self.tenants.first().cloned().unwrap_or_default();
        Holder { tenant, client: MANAGED_CLIENT_ID.to_owned() }
    }
}
