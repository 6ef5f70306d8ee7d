//! The requests to a simulated service, in the order of arrival.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use percent_encoding::percent_decode_str;

/// One request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    /// Position among all requests since the start, counted from 1.
    pub number: usize,
    /// The verb.
    pub method: String,
    /// Path and query exactly as they were sent, still percent-encoded.
    pub target: String,
    /// Header names (lower case) and values, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body, with bytes that are not UTF-8 replaced.
    pub body: String,
    /// When the request had been read.
    pub at: Instant,
    /// The status of the answer; `None` while it is pending and when the connection was cut.
    pub status: Option<u16>,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.target)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        writeln!(f, "\n{}", self.body)
    }
}

impl Request {
    /// The first value of a header, by any spelling of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The path without the query, still percent-encoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The query without the question mark, still percent-encoded.
    #[must_use]
    pub fn raw_query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The query parameters, percent-decoded. A plus sign stays a plus sign.
    #[must_use]
    pub fn query(&self) -> Vec<(String, String)> {
        raw_pairs(self.raw_query()).into_iter().map(|(n, v)| (decode(n), decode(v))).collect()
    }

    /// The decoded value of the first query parameter of exactly this name.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query().into_iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The query parameters as a server reads them that takes a plus sign for a space.
    #[must_use]
    pub fn form_query(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.raw_query().as_bytes()).into_owned().collect()
    }

    /// The value of the first of [`Request::form_query`] with exactly this name.
    #[must_use]
    pub fn form_value(&self, name: &str) -> Option<String> {
        self.form_query().into_iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// The body as JSON; null when it is not JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The token after `Bearer `.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    }
}

/// Splits a raw query into names and values without decoding them.
pub(crate) fn raw_pairs(query: &str) -> Vec<(&str, &str)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect()
}

/// Percent-decodes; a plus sign is not a space here.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Locks, whatever happened to the thread that held the lock before.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The log and the count of requests under way.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: Vec<Request>,
    forgotten: usize,
    in_flight: usize,
    max_in_flight: usize,
}

impl Journal {
    pub(crate) fn enter(&mut self, mut request: Request) -> Request {
        request.number = self.forgotten + self.entries.len() + 1;
        self.entries.push(request.clone());
        self.in_flight += 1;
        self.max_in_flight = self.max_in_flight.max(self.in_flight);
        request
    }

    pub(crate) fn leave(&mut self, number: usize, status: Option<u16>) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let index = number.checked_sub(self.forgotten + 1);
        if let Some(entry) = index.and_then(|i| self.entries.get_mut(i)) {
            entry.status = status;
        }
    }

    pub(crate) fn entries(&self) -> Vec<Request> {
        self.entries.clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(crate) fn max_in_flight(&self) -> usize {
        self.max_in_flight
    }

    /// Forgets the log but not what is still under way.
    pub(crate) fn clear(&mut self) {
        self.forgotten += self.entries.len();
        self.entries.clear();
        self.max_in_flight = self.in_flight;
    }
}
