//! The data plane of Azure Batch: which images pools may use, and with which node agent.
//!
//! One operation, [List Supported Images][doc]. Azure Resource Manager has no counterpart, so this
//! client speaks to the account's own endpoint, with the account's key or with a token.
//!
//! [doc]: https://learn.microsoft.com/rest/api/batchservice/account/list-supported-images

pub mod endpoint;
pub mod error;
pub mod image;
pub mod order;
mod page;
pub mod query;
pub mod shared_key;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, Request, Url};
use uuid::Uuid;

pub use endpoint::Endpoint;
pub use error::Cause;
pub use image::{EndOfLife, Image};
pub use query::Query;
pub use shared_key::SharedKey;

use super::auth::Login;
use crate::cloud::authorized::{self, Origins};
use crate::cloud::http::{Http, Response, RetryPolicy};
use crate::cloud::{Deadline, Error, Kind, Result};

/// The operation's name in the service's definition up to 2024-07-01.20.0.
const OPERATION: &str = "ListSupportedImages";

/// A whole list is below a hundred images, so even pages of one image stay far below this.
const MOST_PAGES: usize = 1000;

/// A client of one Batch account.
#[derive(Debug)]
pub struct Client {
    endpoint: Endpoint,
    credential: Credential,
    http: Arc<Http>,
}

/// The credential for the account.
#[derive(Clone)]
pub enum Credential {
    /// The account's key.
    SharedKey(SharedKey),
    /// A token from Entra ID.
    Entra(Arc<Login>),
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SharedKey(_) => "SharedKey",
            Self::Entra(_) => "Entra",
        })
    }
}

/// The result of a list request.
#[derive(Clone, Debug, Default)]
pub struct SearchResult {
    /// The images, in the service's order, without those that could not be understood at all.
    pub images: Vec<Image>,
    /// Warnings about some of them, safe to show to a user.
    pub warnings: Vec<String>,
}

impl Client {
    /// A client of the account at `endpoint`. Nothing is sent yet.
    #[must_use]
    pub fn new(http: Arc<Http>, endpoint: Endpoint, credential: Credential) -> Self {
        Self { endpoint, credential, http }
    }

    /// All images that match `query`, from all pages.
    ///
    /// # Errors
    /// Those of the service, see [`error`]; those of the login and of `deadline`; and
    /// [`Kind::Invalid`] when a page links to another address. If one page fails, all do.
    pub async fn supported_images(
        &self,
        deadline: &Deadline,
        query: &Query,
    ) -> Result<SearchResult> {
        let mut listing = SearchResult::default();
        let mut url = query.url(self.endpoint.url())?;
        let mut seen = HashSet::from([url.to_string()]);
        for number in 1..=MOST_PAGES {
            let response = self.get(deadline, &url).await?;
            let page = page::read(&response)?;
            let images = page.images.len();
            tracing::debug!(operation = OPERATION, page = number, images, "read a page");
            listing.images.extend(page.images);
            listing.warnings.extend(page.warnings);
            let Some(link) = page.next_link else { return Ok(listing) };
            url = page::follow(&link, self.endpoint.url(), &query.api_version)?;
            if !seen.insert(url.to_string()) {
                let text = format!("page {number} points back to a page that was read already");
                return Err(Error::new(Kind::Unexpected, OPERATION, text));
            }
        }
        let text = format!("the list does not end after {MOST_PAGES} pages");
        Err(Error::new(Kind::Unexpected, OPERATION, text))
    }

    /// One page.
    async fn get(&self, deadline: &Deadline, url: &Url) -> Result<Response> {
        let client_request_id = Mutex::new(String::new());
        let make = async |_| self.request(url, &client_request_id);
        let (http, retry) = (&*self.http, RetryPolicy::default());
        let outcome = match &self.credential {
            Credential::SharedKey(_) => {
                http.send(OPERATION, deadline, retry, make, error::should_retry).await
            }
            Credential::Entra(login) => {
                let scope = &login.environment().batch_scope;
                let origins = Origins::One(self.endpoint.url().clone());
                authorized::Client::new(self.http.clone(), login.tokens(), scope, origins)
                    .send(OPERATION, deadline, retry, make, error::should_retry)
                    .await
            }
        };
        let id = client_request_id.into_inner().unwrap_or_else(PoisonError::into_inner);
        let response = outcome.and_then(error::check);
        let response = response.map_err(|error| error.fact("client-request-id", &*id))?;
        tracing::debug!(
            operation = OPERATION,
            client_request_id = id,
            request_id = response.header("request-id").unwrap_or_default(),
            "answered",
        );
        Ok(response)
    }

    /// The request of one attempt, with an id and a date of its own.
    fn request(&self, url: &Url, client_request_id: &Mutex<String>) -> Result<Request> {
        let mut request = Request::new(Method::GET, url.clone());
        let id = Uuid::new_v4().to_string();
        tracing::debug!(operation = OPERATION, client_request_id = id, "asking the account");
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(HeaderName::from_static("client-request-id"), text(&id)?);
        headers.insert("return-client-request-id", HeaderValue::from_static("true"));
        *client_request_id.lock().unwrap_or_else(PoisonError::into_inner) = id;
        if let Credential::SharedKey(key) = &self.credential {
            let date = httpdate::fmt_http_date(SystemTime::now());
            headers.insert(HeaderName::from_static("ocp-date"), text(&date)?);
            let signature = key.sign(url, &date);
            let mut authorization =
                text(&format!("SharedKey {}:{}", key.account_name(), signature.expose()))?;
            authorization.set_sensitive(true);
            headers.insert(AUTHORIZATION, authorization);
        }
        Ok(request)
    }
}

fn text(value: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(value).map_err(|_| {
        let text = "the account's name holds characters that no header may hold";
        Error::setting(OPERATION, "account_name", text)
    })
}

#[cfg(test)]
mod tests;
