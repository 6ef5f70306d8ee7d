//! Lists that come in pages.

use std::collections::HashSet;

use reqwest::{Method, Url};
use serde_json::Value;

use super::Arm;
use super::client::{Call, RequestClass, correlation};
use super::resource::text;
use crate::cloud::{Deadline, Error, Kind, Result};

impl Arm {
    /// All elements of the list at `path`, page after page. A page may be empty and not the last.
    ///
    /// # Errors
    /// The service's refusal; [`Kind::Unexpected`] if it sends in circles or to another host,
    /// where nothing is sent.
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
            if let Some(Value::Array(more)) = page.get("value") {
                elements.extend(more.iter().cloned());
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
