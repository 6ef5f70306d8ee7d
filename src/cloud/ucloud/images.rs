//! The client: whole lists of images.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use reqwest::Url;
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use super::call::Caller;
use super::listing::{Part, Source};
use super::types::sort;
use super::{Credentials, Image, OPERATION, Query, SearchResult};
use crate::cloud::deadline::readable;
use crate::cloud::http::Http;
use crate::cloud::{Deadline, Error, Kind, Result};

/// How often a request is sent again after transient failures, by default.
pub const DEFAULT_MAX_RETRIES: u32 = 5;

/// Ids per request. The service documents no limit; its sibling operations take 100.
const IDS: usize = 100;

/// How many images that cannot be decoded a warning names.
const NAMED: usize = 10;

/// A listing that is being read, shared by all callers with the same query; with the time that the
/// caller who reads it has.
type Flight = OnceCell<(Duration, Result<Arc<SearchResult>>)>;

/// Lists the images of UCloud with one pair of keys.
#[derive(Debug)]
pub struct Client {
    caller: Arc<Caller>,
    flights: Mutex<HashMap<Query, Weak<Flight>>>,
}

impl Client {
    /// A client for `endpoint`, which [`endpoint`](super::endpoint()) made. After transient
    /// failures, a request is sent up to `max_retries` more times.
    #[must_use]
    pub fn new(http: Arc<Http>, credentials: Credentials, endpoint: Url, max_retries: u32) -> Self {
        let caller = Arc::new(Caller::new(http, credentials, endpoint, max_retries));
        Self { caller, flights: Mutex::default() }
    }

    /// The address of the service.
    #[must_use]
    pub fn endpoint(&self) -> &Url {
        self.caller.endpoint()
    }

    /// All images that match the query: `DescribeImage`, page after page.
    ///
    /// Concurrent callers with the same query share one reading. The call ends at once when
    /// `deadline` is over or cancelled, since reading has no effects.
    ///
    /// # Errors
    /// The service's refusal, with its RetCode and the request's id; [`Kind::Unexpected`] when
    /// the list cannot be read completely; [`Kind::TimedOut`] and [`Kind::Interrupted`] as
    /// `deadline` says.
    pub async fn describe_image(
        &self,
        deadline: &Deadline,
        query: &Query,
    ) -> Result<Arc<SearchResult>> {
        if query.region.is_empty() {
            return Err(Error::setting(OPERATION, "region", "no region is given"));
        }
        let read = deadline.race(OPERATION, self.share(deadline, query)).await;
        read.unwrap_or_else(|error| {
            if error.kind != Kind::TimedOut {
                return Err(error);
            }
            let text = format!("not all images came within {}", readable(deadline.within));
            Err(self.caller.about(query, Error::new(Kind::TimedOut, OPERATION, text)))
        })
    }

    async fn share(&self, deadline: &Deadline, query: &Query) -> Result<Arc<SearchResult>> {
        loop {
            let flight = self.flight(query);
            let mut own = false;
            let read = async {
                own = true;
                (deadline.within, self.read(deadline, query).await.map(Arc::new))
            };
            let (within, outcome) = flight.get_or_init(|| read).await.clone();
            match outcome {
                // The other caller's deadline has ended, not ours.
                Err(error) if !own && matches!(error.kind, Kind::TimedOut | Kind::Interrupted) => {}
                // The other caller may not have had the time for the pause that was asked for.
                Err(error) if !own && error.kind == Kind::Throttled && within < deadline.within => {
                }
                outcome => return outcome,
            }
        }
    }

    fn flight(&self, query: &Query) -> Arc<Flight> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let open = flights.get(query).and_then(Weak::upgrade);
        if let Some(flight) = open.filter(|flight| !flight.initialized()) {
            return flight;
        }
        flights.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::new(Flight::new());
        flights.insert(query.clone(), Arc::downgrade(&flight));
        flight
    }

    async fn read(&self, deadline: &Deadline, query: &Query) -> Result<SearchResult> {
        let mut listing = SearchResult::default();
        let mut wanted: HashSet<&str> = HashSet::new();
        let ids: Vec<&String> = query.image_ids.iter().filter(|id| wanted.insert(id)).collect();
        for part in self.parts(deadline, query, &ids).await? {
            listing.total_count += part.total;
            listing.warnings.extend(part.warning);
            listing.shortfalls.extend(part.shortfall);
            // A service that ignores the ids sends everything.
            let fitting = part.images.into_iter().filter(|image| {
                let unknown = image.undecodable.is_some() && image.id.is_empty();
                ids.is_empty() || wanted.contains(&*image.id) || unknown
            });
            listing.images.extend(fitting);
        }
        self.leave_out_undecodable(query, &mut listing)?;
        sort(&mut listing.images);
        listing.images.dedup_by(|a, b| a.key() == b.key());
        listing.images.shrink_to_fit();
        for reports in [&mut listing.warnings, &mut listing.shortfalls] {
            reports.sort_unstable();
            reports.dedup();
        }
        Ok(listing)
    }

    /// Removes the images that cannot be decoded, with one warning.
    ///
    /// # Errors
    /// When there are no others: that list would look like an empty one.
    fn leave_out_undecodable(&self, query: &Query, listing: &mut SearchResult) -> Result<()> {
        let count = listing.images.len();
        let odd = listing.images.extract_if(.., |image| image.undecodable.is_some());
        let odd: Vec<Image> = odd.collect();
        let Some(first) = odd.first() else { return Ok(()) };
        let why = first.undecodable.as_ref().map_or("", |odd| &odd.why);
        if listing.images.is_empty() {
            let text = format!(
                "none of the {count} images that came can be decoded; the first is {}: {why}",
                first.label()
            );
            let error = Error::new(Kind::Unexpected, OPERATION, text);
            return Err(self.caller.about(query, error));
        }
        let named: Vec<String> = odd.iter().take(NAMED).map(Image::label).collect();
        listing.warnings.push(match odd.len() {
            1 => format!("{} cannot be decoded and is left out: {why}", first.label()),
            more => format!(
                "{more} images cannot be decoded and are left out: {}{}. The first: {why}",
                named.join(", "),
                if more > NAMED { ", ..." } else { "" }
            ),
        });
        Ok(())
    }

    /// One part per batch of ids, in any order; a single one without ids.
    async fn parts(
        &self,
        deadline: &Deadline,
        query: &Query,
        ids: &[&String],
    ) -> Result<Vec<Part>> {
        let query = Arc::new(Query { image_ids: Vec::new(), ..query.clone() });
        let source = |ids: &[&String]| Source {
            caller: Arc::clone(&self.caller),
            deadline: deadline.clone(),
            query: Arc::clone(&query),
            ids: ids.iter().map(|id| (*id).clone()).collect(),
        };
        if ids.len() <= IDS {
            return Ok(vec![source(ids).read().await?]);
        }
        let mut tasks = JoinSet::new();
        for portion in ids.chunks(IDS) {
            let source = source(portion);
            tasks.spawn(async move { source.read().await });
        }
        let mut parts = Vec::new();
        while let Some(joined) = tasks.join_next().await {
            parts.push(joined.map_err(|error| {
                Error::new(Kind::Unexpected, OPERATION, format!("a page was lost: {error}"))
            })??);
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests;
