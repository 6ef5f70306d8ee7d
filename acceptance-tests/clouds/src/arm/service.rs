//! Routing, authentication and reads.

use serde_json::{Value, json};

use super::defaults::SUBSCRIPTION_ID;
use super::errors::{error, not_found, usual_code, usual_text};
use super::quirks::{ListLink, Quirk};
use super::state::{State, base};
use super::store::{Rest, Store, key};
use super::target::Target;
use super::{body, discovery, operations, version, writes};
use crate::shared::{Refusal, Request, lock};
use crate::shared::{Reply, Service};
use crate::spelling::Spelling;

impl Service for State {
    fn arrives(&self, request: &Request) -> bool {
        let Some(Target::Image { subscription, group, name }) = Target::of(request.path()) else {
            return true;
        };
        if request.method != "PUT" {
            return true;
        }
        let wanted = key(&subscription, &group, &name);
        let rival = {
            let rivals = &mut lock(&self.store).before_put;
            let found =
                rivals.iter().position(|r| key(SUBSCRIPTION_ID, &r.group, &r.name) == wanted);
            found.map(|at| rivals.remove(at))
        };
        match rival {
            Some(rival) => {
                self.insert_image(&rival.group, &rival.name, &rival.members);
                false
            }
            None => true,
        }
    }

    fn label(&self, request: &Request) -> String {
        match Target::of(request.path()) {
            Some(Target::Status { .. }) => "poll".to_owned(),
            Some(Target::Image { .. }) => request.method.to_lowercase(),
            Some(Target::Group { .. } | Target::Subscription(_)) => "list".to_owned(),
            Some(Target::Account(_) | Target::Accounts) => "account".to_owned(),
            Some(Target::Metadata) => "metadata".to_owned(),
            Some(Target::Unknown { .. }) | None => String::new(),
        }
    }

    fn answer(&self, request: &Request) -> Reply {
        lock(&self.store).settle();
        let reply = self.route(request).unwrap_or_else(|refusal| refusal);
        self.finish(request, reply)
    }

    fn refusal(
        &self,
        request: &Request,
        status: u16,
        code: Option<&str>,
        text: Option<&str>,
    ) -> Reply {
        let code = code.unwrap_or_else(|| usual_code(status));
        self.finish(request, error(status, code, text.unwrap_or_else(|| usual_text(status))))
    }
}

impl State {
    /// Adds what every answer of Resource Manager has.
    fn finish(&self, request: &Request, mut reply: Reply) -> Reply {
        let mut store = lock(&self.store);
        let quotes = quotes(&store, request);
        if !quotes.is_empty() {
            append_to_message(&mut reply, &quotes);
        }
        if store.settings.quirks.contains(&Quirk::EscapedJson) {
            // Both stand in strings only.
            let text = String::from_utf8_lossy(&reply.body);
            reply.body = text.replace('&', "\\u0026").replace('/', "\\/").into_bytes();
        }
        if store.settings.quirks.contains(&Quirk::Bom) && !reply.body.is_empty() {
            reply.body.splice(0..0, *b"\xef\xbb\xbf");
        }
        let id = uuid::Uuid::new_v4().to_string();
        let correlation = request.header("x-ms-correlation-request-id").unwrap_or(&id).to_owned();
        let (kind, left) = match request.method.as_str() {
            "GET" => {
                store.reads_left = store.reads_left.wrapping_sub(1) % 250;
                ("reads", store.reads_left)
            }
            "DELETE" => ("deletes", 199),
            _ => {
                store.writes_left = store.writes_left.wrapping_sub(1) % 200;
                ("writes", store.writes_left)
            }
        };
        reply
            .header("x-ms-request-id", id.as_str())
            .header("x-ms-correlation-request-id", correlation)
            .header("x-ms-routing-request-id", format!("SIMULATED:20260102T030405Z:{id}"))
            .header(&format!("x-ms-ratelimit-remaining-subscription-{kind}"), left.to_string())
            .header("cache-control", "no-cache")
    }

