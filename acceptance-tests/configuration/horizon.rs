//! The `horizon` block: logins, organization, addresses.

use simulated_clouds::horizon::{
    API_TOKEN, CLIENT_ID, CLIENT_SECRET, ORG_ID, Simulation, TokenShape,
};

use crate::harness::Workspace;
use crate::harness::horizon::{addresses, block, provider, start, with};

const IMAGES: &str = "data \"cloudimages_horizon_images\" \"all\" {}\n";

fn workspace(cloud: &Simulation, login: &str) -> Workspace {
    Workspace::new(&(block(&format!("{}{login}", addresses(cloud))) + IMAGES))
}

#[test]
fn both_logins_work_from_arguments_and_from_the_environment() {
    let token = format!("api_token = {API_TOKEN:?}");
    let client = format!("client_id = {CLIENT_ID:?}\nclient_secret = {CLIENT_SECRET:?}");
    for login in [token, client] {
        let cloud = start();
        workspace(&cloud, &login).apply().ok();
        assert!(cloud.tokens_issued() > 0);
    }
    let cloud = start();
    let addresses = [("HORIZON_ENDPOINT", cloud.url()), ("HORIZON_CSP_URL", cloud.csp_url())];
    for login in [
        &[("HORIZON_API_TOKEN", API_TOKEN)][..],
        &[("HORIZON_CLIENT_ID", CLIENT_ID), ("HORIZON_CLIENT_SECRET", CLIENT_SECRET)],
    ] {
        let mut workspace = Workspace::new(IMAGES);
        for (name, value) in &addresses {
            workspace.set(name, value);
        }
        for (name, value) in login {
            workspace.set(name, *value);
        }
        workspace.apply().ok();
    }
    // The variables of one login do not disturb the other one in the arguments.
    let other = workspace(&cloud, &format!("api_token = {API_TOKEN:?}"))
        .env("HORIZON_CLIENT_ID", "nobody")
        .env("HORIZON_CLIENT_SECRET", "nothing");
    other.apply().ok();
}

#[test]
fn a_login_that_is_missing_or_twofold_names_both_ways_and_sends_nothing() {
    let cloud = start();
    let both =
        ["`horizon.api_token` (HORIZON_API_TOKEN)", "`horizon.client_id` (HORIZON_CLIENT_ID)"];
    let none = workspace(&cloud, "").plan().error();
    none.says(&both).says(&["Cannot log in to Horizon Cloud"]);
    let half = workspace(&cloud, "client_id = \"a\"").plan().error();
    half.says(&["lacks `horizon.client_secret` (HORIZON_CLIENT_SECRET)"]);
    let twofold = workspace(&cloud, "")
        .env("HORIZON_API_TOKEN", "a-token")
        .env("HORIZON_CLIENT_ID", "a")
        .env("HORIZON_CLIENT_SECRET", "a-secret");
    twofold.plan().error().says(&both).says(&["Both"]);
    let written = workspace(&cloud, "api_token = \"a-token\"\nclient_id = \"a\"");
    written.validate().error().says(&["`horizon.client_id`", "`horizon.api_token`", "together"]);
    assert_eq!((cloud.request_count(), cloud.csp().request_count()), (0, 0));
}

#[test]
fn a_refused_login_says_which_credential_and_a_refused_call_names_the_role() {
    let cloud = start();
    let error = workspace(&cloud, "api_token = \"made-up-and-wrong\"").plan().error();
    error.says(&["Cannot log in to Horizon Cloud", "HORIZON_API_TOKEN", "expired"]);
    assert!(!error.text().contains("made-up-and-wrong"));
    let wrong = format!("client_id = {CLIENT_ID:?}\nclient_secret = \"made-up-and-wrong\"");
    workspace(&cloud, &wrong).plan().error().says(&["HORIZON_CLIENT_SECRET"]);
    cloud.set_forbidden(true);
    let login = format!("api_token = {API_TOKEN:?}");
    cloud.forget_requests();
    let error = workspace(&cloud, &login).plan().error();
    error.says(&["not allowed", "Administrator", "HORIZON_API_TOKEN", "403"]);
    // Repeating it would not help.
    assert_eq!(cloud.request_count(), 1);
}

#[test]
fn the_organization_comes_from_the_token_unless_it_is_configured() {
    let cloud = with(|builder| builder.other_org("partner-org"));
    let login = format!("api_token = {API_TOKEN:?}");
    workspace(&cloud, &login).apply().ok();
    let of_last = || cloud.requests().pop().unwrap().query_value("org_id").unwrap();
    assert_eq!(of_last(), ORG_ID);
    workspace(&cloud, &format!("{login}\norg_id = \"partner-org\"")).apply().ok();
    assert_eq!(of_last(), "partner-org");
    for shape in [TokenShape::Opaque, TokenShape::Unreadable, TokenShape::WithoutOrg] {
        let cloud = with(|builder| builder.token_shape(shape));
        let error = workspace(&cloud, &login).plan().error();
        error.says(&["`horizon.org_id` (HORIZON_ORG_ID)", "context_name"]);
        assert_eq!(cloud.request_count(), 0);
        workspace(&cloud, &format!("{login}\norg_id = {ORG_ID:?}")).apply().ok();
    }
}

#[test]
fn addresses_are_checked_before_anything_is_sent() {
    for (argument, address, why) in [
        ("endpoint", "http://horizon.example", "loopback"),
        ("csp_url", "http://csp.example", "loopback"),
        ("endpoint", "https://user:pa55word@horizon.example", "password"),
        ("endpoint", "horizon.example", "https://"),
    ] {
        let text = block(&format!("api_token = \"a-token\"\n{argument} = {address:?}")) + IMAGES;
        let error = Workspace::new(&text).validate().error();
        error.says(&[why]);
        assert!(!error.text().contains("pa55word"));
    }
}

#[test]
fn a_cloud_that_nothing_uses_needs_no_configuration() {
    let cloud = start();
    Workspace::new(&provider(&cloud)).plan().ok();
    assert_eq!(cloud.csp().request_count(), 0);
}
