//! What the service refuses.

use super::*;

#[test]
fn requests_need_a_token_for_resource_manager() {
    let arm = Simulation::builder().start();
    let tokens = arm.state.tokens.clone();
    let with = |token: &str| {
        let authorization = format!("Bearer {token}");
        let headers = [("Authorization", authorization.as_str())];
        code(&send(&arm.url(), "GET", &image_at("a"), &headers, "").unwrap())
    };
    let wrong = tokens.issue("https://batch.core.windows.net/", Duration::from_secs(60));
    assert_eq!(with(&wrong), (401, "InvalidAuthenticationTokenAudience".to_owned()));
    let old = tokens.issue(AUDIENCES[0], Duration::ZERO);
    assert_eq!(with(&old), (401, "ExpiredAuthenticationToken".to_owned()));
    let good = tokens.issue(AUDIENCES[2], Duration::from_secs(60));
    assert_eq!(with(&good), (404, "ResourceNotFound".to_owned()));
    tokens.revoke_all();
    assert_eq!(with(&good), (401, "InvalidAuthenticationToken".to_owned()));
    let none = send(&arm.url(), "GET", &image_at("a"), &[], "").unwrap();
    assert_eq!(code(&none), (401, "AuthenticationFailed".to_owned()));
    assert!(none.header("www-authenticate").unwrap().starts_with("Bearer "));
}

#[test]
fn the_api_version_is_there_once_and_known() {
    let arm = Simulation::builder().start();
    let read = |query: &str| code(&get(&arm, &format!("{GROUP}/a{query}"))).1;
    assert_eq!(read(""), "MissingApiVersionParameter");
    assert_eq!(
        read("?api-version=2024-01-01&api-version=2024-01-01"),
        "InvalidApiVersionParameter"
    );
    assert_eq!(read("?api-version=latest"), "InvalidApiVersionParameter");
    assert_eq!(read("?api-version=2024-04-01"), "NoRegisteredProviderFound");
    assert_eq!(read("?api-version=2024-01-01&$expand=x"), "InvalidQueryParameter");
    assert_eq!(read("?api-version=2024-05-01-preview"), "ResourceNotFound");
}

#[test]
fn what_is_missing_is_named() {
    let arm = Simulation::builder().start();
    let read = |target: String| code(&get(&arm, &target));
    assert_eq!(read(image_at("a")), (404, "ResourceNotFound".to_owned()));
    let group = image_at("a").replace("images-rg", "nowhere");
    assert_eq!(read(group), (404, "ResourceGroupNotFound".to_owned()));
    let subscription = image_at("a").replace("7e57", "ffff");
    assert_eq!(read(subscription), (404, "SubscriptionNotFound".to_owned()));
    arm.insert_image(RESOURCE_GROUP, "a", &json!({}));
    assert_eq!(read(image_at("a")).0, 200);
    arm.remove_resource_group("images-rg");
    assert_eq!(read(image_at("a")).1, "ResourceGroupNotFound");
    let patch = call(&arm, "PATCH", &image_at("a"), &json!({"tags": {}})).unwrap();
    assert_eq!(patch.status, 404);
    assert_eq!(call(&arm, "POST", &image_at("a"), &json!({})).unwrap().status, 404);
}

#[test]
fn bodies_and_names_are_checked() {
    let arm = Simulation::builder().start();
    let mut body = wanted();
    body["properties"]["provisioningState"] = json!("Succeeded");
    body["properties"]["osType"] = json!("linux");
    let refused = call(&arm, "PUT", &image_at("a"), &body).unwrap();
    assert_eq!(code(&refused), (400, "InvalidRequestContent".to_owned()));
    assert!(refused.body.contains("provisioningState: read-only"), "{}", refused.body);
    assert_eq!(refused.json()["error"]["details"].as_array().unwrap().len(), 2);
    assert_eq!(code(&put(&arm, "my-Windows-11")).1, "ReservedResourceName");
    assert_eq!(code(&put(&arm, "a%20b")).1, "InvalidResourceName");
    assert_eq!(put(&arm, &"a".repeat(80)).status, 201);
    assert_eq!(put(&arm, &"a".repeat(81)).status, 400);
    let long = format!("{GROUP}/{}?api-version={PREVIEW_API_VERSION}", "b".repeat(65));
    assert_eq!(code(&call(&arm, "PUT", &long, &wanted()).unwrap()).1, "InvalidResourceName");
    let patch = call(&arm, "PATCH", &image_at("a"), &json!({"tags": {}, "properties": {}}));
    assert_eq!(code(&patch.unwrap()).1, "InvalidRequestContent");
}

