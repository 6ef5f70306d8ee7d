//! What somebody else does, in the console or elsewhere, and what the images look like now.

use serde_json::{Value, json};

use super::lifecycle::Life;
use super::store::{Read, Store, Version, lay_over, new_id, next_version};
use super::{Lifecycle, Progress, Simulation, Step, lock, new_image, show};

impl Simulation {
    /// Puts a finished image in, made by somebody else, with one version and the marker `default`;
    /// several may have the same name. `members` is laid over the image as it is shown, such as
    /// `{"status": "FAILED"}`. Gives back its id.
    pub fn insert_image(&self, name: &str, members: &Value) -> String {
        self.insert_image_in(&self.state.csp.org, name, members)
    }

    /// Puts a finished image of an organization in; see [`Simulation::insert_image`].
    pub fn insert_image_in(&self, org: &str, name: &str, members: &Value) -> String {
        let mut image = new_image::finished(org, name);
        image.overlay = members.clone();
        let id = image.id.clone();
        lock(&self.state.store).images.push(image);
        id
    }

    /// Puts this many finished images in: `prefix-000`, `prefix-001`, ...
    pub fn insert_images(&self, prefix: &str, count: usize) {
        for index in 0..count {
            self.insert_image(&format!("{prefix}-{index:03}"), &json!({}));
        }
    }

    /// Lays members over the image as it is shown from now on, whatever becomes of it. A null takes
    /// the member's place.
    pub fn change_image(&self, image: &str, members: &Value) {
        if let Some(image) = lock(&self.state.store).image_mut(image) {
            lay_over(&mut image.overlay, members);
        }
    }

    /// Lays members over the version as it is shown from now on.
    pub fn change_version(&self, version: &str, members: &Value) {
        self.with_version(version, |version| lay_over(&mut version.overlay, members));
    }

    /// Lays members over all copies of the version as they are shown from now on.
    pub fn change_copies(&self, version: &str, members: &Value) {
        self.with_version(version, |version| {
            version.copies.iter_mut().for_each(|copy| lay_over(&mut copy.overlay, members));
        });
    }

    /// Edits the description of a version.
    pub fn set_version_description(&self, version: &str, description: &str) {
        self.with_version(version, |version| {
            version.description = Some(description.to_owned());
            version.record += 1;
        });
    }

    /// Puts a marker on a version; one of that name moves there from wherever it is.
    pub fn put_marker(&self, version: &str, name: &str) {
        if let Some((image, _)) = lock(&self.state.store).version_mut(version) {
            image.put_marker(name, version);
        }
    }

    /// Begins to move a marker to another version, where it arrives only when it is put there.
    pub fn begin_marker_move(&self, image: &str, name: &str, to: &str) {
        if let Some(image) = lock(&self.state.store).image_mut(image)
            && let Some(marker) = image.markers.iter_mut().find(|marker| marker.name == name)
        {
            marker.moving_to = Some(to.to_owned());
        }
    }

    /// Removes a marker from an image.
    pub fn remove_marker(&self, image: &str, name: &str) {
        if let Some(image) = lock(&self.state.store).image_mut(image) {
            image.markers.retain(|marker| marker.name != name);
        }
    }

    /// The status of a marker, such as one of an older release of the service.
    pub fn set_marker_status(&self, image: &str, name: &str, status: &str) {
        if let Some(image) = lock(&self.state.store).image_mut(image)
            && let Some(marker) = image.markers.iter_mut().find(|marker| marker.name == name)
        {
            status.clone_into(&mut marker.status);
        }
    }

    /// Adds a finished version to an image. Gives back its id, or nothing if there is no image.
    pub fn add_version(&self, image: &str) -> String {
        self.add_version_with(image, Lifecycle::import().each_lasts(Progress::NONE))
    }

    /// Adds a version that goes through these steps.
    pub fn add_version_with(&self, image: &str, lifecycle: Lifecycle) -> String {
        let mut store = lock(&self.state.store);
        let Some(image) = store.image_mut(image) else { return String::new() };
        let last = image.versions.last().map_or("0.0", |version| version.name.as_str());
        let name = next_version(last, "MAJOR").unwrap_or_default();
        let mut version = Version::new(name, "MAJOR", lifecycle, "ADD_VERSION_FROM_CUSTOM_VM");
        version.history = image.versions.iter().map(|v| v.name.clone()).collect();
        version.copies = image.versions.first().map(|v| v.copies.clone()).unwrap_or_default();
        version.copies.iter_mut().for_each(|copy| copy.id = new_id());
        version.life.advance(false);
        let id = version.id.clone();
        image.versions.push(version);
        id
    }

    /// Adds copies to a version: this many in all.
    pub fn set_copy_count(&self, version: &str, count: usize) {
        self.with_version(version, |version| {
            while version.copies.len() < count
                && let Some(mut copy) = version.copies.first().cloned()
            {
                copy.id = new_id();
                version.copies.push(copy);
            }
            version.copies.truncate(count);
        });
    }

