//! Creating an image, once.
//!
//! The service knows no key that makes a creation repeatable. So the name is looked up first, the
//! request is sent once, and what became of a request without an answer is looked up by name again.

use std::time::{Duration, SystemTime};

use reqwest::Method;
use serde_json::Value;

use super::client::Call;
use super::error::is_taken;
use super::new::NewImage;
use super::status::{Phase, phase};
use super::{Horizon, Image};
use crate::cloud::change::{self, Change, Outcome, Seen};
use crate::cloud::deadline::readable;
use crate::cloud::http::{Response, Sent};
use crate::cloud::json::text;
use crate::cloud::poll::{Poll, Progress, until_done};
use crate::cloud::{Deadline, Error, Kind, Result};

/// The name of the operation.
pub(super) const CREATE: &str = "CreateImageCatalog";

/// How far the creation time of an image may lie before the clock that the service showed: both are
/// rounded, and it has several machines.
const SLACK: Duration = Duration::from_secs(5);

/// How long before the deadline a creation is sent at the latest, if that is less than a twentieth of
/// the time: enough for an answer.
const MARGIN: Duration = Duration::from_secs(5);

/// A creation that the service has accepted.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// The id of the image.
    pub id: String,
    /// The organisation for which it was created.
    pub org_id: String,
    /// The id of the version.
    pub version_id: Option<String>,
    /// The name of the version.
    pub version_name: Option<String>,
    /// The id of the copy.
    pub asset_id: Option<String>,
    /// The status of the image.
    pub status: Option<String>,
    /// The status of the version.
    pub version_status: Option<String>,
    /// The status of the copy.
    pub asset_status: Option<String>,
    /// Why it was unknown whether the service had accepted it, if the image was found by its name.
    pub doubt: Option<Error>,
}

/// The outcome of a creation.
#[derive(Clone, Debug)]
pub enum Created {
    /// It was accepted.
    Accepted(Box<Accepted>),
    /// It was not: there are images of that name, and what the service said if it was asked.
    Taken(Vec<Image>, Option<Error>),
    /// Nobody knows: the answer got lost, and no image of that name shows.
    Unknown(Error),
}

impl Horizon {
    /// `createImageCatalog`, unless there is an image of the name. One that is being deleted is
    /// waited for.
    ///
    /// # Errors
    /// The service's refusal, or why the image was certainly not created.
    pub async fn create(&self, new: &NewImage, deadline: &Deadline) -> Result<Created> {
        let mut vacating = Vacating { horizon: self, name: &new.name, deadline, going: Vec::new() };
        let every = self.polling_interval;
        let free = until_done("ListImages", every, None, deadline, &mut vacating).await;
        let (taken, at) = free.map_err(|error| vacating.late(error))?;
        if !taken.is_empty() {
            return Ok(Created::Taken(taken, None));
        }
        check_time(deadline)?;
        let org_id = self.org_id(deadline).await?;
        let body = new.body(&org_id);
        let call = Call {
            operation: CREATE,
            method: Method::POST,
            path: &["images"],
            query: vec![("action", new.source.action().to_owned())],
            body: Some(body),
        };
        let started = at.unwrap_or_else(|| SystemTime::now() - Duration::from_secs(300)) - SLACK;
        let mut creation = Creation { horizon: self, new, call, started, doubt: None, deadline };
        match change::make(deadline, &mut creation).await {
            Ok(Outcome::Accepted(accepted)) => {
                Ok(Created::Accepted(Box::new(Accepted { org_id, ..accepted })))
            }
            Ok(Outcome::Unknown(error)) => Ok(Created::Unknown(error)),
            Err(refusal) if refusal.kind == Kind::Conflict => {
                let found = self.images(Some(&new.name), deadline).await.unwrap_or_default();
                match found.is_empty() && !is_taken(&refusal) {
                    true => Err(refusal),
                    // The list may not show it.
                    false => Ok(Created::Taken(found, Some(refusal))),
                }
            }
            Err(refusal) => Err(refusal),
        }
    }
}

/// Nothing is sent that could not be answered in time: what became of it would be unknown.
fn check_time(deadline: &Deadline) -> Result<()> {
    if deadline.left() >= MARGIN.min(deadline.within / 20) {
        return Ok(());
    }
    let allowed = readable(deadline.within);
    let text = format!("the time allowed ({allowed}) is almost over, so the request was not sent");
    Err(Error::new(Kind::TimedOut, CREATE, text))
}

/// A name that must be free before it can be used.
struct Vacating<'a> {
    horizon: &'a Horizon,
    name: &'a str,
    deadline: &'a Deadline,
    /// The ids of images that are being deleted.
    going: Vec<String>,
}

impl Vacating<'_> {
    fn late(&self, error: Error) -> Error {
        if error.kind != Kind::TimedOut || self.going.is_empty() {
            return error;
        }
        let text = format!(
            "{}. The name {:?} is still in use by an image that is being deleted: {}",
            error.message,
            self.name,
            self.going.join(", ")
        );
        Error { message: text, ..error }
    }
}

