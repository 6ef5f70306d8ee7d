//! A network and a service that do not do what they should, during an import.

use std::time::Duration;

use simulated_clouds::horizon::{Fault, Lifecycle, Progress, When};

use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, NAME, main, posts, start, with, workspace};

/// Imports that take a while by the clock.
fn slow(time: Duration) -> Lifecycle {
    Lifecycle::import().each_lasts(Progress::Wall(time))
}

#[test]
fn a_wait_survives_an_outage_of_every_kind() {
    for fault in [
        Fault::reset(),
        Fault::status(503).retry_after("1"),
        Fault::status(500),
        Fault::html(502),
        Fault::html(404),
        Fault::empty(429),
        Fault::truncated(),
    ] {
        let cloud = start();
        cloud.set_lifecycle(Some(slow(Duration::from_millis(300))));
        cloud.fail_for(Duration::from_secs(2), When::label("get"), fault.clone());
        let workspace = workspace(&cloud);
        let state = workspace.step();
        assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE", "{fault:?}");
        assert_eq!(posts(&cloud), 1);
    }
}

#[test]
fn a_token_that_expires_or_is_revoked_during_the_wait_is_renewed() {
    let cloud = with(|builder| builder.expires_in(Duration::from_secs(2)));
    cloud.set_lifecycle(Some(slow(Duration::from_millis(1500))));
    let workspace = workspace(&cloud);
    let mut run = workspace.start(&["apply", "-json", "-input=false", "-auto-approve"]);
    run.until("the first polls", || cloud.request_count() > 6);
    cloud.revoke_tokens();
    run.finish().ok();
    assert_eq!(workspace.state().attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert!(cloud.tokens_issued() >= 3, "{}", cloud.tokens_issued());
    assert_eq!(posts(&cloud), 1);
}

#[test]
fn a_creation_is_redirected_to_the_region_that_is_responsible() {
    for status in [301, 302, 307, 308] {
        let cloud = start();
        let region = cloud.start_region();
        let moved = Fault::redirect_to_origin(status, &region.url());
        cloud.fail(When::label("create"), 1, moved);
        let workspace = workspace(&cloud);
        workspace.step();
        assert_eq!((posts(&cloud), cloud.images_created()), (1, 1), "{status}");
        let arrived = region.requests();
        assert_eq!(arrived.len(), 1);
        assert_eq!(arrived[0].method, "POST");
        assert!(arrived[0].target.ends_with("/images?action=import"), "{}", arrived[0].target);
        assert!(arrived[0].header("authorization").is_some());
    }
}

#[test]
fn no_redirect_leads_to_another_service_or_in_a_circle() {
    let cloud = start();
    let switch = cloud.fail_always(
        When::label("create"),
        Fault::redirect(307, "https://horizon.omnissa.com.wolf.example/imagemgmt/v1/images"),
    );
    let workspace = workspace(&cloud);
    workspace.apply().error().says(&["wolf.example", "credentials are not sent"]);
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 0));
    switch.off();
    let own = cloud.url();
    let _circle = cloud.fail_always(When::label("create"), Fault::redirect_to_origin(302, &own));
    workspace.apply().error().says(&["redirects again and again"]);
    assert_eq!(cloud.images_created(), 0);
    assert!(posts(&cloud) < 10, "{}", posts(&cloud));
    assert!(workspace.state().instance(IMAGE).is_none());
}

#[test]
fn many_imports_share_a_token_and_ask_no_more_often_than_configured() {
    let cloud = start();
    cloud.set_lifecycle(Some(slow(Duration::from_secs(2))));
    let names: Vec<String> = (0..12).map(|number| format!("{NAME}-{number}")).collect();
    let image = |name: &String| Image::new().with("name", name).text(name);
    let images: String = names.iter().map(image).collect();
    let provider = crate::harness::horizon::provider(&cloud);
    let provider = provider.replace("\"50ms\"", "\"200ms\"");
    let workspace = Workspace::new(&(provider + &images));
    workspace.run(&["apply", "-json", "-auto-approve", "-parallelism=12"]).ok();
    // One process plans and one applies.
    assert!(cloud.tokens_issued() <= 2, "{}", cloud.tokens_issued());
    assert_eq!(cloud.images_created(), 12);
    for name in &names {
        let id = cloud.image_ids(name)[0].clone();
        let gaps = cloud.poll_gaps(&id);
        assert!(gaps.len() >= 3, "{name}: {gaps:?}");
        let early = gaps.iter().filter(|gap| **gap < Duration::from_millis(190)).count();
        assert_eq!(early, 0, "{name}: {gaps:?}");
    }
}

#[test]
fn every_change_of_a_status_is_logged_once_and_an_unknown_one_is_a_warning() {
    use simulated_clouds::horizon::Step;
    let cloud = start();
    let steps = [
        ("PENDING", "PENDING", "IMPORT_PENDING"),
        ("QUANTUM_PENDING", "IMPORT_IN_PROGRESS", "DEPLOYING_VM"),
        ("IN_PROGRESS", "IMPORT_IN_PROGRESS", "INSTALLING_AGENTS"),
        ("IMPORT_COMPLETE", "IMPORT_COMPLETE", "IMPORT_COMPLETE"),
    ];
    let steps = steps.map(|(image, version, copy)| Step::new(image, version, copy));
    cloud.set_lifecycle(Some(
        Lifecycle::new(steps.to_vec()).each_lasts(Progress::Wall(Duration::from_millis(500))),
    ));
    let mut workspace = Workspace::new(&main(&cloud, &Image::new()));
    let log = workspace.path().join("provider.log");
    workspace.set("TF_LOG_PROVIDER", "INFO");
    workspace.set("TF_LOG_PATH", log.clone());
    workspace.apply().ok();
    let log = std::fs::read_to_string(log).unwrap();
    let progress: Vec<&str> =
        log.lines().filter(|line| line.contains("image import in progress")).collect();
    // The statuses of image, version and copy may be seen one after another.
    assert!((4..=8).contains(&progress.len()), "{progress:#?}");
    for status in ["PENDING", "QUANTUM_PENDING", "IN_PROGRESS", "IMPORT_COMPLETE"] {
        let status = format!(" status={status} ");
        assert!(progress.iter().any(|line| line.contains(&status)), "{status}: {progress:#?}");
    }
    assert!(progress.iter().all(|line| line.contains("elapsed=")), "{progress:#?}");
    let unknown: Vec<&str> = log.lines().filter(|line| line.contains("unknown status")).collect();
    assert_eq!(unknown.len(), 1, "{unknown:#?}");
    assert!(unknown[0].contains("[WARN]") && unknown[0].contains("QUANTUM_PENDING"), "{unknown:?}");
}
