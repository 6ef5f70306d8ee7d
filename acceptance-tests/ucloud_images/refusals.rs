//! Refusals of the service are errors with a reason, never a shorter list.

use simulated_clouds::ucloud::{Account, Fault, REGION, Simulation, When, generated, ret_code};

use crate::harness::{Workspace, ucloud};

const ANY: &str = "data \"cloudimages_ucloud_images\" \"any\" {}\n";

/// Providers and data sources, one each for a separate service.
fn apart(clouds: &[(String, &Simulation, String)]) -> String {
    let part = |(name, _, arguments): &(String, &Simulation, String)| {
        ucloud::aliased(name, arguments)
            + &format!(
                "data \"cloudimages_ucloud_images\" {name:?} {{\n  provider = \
                 cloudimages.{name}\n}}\n"
            )
    };
    clouds.iter().map(part).collect()
}

#[test]
fn each_refusal_is_an_error_with_code_message_region_and_request() {
    let codes = [
        (171, "Signature VerifyAC Error", "the signature does not match", "another gateway"),
        (172, "User Not Exists", "unknown public key", "Check the public key"),
        (174, "Token Not Exists", "the security token is not valid", "Get new temporary keys"),
        (230, "Params [Region] not available", "invalid parameter", "UCLOUD_REGION"),
        (292, "Project [org-x] not exists", "project not found", "UCLOUD_PROJECT_ID"),
        (294, "IP denied", "IP address not allowed", "Add the IP address"),
        (299, "IAM permission error", "permission denied", "DescribeImage"),
        (8039, "gone", "the service reports a failure", ""),
    ];
    let clouds = codes.map(|(code, message, ..)| {
        let cloud = Simulation::start();
        cloud.fail_always(When::any(), ret_code(code, message));
        cloud
    });
    let parts: Vec<_> = clouds
        .iter()
        .zip(&codes)
        .map(|(cloud, (code, ..))| {
            let arguments = format!("{}region = {REGION:?}", ucloud::access(cloud));
            (format!("c{code}"), cloud, arguments)
        })
        .collect();
    let outcome = Workspace::new(&apart(&parts)).plan().fails();
    for ((code, message, title, advice), cloud) in codes.iter().zip(&clouds) {
        let errors = outcome.errors_about(&format!("data.cloudimages_ucloud_images.c{code}"));
        assert_eq!(errors.len(), 1, "{outcome}");
        let requests = cloud.requests();
        // Permanent failures are not retried.
        assert_eq!(requests.len(), 1, "requests that were refused with {code}");
        errors[0].says(&[
            "DescribeImage",
            &format!("Code: {code}"),
            message,
            title,
            &format!("Region: {REGION}"),
            &format!("Request: {}", requests[0].request_uuid),
            advice,
        ]);
    }
}

#[test]
fn wrong_keys_tokens_and_projects_are_told_apart() {
    let account = Account::new("kP-real", "sK-real").project("org-a");
    let temporary = Account::new("kP-temporary", "sK-temporary").security_token("token-42");
    let cloud = Simulation::builder().account(account.clone()).account(temporary.clone()).start();
    let region = format!("region = {REGION:?}\n");
    let wrong_private = ucloud::keys(&cloud, &Account::new("kP-real", "sK-mistyped")) + &region;
    let wrong_public = ucloud::keys(&cloud, &Account::new("kP-unknown", "sK-real")) + &region;
    let no_token = ucloud::keys(&cloud, &temporary) + &region;
    let old_token = format!("{no_token}security_token = \"token-41\"\n");
    let right_token = format!("{no_token}security_token = \"token-42\"\n");
    let wrong_project = ucloud::keys(&cloud, &account) + &region + "project_id = \"org-b\"\n";
    let wrong_region = ucloud::keys(&cloud, &account) + "region = \"cn-nowhere\"\n";
    let parts = [
        ("wrong_private", wrong_private),
        ("wrong_public", wrong_public),
        ("no_token", no_token),
        ("old_token", old_token),
        ("right_token", right_token),
        ("wrong_project", wrong_project),
        ("wrong_region", wrong_region),
    ]
    .map(|(name, arguments)| (name.to_owned(), &cloud, arguments));
    let outcome = Workspace::new(&apart(&parts)).plan().fails();
    for (name, code) in [
        ("wrong_private", 171),
        ("wrong_public", 172),
        ("no_token", 174),
        ("old_token", 174),
        ("wrong_project", 292),
        ("wrong_region", 230),
    ] {
        let errors = outcome.errors_about(&format!("data.cloudimages_ucloud_images.{name}"));
        assert_eq!(errors.len(), 1, "{name}\n{outcome}");
        errors[0].says(&[&format!("Code: {code}")]);
    }
    assert_eq!(outcome.errors().len(), 6, "{outcome}");
    for secret in ["sK-real", "sK-mistyped", "sK-temporary", "token-41", "token-42"] {
        assert!(!outcome.stdout.contains(secret), "{outcome}");
    }
}

