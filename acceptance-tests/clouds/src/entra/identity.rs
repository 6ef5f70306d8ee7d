//! The token endpoints around Entra ID: managed identities (IMDS, App Service) and the two CI
//! systems that hand out federated assertions (GitHub Actions, Azure DevOps).

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::state::State;
use super::{MANAGED_CLIENT_ID, MANAGED_OBJECT_ID, MANAGED_RESOURCE_ID};
use crate::shared::Reply;
use crate::shared::{Request, lock};

/// The audience of assertions that Entra ID exchanges.
const EXCHANGE: &str = "api://AzureADTokenExchange";

fn refuse(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(status, &json!({"error": error, "error_description": description}))
}

/// The audience for a v1 `resource`, if anything here answers to it. A missing or an additional
/// trailing slash is kept: it is the checking service that minds.
fn resource(state: &State, request: &Request) -> Result<String, Reply> {
    let resource = request.query_value("resource").filter(|r| !r.is_empty()).ok_or_else(|| {
        refuse(400, "invalid_request", "The query parameter 'resource' is missing")
    })?;
    let bare = |text: &str| text.trim_end_matches('/').to_owned();
    if state.scopes.iter().any(|s| bare(s.trim_end_matches(".default")) == bare(&resource)) {
        Ok(resource)
    } else {
        let text = format!(
            "AADSTS500011: The resource principal named {resource} was not found in the tenant."
        );
        Err(refuse(400, "invalid_resource", &text))
    }
}

/// A query parameter that names an identity, and the value it has for the one there is.
type Name = (&'static str, &'static str);

const IMDS_NAMES: [Name; 4] = [
    ("client_id", MANAGED_CLIENT_ID),
    ("object_id", MANAGED_OBJECT_ID),
    ("mi_res_id", MANAGED_RESOURCE_ID),
    // What MSAL and azidentity send.
    ("msi_res_id", MANAGED_RESOURCE_ID),
];

const APP_SERVICE_NAMES: [Name; 4] = [
    ("client_id", MANAGED_CLIENT_ID),
    ("object_id", MANAGED_OBJECT_ID),
    ("principal_id", MANAGED_OBJECT_ID),
    ("mi_res_id", MANAGED_RESOURCE_ID),
];

/// Whether the query names the identity there is, by one of `names`, or none at all.
fn is_known(request: &Request, names: &[Name]) -> bool {
    let query = request.query();
    let mut matches = query.iter().filter_map(|(name, value)| {
        let (_, ours) = names.iter().find(|(known, _)| known == name)?;
        Some(ours.eq_ignore_ascii_case(value))
    });
    matches.next().is_none_or(|first| first && matches.next().is_none())
}

/// App Service does not answer in the form of OAuth here.
fn no_such_identity() -> Reply {
    let text = "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.";
    let id = uuid::Uuid::new_v4().to_string();
    Reply::json(400, &json!({"statusCode": 400, "message": text, "correlationId": id}))
}

fn only(request: &Request, verb: &str) -> Result<(), Reply> {
    if request.method == verb {
        Ok(())
    } else {
        Err(refuse(405, "method_not_allowed", &format!("use {verb}")).header("allow", verb))
    }
}

fn version(request: &Request, wanted: &str) -> Result<(), Reply> {
    let versions: Vec<String> =
        request.query().into_iter().filter(|(n, _)| n == "api-version").map(|(_, v)| v).collect();
    if versions == [wanted] {
        Ok(())
    } else {
        let text = format!("The api-version {versions:?} is not supported; expected {wanted}");
        Err(refuse(400, "bad_request", &text))
    }
}

fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// `GET /metadata/identity/oauth2/token` of the instance metadata service.
pub(crate) fn imds(state: &State, request: &Request) -> Reply {
    let check = || {
        only(request, "GET")?;
        if request.header("metadata") != Some("true") {
            return Err(refuse(400, "invalid_request", "Required metadata header not specified"));
        }
        // The real service refuses forwarded requests, which also shows a client using a proxy.
        if request.header("x-forwarded-for").is_some() {
            return Err(refuse(400, "invalid_request", "Forwarded requests are not accepted"));
        }
        version(request, "2018-02-01")?;
        if !is_known(request, &IMDS_NAMES) {
            return Err(refuse(400, "invalid_request", "Identity not found"));
        }
        resource(state, request)
    };
    let resource = match check() {
        Ok(resource) => resource,
        Err(reply) => return reply,
    };
    let lifetime = *lock(&state.lifetime);
    let now = unix_now();
    Reply::json(
        200,
        &json!({
            "access_token": state.tokens.issue_to(state.managed(), &resource, lifetime),
            "client_id": MANAGED_CLIENT_ID,
            "expires_in": lifetime.as_secs().to_string(),
            "expires_on": (now + lifetime.as_secs()).to_string(),
            "ext_expires_in": lifetime.as_secs().to_string(),
            "not_before": now.to_string(),
            "resource": resource,
            "token_type": "Bearer",
        }),
    )
}

