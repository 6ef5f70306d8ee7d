//! Tenants, authorities and scopes.

use super::*;

#[test]
fn scopes_about_the_user_and_a_second_slash_change_nothing() {
    let entra = Simulation::start();
    let good = form(&format!("client_secret={CLIENT_SECRET}"));
    for (scope, audience) in [
        (format!("openid+offline_access+profile+{SCOPE}"), "https://management.azure.com"),
        (format!("{SCOPE}%20offline_access"), "https://management.azure.com"),
        (SCOPE.replace(".default", "%2F.default"), "https://management.azure.com/"),
    ] {
        let answer = token(&entra, &good.replace(SCOPE, &scope));
        assert_eq!(answer.status, 200, "{scope}: {}", answer.body);
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(entra.tokens().audience(&token), Ok(audience.to_owned()), "{scope}");
    }
    let batch = "https%3A%2F%2Fbatch.core.windows.net%2F";
    for (scope, number) in [
        (format!("{SCOPE}+{batch}%2F.default"), 28000),
        ("openid+profile".to_owned(), 1_002_012),
        (format!("{batch}.default"), 500_011),
        (format!("{batch}%2F%2F.default"), 500_011),
    ] {
        let answer = token(&entra, &good.replace(SCOPE, &scope));
        assert_eq!(answer.json()["error_codes"][0], number, "{scope}");
    }
}

#[test]
fn a_token_knows_its_tenant_and_its_application() {
    let other = "7e570000-0000-4000-8000-0000000000ee";
    let entra = Simulation::builder().tenant(other).tenant("made-up.example").start();
    let holder = |tenant: &str| {
        let text = form(&format!("client_secret={CLIENT_SECRET}"));
        let path = format!("/{tenant}/oauth2/v2.0/token");
        let answer = send(&entra.url(), "POST", &path, &[FORM], &text).unwrap();
        entra.tokens().holder(answer.json()["access_token"].as_str().unwrap()).unwrap()
    };
    let of = |tenant: &str| Holder { tenant: tenant.to_owned(), client: CLIENT_ID.to_owned() };
    assert_eq!(holder(TENANT_ID), of(TENANT_ID));
    assert_eq!(holder(other), of(other));
    assert_eq!(holder("Made-Up.example"), of(TENANT_ID));
}

#[test]
fn a_tenant_says_where_its_endpoints_are() {
    let entra = Simulation::start();
    let ask = |tenant: &str| {
        let target = format!("/{tenant}/v2.0/.well-known/openid-configuration");
        send(&entra.url(), "GET", &target, &[], "").unwrap()
    };
    let found = ask(TENANT_ID).json();
    let here = format!("{}/{TENANT_ID}", entra.url());
    assert_eq!(found["token_endpoint"], format!("{here}/oauth2/v2.0/token"));
    assert_eq!(found["issuer"], format!("{here}/v2.0"));
    let any = ask("common").json();
    assert_eq!(any["issuer"], format!("{}/{{tenantid}}/v2.0", entra.url()));
    let unknown = ask("7e570000-0000-4000-8000-00000000dead");
    assert_eq!((unknown.status, &unknown.json()["error_codes"][0]), (400, &90002.into()));
    assert_eq!(unknown.json()["error"], "invalid_tenant");
}

#[test]
fn an_authority_is_known_or_refused() {
    let entra = Simulation::start();
    let host = entra.address().to_string();
    let ask = |query: &str| {
        let target = format!("/common/discovery/instance?{query}");
        send(&entra.url(), "GET", &target, &[], "").unwrap()
    };
    let endpoint = |host: &str| {
        format!("authorization_endpoint=https%3A%2F%2F{host}%2Fcommon%2Foauth2%2Fauthorize")
    };
    for known in [host.as_str(), "login.microsoftonline.com", "login.chinacloudapi.cn"] {
        let found = ask(&format!("api-version=1.1&{}", endpoint(known)));
        assert_eq!(found.status, 200, "{}", found.body);
        let tenant = found.json()["tenant_discovery_endpoint"].as_str().unwrap().to_owned();
        assert!(tenant.ends_with(&format!("{known}/common/v2.0/.well-known/openid-configuration")));
        assert_eq!(found.json()["metadata"][0]["aliases"], serde_json::json!([host]));
    }
    let unknown = ask(&format!("api-version=1.1&{}", endpoint("login.example.com")));
    assert_eq!((unknown.status, unknown.json()["error"].as_str()), (400, Some("invalid_instance")));
    for malformed in ["api-version=1.1".to_owned(), format!("api-version=9&{}", endpoint(&host))] {
        assert_eq!(ask(&malformed).json()["error"], "invalid_request", "{malformed}");
    }
}
