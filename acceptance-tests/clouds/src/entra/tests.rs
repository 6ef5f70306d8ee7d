//! The endpoints over a socket.

mod identities;
mod tenants;

use super::*;
use crate::shared::client::{Answer, send};

const SCOPE: &str = "https%3A%2F%2Fmanagement.azure.com%2F.default";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

fn token(entra: &Simulation, form: &str) -> Answer {
    send(&entra.url(), "POST", &format!("/{TENANT_ID}/oauth2/v2.0/token"), &[FORM], form).unwrap()
}

fn form(credential: &str) -> String {
    format!("grant_type=client_credentials&client_id={CLIENT_ID}&scope={SCOPE}&{credential}")
}

#[test]
fn the_right_secret_gets_a_token_for_the_scope() {
    let entra = Simulation::start();
    let answer = token(&entra, &form(&format!("client_secret={CLIENT_SECRET}")));
    assert_eq!(answer.status, 200, "{}", answer.body);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(entra.tokens().check(&token, &["https://management.azure.com".to_owned()]), Ok(()));
    assert_eq!(answer.json()["expires_in"], 3599);
    assert_eq!(entra.requests()[0].status, Some(200));
}

#[test]
fn expires_in_can_be_a_text() {
    let entra = Simulation::start();
    entra.set_expires_in_as_text(true);
    let answer = token(&entra, &form(&format!("client_secret={CLIENT_SECRET}")));
    assert_eq!(answer.json()["expires_in"], "3599");
}

#[test]
fn wrong_requests_get_their_own_aadsts_number() {
    let entra = Simulation::start();
    let good = form(&format!("client_secret={CLIENT_SECRET}"));
    for (text, status, number) in [
        (form("client_secret=wrong"), 401, 7_000_215),
        (form(""), 401, 7_000_218),
        (good.replace(CLIENT_ID, "someone-else"), 400, 700_016),
        (good.replace("management.azure.com", "example.invalid"), 400, 500_011),
        (good.replace(".default", "user_impersonation"), 400, 1_002_012),
        (good.replace("client_credentials", "password"), 400, 70003),
        (good.replace("grant_type", "grant"), 400, 900_144),
        (form("client_assertion=x&client_assertion_type=y"), 400, 90023),
        (format!("{good}&scope={SCOPE}"), 400, 90014),
    ] {
        let answer = token(&entra, &text);
        assert_eq!((answer.status, &answer.json()["error_codes"][0]), (status, &number.into()));
        let description = answer.json()["error_description"].to_string();
        assert!(description.contains(&format!("AADSTS{number}: ")), "{description}");
    }
    let url = "/no-such-tenant/oauth2/v2.0/token";
    let answer = send(&entra.url(), "POST", url, &[FORM], &good).unwrap();
    assert_eq!(answer.json()["error_codes"][0], 90002);
    assert_eq!(entra.tokens().issued(), 0);
}

#[test]
fn github_and_azure_devops_give_assertions_that_the_token_endpoint_takes() {
    let entra = Simulation::start();
    let exchange = "audience=api%3A%2F%2FAzureADTokenExchange";
    let bearer = format!("Bearer {}", entra.github_request_token());
    let authorization = [("Authorization", bearer.as_str())];
    let target = format!("/github/idtoken?api-version=2.0&{exchange}");
    let github = send(&entra.url(), "GET", &target, &authorization, "").unwrap();
    let without = send(&entra.url(), "GET", "/github/idtoken?api-version=2.0", &authorization, "");
    assert_eq!(without.unwrap().status, 400);

    let bearer = format!("Bearer {}", entra.ado_request_token());
    let target = format!(
        "/ado/oidctoken?api-version=7.1&serviceConnectionId={ADO_CONNECTION_ID}&{exchange}"
    );
    let authorization = [("Authorization", bearer.as_str())];
    let ado = send(&entra.url(), "POST", &target, &authorization, "").unwrap();
    assert_eq!(send(&entra.url(), "POST", &target, &[], "").unwrap().status, 401);

    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    for assertion in [&github.json()["value"], &ado.json()["oidcToken"]] {
        let credential = format!(
            "client_assertion={}&client_assertion_type={kind}",
            assertion.as_str().unwrap()
        );
        assert_eq!(token(&entra, &form(&credential)).status, 200);
    }
    let forged = format!("client_assertion=a.b.c&client_assertion_type={kind}");
    assert_eq!(token(&entra, &form(&forged)).json()["error_codes"][0], 700_213);
}

