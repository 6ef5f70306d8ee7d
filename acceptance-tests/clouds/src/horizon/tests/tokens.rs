//! Logins and what becomes of their tokens.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::*;

type Headers<'a> = &'a [(&'a str, &'a str)];

fn login(horizon: &Simulation, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    send(&horizon.csp_url(), "POST", path, headers, body).unwrap()
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

#[test]
fn both_ways_to_log_in_give_a_token_that_names_its_organization_and_works() {
    let horizon = Simulation::start();
    let client = basic(CLIENT_ID, CLIENT_SECRET);
    let answers = [
        login(&horizon, API_TOKEN_PATH, &[FORM], &format!("refresh_token={API_TOKEN}")),
        login(
            &horizon,
            CLIENT_PATH,
            &[FORM, ("Authorization", &client)],
            "grant_type=client_credentials",
        ),
    ];
    for answer in answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json()["expires_in"], 1799);
        assert_eq!(answer.json()["token_type"], "bearer");
        let token = text(&answer.json()["access_token"]);
        let claims = token.split('.').nth(1).map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        let claims: Value = serde_json::from_slice(&claims.unwrap()).unwrap();
        assert_eq!(claims["context_name"], ORG_ID);
        assert_eq!(claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(), 1799);
        let call = Client { horizon: &horizon, authorization: format!("Bearer {token}") };
        assert_eq!(code(&call.get(IMAGES)), "RESOURCE_NOT_FOUND");
    }
    assert_eq!((horizon.tokens_issued(), horizon.csp().request_count()), (2, 2));
    assert_eq!(horizon.access_tokens().len(), 2);
}

#[test]
fn a_login_that_is_not_in_order_is_refused_with_an_error_of_the_identity_service() {
    let horizon = Simulation::start();
    let good = format!("refresh_token={API_TOKEN}");
    let grant = "grant_type=client_credentials";
    let client = basic(CLIENT_ID, CLIENT_SECRET);
    let client = ("Authorization", client.as_str());
    let (wrong_secret, wrong_id) = (basic(CLIENT_ID, "x"), basic("x", CLIENT_SECRET));
    let in_query = format!("{API_TOKEN_PATH}?{good}");
    let grant_in_query = format!("{CLIENT_PATH}?{grant}");
    let cases: [(&str, Headers<'_>, &str, u16); 16] = [
        (API_TOKEN_PATH, &[JSON], &good, 415),
        (API_TOKEN_PATH, &[], &good, 415),
        (API_TOKEN_PATH, &[FORM], "refresh_token=wrong", 400),
        (API_TOKEN_PATH, &[FORM], &format!("api_token={API_TOKEN}"), 400),
        (API_TOKEN_PATH, &[FORM], &format!("{good}&grant_type=client_credentials"), 400),
        (API_TOKEN_PATH, &[FORM], &format!("{good}&{good}"), 400),
        (API_TOKEN_PATH, &[FORM], "", 400),
        (&in_query, &[FORM], "", 400),
        (&in_query, &[FORM], &good, 400),
        (CLIENT_PATH, &[FORM], grant, 401),
        (CLIENT_PATH, &[FORM, ("Authorization", &wrong_secret)], grant, 401),
        (CLIENT_PATH, &[FORM, ("Authorization", &wrong_id)], grant, 401),
        (CLIENT_PATH, &[FORM, client], "grant_type=password", 400),
        (CLIENT_PATH, &[FORM, client], &format!("{grant}&orgId=other"), 400),
        (&grant_in_query, &[FORM, client], "", 400),
        (&grant_in_query, &[FORM, client], grant, 400),
    ];
    for (path, headers, body, status) in cases {
        let answer = login(&horizon, path, headers, body);
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.body);
        assert!(answer.json()["cspErrorCode"].is_string(), "{}", answer.body);
        assert!(answer.json()["message"].is_string(), "{}", answer.body);
    }
    let get = send(&horizon.csp_url(), "GET", API_TOKEN_PATH, &[FORM], "").unwrap();
    assert_eq!(get.status, 405);
    assert_eq!(login(&horizon, "/csp/other", &[FORM], &good).status, 404);
    assert_eq!(horizon.tokens_issued(), 0);
    // The same logins without what is wrong with them.
    assert_eq!(login(&horizon, API_TOKEN_PATH, &[FORM], &good).status, 200);
    assert_eq!(login(&horizon, CLIENT_PATH, &[FORM, client], grant).status, 200);
}

