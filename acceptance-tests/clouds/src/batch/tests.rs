//! The account over a socket.

use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;

use super::*;
use crate::shared::client::{Answer, send};

const VERSION: &str = "api-version=2024-07-01.20.0";

fn bearer(tokens: &Tokens) -> String {
    format!("Bearer {}", tokens.issue(AUDIENCE, Duration::from_secs(60)))
}

fn get(batch: &Simulation, query: &str) -> Answer {
    let authorization = bearer(&batch.state.tokens);
    let target = format!("/supportedimages?{query}");
    send(&batch.url(), "GET", &target, &[("Authorization", &authorization)], "").unwrap()
}

fn code(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
}

fn path_of<'a>(batch: &Simulation, link: &'a str) -> &'a str {
    link.strip_prefix(&format!("{}/supportedimages?", batch.url())).unwrap()
}

#[test]
fn the_whole_list_comes_with_the_headers_of_the_service() {
    let batch = Simulation::builder().start();
    let answer = get(&batch, VERSION);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["value"].as_array().unwrap().len(), 62);
    assert!(answer.json().get("odata.nextLink").is_none());
    assert_eq!(answer.header("content-type"), Some("application/json;odata=minimalmetadata"));
    assert!(answer.header("request-id").is_some());
}

#[test]
fn a_shared_key_request_is_verified_from_the_raw_request() {
    let batch = Simulation::builder().start();
    let key = STANDARD.decode(ACCOUNT_KEY).unwrap();
    assert_eq!(key.len(), 64);
    let call = |date: SystemTime, signed_path: &str, query: &str, extra: &[(&str, &str)]| {
        let date = httpdate::fmt_http_date(date);
        let kind = extra.iter().find(|(n, _)| *n == "Content-Type").map_or("", |(_, v)| *v);
        let text = format!(
            "GET\n\n\n\n\n{kind}\n\n\n\n\n\n\nocp-date:{date}\n/{ACCOUNT}{signed_path}\n{VERSION}"
        )
        .replace('=', ":");
        let mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
        let signature = mac.chain_update(text.as_bytes()).finalize().into_bytes();
        let authorization = format!("SharedKey {ACCOUNT}:{}", STANDARD.encode(signature));
        let mut headers = vec![("Authorization", authorization.as_str()), ("ocp-date", &date)];
        headers.extend(extra);
        let target = format!("/supportedimages?{query}");
        send(&batch.url(), "GET", &target, &headers, "").unwrap()
    };
    let now = SystemTime::now();
    assert_eq!(call(now, "/supportedimages", VERSION, &[]).status, 200);
    let signed_type = [("Content-Type", "application/json")];
    assert_eq!(call(now, "/supportedimages", VERSION, &signed_type).status, 200);
    let old = now - Duration::from_secs(16 * 60);
    assert_eq!(
        code(&call(old, "/supportedimages", VERSION, &[])),
        (403, "AuthenticationFailed".to_owned())
    );
    let more = format!("{VERSION}&maxresults=5");
    for wrong in [call(now, "/pools", VERSION, &[]), call(now, "/supportedimages", &more, &[])] {
        assert_eq!(wrong.status, 403);
        let detail = wrong.json()["values"][0]["value"].to_string();
        assert!(detail.contains("string to sign: 'GET\\\\n\\\\n"), "{detail}");
    }
    batch.set_account_key("AAAA");
    assert_eq!(call(now, "/supportedimages", VERSION, &[]).status, 403);
}

#[test]
fn a_token_needs_the_audience_with_its_slash() {
    let batch = Simulation::builder().shared_key_not_allowed().start();
    let token = batch.state.tokens.issue("https://batch.core.windows.net", Duration::from_secs(60));
    let call = |authorization: &str| {
        let target = format!("/supportedimages?{VERSION}");
        send(&batch.url(), "GET", &target, &[("Authorization", authorization)], "").unwrap()
    };
    let wrong = call(&format!("Bearer {token}"));
    assert_eq!(code(&wrong), (401, "AuthenticationFailed".to_owned()));
    let detail = wrong.json()["values"][0]["value"].as_str().unwrap().to_owned();
    assert!(detail.contains("'https://batch.core.windows.net'. It should exactly match"));
    let message = wrong.json()["message"]["value"].as_str().unwrap().to_owned();
    assert!(message.contains("\nRequestId:") && message.contains("\nTime:"), "{message}");

    let denied = call("SharedKey a:b");
    assert!(denied.body.contains("SharedKey is not allowed for this account"));
    assert_eq!(code(&call("Basic x")), (400, "InvalidAuthenticationInfo".to_owned()));
    let good = bearer(&batch.state.tokens);
    assert_eq!(call(&good).status, 200);
    batch.state.tokens.revoke_all();
    assert_eq!(call(&good).status, 401);
}