#[test]
fn scripted_faults_hit_the_requests_they_were_meant_for() {
    let entra = Simulation::start();
    let good = form(&format!("client_secret={CLIENT_SECRET}"));
    entra.fail(When::label("imds"), 9, Fault::status(410));
    entra.fail_request(2, Fault::status(429).retry_after("2"));
    entra.fail_request(3, Fault::reset());
    entra.fail_request(4, Fault::cut_after_handling());
    entra.fail_request(5, Fault::html(502));
    assert_eq!(token(&entra, &good).status, 200);
    let throttled = token(&entra, &good);
    assert_eq!((throttled.status, throttled.header("Retry-After")), (429, Some("2")));
    let path = format!("/{TENANT_ID}/oauth2/v2.0/token");
    assert!(send(&entra.url(), "POST", &path, &[FORM], &good).is_none());
    assert_eq!(entra.tokens().issued(), 1);
    assert!(send(&entra.url(), "POST", &path, &[FORM], &good).is_none());
    assert_eq!(entra.tokens().issued(), 2);
    assert!(token(&entra, &good).body.contains("<html>"));
    assert_eq!(token(&entra, &good).status, 200);
    let seen: Vec<Option<u16>> = entra.requests().iter().map(|r| r.status).collect();
    assert_eq!(seen, [Some(200), Some(429), None, None, Some(502), Some(200)]);
}

#[test]
fn a_request_that_hangs_ends_with_the_service() {
    let entra = Simulation::start();
    entra.fail_next(1, Fault::hang());
    let url = entra.url();
    let waiting = std::thread::spawn(move || send(&url, "GET", "/", &[], ""));
    while entra.request_count() == 0 {
        std::thread::yield_now();
    }
    drop(entra);
    assert!(waiting.join().unwrap().is_none());
}

#[test]
fn requests_under_way_are_counted() {
    let entra = Simulation::start();
    entra.set_latency(Duration::from_millis(100));
    let threads: Vec<_> = (0..3)
        .map(|_| {
            let url = entra.url();
            std::thread::spawn(move || send(&url, "GET", "/", &[], "").unwrap().status)
        })
        .collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 404);
    }
    assert_eq!((entra.max_in_flight(), entra.request_count()), (3, 3));
    entra.forget_requests();
    assert_eq!((entra.max_in_flight(), entra.request_count()), (0, 0));
}

#[test]
fn a_token_lives_as_long_as_the_test_wants() {
    let entra = Simulation::builder().lifetime(Duration::from_secs(60)).start();
    let good = form(&format!("client_secret={CLIENT_SECRET}"));
    let audience = ["https://management.azure.com".to_owned()];
    let new_token = || token(&entra, &good).json();
    let long = new_token();
    entra.set_lifetime(Duration::from_secs(2));
    let short = new_token();
    assert_eq!((&long["expires_in"], &short["expires_in"]), (&60.into(), &2.into()));
    let check = |answer: &serde_json::Value| {
        entra.tokens().check(answer["access_token"].as_str().unwrap(), &audience)
    };
    assert_eq!((check(&long), check(&short)), (Ok(()), Ok(())));
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(check(&long), Ok(()));
    assert!(matches!(check(&short), Err(Refusal::Expired(_))));
}

