//! Deleting an image: all of its versions. The last one takes the image with it.

use reqwest::Method;
use tokio::time::Instant;

use super::client::Call;
use super::gone::{DELETE, Ended, GONE, Going, STALE, is_going, soon};
use super::wait::{HEARTBEAT, about};
use super::{Horizon, Version};
use crate::cloud::change::{self, Change, Outcome, Seen};
use crate::cloud::deadline::readable;
use crate::cloud::http::{Response, Sent};
use crate::cloud::poll::{Poll, Progress, if_it_exists, until_done};
use crate::cloud::{Deadline, Error, Kind, Result};

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
                    reported: None,
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

/// A request that the service refuses as long as the version is busy.
struct Submission<'a> {
    horizon: &'a Horizon,
    wanted: &'a Deletion<'a>,
    version: &'a Version,
    deadline: &'a Deadline,
    /// When it was logged last that the version is busy.
    reported: Option<Instant>,
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
                if self.reported.is_none_or(|reported| reported.elapsed() >= HEARTBEAT) {
                    self.reported = Some(Instant::now());
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
