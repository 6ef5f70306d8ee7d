//! Endpoints, subscriptions and tenants.

use super::*;
use crate::entra::{CLIENT_ID, Holder, TENANT_ID};

const OTHER_TENANT: &str = "7e570000-0000-4000-8000-0000000000ee";
const V: &str = "api-version=2022-12-01";

fn with_token_of(arm: &Simulation, tenant: &str, target: &str) -> Answer {
    let holder = Holder { tenant: tenant.to_owned(), client: CLIENT_ID.to_owned() };
    let token = arm.state.tokens.issue_to(holder, AUDIENCES[0], Duration::from_secs(60));
    let authorization = format!("Bearer {token}");
    send(&arm.url(), "GET", target, &[("Authorization", &authorization)], "").unwrap()
}

#[test]
fn metadata_need_no_token_and_name_the_endpoints() {
    let arm = Simulation::builder().start();
    arm.set_login("https://login.example/");
    let ask = |query: &str| {
        send(&arm.url(), "GET", &format!("/metadata/endpoints{query}"), &[], "").unwrap()
    };
    let cloud = ask("?api-version=2022-09-01").json();
    assert_eq!(cloud["resourceManager"], format!("{}/", arm.url()));
    assert_eq!(cloud["authentication"]["loginEndpoint"], "https://login.example");
    assert_eq!(cloud["authentication"]["audiences"], json!(AUDIENCES));
    assert_eq!(ask("?api-version=2019-05-01").json(), json!([cloud]));
    assert_eq!(code(&ask("")).1, "MissingApiVersionParameter");
}

#[test]
fn subscriptions_are_those_of_the_tokens_tenant() {
    let arm = Simulation::builder().start();
    let list = with_token_of(&arm, TENANT_ID, &format!("/subscriptions?{V}")).json();
    assert_eq!(list["value"][0]["subscriptionId"], SUBSCRIPTION_ID);
    assert_eq!(
        (&list["value"][0]["tenantId"], &list["count"]["value"]),
        (&json!(TENANT_ID), &json!(1))
    );
    let one = format!("/subscriptions/{}?{V}", SUBSCRIPTION_ID.to_uppercase());
    assert_eq!(with_token_of(&arm, TENANT_ID, &one).json(), list["value"][0]);
    let missing = format!("/subscriptions/{OTHER_TENANT}?{V}");
    assert_eq!(code(&with_token_of(&arm, TENANT_ID, &missing)).1, "SubscriptionNotFound");
    let none = with_token_of(&arm, OTHER_TENANT, &format!("/subscriptions?{V}")).json();
    assert_eq!(none["value"], json!([]));
    let without = send(&arm.url(), "GET", &one, &[], "").unwrap();
    assert_eq!(code(&without), (401, "AuthenticationFailed".to_owned()));
}

#[test]
fn a_token_of_another_tenant_opens_nothing() {
    let arm = Simulation::builder().start();
    let one = format!("/subscriptions/{SUBSCRIPTION_ID}?{V}");
    for target in [image_at("a"), one] {
        let refused = with_token_of(&arm, OTHER_TENANT, &target);
        assert_eq!(code(&refused), (401, "InvalidAuthenticationTokenTenant".to_owned()));
        assert!(refused.body.contains(&format!("https://sts.windows.net/{OTHER_TENANT}/")));
        assert!(refused.body.contains(&format!("https://sts.windows.net/{TENANT_ID}/")));
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(
            challenge.contains(&format!("/{TENANT_ID}\", error=\"invalid_token\"")),
            "{challenge}"
        );
    }
    let moved = Simulation::builder().tenant(OTHER_TENANT).start();
    assert_eq!(with_token_of(&moved, OTHER_TENANT, &image_at("a")).status, 404);
}
