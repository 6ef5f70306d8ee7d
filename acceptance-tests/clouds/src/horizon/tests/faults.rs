//! Faults, redirects and odd answers.

use std::time::Instant;

use super::*;

#[test]
fn a_creation_whose_answer_is_lost_has_happened() {
    for (index, fault) in [
        Fault::cut_after_handling(),
        Fault::status(502).after_handling(),
        Fault::html(504).after_handling(),
        Fault::empty(500).after_handling(),
        Fault::truncated(),
        Fault::cut_body(),
        Fault::body(201, "application/json", "not JSON").after_handling(),
        Fault::json(201, &json!({})).after_handling(),
    ]
    .into_iter()
    .enumerate()
    {
        let horizon = Simulation::start();
        let client = Client::new(&horizon);
        horizon.fail(When::label("create"), 1, fault);
        let answer = client.try_call("POST", IMAGES, Some(&marketplace("image")));
        let id = answer.map(|answer| text(&answer.json()["streamId"])).unwrap_or_default();
        assert_eq!(id, "", "fault {index}");
        assert_eq!(horizon.images_created(), 1, "fault {index}");
        assert_eq!(client.get(IMAGES).json()["totalElements"], 1, "fault {index}");
    }
}

#[test]
fn a_creation_that_is_refused_or_cut_off_early_has_not_happened() {
    for fault in [
        Fault::reset(),
        Fault::status(500),
        Fault::status(429).retry_after("2"),
        Fault::status(503).retry_after_date(Duration::from_secs(3)),
        Fault::redirect(307, "https://cloud.example.com/elsewhere"),
    ] {
        let horizon = Simulation::start();
        let client = Client::new(&horizon);
        horizon.fail_next(1, fault);
        client.try_call("POST", IMAGES, Some(&marketplace("image")));
        assert_eq!(horizon.images_created(), 0);
        assert_eq!(client.post(IMAGES, &marketplace("image")).status, 201);
        assert_eq!(horizon.requests_to("POST", "/images").len(), 2);
    }
}

#[test]
fn a_scripted_status_has_the_error_body_of_the_service() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    horizon.fail_next(1, Fault::status(423).code("LOCKED").message("busy").retry_after("7"));
    let answer = client.get(IMAGES);
    assert_eq!((answer.status, code(&answer).as_str()), (423, "LOCKED"));
    assert_eq!(answer.header("retry-after"), Some("7"));
    horizon.fail_next(1, Fault::html(404));
    assert!(client.get(IMAGES).body.starts_with("<!DOCTYPE html>"));
    horizon.csp().fail_next(1, Fault::status(503));
    let answer = send(&horizon.csp_url(), "POST", API_TOKEN_PATH, &[FORM], "").unwrap();
    assert_eq!(answer.status, 503);
    assert!(answer.json()["cspErrorCode"].is_string());
}

#[test]
fn faults_hit_what_they_are_for() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let image = horizon.insert_image("image", &json!({}));
    let path = format!("{IMAGES}/{image}");
    horizon.fail(When::exact_path(&path).after(1), 2, Fault::status(500));
    horizon.fail(
        When::label("create").and_body("\"streamName\":\"unlucky\""),
        9,
        Fault::status(400),
    );
    assert_eq!(client.polls::<4>(&image), ["IMPORT_COMPLETE", "500", "500", "IMPORT_COMPLETE"]);
    assert_eq!(client.get(&format!("{path}/versions")).status, 200);
    assert_eq!(client.post(IMAGES, &marketplace("unlucky")).status, 400);
    assert_eq!(client.post(IMAGES, &marketplace("lucky")).status, 201);
    let began = Instant::now();
    horizon.fail_for(Duration::from_millis(300), When::label("get"), Fault::reset());
    assert!(client.try_call("GET", &path, None).is_none());
    assert_eq!(client.get(IMAGES).status, 200);
    while client.try_call("GET", &path, None).is_none() {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(began.elapsed() >= Duration::from_millis(300));
    let switch = horizon.fail_always(When::method("GET"), Fault::status(502));
    assert_eq!(client.poll(&image), "502");
    switch.off();
    assert_eq!(client.poll(&image), "IMPORT_COMPLETE");
}