    fn route(&self, request: &Request) -> Result<Reply, Reply> {
        let target = Target::of(request.path());
        if target == Some(Target::Metadata) && request.method == "GET" {
            return discovery::metadata(self, request);
        }
        self.authenticate(request)?;
        let Some(target) = target else {
            let text = format!("The request path '{}' is not known.", request.path());
            return Err(error(404, "InvalidResourceType", &text));
        };
        if let Target::Status { subscription, results, id } = &target
            && request.method == "GET"
            && operations::needs_signature(self, subscription.as_deref(), id)
        {
            operations::check_signature(self, request, id, *results)?;
            return Ok(operations::poll(self, request, id, *results));
        }
        let version = api_version(request, &target)?;
        if let Some(subscription) = target.subscription() {
            self.known_subscription(subscription)?;
            self.check_tenant(request)?;
        }
        match (&target, request.method.as_str()) {
            (Target::Status { results, id, .. }, "GET") => {
                Ok(operations::poll(self, request, id, *results))
            }
            (Target::Image { subscription, group, name }, verb) => {
                let group = self.known_group(subscription, group)?;
                if let Some(problem) = body::name_problem(name, &version) {
                    return Err(error(400, "InvalidResourceName", &problem));
                }
                let key = key(subscription, &group, name);
                match verb {
                    "GET" => self.get(&key, &group, name, &version),
                    "PUT" => {
                        let place = writes::Place { subscription, group: &group, name, key: &key };
                        writes::put(self, request, &place, &version)
                    }
                    "PATCH" => writes::patch(self, request, &key, &group, name, &version),
                    "DELETE" => writes::delete(self, request, &key, &version),
                    _ => Err(not_allowed(request)),
                }
            }
            (Target::Accounts, "GET") => Ok(discovery::subscriptions(self, request)),
            (Target::Account(id), "GET") => {
                Ok(Reply::json(200, &discovery::subscription(self, &id.to_lowercase())))
            }
            (Target::Group { subscription, group }, "GET") => {
                let group = self.known_group(subscription, group)?;
                let scope = key(subscription, &group, "");
                self.list(request, &scope, &version)
            }
            (Target::Subscription(subscription), "GET") => {
                let scope = format!("/subscriptions/{}/", subscription.to_lowercase());
                self.list(request, &scope, &version)
            }
            _ => Err(not_allowed(request)),
        }
    }

    fn authenticate(&self, request: &Request) -> Result<(), Reply> {
        let refuse = |code: &str, text: &str| {
            error(401, code, text).header(
                "www-authenticate",
                format!("Bearer authorization_uri=\"https://login.microsoftonline.com/\", error=\"invalid_token\", error_description=\"{text}\""),
            )
        };
        let Some(token) = request.bearer() else {
            let text = "Authentication failed. The 'Authorization' header is missing.";
            return Err(refuse("AuthenticationFailed", text));
        };
        self.tokens.check(token, &self.audiences).map_err(|refusal| match refusal {
            Refusal::Expired(_) => {
                refuse("ExpiredAuthenticationToken", "The access token has expired.")
            }
            Refusal::Unknown | Refusal::Revoked => {
                refuse("InvalidAuthenticationToken", "The access token is invalid.")
            }
            Refusal::WrongAudience(audience) => refuse(
                "InvalidAuthenticationTokenAudience",
                &format!("The access token has been obtained for wrong audience or resource '{audience}'."),
            ),
        })
    }

    fn known_subscription(&self, id: &str) -> Result<(), Reply> {
        if lock(&self.subscriptions).contains_key(&id.to_lowercase()) {
            Ok(())
        } else {
            let text = format!("The subscription '{id}' could not be found.");
            Err(error(404, "SubscriptionNotFound", &text))
        }
    }

    /// The group's name as it was created.
    fn known_group(&self, subscription: &str, name: &str) -> Result<String, Reply> {
        if !body::group_name_is_possible(name) {
            let text = format!("'{name}' is not the name of a resource group.");
            return Err(error(400, "InvalidResourceGroup", &text));
        }
        let subscriptions = lock(&self.subscriptions);
        let groups = subscriptions.get(&subscription.to_lowercase());
        groups.and_then(|g| g.get(&name.to_lowercase())).cloned().ok_or_else(|| {
            let text = format!("Resource group '{name}' could not be found.");
            error(404, "ResourceGroupNotFound", &text)
        })
    }

