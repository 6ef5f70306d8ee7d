//! Refusals and unexpected responses of the service are errors with a reason.

use simulated_clouds::batch::{Fault, NextLink, Simulation, generated};

use crate::harness::{Diagnostic, Outcome, Workspace, batch};

/// The only error about a data source.
#[track_caller]
fn error(outcome: &Outcome, name: &str) -> Diagnostic {
    let errors = outcome.errors_about(&format!("data.cloudimages_batch_supported_images.{name}"));
    assert_eq!(errors.len(), 1, "{name}\n{outcome}");
    errors[0].clone()
}

/// One data source for each account.
fn plan<'a>(clouds: impl IntoIterator<Item = (&'a str, &'a Simulation)>) -> Outcome {
    let look_up = |(name, cloud): (&'a str, &Simulation)| {
        batch::aliased(name, "", &batch::access(cloud)) + &batch::all_by(name, "")
    };
    Workspace::new(&clouds.into_iter().map(look_up).collect::<String>()).plan().fails()
}

#[test]
fn a_link_or_redirect_to_elsewhere_is_refused_and_nothing_is_sent_there() {
    let elsewhere = Simulation::builder().start();
    let paged = |style| Simulation::builder().items(generated(4)).page_size(2).next_link(style);
    let other_host = paged(NextLink::OtherHost(elsewhere.url())).start();
    let other_scheme = paged(NextLink::Scheme("https".to_owned())).start();
    let redirected = Simulation::builder().start();
    let moved = Fault::empty(307).header("location", &format!("{}/x?y=1", elsewhere.url()));
    redirected.fail_next(9, moved);
    let clouds =
        [("other_host", &other_host), ("other_scheme", &other_scheme), ("redirected", &redirected)];
    let outcome = plan(clouds);
    let address = elsewhere.address().to_string();
    for name in ["other_host", "redirected"] {
        error(&outcome, name).says(&[&address, "credentials"]);
    }
    error(&outcome, "other_scheme").says(&["https://127.0.0.1:", "credentials"]);
    assert_eq!(elsewhere.request_count(), 0);
    for (name, cloud) in clouds {
        assert_eq!(cloud.request_count(), 1, "requests of {name}");
    }
}

#[test]
fn a_list_without_end_ends() {
    let paged = |style| Simulation::builder().items(generated(6)).page_size(2).next_link(style);
    let cycle = paged(NextLink::Cycle).start();
    let endless = paged(NextLink::Endless).start();
    let outcome = plan([("cycle", &cycle), ("endless", &endless)]);
    error(&outcome, "cycle").says(&["Page 2 points back to a page that was read already"]);
    error(&outcome, "endless").says(&["does not end after 1000 pages"]);
    assert_eq!((cycle.request_count(), endless.request_count()), (2, 1000));
}

#[test]
fn a_link_that_is_not_a_url_is_an_error_and_not_the_end_of_the_list() {
    let links =
        [("path", "/supportedimages?$skiptoken=2"), ("garbage", "page 2"), ("bare", "https://")];
    let clouds = links.map(|(name, link)| {
        let cloud = Simulation::builder().start();
        let body = format!("{{\"value\":[],\"odata.nextLink\":{link:?}}}");
        cloud.fail_next(9, Fault::body(200, "application/json", body));
        (name, cloud)
    });
    let outcome = plan(clouds.iter().map(|(name, cloud)| (*name, cloud)));
    for ((name, cloud), (_, link)) in clouds.iter().zip(links) {
        let error = error(&outcome, name);
        error.says(&["link to the next page is not a URL", link]);
        assert_eq!(error.summary, "Cannot list the supported images: unexpected response");
        assert_eq!(cloud.request_count(), 1, "{name}");
    }
}

#[test]
fn advice_names_the_role_or_the_key_and_the_endpoint() {
    let refusing = |fault: Fault| {
        let cloud = Simulation::builder().start();
        cloud.fail_next(9, fault);
        cloud
    };
    let key = refusing(Fault::status(403).code("InsufficientAccountPermissions"));
    let (missing, page) = (refusing(Fault::status(404)), refusing(Fault::html(200)));
    let outcome = plan([("key", &key), ("missing", &missing), ("page", &page)]);
    let key = error(&outcome, "key");
    key.says(&["`batch.account_name` (AZURE_BATCH_ACCOUNT)", "`batch.account_key`"]);
    assert!(!key.text().contains("role"), "{key:?}");
    error(&outcome, "missing").says(&["Check `account_endpoint` (AZURE_BATCH_ENDPOINT)"]);
    error(&outcome, "page").says(&["Check `account_endpoint` (AZURE_BATCH_ENDPOINT)", "web page"]);
    // With a token, the account name and key are of no use.
    let login = simulated_clouds::entra::Simulation::start();
    let cloud = Simulation::builder().tokens(&login.tokens()).start();
    cloud.fail_next(9, Fault::status(403).code("AuthorizationFailed"));
    let own = format!("account_endpoint = {:?}", cloud.url());
    let main = batch::block(&batch::secret(&login), "") + &batch::all("token", &own);
    let outcome = Workspace::new(&main).plan();
    let error = outcome.error();
    error.says(&["\"Azure Batch Account Reader\"", "`Microsoft.Batch/*/read`"]);
    assert!(!error.text().contains("account_key"), "{error:?}");
}

