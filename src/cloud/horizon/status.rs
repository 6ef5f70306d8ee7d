//! What the statuses of images mean. The service adds words; an unknown one means that it is at work.

/// How far an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The service is at work on it.
    Moving,
    /// A word that is not documented; taken for work.
    Unknown,
    /// It can be used.
    Ready,
    /// It can be used, but not everywhere.
    PartlyReady,
    /// The service reports that it failed.
    Failed,
    /// Somebody has disabled it.
    Disabled,
    /// It is being deleted.
    Deleting,
}

/// The phase of an image by its status. A copy of an existing image passes through the status in
/// which an import ends.
#[must_use]
pub fn phase(status: &str, is_copy: bool) -> Phase {
    match status.trim().to_ascii_uppercase().as_str() {
        "PENDING" | "IN_PROGRESS" => Phase::Moving,
        "IMPORT_COMPLETE" if is_copy => Phase::Moving,
        "IMPORT_COMPLETE" | "AVAILABLE" => Phase::Ready,
        "PARTIALLY_AVAILABLE" => Phase::PartlyReady,
        "FAILED" => Phase::Failed,
        "DISABLED" => Phase::Disabled,
        "DELETING" => Phase::Deleting,
        _ => Phase::Unknown,
    }
}

/// Whether a version can be used, whatever became of the image's other versions.
#[must_use]
pub fn is_good_version(status: &str) -> bool {
    ["IMPORT_COMPLETE", "AVAILABLE", "PARTIALLY_AVAILABLE"]
        .iter()
        .any(|good| status.trim().eq_ignore_ascii_case(good))
}

/// Whether a copy is as far as it gets, so that the image is about to follow.
pub(super) fn is_settled_copy(status: &str) -> bool {
    let status = status.trim().to_ascii_uppercase();
    let is_good = ["IMPORT_COMPLETE", "AVAILABLE", "REPLICATION_COMPLETE"].contains(&&*status);
    is_good || is_failed_copy(&status) || status.ends_with("_PENDING_STATUS_UPDATE")
}

/// Whether the name of a copy's status speaks of a failure. `IMPORT_RETRY_PENDING` does not: the
/// service repeats the step itself.
pub(super) fn is_failed_copy(status: &str) -> bool {
    let status = status.trim().to_ascii_uppercase();
    status.ends_with("_FAILED")
        || status.ends_with("_TIMEOUT")
        || status.starts_with("FAILED_")
        || status == "FAILED"
}

/// Whether a copy could not be deleted.
pub(super) fn is_stuck_copy(status: &str) -> bool {
    status.trim().eq_ignore_ascii_case("DELETION_FAILED")
}
