//! Federated tokens of other issuers for an application: given, in a file, or requested from the
//! pipeline that this runs in.

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use reqwest::{Request, Url};

use super::identity::{lacking, oidc_token};
use super::{Method, Settings, response};
use crate::cloud::endpoint::{self, Allowed};
use crate::cloud::http::{Http, RetryPolicy};
use crate::cloud::text::filled;
use crate::cloud::token::OPERATION;
use crate::cloud::{Deadline, Error, Result};
use crate::secret::Secret;

/// The audience of the token.
const AUDIENCE: &str = "api://AzureADTokenExchange";

/// The setting with the URL of the request.
const URL: &str = "oidc_request_url";

/// The version of Azure DevOps' operation.
const ADO_API_VERSION: &str = "7.1";

/// The token for `method`, which is one of the three that need one.
pub(super) async fn token(
    http: &Http,
    settings: &Settings,
    method: Method,
    deadline: &Deadline,
) -> Result<Secret> {
    match method {
        Method::AdoPipeline => {
            let connection = settings.ado_pipeline_service_connection_id.as_deref();
            let connection =
                filled(connection).ok_or_else(|| lacking("ado_pipeline_service_connection_id"))?;
            let parameters = [
                ("api-version", ADO_API_VERSION),
                ("serviceConnectionId", connection),
                ("audience", AUDIENCE),
            ];
            let url = request_url(settings, &parameters)?;
            ask(http, settings, (reqwest::Method::POST, url), "oidcToken", deadline).await
        }
        Method::GitHub => {
            let url = request_url(settings, &[("audience", AUDIENCE)])?;
            ask(http, settings, (reqwest::Method::GET, url), "value", deadline).await
        }
        _ => oidc_token(settings, deadline).await,
    }
}

/// The URL that the pipeline was given, with the parameters that it lacks.
fn request_url(settings: &Settings, parameters: &[(&str, &str)]) -> Result<Url> {
    let text = filled(settings.oidc_request_url.as_deref()).ok_or_else(|| lacking(URL))?;
    let mut url = address(text)?;
    for (name, value) in parameters {
        if !url.query_pairs().any(|(own, _)| own.eq_ignore_ascii_case(name)) {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    Ok(url)
}

/// The address itself, to which the request token may be sent.
pub(super) fn address(text: &str) -> Result<Url> {
    let allowed = Allowed { query: true, ..Allowed::default() };
    endpoint::parse(text, allowed).map_err(|why| Error::setting(OPERATION, URL, why))
}

/// Requests the token, which is `field` of the response.
async fn ask(
    http: &Http,
    settings: &Settings,
    (method, url): (reqwest::Method, Url),
    field: &str,
    deadline: &Deadline,
) -> Result<Secret> {
    const SETTING: &str = "oidc_request_token";
    let proof = settings.oidc_request_token.as_ref().ok_or_else(|| lacking(SETTING))?;
    let mut bearer =
        HeaderValue::from_str(&format!("Bearer {}", proof.expose().trim())).map_err(|_| {
            Error::setting(OPERATION, SETTING, "holds characters that no header may hold")
        })?;
    bearer.set_sensitive(true);
    let make = async |_| {
        let mut request = Request::new(method.clone(), url.clone());
        let posts = *request.method() == reqwest::Method::POST;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(AUTHORIZATION, bearer.clone());
        if posts {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(request)
    };
    let token = async {
        let response = http
            .send(OPERATION, deadline, RetryPolicy::default(), make, response::should_retry)
            .await?;
        let body = response::object(&response)?;
        let token = body[field].as_str().filter(|text| !text.is_empty());
        token.map(Secret::from).ok_or_else(|| response::without(&response, field))
    };
    token.await.map_err(|error| {
        let message = format!("the pipeline gave no token: {}", error.message);
        Error { message, ..error }
    })
}
