//! Refusals of a creation, in whatever form they come.

use serde_json::json;
use simulated_clouds::horizon::{Fault, Simulation, When};

use crate::harness::Diagnostic;
use crate::harness::horizon::{IMAGE, PASSWORD, posts, start, workspace};

/// The error about a creation that is answered with `fault`, once.
fn refused(fault: Fault) -> Diagnostic {
    let cloud: Simulation = start();
    cloud.fail(When::label("create"), 1, fault);
    let workspace = workspace(&cloud);
    let error = workspace.apply().error();
    assert_eq!(error.address, IMAGE);
    assert!(workspace.state().instance(IMAGE).is_none());
    assert_eq!((posts(&cloud), cloud.images_created()), (1, 0));
    error
}

/// What the service said: the lines before the facts.
fn said(error: &Diagnostic) -> &str {
    error.detail.split("\n\n").next().unwrap()
}

#[test]
fn an_error_of_the_service_is_shown_with_everything_that_helps() {
    let error = refused(Fault::json(
        400,
        &json!({
            "status": 400,
            "errors": [{
                "code": "AZURE_SUBNET_NOT_FOUND",
                "message": "The subnet was not found.",
                "detail": "No subnet n in the network v.",
                "parameters": { "subnet": "n" },
                "cause": "java.lang.IllegalStateException at com.example.Made(Up.java:1)",
            }],
            "traceId": "trace-0123",
            "resource": "/imagemgmt/v1/images",
        }),
    ));
    error.says(&[
        "AZURE_SUBNET_NOT_FOUND",
        "The subnet was not found",
        "No subnet n in the network v",
        "subnet = n",
        "HTTP status: 400",
        "trace-0123",
        "/imagemgmt/v1/images",
        // The hint.
        "marketplace.subnet_id",
    ]);
    assert!(!error.text().contains("java.lang"), "{error:#?}");
    assert!(error.code.contains("marketplace"), "{error:#?}");
}

#[test]
fn several_errors_are_all_shown() {
    let errors = ["first", "second"].map(|text| json!({ "code": "BAD", "message": text }));
    let error = refused(Fault::json(422, &json!({ "errors": errors, "traceId": "t-1" })));
    error.says(&["first", "second", "HTTP status: 422", "t-1"]);
}

#[test]
fn a_refusal_in_any_other_form_is_one_readable_line() {
    let page =
        format!("<html>\n<body>\n{}</body></html>", "<p>Not here,\n not now.</p>\n".repeat(999));
    let half = r#"{"status":400,"errors":[{"code":"BAD_REQ"#;
    let csp = json!({ "cspErrorCode": "CSP-0042", "message": "The organization is asleep." });
    let long = json!({ "errors": [{ "code": "BAD", "message": "very ".repeat(999) }] });
    for (fault, fragments) in [
        (Fault::body(400, "text/html", page), &["400", "text/html"][..]),
        (Fault::empty(400), &["400", "empty"]),
        (Fault::empty(403), &["403", "empty"]),
        (Fault::body(422, "application/json", half), &["422"]),
        (Fault::json(400, &json!([1, 2])), &["400"]),
        (Fault::json(400, &json!("No.")), &["400", "No."]),
        (Fault::json(400, &csp), &["400", "CSP-0042", "The organization is asleep"]),
        (Fault::json(400, &long), &["400", "BAD", "very very"]),
    ] {
        let error = refused(fault.clone());
        error.says(fragments).says(&["CreateImageCatalog"]);
        let line = said(&error);
        assert!(!line.contains('\n') && !line.is_empty(), "{fault:?}: {error:#?}");
        // The sign that something was left out, or the full stop, comes on top.
        let bare = line.trim_end_matches(['.', ' ']);
        assert!(bare.chars().count() <= 500, "{} in {error:#?}", bare.chars().count());
        assert!(error.detail.chars().count() < 1500, "{error:#?}");
    }
}

#[test]
fn a_refusal_that_repeats_the_request_shows_no_password() {
    let letters: Vec<String> = PASSWORD.chars().map(String::from).collect();
    let sent = json!({ "vmInfo": { "username": "imageadmin", "password": letters } }).to_string();
    let cut = &sent[..sent.len() - 40];
    let mut leaks = Vec::new();
    for quoted in [sent.as_str(), cut] {
        let text = format!("JSON parse error at [Source: (String)\"{quoted}\"; line: 1]");
        let pretty = quoted.replace("\",\"", "\", \"");
        for fault in [
            Fault::status(400).message(&text),
            Fault::body(400, "text/plain", text.clone()),
            Fault::body(400, "text/html", format!("<html>{pretty}</html>")),
            Fault::body(400, "application/json", quoted),
        ] {
            let error = refused(fault.clone());
            error.says(&["400"]);
            let bare: String = error.text().chars().filter(|c| c.is_alphanumeric()).collect();
            if ["MadeUp", "Passw"].iter().any(|piece| bare.contains(piece)) {
                leaks.push(error.detail);
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
}
