//! Decides how each request is answered.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::account::Account;
use super::change::Change;
use super::describe::{self, PageRules};
use super::gateway::{self, Refusal};
use super::image::{Entry, Image, Listing};
use super::quirks::Quirks;
use super::request::{Note, Request};
use super::wire::Parameters;
use crate::shared::{self, Reply, lock};

/// Everything a test can change while the service is running, and what it remembers.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) accounts: Arc<Vec<Account>>,
    pub(super) regions: BTreeMap<String, Arc<Listing>>,
    pub(super) default_region: String,
    pub(super) rules: PageRules,
    pub(super) quirks: Quirks,
    /// Changes of the list in the default region, each with the number of the request after
    /// which it is made.
    pub(super) changes: Vec<(usize, Change)>,
    /// How many requests arrived since the log was emptied.
    pub(super) arrived: usize,
    /// By the number that the journal gives to a request.
    pub(super) notes: HashMap<usize, Note>,
}

/// The running service.
#[derive(Debug)]
pub(super) struct Service {
    state: Mutex<State>,
    base_path: Option<String>,
}

/// What an answer is made of, so that the work on it needs no lock.
struct Plan {
    number: usize,
    accounts: Arc<Vec<Account>>,
    listing: Option<Arc<Listing>>,
    rules: PageRules,
    quirks: Quirks,
}

impl State {
    /// Makes the changes that are due before the request with this number.
    fn apply_changes(&mut self, number: usize) {
        let (due, later) =
            std::mem::take(&mut self.changes).into_iter().partition(|(after, _)| *after < number);
        self.changes = later;
        let due: Vec<(usize, Change)> = due;
        let Some(listing) = self.regions.get_mut(&self.default_region) else { return };
        for (_, change) in due {
            let mut entries = listing.entries.to_vec();
            match change {
                Change::RemoveFirst if entries.is_empty() => {}
                Change::RemoveFirst => drop(entries.remove(0)),
                Change::InsertFirst(image) => entries.insert(0, Arc::new(Entry::new(image))),
                Change::Replace(images) => {
                    entries = images.into_iter().map(|image| Arc::new(Entry::new(image))).collect();
                }
            }
            *listing = Arc::new(Listing::of(entries));
        }
    }

    pub(super) fn set_images(&mut self, region: &str, images: Vec<Image>) {
        self.regions.insert(region.to_owned(), Arc::new(Listing::new(images)));
    }
}

impl Service {
    pub(super) fn new(state: State, base_path: Option<String>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(state), base_path })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// A request of the journal with what was noted about it.
    pub(super) fn described(&self, request: shared::Request) -> Request {
        let state = self.state();
        let note = state.notes.get(&request.number);
        Request {
            parameters: note.map(|note| note.parameters.clone()).unwrap_or_default(),
            authentic: note.is_some_and(|note| note.authentic),
            ret_code: note.and_then(|note| note.ret_code),
            request_uuid: note.map(|note| note.uuid.clone()).unwrap_or_default(),
            shared: request,
        }
    }

    fn serves(&self, path: &str) -> bool {
        let bare = |path: &str| path.trim_end_matches('/').to_owned();
        self.base_path.as_ref().is_none_or(|base| bare(base) == bare(path))
    }

    fn plan(&self, request: &shared::Request, parameters: &Parameters) -> Plan {
        let state = self.state();
        Plan {
            number: state.notes.get(&request.number).map_or(0, |note| note.number),
            accounts: Arc::clone(&state.accounts),
            listing: parameters.get("Region").and_then(|name| state.regions.get(name)).cloned(),
            rules: state.rules,
            quirks: state.quirks.clone(),
        }
    }

    fn note_code(&self, request: &shared::Request, code: Option<i64>) {
        if let Some(note) = self.state().notes.get_mut(&request.number) {
            note.ret_code = code;
        }
    }
}

impl shared::Service for Service {
    fn arrives(&self, request: &shared::Request) -> bool {
        let parameters = Parameters::read(request);
        let mut state = self.state();
        state.arrived += 1;
        let number = state.arrived;
        state.apply_changes(number);
        let note = Note {
            number,
            authentic: gateway::authenticate(&state.accounts, request, &parameters).is_ok(),
            parameters: parameters.by_name,
            ret_code: None,
            uuid: uuid::Uuid::new_v4().to_string(),
        };
        state.notes.insert(request.number, note);
        if let Some(dropped) = request.number.checked_sub(shared::KEPT) {
            state.notes.remove(&dropped);
        }
        true
    }

    fn headers(&self, request: &shared::Request) -> Vec<(String, String)> {
        let state = self.state();
        let uuid = state.notes.get(&request.number).map(|note| note.uuid.clone());
        uuid.map(|uuid| ("x-ucloud-request-uuid".to_owned(), uuid)).into_iter().collect()
    }

    fn label(&self, request: &shared::Request) -> String {
        label(describe::offset(&Parameters::read(request)))
    }

    fn answer(&self, request: &shared::Request) -> Reply {
        if request.method != "GET" && request.method != "POST" {
            return plain(405);
        }
        if !self.serves(request.path()) {
            return plain(404);
        }
        let parameters = Parameters::read(request);
        let plan = self.plan(request, &parameters);
        let (code, text) = match plan.answer(request, &parameters) {
            Ok(text) => (0, text),
            Err(refusal) => {
                let code = match plan.quirks.ret_code_as_text {
                    true => json!(refusal.code.to_string()),
                    false => json!(refusal.code),
                };
                let names_action = refusal.names_action;
                (refusal.code, refusal_text(&code, &refusal.message, names_action, &parameters))
            }
        };
        self.note_code(request, Some(code));
        json_text(200, text)
    }

    fn refusal(
        &self,
        request: &shared::Request,
        status: u16,
        code: Option<&str>,
        text: Option<&str>,
    ) -> Reply {
        let code = code.and_then(|code| serde_json::from_str::<Value>(code).ok());
        let Some(code) = code else { return plain(status) };
        let number = code.as_i64().or_else(|| code.as_str()?.parse().ok());
        self.note_code(request, number);
        let parameters = Parameters::read(request);
        json_text(status, refusal_text(&code, text.unwrap_or_default(), true, &parameters))
    }
}

impl Plan {
    fn answer(
        &self,
        request: &shared::Request,
        parameters: &Parameters,
    ) -> Result<String, Refusal> {
        let account = gateway::authenticate(&self.accounts, request, parameters)?;
        let listing = self.listing.as_ref().ok_or_else(|| Refusal::parameter("Region"))?;
        let project = gateway::project(account, parameters)?;
        describe::answer(parameters, project, listing, self.rules, &self.quirks, self.number)
    }
}

/// The label of the requests for the page at this offset.
pub(super) fn label(offset: usize) -> String {
    format!("offset {offset}")
}

fn refusal_text(
    code: &Value,
    message: &str,
    names_action: bool,
    parameters: &Parameters,
) -> String {
    let mut body = json!({"RetCode": code, "Message": message});
    if let Some(action) = parameters.get("Action").filter(|_| names_action) {
        body["Action"] = json!(format!("{action}Response"));
    }
    body.to_string()
}

fn json_text(status: u16, text: String) -> Reply {
    Reply::new(status).header("content-type", "application/json").body(text.into_bytes())
}

/// What a proxy before the service answers.
fn plain(status: u16) -> Reply {
    Reply::new(status).body(format!("simulated status {status}\n").into_bytes())
}