#[test]
fn token_requests_can_be_refused_for_a_while() {
    let entra = Simulation::start();
    let good = form(&format!("client_secret={CLIENT_SECRET}"));
    entra.set_refused(Some(7_000_222));
    for _ in 0..3 {
        let refused = token(&entra, &good);
        assert_eq!(refused.status, 400);
        assert_eq!(refused.json()["error"], "invalid_client");
        assert_eq!(refused.json()["error_codes"][0], 7_000_222);
        assert!(refused.body.contains("AADSTS7000222: "), "{}", refused.body);
    }
    entra.set_refused(None);
    assert_eq!((token(&entra, &good).status, entra.tokens().issued()), (200, 1));
}

#[test]
fn token_requests_can_hang_for_a_while() {
    let entra = Simulation::start();
    entra.set_held(true);
    assert_eq!(send(&entra.url(), "GET", "/msi/token", &[], "").unwrap().status, 401);
    let url = entra.url();
    let good = form(&format!("client_secret={CLIENT_SECRET}"));
    let waiting = std::thread::spawn(move || {
        send(&url, "POST", &format!("/{TENANT_ID}/oauth2/v2.0/token"), &[FORM], &good)
    });
    while entra.request_count() < 2 {
        std::thread::yield_now();
    }
    std::thread::sleep(Duration::from_millis(50));
    assert!(!waiting.is_finished());
    assert_eq!((entra.tokens().issued(), entra.in_flight()), (0, 1));
    entra.set_held(false);
    assert_eq!(waiting.join().unwrap().unwrap().status, 200);
}

#[test]
fn errors_can_repeat_the_credential_in_every_spelling() {
    let entra = Simulation::builder().secret("good").start();
    let wrong = "a&b/c%3D<\"";
    let encoded = "a%26b%2Fc%253D%3C%22";
    let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
    let secret = form(&format!("client_secret={encoded}"));
    let assertion = form(&format!("client_assertion={encoded}&client_assertion_type={kind}"));
    assert!(!token(&entra, &secret).body.contains("a&b"));
    for spelling in Spelling::ALL {
        entra.set_quoted(Some(spelling));
        let quoted = format!("'{}'", spelling.spell(wrong));
        entra.fail_request(3, Fault::status(400).code("invalid_client").message("No."));
        for text in [&secret, &assertion, &secret] {
            let refused = token(&entra, text);
            let description = refused.json()["error_description"].as_str().unwrap().to_owned();
            assert!(description.contains(&quoted), "{description}");
        }
        let header = [("Authorization", "Bearer a&b/c%3D<\"")];
        let refused = send(&entra.url(), "GET", "/github/idtoken", &header, "").unwrap();
        let description = refused.json()["error_description"].as_str().unwrap().to_owned();
        assert!(description.contains(&quoted), "{description}");
    }
    let answer = token(&entra, &form("client_secret=good"));
    assert_eq!(answer.status, 200);
    assert!(!answer.body.contains("good"));
    entra.set_quoted(None);
    assert!(!token(&entra, &secret).body.contains("a&b"));
}

#[test]
fn faults_of_every_kind_hit_the_token_endpoint_until_switched_off() {
    let entra = Simulation::start();
    let good = form(&format!("client_secret={CLIENT_SECRET}"));
    for (fault, status) in [
        (Fault::json(404, &serde_json::json!({"message": "no Route"})), 404),
        (Fault::json(200, &serde_json::json!({})), 200),
        (Fault::html(200), 200),
        (Fault::html(524), 524),
        (Fault::huge(1 << 20), 200),
        (Fault::html(524).after_handling(), 524),
    ] {
        let switch = entra.fail_always(When::label("token"), fault);
        for _ in 0..2 {
            let answer = token(&entra, &good);
            assert_eq!(answer.status, status);
            assert!(answer.json()["access_token"].is_null());
        }
        switch.off();
    }
    assert_eq!(entra.tokens().issued(), 2);
    assert!(token(&entra, &good).json()["access_token"].is_string());
}
