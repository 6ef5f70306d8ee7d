use std::sync::Arc;

use super::*;
use crate::provider::clients::Configuration;
use crate::tfplugin::attr::Setting;

fn said(error: Error) -> String {
    let config = Configuration {
        azure: Setting::Null,
        batch: Setting::Null,
        horizon: Setting::Null,
        ucloud: Setting::Null,
    };
    let environment = Arc::new(|_: &str| Err(std::env::VarError::NotPresent));
    let Failure(said) = failure(error, &Clients::new(config, "test".to_owned(), environment));
    said[0].detail.clone()
}

#[test]
fn each_cause_has_its_advice() {
    let denied = || Error::new(Kind::Denied, "ListSupportedImages", "Server failed.").status(403);
    let detail = |text: &str| denied().fact("AuthenticationErrorDetail", text);
    for (error, cause) in [
        (detail("Wrong audience."), Cause::WrongAudience),
        (detail("SharedKey is not allowed."), Cause::SharedKeyNotAllowed),
        (detail("The MAC signature found is not the same."), Cause::SignatureMismatch),
        (detail("The date is older than 15 minutes."), Cause::ClockSkew),
        (denied().code("UnsupportedRequestVersion"), Cause::UnsupportedVersion),
    ] {
        let (_, advice) = CAUSES.iter().find(|(known, _)| *known == cause).unwrap();
        let said = said(error);
        assert!(said.ends_with(advice), "{cause:?}: {said}");
    }
    assert_eq!(CAUSES.len(), 5);
    assert!(said(denied()).contains("`batch.account_key`"));
}
