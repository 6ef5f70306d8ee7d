//! Scripted faults of every kind, for every kind of request.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use super::*;

/// One request of each label, with an image `a` to hit.
fn each_label(arm: &Simulation) -> Vec<(&'static str, Option<Answer>)> {
    arm.insert_image(RESOURCE_GROUP, "a", &json!({}));
    arm.set_delete_style(Lro::location());
    let accepted = call(arm, "DELETE", &image_at("a"), &Value::Null).unwrap();
    let poll = local(arm, accepted.header("location").unwrap());
    arm.insert_image(RESOURCE_GROUP, "a", &json!({}));
    let switches: Vec<_> = ["get", "put", "patch", "delete", "list", "poll"]
        .map(|label| {
            let fault = Fault::json(404, &json!({"message": "no Route matched with those values"}));
            arm.fail_always(When::label(label), fault)
        })
        .into_iter()
        .collect();
    let tags = json!({"tags": {}});
    let answers = vec![
        ("get", call(arm, "GET", &image_at("a"), &Value::Null)),
        ("put", call(arm, "PUT", &image_at("b"), &wanted())),
        ("patch", call(arm, "PATCH", &image_at("a"), &tags)),
        ("delete", call(arm, "DELETE", &image_at("a"), &Value::Null)),
        ("list", call(arm, "GET", &format!("{GROUP}{V}"), &Value::Null)),
        ("poll", call(arm, "GET", &poll, &Value::Null)),
    ];
    switches.into_iter().for_each(Switch::off);
    assert_eq!(get(arm, &image_at("a")).status, 200);
    answers
}

#[test]
fn a_gateway_answers_every_kind_of_request_until_it_is_switched_off() {
    let arm = Simulation::builder().start();
    for (label, answer) in each_label(&arm) {
        let answer = answer.unwrap();
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (404, r#"{"message":"no Route matched with those values"}"#),
            "{label}"
        );
    }
    assert!(arm.image(RESOURCE_GROUP, "b").is_none());
}

#[test]
fn answers_of_any_status_come_as_json_or_html() {
    let arm = Simulation::builder().start();
    arm.fail_next(1, Fault::json(200, &json!({})));
    let answer = get(&arm, &image_at("a"));
    assert_eq!((answer.status, answer.body.as_str()), (200, "{}"));
    for status in [200, 403, 524] {
        arm.fail_next(1, Fault::html(status));
        let answer = get(&arm, &image_at("a"));
        assert_eq!((answer.status, answer.header("content-type")), (status, Some("text/html")));
        assert!(answer.body.contains("<html>"));
    }
}

#[test]
fn any_fault_can_replace_the_answer_of_a_request_that_was_carried_out() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    for (name, fault, status) in [
        ("a", Fault::html(524), Some(524)),
        ("b", Fault::reset(), None),
        ("c", Fault::json(200, &json!({})), Some(200)),
        ("d", Fault::status(503), Some(503)),
        ("e", Fault::huge(100), Some(200)),
        ("f", Fault::slow(Duration::from_millis(10)), Some(201)),
    ] {
        arm.fail(When::label("put"), 1, fault.after_handling());
        let answer = call(&arm, "PUT", &image_at(name), &wanted());
        assert_eq!(answer.map(|a| a.status), status, "{name}");
        assert_eq!(arm.accepted_put_count(RESOURCE_GROUP, name), 1, "{name}");
    }
    arm.fail(When::label("delete"), 1, Fault::html(524).after_handling());
    arm.set_delete_style(Lro::synchronous());
    assert_eq!(call(&arm, "DELETE", &image_at("a"), &Value::Null).unwrap().status, 524);
    assert!(arm.image(RESOURCE_GROUP, "a").is_none());
}

