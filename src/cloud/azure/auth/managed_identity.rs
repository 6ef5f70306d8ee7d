//! The managed identity of the machine or service that this runs on, whose endpoint only it can
//! reach.

use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Request, StatusCode, Url};

use super::identity::client_id;
use super::{Settings, response};
use crate::cloud::endpoint::{self, Allowed};
use crate::cloud::http::{Http, Response, Retry, RetryPolicy};
use crate::cloud::text::filled;
use crate::cloud::token::{OPERATION, Token};
use crate::cloud::{Deadline, Error, Result};
use crate::secret::Secret;

/// The instance metadata service of a virtual machine.
const IMDS: &str = "http://169.254.169.254/metadata/identity/oauth2/token";
const IMDS_VERSION: &str = "2018-02-01";
const APP_SERVICE_VERSION: &str = "2019-08-01";

/// While the metadata service is updated it responds with 410, for at most this long.
const UPDATE: Duration = Duration::from_secs(70);

/// The service is local: if it does not respond at once, there is none.
const RETRY: RetryPolicy = RetryPolicy {
    attempts: 5,
    attempt: Duration::from_secs(10),
    first: Duration::from_secs(1),
    longest: Duration::from_secs(30),
};

/// The URL and the header of the request.
struct Service {
    url: Url,
    version: &'static str,
    header: (HeaderName, HeaderValue),
}

pub(super) async fn token(
    http: &Http,
    settings: &Settings,
    scope: &str,
    deadline: &Deadline,
) -> Result<Token> {
    let Service { mut url, version, header } = service(settings)?;
    let client = client_id(settings, deadline).await?;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("api-version", version);
        // The services of the first version of the protocol take resources, not scopes.
        query.append_pair("resource", scope.strip_suffix("/.default").unwrap_or(scope));
        if let Some(client) = &client {
            query.append_pair("client_id", client);
        }
    }
    let make = async |_| {
        let mut request = Request::new(Method::GET, url.clone());
        request.headers_mut().insert(header.0.clone(), header.1.clone());
        Ok(request)
    };
    let response = http.send(OPERATION, deadline, RETRY, make, should_retry).await;
    response.and_then(|response| response::token(&response)).map_err(|error| {
        let message = format!("the managed identity gave no token: {}", error.message);
        Error { message, ..error }
    })
}

fn should_retry(response: &Response) -> Retry {
    match response.status {
        StatusCode::GONE => Retry::After(response::refusal(response), UPDATE),
        // Not available yet, right after the machine has started.
        StatusCode::NOT_FOUND => Retry::Yes(response::refusal(response)),
        _ => response::should_retry(response),
    }
}

fn service(settings: &Settings) -> Result<Service> {
    let metadata = || (HeaderName::from_static("metadata"), HeaderValue::from_static("true"));
    if let Some(text) = filled(settings.msi_endpoint.as_deref()) {
        let url = endpoint("msi_endpoint", text)?;
        return Ok(Service { url, version: IMDS_VERSION, header: metadata() });
    }
    let platform = &settings.platform;
    let in_app_service = filled(platform.identity_endpoint.as_deref());
    if let (Some(text), Some(secret)) = (in_app_service, &platform.identity_header) {
        let url = endpoint("use_msi", text)?;
        let header = (HeaderName::from_static("x-identity-header"), secret_value(secret)?);
        return Ok(Service { url, version: APP_SERVICE_VERSION, header });
    }
    Ok(Service { url: endpoint("msi_endpoint", IMDS)?, version: IMDS_VERSION, header: metadata() })
}

fn secret_value(secret: &Secret) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(secret.expose().trim()).map_err(|_| {
        let text = "IDENTITY_HEADER holds characters that no header may hold";
        Error::setting(OPERATION, "use_msi", text)
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A loopback, link-local or https address. It may have a query: App Service's does.
pub(super) fn endpoint(setting: &'static str, text: &str) -> Result<Url> {
    let allowed = Allowed { no_scheme: false, link_local: true, query: true };
    endpoint::parse(text, allowed).map_err(|why| Error::setting(OPERATION, setting, why))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::super::settings::Platform;
    use super::*;

    #[test]
    fn a_machine_asks_its_metadata_service_unless_told_otherwise() {
        let given = Some("http://127.0.0.1:4001/token".to_owned());
        let platform = Platform {
            identity_endpoint: Some("http://169.254.129.4:8081/msi/token".into()),
            identity_header: Some("key of the pasture".into()),
            ..Platform::default()
        };
        let in_app_service = Settings { platform, ..Settings::default() };
        let both = Settings { msi_endpoint: given, ..in_app_service.clone() };
        for (settings, url) in [
            (Settings::default(), IMDS),
            (in_app_service, "http://169.254.129.4:8081/msi/token"),
            (both, "http://127.0.0.1:4001/token"),
        ] {
            assert_eq!(service(&settings).unwrap().url.as_str(), url);
        }
    }

    #[test]
    fn a_metadata_service_that_is_updated_is_given_its_time() {
        let response = |status: u16| Response {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            url: Url::parse(IMDS).unwrap(),
            attempts: 1,
        };
        assert!(matches!(should_retry(&response(410)), Retry::After(_, UPDATE)));
        for status in [404, 429, 500, 503] {
            assert!(matches!(should_retry(&response(status)), Retry::Yes(_)), "{status}");
        }
        for status in [200, 400, 403] {
            assert!(matches!(should_retry(&response(status)), Retry::No), "{status}");
        }
    }
}
