//! What the gateway refuses, and with which code.

use std::time::Duration;

use super::tiny_client::{FORM, describe, describe_as, form, post, send, signed};
use super::{Account, Simulation};

#[test]
fn a_signed_request_is_answered_and_each_answer_has_its_own_request_uuid() {
    let cloud = Simulation::start();
    let (one, two) = (describe(&cloud, &[]), describe(&cloud, &[]));
    assert_eq!((one.code(), one.ids().len()), (0, 20));
    assert_eq!(one.json()["Action"], "DescribeImageResponse");
    let uuids: Vec<_> = cloud.requests().into_iter().map(|seen| seen.request_uuid).collect();
    assert_eq!(one.header("X-UCLOUD-REQUEST-UUID"), Some(uuids[0].as_str()));
    assert_eq!(two.header("X-UCLOUD-REQUEST-UUID"), Some(uuids[1].as_str()));
    assert_ne!(uuids[0], uuids[1]);
}

#[test]
fn a_get_request_carries_its_parameters_in_the_address() {
    let cloud = Simulation::start();
    let query = form(&signed(&Account::example(), &[("Limit", "3")]));
    let reply = send(
        &cloud,
        &format!("GET /?{query} HTTP/1.1\r\nHost: simulated\r\nConnection: close\r\n\r\n"),
    );
    assert_eq!(reply.ids().len(), 3);
}

#[test]
fn a_json_body_is_accepted_with_flattened_and_with_real_arrays() {
    let cloud = Simulation::start();
    let ids = [("ImageIds.0", "uimage-r085p6"), ("ImageIds.1", "uimage-r092q7")];
    let flat = serde_json::to_string(&signed(&Account::example(), &ids)).unwrap();
    assert_eq!(post(&cloud, "/", "application/json", &flat).total(), 2);

    let joined = ("ImageIds", "uimage-r085p6uimage-r092q7");
    let mut nested = serde_json::to_value(signed(&Account::example(), &[joined])).unwrap();
    nested["ImageIds"] = serde_json::json!(["uimage-r085p6", "uimage-r092q7"]);
    assert_eq!(post(&cloud, "/", "application/json", &nested.to_string()).total(), 2);
}

#[test]
fn the_address_of_a_post_request_does_not_take_part_in_the_signature() {
    let cloud = Simulation::start();
    let body = form(&signed(&Account::example(), &[]));
    assert_eq!(post(&cloud, "/?Action=DescribeImage", FORM, &body).code(), 0);
    assert_eq!(cloud.requests()[0].raw_query(), "Action=DescribeImage");
}

#[test]
fn special_characters_are_escaped_and_signed() {
    let cloud = Simulation::start();
    for tag in ["a+b & c=d % #", "位 🖼", " lead", "x/y?z"] {
        assert_eq!(describe(&cloud, &[("Tag", tag)]).total(), 0);
        assert_eq!(cloud.requests().last().unwrap().parameter("Tag"), Some(tag));
    }
}

#[test]
fn a_request_without_a_known_action_or_signature_is_refused() {
    let cloud = Simulation::start();
    assert_eq!(describe(&cloud, &[("Action", "")]).code(), 160);
    assert_eq!(describe(&cloud, &[("Action", "DescribeUHostInstance")]).code(), 161);
    let mut unsigned = signed(&Account::example(), &[]);
    unsigned.remove("Signature");
    assert_eq!(post(&cloud, "/", FORM, &form(&unsigned)).code(), 170);
    // A body that nobody declared to be a form has no parameters.
    let body = form(&signed(&Account::example(), &[]));
    assert_eq!(post(&cloud, "/", "text/plain", &body).code(), 160);
}

#[test]
fn a_wrong_signature_is_refused_with_171_and_no_action() {
    let cloud = Simulation::start();
    let account = Account::example();
    let mut changed = signed(&account, &[("Limit", "10")]);
    changed.insert("Limit".to_owned(), "11".to_owned());
    let stranger = Account::new(account.public_key(), "another key");
    for reply in [post(&cloud, "/", FORM, &form(&changed)), describe_as(&cloud, &stranger, &[])] {
        assert_eq!((reply.code(), reply.message().as_str()), (171, "Signature VerifyAC Error"));
        assert!(reply.json().get("Action").is_none());
    }
    // Signing both of two equal names does not help: the first alone counts.
    let mut twice = signed(&account, &[("FuncType", "gpuapp")]);
    twice.remove("FuncType");
    let body = format!("FuncType=gpu&FuncType=app&{}", form(&twice));
    assert_eq!(post(&cloud, "/", FORM, &body).code(), 171);
    assert!(cloud.requests().iter().all(|seen| !seen.authentic && seen.ret_code == Some(171)));
}

#[test]
fn a_bearer_token_beside_a_signature_is_refused() {
    let cloud = Simulation::start();
    let body = form(&signed(&Account::example(), &[]));
    let length = body.len();
    let reply = send(
        &cloud,
        &format!(
            "POST / HTTP/1.1\r\nHost: simulated\r\nConnection: close\r\nContent-Type: {FORM}\r\n\
             Authorization: Bearer token\r\nContent-Length: {length}\r\n\r\n{body}"
        ),
    );
    assert_eq!(reply.code(), 171);
}

