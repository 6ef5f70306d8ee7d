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

/// Whether a version can be used, whatever the service does with the image's other versions. A copy
/// of an existing image passes through the status in which an import ends.
#[must_use]
pub fn is_usable_version(status: &str, is_copy: bool) -> bool {
    matches!(phase(status, is_copy), Phase::Ready | Phase::PartlyReady)
}

/// Whether the service is at work on a version that was imported before.
#[must_use]
pub fn is_reworked_version(status: &str) -> bool {
    ["PUBLISH", "REPLICATION", "VALIDATION", "OPTIMIZATION", "SHRINK"]
        .iter()
        .any(|work| status.trim().to_ascii_uppercase().strip_prefix(work) == Some("_IN_PROGRESS"))
}

/// Whether the status of a copy is one of its import, or of its deletion: an image that failed with it
/// is of no use. Any other may be one of later work, with which an image that is in use can fail. The
/// copy of an existing image is replicated as a part of its import.
#[must_use]
pub fn is_of_import(status: &str, is_copy: bool) -> bool {
    const STEPS: [&str; 14] = [
        "AGENT_INSTALLATION",
        "ALLOW_RDP",
        "AWS_",
        "CLONE",
        "COPYING",
        "DELET",
        "DEPLOYING",
        "ENABLE_RDS",
        "ENABLING_RDS",
        "IMPORT",
        "INSTALLING_AGENTS",
        "RESTARTING_VM",
        "SHUTTING_DOWN_VM",
        "VIEW_SYNC",
    ];
    let status = status.trim().to_ascii_uppercase();
    match status.as_str() {
        "IMPORT_COMPLETE" => is_copy,
        replicated if replicated.starts_with("REPLICATI") => is_copy,
        other => STEPS.iter().any(|step| other.starts_with(step)),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_ends_earlier_than_a_copy_and_unknown_words_are_work() {
        for (status, import, copy) in [
            ("PENDING", Phase::Moving, Phase::Moving),
            ("in_progress", Phase::Moving, Phase::Moving),
            ("IMPORT_COMPLETE", Phase::Ready, Phase::Moving),
            ("AVAILABLE", Phase::Ready, Phase::Ready),
            ("PARTIALLY_AVAILABLE", Phase::PartlyReady, Phase::PartlyReady),
            ("FAILED", Phase::Failed, Phase::Failed),
            ("DISABLED", Phase::Disabled, Phase::Disabled),
            ("DELETING", Phase::Deleting, Phase::Deleting),
            ("QUANTUM_PENDING", Phase::Unknown, Phase::Unknown),
        ] {
            assert_eq!((phase(status, false), phase(status, true)), (import, copy), "{status}");
        }
    }

    #[test]
    fn the_name_of_a_copys_status_tells_a_failure_but_not_a_retry() {
        for (status, failed, settled) in [
            ("IMPORT_FAILED", true, true),
            ("IMPORT_FAILED_TIMEOUT", true, true),
            ("VIEW_SYNC_TIMEOUT", true, true),
            ("IMPORT_RETRY_PENDING", false, false),
            ("IMPORT_COMPLETE_PENDING_STATUS_UPDATE", false, true),
            ("INSTALLING_AGENTS", false, false),
            ("IMPORT_COMPLETE", false, true),
        ] {
            assert_eq!(
                (is_failed_copy(status), is_settled_copy(status)),
                (failed, settled),
                "{status}"
            );
        }
    }

    #[test]
    fn a_version_is_usable_once_it_is_imported_or_copied() {
        for (status, import, copy) in [
            ("IMPORT_COMPLETE", true, false),
            ("AVAILABLE", true, true),
            ("PARTIALLY_AVAILABLE", true, true),
            ("IMPORT_IN_PROGRESS", false, false),
            ("FAILED", false, false),
            ("", false, false),
        ] {
            let usable = (is_usable_version(status, false), is_usable_version(status, true));
            assert_eq!(usable, (import, copy), "{status}");
        }
    }

    #[test]
    fn a_copy_tells_whether_it_was_the_import_that_failed() {
        for (status, import, copy) in [
            ("IMPORT_FAILED", true, true),
            ("import_failed_timeout", true, true),
            ("CLONE_FAILED", true, true),
            ("AGENT_INSTALLATION_FAILED", true, true),
            ("DEPLOYING_VM", true, true),
            ("DELETION_FAILED", true, true),
            ("REPLICATION_FAILED", false, true),
            ("IMPORT_COMPLETE", false, true),
            ("AVAILABLE", false, false),
            ("PUBLISH_FAILED", false, false),
            ("VALIDATION_FAILED", false, false),
            ("SHRINK_TIMEOUT", false, false),
            ("QUANTUM_FAILED", false, false),
        ] {
            let is_it = (is_of_import(status, false), is_of_import(status, true));
            assert_eq!(is_it, (import, copy), "{status}");
        }
    }

    #[test]
    fn a_version_that_is_published_was_imported_before() {
        assert!(is_reworked_version("PUBLISH_IN_PROGRESS"));
        assert!(!is_reworked_version("IMPORT_IN_PROGRESS") && !is_reworked_version("PENDING"));
    }
}
