//! Changes of versions, markers and passwords.

use super::*;

/// An image with two versions: the marker `default` is on the first one.
fn two_versions(horizon: &Simulation) -> (String, String, String) {
    let image = horizon.insert_image("image", &json!({}));
    let second = horizon.add_version(&image);
    let first = horizon.version_ids(&image).remove(0);
    (image, first, second)
}

#[test]
fn a_patch_is_shown_after_the_lag() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let (image, first, _) = two_versions(&horizon);
    horizon.set_update_lag(Progress::Polls(2));
    let target = format!("{IMAGES}/{image}/versions/{first}");
    let body = json!({"description": "new", "markers": [{"name": "beta"}]});
    let accepted = client.call("PATCH", &format!("{target}?org_id={ORG_ID}"), Some(&body));
    assert_eq!(
        (accepted.status, &accepted.json()["description"]),
        (202, &json!("Made by somebody else"))
    );
    let seen: Vec<Value> =
        (0..3).map(|_| client.get(&target).json()["description"].clone()).collect();
    assert_eq!(seen, ["Made by somebody else", "Made by somebody else", "new"]);
    assert_eq!(horizon.marker_names(&first), ["beta", "default"], "markers are added");
    horizon.set_patch_replaces_markers(true);
    horizon.set_update_lag(Progress::NONE);
    let body = json!({"markers": [{"name": "beta"}]});
    client.call("PATCH", &target, Some(&body));
    client.get(&target);
    assert_eq!(horizon.marker_names(&first), ["beta"]);
    horizon.set_quirk(Quirk::PatchShowsNew, true);
    let body = json!({"description": "newer", "horizonAgentMetaData": {"features": ["Core"]}});
    let accepted = client.call("PATCH", &target, Some(&body)).json();
    assert_eq!(accepted["description"], "newer");
}

#[test]
fn a_patch_that_names_the_marker_of_another_version_moves_it() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let (image, first, second) = two_versions(&horizon);
    let target = format!("{IMAGES}/{image}/versions/{second}");
    client.call("PATCH", &target, Some(&json!({"markers": [{"name": "default"}]})));
    let moving = client.get(&format!("{IMAGES}/{image}")).json()["markers"][0].clone();
    assert_eq!((&moving["versionId"], &moving["nextVersionId"]), (&json!(first), &json!(second)));
    assert_eq!(moving["status"], "IN_PROGRESS");
    let moved = client.get(&format!("{IMAGES}/{image}")).json()["markers"][0].clone();
    assert_eq!((&moved["versionId"], &moved["id"]), (&json!(second), &moving["id"]));
    assert_eq!((horizon.marker_names(&first).len(), horizon.marker_names(&second).len()), (0, 1));
}

#[test]
fn a_patch_that_is_not_in_order_is_refused() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let (image, first, second) = two_versions(&horizon);
    let patch = |version: &str, body: Value| {
        client.call("PATCH", &format!("{IMAGES}/{image}/versions/{version}"), Some(&body)).status
    };
    for body in [
        json!({}),
        json!({"description": null}),
        json!({"orgId": ORG_ID}),
        json!({"name": "2.0.0"}),
        json!({"markers": [{"name": "a", "versionId": second}]}),
        json!({"markers": [{"name": "a", "imageId": "x"}]}),
        json!({"markers": [{"name": "a", "status": "DONE"}]}),
        json!({"markers": [{"name": "a"}, {"name": "a"}]}),
    ] {
        assert_eq!(patch(&first, body.clone()), 400, "{body}");
    }
    assert_eq!(patch("none", json!({"description": "x"})), 404);
    let full = json!({"markers": [{"name": "a", "versionId": first, "imageId": image}]});
    assert_eq!(patch(&first, full), 202);
    assert_eq!(patch(&first, json!({"markers": []})), 202);
}

