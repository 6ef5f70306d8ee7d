//! Plans, made without a service.

use crate::tfplugin::resource_driver::{AnyResource, Planned};
use crate::tfplugin::value::{Object, Value};

use crate::cloud::azure::arm::Operation;
use crate::cloud::azure::arm::operation::Change;
use crate::cloud::azure::hci as api;

use super::*;

const DISK: &str = "https://made-up.blob.core.windows.net/vhds/golden.vhdx?sig=any";
const OTHER: &str = "https://made-up.blob.core.windows.net/vhds/other.vhdx?sig=any";

/// A configuration or a state.
fn object<const N: usize>(members: [(&str, Value); N]) -> Object {
    let mut object: Object = AnyResource::<Clients>::schema(&HciGalleryImage)
        .into_iter()
        .map(|attribute| (attribute.name.to_owned(), Value::Null))
        .collect();
    let usual = [
        ("name", "golden"),
        ("os_type", "Linux"),
        ("location", "westus2"),
        ("resource_group_name", "group"),
        ("custom_location_id", "/cl"),
    ];
    object.extend(usual.map(|(name, text)| (name.to_owned(), text.into())));
    object.extend(members.map(|(name, value)| (name.to_owned(), value)));
    object
}

/// A finished image.
fn made<const N: usize>(members: [(&str, Value); N]) -> Object {
    let mut object = object(members);
    object.insert("id".to_owned(), "/image".into());
    object.entry("provisioning_state".to_owned()).and_modify(|state| {
        if state.is_null() {
            *state = "Succeeded".into();
        }
    });
    object
}

fn plan(prior: Option<&Object>, config: &Object) -> Planned {
    AnyResource::<Clients>::plan(&HciGalleryImage, prior, b"", config)
}

fn replaced(planned: &Planned) -> Vec<String> {
    planned.replace.iter().map(ToString::to_string).collect()
}

#[test]
fn another_source_is_another_image_unless_no_source_was_known() {
    let machine = || Value::from("/vm");
    for (prior, config, expected) in [
        // After an import, whatever the configuration says is true.
        (made([]), object([("image_path", DISK.into())]), &[][..]),
        (made([]), object([(MACHINE, machine())]), &[]),
        (made([]), object([("image_path_wo_version", 1.into())]), &[]),
        // The same disk, stored or not.
        (made([("image_path", DISK.into())]), object([("image_path_wo_version", 1.into())]), &[]),
        (made([("image_path_wo_version", 1.into())]), object([("image_path", DISK.into())]), &[]),
        (
            made([("image_path", DISK.into())]),
            object([("image_path_wo", DISK.into()), ("image_path_wo_version", 1.into())]),
            &[],
        ),
        // Other sources.
        (
            made([("image_path", DISK.into())]),
            object([("image_path_wo", OTHER.into()), ("image_path_wo_version", 1.into())]),
            &["image_path"],
        ),
        (
            made([("image_path", DISK.into())]),
            object([("image_path", OTHER.into())]),
            &["image_path"],
        ),
        (
            made([("image_path_wo_version", 1.into())]),
            object([("image_path_wo_version", 2.into())]),
            &["image_path_wo_version"],
        ),
        (made([("image_path", DISK.into())]), object([(MACHINE, machine())]), &[MACHINE]),
        (made([("image_path_wo_version", 1.into())]), object([(MACHINE, machine())]), &[MACHINE]),
        (made([(MACHINE, machine())]), object([("image_path", DISK.into())]), &[MACHINE]),
    ] {
        let planned = plan(Some(&prior), &config);
        assert_eq!(replaced(&planned), expected, "{prior:?}\n{config:?}");
        let forgotten = planned.object["id"].is_unknown();
        assert_eq!(forgotten, !expected.is_empty());
    }
}

