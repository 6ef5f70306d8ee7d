//! The progress of a change to an image, and how it is reported.

use super::image::Image;
use crate::cloud::azure::arm::Operation;
use crate::cloud::azure::arm::operation::Change;
use crate::cloud::deadline::readable;
use crate::cloud::{Deadline, Error, Kind};

/// The progress of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The image's state.
    pub provisioning_state: Option<String>,
    /// The service's estimate.
    pub progress_percentage: Option<i64>,
    /// How much was downloaded.
    pub download_size_in_mb: Option<i64>,
}

impl Progress {
    /// The progress of an image.
    #[must_use]
    pub fn of(image: &Image) -> Self {
        Self {
            provisioning_state: image.provisioning_state.clone(),
            progress_percentage: image.progress_percentage,
            download_size_in_mb: image.download_size_in_mb,
        }
    }

    pub(super) fn log(&self, operation: &Operation, deadline: &Deadline) {
        tracing::info!(
            resource = operation.resource(),
            provisioning_state = self.provisioning_state.as_deref(),
            progress_percentage = self.progress_percentage,
            download_size_in_mb = self.download_size_in_mb,
            elapsed = readable(deadline.elapsed()),
            "gallery image in progress",
        );
    }
}

/// Adds the progress to the error of a timeout, and that the service continues.
pub(super) fn late(error: Error, change: Change, last: Option<&Progress>) -> Error {
    if error.kind != Kind::TimedOut {
        return error;
    }
    let mut seen = Vec::new();
    if let Some(last) = last {
        seen.extend(last.provisioning_state.as_ref().map(|state| format!("state {state}")));
        seen.extend(last.progress_percentage.map(|percent| format!("progress {percent} percent")));
        seen.extend(last.download_size_in_mb.map(|size| format!("{size} MB downloaded")));
    }
    let doing = match change {
        Change::Put => "creating",
        Change::Patch => "changing",
        Change::Delete => "deleting",
    };
    let so_far = match seen.is_empty() {
        true => format!("The image was not seen, so Azure may or may not be {doing} it"),
        false => format!("Last seen: {}. Azure is still {doing} it", seen.join(", ")),
    };
    let message = format!("{}. {so_far}", error.message);
    Error { message, ..error }
}
