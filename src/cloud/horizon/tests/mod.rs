//! The operations against a scripted service.

mod adoption;
mod create;
mod deletes;
mod edits;
mod pages;
mod polls;
mod reads;
mod waits;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Credentials, Horizon, NewImage, Settings, Source, VmInfo};
use crate::cloud::Deadline;
use crate::cloud::fake::{Fake, Reply, Request};
use crate::cloud::http::Http;

const PASSWORD: &str = "Pa$$ w\"rd";

/// A token service and an image service at one address.
pub(super) struct Cloud {
    pub(super) fake: Fake,
    pub(super) horizon: Horizon,
}

impl Cloud {
    /// `script` answers everything but requests for tokens.
    pub(super) async fn start(script: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::with(&json!({ "context_name": "org-1" }), script).await
    }

    /// With these claims in the access token.
    pub(super) async fn with(
        claims: &Value,
        script: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let fake = Fake::start(move |request| match request.path().starts_with("/csp/") {
            true => Reply::json(200, json!({ "access_token": token, "expires_in": 1799 })),
            false => script(request),
        })
        .await;
        let url = fake.url().parse::<reqwest::Url>().unwrap();
        let settings = Settings {
            endpoint: url.clone(),
            csp_url: url,
            credentials: Credentials::ApiToken("made-up-token".into()),
            org_id: None,
            polling_interval: Duration::from_millis(20),
        };
        let horizon = Horizon::new(Arc::new(Http::new("test".into())), settings);
        Self { fake, horizon }
    }

    /// The requests without those for tokens: verb and path.
    pub(super) fn calls(&self) -> Vec<String> {
        let calls = self.fake.requests().into_iter().filter(|r| !r.path().starts_with("/csp/"));
        let base = "/imagemgmt/v1";
        calls.map(|r| format!("{} {}", r.method, r.path().trim_start_matches(base))).collect()
    }
}

pub(super) fn deadline(seconds: u64) -> Deadline {
    Deadline::within(Duration::from_secs(seconds), CancellationToken::new())
}

/// The service's own answer about something that does not exist.
pub(super) fn missing() -> Reply {
    Reply::json(404, json!({ "errors": [{ "code": "RESOURCE_NOT_FOUND" }], "traceId": "t-404" }))
}

/// A page with all that there is.
pub(super) fn page(content: &[Value]) -> Reply {
    Reply::json(200, json!({ "content": content, "totalPages": 1 }))
}

/// A virtual machine to import.
pub(super) fn new_image() -> NewImage {
    NewImage {
        name: "golden".into(),
        description: None,
        os: "Windows 11".into(),
        os_type: "WINDOWS".into(),
        gpu_type: "NONE".into(),
        provider_label: "AZURE".into(),
        provider_instance_id: "p-1".into(),
        version_source: "0.0".into(),
        version_type: "MAJOR".into(),
        version_description: Some("first".into()),
        markers: vec!["default".into()],
        source: Source::SharedGallery {
            tenant_id: "t".into(),
            image_version_id: "/v".into(),
            multi_session: Some(true),
        },
        additional_data: [("mspOrgId".to_owned(), "m".to_owned())].into(),
        options: None,
        vm_info: Some(VmInfo { username: "admin".into(), password: PASSWORD.into() }),
        project_id: None,
    }
}
