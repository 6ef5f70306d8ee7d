//! Deletions of versions.

use super::*;

fn delete(client: &Client<'_>, image: &str, version: &str, query: &str) -> Answer {
    client.call("DELETE", &format!("{IMAGES}/{image}/versions/{version}{query}"), None)
}

#[test]
fn the_last_version_takes_the_image_with_it() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let image = horizon.insert_image("image", &json!({}));
    let first = horizon.version_ids(&image).remove(0);
    let second = horizon.add_version(&image);
    let accepted = delete(&client, &image, &first, &format!("?org_id={ORG_ID}&force=false"));
    assert_eq!((accepted.status, accepted.body.as_str()), (202, ""));
    assert_eq!(client.polls::<2>(&image), ["IMPORT_COMPLETE"; 2], "another version is left");
    assert_eq!(horizon.version_ids(&image).join(","), second);
    assert_eq!(client.get(&format!("{IMAGES}/{image}/versions/{first}")).status, 404);
    assert_eq!(horizon.marker_names(&second).len(), 0, "its markers went with it");
    horizon.set_delete_status(204);
    assert_eq!(delete(&client, &image, &second, "").status, 204);
    let again = delete(&client, &image, &second, "");
    assert_eq!((again.status, code(&again)), (422, "INVALID_RESOURCE_STATE".to_owned()));
    assert_eq!(client.polls::<2>(&image), ["404"; 2]);
    assert_eq!(delete(&client, &image, &second, "").status, 404);
    assert_eq!(horizon.image_count(), 0);
}

#[test]
fn a_version_is_not_deleted_while_it_is_imported() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let created = client.create("image");
    let (image, version) = (text(&created["streamId"]), text(&created["versionId"]));
    let statuses: Vec<u16> =
        (0..3).map(|_| delete(&client, &image, &version, "?force=true").status).collect();
    assert_eq!(statuses, [422, 422, 202], "PENDING, IN_PROGRESS, then it is complete");
    assert_eq!(client.polls::<2>(&image), ["DELETING", "404"]);
    horizon.set_quirk(Quirk::ForceEndsImport, true);
    let created = client.create("image");
    let (image, version) = (text(&created["streamId"]), text(&created["versionId"]));
    assert_eq!(delete(&client, &image, &version, "").status, 422);
    assert_eq!(delete(&client, &image, &version, "?force=true").status, 202);
}

#[test]
fn a_version_in_use_needs_force() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let image = horizon.insert_image("image", &json!({}));
    let version = horizon.version_ids(&image).remove(0);
    horizon.set_version_in_use(&version, true);
    let refused = delete(&client, &image, &version, "");
    assert_eq!((refused.status, code(&refused)), (409, "VERSION_IN_USE".to_owned()));
    assert_eq!(client.poll(&image), "IMPORT_COMPLETE");
    assert_eq!(delete(&client, &image, &version, "?force=true").status, 202);
    assert_eq!(client.polls::<2>(&image), ["DELETING", "404"]);
}

#[test]
fn a_deletion_can_take_long_fail_and_be_seen_in_lists() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    horizon.set_deletion(Lifecycle::deletion().each_lasts(Progress::Polls(3)));
    let image = horizon.insert_image("image", &json!({}));
    horizon.begin_deletion(&horizon.version_ids(&image)[0]);
    let listed = client.get(IMAGES);
    assert_eq!(listed.json()["content"][0]["status"], "DELETING");
    assert_eq!(client.polls::<3>(&image), ["DELETING", "DELETING", "404"]);
    horizon.set_deletion(Lifecycle::failed_deletion("AIMS_DELETE_ASSET_FAILED", "locked"));
    let image = horizon.insert_image("image", &json!({}));
    let version = horizon.version_ids(&image).remove(0);
    assert_eq!(delete(&client, &image, &version, "").status, 202);
    assert_eq!(client.polls::<3>(&image), ["DELETING", "FAILED", "FAILED"]);
    let copies = client.get(&format!("{IMAGES}/{image}/versions/{version}/copies"));
    assert_eq!(copies.json()["content"][0]["errorCode"], "AIMS_DELETE_ASSET_FAILED");
    horizon.set_deletion(Lifecycle::deletion().each_lasts(Progress::Endless));
    assert_eq!(delete(&client, &image, &version, "").status, 202);
    assert_eq!(client.polls::<9>(&image)[8], "DELETING");
}
