//! What a test can set, apart from the images.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::change::Change;
use super::lifecycle::Lifecycle;
use super::quirks::{EmptyList, Quirk};
use crate::shared::Progress;

#[derive(Debug)]
pub(crate) struct Settings {
    /// For creations by any source; by the source otherwise.
    pub(crate) lifecycle: Option<Lifecycle>,
    pub(crate) by_name: BTreeMap<String, Lifecycle>,
    /// How long the steps of the usual lifecycles last.
    pub(crate) progress: Option<Progress>,
    pub(crate) deletion: Lifecycle,
    pub(crate) publication: Lifecycle,
    pub(crate) read_lag: Progress,
    pub(crate) list_lag: Progress,
    pub(crate) update_lag: Progress,
    pub(crate) replace_markers: bool,
    pub(crate) delete_status: u16,
    pub(crate) marker_delete_status: u16,
    pub(crate) reset_refusal: u16,
    pub(crate) empty_list: EmptyList,
    pub(crate) most_per_page: usize,
    pub(crate) claimed_pages: Option<i64>,
    pub(crate) quirks: HashSet<Quirk>,
    pub(crate) image_sources: Vec<Value>,
    /// Changes, each with the number of the list request after which it is made.
    pub(crate) changes: Vec<(usize, Change)>,
    pub(crate) org_id_optional: bool,
    /// Any, if there is none.
    pub(crate) provider_instances: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lifecycle: None,
            by_name: BTreeMap::new(),
            progress: None,
            deletion: Lifecycle::deletion(),
            publication: Lifecycle::publish(),
            read_lag: Progress::NONE,
            list_lag: Progress::NONE,
            update_lag: Progress::Polls(1),
            replace_markers: false,
            delete_status: 202,
            marker_delete_status: 204,
            reset_refusal: 400,
            empty_list: EmptyList::NotFound,
            most_per_page: 1000,
            claimed_pages: None,
            quirks: HashSet::new(),
            image_sources: super::image_sources::catalogue(),
            changes: Vec::new(),
            org_id_optional: false,
            provider_instances: Vec::new(),
        }
    }
}

impl Settings {
    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    /// The lifecycle of a new image.
    pub(crate) fn lifecycle_of(&self, name: &str, source: &str) -> Lifecycle {
        if let Some(life) = self.by_name.get(name).or(self.lifecycle.as_ref()) {
            return life.clone();
        }
        let usual = match source {
            "AZURE_SIG" => Lifecycle::copy_existing_image(),
            _ => Lifecycle::import(),
        };
        match self.progress {
            Some(progress) => usual.each_lasts(progress),
            None => usual,
        }
    }
}