#[test]
fn a_request_that_hangs_may_have_been_carried_out_and_ends_with_its_client() {
    let arm = Simulation::builder().start();
    arm.fail(When::label("put"), 1, Fault::hang().after_handling());
    let token = arm.state.tokens.issue(AUDIENCES[0], Duration::from_secs(60));
    let body = wanted().to_string();
    let mut client = TcpStream::connect(arm.address()).unwrap();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        image_at("a"),
        body.len()
    );
    client.write_all(head.as_bytes()).unwrap();
    let patience = Instant::now() + Duration::from_secs(10);
    while arm.accepted_put_count(RESOURCE_GROUP, "a") == 0 && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!((arm.accepted_put_count(RESOURCE_GROUP, "a"), arm.in_flight()), (1, 1));
    drop(client);
    while arm.in_flight() > 0 && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!((arm.in_flight(), arm.requests()[0].status), (0, None));
}

#[test]
fn huge_bodies_come_with_or_without_a_length_and_at_any_pace() {
    let arm = Simulation::builder().start();
    arm.fail_next(1, Fault::huge(300_000).with_status(503).retry_after("1"));
    let answer = get(&arm, &image_at("a"));
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
    assert_eq!(answer.header("content-length"), Some("300000"));
    assert_eq!(answer.body.len(), 300_000);
    assert!(answer.json()["padding"].is_string());
    arm.fail_next(1, Fault::huge(100).without_length());
    let answer = get(&arm, &image_at("a"));
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    arm.fail_next(1, Fault::huge(50).paced(10, Duration::from_millis(20)));
    let start = Instant::now();
    assert_eq!(get(&arm, &image_at("a")).body.len(), 50);
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[test]
fn a_huge_body_is_made_as_it_is_read() {
    let arm = Simulation::builder().start();
    arm.fail_next(1, Fault::huge(1 << 40));
    let mut client = TcpStream::connect(arm.address()).unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut buffer = vec![0; 1 << 20];
    client.read_exact(&mut buffer).unwrap();
    let text = String::from_utf8_lossy(&buffer);
    assert!(text.contains("content-length: 1099511627776\r\n"), "{}", &text[..200]);
}

#[test]
fn a_fault_that_is_always_on_comes_after_those_scripted_earlier() {
    let arm = Simulation::builder().start();
    arm.fail(When::label("get"), 1, Fault::status(500));
    let switch = arm.fail_always(When::label("get").after(1), Fault::status(503));
    let seen = [(); 4].map(|()| get(&arm, &image_at("a")).status);
    assert_eq!(seen, [500, 503, 503, 503]);
    switch.off();
    assert_eq!(get(&arm, &image_at("a")).status, 404);
    let _ = arm.fail_always(When::any(), Fault::reset());
    assert!(call(&arm, "GET", &image_at("a"), &Value::Null).is_none());
    arm.clear_faults();
    assert_eq!(get(&arm, &image_at("a")).status, 404);
}

#[test]
fn somebody_else_can_be_faster_than_a_put_of_unknown_outcome() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    for (name, fault) in [
        ("a", Some(Fault::reset())),
        ("b", Some(Fault::html(524).after_handling())),
        ("c", Some(Fault::slow(Duration::ZERO))),
        ("d", None),
    ] {
        let theirs = json!({
            "systemData": {"createdAt": "2025-01-02T03:04:05.0000000Z"},
            "properties": {"osType": "Windows"},
        });
        arm.before_next_put(RESOURCE_GROUP, name, &theirs);
        let status = fault.as_ref().and_then(|_| (name == "b").then_some(524));
        fault.into_iter().for_each(|fault| arm.fail(When::label("put"), 1, fault));
        let answer = call(&arm, "PUT", &image_at(name), &wanted());
        assert_eq!(answer.map(|a| a.status), status, "{name}");
        let found = get(&arm, &image_at(name)).json();
        assert_eq!(found["systemData"]["createdAt"], "2025-01-02T03:04:05.0000000Z");
        assert_eq!(found["systemData"]["createdByType"], "User");
        assert_eq!(found["properties"]["osType"], "Windows");
        assert_eq!(arm.accepted_put_count(RESOURCE_GROUP, name), 0);
        assert_eq!(arm.put_count(RESOURCE_GROUP, name), 1);
    }
    assert_eq!(put(&arm, "e").status, 201);
}
