//! Changing a version in place: its description, its markers, the password of its virtual machine.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::client::Call;
use super::new::VmInfo;
use super::{Horizon, Image, Marker, Version};
use crate::cloud::change::{self, Change, Outcome, Seen};
use crate::cloud::http::{Response, Sent};
use crate::cloud::poll::{Poll, Progress, until_done};
use crate::cloud::{Deadline, Error, Kind, Result};

const DELETE_MARKER: &str = "DeleteMarker";

/// What to change of a version; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    /// The description; empty for none.
    pub description: Option<String>,
    /// The names of the markers that the version has to have in the end.
    pub markers: Option<Vec<String>>,
    /// The name of a marker that it must not have in the end, as after [`Horizon::delete_marker`].
    pub removed: Option<String>,
}

impl Edit {
    fn body(&self) -> Value {
        let mut body = Map::new();
        if let Some(description) = &self.description {
            body.insert("description".to_owned(), description.as_str().into());
        }
        if let Some(markers) = &self.markers {
            let markers: Vec<_> = markers.iter().map(|name| json!({ "name": name })).collect();
            body.insert("markers".to_owned(), markers.into());
        }
        Value::Object(body)
    }

    /// Whether a version has been changed so far.
    fn is_done(&self, shown: &Edited) -> bool {
        let described = self.description.as_deref().is_none_or(|wanted| {
            shown.version.description.as_deref().unwrap_or_default().trim() == wanted.trim()
        });
        let has = |name: &String| {
            let mut markers = shown.markers.iter().flatten();
            markers.any(|marker| marker.name == *name && marker.is_on(&shown.version.id))
        };
        described
            && self.markers.iter().flatten().all(has)
            && !self.removed.as_ref().is_some_and(has)
    }
}

/// What was changed, as it is shown afterwards.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The image.
    pub image: Image,
    /// The version.
    pub version: Version,
    /// All markers of the image; `None` where the service does not tell where they are.
    pub markers: Option<Vec<Marker>>,
}

impl Horizon {
    /// `updateVersion`, and waits until the change shows.
    ///
    /// # Errors
    /// The service's refusal; [`Kind::TimedOut`] if the change does not show.
    pub async fn edit(
        &self,
        id: &str,
        version_id: &str,
        edit: &Edit,
        deadline: &Deadline,
    ) -> Result<Edited> {
        let path = ["images", id, "versions", version_id];
        let call = Call {
            method: Method::PATCH,
            body: Some(edit.body()),
            ..Call::get("UpdateVersion", &path)
        };
        self.repeatable(call, deadline).await?;
        let mut shown = Shown { horizon: self, id, version_id, edit, deadline };
        until_done("UpdateVersion", self.polling_interval, None, deadline, &mut shown).await
    }

    /// `deleteMarkerById`, and waits until the version is without it. One that does not exist counts
    /// as deleted.
    ///
    /// # Errors
    /// The service's refusal; [`Kind::TimedOut`] if it is still there.
    pub async fn delete_marker(
        &self,
        id: &str,
        version_id: &str,
        marker: &Marker,
        deadline: &Deadline,
    ) -> Result<()> {
        let marker_id = self.marker_id(id, marker, deadline).await?;
        let path = ["images", id, "markers", &marker_id];
        let call = Call { method: Method::DELETE, ..Call::get(DELETE_MARKER, &path) };
        match self.repeatable(call, deadline).await {
            Err(error) if error.kind != Kind::NotFound => return Err(error),
            _ => {}
        }
        let edit = &Edit { removed: Some(marker.name.clone()), ..Edit::default() };
        let mut shown = Shown { horizon: self, id, version_id, edit, deadline };
        until_done(DELETE_MARKER, self.polling_interval, None, deadline, &mut shown).await?;
        Ok(())
    }

    /// The id of a marker, from the list of all if it is not known.
    async fn marker_id(&self, id: &str, marker: &Marker, deadline: &Deadline) -> Result<String> {
        if !marker.id.is_empty() {
            return Ok(marker.id.clone());
        }
        let all = self.markers(id, deadline).await?.unwrap_or_default();
        let same = all.into_iter().find(|listed| listed.name == marker.name);
        same.map(|listed| listed.id).filter(|id| !id.is_empty()).ok_or_else(|| {
            let text = format!("the service does not tell the id of the marker {:?}", marker.name);
            Error::new(Kind::Unexpected, DELETE_MARKER, text)
        })
    }

    /// `resetVmPassword`. The service carries it out later and does not tell when.
    ///
    /// # Errors
    /// The service's refusal.
    pub async fn reset_password(
        &self,
        id: &str,
        version_id: &str,
        vm_info: &VmInfo,
        deadline: &Deadline,
    ) -> Result<()> {
        let body = json!({ "orgId": self.org_id(deadline).await?, "vmInfo": vm_info.body() });
        let path = ["images", id, "versions", version_id, "reset-vm-password"];
        let call =
            Call { method: Method::POST, body: Some(body), ..Call::get("ResetVmPassword", &path) };
        self.repeatable(call, deadline).await
    }

    /// Sends a change that may be sent twice: the second one changes nothing.
    async fn repeatable(&self, call: Call<'_>, deadline: &Deadline) -> Result<()> {
        let operation = call.operation;
        match change::make(deadline, &mut Repeatable { horizon: self, call, deadline }).await? {
            Outcome::Accepted(()) => Ok(()),
            Outcome::Unknown(error) => {
                let text = format!("it is unknown whether it was carried out: {}", error.message);
                Err(Error { message: text, operation, ..error })
            }
        }
    }
}

struct Repeatable<'a> {
    horizon: &'a Horizon,
    call: Call<'a>,
    deadline: &'a Deadline,
}

impl Change for Repeatable<'_> {
    type Accepted = ();

    async fn send(&mut self) -> Result<Sent> {
        self.horizon.send_once(&self.call, self.deadline).await
    }

    fn accept(&mut self, response: &Response) -> Result<()> {
        match response.status.is_success() {
            true => Ok(()),
            false => Err(self.horizon.error(&self.call, response)),
        }
    }

    async fn look(&mut self) -> Seen<()> {
        Seen::NotDone
    }
}

/// A change that does not show yet.
struct Shown<'a> {
    horizon: &'a Horizon,
    id: &'a str,
    version_id: &'a str,
    edit: &'a Edit,
    deadline: &'a Deadline,
}

impl Poll for Shown<'_> {
    type Output = Edited;

    async fn poll(&mut self) -> Result<Progress<Self::Output>> {
        let (horizon, deadline) = (self.horizon, self.deadline);
        let path = ["images", self.id, "versions", self.version_id];
        let version = match horizon.peek(&Call::get("GetVersion", &path), deadline).await {
            Ok(document) => Version::read(&document),
            Err((error, _)) if error.kind == Kind::NotFound => return Err(error),
            Err((error, asked)) => return Ok(Progress::Unreadable(error, asked)),
        };
        let path = ["images", self.id];
        let image = match horizon.peek(&Call::get("GetImage", &path), deadline).await {
            Ok(document) => Image::read(&document),
            Err((error, asked)) => return Ok(Progress::Unreadable(error, asked)),
        };
        let markers = match horizon.placed_markers(&image, &version, deadline).await {
            Ok(markers) => markers,
            Err(error) => return Ok(Progress::Unreadable(error, None)),
        };
        let shown = Edited { image, version, markers };
        match self.edit.is_done(&shown) {
            true => Ok(Progress::Done(shown)),
            false => Ok(Progress::Pending(None)),
        }
    }
}
