//! The images and everything that belongs to them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::lifecycle::{Life, Lifecycle, Step};
use super::settings::Settings;
use crate::shared::Countdown;

/// An image, called a stream in the definition.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) id: String,
    pub(crate) org: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) os: String,
    pub(crate) os_type: String,
    pub(crate) gpu_type: String,
    pub(crate) source: String,
    pub(crate) provider: String,
    pub(crate) project: Option<String>,
    pub(crate) multi_session: bool,
    pub(crate) created: String,
    pub(crate) updated: String,
    pub(crate) record: u64,
    /// What the first version was counted from.
    pub(crate) version_source: String,
    pub(crate) versions: Vec<Version>,
    pub(crate) markers: Vec<Marker>,
    /// Until these are over, reads of it find nothing.
    pub(crate) read_lag: Countdown,
    /// Until this is over, lists do not show it.
    pub(crate) list_lag: Countdown,
    /// Laid over what is shown.
    pub(crate) overlay: Value,
}

/// A version of an image.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) kind: String,
    pub(crate) source_version: Option<String>,
    pub(crate) history: Vec<String>,
    pub(crate) action: &'static str,
    pub(crate) life: Life,
    /// The lives of the versions of one image can be deleted while others go on.
    pub(crate) deleting: bool,
    pub(crate) copies: Vec<Copy>,
    pub(crate) pinned: bool,
    pub(crate) resets: usize,
    pub(crate) patch: Option<Patch>,
    pub(crate) agent_features: Option<Value>,
    pub(crate) created: String,
    pub(crate) updated: String,
    pub(crate) record: u64,
    pub(crate) overlay: Value,
}

/// A copy of a version at a provider, called an asset in the definition.
#[derive(Debug, Clone)]
pub(crate) struct Copy {
    pub(crate) id: String,
    pub(crate) provider_instance: String,
    pub(crate) kind: String,
    pub(crate) data: Value,
    pub(crate) overlay: Value,
}

/// A name that pools follow. Each is on one version of its image.
#[derive(Debug, Clone)]
pub(crate) struct Marker {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) moving_to: Option<String>,
    pub(crate) status: String,
    pub(crate) pinned: bool,
    pub(crate) created: String,
    pub(crate) updated: String,
}

/// A change of a version that reads do not show yet.
#[derive(Debug, Clone)]
pub(crate) struct Patch {
    pub(crate) lag: Countdown,
    pub(crate) description: Option<String>,
    pub(crate) markers: Option<Vec<String>>,
    pub(crate) replace_markers: bool,
    pub(crate) agent_features: Option<Value>,
}

/// All images, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) settings: Settings,
    pub(crate) images: Vec<Image>,
    /// How many creations were accepted, by name.
    pub(crate) created: BTreeMap<String, usize>,
    pub(crate) lists: usize,
}

/// Which read is made: what counts as a poll depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// `GET` of the image.
    Image,
    /// Any other read under the image, or a list that shows it.
    Part,
    /// A look from outside of the API.
    Peek,
}

impl Store {
    /// Lets the image get on as this read does, and removes what is gone.
    pub(crate) fn settle(&mut self, id: &str, read: Read) {
        if let Some(image) = self.images.iter_mut().find(|image| image.id == id) {
            image.settle(read);
        }
        self.images.retain(|image| !image.versions.is_empty());
    }

    pub(crate) fn settle_all(&mut self) {
        self.images.iter_mut().for_each(|image| image.settle(Read::Peek));
        self.images.retain(|image| !image.versions.is_empty());
    }

    pub(crate) fn image(&self, id: &str) -> Option<&Image> {
        self.images.iter().find(|image| image.id == id)
    }

    pub(crate) fn image_mut(&mut self, id: &str) -> Option<&mut Image> {
        self.images.iter_mut().find(|image| image.id == id)
    }

    /// The image and the version with this id, wherever it is.
    pub(crate) fn version_mut(&mut self, id: &str) -> Option<(&mut Image, usize)> {
        self.images.iter_mut().find_map(|image| {
            let at = image.versions.iter().position(|version| version.id == id)?;
            Some((image, at))
        })
    }
}

impl Image {
    fn settle(&mut self, read: Read) {
        for version in &mut self.versions {
            let poll = read == Read::Image || (version.deleting && read == Read::Part);
            version.life.advance(poll);
        }
        for version in &mut self.versions {
            if let Some(patch) = &mut version.patch
                && read != Read::Peek
            {
                patch.lag.poll();
            }
        }
        for at in 0..self.versions.len() {
            if self.versions[at].patch.as_ref().is_some_and(|patch| patch.lag.is_over())
                && let Some(patch) = self.versions[at].patch.take()
            {
                self.apply(at, &patch);
            }
        }
        self.versions.retain(|version| !version.life.is_gone());
        let left: Vec<&String> = self.versions.iter().map(|version| &version.id).collect();
        self.markers.retain(|marker| left.contains(&&marker.version));
    }

