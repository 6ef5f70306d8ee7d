//! Every authentication method against a scripted authority.

use std::time::Duration;

use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::settings::Platform;
use super::*;
use crate::cloud::fake::{Fake, Reply, Request};

const SCOPE: &str = "https://batch.core.windows.net//.default";
const SECRET: &str = "a-secret-of-sheep";

fn deadline() -> Deadline {
    Deadline::within(Duration::from_secs(20), CancellationToken::new())
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// An application without a credential.
fn application(authority: &Fake) -> Settings {
    Settings {
        tenant_id: text("meadow"),
        client_id: text("shepherd"),
        use_cli: Some(false),
        active_directory_authority_host: Some(authority.url()),
        ..Settings::default()
    }
}

fn with_secret(authority: &Fake) -> Settings {
    Settings { client_secret: Some(SECRET.into()), ..application(authority) }
}

async fn ask(settings: Settings) -> Result<String> {
    let login = Login::new(Arc::new(Http::new("test".into())), settings)?;
    Ok(login.tokens().get(SCOPE, &deadline()).await?.secret().expose().to_owned())
}

fn given(token: &str) -> Reply {
    Reply::json(200, json!({"token_type": "Bearer", "access_token": token, "expires_in": "3599"}))
}

fn fact<'e>(error: &'e Error, name: &str) -> Option<&'e str> {
    error.facts.iter().find(|(own, _)| *own == name).map(|(_, text)| text.as_str())
}

#[tokio::test]
async fn a_secret_is_posted_to_the_tenant_as_a_form() {
    let authority = Fake::replies(vec![given("wool")]).await;
    assert_eq!(ask(with_secret(&authority)).await.unwrap(), "wool");
    let request = &authority.requests()[0];
    assert_eq!((&*request.method, &*request.target), ("POST", "/meadow/oauth2/v2.0/token"));
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    let expected = [
        ("grant_type", "client_credentials"),
        ("client_id", "shepherd"),
        ("scope", SCOPE),
        ("client_secret", SECRET),
    ];
    assert_eq!(request.form(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[tokio::test]
async fn a_tenant_is_one_part_of_the_path_whatever_it_holds() {
    let authority = Fake::replies(vec![given("wool")]).await;
    let host = Some(format!("{}/adfs/", authority.url()));
    let settings = Settings {
        tenant_id: text("../a b?c"),
        active_directory_authority_host: host,
        ..with_secret(&authority)
    };
    ask(settings).await.unwrap();
    assert_eq!(authority.requests()[0].target, "/adfs/..%2Fa%20b%3Fc/oauth2/v2.0/token");
}

#[tokio::test]
async fn many_callers_log_in_once() {
    let authority = Fake::replies(vec![given("wool").after(Duration::from_millis(50))]).await;
    let login = Login::new(Arc::new(Http::new("test".into())), with_secret(&authority)).unwrap();
    let login = Arc::new(login);
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let login = Arc::clone(&login);
            tokio::spawn(async move { login.tokens().get(SCOPE, &deadline()).await.map(|_| ()) })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap().unwrap();
    }
    assert_eq!(authority.count(), 1);
}

#[tokio::test]
async fn the_message_of_the_authority_is_shown_but_no_secret() {
    let description = format!(
        "AADSTS7000215: Invalid client secret provided: {SECRET}.\r\nTrace ID: t-1\r\n\
         Correlation ID: c-1\r\nTimestamp: 2031-02-03 04:05:06Z"
    );
    let body = json!({
        "error": "invalid_client",
        "error_description": description,
        "error_codes": [7_000_215],
        "timestamp": "2031-02-03 04:05:06Z",
        "trace_id": "t-1",
        "correlation_id": "c-1",
    });
    let authority = Fake::replies(vec![Reply::json(401, body)]).await;
    let error = ask(with_secret(&authority)).await.unwrap_err();
    assert_eq!(error.message, "AADSTS7000215: Invalid client secret provided: (secret).");
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Denied, Some("AADSTS7000215")));
    assert_eq!(
        (fact(&error, "Trace ID"), fact(&error, "Correlation ID")),
        (Some("t-1"), Some("c-1"))
    );
    assert_eq!(authority.count(), 1);
}

