//! What is logged while an image is imported.

use std::time::Duration;

use simulated_clouds::horizon::{Lifecycle, Progress, Step};

use crate::harness::horizon::{start, workspace};

/// The statuses of image, version and copy in the lines about an import that goes through these.
fn progress(steps: &[(&str, &str, &str)]) -> Vec<[String; 3]> {
    let cloud = start();
    let steps = steps.iter().map(|(image, version, copy)| Step::new(image, version, copy));
    let lasts = Progress::Wall(Duration::from_millis(700));
    cloud.set_lifecycle(Some(Lifecycle::new(steps.collect()).each_lasts(lasts)));
    let outcome = workspace(&cloud).env("TF_LOG_PROVIDER", "INFO").apply().ok();
    let is_it = |line: &&str| line.contains("[INFO]") && line.contains("image import in progress");
    let lines: Vec<_> = outcome.stderr.lines().filter(is_it).map(statuses).collect();
    assert!(!lines.is_empty(), "{outcome}");
    // Whatever is logged is news.
    assert!(lines.windows(2).all(|pair| pair[0] != pair[1]), "{lines:#?}");
    lines
}

fn statuses(line: &str) -> [String; 3] {
    assert!(line.contains(" elapsed="), "{line}");
    ["status", "version_status", "asset_status"].map(|name| {
        let after = line.split_once(&format!(" {name}=")).unwrap_or_else(|| panic!("{line}")).1;
        after.split_whitespace().next().unwrap().to_owned()
    })
}

fn count(lines: &[[String; 3]], status: &str) -> usize {
    lines.iter().filter(|line| line.iter().any(|one| one == status)).count()
}

#[test]
fn a_status_of_the_copy_that_changes_alone_is_logged_once() {
    let copies = ["DEPLOYING_VM", "RESTARTING_VM", "INSTALLING_AGENTS", "SHUTTING_DOWN_VM"];
    let mut steps = copies.map(|copy| ("IN_PROGRESS", "IMPORT_IN_PROGRESS", copy)).to_vec();
    steps.push(("IMPORT_COMPLETE", "IMPORT_COMPLETE", "IMPORT_COMPLETE"));
    let lines = progress(&steps);
    for copy in copies {
        assert_eq!(count(&lines, copy), 1, "{copy}: {lines:#?}");
    }
    assert_eq!(*lines.last().unwrap(), ["IMPORT_COMPLETE"; 3]);
}

#[test]
fn a_status_of_the_version_that_changes_alone_is_logged_once() {
    let lines = progress(&[
        ("IN_PROGRESS", "IMPORT_IN_PROGRESS", "DEPLOYING_VM"),
        ("IN_PROGRESS", "VALIDATION_IN_PROGRESS", "DEPLOYING_VM"),
        ("IN_PROGRESS", "OPTIMIZATION_IN_PROGRESS", "DEPLOYING_VM"),
        ("IMPORT_COMPLETE", "IMPORT_COMPLETE", "IMPORT_COMPLETE"),
    ]);
    for status in ["VALIDATION_IN_PROGRESS", "OPTIMIZATION_IN_PROGRESS"] {
        assert_eq!(count(&lines, status), 1, "{status}: {lines:#?}");
    }
}

#[test]
fn nothing_is_logged_while_nothing_changes() {
    // For two seconds and about forty polls. A heartbeat comes once a minute.
    let same = ("IN_PROGRESS", "IMPORT_IN_PROGRESS", "DEPLOYING_VM");
    let end = ("IMPORT_COMPLETE", "IMPORT_COMPLETE", "IMPORT_COMPLETE");
    assert_eq!(count(&progress(&[same, same, same, end]), "DEPLOYING_VM"), 1);
}
