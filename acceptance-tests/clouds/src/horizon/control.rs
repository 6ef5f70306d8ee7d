//! What a test can set while the services run.

use std::time::Duration;

use serde_json::Value;

use super::{
    Change, EmptyList, Lifecycle, Progress, Quirk, Simulation, Spelling, TokenShape, lock,
};

impl Simulation {
    /// Images created from now on go through these steps, whatever their source; `None` is back to
    /// the usual ones.
    pub fn set_lifecycle(&self, lifecycle: Option<Lifecycle>) {
        lock(&self.state.store).settings.lifecycle = lifecycle;
    }

    /// Images of this name go through these steps when they are created.
    pub fn set_lifecycle_for(&self, name: &str, lifecycle: Lifecycle) {
        lock(&self.state.store).settings.by_name.insert(name.to_owned(), lifecycle);
    }

    /// How long each step of the usual lifecycles lasts, for images created from now on.
    pub fn set_progress(&self, progress: Progress) {
        lock(&self.state.store).settings.progress = Some(progress);
    }

    /// How deletions go that begin from now on.
    pub fn set_deletion(&self, lifecycle: Lifecycle) {
        lock(&self.state.store).settings.deletion = lifecycle;
    }

    /// How publications go that begin from now on.
    pub fn set_publication(&self, lifecycle: Lifecycle) {
        lock(&self.state.store).settings.publication = lifecycle;
    }

    /// Lets everything under way arrive at its end.
    pub fn finish_all(&self) {
        let mut store = lock(&self.state.store);
        for image in &mut store.images {
            image.versions.iter_mut().for_each(|version| version.life.finish());
        }
        store.settle_all();
    }

    /// For images created from now on: how many reads below `/images/{id}`, or for how long, answer
    /// 404.
    pub fn set_read_lag(&self, lag: Progress) {
        lock(&self.state.store).settings.read_lag = lag;
    }

    /// For images created from now on: how many lists, or for how long, do not show them.
    pub fn set_list_lag(&self, lag: Progress) {
        lock(&self.state.store).settings.list_lag = lag;
    }

    /// How many reads of the image and its versions, or for how long, do not show a PATCH. One
    /// unless set.
    pub fn set_update_lag(&self, lag: Progress) {
        lock(&self.state.store).settings.update_lag = lag;
    }

    /// Whether the markers of a PATCH take the place of those of the version, instead of coming on
    /// top.
    pub fn set_patch_replaces_markers(&self, on: bool) {
        lock(&self.state.store).settings.replace_markers = on;
    }

    /// The status of an accepted deletion of a version: 202 unless set, or 204.
    pub fn set_delete_status(&self, status: u16) {
        lock(&self.state.store).settings.delete_status = status;
    }

    /// The status of the deletion of a marker: 204 unless set, or 200.
    pub fn set_marker_delete_status(&self, status: u16) {
        lock(&self.state.store).settings.marker_delete_status = status;
    }

    /// The status with which a password is not reset: 400 unless set, for the definition has no
    /// other.
    pub fn set_reset_refusal(&self, status: u16) {
        lock(&self.state.store).settings.reset_refusal = status;
    }

    /// How a list answers that has nothing to show.
    pub fn set_empty_list(&self, style: EmptyList) {
        lock(&self.state.store).settings.empty_list = style;
    }

    /// Pages are never longer than this, whatever `size` says.
    pub fn set_page_cap(&self, most: usize) {
        lock(&self.state.store).settings.most_per_page = most.max(1);
    }

    /// What pages say in `totalPages` instead of the truth.
    pub fn set_claimed_pages(&self, pages: Option<i64>) {
        lock(&self.state.store).settings.claimed_pages = pages;
    }

    /// Makes a change after this many more lists of images have been answered.
    pub fn change_after_lists(&self, lists: usize, change: Change) {
        let mut store = lock(&self.state.store);
        let number = store.lists + lists;
        store.settings.changes.push((number, change));
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

    /// Replaces the image sources; entries may be of any shape.
    pub fn set_image_sources(&self, sources: Vec<Value>) {
        lock(&self.state.store).settings.image_sources = sources;
    }

    /// Whether the tokens lack the role that is needed: every request with one gets a 403.
    pub fn set_forbidden(&self, on: bool) {
        *lock(&self.state.forbidden) = on;
    }

    /// How long access tokens issued from now on are valid, and say so.
    pub fn set_expires_in(&self, time: Duration) {
        lock(&self.state.csp.settings).expires_in = time;
    }

    /// How long access tokens issued from now on are valid, whatever they say.
    pub fn set_token_lifetime(&self, time: Option<Duration>) {
        lock(&self.state.csp.settings).lifetime = time;
    }

    /// Whether `expires_in` is sent as text instead of a number.
    pub fn set_expires_in_as_text(&self, on: bool) {
        lock(&self.state.csp.settings).expires_in_as_text = on;
    }

    /// What access tokens issued from now on look like.
    pub fn set_token_shape(&self, shape: TokenShape) {
        lock(&self.state.csp.settings).shape = shape;
    }

    /// Replaces the API tokens that are accepted, as a revocation does.
    pub fn set_api_tokens(&self, tokens: &[&str]) {
        lock(&self.state.csp.settings).api_tokens = tokens.iter().map(|&t| t.to_owned()).collect();
    }

    /// Refusals of the identity service repeat the credential in this spelling; `None` ends that.
    pub fn set_quoted(&self, spelling: Option<Spelling>) {
        lock(&self.state.csp.settings).quoted = spelling;
    }

    /// Revokes every access token issued so far; the next use of each gets a 401.
    pub fn revoke_tokens(&self) {
        self.state.csp.tokens.revoke_all();
    }
}
