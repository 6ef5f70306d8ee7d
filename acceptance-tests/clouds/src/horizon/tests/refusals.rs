//! Requests that the definition does not allow.

use super::*;

/// Each case changes one thing in a request that is in order.
fn refused(body: &Value, action: &str, pointer: &str, value: Option<Value>) -> String {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let target = format!("{IMAGES}?action={action}");
    let answer = client.post(&target, &with(body.clone(), pointer, value));
    assert_eq!(answer.status, 400, "{pointer}: {}", answer.body);
    assert_eq!(horizon.images_created(), 0);
    assert!(!code(&answer).is_empty());
    // The request without the change is taken.
    assert_eq!(client.post(&target, body).status, 201);
    detail(&answer)
}

#[test]
fn each_required_field_of_a_creation_is_missed() {
    for name in [
        "assetDetails",
        "gpuType",
        "os",
        "osType",
        "providerInstanceId",
        "providerLabel",
        "sourceStreamType",
        "streamName",
        "versionSource",
        "versionType",
        "orgId",
    ] {
        let said = refused(&marketplace("image"), "import", &format!("/{name}"), None);
        assert!(said.contains(&format!("body.{name} is missing")), "{name}: {said}");
    }
    for name in ["type", "data", "vmInfo"] {
        refused(&marketplace("image"), "import", &format!("/assetDetails/{name}"), None);
    }
    for name in ["username", "password"] {
        refused(&marketplace("image"), "import", &format!("/assetDetails/vmInfo/{name}"), None);
    }
}

#[test]
fn each_required_key_of_the_source_is_missed() {
    let data = |body: &Value, action: &str, names: &[&str]| {
        for name in names {
            let pointer = format!("/assetDetails/data/{name}");
            assert!(refused(body, action, &pointer, None).contains(name));
            assert!(refused(body, action, &pointer, Some(json!(""))).contains(name));
            assert!(refused(body, action, &pointer, Some(json!(7))).contains(name));
        }
    };
    let machine = ["licenseType", "publisher", "offer", "sku", "vmSize"];
    data(&marketplace("m1"), "import", &machine);
    data(&marketplace("m1"), "import", &["vNet", "subNet"]);
    data(&custom_vm("c1"), "import-custom-vm", &machine);
    data(&custom_vm("c1"), "import-custom-vm", &["vmName", "resourceGroupName"]);
    let sig = ["galleryAzureADTenantId", "galleryImageResourceId"];
    data(&gallery("g1"), "copy-existing-image", &sig);
}

#[test]
fn a_value_of_another_type_or_outside_of_the_list_is_refused() {
    let cases = [
        ("/streamName", json!("1image")),
        ("/streamName", json!("image-")),
        ("/streamName", json!("i")),
        ("/streamName", json!("my_image")),
        ("/streamName", json!("my image")),
        ("/streamName", json!("")),
        ("/streamName", json!("image\n")),
        ("/versionSource", json!(0.0)),
        ("/versionSource", json!("")),
        ("/versionSource", json!("zero")),
        ("/versionSource", json!("1.0.0.0")),
        ("/versionType", json!("major")),
        ("/osType", json!("Windows")),
        ("/gpuType", json!("INTEL")),
        ("/providerLabel", json!("AZUREX")),
        ("/sourceStreamType", json!("AZURE_MARKETPLACE")),
        ("/streamDescription", json!(null)),
        ("/streamDescription", json!(1)),
        ("/projectId", json!(null)),
        ("/uemManaged", json!("true")),
        ("/markers", json!("default")),
        ("/markers", json!(["default"])),
        ("/markers", json!([{}])),
        ("/markers", json!([{"name": ""}])),
        ("/markers", json!([{"name": "a", "colour": "red"}])),
        ("/markers", json!([{"name": "a"}, {"name": "a"}])),
        ("/isMultiSession", json!(true)),
        ("/assetDetails/type", json!("AZURE_VM")),
        ("/assetDetails/type", json!("AZURE_IMAGE_IN_SIG")),
        ("/assetDetails/assetType", json!("AZURE_VM_IN_RG")),
        ("/assetDetails/data", json!({})),
        ("/assetDetails/data/version", json!(null)),
        ("/assetDetails/options", json!(null)),
        ("/assetDetails/options", json!({"createPublicIp": "no"})),
        ("/assetDetails/options", json!({"openSSHPort": true})),
        ("/assetDetails/options", json!({"openSshPort": false})),
        ("/assetDetails/vmInfo/password", json!("pass")),
        ("/assetDetails/vmInfo/password", json!(["pass"])),
        ("/assetDetails/vmInfo/password", json!(["p", ""])),
        ("/assetDetails/vmInfo/password", json!([])),
        ("/assetDetails/vmInfo/username", json!("")),
        ("/assetDetails/vmInfo/domain", json!("d")),
        ("/providerInstanceId", json!("")),
    ];
    for (pointer, value) in cases {
        refused(&marketplace("image"), "import", pointer, Some(value));
    }
    let said = refused(&marketplace("image"), "import", "/projectId", Some(json!(null)));
    assert_eq!(said, "body.projectId must not be null");
    let pointer = "/assetDetails/data/multiSession";
    refused(&gallery("image"), "copy-existing-image", pointer, Some(json!("true")));
}

#[test]
fn linux_with_a_public_address_needs_its_port() {
    let linux = with(marketplace("image"), "/osType", Some(json!("LINUX")));
    let both = json!({"createPublicIp": true, "openSSHPort": true});
    let linux = with(linux, "/assetDetails/options", Some(both));
    for port in [None, Some(json!(false))] {
        refused(&linux, "import", "/assetDetails/options/openSSHPort", port);
    }
}

