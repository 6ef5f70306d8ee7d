//! Where the markers of an image are.
//!
//! A marker is a name that pools follow. It belongs to the image and is on one of its versions;
//! moving it to a newer version is how a release goes live. To move one back by mistake would move
//! all pools, so a marker is where the service says that it is, and nowhere if it does not.

use super::client::Call;
use super::types::Marker;
use super::{Horizon, Image, Version};
use crate::cloud::{Deadline, Result};

impl Marker {
    /// Whether it is on that version and stays there. One whose place is not known is not, nor is
    /// one that is on its way from or to another version.
    #[must_use]
    pub fn is_on(&self, version_id: &str) -> bool {
        let is_here = |id: &str| id == version_id;
        self.version_id.as_deref().is_some_and(is_here)
            && self.next_version_id.as_deref().is_none_or(is_here)
    }
}

/// What an image and a version tell, if both tell the same. An image without markers may be one that
/// does not list them.
fn agreed<'m>(image: &'m Image, version: &Version) -> Option<&'m [Marker]> {
    let all = image.markers.as_deref().filter(|all| !all.is_empty())?;
    let here = |marker: &&Marker| marker.version_id.as_deref() == Some(version.id.as_str());
    let told = version.markers.as_deref().map(names);
    let agrees = told.is_none_or(|told| told == names(all.iter().filter(here)));
    (agrees && all.iter().all(|marker| marker.version_id.is_some())).then_some(all)
}

fn names<'m>(markers: impl IntoIterator<Item = &'m Marker>) -> Vec<&'m str> {
    let mut names: Vec<&str> = markers.into_iter().map(|marker| marker.name.as_str()).collect();
    names.sort_unstable();
    names
}

impl Horizon {
    /// `getMarkers`; none where a gateway does not know the way.
    pub(super) async fn markers(
        &self,
        id: &str,
        deadline: &Deadline,
    ) -> Result<Option<Vec<Marker>>> {
        let path = ["images", id, "markers"];
        match self.list(Call::get("ListMarkers", &path), deadline).await {
            Ok(listed) => Ok(Some(listed.elements.iter().filter_map(Marker::read).collect())),
            Err(error) if error.status == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All markers of an image; none where the service does not tell where they are. They are listed
    /// if the image does not tell by itself, or tells something else than the version.
    ///
    /// # Errors
    /// The service's refusal.
    pub(super) async fn placed_markers(
        &self,
        image: &Image,
        version: &Version,
        deadline: &Deadline,
    ) -> Result<Option<Vec<Marker>>> {
        if let Some(markers) = agreed(image, version) {
            return Ok(Some(markers.to_vec()));
        }
        let is_none = |told: &Option<Vec<Marker>>| told.as_ref().is_some_and(Vec::is_empty);
        // A list without elements and an image that is not found answer the same.
        let is_empty =
            is_none(&image.markers) && (version.markers.is_none() || is_none(&version.markers));
        let listed = self.markers(&image.id, deadline).await?;
        Ok(listed.filter(|listed| !listed.is_empty() || is_empty))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(version_id: Option<&str>, next: Option<&str>) -> Marker {
        Marker {
            name: "default".into(),
            version_id: version_id.map(str::to_owned),
            next_version_id: next.map(str::to_owned),
            ..Marker::default()
        }
    }

    #[test]
    fn a_marker_is_only_where_it_is_known_to_be_and_to_stay() {
        for (at, next, is_on) in [
            (Some("v-1"), None, true),
            (Some("v-1"), Some("v-1"), true),
            (Some("v-1"), Some("v-2"), false),
            (Some("v-2"), Some("v-1"), false),
            (Some("v-2"), None, false),
            (None, None, false),
            (None, Some("v-1"), false),
        ] {
            assert_eq!(marker(at, next).is_on("v-1"), is_on, "{at:?} {next:?}");
        }
    }

    #[test]
    fn an_image_is_believed_only_if_its_version_does_not_contradict() {
        let here = || vec![marker(Some("v-1"), None)];
        let there = || vec![marker(Some("v-2"), None)];
        let nowhere = || vec![marker(None, None)];
        for (of_image, of_version, is_agreed) in [
            (Some(here()), Some(here()), true),
            (Some(here()), None, true),
            (Some(there()), Some(vec![]), true),
            (Some(vec![]), Some(vec![]), false),
            (Some(vec![]), None, false),
            (Some(vec![]), Some(here()), false),
            (Some(there()), Some(here()), false),
            (Some(nowhere()), Some(vec![]), false),
            (None, Some(here()), false),
            (None, None, false),
        ] {
            let image = Image { markers: of_image.clone(), ..Image::default() };
            let version = Version { id: "v-1".into(), markers: of_version, ..Version::default() };
            assert_eq!(agreed(&image, &version).is_some(), is_agreed, "{of_image:?} {version:?}");
        }
    }
}