#[test]
fn a_marker_is_deleted_unless_it_is_in_use_or_moving() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let (image, first, second) = two_versions(&horizon);
    let markers = || client.get(&format!("{IMAGES}/{image}")).json()["markers"].clone();
    let target = format!("{IMAGES}/{image}/markers/{}", text(&markers()[0]["id"]));
    horizon.set_marker_in_use(&image, "default", true);
    let refused = client.call("DELETE", &target, None);
    assert_eq!((refused.status, code(&refused)), (409, "MARKER_IN_USE".to_owned()));
    horizon.set_marker_in_use(&image, "default", false);
    horizon.set_update_lag(Progress::Endless);
    let to = format!("{IMAGES}/{image}/versions/{second}");
    client.call("PATCH", &to, Some(&json!({"markers": [{"name": "default"}]})));
    assert_eq!(client.call("DELETE", &target, None).status, 412);
    horizon.put_marker(&first, "default");
    let done = client.call("DELETE", &target, None);
    assert_eq!((done.status, done.body.as_str()), (204, ""));
    assert_eq!(client.call("DELETE", &target, None).status, 404);
    assert_eq!(markers(), json!([]));
}

#[test]
fn a_password_is_reset_while_the_image_has_its_machine() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let (image, first, _) = two_versions(&horizon);
    let target = format!("{IMAGES}/{image}/versions/{first}/reset-vm-password");
    let body = json!({"orgId": ORG_ID, "vmInfo": {"username": "u", "password": ["n", "e"]}});
    for (pointer, value) in [
        ("/orgId", None),
        ("/vmInfo", None),
        ("/vmInfo/username", None),
        ("/vmInfo/password", Some(json!("ne"))),
        ("/password", Some(json!(["n"]))),
    ] {
        assert_eq!(
            client.post(&target, &with(body.clone(), pointer, value)).status,
            400,
            "{pointer}"
        );
    }
    assert_eq!(horizon.password_resets(&first), 0);
    let done = client.post(&target, &body);
    assert_eq!((done.status, done.body.as_str(), horizon.password_resets(&first)), (202, "", 1));
    horizon.publish(&first);
    let refused = client.post(&target, &body);
    assert_eq!((refused.status, code(&refused)), (400, "INVALID_RESOURCE_STATE".to_owned()));
    horizon.set_reset_refusal(409);
    assert_eq!(client.post(&target, &body).status, 409);
    assert_eq!(client.post(&target.replace(&first, "none"), &body).status, 404);
    assert_eq!(horizon.password_resets(&first), 1);
}

#[test]
fn somebody_else_can_change_everything_that_is_shown() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let (image, first, second) = two_versions(&horizon);
    horizon.set_version_description(&first, "edited");
    horizon.put_marker(&second, "default");
    horizon.put_marker(&second, "extra");
    horizon.set_marker_status(&image, "extra", "MOVED");
    horizon.change_image(&image, &json!({"description": null, "os": "Other", "createdAt": timestamp(SystemTime::UNIX_EPOCH)}));
    horizon.change_version(&first, &json!({"status": "SHRINK_IN_PROGRESS"}));
    horizon.change_copies(&first, &json!({"errorCode": "X"}));
    let at = format!("{IMAGES}/{image}/versions/{first}");
    let version = client.get(&at).json();
    assert_eq!(
        (&version["description"], &version["status"]),
        (&json!("edited"), &json!("SHRINK_IN_PROGRESS"))
    );
    assert_eq!(version["markers"], json!([]));
    let shown = client.get(&format!("{IMAGES}/{image}")).json();
    assert_eq!((&shown["os"], shown.get("description")), (&json!("Other"), None));
    assert_eq!(shown["createdAt"], "1970-01-01T00:00:00.000+00:00");
    assert_eq!(shown["markers"][1]["status"], "MOVED");
    assert_eq!(client.get(&format!("{at}/copies")).json()["content"][0]["errorCode"], "X");
    horizon.remove_marker(&image, "extra");
    assert_eq!(horizon.marker_names(&second), ["default"]);
    horizon.remove_version(&first);
    assert_eq!(client.get(&at).status, 404);
    assert_eq!(client.poll(&image), "IMPORT_COMPLETE");
    horizon.set_status(&second, Step::new("FAILED", "FAILED", "PUBLISH_FAILED"));
    assert_eq!(client.poll(&image), "FAILED");
    assert!(horizon.remove_image(&image));
    assert_eq!(client.poll(&image), "404");
}
