//! What a client asks before it logs in: which endpoints a tenant has, and whether the authority
//! is one that it may trust.

use serde_json::{Value, json};

use super::problem::Problem;
use super::state::State;
use crate::shared::{Reply, Request};

/// The path of instance discovery, which is the same for all tenants.
pub(crate) const INSTANCE: &str = "/common/discovery/instance";

/// Names that stand for any tenant in a path.
const ANY_TENANT: [&str; 3] = ["common", "organizations", "consumers"];

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`
pub(crate) fn openid(state: &State, tenant: &str, request: &Request) -> Reply {
    let any = ANY_TENANT.iter().any(|name| name.eq_ignore_ascii_case(tenant));
    let id = match state.tenant(tenant) {
        Some(id) => id,
        // The issuer is a template then, which the tenant of a token completes.
        None if any => "{tenantid}".to_owned(),
        None => return Problem::no_such_tenant("invalid_tenant", tenant).reply(),
    };
    let origin = request.origin();
    let here = format!("{origin}/{tenant}");
    Reply::json(
        200,
        &json!({
            "token_endpoint": format!("{here}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
            "jwks_uri": format!("{here}/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": format!("{origin}/{id}/v2.0"),
            "request_uri_parameter_supported": false,
            "authorization_endpoint": format!("{here}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("{here}/oauth2/v2.0/devicecode"),
            "end_session_endpoint": format!("{here}/oauth2/v2.0/logout"),
            "tenant_region_scope": "NA",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
            "rbac_url": "https://pas.windows.net",
        }),
    )
}

/// `GET /common/discovery/instance`
pub(crate) fn instance(request: &Request) -> Reply {
    let version = request.query_value("api-version");
    let known = matches!(version.as_deref(), None | Some("1.0" | "1.1"));
    let asked = request.query_value("authorization_endpoint").unwrap_or_default();
    let host = request.header("host").unwrap_or_default();
    let Some((authority, tenant)) = authority(&asked).filter(|_| known) else {
        let name = if known { "authorization_endpoint" } else { "api-version" };
        let text = format!("The parameter '{name}' is missing from the request or wrong.");
        return Problem::new(400, "invalid_request", 90_014, &text).reply();
    };
    let clouds = clouds(host);
    if !clouds.iter().flatten().any(|name| name.eq_ignore_ascii_case(&authority)) {
        return Problem::new(400, "invalid_instance", 50_049, "Unknown or invalid instance.")
            .reply();
    }
    let scheme = if authority == host { request.scheme() } else { "https" };
    let metadata: Vec<Value> = clouds
        .iter()
        .map(|names| {
            json!({
                "preferred_network": names[0],
                "preferred_cache": names.get(1).unwrap_or(&names[0]),
                "aliases": names,
            })
        })
        .collect();
    Reply::json(
        200,
        &json!({
            "tenant_discovery_endpoint":
                format!("{scheme}://{authority}/{tenant}/v2.0/.well-known/openid-configuration"),
            "api-version": version.unwrap_or_else(|| "1.0".to_owned()),
            "metadata": metadata,
        }),
    )
}

/// Host (with its port) and tenant of an authorization endpoint.
fn authority(endpoint: &str) -> Option<(String, String)> {
    let (_, rest) = endpoint.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let tenant = path.split('/').next().filter(|tenant| !tenant.is_empty())?;
    Some((host.to_owned(), tenant.to_owned()))
}

/// The hosts of each cloud, those that share a cache of tokens together.
fn clouds(here: &str) -> [Vec<&str>; 4] {
    [
        vec![here],
        vec![
            "login.microsoftonline.com",
            "login.windows.net",
            "login.microsoft.com",
            "sts.windows.net",
        ],
        vec!["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
        vec!["login.microsoftonline.us", "login.usgovcloudapi.net"],
    ]
}
