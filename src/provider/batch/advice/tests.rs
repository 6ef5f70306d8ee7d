use std::sync::Arc;

use super::*;
use crate::provider::batch::settings::Batch;
use crate::provider::clients::Configuration;
use crate::tfplugin::attr::Setting;
use crate::tfplugin::diagnostic::Diagnostic;

/// What is said about an error without a key, or with one from the environment.
fn said(error: Error, key: Option<&'static str>) -> Diagnostic {
    said_of(&Query::default(), error, key)
}

/// What is said about an error of this query.
fn said_of(query: &Query, error: Error, key: Option<&'static str>) -> Diagnostic {
    let config = Configuration {
        azure: Setting::Null,
        batch: Setting::<Batch>::Null,
        horizon: Setting::Null,
        ucloud: Setting::Null,
    };
    let environment = Arc::new(move |name: &str| match (name, key) {
        ("AZURE_BATCH_ACCESS_KEY", Some(key)) => Ok(key.to_owned()),
        _ => Err(std::env::VarError::NotPresent),
    });
    let Failure(said) =
        failure(error, &Clients::new(config, "test".to_owned(), environment), query);
    assert_eq!(said.len(), 1);
    said.into_iter().next().unwrap()
}

fn error(kind: Kind, status: u16) -> Error {
    Error::new(kind, "ListSupportedImages", "Server failed.").status(status)
}

#[test]
fn each_cause_has_its_advice() {
    let denied = || error(Kind::Denied, 403);
    let detail = |text: &str| denied().fact("AuthenticationErrorDetail", text);
    for (error, cause) in [
        (detail("Wrong audience."), Cause::WrongAudience),
        (detail("SharedKey is not allowed."), Cause::SharedKeyNotAllowed),
        (detail("The MAC signature found is not the same."), Cause::SignatureMismatch),
        (detail("The date is older than 15 minutes."), Cause::ClockSkew),
        (denied().code("UnsupportedRequestVersion"), Cause::UnsupportedVersion),
        (denied().fact("Content-Type", "text/html"), Cause::WebPage),
    ] {
        let (_, advice) = CAUSES.iter().find(|(known, _)| *known == cause).unwrap();
        let said = said(error, None).detail;
        let advice = advice.replace("{version}", NEW_VERSION);
        assert!(said.ends_with(&advice), "{cause:?}: {said}");
    }
    assert_eq!(CAUSES.len(), 6);
}

#[test]
fn a_refused_version_is_not_offered_again() {
    for (refused, offered) in [("2024-07-01.20.0", "2025-06-01"), ("2025-06-01", "2024-07-01.20.0")]
    {
        let query = Query { api_version: refused.to_owned(), ..Query::default() };
        let error = error(Kind::Invalid, 400).code("UnsupportedRequestVersion");
        let detail = said_of(&query, error, None).detail;
        assert!(detail.contains(&format!("Change `api_version`, for example to {offered:?}: ")));
    }
}

#[test]
fn a_redirect_is_blamed_on_the_endpoint() {
    for status in [301, 307] {
        let said = said(error(Kind::Unexpected, status), None);
        assert_eq!(said.path, Path::attribute("account_endpoint"));
        assert!(said.detail.contains("Check `account_endpoint` (AZURE_BATCH_ENDPOINT): "));
    }
}

#[test]
fn a_refused_identity_needs_a_role_and_a_refused_key_needs_a_look_at_the_key() {
    for status in [401, 403] {
        let detail = said(error(Kind::Denied, status), None).detail;
        assert!(detail.contains("the role \"Azure Batch Account Reader\""), "{detail}");
        assert!(!detail.contains("account_key"), "{detail}");
        for key in ["a2V5", "  "] {
            let detail = said(error(Kind::Denied, status), Some(key)).detail;
            let is_about_the_key = detail.contains("`batch.account_name` (AZURE_BATCH_ACCOUNT)")
                && detail.contains("`batch.account_key` (AZURE_BATCH_ACCESS_KEY)");
            assert_eq!(is_about_the_key, key == "a2V5", "{detail}");
            assert_eq!(detail.contains("role"), key != "a2V5", "{detail}");
        }
    }
    let detail = said(error(Kind::Denied, 403).code("AccountIsDisabled"), None).detail;
    assert!(detail.contains("Enable the Batch account"), "{detail}");
}

