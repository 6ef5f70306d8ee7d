//! Work on an image after its import, by others: it is neither waited for nor a reason to replace.

use serde_json::json;
use simulated_clouds::horizon::{Lifecycle, Step};

use super::{Imported, planned};
use crate::harness::Workspace;
use crate::harness::horizon::{Image, NAME, main, start, writes};

#[test]
fn a_failure_after_the_import_is_a_warning_and_replaces_nothing() {
    for (version, copy) in [
        ("FAILED", "PUBLISH_FAILED"),
        ("VALIDATION_FAILED", "VALIDATION_FAILED"),
        ("FAILED", "SHRINK_FAILED"),
        ("FAILED", "SYSPREP_FAILED"),
        ("FAILED", "REPLICATION_FAILED_TIMEOUT"),
        ("FAILED", "QUANTUM_FAILED"),
    ] {
        let made = Imported::new();
        let step = Step::new("FAILED", version, copy);
        let step = step.failure("AZURE_QUOTA_EXHAUSTED", "No quota.", json!({}));
        made.cloud.begin(&made.version, Lifecycle::new(vec![step]));
        let outcome = made.workspace.plan().ok();
        assert_eq!(outcome.changes(), [], "{copy}: {outcome}");
        let warnings = outcome.warnings();
        assert_eq!(warnings.len(), 1, "{outcome}");
        warnings[0].says(&[&made.id, "FAILED", "AZURE_QUOTA_EXHAUSTED", "not replaced"]);
        assert_eq!(writes(&made.cloud).len(), 0);
    }
}

#[test]
fn a_failure_of_the_import_or_of_a_deletion_replaces_the_image() {
    for copy in ["IMPORT_FAILED", "CLONE_FAILED", "AGENT_INSTALLATION_FAILED", "DELETION_FAILED"] {
        let made = Imported::new();
        made.cloud.begin(&made.version, Lifecycle::new(vec![Step::new("FAILED", "FAILED", copy)]));
        assert_eq!(made.workspace.plan().exits(2).changes(), planned("replace"), "{copy}");
    }
}

#[test]
fn work_on_another_version_is_not_waited_for() {
    let made = Imported::new();
    made.cloud.add_version_with(&made.id, Lifecycle::endless());
    made.cloud.change_image(&made.id, &json!({ "status": "IN_PROGRESS" }));
    made.workspace.is_settled();

    let cloud = start();
    let workspace = Workspace::new(&main(&cloud, &Image::shared_gallery()));
    workspace.step();
    let id = cloud.image_ids(NAME)[0].clone();
    cloud.change_image(&id, &json!({ "status": "IN_PROGRESS" }));
    workspace.is_settled();
    // One that passes through the status in which an import ends is not ready.
    cloud.change_version(&cloud.version_ids(&id)[0], &json!({ "status": "IMPORT_COMPLETE" }));
    assert_eq!(workspace.plan().exits(2).changes(), planned("update"));
}
