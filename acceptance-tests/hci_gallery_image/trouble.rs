//! A service that is busy, a network that breaks, and addresses that lead elsewhere.

use std::time::Duration;

use simulated_clouds::arm::{Fault, Lro, Progress, RESOURCE_GROUP, RetryAfter, When};

use crate::harness::Workspace;
use crate::harness::hci::{Azure, Image};

#[test]
fn a_busy_service_is_given_the_time_it_asks_for() {
    let azure = Azure::start();
    azure.arm.set_progress(Progress::Polls(2));
    let image = Image::new();
    let workspace = Workspace::new(&azure.main(&image));
    for label in ["get", "put", "patch", "poll", "delete"] {
        azure.arm.fail(When::label(label), 1, Fault::status(429).retry_after("1"));
    }
    azure.entra.fail_next(1, Fault::status(429).retry_after("1"));
    let outcome = workspace.apply().ok();
    // The login, the first read, the request itself, and the poll of the operation.
    assert!(outcome.took > Duration::from_secs(4), "{outcome}");
    workspace.main(&azure.main(&image.set("tags", "{ a = \"b\" }")));
    workspace.step();
    workspace.destroy().ok();
    for method in ["PUT", "PATCH", "DELETE"] {
        let sent = azure.sent(method);
        let statuses: Vec<_> = sent.iter().map(|request| request.status.unwrap()).collect();
        assert_eq!((statuses.len(), statuses[0]), (2, 429), "{method}");
        assert!(sent[1].at - sent[0].at >= Duration::from_millis(990), "{method}");
    }
}

#[test]
fn a_lost_connection_never_leads_to_a_second_image() {
    for (fault, puts) in [
        // It was carried out, without a response.
        (Fault::cut_after_handling(), 1),
        // It was not.
        (Fault::reset(), 2),
        (Fault::html(502), 2),
    ] {
        let azure = Azure::start();
        azure.arm.fail(When::label("put"), 1, fault.clone());
        let workspace = Workspace::new(&azure.main(&Image::new()));
        workspace.step();
        assert_eq!(azure.sent("PUT").len(), puts, "{fault:?}");
        assert_eq!(azure.arm.accepted_put_count(RESOURCE_GROUP, "golden"), 1, "{fault:?}");
    }
}

#[test]
fn failed_polls_are_not_failures_of_the_operation() {
    let azure = Azure::start();
    azure.arm.set_progress(Progress::Polls(6));
    for (nth, fault) in [(1, Fault::reset()), (2, Fault::html(502)), (3, Fault::status(500))] {
        azure.arm.fail_poll(nth, 1, fault);
    }
    // The token is no longer valid.
    azure.arm.fail_poll(4, 1, Fault::status(401).code("ExpiredAuthenticationToken"));
    azure.arm.set_read_lag(2);
    let workspace = Workspace::new(&azure.main(&Image::new()));
    workspace.step();
    assert_eq!(azure.sent("PUT").len(), 1);
}

#[test]
fn a_polling_address_elsewhere_gets_no_token() {
    let elsewhere = Azure::start();
    let azure = Azure::start();
    let style = Lro::async_operation().on_host(&elsewhere.arm.url());
    azure.arm.set_create_style(style.retry_after(RetryAfter::Seconds(1)));
    let workspace = Workspace::new(&azure.main(&Image::new()));
    // The image itself is polled.
    workspace.step();
    assert_eq!(elsewhere.arm.request_count(), 0);
}

#[test]
fn a_refusal_is_explained() {
    let azure = Azure::start();
    let workspace = Workspace::new(&azure.main(&Image::new()));
    for (fault, fragments) in [
        (
            Fault::status(409).code("MissingSubscriptionRegistration"),
            &["az provider register --namespace Microsoft.AzureStackHCI"][..],
        ),
        (Fault::status(400).code("MissingAzureKubernetesMapping"), &["Arc VM"]),
        (
            Fault::status(403).code("AuthorizationFailed").message("No right to write."),
            &["Cannot create the gallery image: not allowed", "No right to write.", "role"],
        ),
        (
            Fault::status(400).code("InvalidExtendedLocation"),
            &["Check `custom_location_id`", "Azure Local cluster"],
        ),
    ] {
        azure.arm.fail(When::label("put"), 1, fault);
        workspace.apply().error().says(fragments).says(&["x-ms-request-id"]);
    }
    // A new token does not help.
    for (code, fragments) in [
        ("InvalidAuthenticationToken", &["even a new one", "`azure.environment`"]),
        ("InvalidAuthenticationTokenTenant", &["another tenant", "`azure.tenant_id`"]),
    ] {
        azure.arm.fail(When::label("get"), 2, Fault::status(401).code(code));
        workspace.apply().error().says(fragments);
    }
    assert_eq!(azure.arm.image_count(), 0);
    // A failed login has another error, which never quotes the secret.
    let main = azure.main(&Image::new()).replace("Made-Up~Secret", "Wrong~Secret");
    let workspace = Workspace::new(&main);
    let outcome = workspace.apply();
    outcome.error().says(&["AADSTS7000215", "ARM_CLIENT_SECRET"]);
    assert!(!outcome.text().contains("Wrong~Secret"), "{outcome}");
}
