//! Waiting until an image is gone that was deleted.

use std::time::Duration;

use tokio::time::Instant;

use super::client::Call;
use super::status::{Phase, is_stuck_copy, phase};
use super::wait::{HEARTBEAT, about};
use super::{Horizon, Image, Version};
use crate::cloud::deadline::readable;
use crate::cloud::poll::{Poll, Progress};
use crate::cloud::{Deadline, Error, Kind, Result};

pub(super) const DELETE: &str = "DeleteVersion";

/// How often the service has to say that the image is gone.
pub(super) const GONE: u32 = 2;

/// The longest pause between two such reads.
const GONE_PAUSE: Duration = Duration::from_secs(1);

/// Reads that may still show what was there before the deletion.
pub(super) const STALE: u32 = 5;

/// How the wait for the end of a deletion ends.
pub(super) enum Ended {
    /// The image does not exist any more.
    Gone,
    /// There are versions that nobody is deleting: a deletion had no effect, or one was added.
    Standing,
}

/// An image that is being deleted.
pub(super) struct Going<'a> {
    horizon: &'a Horizon,
    id: &'a str,
    deadline: &'a Deadline,
    /// How often in a row it was missing.
    gone: u32,
    /// How often in a row it had a version that is not being deleted.
    standing: u32,
    /// How often a copy was found that could not be deleted.
    stuck: u32,
    was_going: bool,
    seen: Option<Image>,
    /// When something was logged last.
    reported: Option<Instant>,
}

impl Poll for Going<'_> {
    type Output = Ended;

    async fn poll(&mut self) -> Result<Progress<Ended>> {
        let (horizon, deadline, path) = (self.horizon, self.deadline, ["images", self.id]);
        let image = match horizon.peek(&Call::get("GetImage", &path), deadline).await {
            Ok(document) => Image::read(&document),
            Err((error, _)) if error.kind == Kind::NotFound => {
                self.gone += 1;
                if self.gone >= GONE {
                    return Ok(Progress::Done(Ended::Gone));
                }
                return Ok(Progress::Pending(Some(soon(horizon, deadline))));
            }
            Err((error, asked)) => return Ok(Progress::Unreadable(error, asked)),
        };
        self.gone = 0;
        let is_going = is_going(image.status.as_deref());
        self.was_going |= is_going;
        self.report(image);
        let left = match is_going {
            true => Vec::new(),
            // What cannot be read now is read by the next poll.
            false => horizon.versions(self.id, deadline).await.unwrap_or_default(),
        };
        if let Some(version) = left.first()
            && let Some(failure) = self.stuck(version).await
        {
            return Err(failure);
        }
        let stands = left.iter().any(|version| !self::is_going(version.status.as_deref()));
        self.standing = if stands { self.standing + 1 } else { 0 };
        match self.standing >= STALE {
            true => Ok(Progress::Done(Ended::Standing)),
            false => Ok(Progress::Pending(None)),
        }
    }
}

impl<'a> Going<'a> {
    pub(super) fn new(horizon: &'a Horizon, id: &'a str, deadline: &'a Deadline) -> Self {
        Self {
            horizon,
            id,
            deadline,
            gone: 0,
            standing: 0,
            stuck: 0,
            was_going: false,
            seen: None,
            reported: None,
        }
    }

    /// Logs each change of the status, and from time to time that there is none.
    fn report(&mut self, image: Image) {
        let is_same = self.seen.as_ref().is_some_and(|seen| seen.status == image.status);
        if !is_same || self.reported.is_none_or(|reported| reported.elapsed() >= HEARTBEAT) {
            self.reported = Some(Instant::now());
            let elapsed = readable(self.deadline.elapsed());
            let status = image.status.as_deref();
            // Terraform shows the fields in any order.
            let shown = status.map(|status| format!("image {status}, ")).unwrap_or_default();
            tracing::info!(
                image = self.id,
                status,
                elapsed,
                "image deletion in progress: {shown}{elapsed}",
            );
        }
        self.seen = Some(image);
    }

    /// Why a copy could not be deleted, once that is surely about this deletion.
    async fn stuck(&mut self, version: &Version) -> Option<Error> {
        let copies = self.horizon.copies(self.id, &version.id, self.deadline).await.ok()?;
        let copy = copies.into_iter().next()?;
        let status = copy.status.clone().filter(|status| is_stuck_copy(status))?;
        self.stuck += 1;
        if self.stuck < STALE && !(self.was_going && self.stuck >= GONE) {
            return None;
        }
        let reason = copy.reason();
        let text = match reason {
            Some(reason) => format!("Horizon Cloud could not delete the image: {reason}"),
            None => "Horizon Cloud could not delete the image".to_owned(),
        };
        let mut error = Error::new(Kind::Failed, DELETE, text);
        error.code = copy.error_code;
        Some(about(error, self.id).fact("Asset status", status))
    }

    pub(super) fn late(&self, error: Error) -> Error {
        let error = about(error, self.id);
        if error.kind != Kind::TimedOut {
            return error;
        }
        let status = self.seen.as_ref().and_then(|image| image.status.as_deref());
        let text = format!(
            "{}. Last seen after {}: {}. Horizon Cloud may still be deleting it",
            error.message,
            readable(self.deadline.elapsed()),
            status.unwrap_or("nothing")
        );
        Error { message: text, ..error }
    }
}

/// Whether somebody is deleting what has this status.
pub(super) fn is_going(status: Option<&str>) -> bool {
    status.is_some_and(|status| phase(status, false) == Phase::Deleting)
}

/// The pause before another look at something that seems to be gone.
pub(super) fn soon(horizon: &Horizon, deadline: &Deadline) -> Duration {
    horizon.polling_interval.min(GONE_PAUSE).min(deadline.left() / 2)
}
