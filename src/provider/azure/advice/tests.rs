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
    let way = "Run `az login`, or set ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET.";
    assert!(other.ends_with(way), "{other}");
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

#[test]
fn a_missing_permission_is_that_of_the_operation() {
    for (operation, permission) in [
        ("CreateGalleryImage", "galleryImages/write"),
        ("UpdateGalleryImage", "galleryImages/write"),
        ("DeleteGalleryImage", "galleryImages/delete"),
        ("GetGalleryImage", "galleryImages/read"),
        ("ListGalleryImages", "galleryImages/read"),
    ] {
        for code in FORBIDDEN {
            let error = Error::new(Kind::Denied, operation, "No.").code(code).status(403);
            let detail = detail(arm(error, &clients()));
            assert!(detail.contains(permission), "{operation}: {detail}");
            let is_creation = operation == "CreateGalleryImage";
            assert_eq!(detail.contains("Administrator"), is_creation, "{detail}");
        }
    }
    let wait = Error::new(Kind::Unreadable, "CreateGalleryImage", "No.").code(FORBIDDEN[0]);
    assert!(detail(arm(wait.status(403), &clients())).contains("galleryImages/read"));
}

#[test]
fn a_token_that_is_refused_again_and_a_page_have_advice_of_their_own() {
    let refused = Error::new(Kind::Denied, "GetGalleryImage", "No.").status(401);
    let page = Error::new(Kind::Unexpected, "GetGalleryImage", "A page.").status(404);
    for (error, fragments) in [
        (refused.clone().code("InvalidAuthenticationToken"), &["ARM_TENANT_ID", "even a new one"]),
        (refused.code("ExpiredAuthenticationToken"), &["ARM_ENVIRONMENT", "even a new one"]),
        (page.clone(), &["ARM_RESOURCE_MANAGER_ENDPOINT", "HTTPS_PROXY"]),
        (page.clone().of_login(), &["az login", "ARM_CLIENT_SECRET"]),
    ] {
        let detail = detail(arm(error, &clients()));
        fragments.iter().for_each(|part| assert!(detail.contains(part), "{part}: {detail}"));
    }
}

#[test]
fn a_code_about_an_argument_points_at_it() {
    for (codes, argument) in ARGUMENTS {
        for code in codes {
            let Failure(said) = arm(error(code), &clients());
            assert_eq!(said[0].path, Path::attribute(argument), "{code}");
        }
    }
    let Failure(said) = arm(error("Novel"), &clients());
    assert_eq!(said[0].path, Path::default());
}

#[test]
fn each_advice_ends_as_a_sentence_does() {
    for row in LOGIN.iter().chain(&RESOURCE_MANAGER) {
        let ends = row.text.ends_with('.') || row.text.contains(" Run: ");
        assert!(ends && !row.text.ends_with(".."), "{}", row.text);
    }
}
