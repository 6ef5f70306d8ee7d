//! The state that all requests share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::filter::Filter;
use super::next_link::NextLink;
use crate::shared::{Request, Tokens, lock};
use crate::spelling::Spelling;

pub(crate) const PATH: &str = "/supportedimages";

/// What the simulation was set up with and what it remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) account: String,
    pub(crate) key: Mutex<String>,
    pub(crate) tokens: Tokens,
    pub(crate) audiences: Vec<String>,
    pub(crate) versions: Vec<String>,
    pub(crate) items: Mutex<Vec<Value>>,
    pub(crate) shared_key_allowed: Mutex<bool>,
    pub(crate) ignore_filter: Mutex<bool>,
    pub(crate) shuffle: Mutex<Option<u64>>,
    pub(crate) page_size: Mutex<usize>,
    pub(crate) next_link: Mutex<NextLink>,
    pub(crate) public_url: Mutex<Option<String>>,
    /// How a signature that is wrong is repeated.
    pub(crate) quoted: Mutex<Spelling>,
    pub(crate) links: Mutex<HashMap<String, Page>>,
}

/// The position of a continuation token.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) number: usize,
    pub(crate) offset: usize,
    pub(crate) list: Arc<Vec<Value>>,
    /// What the link has beside the token and the api-version, decoded and in order.
    pub(crate) rest: Vec<(String, String)>,
}

/// What a query asks for.
pub(crate) struct Query {
    pub(crate) version: String,
    pub(crate) filter: Option<Filter>,
    pub(crate) max_results: Option<usize>,
}

impl State {
    /// The origin for absolute links.
    pub(crate) fn base(&self, request: &Request) -> String {
        lock(&self.public_url).clone().unwrap_or_else(|| request.origin())
    }
}
