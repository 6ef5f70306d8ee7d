//! Waiting for an import to end.
//!
//! The status of the image decides; those of its version and copy are for people. One request is sent
//! for each interval, in turn for the image, the copy and the version, and for the image again as
//! soon as one of the others is done. When it is over, everything is read.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::catalog::pick;
use super::client::{Call, Unread};
use super::create::CREATE;
use super::status::{Phase, is_settled_copy, is_usable_version, phase};
use super::{Copy, Horizon, Image, Snapshot, Version};
use crate::cloud::deadline::readable;
use crate::cloud::poll::{Poll, Progress, until_done};
use crate::cloud::{Deadline, Error, Kind, Result};

/// How long a new image may be missing: front ends may lag behind each other.
const GRACE: Duration = Duration::from_secs(60);

/// The longest pause between two reads of a missing image.
const LAG: Duration = Duration::from_secs(3);

/// How often an image that was there has to be missing.
const GONE: u32 = 2;

/// The time between two reports that nothing has changed.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(60);

/// Of so many status checks one is of the copy and one of the version.
const TURNS: u32 = 3;

/// An import to wait for.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The id of the image.
    pub id: String,
    /// The id of the version, if it is known.
    pub version_id: Option<String>,
    /// The id of the copy, if it is known.
    pub copy_id: Option<String>,
    /// Whether an existing image is copied.
    pub is_copy: bool,
}

/// Called with all that is known after each look.
pub(super) type OnProgress<'a> = &'a mut (dyn FnMut(&Snapshot) + Send);

impl Horizon {
    /// Waits until an image can be used.
    ///
    /// # Errors
    /// [`Kind::Failed`] with the reason, as far as it can be read; [`Kind::NotFound`] if the image
    /// disappears; [`Kind::TimedOut`] if it does not appear; those of [`until_done`].
    pub async fn wait(
        &self,
        import: &Import,
        deadline: &Deadline,
        on_progress: OnProgress<'_>,
    ) -> Result<Snapshot> {
        let now = Instant::now();
        let mut wait = Wait {
            horizon: self,
            import: import.clone(),
            deadline,
            on_progress,
            seen: Snapshot::default(),
            since: now,
            reported: now,
            told: [const { None }; 3],
            missing: 0,
            turn: 0,
            owed: 0,
            is_image_due: false,
            unknown: BTreeSet::new(),
        };
        let ended = until_done(CREATE, self.polling_interval, None, deadline, &mut wait).await;
        ended.map_err(|error| wait.late(error))
    }
}

struct Wait<'a> {
    horizon: &'a Horizon,
    import: Import,
    deadline: &'a Deadline,
    on_progress: OnProgress<'a>,
    /// What was seen last.
    seen: Snapshot,
    since: Instant,
    /// When something was logged last.
    reported: Instant,
    /// The statuses that were logged last.
    told: [Option<String>; 3],
    /// How often in a row the image was missing.
    missing: u32,
    turn: u32,
    /// How many looks at copy and version have to follow before a change of the image is logged.
    owed: u32,
    /// Whether the next look is at the image, out of turn.
    is_image_due: bool,
    /// Unknown statuses that were logged.
    unknown: BTreeSet<String>,
}

impl Poll for Wait<'_> {
    type Output = Snapshot;

    async fn poll(&mut self) -> Result<Progress<Snapshot>> {
        let looked = match self.next() {
            Look::Image => return self.peek_image().await,
            Look::Copy => self.peek_copy().await,
            Look::Version => self.peek_version().await,
        };
        self.owed = self.owed.saturating_sub(1);
        match looked {
            Ok(is_at_work) => self.is_image_due = !is_at_work && self.owed == 0,
            // It may not be there yet.
            Err((error, _)) if error.status == Some(404) => {}
            Err((error, asked)) => return Ok(Progress::Unreadable(error, asked)),
        }
        Ok(self.pending())
    }
}

/// What to look at.
enum Look {
    Image,
    Copy,
    Version,
}

