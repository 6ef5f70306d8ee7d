//! The HTTP side: who may ask what, and which operation answers.

use std::sync::{Arc, Mutex};

use serde_json::{Map, Value};

use super::change::Change;
use super::csp::Csp;
use super::errors::{Problem, usual};
use super::route::{Operation, Target};
use super::schema::{self, Field};
use super::store::Store;
use super::{bodies, new_image};
use crate::shared::{Reply, Request, Service, lock};

/// What the simulation was set up with and what it remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) csp: Arc<Csp>,
    /// Organizations that tokens may work for besides their own.
    pub(crate) other_orgs: Vec<String>,
    pub(crate) forbidden: Mutex<bool>,
    pub(crate) store: Mutex<Store>,
}

/// A request that was found to be in order.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    pub(crate) target: Target,
    pub(crate) org: String,
    pub(crate) body: Map<String, Value>,
}

impl Service for State {
    fn label(&self, request: &Request) -> String {
        Target::of(request.path())
            .and_then(|(target, read_only)| target.operation(&request.method, read_only))
            .map_or("", Operation::label)
            .to_owned()
    }

    fn answer(&self, request: &Request) -> Reply {
        let resource = request.path();
        self.carry_out(request).unwrap_or_else(|problem| problem.reply(resource))
    }

    fn refusal(
        &self,
        request: &Request,
        status: u16,
        code: Option<&str>,
        text: Option<&str>,
    ) -> Reply {
        usual(status, code, text).reply(request.path())
    }
}

impl State {
    fn carry_out(&self, request: &Request) -> Result<Reply, Problem> {
        let (target, read_only) = Target::of(request.path())
            .ok_or_else(|| Problem::not_found("There is nothing at this path."))?;
        let operation = target.operation(&request.method, read_only).ok_or_else(|| {
            Problem::new(405, "UNSUPPORTED_METHOD", "The path does not take this method.")
        })?;
        let token_org = self.authenticate(request)?;
        operation.check_query(request)?;
        let body = body(operation, request)?;
        let org = self.org(request, &body, operation, token_org)?;
        let call = Call { request, target, org, body };
        let mut store = lock(&self.store);
        match operation {
            Operation::Create => store.create(&call),
            Operation::List => {
                store.make_changes(&call.org);
                store.list(&call)
            }
            Operation::Get => store.get(&call),
            Operation::Versions => store.versions(&call),
            Operation::GetVersion => store.get_version(&call),
            Operation::Copies => store.copies(&call),
            Operation::GetCopy => store.get_copy(&call),
            Operation::Markers => store.markers(&call),
            Operation::GetMarker => store.get_marker(&call),
            Operation::ImageSources => store.image_sources(&call),
            Operation::Patch => store.patch(&call),
            Operation::Delete => store.delete(&call),
            Operation::DeleteMarker => store.delete_marker(&call),
            Operation::AddVersion => store.add_version(&call),
            Operation::Publish => store.publish(&call),
            Operation::ResetPassword => store.reset_password(&call),
            Operation::Other => {
                Err(Problem::new(501, "UNSUPPORTED_OPERATION", "This is not simulated."))
            }
        }
    }

    /// The organization of the token.
    fn authenticate(&self, request: &Request) -> Result<String, Problem> {
        let refused = |detail: String| usual(401, None, None).detail(detail);
        let headers = request.headers.iter().filter(|(name, _)| name == "authorization").count();
        let token = request
            .bearer()
            .filter(|_| headers == 1)
            .ok_or_else(|| refused("One bearer token is needed.".to_owned()))?;
        let org = self.csp.tokens.audience(token);
        let org = org.map_err(|refusal| refused(format!("The token is refused: {refusal:?}.")))?;
        if *lock(&self.forbidden) {
            return Err(usual(403, None, None).detail("The role Administrator is needed."));
        }
        Ok(org)
    }

    /// The organization to work for: from the query, or from the body of a POST.
    fn org(
        &self,
        request: &Request,
        body: &Map<String, Value>,
        operation: Operation,
        token_org: String,
    ) -> Result<String, Problem> {
        let in_body = body.get("orgId").and_then(Value::as_str).map(str::to_owned);
        let optional = lock(&self.store).settings.org_id_optional;
        if request.method == "POST" && operation.has_body() && in_body.is_none() && !optional {
            return Err(Problem::bad("body.orgId is missing"));
        }
        let Some(given) = request.form_value("org_id").or(in_body) else { return Ok(token_org) };
        if given == token_org || self.other_orgs.contains(&given) {
            return Ok(given);
        }
        let text = "The token does not belong to this organization.";
        Err(Problem::new(403, "INVALID_ORG_ID", text).parameter("orgId", &given))
    }
}

/// The body, if the operation has one.
fn body(operation: Operation, request: &Request) -> Result<Map<String, Value>, Problem> {
    let fields: &'static [Field] = match operation {
        Operation::Create => bodies::CREATE,
        Operation::AddVersion => bodies::ADD_VERSION,
        Operation::Patch => bodies::PATCH_VERSION,
        Operation::Publish => bodies::PUBLISH,
        Operation::ResetPassword => bodies::RESET_PASSWORD,
        _ if request.body.is_empty() => return Ok(Map::new()),
        Operation::Other => return Ok(Map::new()),
        _ => return Err(Problem::bad("This operation has no body.")),
    };
    let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if kind.split(';').next().map(str::trim) != Some("application/json") {
        let text = "The content type must be application/json.";
        return Err(Problem::new(415, "INVALID_REQUEST_FORMAT", text));
    }
    schema::read(&request.body, fields).map_err(|problems| Problem::bad(problems.join("; ")))
}

impl Store {
    /// Makes the changes that are due before the list that is asked for now.
    fn make_changes(&mut self, org: &str) {
        let number = self.lists;
        self.lists += 1;
        let (due, later) = std::mem::take(&mut self.settings.changes)
            .into_iter()
            .partition(|(after, _)| *after <= number);
        self.settings.changes = later;
        let due: Vec<(usize, Change)> = due;
        for (_, change) in due {
            match change {
                Change::Insert(name) => self.images.push(new_image::finished(org, &name)),
                Change::Remove(name) => self.images.retain(|image| image.name != name),
            }
        }
    }
}
