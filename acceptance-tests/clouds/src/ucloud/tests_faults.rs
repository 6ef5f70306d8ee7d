//! Each fault as a client sees it.

use std::time::{Duration, Instant};

use super::tiny_client::{FORM, Reply, describe, form, send, signed};
use super::{Account, Fault, Simulation, When, ret_code, text_ret_code};

/// The reply to a request that meets `fault`; the next one must be in order again.
fn meet(fault: Fault) -> Reply {
    let cloud = Simulation::start();
    cloud.fail_next(1, fault);
    let reply = describe(&cloud, &[]);
    assert_eq!(describe(&cloud, &[]).code(), 0);
    reply
}

#[test]
fn a_ret_code_is_sent_as_a_number_or_as_text() {
    let reply = meet(ret_code(8889, "failed to get image list, retry later"));
    assert_eq!(reply.code(), 8889);
    assert_eq!(reply.message(), "failed to get image list, retry later");
    let reply = meet(text_ret_code(150, "busy"));
    assert_eq!((reply.status(), &reply.json()["RetCode"]), (Some(200), &"150".into()));
}

#[test]
fn an_http_status_can_ask_for_a_pause_in_seconds_or_by_date() {
    let reply = meet(Fault::status(429).retry_after("2"));
    assert_eq!((reply.status(), reply.header("retry-after")), (Some(429), Some("2")));
    assert!(reply.header("x-ucloud-request-uuid").is_some());
    let reply = meet(Fault::status(503).retry_after("Thu, 01 Jan 1970 00:00:00 GMT"));
    assert_eq!(reply.header("retry-after"), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
    assert_eq!(meet(Fault::status(502)).status(), Some(502));
    let reply = meet(Fault::body(500, "application/xml", "<Error/>"));
    assert_eq!(
        (reply.header("content-type"), &reply.body[..]),
        (Some("application/xml"), &b"<Error/>"[..])
    );
}

#[test]
fn a_redirect_names_the_other_address() {
    let reply = meet(Fault::redirect(302, "http://127.0.0.1:9/elsewhere"));
    assert_eq!(reply.status(), Some(302));
    assert_eq!(reply.header("location"), Some("http://127.0.0.1:9/elsewhere"));
}

#[test]
fn a_reset_closes_the_connection_without_an_answer() {
    let reply = meet(Fault::reset());
    assert!(reply.head.is_empty() && reply.body.is_empty() && !reply.silent, "{reply:?}");
}

#[test]
fn a_hanging_request_gets_no_answer_and_ends_when_the_client_hangs_up() {
    let cloud = Simulation::start();
    cloud.fail_next(1, Fault::hang());
    let reply = describe(&cloud, &[]);
    assert!(reply.head.is_empty() && reply.silent, "{reply:?}");
    let patience = Instant::now() + Duration::from_secs(5);
    while cloud.in_flight() > 0 && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!((cloud.in_flight(), cloud.requests()[0].ret_code), (0, None));
}

#[test]
fn bodies_can_be_empty_or_a_web_page() {
    let reply = meet(Fault::empty(200));
    assert_eq!((reply.status(), reply.header("content-length")), (Some(200), Some("0")));
    let reply = meet(Fault::body(200, "text/html; charset=utf-8", "<!DOCTYPE html><html></html>"));
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(reply.body.starts_with(b"<!DOCTYPE html>"));
}

#[test]
fn truncated_json_is_a_complete_http_answer() {
    let reply = meet(Fault::truncated());
    let length: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert_eq!((reply.status(), reply.body.len()), (Some(200), length));
    assert!(serde_json::from_slice::<serde_json::Value>(&reply.body).is_err());
}

#[test]
fn a_cut_body_falls_short_of_its_content_length() {
    let reply = meet(Fault::cut_body());
    let length: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert!(!reply.body.is_empty() && reply.body.len() < length && !reply.silent, "{reply:?}");
}

#[test]
fn a_stalled_body_stays_open_after_its_first_half() {
    let reply = meet(Fault::stalled_body());
    assert!(!reply.body.is_empty() && reply.silent, "{reply:?}");
}

#[test]
fn a_delay_holds_back_one_answer_and_a_latency_all() {
    let cloud = Simulation::start();
    let timed = || {
        let started = Instant::now();
        assert_eq!(describe(&cloud, &[]).code(), 0);
        started.elapsed()
    };
    cloud.fail_next(1, Fault::slow(Duration::from_millis(200)));
    assert!(timed() >= Duration::from_millis(200));
    cloud.set_latency(Duration::from_millis(100));
    assert!(timed() >= Duration::from_millis(100));
    assert!(timed() >= Duration::from_millis(100));
}

#[test]
fn faults_can_be_aimed_at_a_number_an_offset_or_everything() {
    let cloud = Simulation::start();
    let code = |offset: &str| describe(&cloud, &[("Offset", offset)]).code();
    cloud.fail_request(2, ret_code(150, "busy"));
    assert_eq!([code("0"), code("0"), code("0")], [0, 150, 0]);
    cloud.fail_offset(20, 1, ret_code(153, "throttled"));
    assert_eq!([code("0"), code("20"), code("20")], [0, 153, 0]);
    cloud.fail_next(2, ret_code(110, "timeout"));
    assert_eq!([code("0"), code("0"), code("0")], [110, 110, 0]);
    cloud.fail_always(When::any(), ret_code(130, "down"));
    assert_eq!([code("0"), code("0")], [130, 130]);
    cloud.clear_faults();
    assert_eq!(code("0"), 0);
    let codes: Vec<_> = cloud.requests().iter().filter_map(|seen| seen.ret_code).collect();
    assert_eq!(codes, [0, 150, 0, 0, 153, 0, 110, 110, 0, 130, 130, 0]);
    assert!(cloud.requests().iter().all(|seen| seen.authentic));
}

#[test]
fn many_requests_share_a_connection() {
    let cloud = Simulation::start();
    let body = form(&signed(&Account::example(), &[("Limit", "1")]));
    let length = body.len();
    let one = |connection: &str| {
        format!(
            "POST / HTTP/1.1\r\nHost: simulated\r\nConnection: {connection}\r\n\
             Content-Type: {FORM}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    send(&cloud, &[one("keep-alive"), one("keep-alive"), one("close")].concat());
    assert_eq!(cloud.request_count(), 3);
}