    /// Moves one of the copies of a version, by its number, to another provider instance.
    pub fn set_copy_instance(&self, version: &str, number: usize, instance: &str) {
        self.with_version(version, |version| {
            if let Some(copy) = version.copies.get_mut(number) {
                instance.clone_into(&mut copy.provider_instance);
            }
        });
    }

    /// Lets a version be in these statuses from now on.
    pub fn set_status(&self, version: &str, step: Step) {
        self.with_version(version, |version| version.life = Life::settled(step));
    }

    /// Lets a version go through these steps from now on.
    pub fn begin(&self, version: &str, lifecycle: Lifecycle) {
        self.with_version(version, |version| version.life = Life::new(lifecycle));
    }

    /// Publishes a version: AVAILABLE at once.
    pub fn publish(&self, version: &str) {
        self.with_version(version, |version| {
            let step = Step::new("AVAILABLE", "AVAILABLE", "AVAILABLE");
            version.begin(Lifecycle::new(vec![step]), "PUBLISH");
        });
    }

    /// Begins the deletion of a version, as the console does.
    pub fn begin_deletion(&self, version: &str) {
        let lifecycle = lock(&self.state.store).settings.deletion.clone();
        self.with_version(version, |version| {
            version.begin(lifecycle, "DELETE");
            version.deleting = true;
        });
    }

    /// Removes a version at once; the last one takes the image with it.
    pub fn remove_version(&self, version: &str) {
        let mut store = lock(&self.state.store);
        if let Some((image, at)) = store.version_mut(version) {
            image.versions.remove(at);
            image.markers.retain(|marker| marker.version != version);
        }
        store.settle_all();
    }

    /// Removes an image at once; whether there was one.
    pub fn remove_image(&self, image: &str) -> bool {
        let mut store = lock(&self.state.store);
        let before = store.images.len();
        store.images.retain(|known| known.id != image);
        store.images.len() < before
    }

    /// Whether a pool or template uses the version, which then cannot be deleted without force.
    pub fn set_version_in_use(&self, version: &str, in_use: bool) {
        self.with_version(version, |version| version.pinned = in_use);
    }

    /// Whether a pool or template uses the marker, which then cannot be deleted.
    pub fn set_marker_in_use(&self, image: &str, name: &str, in_use: bool) {
        if let Some(image) = lock(&self.state.store).image_mut(image) {
            let markers = image.markers.iter_mut().filter(|marker| marker.name == name);
            markers.for_each(|marker| marker.pinned = in_use);
        }
    }

    fn with_version(&self, id: &str, change: impl FnOnce(&mut Version)) {
        if let Some((image, at)) = lock(&self.state.store).version_mut(id) {
            change(&mut image.versions[at]);
        }
    }

    fn peek<T>(&self, look: impl FnOnce(&mut Store) -> T) -> T {
        let mut store = lock(&self.state.store);
        store.settle_all();
        look(&mut store)
    }

    /// The image as a read shows it now; this does not count as a poll.
    #[must_use]
    pub fn image(&self, image: &str) -> Option<Value> {
        self.peek(|store| {
            store.settle(image, Read::Peek);
            store.image(image).map(|found| show::image(found, &store.settings))
        })
    }

    /// The version as a read shows it now.
    #[must_use]
    pub fn version(&self, version: &str) -> Option<Value> {
        self.peek(|store| {
            let (image, at) = store.version_mut(version)?;
            let image = image.clone();
            Some(show::version(&image.versions[at], &image, &store.settings))
        })
    }

    /// The ids of the images of this name, oldest first.
    #[must_use]
    pub fn image_ids(&self, name: &str) -> Vec<String> {
        self.peek(|store| {
            let images = store.images.iter().filter(|image| image.name == name);
            images.map(|image| image.id.clone()).collect()
        })
    }

    /// The ids of the versions of an image, oldest first.
    #[must_use]
    pub fn version_ids(&self, image: &str) -> Vec<String> {
        self.peek(|store| {
            let versions = store.image(image).map(|image| image.versions.iter());
            versions.into_iter().flatten().map(|version| version.id.clone()).collect()
        })
    }

    /// The names of the markers of a version, sorted.
    #[must_use]
    pub fn marker_names(&self, version: &str) -> Vec<String> {
        self.peek(|store| {
            let Some((image, _)) = store.version_mut(version) else { return Vec::new() };
            let markers = image.markers.iter().filter(|marker| marker.version == version);
            let mut names: Vec<String> = markers.map(|marker| marker.name.clone()).collect();
            names.sort();
            names
        })
    }

    /// How many images there are, those under way included.
    #[must_use]
    pub fn image_count(&self) -> usize {
        self.peek(|store| store.images.len())
    }

    /// How often the password of the version was reset.
    #[must_use]
    pub fn password_resets(&self, version: &str) -> usize {
        self.peek(|store| store.version_mut(version).map_or(0, |(i, at)| i.versions[at].resets))
    }
}
