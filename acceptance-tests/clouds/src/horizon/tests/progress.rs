//! How imports, publications and lags go.

use super::*;

fn id(created: &Value) -> String {
    text(&created["streamId"])
}

#[test]
fn an_import_goes_on_by_reads_of_the_image_alone() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let created = client.create("image");
    let image = id(&created);
    let at = format!("{IMAGES}/{image}/versions/{}", text(&created["versionId"]));
    for _ in 0..4 {
        assert_eq!(client.get(&at).json()["status"], "PENDING");
        assert_eq!(
            client.get(&format!("{at}/copies")).json()["content"][0]["status"],
            "IMPORT_PENDING"
        );
        assert_eq!(client.get(IMAGES).json()["content"][0]["status"], "PENDING");
        assert_eq!(horizon.image(&image).unwrap()["status"], "PENDING");
    }
    assert_eq!(
        client.polls::<4>(&image),
        ["PENDING", "IN_PROGRESS", "IMPORT_COMPLETE", "IMPORT_COMPLETE"]
    );
    let version = client.get(&at).json();
    assert_eq!(
        (&version["status"], &version["state"]),
        (&json!("IMPORT_COMPLETE"), &json!("UNPUBLISHED"))
    );
    assert_eq!(horizon.poll_gaps(&image).len(), 3);
}

#[test]
fn a_copied_image_is_complete_before_it_is_available() {
    let horizon = Simulation::builder().progress(Progress::Polls(2)).start();
    let client = Client::new(&horizon);
    let target = format!("{IMAGES}?action=copy-existing-image");
    let created = client.post(&target, &gallery("image")).json();
    assert_eq!(
        client.polls::<7>(&id(&created)),
        [
            "PENDING",
            "PENDING",
            "IN_PROGRESS",
            "IN_PROGRESS",
            "IMPORT_COMPLETE",
            "IMPORT_COMPLETE",
            "AVAILABLE",
        ]
    );
    assert_eq!(horizon.image(&id(&created)).unwrap()["multiSession"], true);
}

#[test]
fn a_failure_is_told_by_the_copy_alone() {
    let horizon = Simulation::start();
    horizon.set_lifecycle_for("bad", Lifecycle::failed());
    let client = Client::new(&horizon);
    let created = client.create("bad");
    let at = format!("{IMAGES}/{}/versions/{}", id(&created), text(&created["versionId"]));
    assert_eq!(client.polls::<3>(&id(&created))[2], "FAILED");
    let (image, version) = (client.get(&format!("{IMAGES}/{}", id(&created))), client.get(&at));
    assert!(!image.body.contains("QUOTA") && !version.body.contains("QUOTA"));
    let copy = client.get(&format!("{at}/copies")).json()["content"][0].clone();
    assert_eq!(
        (&copy["status"], &copy["errorCode"]),
        (&json!("IMPORT_FAILED"), &json!("AZURE_QUOTA_EXHAUSTED"))
    );
    assert_eq!(copy["errorDetailsParameters"]["region"], "westus2");
    let single = client.get(&format!("{at}/copies/{}", text(&copy["id"])));
    assert_eq!(single.json(), copy);
    assert_eq!(client.get(&format!("{at}/copies/none")).status, 404);
    let other = client.create("good");
    assert_eq!(client.polls::<3>(&id(&other))[2], "IMPORT_COMPLETE");
}

#[test]
fn any_sequence_of_statuses_can_be_played() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    horizon.set_lifecycle(Some(Lifecycle::new(vec![
        Step::new("QUANTUM_PENDING", "SOON", "IMPORT_RETRY_PENDING").lasts(Progress::Polls(2)),
        Step::new("IN_PROGRESS", "IMPORT_IN_PROGRESS", "X").warning("slow"),
        Step::new("PARTIALLY_AVAILABLE", "AVAILABLE", "AVAILABLE"),
    ])));
    let created = client.create("image");
    assert_eq!(created["streamStatus"], "QUANTUM_PENDING");
    let seen = client.polls::<4>(&id(&created));
    assert_eq!(seen, ["QUANTUM_PENDING", "QUANTUM_PENDING", "IN_PROGRESS", "PARTIALLY_AVAILABLE"]);
    for (life, last) in [
        (Lifecycle::endless(), "IN_PROGRESS"),
        (Lifecycle::disabled(), "DISABLED"),
        (Lifecycle::deleting(), "DELETING"),
        (Lifecycle::partially_available(), "PARTIALLY_AVAILABLE"),
    ] {
        horizon.set_lifecycle(Some(life));
        let created = client.create(&format!("i-{}", last.to_lowercase().replace('_', "-")));
        assert_eq!(client.polls::<9>(&id(&created))[8], last);
    }
    horizon.set_lifecycle(None);
    assert_eq!(client.polls::<3>(&id(&client.create("usual")))[2], "IMPORT_COMPLETE");
}

#[test]
fn time_can_pass_instead_of_polls() {
    let horizon = Simulation::start();
    horizon.set_progress(Progress::Wall(Duration::from_millis(300)));
    let client = Client::new(&horizon);
    let image = id(&client.create("image"));
    assert_eq!(client.polls::<3>(&image), ["PENDING"; 3]);
    std::thread::sleep(Duration::from_millis(350));
    assert_eq!(client.poll(&image), "IN_PROGRESS");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(client.poll(&image), "IMPORT_COMPLETE");
    let other = id(&client.create("other"));
    horizon.finish_all();
    assert_eq!(client.poll(&other), "IMPORT_COMPLETE");
}

#[test]
fn a_new_image_can_be_missing_from_reads_and_lists_at_first() {
    let horizon = Simulation::start();
    horizon.set_read_lag(Progress::Polls(2));
    horizon.set_list_lag(Progress::Polls(1));
    let client = Client::new(&horizon);
    let image = id(&client.create("image"));
    assert_eq!(client.polls::<3>(&image), ["404", "404", "PENDING"]);
    assert_eq!([client.get(IMAGES).status, client.get(IMAGES).status], [404, 200]);
    let again = client.post(IMAGES, &marketplace("image"));
    assert_eq!(again.status, 409, "it exists all the same");
}

#[test]
fn a_publication_ends_available() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let created = client.create("image");
    let image = id(&created);
    let version = text(&created["versionId"]);
    let target = format!("{IMAGES}/{image}/versions/{version}?action=publish");
    let body = json!({"orgId": ORG_ID, "providerLabel": "AZURE"});
    assert_eq!(client.post(&target, &body).status, 412);
    horizon.finish_all();
    assert_eq!(client.post(&target, &json!({"orgId": ORG_ID})).status, 400);
    assert_eq!(client.post(&target.replace("=publish", "=x"), &body).status, 400);
    let accepted = client.post(&target, &body);
    assert_eq!(
        (accepted.status, &accepted.json()["versionStatus"]),
        (201, &json!("PUBLISH_IN_PROGRESS"))
    );
    assert_eq!(client.polls::<2>(&image), ["IN_PROGRESS", "AVAILABLE"]);
    let other = horizon.insert_image("other", &json!({}));
    horizon.publish(&horizon.version_ids(&other)[0]);
    assert_eq!(client.poll(&other), "AVAILABLE");
}
