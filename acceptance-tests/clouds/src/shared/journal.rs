//! The requests to a simulated service, in the order of arrival.

use std::collections::VecDeque;
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
    /// Whether it came over TLS.
    pub secure: bool,
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

    /// `http` or `https`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }

    /// The origin that the client used, without a trailing slash.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme(), self.header("host").unwrap_or_default())
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

/// How many entries there are at most: more than a test looks at, and less than would fill the
/// memory of a service that runs for days.
pub(crate) const KEPT: usize = 8000;

/// The log and the count of requests under way.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<Request>,
    /// How many came before the first entry.
    before: usize,
    /// How many of these were dropped for being old, and not because a test forgot them.
    dropped: usize,
    in_flight: usize,
    max_in_flight: usize,
}

impl Journal {
    pub(crate) fn enter(&mut self, mut request: Request) -> Request {
        request.number = self.before + self.entries.len() + 1;
        self.entries.push_back(request.clone());
        if self.entries.len() > KEPT {
            self.entries.pop_front();
            self.before += 1;
            self.dropped += 1;
        }
        self.in_flight += 1;
        self.max_in_flight = self.max_in_flight.max(self.in_flight);
        request
    }

    pub(crate) fn leave(&mut self, number: usize, status: Option<u16>) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let index = number.checked_sub(self.before + 1);
        if let Some(entry) = index.and_then(|i| self.entries.get_mut(i)) {
            entry.status = status;
        }
    }

    pub(crate) fn entries(&self) -> Vec<Request> {
        self.entries.iter().cloned().collect()
    }

    /// All requests, those that were dropped as well.
    pub(crate) fn count(&self) -> usize {
        self.dropped + self.entries.len()
    }

    pub(crate) fn dropped(&self) -> usize {
        self.dropped
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(crate) fn max_in_flight(&self) -> usize {
        self.max_in_flight
    }

    /// Forgets the log but not what is still under way.
    pub(crate) fn clear(&mut self) {
        self.before += self.entries.len();
        self.dropped = 0;
        self.entries.clear();
        self.max_in_flight = self.in_flight;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            number: 0,
            method: "GET".to_owned(),
            target: "/".to_owned(),
            secure: false,
            headers: vec![("host".to_owned(), "127.0.0.1:1".to_owned())],
            body: String::new(),
            at: Instant::now(),
            status: None,
        }
    }

    #[test]
    fn old_entries_are_dropped_and_counted() {
        let mut journal = Journal::default();
        for _ in 0..KEPT + 3 {
            journal.enter(request());
        }
        let entries = journal.entries();
        assert_eq!(
            (entries.len(), entries[0].number, entries[KEPT - 1].number),
            (KEPT, 4, KEPT + 3)
        );
        assert_eq!((journal.count(), journal.dropped()), (KEPT + 3, 3));
        journal.leave(1, Some(500));
        journal.leave(4, Some(200));
        assert_eq!(journal.entries()[0].status, Some(200));
        journal.clear();
        assert_eq!((journal.count(), journal.dropped()), (0, 0));
        assert_eq!(journal.enter(request()).number, KEPT + 4);
    }

    #[test]
    fn the_origin_is_the_one_that_the_client_used() {
        assert_eq!(request().origin(), "http://127.0.0.1:1");
        assert_eq!(Request { secure: true, ..request() }.origin(), "https://127.0.0.1:1");
    }
}
