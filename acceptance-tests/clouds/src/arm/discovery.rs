//! What Resource Manager tells about itself: the endpoints of its cloud, and the subscriptions
//! that a token can see.

use serde_json::{Value, json};

use super::errors::error;
use super::state::{State, base};
use super::version;
use crate::shared::{Reply, Request, lock};

/// `GET /metadata/endpoints`, which needs no token.
pub(crate) fn metadata(state: &State, request: &Request) -> Result<Reply, Reply> {
    let version = version::of(request)?;
    let here = base(&lock(&state.store), request);
    let cloud = json!({
        "name": "AzureCloud",
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": *lock(&state.login),
            "audiences": state.audiences,
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "resourceManager": format!("{here}/"),
        "batch": "https://batch.core.windows.net/",
        "graph": "https://graph.windows.net/",
        "graphAudience": "https://graph.windows.net/",
        "microsoftGraphResourceId": "https://graph.microsoft.com/",
        "suffixes": {
            "storage": "core.windows.net",
            "keyVaultDns": "vault.azure.net",
            "sqlServerHostname": "database.windows.net",
            "acrLoginServer": "azurecr.io",
        },
    });
    // Until then it listed all clouds.
    let body = if version.as_str() < "2022" { json!([cloud]) } else { cloud };
    Ok(Reply::json(200, &body))
}

/// `GET /subscriptions`: those of the tenant that the token is from.
pub(crate) fn subscriptions(state: &State, request: &Request) -> Reply {
    let known = lock(&state.subscriptions);
    let visible = state.is_of_our_tenant(request);
    let value: Vec<Value> =
        known.keys().filter(|_| visible).map(|id| subscription(state, id)).collect();
    let count = json!({"type": "Total", "value": value.len()});
    Reply::json(200, &json!({"value": value, "count": count}))
}

/// A subscription as the service shows it.
pub(crate) fn subscription(state: &State, id: &str) -> Value {
    json!({
        "id": format!("/subscriptions/{id}"),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": id,
        "tenantId": state.tenant,
        "displayName": "Made-up subscription",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    })
}

impl State {
    /// Whether the request's token is from the tenant that has the subscriptions. A token that
    /// does not say is.
    pub(crate) fn is_of_our_tenant(&self, request: &Request) -> bool {
        let holder = request.bearer().and_then(|token| self.tokens.holder(token));
        holder.is_none_or(|holder| holder.tenant.eq_ignore_ascii_case(&self.tenant))
    }

    /// Refuses a token of another tenant.
    pub(crate) fn check_tenant(&self, request: &Request) -> Result<(), Reply> {
        if self.is_of_our_tenant(request) {
            return Ok(());
        }
        let holder = request.bearer().and_then(|token| self.tokens.holder(token));
        let theirs = holder.map(|holder| holder.tenant).unwrap_or_default();
        let ours = &self.tenant;
        let login = lock(&self.login).clone();
        let text = format!(
            "The access token is from the wrong issuer 'https://sts.windows.net/{theirs}/'. It must match the tenant 'https://sts.windows.net/{ours}/' associated with this subscription. Please use the authority (URL) '{login}/{ours}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour)."
        );
        let challenge = format!(
            "Bearer authorization_uri=\"{login}/{ours}\", error=\"invalid_token\", error_description=\"The access token is from the wrong issuer.\""
        );
        Err(error(401, "InvalidAuthenticationTokenTenant", &text)
            .header("www-authenticate", challenge))
    }
}