#[test]
fn queries_and_headers_are_checked() {
    let batch = Simulation::builder().start();
    for (query, status, expected) in [
        ("", 400, "MissingRequiredQueryParameter"),
        ("api-version=2024-02-01.19.0&timeout=31", 200, ""),
        ("api-version=2019-01-01", 400, "UnsupportedRequestVersion"),
        ("api-version=2024-07-01.20.0&maxresults=-5", 400, "InvalidQueryParameterValue"),
        ("api-version=2024-07-01.20.0&maxresults=x", 400, "InvalidQueryParameterValue"),
        ("api-version=2024-07-01.20.0&maxresults=1001", 400, "OutOfRangeQueryParameterValue"),
        ("api-version=2024-07-01.20.0&timeout=31", 200, ""),
        ("api-version=2024-07-01.20.0&timeOut=5", 400, "UnsupportedQueryParameter"),
        ("api-version=2025-06-01&timeOut=5", 200, ""),
        ("api-version=2025-06-01&timeout=5&maxresults=1000", 200, ""),
        ("api-version=2025-06-01&$select=osType", 400, "UnsupportedQueryParameter"),
        ("api-version=2025-06-01&api-version=2025-06-01", 400, "InvalidQueryParameterValue"),
        ("api-version=2025-06-01&$filter=osType%20eq%20%27linux%27", 200, ""),
        ("api-version=2025-06-01&%24filter=osType+eq+'linux'", 400, "InvalidQueryParameterValue"),
        ("api-version=2025-06-01&$skiptoken=x", 400, "InvalidQueryParameterValue"),
    ] {
        assert_eq!(code(&get(&batch, query)), (status, expected.to_owned()), "{query}");
    }
    let authorization = bearer(&batch.state.tokens);
    let call = |verb: &str, path: &str, extra: &[(&str, &str)]| {
        let mut headers = vec![("Authorization", authorization.as_str())];
        headers.extend(extra);
        send(&batch.url(), verb, &format!("{path}?{VERSION}"), &headers, "").unwrap()
    };
    let id = ("client-request-id", "9c4d50ee-2d56-4cd3-8152-34347dc9f2b0");
    let path = "/supportedimages";
    assert_eq!(call("GET", path, &[id]).header("client-request-id"), None);
    let back = call("GET", path, &[id, ("return-client-request-id", "true")]);
    assert_eq!(back.header("client-request-id"), Some(id.1));
    let braces = ("client-request-id", "{9c4d50ee-2d56-4cd3-8152-34347dc9f2b0}");
    assert_eq!(code(&call("GET", path, &[braces])).1, "InvalidHeaderValue");
    assert_eq!(code(&call("POST", path, &[])), (405, "UnsupportedHttpVerb".to_owned()));
    assert_eq!(code(&call("GET", "/pools", &[])), (404, "ResourceNotFound".to_owned()));
}

#[test]
fn pages_follow_links_as_they_are_or_encoded_anew_but_never_changed() {
    let batch = Simulation::builder().items(generated(5)).start();
    let filter = "$filter=osType%20ne%20%27dos%27";
    let first = get(&batch, &format!("{VERSION}&maxresults=2&{filter}")).json();
    let link = first["odata.nextLink"].as_str().unwrap().to_owned();
    let query = path_of(&batch, &link).to_owned();
    let start = format!("api-version=2024-07-01.20.0&maxresults=2&{filter}&$skiptoken=WATV2:");
    assert!(query.starts_with(&start), "{query}");
    assert!(query.contains("%5E") && query.contains("==:1$"), "{query}");
    let token = query.split("$skiptoken=").nth(1).unwrap().to_owned();
    let encoded = token.replace(':', "%3A").replace('/', "%2F").replace('=', "%3D");
    let encoded = encoded.replace('$', "%24");
    for same in [
        query.replace("%5E", "%5e"),
        query.replace('/', "%2F"),
        query.replace("$skiptoken", "%24skiptoken").replace(&token, &encoded),
        query.replace("2024-07-01.20.0", "2025-06-01"),
        format!("%24skiptoken={encoded}&maxresults=2&%24filter=osType+ne+'dos'&{VERSION}")
            .replace('+', "%20"),
    ] {
        assert_eq!(get(&batch, &same).status, 200, "{same}");
    }
    for changed in [
        query[..query.len() - 1].to_owned(),
        query.replace("%5E", ""),
        query.replace("%5E", "%255E"),
        query.replace("WATV2", "watv2"),
        query.replace(&format!("&{filter}"), ""),
        query.replace("dos", "cpm"),
        query.replace("&maxresults=2", ""),
        query.replace("maxresults=2", "maxresults=3"),
        format!("{query}&timeout=5"),
    ] {
        let refused = get(&batch, &changed);
        let expected = (400, "InvalidQueryParameterValue".to_owned());
        assert_eq!(code(&refused), expected, "{changed}");
    }
    let second = get(&batch, &query).json();
    let link = second["odata.nextLink"].as_str().unwrap().to_owned();
    let third = get(&batch, path_of(&batch, &link)).json();
    assert!(third.get("odata.nextLink").is_none());
    let all: Vec<Value> = [first, second, third]
        .iter()
        .flat_map(|page| page["value"].as_array().unwrap().clone())
        .collect();
    assert_eq!(all, generated(5));
}

