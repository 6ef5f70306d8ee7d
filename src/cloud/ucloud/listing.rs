//! Reading a list that is longer than a page: in parallel, completely, and in finite time whatever
//! the service reports.
//!
//! The service documents neither its largest page nor what it does above that, and its
//! `TotalCount` need not be right. So a [`Pass`] over the list goes by what was received: the
//! first page shows how many images a page really has, further pages are requested at those
//! offsets, a gap after a short page is filled, and only an empty or repeated page ends a list
//! whose length is not known. An inconsistent pass has a [`Flaw`], and the list is read
//! again. If the flaw persists, the list is accepted with a warning when nothing shows that images
//! are missing, and refused otherwise: it is never truncated silently.

use std::ops::Range;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::call::{Caller, IN_FLIGHT, Page};
use super::pass::{Flaw, Pass, Segment, Weight};
use super::retcode::BAD_PARAMETER;
use super::{Image, OPERATION, Query};
use crate::cloud::{Deadline, Error, Kind, Result};

/// Sizes of the first page in the order they are tried: what UCloud's own command line asks
/// for, the most that the sibling operations take, and the documented default. The next one is
/// tried when the service refuses `Limit`.
const FIRST: [u64; 3] = [500, 100, 20];

/// How often an inconsistent list is read in all.
const PASSES: usize = 3;

/// A list that is longer counts as endless: ten times the longest anyone has tried, some 50 MB.
const MOST: usize = 100_000;

/// The list to read.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) caller: Arc<Caller>,
    pub(super) deadline: Deadline,
    pub(super) query: Arc<Query>,
    /// The ids of this part of the query.
    pub(super) ids: Arc<[String]>,
}

/// A complete list.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) images: Vec<Image>,
    pub(super) total: u64,
    pub(super) warning: Option<String>,
    /// The warning instead, if images that were announced did not come.
    pub(super) shortfall: Option<String>,
}

impl Source {
    /// Reads the list, again if it is inconsistent.
    pub(super) async fn read(&self) -> Result<Part> {
        let mut size = 0;
        let mut before = None;
        for number in 1..=PASSES {
            let pass = self.pass(&mut size).await?;
            let Some(flaw) = pass.flaw() else {
                return Ok(part(pass, None));
            };
            tracing::debug!(operation = OPERATION, pass = number, "{}", flaw.text);
            let seen = pass.fingerprint();
            let last = number == PASSES;
            let same = before.replace(seen) == Some(seen);
            match flaw.weight {
                Weight::Harmless => return Ok(part(pass, Some(flaw))),
                Weight::Odd if same || (last && pass.has_what_was_announced()) => {
                    return Ok(part(pass, Some(flaw)));
                }
                Weight::Odd | Weight::Incomplete if same || last => {
                    return Err(self.incomplete(&flaw, number));
                }
                Weight::Odd | Weight::Incomplete => {}
            }
        }
        unreachable!("the last pass returns")
    }

    fn incomplete(&self, flaw: &Flaw, passes: usize) -> Error {
        let text = format!(
            "the list of images could not be read completely in {passes} attempts: {}",
            flaw.text
        );
        self.caller.about(&self.query, Error::new(Kind::Unexpected, OPERATION, text))
    }

    /// Reads the list once. `size` is an index into [`FIRST`].
    async fn pass(&self, size: &mut usize) -> Result<Pass> {
        let first = self.first(size).await?;
        // Counted with duplicates: that is the offset that was reached.
        let stride = first.images.len();
        let step = stride as u64;
        let mut pass = Pass::new(first, FIRST[*size]);
        if step == 0 {
            return Ok(pass);
        }
        let mut next = step;
        match pass.announced {
            Some(total) if total > step => {
                // The page after the last is requested along with the others: it has to be empty.
                let starts = (step..total).step_by(stride);
                let ranges = starts.map(|at| at..(at + step).min(total));
                next = total + step;
                self.wave(&mut pass, ranges.chain(std::iter::once(total..next))).await?;
            }
            Some(total) if total == step && !self.may_be_cut(step) => return Ok(pass),
            _ => {}
        }
        let mut width = 1;
        while !pass.over() {
            let end = next + width * step;
            let starts = (next..end).step_by(stride);
            self.wave(&mut pass, starts.map(|at| at..at + step)).await?;
            (next, width) = (end, (width * 2).min(IN_FLIGHT as u64));
        }
        Ok(pass)
    }

