use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::provider::clients::Configuration;
use crate::tfplugin::attr::Setting;

fn clients() -> Clients {
    let config = Configuration {
        azure: Setting::Null,
        batch: Setting::Null,
        horizon: Setting::Null,
        ucloud: Setting::Null,
    };
    let environment = Arc::new(|_: &str| Err(std::env::VarError::NotPresent));
    Clients::new(config, "test".to_owned(), environment)
}

fn detail(Failure(said): Failure) -> String {
    assert_eq!(said.len(), 1);
    said[0].detail.clone()
}

fn error(code: &str) -> Error {
    Error::new(Kind::Denied, "Call", "No.").code(code).status(400)
}

#[test]
fn each_code_of_a_login_has_its_advice() {
    for row in &LOGIN {
        for code in row.codes {
            let detail = detail(arm(error(code).of_login(), &clients()));
            let start = row.text.split('{').next().unwrap();
            assert!(detail.contains(start), "{code}: {detail}");
            assert!(!detail.contains('{') && detail.contains("ARM_"), "{code}: {detail}");
        }
    }
    let other = detail(login(error("AADSTS50000").of_login(), &clients()));
    assert!(other.ends_with("configure another authentication method under `azure`."), "{other}");
}

#[test]
fn each_code_of_resource_manager_has_its_advice() {
    for row in &RESOURCE_MANAGER {
        for code in row.codes {
            let detail = detail(arm_with(error(code), &clients(), "Something else."));
            let start = row.text.split('{').next().unwrap();
            assert!(detail.contains(start), "{code}: {detail}");
            assert!(!detail.contains("Something else."), "{code}: {detail}");
        }
    }
    let other = detail(arm_with(error("Novel"), &clients(), "Something else."));
    assert!(other.ends_with("Something else."), "{other}");
}

#[test]
fn no_code_is_in_two_rows() {
    for table in [&LOGIN[..], &RESOURCE_MANAGER[..]] {
        let codes: Vec<_> = table.iter().flat_map(|row| row.codes).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    }
}
