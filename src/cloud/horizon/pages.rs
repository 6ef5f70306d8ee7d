//! Lists: all pages, each element once.

use std::collections::HashSet;
use std::time::SystemTime;

use serde_json::Value;

use super::Horizon;
use super::client::Call;
use crate::cloud::{Deadline, Error, Kind, Result};

/// Images, versions and copies on one page. The service's own default is 10; other clients ask for up
/// to 1000.
const PAGE: usize = 200;

/// How often a list that changes is read.
const PASSES: usize = 3;

/// More pages are a service that repeats itself.
const PAGES: usize = 1000;

/// What tells elements apart: a list that changes while it is read shows one twice.
type Key = fn(&Value) -> String;

/// By their ids.
fn by_id(element: &Value) -> String {
    element["id"].as_str().map_or_else(|| whole(element), str::to_owned)
}

/// By all that they say, where several have one id.
pub(super) fn whole(element: &Value) -> String {
    element.to_string()
}

/// A whole list.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) elements: Vec<Value>,
    /// The time of the service's clock when it answered first.
    pub(super) at: Option<SystemTime>,
    /// Whether it changed while it was read.
    changed: bool,
}

impl Horizon {
    /// All elements of a list, each once, and the time of the service's clock. A list without
    /// elements is a 404 of the service, 204, or an empty page. One that changes while it is read is
    /// read again: what moved to another page may have been missed.
    ///
    /// # Errors
    /// Those of [`Horizon::read`]; [`Kind::Unexpected`] about an answer that is not a page.
    pub(super) async fn list(&self, call: Call<'_>, deadline: &Deadline) -> Result<Listed> {
        self.list_by(by_id, call, deadline).await
    }

    /// The same of elements that are told apart by `key`.
    pub(super) async fn list_by(
        &self,
        key: Key,
        call: Call<'_>,
        deadline: &Deadline,
    ) -> Result<Listed> {
        let mut listed = self.pages(key, &call, deadline).await?;
        for _ in 1..PASSES {
            if !listed.changed {
                break;
            }
            listed = self.pages(key, &call, deadline).await?;
        }
        Ok(listed)
    }

    async fn pages(&self, key: Key, call: &Call<'_>, deadline: &Deadline) -> Result<Listed> {
        let mut listed = Listed::default();
        let (mut known, mut read) = (HashSet::new(), 0);
        let mut said: Option<Said> = None;
        for number in 0..PAGES {
            let page = call.clone().with("page", number.to_string()).with("size", PAGE.to_string());
            let body = self.page(&page, &mut listed.at, deadline).await?;
            let Some(content) = body["content"].as_array().filter(|content| !content.is_empty())
            else {
                // It is the end, unless there should have been more.
                listed.changed |= said.is_some_and(|said| said.tells_the_end());
                return Ok(listed);
            };
            let now = Said::read(&body);
            listed.changed |= said.is_some_and(|before| before.totals() != now.totals());
            read += content.len() as u64;
            let new = content.iter().filter(|element| known.insert(key(element)));
            listed.elements.extend(new.cloned());
            if now.is_last(number as u64, read) {
                let is_short = |count: u64| (known.len() as u64) < count;
                listed.changed |= now.elements.is_some_and(is_short);
                return Ok(listed);
            }
            said = Some(now);
        }
        let text = format!("the list does not end after {PAGES} pages");
        Err(Error::new(Kind::Unexpected, call.operation, text))
    }

    /// One page, or null if there is none.
    async fn page(
        &self,
        page: &Call<'_>,
        at: &mut Option<SystemTime>,
        deadline: &Deadline,
    ) -> Result<Value> {
        let response = self.answer(page, deadline).await?;
        let date = response.header("date").and_then(|date| httpdate::parse_http_date(date).ok());
        *at = at.or(date);
        if !response.status.is_success() {
            let error = self.error(page, &response);
            return if error.kind == Kind::NotFound { Ok(Value::Null) } else { Err(error) };
        }
        if response.status.as_u16() == 204 {
            return Ok(Value::Null);
        }
        let body: Value = serde_json::from_slice(response.json()).unwrap_or_default();
        if body["content"].is_array() {
            return Ok(body);
        }
        let text = format!("the answer is not a page of a list: {}", response.describe());
        Err(Error::new(Kind::Unexpected, page.operation, text))
    }
}

/// What a page says about the list. All of it is optional.
#[derive(Clone, Copy, Debug)]
struct Said {
    elements: Option<u64>,
    pages: Option<u64>,
    last: Option<bool>,
}

impl Said {
    fn read(body: &Value) -> Self {
        Self {
            elements: body["totalElements"].as_u64(),
            pages: body["totalPages"].as_u64(),
            last: body["last"].as_bool(),
        }
    }

    fn totals(self) -> (Option<u64>, Option<u64>) {
        (self.elements, self.pages)
    }

    fn tells_the_end(self) -> bool {
        self.elements.is_some() || self.pages.is_some() || self.last.is_some()
    }

    /// Whether this page, of that number, is the last one: all that it says has to agree. A list that
    /// says nothing ends with a page that is empty or missing, for a service may send fewer elements
    /// than it was asked for.
    fn is_last(self, number: u64, read: u64) -> bool {
        let told = [
            self.elements.map(|elements| read >= elements),
            self.pages.map(|pages| number + 1 >= pages),
            // It is derived from the number of pages.
            self.last.filter(|_| self.pages.is_none()),
        ];
        self.tells_the_end() && told.into_iter().flatten().all(|is_over| is_over)
    }
}