#[tokio::test]
async fn the_login_is_retried_while_it_is_unavailable() {
    for first in [
        Reply::empty(503).header("retry-after", "1"),
        Reply::json(429, json!({"error": "too_many"})),
        Reply::new(502, "text/html", "<p>Bad gateway</p>"),
        Reply::reset(),
    ] {
        let authority = Fake::replies(vec![first, given("wool")]).await;
        assert_eq!(ask(with_secret(&authority)).await.unwrap(), "wool");
        assert_eq!(authority.count(), 2);
    }
}

#[tokio::test]
async fn a_login_that_is_not_found_does_not_mean_that_the_object_is_gone() {
    let authority = Fake::replies(vec![Reply::new(404, "text/html", "<p>Nothing here</p>")]).await;
    let error = ask(with_secret(&authority)).await.unwrap_err();
    assert_eq!((error.kind, error.status), (Kind::Invalid, Some(404)));
    assert!(error.message.contains("Nothing here"), "{}", error.message);
}

#[tokio::test]
async fn a_successful_response_that_cannot_be_read_is_not_quoted() {
    for body in [r#"{"access_token": "wool"#, r#"{"acces_token": "wool"}"#, "wool", ""] {
        let authority = Fake::replies(vec![Reply::json(200, body)]).await;
        let error = ask(with_secret(&authority)).await.unwrap_err();
        assert_eq!((error.kind, error.status), (Kind::Unexpected, Some(200)));
        assert!(!format!("{error:?}").contains("wool"));
    }
}

#[tokio::test]
async fn a_token_file_is_read_for_each_request() {
    let authority = Fake::replies(vec![given("one"), given("two")]).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "first\n").unwrap();
    let settings = Settings {
        use_oidc: Some(true),
        oidc_token_file_path: text(file.path().to_str().unwrap()),
        ..application(&authority)
    };
    let login = Login::new(Arc::new(Http::new("test".into())), settings).unwrap();
    let stale = login.tokens().get(SCOPE, &deadline()).await.unwrap();
    std::fs::write(file.path(), "second\n").unwrap();
    login.tokens().replace(SCOPE, &stale, None, &deadline()).await.unwrap();
    let shown = |request: &Request| request.field("client_assertion").unwrap();
    assert_eq!(authority.requests().iter().map(shown).collect::<Vec<_>>(), ["first", "second"]);
    let kind = authority.requests()[0].field("client_assertion_type").unwrap();
    assert_eq!(kind, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
}

fn in_pipeline(authority: &Fake, request_url: String) -> Settings {
    Settings {
        use_oidc: Some(true),
        oidc_request_url: Some(request_url),
        oidc_request_token: Some("a-token-of-the-pipeline".into()),
        ..application(authority)
    }
}