#[test]
fn a_broken_response_is_shown_in_part_with_its_status() {
    let json = "application/json;odata=minimalmetadata";
    let long = "x".repeat(3_000);
    let talkative = format!(
        "{{\"code\":{long:?},\"message\":{{\"value\":{long:?}}},\"values\":[{}]}}",
        [(); 20].map(|()| format!("{{\"key\":{long:?},\"value\":{long:?}}}")).join(",")
    );
    let cases = [
        ("object", Fault::body(400, json, "{}"), &["HTTP 400", "{}"][..]),
        ("page", Fault::html(403), &["HTTP 403", "text/html", "Our services aren't available"]),
        ("nothing", Fault::empty(404), &["HTTP 404", "empty body"]),
        ("half", Fault::body(400, json, "{\"code\":\"Inv"), &["HTTP 400", "{\"code\":\"Inv"]),
        ("talkative", Fault::body(400, json, talkative), &["HTTP status: 400", "xxx ..."]),
        ("long_page", Fault::body(404, "text/html", long.clone()), &["HTTP 404", "xxx ..."]),
        ("good_object", Fault::body(200, json, "{}"), &["HTTP 200", "not a list of images"]),
        ("good_page", Fault::html(200), &["HTTP 200", "not a list of images", "text/html"]),
        ("good_half", Fault::truncated(), &["HTTP 200", "not a list of images", "odata.metadata"]),
        ("good_nothing", Fault::empty(204), &["HTTP 204"]),
        (
            "texts",
            Fault::body(400, json, "{\"code\":7,\"message\":\"What now?\",\"values\":{\"a\":1}}"),
            &["What now?", "HTTP status: 400"],
        ),
    ];
    let clouds: Vec<_> = cases
        .into_iter()
        .map(|(name, fault, expected)| {
            let cloud = Simulation::builder().start();
            cloud.fail_next(9, fault);
            (name, cloud, expected)
        })
        .collect();
    let outcome = plan(clouds.iter().map(|(name, cloud, _)| (*name, cloud)));
    for (name, _, expected) in &clouds {
        let error = error(&outcome, name);
        error.says(expected).says(&["ListSupportedImages"]);
        assert!(error.text().len() < 1_500, "{name}: {} characters", error.text().len());
    }
}

#[test]
fn all_that_the_service_says_is_shown() {
    let cloud = Simulation::builder().start();
    let main = batch::provider(&cloud) + &batch::all("all", "filter = \"publisher eq 'x'\"");
    Workspace::new(&main).plan().error().says(&[
        "Code: InvalidQueryParameterValue",
        "HTTP status: 400",
        "Value for one of the query parameters specified in the request URI is invalid",
        "QueryParameterName: $filter",
        "QueryParameterValue: (publisher eq 'x')",
        "Reason:",
        "Check `filter`",
    ]);
    let old = Simulation::builder().api_versions(&["2025-06-01"]).start();
    let workspace = Workspace::new(
        &(batch::provider(&old)
            + &batch::all("all", "")
            + &batch::all("new", "api_version = \"2025-06-01\"\nserver_timeout_seconds = 5")
            + &batch::one("bad", "api_version = \"2019-06-01.9.0\"")),
    );
    let outcome = workspace.plan().fails();
    error(&outcome, "all").says(&[
        "Code: UnsupportedRequestVersion",
        "2024-07-01.20.0",
        "Change `api_version`",
        "\"2025-06-01\"",
    ]);
    let bad = outcome.errors_about("data.cloudimages_batch_supported_image.bad").remove(0);
    bad.says(&["2019-06-01.9.0"]);
    assert_eq!(bad.code, "api_version = \"2019-06-01.9.0\"");
    assert_eq!(outcome.errors().len(), 2, "{outcome}");
}
