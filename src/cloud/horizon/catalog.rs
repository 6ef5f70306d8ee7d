//! Reading images, their versions and their copies.

use std::time::SystemTime;

use super::client::Call;
use super::{Copy, Horizon, Image, Marker, Version};
use crate::cloud::poll::if_it_exists;
use crate::cloud::{Deadline, Error, Kind, Result};

/// An image with one of its versions and the copy that was imported.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snapshot {
    /// The image.
    pub image: Image,
    /// The version, if it exists.
    pub version: Option<Version>,
    /// The copy, if it exists.
    pub copy: Option<Copy>,
    /// All copies of the version, that one among them.
    pub copies: Vec<Copy>,
    /// All markers of the image; `None` where the service does not tell where they are.
    pub markers: Option<Vec<Marker>>,
}

impl Snapshot {
    /// The operating system's kind, as the image or the copy tells it.
    #[must_use]
    pub fn os_type(&self) -> Option<&str> {
        let of_copy = || self.copy.as_ref().and_then(|copy| copy.os_type.as_deref());
        self.image.os_type.as_deref().or_else(of_copy)
    }

    /// The provider instance of the version. Of a version that is in several, nobody can tell to
    /// which of them it was imported.
    #[must_use]
    pub fn provider_instance_id(&self) -> Option<&str> {
        self.common(|copy| copy.provider_instance_id.as_deref())
    }

    /// The kind of its provider.
    #[must_use]
    pub fn provider_label(&self) -> Option<&str> {
        self.common(|copy| copy.provider_label.as_deref())
    }

    /// The copy that tells why the image failed: the imported one, or another that has failed.
    #[must_use]
    pub fn culprit(&self) -> Option<&Copy> {
        let tells = |copy: &&Copy| copy.reason().is_some();
        let imported = self.copy.as_ref();
        imported.filter(tells).or_else(|| self.copies.iter().find(tells)).or(imported)
    }

    /// What all copies have in common.
    fn common<'s>(&'s self, of: impl Fn(&'s Copy) -> Option<&'s str>) -> Option<&'s str> {
        let mut told = self.copies.iter().filter_map(of);
        let first = told.next()?;
        told.all(|other| other == first).then_some(first)
    }
}

impl Horizon {
    /// `getStream`.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if the service itself says that there is none.
    pub async fn image(&self, id: &str, deadline: &Deadline) -> Result<Image> {
        let document = self.get(&Call::get("GetImage", &["images", id]), deadline).await?;
        Ok(Image::read(&document))
    }

    /// `getVersion`.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if the service itself says that there is none.
    pub async fn version(
        &self,
        id: &str,
        version_id: &str,
        deadline: &Deadline,
    ) -> Result<Version> {
        let path = ["images", id, "versions", version_id];
        let document = self.get(&Call::get("GetVersion", &path), deadline).await?;
        Ok(Version::read(&document))
    }

    /// `getVersions`, the oldest first.
    ///
    /// # Errors
    /// The service's refusal.
    pub async fn versions(&self, id: &str, deadline: &Deadline) -> Result<Vec<Version>> {
        let path = ["images", id, "versions"];
        let listed = self.list(Call::get("ListVersions", &path), deadline).await?;
        let mut versions: Vec<_> = listed.elements.iter().map(Version::read).collect();
        versions.sort_by_cached_key(Version::age);
        Ok(versions)
    }

    /// `getCopies`, the oldest first.
    ///
    /// # Errors
    /// The service's refusal.
    pub async fn copies(
        &self,
        id: &str,
        version_id: &str,
        deadline: &Deadline,
    ) -> Result<Vec<Copy>> {
        let path = ["images", id, "versions", version_id, "copies"];
        let listed = self.list(Call::get("ListCopies", &path), deadline).await?;
        let mut copies: Vec<_> = listed.elements.iter().map(Copy::read).collect();
        copies.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
        Ok(copies)
    }