#[test]
fn an_unknown_public_key_is_refused_with_172() {
    let cloud = Simulation::start();
    let reply = describe_as(&cloud, &Account::new("nobody", "key"), &[]);
    assert_eq!((reply.code(), reply.message().as_str()), (172, "User Not Exists"));
}

#[test]
fn a_security_token_must_be_the_right_one_and_only_where_one_belongs() {
    let temporary = Account::new("sts", "key").security_token("t+o/k=");
    let cloud = Simulation::builder()
        .account(temporary.clone())
        .account(Account::new("plain", "key"))
        .start();
    assert_eq!(describe_as(&cloud, &temporary, &[("SecurityToken", "t+o/k=")]).code(), 0);
    let refused = [
        describe_as(&cloud, &temporary, &[("SecurityToken", "expired")]),
        describe_as(&cloud, &temporary, &[]),
        describe_as(&cloud, &Account::new("plain", "key"), &[("SecurityToken", "t+o/k=")]),
    ];
    for reply in refused {
        assert_eq!((reply.code(), reply.message().as_str()), (174, "Token Not Exists"));
    }
}

#[test]
fn a_missing_or_unknown_region_is_refused_with_230() {
    let cloud = Simulation::start();
    for region in ["", "mars-1"] {
        let reply = describe(&cloud, &[("Region", region)]);
        let expected = (230, "Params [Region] not available");
        assert_eq!((reply.code(), reply.message().as_str()), expected);
        assert_eq!(reply.json()["Action"], "DescribeImageResponse");
    }
}

#[test]
fn each_region_has_its_own_images() {
    let cloud = Simulation::builder()
        .region("cn-sh2")
        .images(super::generated(3))
        .images_in("hk", super::generated(5))
        .start();
    assert_eq!(describe(&cloud, &[("Region", "cn-sh2")]).total(), 3);
    assert_eq!(describe(&cloud, &[("Region", "hk")]).total(), 5);
    cloud.set_images_in("us-ca", super::generated(7));
    assert_eq!(describe(&cloud, &[("Region", "us-ca")]).total(), 7);
}

#[test]
fn unknown_projects_are_refused_and_sub_accounts_must_name_one() {
    let main = Account::new("main", "key").project("org-a").project("org-b");
    let sub = Account::new("sub", "key").sub_account().project("org-a");
    let cloud = Simulation::builder().account(main.clone()).account(sub.clone()).start();
    let reply = describe_as(&cloud, &main, &[("ProjectId", "org-x/Name")]);
    let expected = (292, "Project [org-x/Name] not exists");
    assert_eq!((reply.code(), reply.message().as_str()), expected);
    assert_eq!(describe_as(&cloud, &main, &[]).code(), 0);
    assert_eq!(describe_as(&cloud, &main, &[("ProjectId", "org-b")]).code(), 0);
    assert_eq!(describe_as(&cloud, &sub, &[]).code(), 299);
    assert_eq!(describe_as(&cloud, &sub, &[("ProjectId", "org-a")]).code(), 0);
}

#[test]
fn a_base_path_is_required_exactly_when_one_was_set() {
    let body = form(&signed(&Account::example(), &[]));
    assert_eq!(post(&Simulation::start(), "/any/path", FORM, &body).code(), 0);
    let cloud = Simulation::builder().base_path("/some/path").start();
    assert!(cloud.url().ends_with("/some/path"));
    assert_eq!(post(&cloud, "/some/path", FORM, &body).code(), 0);
    assert_eq!(post(&cloud, "/some/path/", FORM, &body).code(), 0);
    assert_eq!(post(&cloud, "/", FORM, &body).status(), Some(404));
}

#[test]
fn other_methods_are_refused() {
    let cloud = Simulation::start();
    let reply = send(&cloud, "PUT / HTTP/1.1\r\nHost: simulated\r\nConnection: close\r\n\r\n");
    assert_eq!(reply.status(), Some(405));
}

#[test]
fn the_log_holds_each_request_as_it_arrived() {
    let cloud = Simulation::start();
    let body = form(&signed(&Account::example(), &[("Limit", "7")]));
    post(&cloud, "/p", FORM, &body);
    describe(&cloud, &[("Limit", "none")]);
    let seen = cloud.requests();
    assert_eq!((seen[0].number, seen[1].number, cloud.request_count()), (1, 2, 2));
    assert_eq!((seen[0].method.as_str(), seen[0].path()), ("POST", "/p"));
    assert_eq!(seen[0].header("content-type"), Some(FORM));
    assert_eq!((&seen[0].body, seen[0].parameter("Limit")), (&body, Some("7")));
    assert_eq!((seen[0].ret_code, seen[1].ret_code), (Some(0), Some(230)));
    assert!(seen[0].authentic && seen[1].authentic);
    assert_eq!(cloud.gaps().len(), 1);
    cloud.clear_requests();
    assert_eq!((cloud.request_count(), cloud.max_in_flight()), (0, 0));
}

#[test]
fn requests_are_answered_side_by_side() {
    let cloud = Simulation::builder().latency(Duration::from_millis(400)).start();
    let started = std::time::Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(describe(&cloud, &[]).code(), 0));
        }
    });
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(400) && took < Duration::from_millis(3_000), "{took:?}");
    assert_eq!(cloud.max_in_flight(), 8);
    assert_eq!(cloud.in_flight(), 0);
}
