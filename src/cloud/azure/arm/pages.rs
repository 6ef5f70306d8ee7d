//! Lists that come in pages.

use std::collections::HashSet;

use reqwest::{Method, Url};
use serde_json::Value;

use super::Arm;
use super::client::{Call, RequestClass, correlation};
use super::error::{is_error_only, of_reasons, reasons};
use crate::cloud::json::text;
use crate::cloud::{Deadline, Error, Kind, Result};
use crate::secret::excerpt;

impl Arm {
    /// All elements of the list at `path`, page after page. A page may be empty and not the last.
    ///
    /// # Errors
    /// The service's refusal; [`Kind::Unexpected`] if the links form a cycle or lead to another
    /// host, to which nothing is sent.
    pub async fn list(
        &self,
        operation: &'static str,
        path: &str,
        api_version: &str,
        deadline: &Deadline,
    ) -> Result<Vec<Value>> {
        let correlation = correlation();
        let mut url = self.url(path, api_version);
        let mut seen: HashSet<Url> = HashSet::new();
        let mut elements = Vec::new();
        loop {
            let (method, body) = (Method::GET, None);
            let (correlation, resource) = (correlation.as_str(), path);
            let call = Call { operation, method, url: url.clone(), body, correlation, resource };
            let page = self.read(&call, RequestClass::Read, deadline).await?;
            match page.get("value") {
                Some(Value::Array(more)) => elements.extend(more.iter().cloned()),
                Some(Value::Null) => {}
                // To take it for an empty page would hide images.
                _ => return Err(self.about(&call, no_page(operation, &page))),
            }
            let Some(next) = text(page.get("nextLink")) else { return Ok(elements) };
            seen.insert(url);
            let broken = |why: String| {
                let text = format!("the next page of the list cannot be fetched: {why}");
                self.about(&call, Error::new(Kind::Unexpected, operation, text))
            };
            url = self.given(next, api_version).map_err(broken)?;
            if seen.contains(&url) {
                return Err(broken("its address is that of an earlier page".to_owned()));
            }
        }
    }
}

/// The error about a document that is no page of a list: what it says if it is an error itself.
fn no_page(operation: &'static str, document: &Value) -> Error {
    if is_error_only(document) {
        return of_reasons(Kind::Unexpected, operation, &reasons(document));
    }
    let text = format!("the answer is no page of a list: it has no `value`: {document}");
    Error::new(Kind::Unexpected, operation, excerpt(&text, 300))
}
