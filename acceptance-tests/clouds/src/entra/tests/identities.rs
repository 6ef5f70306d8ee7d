//! Managed identities.

use super::*;

#[test]
fn managed_identities_want_their_header_version_and_resource() {
    let entra = Simulation::start();
    let resource = "resource=https%3A%2F%2Fbatch.core.windows.net%2F";
    let imds = |version: &str, headers: &[(&str, &str)]| {
        let target = format!("/metadata/identity/oauth2/token?api-version={version}&{resource}");
        send(&entra.url(), "GET", &target, headers, "").unwrap()
    };
    let metadata = [("Metadata", "true")];
    let good = imds("2018-02-01", &metadata);
    assert_eq!(good.status, 200, "{}", good.body);
    assert!(good.json()["expires_in"].is_string());
    let token = good.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(
        entra.tokens().check(&token, &["https://batch.core.windows.net/".to_owned()]),
        Ok(())
    );
    assert_eq!(imds("2018-02-01", &[]).status, 400);
    assert_eq!(imds("2017-01-01", &metadata).status, 400);

    let header = entra.identity_header();
    let target = format!("/msi/token?api-version=2019-08-01&{resource}");
    let secret = [("X-IDENTITY-HEADER", header.as_str())];
    let good = send(&entra.url(), "GET", &target, &secret, "").unwrap();
    assert!(good.json()["expires_on"].is_string());
    assert_eq!(send(&entra.url(), "GET", &target, &[], "").unwrap().status, 401);
}

#[test]
fn managed_identities_are_known_by_each_of_their_ids_and_by_no_other() {
    let entra = Simulation::start();
    let header = entra.identity_header();
    let ask = |path: &str, version: &str, header: (&str, &str), more: &str| {
        let resource = "resource=https%3A%2F%2Fmanagement.azure.com%2F";
        let target = format!("{path}?api-version={version}&{resource}{more}");
        send(&entra.url(), "GET", &target, &[header], "").unwrap()
    };
    let imds = |more: &str| {
        ask("/metadata/identity/oauth2/token", "2018-02-01", ("Metadata", "true"), more)
    };
    let app_service =
        |more: &str| ask("/msi/token", "2019-08-01", ("X-IDENTITY-HEADER", &header), more);
    let resource_id = MANAGED_RESOURCE_ID.to_lowercase().replace('/', "%2F");
    for name in ["client_id", "object_id", "mi_res_id", "msi_res_id", "principal_id"] {
        let good = match name {
            "client_id" => MANAGED_CLIENT_ID,
            "object_id" | "principal_id" => MANAGED_OBJECT_ID,
            _ => &resource_id,
        };
        if name != "principal_id" {
            assert_eq!(imds(&format!("&{name}={good}")).status, 200, "{name}");
            let refused = imds(&format!("&{name}={CLIENT_ID}"));
            assert_eq!(
                (refused.status, refused.json()["error"].as_str()),
                (400, Some("invalid_request"))
            );
            assert_eq!(refused.json()["error_description"], "Identity not found");
        }
        if name != "msi_res_id" {
            assert_eq!(app_service(&format!("&{name}={good}")).status, 200, "{name}");
            let refused = app_service(&format!("&{name}={CLIENT_ID}"));
            assert_eq!((refused.status, &refused.json()["statusCode"]), (400, &400.into()));
        }
    }
    let two = format!("&client_id={MANAGED_CLIENT_ID}&object_id={MANAGED_OBJECT_ID}");
    assert_eq!((imds(&two).status, app_service(&two).status), (400, 400));
    let token = imds("").json()["access_token"].as_str().unwrap().to_owned();
    let holder = entra.tokens().holder(&token).unwrap();
    assert_eq!((holder.tenant.as_str(), holder.client.as_str()), (TENANT_ID, MANAGED_CLIENT_ID));
}
