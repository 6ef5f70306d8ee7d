use std::sync::Arc;

use super::*;
use crate::provider::batch::settings::Batch;
use crate::provider::clients::Configuration;
use crate::tfplugin::attr::Setting;
use crate::tfplugin::diagnostic::Diagnostic;

/// What is said about an error without a key, or with one from the environment.
fn said(error: Error, key: Option<&'static str>) -> Diagnostic {
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
    let Failure(said) = failure(error, &Clients::new(config, "test".to_owned(), environment));
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
        assert!(said.ends_with(advice), "{cause:?}: {said}");
    }
    assert_eq!(CAUSES.len(), 6);
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
    let of_filter = said(refused(None).fact("QueryParameterName", "$filter"), None);
    assert_eq!(of_filter.path, Path::attribute("filter"));
    let said = said(refused(None), None);
    assert!(said.detail.ends_with("Check `filter`, `max_results` and `api_version`."));
}