#[tokio::test]
async fn github_is_asked_for_a_token_that_is_exchanged() {
    let authority = Fake::replies(vec![given("wool")]).await;
    let pipeline = Fake::replies(vec![Reply::json(200, json!({"value": "bell"}))]).await;
    let url = format!("{}/token?version=2", pipeline.url());
    assert_eq!(ask(in_pipeline(&authority, url)).await.unwrap(), "wool");
    let request = &pipeline.requests()[0];
    assert_eq!((&*request.method, request.path()), ("GET", "/token"));
    assert_eq!(request.query("version").as_deref(), Some("2"));
    assert_eq!(request.query("audience").as_deref(), Some("api://AzureADTokenExchange"));
    assert_eq!(request.header("authorization"), Some("Bearer a-token-of-the-pipeline"));
    let request = &authority.requests()[0];
    assert_eq!(request.field("client_assertion").as_deref(), Some("bell"));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn azure_devops_is_asked_by_post_for_its_service_connection() {
    let authority = Fake::replies(vec![given("wool")]).await;
    let pipeline = Fake::replies(vec![Reply::json(200, json!({"oidcToken": "bell"}))]).await;
    let settings = Settings {
        ado_pipeline_service_connection_id: text("connection"),
        ..in_pipeline(&authority, pipeline.url())
    };
    assert_eq!(ask(settings).await.unwrap(), "wool");
    let request = &pipeline.requests()[0];
    assert_eq!((&*request.method, request.header("content-length")), ("POST", Some("0")));
    for (name, value) in [
        ("api-version", "7.1"),
        ("serviceConnectionId", "connection"),
        ("audience", "api://AzureADTokenExchange"),
    ] {
        assert_eq!(request.query(name).as_deref(), Some(value));
    }
}

#[tokio::test]
async fn a_pipeline_that_refuses_is_not_the_authority() {
    let authority = Fake::start(Reply::unexpected).await;
    for (reply, words) in [
        (Reply::json(401, json!({"message": "no a-token-of-the-pipeline"})), "no (secret)"),
        (
            Reply::empty(302).header("location", "https://login.example/x"),
            "redirects to https://login",
        ),
        (Reply::json(200, json!({"other": 1})), "does not hold value"),
    ] {
        let pipeline = Fake::replies(vec![reply]).await;
        let error = ask(in_pipeline(&authority, pipeline.url())).await.unwrap_err();
        assert!(error.message.starts_with("the pipeline gave no token: "));
        assert!(error.message.contains(words), "{}", error.message);
    }
    let error = ask(in_pipeline(&authority, "http://shed.example".into())).await.unwrap_err();
    assert_eq!((error.setting, authority.count()), (Some("oidc_request_url"), 0));
}

#[tokio::test]
async fn a_managed_identity_is_asked_for_a_resource() {
    let later = time::OffsetDateTime::now_utc().unix_timestamp() + 3600;
    let response = json!({"access_token": "wool", "expires_on": later.to_string()});
    let service = Fake::replies(vec![Reply::empty(404), Reply::json(200, response)]).await;
    let settings = Settings {
        use_msi: Some(true),
        client_id: text("shepherd"),
        msi_endpoint: Some(format!("{}/metadata/token", service.url())),
        ..Settings::default()
    };
    assert_eq!(ask(settings).await.unwrap(), "wool");
    let request = &service.requests()[1];
    assert_eq!((&*request.method, request.path()), ("GET", "/metadata/token"));
    assert_eq!(request.header("metadata"), Some("true"));
    for (name, value) in [
        ("api-version", "2018-02-01"),
        ("resource", "https://batch.core.windows.net/"),
        ("client_id", "shepherd"),
    ] {
        assert_eq!(request.query(name).as_deref(), Some(value));
    }
}

#[tokio::test]
async fn app_service_requires_its_own_header() {
    let service = Fake::replies(vec![given("wool")]).await;
    let platform = Platform {
        identity_endpoint: Some(format!("{}/msi/token", service.url())),
        identity_header: Some("key-of-the-pasture".into()),
        ..Platform::default()
    };
    let settings = Settings { use_msi: Some(true), platform, ..Settings::default() };
    assert_eq!(ask(settings).await.unwrap(), "wool");
    let request = &service.requests()[0];
    assert_eq!(request.header("x-identity-header"), Some("key-of-the-pasture"));
    assert_eq!((request.header("metadata"), request.query("client_id")), (None, None));
    assert_eq!(request.query("api-version").as_deref(), Some("2019-08-01"));
}

#[tokio::test]
async fn a_missing_identity_is_reported_with_the_services_message() {
    let body = json!({"error": "invalid_request", "error_description": "Identity not found"});
    let service = Fake::replies(vec![Reply::json(400, body)]).await;
    let settings =
        Settings { use_msi: Some(true), msi_endpoint: Some(service.url()), ..Settings::default() };
    let error = ask(settings).await.unwrap_err();
    assert_eq!(error.message, "the managed identity gave no token: Identity not found");
    let plain = text("http://shed.example/token");
    let settings = Settings { use_msi: Some(true), msi_endpoint: plain, ..Settings::default() };
    assert_eq!(ask(settings).await.unwrap_err().setting, Some("msi_endpoint"));
}

#[tokio::test]
async fn no_complete_method_is_an_error_that_says_what_is_missing() {
    let settings = Settings { use_cli: Some(false), ..Settings::default() };
    let error = ask(settings).await.unwrap_err();
    for word in ["client secret lacks tenant_id, client_id or client_id_file_path", "use_msi"] {
        assert!(error.message.contains(word), "{}", error.message);
    }
}

#[tokio::test]
async fn a_subscription_is_needed_where_there_is_no_cli() {
    let authority = Fake::start(Reply::unexpected).await;
    let subscription = async |settings| {
        let login = Login::new(Arc::new(Http::new("test".into())), settings).unwrap();
        login.subscription_id(&deadline()).await
    };
    let error = subscription(with_secret(&authority)).await.unwrap_err();
    assert_eq!(error.setting, Some("subscription_id"));
    let settings = Settings { subscription_id: text("pasture"), ..with_secret(&authority) };
    assert_eq!(subscription(settings).await.unwrap(), "pasture");
}