#[test]
fn a_redirect_leads_to_another_server_with_the_same_images() {
    let horizon = Simulation::start();
    let region = horizon.start_region();
    let client = Client::new(&horizon);
    for status in [301, 302, 307, 308] {
        horizon.fail_next(1, Fault::redirect_to_origin(status, &region.url()));
        let target = format!("{IMAGES}?action=import");
        let answer = client.post(&target, &marketplace("image"));
        let location = format!("{}{target}", region.url());
        assert_eq!((answer.status, answer.header("location")), (status, Some(location.as_str())));
    }
    let headers = [("Authorization", client.authorization.as_str()), JSON];
    let body = marketplace("image").to_string();
    let created = send(&region.url(), "POST", IMAGES, &headers, &body).unwrap();
    assert_eq!((created.status, horizon.images_created()), (201, 1));
    assert_eq!((region.request_count(), horizon.request_count()), (1, 4));
    assert_eq!(client.poll(&text(&created.json()["streamId"])), "PENDING");
}

#[test]
fn answers_can_be_odd() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let image = horizon.insert_image("image", &json!({}));
    let path = format!("{IMAGES}/{image}");
    let odd = |quirk, path: &str| {
        horizon.set_quirk(quirk, true);
        let answer = client.get(path).json();
        horizon.set_quirk(quirk, false);
        answer
    };
    assert!(client.get(&path).json().get("sourceStreamId").is_none());
    let shown = odd(Quirk::ExplicitNulls, &path);
    assert!(shown["sourceStreamId"].is_null() && shown.get("sourceStreamId").is_some());
    let shown = odd(Quirk::Nulls, &path);
    assert_eq!((&shown["id"], &shown["status"]), (&json!(image), &json!("IMPORT_COMPLETE")));
    for name in ["markers", "description", "createdAt", "versionCount", "osType"] {
        assert_eq!(shown.get(name), Some(&Value::Null), "{name}");
    }
    assert!(odd(Quirk::UnknownFields, &path).get("quantumState").is_some());
    assert!(odd(Quirk::NoMarkers, &path).get("markers").is_none());
    let version = horizon.version_ids(&image).remove(0);
    let copies = format!("{path}/versions/{version}/copies");
    let network = |answer: Value| text(&answer["content"][0]["assetDetails"]["data"]["vNet"]);
    assert!(network(client.get(&copies).json()).contains("resourceGroups"));
    assert!(network(odd(Quirk::LowerCaseIds, &copies)).contains("resourcegroups"));
    let created = client.create("plain");
    let path = format!("{IMAGES}/{}", text(&created["streamId"]));
    assert!(client.get(&path).json().get("description").is_none());
    assert_eq!(odd(Quirk::EmptyDescriptions, &path)["description"], "");
}

#[test]
fn requests_are_counted_while_they_are_under_way() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let image = horizon.insert_image("image", &json!({}));
    horizon.set_latency(Duration::from_millis(300));
    std::thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| client.poll(&image));
        }
    });
    assert_eq!((horizon.max_in_flight(), horizon.in_flight()), (5, 0));
    assert_eq!(horizon.requests_of(&image).len(), 5);
    assert_eq!(horizon.requests_of(&image[..5]).len(), 0);
    horizon.forget_requests();
    assert_eq!(horizon.request_count(), 0);
}

#[test]
fn connections_can_be_refused_for_a_while() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let image = horizon.insert_image("image", &json!({}));
    let connects = || std::net::TcpStream::connect(horizon.address()).is_ok();
    assert!(connects());
    for _ in 0..3 {
        horizon.set_refusing_connections(true);
        assert!(!connects());
        horizon.set_refusing_connections(false);
        assert_eq!(client.poll(&image), "IMPORT_COMPLETE");
    }
    assert_eq!(horizon.request_count(), 3);
}
