//! The token endpoint: `POST /{tenant}/oauth2/v2.0/token`.

use std::time::Duration;

use serde_json::{Value, json};

use super::assertion::{Expected, verify};
use super::problem::Problem;
use super::state::State;
use crate::shared::Reply;
use crate::shared::{Holder, Request, audience_of, lock};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Answers a request to the token endpoint of `tenant`.
pub(crate) fn answer(state: &State, tenant: &str, request: &Request) -> Reply {
    let refused = *lock(&state.refused);
    let granted = match refused {
        Some(number) => Err(Problem::switched_on(number)),
        None => grant(state, tenant, request),
    };
    match granted {
        Ok(body) => Reply::json(200, &body).header("cache-control", "no-store, no-cache"),
        Err(problem) => problem.reply(),
    }
}

struct Form(Vec<(String, String)>);

impl Form {
    fn read(request: &Request) -> Result<Self, Problem> {
        let kind = request.header("content-type").unwrap_or_default();
        if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            return Err(missing("grant_type"));
        }
        let fields: Vec<(String, String)> =
            url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
        for (index, (name, _)) in fields.iter().enumerate() {
            if fields[..index].iter().any(|(earlier, _)| earlier == name) {
                let text = format!("The request contains the parameter '{name}' more than once.");
                return Err(Problem::new(400, "invalid_request", 90014, &text));
            }
        }
        Ok(Self(fields))
    }

    fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        value.filter(|v| !v.is_empty())
    }

    fn need(&self, name: &str) -> Result<&str, Problem> {
        self.get(name).ok_or_else(|| missing(name))
    }
}

fn missing(name: &str) -> Problem {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    Problem::new(400, "invalid_request", 900_144, &text)
}

fn grant(state: &State, tenant: &str, request: &Request) -> Result<Value, Problem> {
    let form = Form::read(request)?;
    let tenant_id =
        state.tenant(tenant).ok_or_else(|| Problem::no_such_tenant("invalid_request", tenant))?;
    let kind = form.need("grant_type")?;
    if kind != "client_credentials" {
        let text = format!("The app requested an unsupported grant type '{kind}'.");
        return Err(Problem::new(400, "unsupported_grant_type", 70003, &text));
    }
    let client = form.need("client_id")?;
    if !state.client_id.eq_ignore_ascii_case(client) {
        let text = format!(
            "Application with identifier '{client}' was not found in the directory '{tenant}'."
        );
        return Err(Problem::new(400, "unauthorized_client", 700_016, &text));
    }
    authenticate(state, &form, client, request)?;
    let scope = resource_scope(form.need("scope")?)?;
    if !scope.ends_with("/.default") {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier."
        );
        return Err(Problem::new(400, "invalid_scope", 1_002_012, &text));
    }
    if !state.scopes.iter().any(|granted| is_granted_by(granted, scope)) {
        let text = format!(
            "The resource principal named {} was not found in the tenant.",
            audience_of(scope)
        );
        return Err(Problem::new(400, "invalid_resource", 500_011, &text));
    }
    let lifetime = *lock(&state.lifetime);
    let holder = Holder { tenant: tenant_id, client: state.client_id.clone() };
    Ok(json!({
        "token_type": "Bearer",
        "expires_in": seconds(state, lifetime),
        "ext_expires_in": seconds(state, lifetime),
        "access_token": state.tokens.issue_to(holder, &audience_of(scope), lifetime),
    }))
}

/// Scopes about the user, which clients send beside the one that counts.
const ABOUT_THE_USER: [&str; 4] = ["openid", "offline_access", "profile", "email"];

/// The one scope of a resource.
fn resource_scope(scopes: &str) -> Result<&str, Problem> {
    let mut of_resources =
        scopes.split(' ').filter(|scope| !scope.is_empty() && !ABOUT_THE_USER.contains(scope));
    let first = of_resources.next().unwrap_or(scopes);
    match of_resources.next() {
        None => Ok(first),
        Some(_) => {
            let text = format!(
                "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope {scopes} is not valid."
            );
            Err(Problem::new(400, "invalid_scope", 28000, &text))
        }
    }
}

/// A resource with a slash at its end is the same one, but not the other way round: Batch is known
/// with its slash only.
fn is_granted_by(granted: &str, scope: &str) -> bool {
    let with_slash = |granted: &str| {
        granted.strip_suffix("/.default").is_some_and(|resource| {
            !resource.ends_with('/') && scope.strip_suffix("//.default") == Some(resource)
        })
    };
    granted == scope || with_slash(granted)
}

fn seconds(state: &State, lifetime: Duration) -> Value {
    if *lock(&state.expires_in_as_text) {
        json!(lifetime.as_secs().to_string())
    } else {
        json!(lifetime.as_secs())
    }
}

fn authenticate(
    state: &State,
    form: &Form,
    client: &str,
    request: &Request,
) -> Result<(), Problem> {
    match (form.get("client_secret"), form.get("client_assertion")) {
        (Some(_), Some(_)) => Err(Problem::new(
            400,
            "invalid_request",
            90023,
            "The request presents more than one client credential.",
        )),
        (None, None) => Err(Problem::client(
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )),
        (Some(secret), None) if state.secrets.iter().any(|s| s == secret) => Ok(()),
        (Some(_), None) => Err(Problem::client(
            7_000_215,
            &format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'."
            ),
        )),
        (None, Some(assertion)) => {
            if form.need("client_assertion_type")? != ASSERTION_TYPE {
                return Err(Problem::new(
                    400,
                    "invalid_request",
                    90023,
                    "The value of 'client_assertion_type' is not supported.",
                ));
            }
            check_assertion(state, assertion, client, request)
        }
    }
}

fn check_assertion(
    state: &State,
    assertion: &str,
    client: &str,
    request: &Request,
) -> Result<(), Problem> {
    if lock(&state.assertions).contains(assertion) {
        return Ok(());
    }
    if state.certificates.is_empty() {
        return Err(Problem::client(
            700_213,
            "No matching federated identity record found for presented assertion subject.",
        ));
    }
    let host = request.header("host").unwrap_or_default();
    // The endpoint may stand behind a TLS proxy of the test, which this side cannot see.
    let audiences = ["http", "https"].map(|scheme| format!("{scheme}://{host}{}", request.path()));
    let expected =
        Expected { client_id: client, audiences: &audiences, certificates: &state.certificates };
    let id = verify(assertion, &expected)?;
    if lock(&state.seen_assertions).insert(id) {
        Ok(())
    } else {
        Err(Problem::client(50027, "The client assertion was used before (same jti)."))
    }
}