    pub(crate) fn apply(&mut self, at: usize, patch: &Patch) {
        let version = &mut self.versions[at];
        version.updated = timestamp();
        version.record += 1;
        if let Some(description) = &patch.description {
            version.description = Some(description.clone());
        }
        if let Some(features) = &patch.agent_features {
            version.agent_features = Some(features.clone());
        }
        let id = version.id.clone();
        let Some(names) = &patch.markers else { return };
        if patch.replace_markers {
            self.markers.retain(|marker| marker.version != id || names.contains(&marker.name));
        }
        for name in names {
            self.put_marker(name, &id);
        }
    }

    /// Puts a marker on a version; one of that name moves there.
    pub(crate) fn put_marker(&mut self, name: &str, version: &str) {
        self.updated = timestamp();
        self.record += 1;
        match self.markers.iter_mut().find(|marker| marker.name == name) {
            Some(marker) => {
                version.clone_into(&mut marker.version);
                marker.moving_to = None;
                marker.updated = timestamp();
            }
            None => self.markers.push(Marker {
                id: new_id(),
                name: name.to_owned(),
                version: version.to_owned(),
                moving_to: None,
                status: "UPDATES_COMPLETED".to_owned(),
                pinned: false,
                created: timestamp(),
                updated: timestamp(),
            }),
        }
    }

    /// The status of the image. While a version is worked on, it is that version's.
    pub(crate) fn status(&self) -> String {
        let step = |version: &Version| version.life.step().image.clone();
        let staying: Vec<&Version> = self.versions.iter().filter(|v| !v.deleting).collect();
        staying
            .iter()
            .copied()
            .find(|version| step(version) == "AVAILABLE")
            .or_else(|| staying.first().copied())
            .or_else(|| self.versions.first())
            .map(step)
            .unwrap_or_default()
    }
}

impl Version {
    /// The first one of an image, or one that is added.
    pub(crate) fn new(name: String, kind: &str, life: Lifecycle, action: &'static str) -> Self {
        Self {
            id: new_id(),
            name,
            description: None,
            kind: kind.to_owned(),
            source_version: None,
            history: Vec::new(),
            action,
            life: Life::new(life),
            deleting: false,
            copies: Vec::new(),
            pinned: false,
            resets: 0,
            patch: None,
            agent_features: None,
            created: timestamp(),
            updated: timestamp(),
            record: 0,
            overlay: Value::Object(Map::new()),
        }
    }

    /// Where it is now.
    pub(crate) fn step(&self) -> &Step {
        self.life.step()
    }

    /// Starts something new with it.
    pub(crate) fn begin(&mut self, life: Lifecycle, action: &'static str) {
        self.life = Life::new(life);
        self.action = action;
        self.updated = timestamp();
        self.record += 1;
    }
}

/// 24 hexadecimal digits, as the service has them.
pub(crate) fn new_id() -> String {
    let mut id = uuid::Uuid::new_v4().simple().to_string();
    id.truncate(24);
    id
}

/// Now, as an RFC 3339 date with milliseconds and a numeric offset.
pub(crate) fn timestamp() -> String {
    at(time::OffsetDateTime::now_utc())
}

/// This moment in the same form.
pub(crate) fn at(moment: time::OffsetDateTime) -> String {
    let format = time::macros::format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+00:00"
    );
    moment.format(format).unwrap_or_default()
}

/// Lays `members` over a document, object by object. A null takes the member's place.
pub(crate) fn lay_over(document: &mut Value, members: &Value) {
    match (document, members) {
        (Value::Object(document), Value::Object(members)) => {
            for (name, value) in members {
                lay_over(document.entry(name).or_insert(Value::Null), value);
            }
        }
        (document, value) => *document = value.clone(),
    }
}

/// The next version after `from` ("0.0" has none before it).
pub(crate) fn next_version(from: &str, kind: &str) -> Option<String> {
    let numbers: Vec<u64> = from.split('.').map(|n| n.parse().ok()).collect::<Option<_>>()?;
    let (&major, rest) = numbers.split_first().filter(|(_, rest)| rest.len() < 3)?;
    let number = |at: usize| rest.get(at).copied().unwrap_or_default();
    Some(match kind {
        "MAJOR" => format!("{}.0.0", major + 1),
        "MINOR" => format!("{major}.{}.0", number(0) + 1),
        _ => format!("{major}.{}.{}", number(0), number(1) + 1),
    })
}
