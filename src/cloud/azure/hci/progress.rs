//! The progress of a change to an image, and how it is reported.

use super::image::Image;
use crate::cloud::azure::arm::Operation;
use crate::cloud::azure::arm::operation::Change;
use crate::cloud::azure::arm::resource::State;
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
            "{}",
            self.line(operation.resource(), &readable(deadline.elapsed())),
        );
    }

    /// The message of the log, which comes before the fields: Terraform shows those in any order.
    fn line(&self, resource: &str, elapsed: &str) -> String {
        let name = resource.rsplit('/').next().unwrap_or_default();
        let is_over = State::of(self.provisioning_state.as_deref()) != State::Running;
        let mut parts: Vec<String> = Vec::new();
        if is_over || self.progress_percentage.is_none() {
            parts.extend(self.provisioning_state.clone());
        }
        parts.extend(self.progress_percentage.map(|percent| format!("{percent} percent")));
        parts.extend(self.download_size_in_mb.map(|size| format!("{} MB", grouped(size))));
        parts.push(elapsed.to_owned());
        format!("gallery image {name}: {}", parts.join(", "))
    }
}

/// A number with a comma before each three digits: `12,288`.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        let left = digits.len() - at;
        if left.is_multiple_of(3) && text.ends_with(|c: char| c.is_ascii_digit()) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_says_first_what_people_look_for() {
        for (state, percent, size, line) in [
            (Some("InProgress"), Some(42), Some(12288), "42 percent, 12,288 MB, 11m20s"),
            (Some("Accepted"), None, None, "Accepted, 11m20s"),
            (Some("Succeeded"), Some(100), Some(9383), "Succeeded, 100 percent, 9,383 MB, 11m20s"),
            (Some("Failed"), Some(30), None, "Failed, 30 percent, 11m20s"),
            (None, None, None, "11m20s"),
        ] {
            let progress = Progress {
                provisioning_state: state.map(str::to_owned),
                progress_percentage: percent,
                download_size_in_mb: size,
            };
            let said = progress.line("/subscriptions/s/galleryImages/golden", "11m20s");
            assert_eq!(said, format!("gallery image golden: {line}"));
        }
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (1234567, "1,234,567"), (-1000, "-1,000")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