#[test]
fn a_refusal_of_a_later_page_is_not_a_shorter_list() {
    let cloud = Simulation::builder().images(generated(500)).page_cap(100).start();
    cloud.fail_offset(300, 1, ret_code(299, "IAM permission error"));
    let workspace = Workspace::new(&(ucloud::provider(&cloud) + ANY));
    let outcome = workspace.plan();
    outcome.error().says(&["Code: 299", "IAM permission error", &format!("Region: {REGION}")]);
    assert!(cloud.request_count() >= 4);
}

#[test]
fn an_argument_that_the_service_does_not_know_is_named() {
    let cloud = Simulation::start();
    let main = ucloud::provider(&cloud)
        + "data \"cloudimages_ucloud_images\" \"any\" {\n  region = \"cn-nowhere\"\n}\n";
    let error = Workspace::new(&main).plan().error();
    error.says(&["Code: 230", "Params [Region] not available"]);
    assert_eq!(error.code, "region = \"cn-nowhere\"");
}

#[test]
fn transient_failures_are_retried() {
    let faults = [
        ret_code(8889, "failed to get the image list"),
        Fault::status(503),
        Fault::reset(),
        Fault::truncated(),
    ];
    let clouds = faults.map(|fault| {
        let cloud = Simulation::start();
        cloud.fail_next(1, fault);
        cloud
    });
    let parts: Vec<_> = clouds
        .iter()
        .enumerate()
        .map(|(number, cloud)| {
            let arguments = format!("{}region = {REGION:?}", ucloud::access(cloud));
            (format!("f{number}"), cloud, arguments)
        })
        .collect();
    Workspace::new(&apart(&parts)).apply().ok();
    for (number, cloud) in clouds.iter().enumerate() {
        assert_eq!(cloud.request_count(), 2, "requests with fault {number}");
    }
}

#[test]
fn lasting_failures_are_given_up_after_max_retries() {
    let cloud = Simulation::start();
    cloud.fail_always(When::any(), ret_code(150, "service unavailable, retry later"));
    let arguments = format!("{}region = {REGION:?}\nmax_retries = 2", ucloud::access(&cloud));
    let workspace = Workspace::new(&(ucloud::block(&arguments) + ANY));
    workspace.plan().error().says(&["Code: 150", "service unavailable, retry later"]);
    assert_eq!(cloud.request_count(), 3);
}

#[test]
fn a_response_that_is_not_json_is_shown_in_part() {
    let cloud = Simulation::start();
    cloud.fail_always(When::any(), Fault::html(200));
    let error = Workspace::new(&(ucloud::provider(&cloud) + ANY)).plan().error();
    error.says(&["text/html", "HTTP status: 200", "Check `ucloud.base_url` (UCLOUD_API_BASE_URL)"]);
    assert!(error.detail.len() < 1_500, "{error:?}");
}
