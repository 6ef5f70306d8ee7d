//! The state that all requests share.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use super::certificate::Certificate;
use crate::shared::Tokens;
use crate::spelling::Spelling;

/// What the simulation was set up with and what it remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) tenants: Vec<String>,
    pub(crate) client_id: String,
    pub(crate) secrets: Vec<String>,
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) scopes: Vec<String>,
    pub(crate) managed_client_id: String,
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
