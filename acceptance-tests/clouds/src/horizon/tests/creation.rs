//! Creations and their answers.

use super::*;

#[test]
fn a_creation_answers_with_its_own_names_and_a_read_with_others() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let created = client.create("image");
    assert_eq!(created["streamName"], "image");
    assert_eq!(
        (&created["streamStatus"], &created["versionStatus"]),
        (&json!("PENDING"), &json!("PENDING"))
    );
    assert_eq!(created["assetStatus"], "IMPORT_PENDING");
    assert_eq!(created["versionName"], "1.0.0");
    assert_eq!(created["markers"][0]["name"], "default");
    assert_eq!(created["assetDetails"]["data"]["vNet"], "/subscriptions/S/n");
    assert!(created["id"].is_null() && created["status"].is_null());
    let id = text(&created["streamId"]);
    let read = client.get(&format!("{IMAGES}/{id}?org_id={ORG_ID}")).json();
    assert_eq!(
        (&read["id"], &read["name"], &read["status"]),
        (&json!(id), &json!("image"), &json!("PENDING"))
    );
    assert_eq!(read["versionCount"], 1);
    let version = text(&created["versionId"]);
    let version = client.get(&format!("{IMAGES}/{id}/versions/{version}")).json();
    assert_eq!(version["description"], "first");
    assert_eq!(version["state"], "NOT_READY");
    assert_eq!(version["markers"][0]["versionId"], created["versionId"]);
    assert_eq!(horizon.images_created_named("image"), 1);
}

#[test]
fn nothing_that_is_answered_has_the_password_in_it() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let created = client.create("image");
    let at =
        format!("{IMAGES}/{}/versions/{}", text(&created["streamId"]), text(&created["versionId"]));
    let all = [
        created.to_string(),
        client.get(IMAGES).body,
        client.get(&at).body,
        client.get(&format!("{at}/copies")).body,
    ];
    for answer in all {
        assert!(!answer.contains("password") && !answer.contains("admin1"), "{answer}");
    }
    assert!(horizon.whole_journal().contains(r#""password":["p","ä","\"","s"]"#));
    assert!(horizon.whole_journal().contains(API_TOKEN));
}

#[test]
fn a_name_that_exists_is_refused_unless_a_test_allows_it() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let first = client.create("image");
    let second = client.post(IMAGES, &marketplace("image"));
    assert_eq!((second.status, code(&second)), (409, "IMAGE_ALREADY_EXISTS".to_owned()));
    assert_eq!(horizon.images_created(), 1);
    horizon.set_quirk(Quirk::DuplicateNames, true);
    let third = client.create("image");
    assert_ne!(first["streamId"], third["streamId"]);
    assert_eq!(horizon.image_ids("image").len(), 2);
}

#[test]
fn the_first_version_is_counted_from_its_source() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    for (index, (source, kind, name)) in [
        ("0.0", "MAJOR", "1.0.0"),
        ("0", "MAJOR", "1.0.0"),
        ("1.2.3", "MAJOR", "2.0.0"),
        ("1.2.3", "MINOR", "1.3.0"),
        ("1.2.3", "PATCH", "1.2.4"),
    ]
    .into_iter()
    .enumerate()
    {
        let body = with(marketplace(&format!("i{index}")), "/versionSource", Some(json!(source)));
        let answer = client.post(IMAGES, &with(body, "/versionType", Some(json!(kind)))).json();
        assert_eq!(
            (&answer["versionName"], &answer["versionSource"]),
            (&json!(name), &json!(source))
        );
    }
}

#[test]
fn an_added_version_follows_the_rules_of_its_operation() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let id = horizon.insert_image("image", &json!({}));
    let target = format!("{IMAGES}/{id}/versions");
    let mut body = custom_vm("x");
    let fields = body.as_object_mut().unwrap();
    for name in ["streamName", "versionSource", "versionDescription", "sourceStreamType"] {
        fields.remove(name);
    }
    body["description"] = json!("second");
    body["sourceType"] = json!("AZURE_CUSTOM_VM");
    let refused = |pointer: &str, value: Value| {
        client.post(&target, &with(body.clone(), pointer, Some(value))).status
    };
    assert_eq!(refused("/sourceType", json!("AZURE_MARKET_PLACE")), 405);
    assert_eq!(refused("/osType", json!("LINUX")), 400);
    assert_eq!(refused("/versionType", json!("MINOR")), 400);
    assert_eq!(refused("/versionType", json!("PATCH")), 400);
    assert_eq!(refused("/streamName", json!("x")), 400);
    assert_eq!(client.post(&format!("{IMAGES}/none/versions"), &body).status, 404);
    let added = client.post(&target, &body);
    assert_eq!((added.status, &added.json()["versionName"]), (201, &json!("2.0.0")));
    assert_eq!(horizon.version_ids(&id).len(), 2);
    let versions = client.get(&target).json();
    assert_eq!(versions["content"][1]["status"], "PENDING");
    assert_eq!(versions["content"][1]["markers"][0]["name"], "default", "it moved");
}