#[test]
fn a_token_is_refused_when_its_time_is_over_or_it_was_revoked() {
    let horizon = Simulation::start();
    horizon.insert_image("one", &json!({}));
    horizon.set_expires_in(Duration::from_millis(1500));
    let short = Client::new(&horizon);
    horizon.set_expires_in(Duration::from_secs(600));
    horizon.set_token_lifetime(Some(Duration::ZERO));
    let lies = Client::new(&horizon);
    horizon.set_token_lifetime(None);
    let long = Client::new(&horizon);
    assert_eq!(short.get(IMAGES).status, 200);
    assert_eq!(
        (lies.get(IMAGES).status, code(&lies.get(IMAGES))),
        (401, "BAD_FORMAT_AUTH_TOKEN".to_owned())
    );
    std::thread::sleep(Duration::from_millis(1600));
    assert_eq!(short.get(IMAGES).status, 401);
    assert_eq!(long.get(IMAGES).status, 200);
    horizon.revoke_tokens();
    assert_eq!(long.get(IMAGES).status, 401);
    assert_eq!(Client::new(&horizon).get(IMAGES).status, 200);
}

#[test]
fn a_request_needs_exactly_one_bearer_token_and_the_role() {
    let horizon = Simulation::start();
    horizon.insert_image("one", &json!({}));
    let client = Client::new(&horizon);
    let token = client.authorization.strip_prefix("Bearer ").unwrap();
    let basic = basic(CLIENT_ID, CLIENT_SECRET);
    let good = ("Authorization", client.authorization.as_str());
    let cases: [&[(&str, &str)]; 6] = [
        &[],
        &[("Authorization", "Bearer wrong")],
        &[("Authorization", token)],
        &[("Authorization", &basic)],
        &[("Authentication", &client.authorization)],
        &[good, good],
    ];
    for headers in cases {
        let answer = send(&horizon.url(), "GET", IMAGES, headers, "").unwrap();
        assert_eq!(answer.status, 401, "{headers:?}");
    }
    assert_eq!(client.get(IMAGES).status, 200);
    horizon.set_forbidden(true);
    assert_eq!(
        (client.get(IMAGES).status, code(&client.get(IMAGES))),
        (403, "FORBIDDEN".to_owned())
    );
    horizon.set_forbidden(false);
    assert_eq!(client.get(IMAGES).status, 200);
}

#[test]
fn tokens_come_in_the_shapes_that_a_test_asks_for() {
    let horizon = Simulation::start();
    let claims = |shape| {
        horizon.set_token_shape(shape);
        let client = Client::new(&horizon);
        assert_eq!(client.get(IMAGES).status, 404, "every shape works");
        let part = client.authorization.split('.').nth(1)?.to_owned();
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok()
    };
    assert!(claims(TokenShape::Jwt).unwrap()["context_name"].is_string());
    assert!(claims(TokenShape::WithoutOrg).unwrap()["context_name"].is_null());
    assert_eq!(claims(TokenShape::Unreadable), None);
    assert_eq!(claims(TokenShape::Opaque), None);
    horizon.set_expires_in_as_text(true);
    let body = format!("refresh_token={API_TOKEN}");
    let answer = login(&horizon, API_TOKEN_PATH, &[FORM], &body);
    assert_eq!(answer.json()["expires_in"], "1799");
}

#[test]
fn a_refusal_repeats_the_credential_while_a_test_wants_it() {
    let horizon = Simulation::start();
    let refuse = || login(&horizon, API_TOKEN_PATH, &[FORM], "refresh_token=mistaken%26token").body;
    assert!(!refuse().contains("mistaken"));
    horizon.set_quoted(Some(Spelling::Percent));
    assert!(refuse().contains("mistaken%26token"));
    horizon.set_api_tokens(&["mistaken&token"]);
    assert!(refuse().contains("access_token"));
}

#[test]
fn the_organization_of_a_request_must_be_one_of_the_token() {
    let horizon = Simulation::builder().other_org("partner").start();
    let client = Client::new(&horizon);
    horizon.insert_image("own", &json!({}));
    let foreign = horizon.insert_image_in("partner", "foreign", &json!({}));
    let names = |org: &str| {
        let answer = client.get(&format!("{IMAGES}?org_id={org}"));
        (answer.status, text(&answer.json()["content"][0]["name"]))
    };
    assert_eq!(names(ORG_ID), (200, "own".to_owned()));
    assert_eq!(names("partner"), (200, "foreign".to_owned()));
    assert_eq!(names("stranger").0, 403);
    assert_eq!(client.poll(&foreign), "404");
    assert_eq!(client.get(&format!("{IMAGES}/{foreign}?org_id=partner")).status, 200);
    let refused = client.post(IMAGES, &with(marketplace("x1"), "/orgId", Some(json!("stranger"))));
    assert_eq!((refused.status, code(&refused)), (403, "INVALID_ORG_ID".to_owned()));
    let taken = client.post(IMAGES, &with(marketplace("x1"), "/orgId", Some(json!("partner"))));
    assert_eq!((taken.status, &taken.json()["orgId"]), (201, &json!("partner")));
}