/// An image that was made from `image_path_wo` without a version looks in the state as an imported one
/// does.
#[test]
fn a_first_version_replaces_only_what_was_made_from_a_write_only_path() {
    let versioned = object([("image_path_wo", OTHER.into()), ("image_path_wo_version", 1.into())]);
    let stored = [("image_path", OTHER.into())];
    for (private, prior, config, expected) in [
        (r#"{"made_of_write_only": true}"#, made([]), &versioned, &["image_path_wo_version"][..]),
        (
            r#"{"made_of_write_only": true}"#,
            made([]),
            &object([(MACHINE, "/vm".into())]),
            &[MACHINE],
        ),
        (r#"{"made_of_write_only": true}"#, made([]), &object(stored.clone()), &[]),
        (r#"{"made_of_write_only": true}"#, made(stored), &versioned, &[]),
        (r#"{"made_of_write_only": false}"#, made([]), &versioned, &[]),
        ("", made([]), &versioned, &[]),
    ] {
        let planned = AnyResource::<Clients>::plan(
            &HciGalleryImage,
            Some(&prior),
            private.as_bytes(),
            config,
        );
        assert_eq!(replaced(&planned), expected, "{private} {config:?}");
    }
}

#[test]
fn an_expired_signature_is_refused_only_where_an_image_is_created() {
    let expired = DISK.replace("sig=", "se=2020-01-01&sig=");
    for name in ["image_path", "image_path_wo"] {
        let config = object([(name, expired.as_str().into())]);
        let planned = plan(None, &config);
        assert!(planned.diagnostics.iter().any(Diagnostic::is_error), "{name}");
        let prior = made([("image_path", DISK.into())]);
        let planned = plan(Some(&prior), &config);
        assert!(planned.diagnostics.is_empty() && planned.replace.is_empty(), "{name}");
    }
}

#[test]
fn the_state_of_the_image_decides_what_is_to_be_done() {
    let config = object([("image_path", DISK.into())]);
    for (word, replaces, waits) in [
        ("Succeeded", false, false),
        ("Failed", true, true),
        ("Canceled", true, true),
        ("InProgress", false, true),
        ("Downloading", false, true),
        ("Deleting", false, false),
    ] {
        let prior = made([("image_path", DISK.into()), ("provisioning_state", word.into())]);
        let planned = plan(Some(&prior), &config);
        assert_eq!(!planned.replace.is_empty(), replaces, "{word}");
        assert_eq!(planned.object["provisioning_state"].is_unknown(), waits, "{word}");
        assert_eq!(planned.object["id"].is_unknown(), replaces, "{word}");
    }
    // Nothing was seen of it when its creation was interrupted.
    let mut prior = made([("image_path", DISK.into())]);
    prior.insert("provisioning_state".to_owned(), Value::Null);
    assert!(plan(Some(&prior), &config).object["provisioning_state"].is_unknown());
}

#[test]
fn a_signature_is_judged_by_the_time_that_a_creation_may_take() {
    let soon = (time::OffsetDateTime::now_utc() + Duration::from_secs(2 * 3600))
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    let disk = DISK.replace("sig=", &format!("sp=r&se={soon}&sig="));
    let shorter = Object::from([("create".to_owned(), "1h".into())]);
    for (timeouts, warnings) in [(Value::Null, 1), (Value::Map(shorter), 0)] {
        let config = object([("image_path", disk.as_str().into()), ("timeouts", timeouts)]);
        let planned = plan(None, &config);
        assert_eq!(planned.diagnostics.len(), warnings, "{:?}", planned.diagnostics);
        // An image that exists does not need it any more.
        let prior = [("image_path", Value::from(DISK))];
        assert_eq!(plan(Some(&made(prior.clone())), &config).diagnostics, []);
        let mut replaced = made(prior);
        replaced.insert("name".to_owned(), "other".into());
        assert_eq!(plan(Some(&replaced), &config).diagnostics.len(), warnings);
        replaced.insert("name".to_owned(), "golden".into());
        replaced.insert("provisioning_state".to_owned(), "Failed".into());
        assert_eq!(plan(Some(&replaced), &config).diagnostics.len(), warnings);
    }
}

#[test]
fn an_identifier_in_another_case_is_the_same() {
    let identifier = |publisher: &str, sku: &str| {
        let members = [("publisher", publisher), ("offer", "Server"), ("sku", sku)];
        Value::Map(members.map(|(name, text)| (name.to_owned(), text.into())).into())
    };
    let prior = made([
        ("image_path", DISK.into()),
        ("identifier", identifier("microsoftserver", "2022-a")),
    ]);
    for (written, expected) in [
        (identifier("MicrosoftServer", "2022-A"), &[][..]),
        (identifier("MicrosoftServer", "2022-b"), &["identifier"]),
    ] {
        let config = object([("image_path", DISK.into()), ("identifier", written)]);
        assert_eq!(replaced(&plan(Some(&prior), &config)), expected);
    }
}

#[test]
fn a_stored_path_after_a_write_only_one_is_taken_over_with_a_warning() {
    let config = object([("image_path", OTHER.into())]);
    let versioned = made([("image_path_wo_version", 1.into())]);
    for (prior, private, warnings) in [
        (&versioned, &b""[..], 1),
        (&made([]), br#"{"made_of_write_only": true}"#, 1),
        // As after an import.
        (&made([]), b"", 0),
        (&made([("image_path", OTHER.into())]), br#"{"made_of_write_only": true}"#, 0),
    ] {
        let planned = AnyResource::<Clients>::plan(&HciGalleryImage, Some(prior), private, &config);
        assert_eq!(replaced(&planned), [""; 0]);
        assert_eq!(planned.diagnostics.len(), warnings, "{:?}", planned.diagnostics);
        for warning in planned.diagnostics {
            assert!(!warning.is_error() && warning.detail.contains("-replace"), "{warning:?}");
        }
    }
}

/// The service's document of an image in this state.
fn shown(word: &str, modified: &str) -> serde_json::Value {
    serde_json::json!({
        "id": "/image", "location": "westus2", "systemData": {"lastModifiedAt": modified},
        "properties": {"osType": "Linux", "provisioningState": word},
    })
}

fn adopted(word: &str) -> State {
    let id = image_id("s-1", "group", "golden").unwrap();
    adopt(&id, &api::Image::read(&shown(word, "2026-01-01T00:00:00Z")))
}

fn refreshed(state: &mut State, image: &serde_json::Value) -> Readiness {
    refresh(state, &api::Image::read(image));
    readiness(&state.outputs)
}

#[test]
fn an_image_whose_state_is_never_final_is_ready_if_it_says_so_itself() {
    let mut image = shown("Accepted", "");
    image["properties"]["status"] = serde_json::json!({"provisioningStatus": {"status": "Succeeded"}, "progressPercentage": 100});
    let mut state = adopted("Accepted");
    assert_eq!(readiness(&state.outputs), Readiness::Moving);
    assert_eq!(refreshed(&mut state, &image), Readiness::Ready);
    // An operation that is known has the last word.
    let client_operation = Operation::of_resource(Change::Put, "/image", "2024-01-01");
    state.private.operation = Some(client_operation);
    assert_eq!(refreshed(&mut state, &image), Readiness::Moving);
}

#[test]
fn an_image_that_was_taken_as_it_is_stays_ready_until_its_state_changes() {
    let mut state = adopted("InProgress");
    accept(&mut state, &api::Image::read(&shown("Accepted", "")));
    assert_eq!(readiness(&state.outputs), Readiness::Ready);
    for (word, expected) in [
        ("Accepted", Readiness::Ready),
        ("InProgress", Readiness::Moving),
        ("Accepted", Readiness::Ready),
        ("Deleting", Readiness::Vanishing),
        ("Failed", Readiness::Failed),
        ("Accepted", Readiness::Moving),
    ] {
        assert_eq!(refreshed(&mut state, &shown(word, "")), expected, "{word}");
    }
}

#[test]
fn a_failure_of_an_image_is_remembered_until_it_was_changed_and_succeeded() {
    let (then, later) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    for word in ["InProgress", "Succeeded", "Failed"] {
        let mut state = adopted("InProgress");
        state.private.failed = Some(Failure::of("DownloadFailed: No disk."));
        assert_eq!(refreshed(&mut state, &shown(word, then)), Readiness::Failed, "{word}");
        assert_eq!(refreshed(&mut state, &shown(word, then)), Readiness::Failed, "{word}");
        assert_eq!(refreshed(&mut state, &shown("Deleting", then)), Readiness::Vanishing);
        // Somebody tries again.
        assert_eq!(refreshed(&mut state, &shown("InProgress", later)), Readiness::Moving);
        assert!(state.private.failed.is_some());
        assert_eq!(refreshed(&mut state, &shown("Succeeded", later)), Readiness::Ready);
        assert_eq!(state.private.failed, None);
    }
}
