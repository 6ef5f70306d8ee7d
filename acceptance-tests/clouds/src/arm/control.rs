//! What a test can change and read while the service runs.

use std::time::Duration;

use serde_json::Value;

use super::Simulation;
use super::defaults::{API_VERSION, SUBSCRIPTION_ID};
use super::lro::{Lro, Outcome};
use super::quirks::{ListLink, Quirk};
use super::store::{Rival, key, overlay};
use super::target::Target;
use crate::shared::{Fault, Progress, When, lock};

impl Simulation {
    /// How operations look that create images.
    pub fn set_create_style(&self, lro: Lro) {
        lock(&self.state.store).settings.create = lro;
    }

    /// How operations look that change tags.
    pub fn set_update_style(&self, lro: Lro) {
        lock(&self.state.store).settings.update = lro;
    }

    /// How operations look that delete images.
    pub fn set_delete_style(&self, lro: Lro) {
        lock(&self.state.store).settings.delete = lro;
    }

    /// Ends all operations in progress, each as it would have ended.
    pub fn end_operations(&self) {
        let mut store = lock(&self.state.store);
        for operation in store.operations.values_mut() {
            operation.progress = Progress::Wall(Duration::ZERO);
        }
        store.settle();
    }

    /// How creations end from now on.
    pub fn set_create_outcome(&self, outcome: Outcome) {
        lock(&self.state.store).settings.create_outcome = outcome;
    }

    /// How creations from this image path end.
    pub fn set_outcome_for_path(&self, image_path: &str, outcome: Outcome) {
        lock(&self.state.store).settings.by_path.insert(image_path.to_owned(), outcome);
    }

    /// How changes of tags end from now on.
    pub fn set_update_outcome(&self, outcome: Outcome) {
        lock(&self.state.store).settings.update_outcome = outcome;
    }

    /// How deletions end from now on.
    pub fn set_delete_outcome(&self, outcome: Outcome) {
        lock(&self.state.store).settings.delete_outcome = outcome;
    }

    /// Switches a peculiarity of answers on or off.
    pub fn set_quirk(&self, quirk: Quirk, on: bool) {
        let quirks = &mut lock(&self.state.store).settings.quirks;
        if on {
            quirks.insert(quirk);
        } else {
            quirks.remove(&quirk);
        }
    }

    /// After a creation is over, this many reads of the image still find nothing.
    pub fn set_read_lag(&self, reads: usize) {
        lock(&self.state.store).settings.lag = reads;
    }

    /// The length of list pages.
    pub fn set_page_size(&self, size: usize) {
        lock(&self.state.store).settings.page_size = size.max(1);
    }

    /// How the links between list pages look.
    pub fn set_list_link(&self, style: ListLink) {
        lock(&self.state.store).settings.list_link = style;
    }

    /// The origin that links name, for tests that put a proxy (or TLS) in front.
    pub fn set_public_url(&self, url: &str) {
        let url = url.trim_end_matches('/').to_owned();
        lock(&self.state.store).settings.public_url = Some(url);
    }

    /// The `nth` poll of a status URL from now (counted from 1) and the `times - 1` after it go
    /// wrong.
    pub fn fail_poll(&self, nth: usize, times: usize, fault: Fault) {
        self.fail(When::label("poll").after(nth.saturating_sub(1)), times, fault);
    }

    /// The next `times` deletions get a 409.
    pub fn refuse_deletes(&self, times: usize, code: &str, message: &str) {
        let fault = Fault::status(409).code(code).message(message);
        self.fail(When::label("delete"), times, fault);
    }

    /// Puts an image in directly. `members` is laid over a finished Linux image, object by
    /// object, so `{"properties": {"provisioningState": "Failed"}}` is enough for a failed one.
    /// The resource group is created if it does not exist. The `systemData` of the image says that
    /// a user created it now; `{"systemData": {"createdAt": timestamp(...)}}` makes it older.
    pub fn insert_image(&self, group: &str, name: &str, members: &Value) {
        self.state.insert_image(group, name, members);
    }