impl Wait<'_> {
    fn next(&mut self) -> Look {
        if self.import.version_id.is_none() || std::mem::take(&mut self.is_image_due) {
            return Look::Image;
        }
        self.turn += 1;
        match self.turn % TURNS {
            2 => Look::Copy,
            0 => Look::Version,
            _ => Look::Image,
        }
    }

    async fn peek_image(&mut self) -> Result<Progress<Snapshot>> {
        let call_path = ["images", self.import.id.as_str()];
        let call = Call::get("GetImage", &call_path);
        let image = match self.horizon.peek(&call, self.deadline).await {
            Ok(document) => Image::read(&document),
            Err((error, _)) if error.kind == Kind::NotFound => return self.missing(error),
            Err((error, asked)) => return Ok(Progress::Unreadable(error, asked)),
        };
        self.missing = 0;
        let status = image.status.clone().unwrap_or_default();
        if image.status != self.seen.image.status && self.import.version_id.is_some() {
            (self.turn, self.owed) = (1, TURNS - 1);
        }
        self.seen.image = image;
        match phase(&status, self.import.is_copy) {
            Phase::Ready | Phase::PartlyReady => {
                // What cannot be read now is read by the next refresh.
                let _ = self.read_more().await;
                self.owed = 0;
                self.report_change();
                Ok(Progress::Done(self.seen.clone()))
            }
            Phase::Failed => {
                let unread = self.read_more().await.err();
                self.owed = 0;
                self.report_change();
                Err(self.failed("Horizon Cloud reports that the import failed", unread))
            }
            Phase::Disabled => Err(self.failed("somebody has disabled the image", None)),
            Phase::Deleting => Err(self.failed("somebody is deleting the image", None)),
            phase @ (Phase::Moving | Phase::Unknown) => {
                if phase == Phase::Unknown && self.unknown.insert(status.clone()) {
                    tracing::warn!(
                        image = self.import.id,
                        status,
                        "unknown status of an image, taken for work in progress"
                    );
                }
                Ok(self.pending())
            }
        }
    }

    fn pending(&mut self) -> Progress<Snapshot> {
        self.report_change();
        if self.reported.elapsed() >= HEARTBEAT {
            self.report();
        }
        Progress::Pending(None)
    }

    /// The image is not there, or not any more.
    fn missing(&mut self, error: Error) -> Result<Progress<Snapshot>> {
        self.missing += 1;
        let soon = Some(self.horizon.polling_interval.min(LAG));
        let was_there = !self.seen.image.id.is_empty();
        if was_there && self.missing >= GONE {
            let text = "the image was deleted meanwhile";
            return Err(about(Error { message: text.to_owned(), ..error }, &self.import.id));
        }
        if !was_there && self.since.elapsed() >= GRACE {
            let text = format!(
                "the image was created, but cannot be read for {}: {}",
                readable(self.since.elapsed()),
                error.message
            );
            // It may still appear: it has not failed, and has not been deleted either.
            let error = Error { kind: Kind::TimedOut, message: text, ..error };
            return Err(about(error, &self.import.id));
        }
        Ok(Progress::Pending(soon))
    }

    /// Reads the copy without a retry. Whether it says that the service is at work on it.
    async fn peek_copy(&mut self) -> std::result::Result<bool, Unread> {
        let version_id = self.import.version_id.as_deref().unwrap_or_default();
        let path = ["images", &self.import.id, "versions", version_id, "copies"];
        let copies = self.horizon.peek_list(&Call::get("ListCopies", &path), self.deadline).await?;
        let copies: Vec<_> = copies.iter().map(Copy::read).collect();
        let Some(copy) = pick(&copies, self.import.copy_id.as_deref()) else { return Ok(true) };
        let is_settled = copy.status.as_deref().is_some_and(is_settled_copy);
        self.seen.copy = Some(copy);
        Ok(!is_settled)
    }

    /// Reads the version without a retry. Whether it says that the service is at work on it.
    async fn peek_version(&mut self) -> std::result::Result<bool, Unread> {
        let version_id = self.import.version_id.as_deref().unwrap_or_default();
        let path = ["images", &self.import.id, "versions", version_id];
        let version = self.horizon.peek(&Call::get("GetVersion", &path), self.deadline).await?;
        let version = Version::read(&version);
        let is_settled = version.status.as_deref().is_some_and(|status| {
            is_usable_version(status, self.import.is_copy) || status.contains("FAILED")
        });
        self.seen.version = Some(version);
        Ok(!is_settled)
    }

    /// Reads version and copy at the end of the wait.
    async fn read_more(&mut self) -> Result<()> {
        let (horizon, id) = (self.horizon, self.import.id.as_str());
        if self.import.version_id.is_none() {
            let versions = horizon.versions(id, self.deadline).await?;
            self.import.version_id = versions.into_iter().next().map(|version| version.id);
        }
        let Some(version_id) = &self.import.version_id else { return Ok(()) };
        let (version, copies) = tokio::join!(
            horizon.version(id, version_id, self.deadline),
            horizon.copies(id, version_id, self.deadline),
        );
        let is_read = version.is_ok();
        if let Ok(version) = version {
            self.seen.version = Some(version);
        }
        self.seen.copies = copies?;
        self.seen.copy = pick(&self.seen.copies, self.import.copy_id.as_deref());
        if self.seen.copy.is_none() && is_read {
            // An empty list is not an error elsewhere.
            let path = ["images", id, "versions", version_id, "copies"];
            let call = Call::get("ListCopies", &path);
            horizon.peek_list(&call, self.deadline).await.map_err(|(error, _)| error)?;
            let text = "the service does not list the copy of the version";
            return Err(Error::new(Kind::NotFound, "ListCopies", text));
        }
        Ok(())
    }

    /// Hands on what is known, and logs it if it differs from what was logged last: not while some of
    /// it is still to be read.
    fn report_change(&mut self) {
        (self.on_progress)(&self.seen);
        let now = statuses(&self.seen).map(|status| status.map(str::to_owned));
        let is_halfway = self.owed > 0 || self.is_image_due;
        if now != self.told && now[0].is_some() && !is_halfway {
            self.told = now;
            self.report();
        }
    }

    fn report(&mut self) {
        self.reported = Instant::now();
        let [status, version_status, asset_status] = statuses(&self.seen);
        let elapsed = readable(self.deadline.elapsed());
        // Terraform shows the fields in any order.
        let mut parts = described(&self.seen);
        parts.push(elapsed.clone());
        tracing::info!(
            image = self.import.id,
            status,
            version_status,
            asset_status,
            elapsed,
            "image import in progress: {}",
            parts.join(", "),
        );
    }

    /// The error of an import that the service states has failed.
    fn failed(&self, what: &str, unread: Option<Error>) -> Error {
        let [status, version_status, _] =
            statuses(&self.seen).map(|status| status.unwrap_or_default().to_owned());
        let copy = self.seen.culprit();
        let asset_status = copy.and_then(|copy| copy.status.clone()).unwrap_or_default();
        let details = copy.and_then(|copy| copy.error_details.as_deref());
        let message = match details {
            Some(details) => format!("{what}: {details}"),
            None => what.to_owned(),
        };
        let mut error = Error::new(Kind::Failed, CREATE, message);
        error.code = copy.and_then(|copy| copy.error_code.clone());
        let unread = unread.filter(|_| details.is_none() && error.code.is_none()).map(|unread| {
            let mut why: Vec<String> =
                unread.status.iter().map(|status| format!("HTTP {status}")).collect();
            let trace = unread.facts.iter().find(|(name, _)| *name == "Trace id");
            why.extend(trace.map(|(_, id)| format!("trace id {id}")));
            let brackets =
                if why.is_empty() { String::new() } else { format!(" ({})", why.join(", ")) };
            format!("could not be read{brackets}: {}", unread.message)
        });
        about(error, &self.import.id)
            .fact("Status", status)
            .fact("Version status", version_status)
            .fact("Asset status", asset_status)
            .fact("Warning", copy.and_then(|copy| copy.warning.clone()).unwrap_or_default())
            .fact("Failure detail", unread.unwrap_or_default())
    }

    /// Adds to a timeout what was seen last, and that the service continues.
    fn late(&self, error: Error) -> Error {
        if error.kind != Kind::TimedOut {
            return if error.kind == Kind::Failed { error } else { about(error, &self.import.id) };
        }
        let seen = described(&self.seen);
        let so_far = match seen.is_empty() {
            true => {
                "The image was not seen, so Horizon Cloud may or may not be importing it".into()
            }
            false => format!("Last seen: {}. Horizon Cloud is still importing it", seen.join(", ")),
        };
        about(Error { message: format!("{}. {so_far}", error.message), ..error }, &self.import.id)
    }
}

/// The statuses of image, version and copy.
fn statuses(seen: &Snapshot) -> [Option<&str>; 3] {
    let version = |version: &'_ Version| version.status.is_some();
    [
        seen.image.status.as_deref(),
        seen.version.as_ref().filter(|v| version(v)).and_then(|version| version.status.as_deref()),
        seen.copy.as_ref().and_then(|copy| copy.status.as_deref()),
    ]
}

/// The statuses that are known, with what has them.
fn described(seen: &Snapshot) -> Vec<String> {
    let named = ["image", "version", "asset"].into_iter().zip(statuses(seen));
    named.filter_map(|(name, status)| Some(format!("{name} {}", status?))).collect()
}

/// Adds the image to an error, unless it is named.
pub(super) fn about(error: Error, id: &str) -> Error {
    match error.facts.iter().any(|(name, _)| *name == "Image") {
        true => error,
        false => error.fact("Image", id),
    }
}
