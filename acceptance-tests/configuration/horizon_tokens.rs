//! Access tokens of Horizon Cloud: one for all, renewed in time, and never shown.

use std::collections::BTreeSet;
use std::time::Duration;

use simulated_clouds::horizon::{
    API_TOKEN, CLIENT_ID, CLIENT_SECRET, Fault, Lifecycle, Progress, Request, Simulation, Spelling,
    When,
};

use crate::harness::Workspace;
use crate::harness::horizon::{
    NAME, addresses, block, posts, provider, start, start_endless, workspace,
};

const ALL: &str = "data \"cloudimages_horizon_images\" \"all\" {}\n";

fn statuses(cloud: &Simulation) -> Vec<u16> {
    cloud.requests().iter().filter_map(|request| request.status).collect()
}

#[test]
fn a_token_is_renewed_ahead_of_its_end_while_an_import_is_waited_for() {
    for as_text in [false, true] {
        let cloud = start_endless();
        cloud.set_expires_in(Duration::from_secs(2));
        cloud.set_expires_in_as_text(as_text);
        let workspace = workspace(&cloud);
        let mut run = workspace.start(&["apply", "-json", "-input=false", "-auto-approve"]);
        run.until("a third token in use", || {
            let requests = cloud.requests();
            let bearers: BTreeSet<_> = requests.iter().map(Request::bearer).collect();
            bearers.len() >= 3
        });
        cloud.begin(&cloud.version_ids(&cloud.image_ids(NAME)[0])[0], Lifecycle::import());
        run.finish().ok();
        assert!(!statuses(&cloud).contains(&401), "{}", cloud.journal_text());
        // Each serves for about a second: they are not fetched for every request.
        assert!(cloud.tokens_issued() * 4 < cloud.request_count(), "{}", cloud.whole_journal());
        assert_eq!(posts(&cloud), 1);
    }
}

#[test]
fn a_token_that_lasts_shorter_than_it_says_is_replaced() {
    let cloud = start();
    cloud.set_token_lifetime(Some(Duration::from_millis(400)));
    let slow = Lifecycle::import().each_lasts(Progress::Wall(Duration::from_millis(600)));
    cloud.set_lifecycle(Some(slow));
    workspace(&cloud).apply().ok();
    assert!(cloud.tokens_issued() >= 2 && statuses(&cloud).contains(&401));
    assert_eq!(posts(&cloud), 1);
}

#[test]
fn a_creation_that_is_refused_for_its_token_is_sent_once_more() {
    let cloud = start();
    cloud.fail(When::label("create"), 1, Fault::status(401));
    workspace(&cloud).step();
    let creations = cloud.requests_to("POST", "/images");
    let sent: Vec<_> = creations.iter().map(|one| one.status).collect();
    assert_eq!((sent, cloud.images_created()), (vec![Some(401), Some(201)], 1));
    assert_ne!(creations[0].bearer(), creations[1].bearer());
}

#[test]
fn a_second_refusal_names_the_credential_and_the_role() {
    let application = format!("client_id = {CLIENT_ID:?}\nclient_secret = {CLIENT_SECRET:?}");
    for (login, name) in [
        (format!("api_token = {API_TOKEN:?}"), "`horizon.api_token` (HORIZON_API_TOKEN)"),
        (application, "`horizon.client_secret` (HORIZON_CLIENT_SECRET)"),
    ] {
        let cloud = start();
        cloud.fail_always(When::any(), Fault::status(401).code("UNAUTHORIZED"));
        let workspace = Workspace::new(&(block(&(addresses(&cloud) + &login)) + ALL));
        workspace.plan().error().says(&["ListImages", "401", name, "Administrator"]);
        assert_eq!((statuses(&cloud), cloud.tokens_issued()), (vec![401, 401], 2));
    }
}

#[test]
fn a_refused_login_that_is_quoted_is_not_shown() {
    let wrong_token = "Expired+Api/Token&<0123456789>=";
    let wrong_secret = "Wrong+Secret/&<0123456789>=\"x";
    let application = format!("client_id = {CLIENT_ID:?}\nclient_secret = {wrong_secret:?}");
    for (login, secret, words) in [
        (format!("api_token = {wrong_token:?}"), wrong_token, ["CSP-0400", "HORIZON_API_TOKEN"]),
        (application, wrong_secret, ["CSP-0401", "HORIZON_CLIENT_SECRET"]),
    ] {
        for spelling in [Spelling::Raw, Spelling::Percent, Spelling::Json, Spelling::Html] {
            let cloud = start();
            cloud.set_quoted(Some(spelling));
            let text = block(&(addresses(&cloud) + &login)) + ALL;
            let outcome = Workspace::new(&text).env("TF_LOG", "TRACE").plan();
            outcome.error().says(&words).says(&["HORIZON_CSP_URL", "expired"]);
            let shown: String = outcome.errors().iter().map(|error| error.detail.clone()).collect();
            for text in [&shown, &outcome.stderr] {
                assert!(!text.contains(secret), "{spelling:?}: {text}");
                assert!(!text.contains(&spelling.spell(secret)), "{spelling:?}: {text}");
            }
            assert_eq!((cloud.request_count(), cloud.csp().request_count()), (0, 1));
        }
    }
}

#[test]
fn an_identity_service_that_is_down_for_a_moment_is_asked_again() {
    let cloud = start();
    cloud.csp().fail(When::any(), 1, Fault::status(503));
    Workspace::new(&(provider(&cloud) + ALL)).plan().ok();
    assert_eq!(cloud.csp().request_count(), 2);
    // A page where a token is expected is not taken for one.
    cloud.csp().fail_always(When::any(), Fault::html(200));
    let error = Workspace::new(&(provider(&cloud) + ALL)).plan().error();
    error.says(&["access_token", "HORIZON_CSP_URL"]);
}