    async fn first(&self, size: &mut usize) -> Result<Page> {
        loop {
            match self.page(0, FIRST[*size]).await {
                Err(error) if *size + 1 < FIRST.len() && refuses("limit", &error) => *size += 1,
                outcome => return outcome,
            }
        }
    }

    /// Whether a page as long as the announced list may be the service's page size instead: those
    /// are round numbers. A page with all the ids that were asked for is whole in any case.
    fn may_be_cut(&self, length: u64) -> bool {
        let whole = !self.ids.is_empty() && length >= self.ids.len() as u64;
        !whole && length >= 20 && length.is_multiple_of(10)
    }

    /// Fetches ranges of the list in parallel, until one shows that the list has ended.
    ///
    /// Dropping the tasks cancels them, so one failure ends all.
    async fn wave(&self, pass: &mut Pass, ranges: impl Iterator<Item = Range<u64>>) -> Result<()> {
        let mut ranges = ranges.fuse();
        let mut tasks = JoinSet::new();
        let mut segments = Vec::new();
        let (mut over, mut received) = (false, pass.images.len());
        loop {
            while !over
                && tasks.len() < IN_FLIGHT
                && let Some(range) = ranges.next()
            {
                tasks.spawn(self.clone().segment(range, pass.announced));
            }
            let Some(joined) = tasks.join_next().await else { break };
            let segment = joined.map_err(|error| {
                Error::new(Kind::Unexpected, OPERATION, format!("a page was lost: {error}"))
            })??;
            over |= segment.ended || pass.repeats(&segment);
            received += segment.pages.iter().map(|page| page.images.len()).sum::<usize>();
            if received > MOST {
                return Err(self.incomplete(&Flaw::endless(received), 1));
            }
            segments.push(segment);
        }
        // In the order of the list.
        segments.sort_unstable_by_key(|segment| segment.start);
        for mut segment in segments {
            let refused = segment.refused.take();
            pass.take(segment);
            if let Some(refused) = refused.filter(|_| !pass.has_what_was_announced()) {
                return Err(refused);
            }
        }
        Ok(())
    }

    async fn segment(self, range: Range<u64>, announced: Option<u64>) -> Result<Segment> {
        let mut segment =
            Segment { start: range.start, pages: Vec::new(), ended: false, refused: None };
        let mut at = range.start;
        while at < range.end {
            let asked = range.end - at;
            let mut page = match self.page(at, asked).await {
                // After the end, a refused offset means the same as an empty page.
                Err(error)
                    if refuses("offset", &error) && announced.is_none_or(|total| total <= at) =>
                {
                    Page { images: Vec::new(), total: None }
                }
                // As does any refusal, if all that was announced came.
                Err(error) if is_refusal(&error) && announced.is_some_and(|total| total <= at) => {
                    segment.ended = true;
                    segment.refused = Some(error);
                    break;
                }
                outcome => outcome?,
            };
            // The rest belongs to the next range.
            page.images.truncate(usize::try_from(asked).unwrap_or(usize::MAX));
            if page.images.is_empty() {
                segment.ended = true;
                break;
            }
            at += page.images.len() as u64;
            segment.pages.push(page);
        }
        Ok(segment)
    }

    async fn page(&self, offset: u64, limit: u64) -> Result<Page> {
        self.caller.page(&self.deadline, &self.query, &self.ids, (offset, limit)).await
    }
}

/// Whether the service refuses a parameter, in any case: `limit`.
fn refuses(parameter: &str, error: &Error) -> bool {
    error.code.as_deref() == Some(&BAD_PARAMETER.to_string())
        && error.message.to_lowercase().contains(parameter)
}

/// Whether the service itself refuses the request: nothing says how it refuses an offset.
fn is_refusal(error: &Error) -> bool {
    error.code.is_some() || error.status == Some(400)
}

fn part(pass: Pass, flaw: Option<Flaw>) -> Part {
    let total = pass.announced.unwrap_or(pass.images.len() as u64);
    let (shortfall, warning) = match flaw.map(|flaw| flaw.text) {
        Some(text) if pass.lacks_images() => (Some(text), None),
        text => (None, text),
    };
    Part { images: pass.images, total, warning, shortfall }
}

#[cfg(test)]
mod tests;