#[test]
fn an_image_made_from_a_machine_needs_the_preview() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    let mut body = wanted();
    body["properties"].as_object_mut().unwrap().remove("imagePath");
    body["properties"]["sourceVirtualMachineId"] = json!(format!(
        "/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/g/providers/Microsoft.HybridCompute/machines/vm/providers/Microsoft.AzureStackHCI/virtualMachineInstances/default"
    ));
    assert_eq!(call(&arm, "PUT", &image_at("a"), &body).unwrap().status, 400);
    let preview = format!("{GROUP}/a?api-version={PREVIEW_API_VERSION}");
    assert_eq!(call(&arm, "PUT", &preview, &body).unwrap().status, 201);
    assert!(get(&arm, &preview).body.contains("sourceVirtualMachineId"));
    assert!(!get(&arm, &image_at("a")).body.contains("sourceVirtualMachineId"));
}

#[test]
fn an_image_keeps_what_only_its_creation_sets() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    assert_eq!(put(&arm, "a").status, 201);
    let mut body = wanted();
    body["properties"]["osType"] = json!("Windows");
    let refused = call(&arm, "PUT", &image_at("a"), &body).unwrap();
    assert_eq!(code(&refused), (409, "PropertyChangeNotAllowed".to_owned()));
    arm.set_create_style(Lro::none());
    assert_eq!(put(&arm, "a").status, 200);
    assert_eq!(code(&put(&arm, "a")), (409, "AnotherOperationInProgress".to_owned()));
    let delete = call(&arm, "DELETE", &image_at("a"), &Value::Null).unwrap();
    assert_eq!(code(&delete), (409, "AnotherOperationInProgress".to_owned()));
}

#[test]
fn a_version_or_type_that_nobody_serves_is_refused_with_those_that_are() {
    let arm = Simulation::builder().start();
    let image = format!("{GROUP}/a?api-version=2025-10-01");
    let hosts = GROUP.replace("galleryImages", "virtualHardDisks/a");
    let subscription =
        format!("/subscriptions/{SUBSCRIPTION_ID}/providers/Microsoft.AzureStackHCI");
    for (target, kind) in [
        (image.as_str(), "galleryImages"),
        (&format!("{GROUP}?api-version=2025-10-01"), "galleryImages"),
        (&format!("{hosts}{V}"), "virtualHardDisks"),
        (&format!("{subscription}/virtualHardDisks{V}"), "virtualHardDisks"),
    ] {
        let refused = get(&arm, target);
        assert_eq!(code(&refused), (400, "NoRegisteredProviderFound".to_owned()), "{target}");
        assert!(refused.body.contains(&format!("for type '{kind}'")), "{}", refused.body);
        assert!(refused.body.contains("'2023-07-01-preview, 2023-09-01-preview, 2024-01-01, "));
    }
    let refused = call(&arm, "PUT", &image, &wanted()).unwrap();
    assert!(refused.body.contains("for location 'westus2' and API version '2025-10-01'"));
    for version in ["2023-09-01-preview", "2025-09-01-preview", "2026-04-01-preview"] {
        let target = format!("{GROUP}/a?api-version={version}");
        assert_eq!(code(&get(&arm, &target)).1, "ResourceNotFound", "{version}");
    }
}

#[test]
fn a_name_stays_in_the_location_of_its_creation() {
    let arm = Simulation::builder().create_style(Lro::synchronous()).start();
    assert_eq!(put(&arm, "a").status, 201);
    let mut body = wanted();
    body["location"] = json!("West US 2");
    assert_eq!(call(&arm, "PUT", &image_at("a"), &body).unwrap().status, 200);
    body["location"] = json!("East US");
    let refused = call(&arm, "PUT", &image_at("a"), &body).unwrap();
    assert_eq!(code(&refused), (409, "InvalidResourceLocation".to_owned()));
    assert!(refused.body.contains("already exists in location 'westus2'"), "{}", refused.body);
}