    /// Right before the next PUT of this image, somebody else creates an image of that name;
    /// `members` as for [`Simulation::insert_image`]. The PUT itself is not carried out: it meets
    /// the fault that is scripted for it, and a cut connection if there is none.
    pub fn before_next_put(&self, group: &str, name: &str, members: &Value) {
        lock(&self.state.store).before_put.push(Rival {
            group: group.to_owned(),
            name: name.to_owned(),
            members: members.clone(),
        });
    }

    /// Changes an image outside of the API; `members` as for [`Simulation::insert_image`].
    /// A null takes the member's place, it does not remove it.
    pub fn change_image(&self, group: &str, name: &str, members: &Value) {
        let key = key(SUBSCRIPTION_ID, group, name);
        if let Some(image) = lock(&self.state.store).images.get_mut(&key) {
            overlay(&mut image.document, members);
        }
    }

    /// Replaces the tags of an image outside of the API.
    pub fn set_tags(&self, group: &str, name: &str, tags: Value) {
        let key = key(SUBSCRIPTION_ID, group, name);
        if let Some(image) = lock(&self.state.store).images.get_mut(&key) {
            image.document["tags"] = tags;
        }
    }

    /// Removes an image outside of the API; whether there was one.
    pub fn remove_image(&self, group: &str, name: &str) -> bool {
        let key = key(SUBSCRIPTION_ID, group, name);
        lock(&self.state.store).images.remove(&key).is_some()
    }

    /// Removes a resource group with all that is in it.
    pub fn remove_resource_group(&self, group: &str) {
        if let Some(groups) = lock(&self.state.subscriptions).get_mut(SUBSCRIPTION_ID) {
            groups.remove(&group.to_lowercase());
        }
        let prefix = key(SUBSCRIPTION_ID, group, "");
        lock(&self.state.store).images.retain(|key, _| !key.starts_with(&prefix));
    }

    /// Removes a subscription from sight.
    pub fn remove_subscription(&self, id: &str) {
        lock(&self.state.subscriptions).remove(&id.to_lowercase());
    }

    /// Whether deletions of this image are refused because it is in use.
    pub fn set_in_use(&self, group: &str, name: &str, in_use: bool) {
        let key = key(SUBSCRIPTION_ID, group, name);
        if let Some(image) = lock(&self.state.store).images.get_mut(&key) {
            image.in_use = in_use;
        }
    }

    /// The image as a read shows it now; this does not count as a poll.
    #[must_use]
    pub fn image(&self, group: &str, name: &str) -> Option<Value> {
        let mut store = lock(&self.state.store);
        store.settle();
        store.show(&key(SUBSCRIPTION_ID, group, name), API_VERSION)
    }

    /// How many images there are, those under way included.
    #[must_use]
    pub fn image_count(&self) -> usize {
        lock(&self.state.store).images.len()
    }

    /// How many PUTs of this image came over the wire, whatever became of them.
    #[must_use]
    pub fn put_count(&self, group: &str, name: &str) -> usize {
        let wanted = key(SUBSCRIPTION_ID, group, name);
        let is_it = |path: &str| {
            matches!(
                Target::of(path),
                Some(Target::Image { subscription, group, name }) if key(&subscription, &group, &name) == wanted
            )
        };
        self.requests().iter().filter(|r| r.method == "PUT" && is_it(r.path())).count()
    }

    /// How many PUTs of this image were accepted.
    #[must_use]
    pub fn accepted_put_count(&self, group: &str, name: &str) -> usize {
        let key = key(SUBSCRIPTION_ID, group, name);
        lock(&self.state.store).accepted_puts.get(&key).copied().unwrap_or_default()
    }

    /// The signatures in the signed polling URLs that were handed out so far, oldest first; to be
    /// looked for in logs.
    #[must_use]
    pub fn signatures(&self) -> Vec<String> {
        lock(&self.state.store).signatures.clone()
    }

    /// The largest number of operations that ran at the same time.
    #[must_use]
    pub fn max_running_operations(&self) -> usize {
        lock(&self.state.store).most_running
    }
}