impl Vacating<'_> {
    /// Whether the service itself says that an image does not exist which it lists: a list may lag
    /// behind a deletion.
    async fn is_gone(&self, image: &Image) -> Result<bool> {
        match self.horizon.image(&image.id, self.deadline).await {
            Err(error) if error.kind == Kind::NotFound => Ok(true),
            Err(error) if error.kind == Kind::Interrupted => Err(error),
            _ => Ok(false),
        }
    }
}

impl Poll for Vacating<'_> {
    type Output = (Vec<Image>, Option<SystemTime>);

    async fn poll(&mut self) -> Result<Progress<Self::Output>> {
        let (mut images, at) = self.horizon.listed(Some(self.name), self.deadline).await?;
        let is_going = |image: &Image| {
            image.status.as_deref().is_some_and(|status| phase(status, false) == Phase::Deleting)
        };
        let mut going = Vec::new();
        for image in &images {
            if is_going(image) || self.is_gone(image).await? {
                going.push(image.id.clone());
            }
        }
        images.retain(|image| !going.contains(&image.id));
        if images.is_empty() && !going.is_empty() {
            self.going = going;
            tracing::info!(name = self.name, "an image of this name is being deleted");
            return Ok(Progress::Pending(None));
        }
        Ok(Progress::Done((images, at)))
    }
}

struct Creation<'a> {
    horizon: &'a Horizon,
    new: &'a NewImage,
    call: Call<'a>,
    /// No image that was created before is the requested one.
    started: SystemTime,
    doubt: Option<Error>,
    deadline: &'a Deadline,
}

impl Change for Creation<'_> {
    type Accepted = Accepted;

    async fn send(&mut self) -> Result<Sent> {
        let sent = self.horizon.send_once(&self.call, self.deadline).await?;
        let sent = match sent {
            // Whoever answers so may have done it.
            Sent::Answered(response)
                if (response.status.is_success() || response.status.as_u16() == 303)
                    && read(&response).is_none() =>
            {
                let text = format!("the answer does not name the image: {}", response.describe());
                let error = Error::new(Kind::Unexpected, CREATE, text);
                Sent::Unknown(error.status(response.status.as_u16()), None)
            }
            sent => sent,
        };
        if let Sent::Unknown(error, _) = &sent {
            self.doubt = Some(error.clone());
        }
        Ok(sent)
    }

    fn accept(&mut self, response: &Response) -> Result<Accepted> {
        match read(response).filter(|_| response.status.is_success()) {
            Some(accepted) => {
                self.horizon.claim(&accepted.id);
                Ok(accepted)
            }
            None => Err(self.horizon.error(&self.call, response)),
        }
    }

    async fn look(&mut self) -> Seen<Accepted> {
        let (images, _) = match self.horizon.listed(Some(&self.new.name), self.deadline).await {
            Ok(found) => found,
            Err(error) => return Seen::Unreadable(error),
        };
        // None of them was there before.
        let (new, old): (Vec<_>, Vec<_>) = images.into_iter().partition(|image| {
            image.created.is_none_or(|created| SystemTime::from(created) >= self.started)
        });
        match (new.as_slice(), old.as_slice()) {
            ([], []) => Seen::NotSeen,
            ([only], []) if self.is_ours(only).await => Seen::Done(Accepted {
                id: only.id.clone(),
                status: only.status.clone(),
                doubt: self.doubt.clone(),
                ..Accepted::default()
            }),
            _ => {
                let text = match new.len() + old.len() {
                    1 => "another image of this name appeared meanwhile".to_owned(),
                    n => format!("{n} images of this name appeared meanwhile"),
                };
                Seen::Prevented(Error::new(Kind::Conflict, CREATE, text))
            }
        }
    }
}

impl Creation<'_> {
    /// Whether a new image of the name is the requested one, as far as the service tells.
    async fn is_ours(&self, found: &Image) -> bool {
        if !self.new.may_be(found) {
            return false;
        }
        let (horizon, deadline) = (self.horizon, self.deadline);
        // It may not be readable yet.
        let versions = horizon.versions(&found.id, deadline).await.unwrap_or_default();
        let copies = match versions.first() {
            Some(version) => horizon.copies(&found.id, &version.id, deadline).await,
            None => Ok(Vec::new()),
        };
        let copies = copies.unwrap_or_default();
        let mut places = copies.iter().filter_map(|copy| copy.provider_instance_id.as_deref());
        places.all(|place| place == self.new.provider_instance_id) && horizon.claim(&found.id)
    }
}

/// The image in the answer to a creation.
fn read(response: &Response) -> Option<Accepted> {
    let body: Value = serde_json::from_slice(response.json()).ok()?;
    let own = |name: &str| text(body.get(name)).map(str::to_owned);
    Some(Accepted {
        id: own("streamId")?,
        org_id: String::new(),
        version_id: own("versionId"),
        version_name: own("versionName"),
        asset_id: own("assetId"),
        status: own("streamStatus"),
        version_status: own("versionStatus"),
        asset_status: own("assetStatus"),
        doubt: None,
    })
}
