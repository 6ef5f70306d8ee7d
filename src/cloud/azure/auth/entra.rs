//! Entra ID's token endpoint, for applications.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Url};
use url::form_urlencoded;

use super::super::environments::Environment;
use super::assertion::Reader;
use super::response;
use crate::cloud::http::{Http, RetryPolicy};
use crate::cloud::token::{OPERATION, Token};
use crate::cloud::{Deadline, Error, Result};
use crate::secret::Secret;

/// The type of a client assertion, signed or federated.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The token endpoint of one directory.
#[derive(Debug)]
pub(super) struct Authority {
    pub(super) token_url: Url,
    pub(super) reader: Reader,
}

/// The name that AD FS has in place of a tenant, or as the path of its address.
const ADFS: &str = "adfs";

/// The credential of an application.
#[derive(Debug)]
pub(super) enum Proof {
    Secret(Secret),
    Assertion(Secret),
}

/// A request for a token.
#[derive(Debug)]
pub(super) struct Request<'r> {
    pub(super) client_id: String,
    pub(super) proof: Proof,
    pub(super) scope: &'r str,
    pub(super) claims: Option<&'r str>,
}

impl Authority {
    pub(super) fn new(environment: &Environment, tenant_id: &str) -> Result<Self> {
        let mut token_url = environment.login.clone();
        let mut names = environment.login.path().split('/').chain([tenant_id.trim()]);
        let reader = match names.any(|name| name.eq_ignore_ascii_case(ADFS)) {
            true => Reader::AdFs,
            false => Reader::Entra,
        };
        let segments = [tenant_id, "oauth2", "v2.0", "token"];
        match token_url.path_segments_mut() {
            Ok(mut path) => path.pop_if_empty().extend(segments),
            Err(()) => {
                let text = "is not an address that paths can be added to";
                let setting = "active_directory_authority_host";
                return Err(Error::setting(OPERATION, setting, text));
            }
        };
        Ok(Self { token_url, reader })
    }

    /// Requests a token. The request changes nothing, so it may be repeated.
    pub(super) async fn token(
        &self,
        http: &Http,
        request: &Request<'_>,
        deadline: &Deadline,
    ) -> Result<Token> {
        let form = request.form();
        let make = async |_| {
            let mut post = reqwest::Request::new(Method::POST, self.token_url.clone());
            let headers = post.headers_mut();
            headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
            let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(CONTENT_TYPE, kind);
            *post.body_mut() = Some(form.clone().into());
            Ok(post)
        };
        http.send(OPERATION, deadline, RetryPolicy::default(), make, response::should_retry)
            .await
            .and_then(|response| response::token(&response))
    }
}

impl Request<'_> {
    fn form(&self) -> String {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.client_id)
            .append_pair("scope", self.scope);
        match &self.proof {
            Proof::Secret(secret) => form.append_pair("client_secret", secret.expose()),
            Proof::Assertion(token) => form
                .append_pair("client_assertion_type", JWT_BEARER)
                .append_pair("client_assertion", token.expose()),
        };
        if let Some(claims) = self.claims {
            form.append_pair("claims", claims);
        }
        form.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::environments::Choice;
    use super::*;

    #[test]
    fn adfs_is_known_by_its_tenant_or_its_path() {
        for (host, tenant, reader) in [
            ("login.meadow.example", "meadow", Reader::Entra),
            ("login.meadow.example", "ADFS", Reader::AdFs),
            ("https://login.meadow.example/adfs/", "meadow", Reader::AdFs),
            ("adfs.meadow.example", "meadow", Reader::Entra),
        ] {
            let choice =
                Choice { active_directory_authority_host: Some(host), ..Choice::default() };
            let environment = Environment::new(choice).unwrap();
            let authority = Authority::new(&environment, tenant).unwrap();
            assert_eq!(authority.reader, reader, "{host} {tenant}");
        }
    }
}