    /// `getStreams`: all images, or those of a name.
    ///
    /// # Errors
    /// The service's refusal.
    pub async fn images(&self, name: Option<&str>, deadline: &Deadline) -> Result<Vec<Image>> {
        Ok(self.listed(name, deadline).await?.0)
    }

    /// The same with the time of the service's clock.
    pub(super) async fn listed(
        &self,
        name: Option<&str>,
        deadline: &Deadline,
    ) -> Result<(Vec<Image>, Option<SystemTime>)> {
        let call = Call::get("ListImages", &["images"]);
        let call = match name {
            Some(name) => call.with("search", format!("name $eq {name}")),
            // Pages of a list without an order may overlap.
            None => call.with("sort", "name,asc"),
        };
        let listed = self.list(call, deadline).await?;
        let mut images: Vec<_> = listed.elements.iter().map(Image::read).collect();
        // The search may not be as exact as it is asked to be.
        images.retain(|image| !image.id.is_empty() && name.is_none_or(|name| image.name == name));
        images.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        Ok((images, listed.at))
    }

    /// An image with its version and copy, in three requests at a time. Without a known version it
    /// is the oldest, without a known copy the oldest as well.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if there is no such image.
    pub async fn snapshot(
        &self,
        id: &str,
        version_id: Option<&str>,
        copy_id: Option<&str>,
        deadline: &Deadline,
    ) -> Result<Snapshot> {
        let Some(version_id) = version_id else {
            let found = self.found(id, None, deadline).await?;
            return Ok(Snapshot { copy: pick(&found.copies, copy_id), ..found });
        };
        let read_version = || self.version(id, version_id, deadline);
        let (image, version, copies) = tokio::join!(
            self.image(id, deadline),
            if_it_exists("GetVersion", deadline, read_version),
            self.copies(id, version_id, deadline),
        );
        let (image, version) = (image?, version?);
        let copies = match copies {
            // The copies of a version that does not exist are of no interest.
            _ if version.is_none() => Vec::new(),
            Err(error) if error.status == Some(404) => Vec::new(),
            copies => copies?,
        };
        let markers = match &version {
            Some(version) => self.placed_markers(&image, version, deadline).await?,
            None => None,
        };
        Ok(Snapshot { image, version, copy: pick(&copies, copy_id), copies, markers })
    }

    /// An image of which nothing is known yet, with that version or the oldest, and with the oldest
    /// copy. What is missing is looked for twice: it is taken for what there is from then on.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if there is no such image; the service's refusal, also where it is a gateway's.
    pub async fn found(
        &self,
        id: &str,
        version_id: Option<&str>,
        deadline: &Deadline,
    ) -> Result<Snapshot> {
        let image = self.image(id, deadline).await?;
        let version = match version_id {
            Some(version_id) => {
                let read = || self.version(id, version_id, deadline);
                if_it_exists("GetVersion", deadline, read).await?
            }
            None => self.versions(id, deadline).await?.into_iter().next(),
        };
        let Some(version) = version else {
            return Ok(Snapshot { image, ..Snapshot::default() });
        };
        let read = || async {
            let copies = self.copies(id, &version.id, deadline).await?;
            let none = || Error::new(Kind::NotFound, "ListCopies", "the version has no copies");
            (!copies.is_empty()).then_some(copies).ok_or_else(none)
        };
        let copies = if_it_exists("ListCopies", deadline, read).await?.unwrap_or_default();
        let markers = self.placed_markers(&image, &version, deadline).await?;
        let copy = pick(&copies, None);
        Ok(Snapshot { image, version: Some(version), copy, copies, markers })
    }
}

/// The copy that was imported: the one of that id, or the oldest.
pub(super) fn pick(copies: &[Copy], id: Option<&str>) -> Option<Copy> {
    match id {
        Some(id) => copies.iter().find(|copy| copy.id == id).cloned(),
        None => copies.first().cloned(),
    }
}
