//! Deleting an image: all of its versions. The last one takes the image with it.

use std::time::Duration;

use reqwest::Method;

use super::client::Call;
use super::status::{Phase, is_stuck_copy, phase};
use super::wait::about;
use super::{Horizon, Image, Version};
use crate::cloud::change::{self, Change, Outcome, Seen};
use crate::cloud::deadline::readable;
use crate::cloud::http::{Response, Sent};
use crate::cloud::poll::{Poll, Progress, if_it_exists, until_done};
use crate::cloud::{Deadline, Error, Kind, Result};

const DELETE: &str = "DeleteVersion";

/// How often the service has to say that the image is gone.
const GONE: u32 = 2;

/// The longest pause between two such reads.
const GONE_PAUSE: Duration = Duration::from_secs(1);

/// Reads that may still show what was there before the deletion.
const STALE: u32 = 5;

/// What may be deleted.
#[derive(Clone, Debug)]
pub struct Deletion<'a> {
    /// The image.
    pub id: &'a str,
    /// The only version that it may have, unless all are to be deleted.
    pub version_id: Option<&'a str>,
    /// Delete all versions.
    pub all_versions: bool,
    /// Delete what is in use as well.
    pub force: bool,
}

impl Horizon {
    /// Deletes an image and waits until it is gone. One that does not exist counts as deleted.
    ///
    /// # Errors
    /// The versions in the way, if not all may be deleted; the service's refusal; those of
    /// [`until_done`].
    pub async fn delete(
        &self,
        wanted: &Deletion<'_>,
        deadline: &Deadline,
    ) -> std::result::Result<(), Refused> {
        let every = self.polling_interval;
        loop {
            // Later ones may be made from earlier ones.
            for version in self.to_delete(wanted, deadline).await?.iter().rev() {
                let mut submission = Submission {
                    horizon: self,
                    wanted,
                    version,
                    deadline,
                    reported: false,
                    missing: 0,
                };
                let submitted = until_done(DELETE, every, None, deadline, &mut submission).await;
                submitted.map_err(|error| Refused::Failed(about(error, wanted.id)))?;
            }
            let mut going = Going::new(self, wanted.id, deadline);
            let ended = until_done(DELETE, every, None, deadline, &mut going).await;
            match ended.map_err(|error| Refused::Failed(going.late(error)))? {
                Ended::Gone => return Ok(()),
                Ended::Standing => tracing::warn!(
                    image = wanted.id,
                    "the image has versions that are not being deleted; looking at them again"
                ),
            }
        }
    }

    /// The versions of an image, unless it has some that are not to be deleted.
    async fn to_delete(
        &self,
        wanted: &Deletion<'_>,
        deadline: &Deadline,
    ) -> std::result::Result<Vec<Version>, Refused> {
        let mut there = There { horizon: self, wanted, deadline, empty: 0 };
        let listed = until_done(DELETE, self.polling_interval, None, deadline, &mut there).await;
        let versions = listed.map_err(|error| Refused::Failed(about(error, wanted.id)))?;
        let is_other = |version: &&Version| match wanted.version_id {
            Some(own) => version.id != own,
            // Whatever is alone is what was imported.
            None => versions.len() > 1,
        };
        let others: Vec<_> = versions.iter().filter(is_other).cloned().collect();
        match others.is_empty() || wanted.all_versions {
            true => Ok(versions),
            false => Err(Refused::OtherVersions(others)),
        }
    }
}

/// Why an image was not deleted.
#[derive(Clone, Debug)]
pub enum Refused {
    /// It has versions that nobody asked to delete.
    OtherVersions(Vec<Version>),
    /// The call failed.
    Failed(Error),
}

fn is_going(status: Option<&str>) -> bool {
    status.is_some_and(|status| phase(status, false) == Phase::Deleting)
}

/// The versions to delete. A list that is empty although the image is there lags behind.
struct There<'a> {
    horizon: &'a Horizon,
    wanted: &'a Deletion<'a>,
    deadline: &'a Deadline,
    /// How often the list was empty.
    empty: u32,
}