#[test]
fn action_source_and_provider_have_to_fit() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let status = |action: &str, body: &Value| {
        let answer = client.post(&format!("{IMAGES}?action={action}"), body);
        (answer.status, code(&answer))
    };
    let bad = (400, "BAD_REQUEST".to_owned());
    assert_eq!(status("import", &gallery("image")), bad);
    assert_eq!(status("import", &custom_vm("image")), bad);
    assert_eq!(status("copy-existing-image", &marketplace("image")), bad);
    assert_eq!(status("import-custom-vm", &marketplace("image")), bad);
    assert_eq!(status("clone", &marketplace("image")), bad);
    let uploaded = with(marketplace("image"), "/sourceStreamType", Some(json!("UPLOADED")));
    assert_eq!(status("import", &uploaded), (405, "UNSUPPORTED_OPERATION".to_owned()));
    let vsphere = with(marketplace("image"), "/providerLabel", Some(json!("VSPHERE")));
    let illegal = (400, "ILLEGAL_SOURCE_TYPE_FOR_GIVEN_PROVIDER".to_owned());
    assert_eq!(status("import", &vsphere), illegal);
    assert_eq!(horizon.images_created(), 0);
    assert_eq!(client.post(IMAGES, &marketplace("image")).status, 201, "import is the default");
    assert_eq!(
        client.post(&format!("{IMAGES}?action=copy-existing-image"), &gallery("g1")).status,
        201
    );
    assert_eq!(
        client.post(&format!("{IMAGES}?action=import-custom-vm"), &custom_vm("c1")).status,
        201
    );
}

#[test]
fn only_json_without_repeated_keys_is_read() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let authorization = ("Authorization", client.authorization.as_str());
    let good = marketplace("image").to_string();
    let twice = good.replacen("\"sku\":", "\"sku\":\"a\",\"sku\":", 1);
    let send = |headers: &[(&str, &str)], body: &str| {
        send(&horizon.url(), "POST", IMAGES, headers, body).unwrap().status
    };
    assert_eq!(send(&[authorization, FORM], &good), 415);
    assert_eq!(send(&[authorization], &good), 415);
    for body in ["", "{", "[]", "null", &good[1..], &twice] {
        assert_eq!(send(&[authorization, JSON], body), 400, "{body}");
    }
    let kind = ("Content-Type", "application/json; charset=utf-8");
    assert_eq!(send(&[authorization, kind], &good), 201);
}

#[test]
fn unknown_paths_methods_and_parameters_are_refused() {
    let horizon = Simulation::start();
    let client = Client::new(&horizon);
    let id = horizon.insert_image("image", &json!({}));
    let version = horizon.version_ids(&id).remove(0);
    let call = |method: &str, target: &str| client.call(method, target, None).status;
    let image = format!("{IMAGES}/{id}");
    let at = format!("{image}/versions/{version}");
    for path in
        ["/", "/images", "/imagemgmt/v2/images", &format!("{IMAGES}/"), &format!("{at}/reset")]
    {
        assert_eq!(call("GET", path), 404, "{path}");
    }
    for (method, path) in [
        ("DELETE", image.as_str()),
        ("PATCH", &image),
        ("PUT", &image),
        ("DELETE", IMAGES),
        ("PUT", &at),
        ("GET", &format!("{at}/reset-vm-password")),
        ("POST", "/ims-catalog/v1/images"),
        ("DELETE", &format!("{at}/copies")),
    ] {
        let answer = client.call(method, path, None);
        assert_eq!(
            (answer.status, code(&answer)),
            (405, "UNSUPPORTED_METHOD".to_owned()),
            "{method} {path}"
        );
    }
    for target in [
        format!("{IMAGES}?orgId={ORG_ID}"),
        format!("{IMAGES}?org_id="),
        format!("{IMAGES}?page=0&page=1"),
        format!("{IMAGES}?page=-1"),
        format!("{IMAGES}?size=0"),
        format!("{IMAGES}?size=ten"),
        format!("{image}?page=0"),
        format!("{at}?force=true"),
        format!("{image}/versions?os=x"),
    ] {
        assert_eq!(call("GET", &target), 400, "{target}");
    }
    assert_eq!(call("DELETE", &format!("{at}?force=yes")), 400);
    assert_eq!(client.call("GET", IMAGES, Some(&json!({}))).status, 400, "a body on a GET");
    assert_eq!(client.call("DELETE", &at, Some(&json!({}))).status, 400, "a body on a DELETE");
    let org = format!("{IMAGES}?org_id={ORG_ID}");
    assert_eq!(client.post(&org, &marketplace("other")).status, 400, "org_id on a POST");
    assert_eq!(horizon.image_count(), 1);
    assert_eq!(call("GET", &format!("{image}?org_id={ORG_ID}")), 200);
}

#[test]
fn a_creation_without_the_organization_is_taken_where_that_is_optional() {
    let horizon = Simulation::builder().org_id_optional().provider_instance("p").start();
    let client = Client::new(&horizon);
    let body = with(marketplace("image"), "/orgId", None);
    let unknown = client.post(IMAGES, &body);
    assert_eq!(
        (unknown.status, code(&unknown)),
        (400, "PROVIDER_INSTANCE_FETCH_FAILED".to_owned())
    );
    let taken = client.post(IMAGES, &with(body, "/providerInstanceId", Some(json!("p"))));
    assert_eq!((taken.status, &taken.json()["orgId"]), (201, &json!(ORG_ID)));
}
