//! The clock of the service: `Date` headers and `systemData`.

use std::time::SystemTime;

use super::*;

fn system_data(arm: &Simulation, name: &str) -> Value {
    get(arm, &image_at(name)).json()["systemData"].clone()
}

#[test]
fn every_answer_carries_the_date_of_now() {
    let arm = Simulation::builder().start();
    arm.fail(When::label("get"), 1, Fault::html(502));
    arm.fail(When::label("get").after(1), 1, Fault::status(429));
    let answers = [
        get(&arm, &image_at("a")),
        get(&arm, &image_at("a")),
        get(&arm, &image_at("a")),
        put(&arm, "a"),
        send(&arm.url(), "GET", "/", &[], "").unwrap(),
    ];
    let seen: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(seen, [502, 429, 404, 201, 401]);
    for answer in answers {
        let date = httpdate::parse_http_date(answer.header("date").unwrap()).unwrap();
        let apart = SystemTime::now().duration_since(date).unwrap();
        assert!(apart < Duration::from_secs(5), "{apart:?}");
    }
}

#[test]
fn an_image_says_who_created_it_and_when_from_its_acceptance_on() {
    let arm = Simulation::builder().start();
    let before = timestamp(SystemTime::now());
    let accepted = put(&arm, "a").json()["systemData"].clone();
    let after = timestamp(SystemTime::now());
    let created = accepted["createdAt"].as_str().unwrap();
    assert!(before.as_str() <= created && created <= after.as_str(), "{accepted}");
    for name in ["createdBy", "lastModifiedBy"] {
        assert_eq!(accepted[name], crate::entra::CLIENT_ID);
        assert_eq!(accepted[format!("{name}Type")], "Application");
    }
    assert_eq!(accepted["createdAt"], accepted["lastModifiedAt"]);
    assert_eq!(system_data(&arm, "a"), accepted);
    let listed = get(&arm, &format!("{GROUP}{V}")).json();
    assert_eq!(listed["value"][0]["systemData"], accepted);
}

#[test]
fn writes_keep_the_creation_and_move_the_last_change() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    let long_ago = timestamp(SystemTime::now() - Duration::from_secs(365 * 24 * 60 * 60));
    let members = json!({"systemData": {"createdAt": long_ago, "lastModifiedAt": long_ago}});
    arm.insert_image(RESOURCE_GROUP, "a", &members);
    let mut body = wanted();
    body["properties"].as_object_mut().unwrap().remove("containerId");
    for verb in ["PUT", "PATCH"] {
        let before = timestamp(SystemTime::now());
        let body = if verb == "PUT" { body.clone() } else { json!({"tags": {"a": "b"}}) };
        assert_eq!(call(&arm, verb, &image_at("a"), &body).unwrap().status, 200);
        let data = system_data(&arm, "a");
        assert_eq!(data["createdAt"], long_ago);
        assert_eq!(data["createdBy"], "operator@example.com");
        assert_eq!(data["lastModifiedBy"], crate::entra::CLIENT_ID);
        assert!(data["lastModifiedAt"].as_str().unwrap() >= before.as_str());
    }
}

#[test]
fn system_data_can_be_left_out() {
    let arm = Simulation::builder().quirk(Quirk::NoSystemData).start();
    assert!(put(&arm, "a").json().get("systemData").is_none());
    assert!(system_data(&arm, "a").is_null());
    arm.set_quirk(Quirk::ExtraProperties, true);
    assert!(system_data(&arm, "a").is_null());
    arm.set_quirk(Quirk::NoSystemData, false);
    assert!(system_data(&arm, "a")["createdAt"].is_string());
}