impl Poll for There<'_> {
    type Output = Vec<Version>;

    async fn poll(&mut self) -> Result<Progress<Vec<Version>>> {
        let (horizon, deadline, wanted) = (self.horizon, self.deadline, self.wanted);
        let mut versions = horizon.versions(wanted.id, deadline).await?;
        if !versions.is_empty() {
            versions.retain(|version| !is_going(version.status.as_deref()));
            return Ok(Progress::Done(versions));
        }
        let read = || horizon.image(wanted.id, deadline);
        match if_it_exists("GetImage", deadline, read).await? {
            None => Ok(Progress::Done(versions)),
            Some(image) if is_going(image.status.as_deref()) => Ok(Progress::Done(versions)),
            Some(_) if self.empty >= GONE && wanted.version_id.is_some() => {
                let own =
                    wanted.version_id.map(|id| Version { id: id.into(), ..Version::default() });
                Ok(Progress::Done(own.into_iter().collect()))
            }
            Some(_) if self.empty >= STALE => {
                let text = "the image has no version that could be deleted, and Horizon Cloud deletes \
                            an image only with its last version";
                Err(Error::new(Kind::Unexpected, DELETE, text))
            }
            Some(_) => {
                self.empty += 1;
                Ok(Progress::Pending(Some(soon(horizon, deadline))))
            }
        }
    }
}

/// The pause before another look at something that seems to be gone.
fn soon(horizon: &Horizon, deadline: &Deadline) -> Duration {
    horizon.polling_interval.min(GONE_PAUSE).min(deadline.left() / 2)
}

/// A request that the service refuses as long as the version is busy.
struct Submission<'a> {
    horizon: &'a Horizon,
    wanted: &'a Deletion<'a>,
    version: &'a Version,
    deadline: &'a Deadline,
    reported: bool,
    /// How often the service did not know the version.
    missing: u32,
}

impl Poll for Submission<'_> {
    type Output = ();

    async fn poll(&mut self) -> Result<Progress<()>> {
        let path = ["images", self.wanted.id, "versions", &self.version.id];
        let mut call = Call { method: Method::DELETE, ..Call::get(DELETE, &path) };
        if self.wanted.force {
            call = call.with("force", "true");
        }
        let (horizon, deadline) = (self.horizon, self.deadline);
        let mut sending =
            Sending { horizon, call, deadline, wanted: self.wanted, version: self.version };
        match change::make(deadline, &mut sending).await {
            Ok(Outcome::Accepted(())) => Ok(Progress::Done(())),
            Ok(Outcome::Unknown(error)) if error.kind == Kind::Interrupted => Err(error),
            Ok(Outcome::Unknown(error)) => Ok(Progress::Unreadable(error, None)),
            // "The current status of the version does not allow it": it is imported or published.
            Err(error) if error.status == Some(422) => {
                if !std::mem::replace(&mut self.reported, true) {
                    tracing::info!(
                        image = self.wanted.id,
                        version = self.version.id,
                        "the version is busy and cannot be deleted yet: {}",
                        error.message
                    );
                }
                if self.horizon.polling_interval >= self.deadline.left() {
                    let allowed = readable(self.deadline.within);
                    let text =
                        format!("not possible within the {allowed} allowed: {}", error.message);
                    return Err(Error { kind: Kind::TimedOut, message: text, ..error });
                }
                Ok(Progress::Pending(None))
            }
            Err(error) if error.kind == Kind::NotFound => {
                self.missing += 1;
                match self.missing >= GONE {
                    true => Ok(Progress::Done(())),
                    false => Ok(Progress::Pending(Some(soon(horizon, deadline)))),
                }
            }
            Err(error) => Err(error),
        }
    }
}

struct Sending<'a> {
    horizon: &'a Horizon,
    call: Call<'a>,
    deadline: &'a Deadline,
    wanted: &'a Deletion<'a>,
    version: &'a Version,
}

impl Change for Sending<'_> {
    type Accepted = ();

    async fn send(&mut self) -> Result<Sent> {
        self.horizon.send_once(&self.call, self.deadline).await
    }

    fn accept(&mut self, response: &Response) -> Result<()> {
        if response.status.is_success() {
            return Ok(());
        }
        Err(self.horizon.error(&self.call, response))
    }

    async fn look(&mut self) -> Seen<()> {
        let read = || self.horizon.version(self.wanted.id, &self.version.id, self.deadline);
        match if_it_exists("GetVersion", self.deadline, read).await {
            Ok(Some(version)) if !is_going(version.status.as_deref()) => Seen::NotDone,
            Ok(_) => Seen::Done(()),
            Err(error) => Seen::Unreadable(error),
        }
    }
}

/// How the wait for the end of a deletion ends.
enum Ended {
    /// The image does not exist any more.
    Gone,
    /// There are versions that nobody is deleting: a deletion had no effect, or one was added.
    Standing,
}

/// An image that is being deleted.
struct Going<'a> {
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
        self.seen = Some(image);
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
    fn new(horizon: &'a Horizon, id: &'a str, deadline: &'a Deadline) -> Self {
        let (gone, standing, stuck) = (0, 0, 0);
        Self { horizon, id, deadline, gone, standing, stuck, was_going: false, seen: None }
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

    fn late(&self, error: Error) -> Error {
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