/// The endpoint that App Service and Functions give in `IDENTITY_ENDPOINT`.
pub(crate) fn app_service(state: &State, request: &Request) -> Reply {
    let check = || {
        only(request, "GET")?;
        if request.header("x-identity-header") != Some(state.identity_header.as_str()) {
            return Err(refuse(401, "unauthorized", "The X-IDENTITY-HEADER is missing or wrong"));
        }
        version(request, "2019-08-01")?;
        if !is_known(request, &APP_SERVICE_NAMES) {
            return Err(no_such_identity());
        }
        resource(state, request)
    };
    let resource = match check() {
        Ok(resource) => resource,
        Err(reply) => return reply,
    };
    let lifetime = *lock(&state.lifetime);
    Reply::json(
        200,
        &json!({
            "access_token": state.tokens.issue_to(state.managed(), &resource, lifetime),
            "client_id": MANAGED_CLIENT_ID,
            "expires_on": (unix_now() + lifetime.as_secs()).to_string(),
            "resource": resource,
            "token_type": "Bearer",
        }),
    )
}

/// A new assertion that the token endpoint will accept.
fn new_assertion(state: &State) -> String {
    let random = || uuid::Uuid::new_v4().simple().to_string();
    let assertion = format!("{}.{}.{}", random(), random(), random());
    lock(&state.assertions).insert(assertion.clone());
    assertion
}

fn bearer(request: &Request, wanted: &str) -> Result<(), Reply> {
    if request.bearer() == Some(wanted) {
        Ok(())
    } else {
        Err(refuse(401, "unauthorized", "The request token is missing or wrong"))
    }
}

/// `ACTIONS_ID_TOKEN_REQUEST_URL` of GitHub Actions.
pub(crate) fn github(state: &State, request: &Request) -> Reply {
    let check = || {
        only(request, "GET")?;
        bearer(request, &state.github_token)?;
        let query = request.query();
        let audiences: Vec<&str> =
            query.iter().filter(|(n, _)| n == "audience").map(|(_, v)| v.as_str()).collect();
        // What was in the URL already has to survive the adding of the audience.
        if request.query_value("api-version").as_deref() != Some("2.0") {
            return Err(refuse(400, "bad_request", "The api-version of the request URL is gone"));
        }
        if audiences != [EXCHANGE] {
            let text = format!("Exactly one audience {EXCHANGE} is expected, got {audiences:?}");
            return Err(refuse(400, "bad_request", &text));
        }
        Ok(())
    };
    match check() {
        Err(reply) => reply,
        Ok(()) => {
            let value = new_assertion(state);
            Reply::json(200, &json!({"count": value.len(), "value": value}))
        }
    }
}

/// `SYSTEM_OIDCREQUESTURI` of Azure Pipelines.
pub(crate) fn azure_devops(state: &State, request: &Request) -> Reply {
    let problem = |text: String| {
        let body: Value =
            json!({"$id": "1", "message": text, "typeKey": "ArgumentException", "errorCode": 0});
        Reply::json(400, &body)
    };
    let check = || {
        only(request, "POST")?;
        bearer(request, &state.ado_token)?;
        version(request, "7.1")?;
        let connection = request.query_value("serviceConnectionId");
        if connection.as_deref() != Some(state.ado_connection.as_str()) {
            return Err(problem(format!("Service connection {connection:?} was not found")));
        }
        match request.query_value("audience") {
            Some(audience) if audience != EXCHANGE => {
                Err(problem(format!("The audience {audience} is not allowed")))
            }
            _ => Ok(()),
        }
    };
    match check() {
        Err(reply) => reply,
        Ok(()) => Reply::json(200, &json!({"oidcToken": new_assertion(state)})),
    }
}
