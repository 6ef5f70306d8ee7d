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

/// A list that is read page by page.
#[derive(Debug)]
pub struct Pages<'a> {
    arm: &'a Arm,
    operation: &'static str,
    path: String,
    api_version: &'static str,
    correlation: String,
    /// The next page, if there is one.
    next: Option<Url>,
    seen: HashSet<Url>,
}

impl Arm {
    /// The list at `path`.
    pub fn pages(
        &self,
        operation: &'static str,
        path: String,
        api_version: &'static str,
    ) -> Pages<'_> {
        let next = Some(self.url(&path, api_version));
        let (correlation, seen) = (correlation(), HashSet::new());
        Pages { arm: self, operation, path, api_version, correlation, next, seen }
    }
}

impl Pages<'_> {
    /// The elements of the next page, or none after the last. A page may be empty and not the last.
    ///
    /// # Errors
    /// The service's refusal; [`Kind::Unexpected`] if the links form a cycle or lead to another
    /// host, to which nothing is sent.
    pub async fn next(&mut self, deadline: &Deadline) -> Result<Option<Vec<Value>>> {
        let Some(url) = self.next.take() else { return Ok(None) };
        let (operation, method, body) = (self.operation, Method::GET, None);
        let (correlation, resource) = (self.correlation.as_str(), self.path.as_str());
        let call = Call { operation, method, url: url.clone(), body, correlation, resource };
        let mut page = self.arm.read(&call, RequestClass::Read, deadline).await?;
        let elements = match page.get_mut("value").map(Value::take) {
            Some(Value::Array(elements)) => elements,
            Some(Value::Null) => Vec::new(),
            // To take it for an empty page would hide images.
            _ => return Err(self.arm.about(&call, no_page(operation, &page))),
        };
        let Some(next) = text(page.get("nextLink")) else { return Ok(Some(elements)) };
        self.seen.insert(url);
        let broken = |why: String| {
            let text = format!("the next page of the list cannot be fetched: {why}");
            self.arm.about(&call, Error::new(Kind::Unexpected, operation, text))
        };
        let next = self.arm.given(next, self.api_version).map_err(broken)?;
        if self.seen.contains(&next) {
            return Err(broken("its address is that of an earlier page".to_owned()));
        }
        self.next = Some(next);
        Ok(Some(elements))
    }
}

/// The error about a document that is not a page of a list: what it says if it is an error itself.
fn no_page(operation: &'static str, document: &Value) -> Error {
    if is_error_only(document) {
        return of_reasons(Kind::Unexpected, operation, &reasons(document));
    }
    let text = format!("the answer is not a page of a list: it has no `value`: {document}");
    Error::new(Kind::Unexpected, operation, excerpt(&text, 300))
}