#[test]
fn filters_select_and_can_be_ignored() {
    let batch = Simulation::builder().start();
    let query = format!("{VERSION}&$filter=osType%20ne%20%27Linux%27&maxresults=3");
    let page = get(&batch, &query).json();
    assert!(page["value"].as_array().unwrap().iter().all(|i| i["osType"] == "windows"));
    let link = page["odata.nextLink"].as_str().unwrap().to_owned();
    assert!(link.contains("&$filter=osType%20ne%20%27Linux%27&"), "{link}");
    assert_eq!(get(&batch, path_of(&batch, &link)).json()["value"][0]["osType"], "windows");
    let deaf = Simulation::builder().ignore_filter().start();
    assert_eq!(
        get(&deaf, &query.replace("&maxresults=3", "")).json()["value"].as_array().unwrap().len(),
        62
    );
}

#[test]
fn odd_links_can_be_asked_for() {
    let batch = Simulation::builder().items(generated(4)).page_size(2).start();
    let link = |style: NextLink, query: &str| {
        batch.set_next_link(style);
        get(&batch, query).json()["odata.nextLink"].as_str().map(str::to_owned)
    };
    let bare = link(NextLink::WithoutApiVersion, VERSION).unwrap();
    assert!(!bare.contains("api-version"));
    let query = format!("{}&{VERSION}", path_of(&batch, &bare));
    assert_eq!(link(NextLink::Normal, &query), None);
    assert_eq!(link(NextLink::EmptyOnLastPage, &query), Some(String::new()));
    let other = link(NextLink::OtherHost("http://127.0.0.9:1".to_owned()), VERSION).unwrap();
    assert!(other.starts_with("http://127.0.0.9:1/supportedimages?"));
    assert!(
        link(NextLink::Scheme("https".to_owned()), VERSION).unwrap().starts_with("https://127")
    );
    batch.set_items(generated(9));
    let second = link(NextLink::Cycle, VERSION).unwrap();
    assert_eq!(link(NextLink::Cycle, path_of(&batch, &second)), Some(second));
    let mut seen = std::collections::HashSet::new();
    let mut next = link(NextLink::Endless, VERSION).unwrap();
    for _ in 0..20 {
        assert!(seen.insert(next.clone()));
        next = link(NextLink::Endless, path_of(&batch, &next)).unwrap();
    }
}

#[test]
fn every_listing_is_shuffled_differently_and_loses_nothing() {
    let batch = Simulation::builder().shuffle(7).start();
    let list = || get(&batch, VERSION).json()["value"].as_array().unwrap().clone();
    let (one, two) = (list(), list());
    assert_ne!(one, two);
    assert!(catalogue().iter().all(|image| one.contains(image) && two.contains(image)));
}

#[test]
fn faults_hit_pages_and_requests() {
    let batch =
        Simulation::builder().items(vec![json!({"odd": true}), json!(1)]).page_size(1).start();
    batch.fail_page(2, 2, Fault::status(503).retry_after("0"));
    let link = get(&batch, VERSION).json()["odata.nextLink"].as_str().unwrap().to_owned();
    let query = path_of(&batch, &link);
    for _ in 0..2 {
        let busy = get(&batch, query);
        assert_eq!(code(&busy), (503, "ServerBusy".to_owned()));
        assert_eq!(busy.header("retry-after"), Some("0"));
    }
    assert_eq!(get(&batch, query).json()["value"][0], 1);
    batch.fail_next(1, Fault::body(500, "application/json", "{}"));
    batch.fail_request(2, Fault::truncated());
    batch.fail_request(3, Fault::slow(Duration::from_millis(60)));
    assert_eq!(get(&batch, VERSION).body, "{}");
    assert!(get(&batch, VERSION).json().is_null());
    let start = Instant::now();
    assert_eq!(get(&batch, VERSION).status, 200);
    assert!(start.elapsed() >= Duration::from_millis(60));
}
