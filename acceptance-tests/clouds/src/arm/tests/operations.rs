//! Each style of long-running operation, and each ending.

use super::*;

fn arm_with(lro: Lro) -> Simulation {
    Simulation::builder().create_style(lro).progress(Progress::Polls(2)).start()
}

fn async_url(arm: &Simulation, answer: &Answer) -> String {
    local(arm, answer.header("azure-asyncoperation").unwrap())
}

fn word(answer: &Answer) -> String {
    answer.json()["status"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_async_operation_runs_for_its_polls_and_the_image_shows_the_progress() {
    let arm = arm_with(Lro::async_operation().retry_after(RetryAfter::Seconds(7)));
    let accepted = put(&arm, "a");
    assert_eq!((accepted.status, state_of(&accepted)), (201, "Accepted".to_owned()));
    assert_eq!(accepted.header("retry-after"), Some("7"));
    assert_eq!(accepted.header("location"), None);
    let url = async_url(&arm, &accepted);
    let mut percents = Vec::new();
    for _ in 0..2 {
        let poll = get(&arm, &url);
        assert_eq!((poll.status, word(&poll)), (200, "InProgress".to_owned()));
        assert_eq!(poll.header("retry-after"), Some("7"));
        let image = get(&arm, &image_at("a"));
        assert_eq!(state_of(&image), "InProgress");
        let status = &image.json()["properties"]["status"];
        assert!(status["downloadStatus"]["downloadSizeInMB"].as_u64().unwrap() > 0);
        percents.push(status["progressPercentage"].as_u64().unwrap());
    }
    assert_eq!(percents, [33, 66]);
    let last = get(&arm, &url);
    assert_eq!((word(&last), last.header("retry-after")), ("Succeeded".to_owned(), None));
    assert_eq!(state_of(&get(&arm, &image_at("a"))), "Succeeded");
    assert_eq!(arm.max_running_operations(), 1);
}

#[test]
fn a_location_answers_202_until_it_answers_with_the_image() {
    let arm = arm_with(Lro::location().accepted_with(202));
    let accepted = put(&arm, "a");
    assert_eq!((accepted.status, accepted.body.as_str()), (202, ""));
    let url = local(&arm, accepted.header("location").unwrap());
    for _ in 0..2 {
        let poll = get(&arm, &url);
        assert_eq!((poll.status, poll.body.as_str()), (202, ""));
    }
    let last = get(&arm, &url);
    assert_eq!((last.status, state_of(&last)), (200, "Succeeded".to_owned()));
}

#[test]
fn without_a_header_reading_the_image_moves_it_on() {
    let arm = arm_with(Lro::none());
    let accepted = put(&arm, "a");
    assert!(accepted.header("location").is_none());
    let states: Vec<String> = (0..5).map(|_| state_of(&get(&arm, &image_at("a")))).collect();
    assert_eq!(states, ["Accepted", "InProgress", "InProgress", "Succeeded", "Succeeded"]);
}

#[test]
fn both_headers_name_two_urls_of_one_operation() {
    let arm = arm_with(Lro::both());
    let accepted = put(&arm, "a");
    let status = async_url(&arm, &accepted);
    let result = local(&arm, accepted.header("location").unwrap());
    assert_ne!(status, result);
    assert_eq!(get(&arm, &result).status, 202);
    assert_eq!(word(&get(&arm, &status)), "InProgress");
    assert_eq!(get(&arm, &result).status, 200);
    assert_eq!(word(&get(&arm, &status)), "Succeeded");
}

#[test]
fn first_bodies_can_be_terminal_or_without_a_state() {
    let arm = arm_with(Lro::async_operation().terminal_body());
    let accepted = put(&arm, "a");
    assert_eq!(state_of(&accepted), "Succeeded");
    assert!(accepted.header("azure-asyncoperation").is_some());
    assert_eq!(state_of(&get(&arm, &image_at("a"))), "Succeeded");
    arm.set_create_style(Lro::synchronous().accepted_with(200).stateless_body());
    let accepted = put(&arm, "b");
    assert_eq!((accepted.status, state_of(&accepted)), (200, String::new()));
}

#[test]
fn polling_urls_come_in_every_shape() {
    let arm = arm_with(Lro::async_operation());
    let header = |lro: Lro, name: &str| {
        arm.set_create_style(lro);
        put(&arm, name).header("azure-asyncoperation").unwrap().to_owned()
    };
    let relative = header(Lro::async_operation().relative(), "a");
    assert!(relative.starts_with("/subscriptions/"));
    assert_eq!(word(&get(&arm, &relative)), "InProgress");
    let foreign = header(Lro::async_operation().on_host("http://127.0.0.9:1/"), "b");
    assert!(foreign.starts_with("http://127.0.0.9:1/subscriptions/"));
    let downgraded = header(Lro::async_operation().with_scheme("ws"), "c");
    assert!(downgraded.starts_with("ws://127.0.0.1:"));
    let own = header(Lro::async_operation().own_api_version("2023-01-01-preview"), "d");
    assert!(own.contains("?api-version=2023-01-01-preview&"));
    assert_eq!(get(&arm, &local(&arm, &own)).status, 200);
    let long = local(&arm, &header(Lro::async_operation().long_url(4096), "e"));
    assert!(long.len() > 4096);
    assert_eq!(get(&arm, &long).status, 200);
    for changed in [
        long.replace("%2B", "+"),
        format!("{long}&api-version=2024-01-01"),
        long.replace("ppp", "pp"),
    ] {
        assert_ne!(get(&arm, &changed).status, 200);
    }
}

#[test]
fn a_moving_operation_is_found_at_its_newest_url_only() {
    for (lro, name) in
        [(Lro::location(), "location"), (Lro::async_operation(), "azure-asyncoperation")]
    {
        let arm = arm_with(lro.moving());
        let first = local(&arm, put(&arm, "a").header(name).unwrap());
        let second = local(&arm, get(&arm, &first).header(name).unwrap());
        assert_ne!(first, second);
        assert_eq!(get(&arm, &first).status, 404);
        let third = local(&arm, get(&arm, &second).header(name).unwrap());
        assert_eq!(get(&arm, &third).status, 200);
    }
}

#[test]
fn a_signed_polling_url_comes_back_byte_for_byte() {
    let arm = arm_with(Lro::async_operation().signed());
    let mut body = wanted();
    body["location"] = json!("East US");
    let accepted = call(&arm, "PUT", &image_at("a"), &body).unwrap();
    let url = async_url(&arm, &accepted);
    let (path, query) = url.split_once('?').unwrap();
    let id = path
        .strip_prefix("/providers/Microsoft.AzureStackHCI/locations/EASTUS/operationStatuses/")
        .unwrap();
    assert!(id.contains('*'), "{id}");
    assert!((700..2000).contains(&query.len()), "{}", query.len());
    let names: Vec<&str> = query.split('&').map(|pair| pair.split_once('=').unwrap().0).collect();
    assert_eq!(names, ["api-version", "t", "c", "s", "h"]);
    assert_eq!(arm.signatures().len(), 1);
    let signature = &arm.signatures()[0];
    assert!(signature.len() > 300 && query.contains(&format!("&s={signature}&")));

    let sorted = {
        let mut pairs: Vec<&str> = query.split('&').collect();
        pairs.sort_unstable();
        format!("{path}?{}", pairs.join("&"))
    };
    for changed in [
        url.replace('*', "%2A"),
        url.replace("EASTUS", "eastus"),
        url.replace("&h=", "&h=x"),
        url.replace("&s=", "&s=%41"),
        url.replace("api-version=2024-01-01&", ""),
        format!("{url}&api-version=2024-01-01"),
        path.to_owned(),
        format!("/subscriptions/{SUBSCRIPTION_ID}{url}"),
        url.replace(id, "unknown"),
        sorted,
    ] {
        let refused = get(&arm, &changed);
        assert_eq!(code(&refused), (403, "InvalidOperationSignature".to_owned()), "{changed}");
    }
    assert_eq!(get(&arm, &url).json()["id"], path);
    assert_eq!(word(&get(&arm, &url)), "InProgress");
    assert_eq!(word(&get(&arm, &url)), "Succeeded");
    let without_token = send(&arm.url(), "GET", &url, &[], "").unwrap();
    assert_eq!(code(&without_token), (401, "AuthenticationFailed".to_owned()));
}

#[test]
fn an_apostrophe_in_a_signed_url_may_come_back_encoded() {
    let arm = arm_with(Lro::both().signed_with_apostrophe());
    let accepted = put(&arm, "a");
    let status = async_url(&arm, &accepted);
    let result = local(&arm, accepted.header("location").unwrap());
    assert!(result.contains("/operationResults/") && result.contains('\''));
    assert_eq!(get(&arm, &status).status, 200);
    assert_eq!(get(&arm, &status.replace('\'', "%27")).status, 200);
    assert_eq!(get(&arm, &result).status, 200);
    assert_eq!(get(&arm, &result.replace('\'', "")).status, 403);
}

#[test]
fn running_polls_can_be_silent_or_speak_a_word_of_their_own() {
    let arm = arm_with(Lro::async_operation().silent_polls());
    let url = async_url(&arm, &put(&arm, "a"));
    let poll = get(&arm, &url);
    assert_eq!((poll.status, poll.body.as_str()), (202, ""));
    arm.set_create_style(Lro::async_operation().running_word("Downloading"));
    let url = async_url(&arm, &put(&arm, "b"));
    assert_eq!(word(&get(&arm, &url)), "Downloading");
}

#[test]
fn operations_end_in_every_way() {
    let arm = arm_with(Lro::async_operation());
    arm.set_progress(Progress::Polls(0));
    let mut count = 0;
    let mut end = |outcome: Outcome| {
        count += 1;
        arm.set_create_outcome(outcome);
        let name = format!("image{count}");
        let url = async_url(&arm, &put(&arm, &name));
        let last = get(&arm, &url);
        (last.status, last.json(), arm.image(RESOURCE_GROUP, &name).unwrap()["properties"].clone())
    };
    let (_, status, image) = end(Outcome::completed());
    assert_eq!(
        (&status["status"], &image["provisioningState"]),
        (&json!("Completed"), &json!("Succeeded"))
    );

    let (_, status, image) = end(Outcome::failed("DownloadFailed", "403 from the store"));
    assert_eq!(
        (&status["status"], &status["error"]["code"]),
        (&json!("Failed"), &json!("DownloadFailed"))
    );
    assert_eq!(image["provisioningState"], "Failed");
    assert_eq!(image["status"]["errorMessage"], "403 from the store");
    assert_eq!(image["status"]["progressPercentage"], 30);

    for spelled in ["Canceled", "Cancelled"] {
        let (_, status, image) = end(Outcome::canceled(spelled).with_error(Value::Null));
        assert_eq!((&status["status"], &status["error"]), (&json!(spelled), &Value::Null));
        assert_eq!(image["provisioningState"], "Canceled");
    }
    let (_, status, _) = end(Outcome::failed("a", "b").with_error(Outcome::nested_error()));
    assert!(status["error"]["details"][0]["details"][0]["code"].is_string());
    let (_, status, _) = end(Outcome::failed("a", "b").without_error());
    assert!(status.get("error").is_none());

    let (code, status, image) = end(Outcome::failed("a", "b").envelope_only());
    assert_eq!((code, status), (200, json!({"error": {"code": "a", "message": "b"}})));
    assert_eq!(image["provisioningState"], "Failed");

    let (_, status, image) = end(Outcome::only_resource_failed("Moc", "Invalid Input"));
    assert_eq!(
        (&status["status"], &image["provisioningState"]),
        (&json!("Succeeded"), &json!("Failed"))
    );
    assert_eq!(image["status"]["errorCode"], "Moc");
}

#[test]
fn a_download_fails_by_its_path_and_takes_wall_time() {
    let arm = Simulation::builder().progress(Progress::Wall(Duration::from_millis(80))).start();
    let path = wanted()["properties"]["imagePath"].as_str().unwrap().to_owned();
    arm.set_outcome_for_path(&path, Outcome::failed("DownloadFailed", "gone"));
    let url = async_url(&arm, &put(&arm, "a"));
    assert_eq!(word(&get(&arm, &url)), "InProgress");
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(state_of(&get(&arm, &image_at("a"))), "Failed");
    assert_eq!(word(&get(&arm, &url)), "Failed");
}

#[test]
fn faults_hit_the_poll_they_were_meant_for() {
    let arm = arm_with(Lro::async_operation());
    let url = async_url(&arm, &put(&arm, "a"));
    arm.fail_poll(2, 1, Fault::status(403));
    arm.fail_poll(3, 1, Fault::html(502));
    arm.fail_poll(4, 1, Fault::reset());
    assert_eq!(word(&get(&arm, &url)), "InProgress");
    assert_eq!(code(&get(&arm, &url)), (403, "AuthorizationFailed".to_owned()));
    assert_eq!(get(&arm, &url).status, 502);
    assert!(call(&arm, "GET", &url, &Value::Null).is_none());
    assert_eq!(word(&get(&arm, &url)), "InProgress");
    assert_eq!(word(&get(&arm, &url)), "Succeeded");
}

#[test]
fn retry_after_takes_every_form() {
    let arm = arm_with(Lro::async_operation());
    let sent = |value: RetryAfter, name: &str| {
        arm.set_create_style(Lro::async_operation().retry_after(value));
        put(&arm, name).header("retry-after").map(str::to_owned)
    };
    assert_eq!(sent(RetryAfter::Missing, "a"), None);
    assert_eq!(sent(RetryAfter::Seconds(3600), "b"), Some("3600".to_owned()));
    assert_eq!(sent(RetryAfter::Raw("soon".to_owned()), "c"), Some("soon".to_owned()));
    let date = sent(RetryAfter::Date(Duration::from_secs(5)), "d").unwrap();
    assert!(httpdate::parse_http_date(&date).is_ok());
}

#[test]
fn deletions_end_in_every_way() {
    let arm = Simulation::builder().progress(Progress::Polls(1)).start();
    let delete = |name: &str| call(&arm, "DELETE", &image_at(name), &Value::Null).unwrap();
    for name in ["a", "b", "c", "d"] {
        arm.insert_image(RESOURCE_GROUP, name, &json!({}));
    }
    assert_eq!(delete("missing").status, 204);
    let accepted = delete("a");
    assert_eq!((accepted.status, accepted.body.as_str()), (202, ""));
    let url = local(&arm, accepted.header("location").unwrap());
    assert_eq!(get(&arm, &url).status, 202);
    assert_eq!(state_of(&get(&arm, &image_at("a"))), "Deleting");
    assert_eq!(get(&arm, &url).status, 204);
    assert_eq!(get(&arm, &image_at("a")).status, 404);

    arm.set_delete_style(Lro::none());
    assert!(delete("b").header("location").is_none());
    let seen = [(); 3].map(|()| get(&arm, &image_at("b")).status);
    assert_eq!(seen, [200, 200, 404]);

    arm.set_delete_style(Lro::async_operation());
    arm.set_delete_outcome(Outcome::failed("InUse", "A machine needs it."));
    let url = async_url(&arm, &delete("c"));
    assert_eq!(word(&get(&arm, &url)), "InProgress");
    assert_eq!(word(&get(&arm, &url)), "Failed");
    assert_eq!(state_of(&get(&arm, &image_at("c"))), "Succeeded");
    arm.set_delete_style(Lro::synchronous());
    assert_eq!(code(&delete("c")), (409, "InUse".to_owned()));

    arm.set_delete_outcome(Outcome::succeeded());
    arm.set_in_use(RESOURCE_GROUP, "d", true);
    assert_eq!(code(&delete("d")), (409, "GalleryImageInUse".to_owned()));
    arm.set_in_use(RESOURCE_GROUP, "d", false);
    arm.refuse_deletes(2, "Conflict", "busy");
    let seen = [(); 3].map(|()| delete("d").status);
    assert_eq!(seen, [409, 409, 204]);
}

#[test]
fn header_names_can_be_spelled_in_other_ways() {
    for (case, spelled) in
        [(HeaderCase::Title, "Azure-AsyncOperation"), (HeaderCase::Upper, "AZURE-ASYNCOPERATION")]
    {
        let arm = Simulation::builder().header_case(case).start();
        let accepted = put(&arm, "a");
        let found = accepted.headers.iter().find(|(name, _)| name == spelled);
        let url = local(&arm, &found.unwrap().1);
        assert_eq!(word(&get(&arm, &url)), "InProgress");
    }
}
