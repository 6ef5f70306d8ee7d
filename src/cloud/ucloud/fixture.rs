//! A service to test against: invented images, the documented rules, and checked signatures.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use tokio_util::sync::CancellationToken;

use super::{Client, Credentials, DEFAULT_MAX_RETRIES, Query, endpoint};
use crate::cloud::fake::{Fake, Reply, Request};
use crate::cloud::http::Http;
use crate::cloud::{Deadline, Result};

pub(super) const PRIVATE_KEY: &str = "private-key-of-the-test";
pub(super) const TOKEN: &str = "token+of/the=test";

pub(super) fn client(fake: &Fake) -> Client {
    let credentials = Credentials::of("public-key-of-the-test", PRIVATE_KEY, Some(TOKEN));
    let endpoint = endpoint(&fake.url()).unwrap();
    Client::new(
        Arc::new(Http::new("agent/1".to_owned())),
        credentials,
        endpoint,
        DEFAULT_MAX_RETRIES,
    )
}

pub(super) fn deadline() -> Deadline {
    Deadline::within(Duration::from_secs(300), CancellationToken::new())
}

pub(super) fn query() -> Query {
    Query { region: "cn-bj2".to_owned(), ..Query::default() }
}

/// A client's result of the query without filters.
pub(super) async fn list(fake: &Fake) -> Result<Arc<super::SearchResult>> {
    client(fake).describe_image(&deadline(), &query()).await
}

/// Image `number`; a higher number is older.
pub(super) fn image(number: u64) -> Value {
    json!({
        "ImageId": format!("uimage-{number:05}"),
        "ImageName": format!("Image {number} 64位"),
        "Zone": "cn-bj2-04",
        "State": "Available",
        "CreateTime": 1_800_000_000 - number,
    })
}

pub(super) fn images(count: u64) -> Vec<Value> {
    (0..count).map(image).collect()
}

/// The ids of [`images`].
pub(super) fn ids(count: u64) -> Vec<String> {
    (0..count).map(|number| format!("uimage-{number:05}")).collect()
}

pub(super) fn ids_of(listing: &super::SearchResult) -> Vec<String> {
    listing.images.iter().map(|image| image.id.to_string()).collect()
}

/// A page as the service sends it.
pub(super) fn page(images: &[Value], total: impl Into<Value>) -> Reply {
    let body = json!({
        "Action": "DescribeImageResponse",
        "RetCode": 0,
        "TotalCount": total.into(),
        "ImageSet": images,
    });
    Reply::json(200, body).header("X-UCLOUD-REQUEST-UUID", "uuid-of-the-test")
}

/// An error as the service sends it.
pub(super) fn refusal(code: impl Into<Value>, message: &str) -> Reply {
    let body = json!({"RetCode": code.into(), "Message": message});
    Reply::json(200, body).header("X-UCLOUD-REQUEST-UUID", "uuid-of-the-test")
}

/// A number that a request sends.
pub(super) fn number(request: &Request, name: &str) -> usize {
    request.field(name).and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// The part of `all` that a request asks for, at most `cap` images.
pub(super) fn cut<'a>(request: &Request, all: &'a [Value], cap: usize) -> &'a [Value] {
    let offset = number(request, "Offset").min(all.len());
    let limit = number(request, "Limit").min(cap).min(all.len() - offset);
    &all[offset..offset + limit]
}

/// A service with `count` images and pages of at most `cap`.
pub(super) async fn service(count: u64, cap: usize) -> Fake {
    service_with(count, cap, Duration::ZERO).await
}

/// The same with a delay.
pub(super) async fn service_with(count: u64, cap: usize, delay: Duration) -> Fake {
    let all = images(count);
    Fake::start(move |request| {
        if !is_signed(request) {
            return refusal(171, "Signature VerifyAC Error");
        }
        page(cut(request, &all, cap), count).after(delay)
    })
    .await
}

/// Whether the signature matches the body as received.
pub(super) fn is_signed(request: &Request) -> bool {
    let mut fields = request.form();
    fields.sort();
    let mut hash = Sha1::new();
    for (name, value) in fields.iter().filter(|(name, _)| name != "Signature") {
        hash.update(format!("{name}{value}"));
    }
    hash.update(PRIVATE_KEY);
    let expected: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    request.field("Signature") == Some(expected)
}
