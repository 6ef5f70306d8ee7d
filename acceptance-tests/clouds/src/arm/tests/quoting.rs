//! Messages that repeat secrets.

use super::*;

const PATH: &str = "https://store.example/vhd/a.vhdx?sig=secret";

fn body_with_path(path: &str) -> Value {
    let mut body = wanted();
    body["properties"]["imagePath"] = json!(path);
    body
}

#[test]
fn a_failed_creation_quotes_its_image_path_in_every_spelling() {
    let arm = Simulation::builder().progress(Progress::Polls(0)).start();
    let path = "https://store.example/vhd/a.vhdx?sv=2024&sig=a%2Bb%3D";
    for (spelling, quoted) in Spelling::ALL.into_iter().zip([
        "https://store.example/vhd/a.vhdx?sv=2024&sig=a%2Bb%3D",
        "https%3A%2F%2Fstore.example%2Fvhd%2Fa.vhdx%3Fsv%3D2024%26sig%3Da%252Bb%253D",
        "https%253A%252F%252Fstore.example%252Fvhd%252Fa.vhdx%253Fsv%253D2024%2526sig%253Da%25252Bb%25253D",
        r"https://store.example/vhd/a.vhdx?sv=2024\u0026sig=a%2Bb%3D",
        r"https://store.example/vhd/a.vhdx?sv=2024\\u0026sig=a%2Bb%3D",
        "https://store.example/vhd/a.vhdx?sv=2024&amp;sig=a%2Bb%3D",
        r"https:\/\/store.example\/vhd\/a.vhdx?sv=2024&sig=a%2Bb%3D",
    ]) {
        let name = format!("{spelling:?}");
        arm.set_outcome_for_path(path, Outcome::failed_quoting(spelling));
        let accepted =
            call(&arm, "PUT", &image_at(&name), &body_with_path(path)).unwrap();
        assert_eq!(accepted.status, 201);
        let url = local(&arm, accepted.header("azure-asyncoperation").unwrap());
        let quoted = format!("'{quoted}'");
        let status = get(&arm, &url).json();
        assert!(status["error"]["message"].as_str().unwrap().contains(&quoted), "{status}");
        let image = get(&arm, &image_at(&name)).json();
        let status = &image["properties"]["status"];
        assert!(status["errorMessage"].as_str().unwrap().contains(&quoted), "{status}");
    }
}

#[test]
fn an_image_path_can_be_refused_at_once() {
    let arm = Simulation::builder().start();
    arm.set_outcome_for_path(PATH, Outcome::refused_quoting(Spelling::Percent));
    let refused = put(&arm, "a");
    assert_eq!(code(&refused), (400, "InvalidImagePath".to_owned()));
    assert!(refused.body.contains("%3Fsig%3Dsecret"), "{}", refused.body);
    assert_eq!((arm.image_count(), arm.accepted_put_count(RESOURCE_GROUP, "a")), (0, 0));
    arm.set_create_outcome(Outcome::refused(403, "LinkedAuthorizationFailed", "No."));
    let other = body_with_path("C:\\a.vhdx");
    let refused = call(&arm, "PUT", &image_at("a"), &other).unwrap();
    assert_eq!(code(&refused), (403, "LinkedAuthorizationFailed".to_owned()));
    arm.insert_image(RESOURCE_GROUP, "b", &json!({}));
    arm.set_update_outcome(Outcome::refused(403, "No", "No."));
    arm.set_delete_outcome(Outcome::refused(409, "No", "No."));
    let patch = call(&arm, "PATCH", &image_at("b"), &json!({"tags": {}})).unwrap();
    let delete = call(&arm, "DELETE", &image_at("b"), &Value::Null).unwrap();
    assert_eq!((patch.status, delete.status, arm.image_count()), (403, 409, 1));
}

#[test]
fn only_the_resource_may_quote_the_path() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    let outcome = Outcome::only_resource_failed("Moc", "Invalid Input.").quoting(Spelling::Raw);
    arm.set_create_outcome(outcome);
    let created = put(&arm, "a").json();
    let message = created["properties"]["status"]["errorMessage"].as_str().unwrap();
    assert_eq!(message, format!("Invalid Input. The image path was '{PATH}'."));
}

#[test]
fn errors_repeat_the_authorization_header_while_the_quirk_is_on() {
    let arm = Simulation::builder().start();
    let token = arm.state.tokens.issue(AUDIENCES[0], Duration::from_secs(60));
    let read = |token: &str| {
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str())];
        send(&arm.url(), "GET", &image_at("a"), &headers, "").unwrap().json()
    };
    let message = |token: &str| read(token)["error"]["message"].as_str().unwrap().to_owned();
    assert!(!message(&token).contains(&token));
    arm.set_quirk(Quirk::QuoteAuthorization(Spelling::Raw), true);
    arm.set_quirk(Quirk::QuoteAuthorization(Spelling::Percent), true);
    assert!(message(&token).contains(&format!("'Authorization: Bearer {token}'")));
    assert!(message(&token).contains(&format!("Bearer%20{token}")));
    arm.fail_next(1, Fault::status(403));
    let refused = read(&token);
    assert_eq!(refused["error"]["code"], "AuthorizationFailed");
    assert!(refused.to_string().contains(&token));
    assert!(message("a/b&c").contains("Bearer a/b&c"));
    arm.insert_image(RESOURCE_GROUP, "a", &json!({}));
    assert!(!read(&token).to_string().contains(&token));
}

#[test]
fn errors_of_polls_quote_their_signed_address() {
    let arm = Simulation::builder()
        .create_style(Lro::async_operation().signed())
        .progress(Progress::Polls(0))
        .quirk(Quirk::QuoteAddress(Spelling::Raw))
        .start();
    arm.set_create_outcome(Outcome::failed("Failed", "No."));
    let accepted = put(&arm, "a");
    let address = accepted.header("azure-asyncoperation").unwrap().to_owned();
    let url = local(&arm, &address);
    arm.fail_poll(1, 1, Fault::status(403));
    for status in [403, 200] {
        let answer = get(&arm, &url);
        assert_eq!(answer.status, status);
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.ends_with(&format!(" The request was for '{address}'.")), "{message}");
    }
    let broken = url.replace('*', "%2A");
    assert!(get(&arm, &broken).body.contains(&arm.signatures()[0]));
}

#[test]
fn json_can_be_escaped_without_a_change_of_meaning() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    let outcome = Outcome::failed("Failed", r#"C:\/ & "D" \\&"#);
    arm.set_create_outcome(outcome);
    let plain = put(&arm, "a");
    arm.set_quirk(Quirk::EscapedJson, true);
    let escaped = get(&arm, &image_at("a"));
    assert_eq!(escaped.json(), plain.json());
    assert!(!escaped.body.contains('&') && escaped.body.contains(r"\u0026"));
    assert!(escaped.body.contains(r"\/subscriptions\/"));
}