    fn get(&self, key: &str, group: &str, name: &str, version: &str) -> Result<Reply, Reply> {
        let mut store = lock(&self.store);
        store.count_read(key);
        if let Some(image) = store.images.get_mut(key)
            && image.lag > 0
            && image.operation.is_none()
        {
            image.lag -= 1;
            return Err(not_found(group, name));
        }
        let shown = store.show(key, version).ok_or_else(|| not_found(group, name))?;
        Ok(Reply::json(200, &shown))
    }

    fn list(&self, request: &Request, scope: &str, version: &str) -> Result<Reply, Reply> {
        let mut store = lock(&self.store);
        let style = store.settings.list_link.clone();
        let given = request.query_value("$skiptoken");
        let keys = match &given {
            None => store.images.keys().filter(|k| k.starts_with(scope)).cloned().collect(),
            Some(token) => store
                .lists
                .get(token)
                .filter(|rest| rest.scope == scope)
                .map(|rest| rest.keys.clone())
                .ok_or_else(|| error(400, "InvalidSkipToken", "The skip token is not valid."))?,
        };
        let empty = style == ListLink::EmptyPageFirst && given.is_none();
        let size = if empty { 0 } else { store.settings.page_size };
        let (page, rest) = keys.split_at(size.min(keys.len()));
        let value: Vec<Value> = page.iter().filter_map(|k| store.show(k, version)).collect();
        let mut body = json!({"value": value});
        if !rest.is_empty() || empty {
            let token = match (&style, given) {
                (ListLink::Cycle, Some(same)) => same,
                _ => uuid::Uuid::new_v4().simple().to_string() + "+/==",
            };
            let base = match &style {
                ListLink::OtherHost(origin) => origin.trim_end_matches('/').to_owned(),
                _ => base(&store, request),
            };
            let encoded = token.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
            body["nextLink"] = json!(format!(
                "{base}{}?api-version={version}&%24skiptoken={encoded}",
                request.path()
            ));
            store.lists.insert(token, Rest { scope: scope.to_owned(), keys: rest.to_vec() });
        }
        Ok(Reply::json(200, &body))
    }
}

/// What the messages of errors repeat of the request.
fn quotes(store: &Store, request: &Request) -> String {
    let mut out = String::new();
    for spelling in Spelling::ALL {
        if store.settings.quirks.contains(&Quirk::QuoteAuthorization(spelling))
            && let Some(authorization) = request.header("authorization")
        {
            let quoted = spelling.spell(authorization);
            out.push_str(&format!(" The request had the header 'Authorization: {quoted}'."));
        }
        if store.settings.quirks.contains(&Quirk::QuoteAddress(spelling)) {
            let address = format!("{}{}", base(store, request), request.target);
            out.push_str(&format!(" The request was for '{}'.", spelling.spell(&address)));
        }
    }
    out
}

fn append_to_message(reply: &mut Reply, text: &str) {
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else { return };
    if let Some(Value::String(message)) = body.pointer_mut("/error/message") {
        message.push_str(text);
        reply.body = body.to_string().into_bytes();
    }
}

fn not_allowed(request: &Request) -> Reply {
    let text = format!("The http method '{}' is not supported for this resource.", request.method);
    error(405, "HttpMethodNotAllowed", &text)
}

/// The api-version, which has to be there exactly once and known to what the path points at.
/// Status URLs are checked byte for byte when they are looked up.
fn api_version(request: &Request, target: &Target) -> Result<String, Reply> {
    let version = version::of(request)?;
    let (kind, list) = match target {
        Target::Status { .. } | Target::Account(_) | Target::Accounts | Target::Metadata => {
            return Ok(version);
        }
        Target::Unknown { kind, .. } => (kind.as_str(), false),
        Target::Image { .. } => ("galleryImages", false),
        Target::Group { .. } | Target::Subscription(_) => ("galleryImages", true),
    };
    let unknown = matches!(target, Target::Unknown { .. });
    if unknown || !version::VERSIONS.contains(&version.as_str()) {
        let body = request.json();
        let location = body["location"].as_str().unwrap_or("global");
        return Err(version::no_provider(kind, &version, location));
    }
    let known = |name: &str| name == "api-version" || (list && name == "$skiptoken");
    match request.query().iter().find(|(name, _)| !known(name)) {
        Some((name, _)) => {
            let text = format!("The query parameter '{name}' is not supported.");
            Err(error(400, "InvalidQueryParameter", &text))
        }
        None => Ok(version),
    }
}