#[test]
fn an_address_without_an_account_is_blamed_on_the_endpoint() {
    let page = error(Kind::Unexpected, 200).fact("Content-Type", "text/html");
    let no_answer = Error::new(Kind::Unavailable, "ListSupportedImages", "no answer");
    for error in [error(Kind::NotFound, 404), page, no_answer] {
        let said = said(error, None);
        assert_eq!(said.path, Path::attribute("account_endpoint"));
        let expected = "`account_endpoint` (AZURE_BATCH_ENDPOINT)";
        assert!(said.detail.contains(expected), "{}", said.detail);
    }
    // The service itself is not at its best; its address is right.
    assert_eq!(said(error(Kind::Unavailable, 503), None).path, Path::default());
}

#[test]
fn a_refused_parameter_is_blamed_on_its_argument() {
    let refused =
        |setting| Error { setting, ..error(Kind::Invalid, 400).code("InvalidQueryParameterValue") };
    for name in ["max_results", "server_timeout_seconds", "api_version"] {
        let said = said(refused(Some(name)), None);
        assert_eq!(said.path, Path::attribute(name));
        assert!(said.detail.contains(&format!("`{name}`")), "{}", said.detail);
    }
    let all = Query {
        filter: Some("osType ne 'x'".to_owned()),
        node_agent_sku_id: Some("batch.node.x".to_owned()),
        max_results: Some(5),
        server_timeout_seconds: Some(5),
        ..Query::default()
    };
    let said = said_of(&all, refused(None), None);
    let expected = "Check `filter`, `max_results`, `server_timeout_seconds` and `api_version`.";
    assert!(said.detail.ends_with(expected), "{}", said.detail);
    assert_eq!(said.path, Path::default());
    let said = said_of(&Query::default(), refused(None), None);
    assert!(said.detail.ends_with("\n\nCheck `api_version`."), "{}", said.detail);
}

/// The provider makes the OData filter of several arguments.
#[test]
fn a_refused_filter_is_blamed_on_the_arguments_that_it_is_made_of() {
    let refused = || error(Kind::Invalid, 400).fact("QueryParameterName", "$filter");
    let text = |text: &str| Some(text.to_owned());
    let os_type = Query { os_type: text("linux"), ..Query::default() };
    let two = Query { node_agent_sku_id: text("batch.node.x"), ..os_type.clone() };
    let raw = Query { filter: text("osType ne 'x'"), ..two.clone() };
    for (query, path, advice) in [
        (&raw, "filter", "Check `filter`, the OData expression."),
        (&os_type, "os_type", "Check `os_type`: the provider makes the OData filter of it."),
        (
            &two,
            "",
            "Check `os_type` and `node_agent_sku_id`: the provider makes the OData filter of them.",
        ),
    ] {
        for error in [refused(), refused().code("InvalidQueryParameterValue")] {
            let said = said_of(query, error, None);
            assert_eq!(said.path.to_string(), path);
            assert!(said.detail.ends_with(advice), "{}", said.detail);
        }
    }
}

#[test]
fn unreadable_credentials_are_not_blamed_on_a_parameter() {
    let query = Query { filter: Some("osType ne 'x'".to_owned()), ..Query::default() };
    for code in ["InvalidAuthenticationInfo", "invalidheadervalue"] {
        let refused = || error(Kind::Invalid, 400).code(code);
        for (key, expected) in [
            (Some("a2V5"), ["`batch.account_key` (AZURE_BATCH_ACCESS_KEY)", "clock"]),
            (None, ["the arguments of `azure`", "clock"]),
        ] {
            let said = said_of(&query, refused(), key);
            let detail = said.detail;
            assert!(expected.iter().all(|part| detail.contains(part)), "{detail}");
            assert!(!detail.contains("`filter`") && !detail.contains("api_version"), "{detail}");
            assert_eq!(said.path, Path::default());
        }
    }
    for code in ["InvalidUri", "RequestUrlFailedToParse"] {
        let said = said_of(&query, error(Kind::Invalid, 400).code(code), None);
        assert!(said.detail.contains("(HTTPS_PROXY, NO_PROXY)"), "{}", said.detail);
        assert!(!said.detail.contains("`filter`"), "{}", said.detail);
    }
}
