//! Polling URLs: the headers that name them and the answers they give.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::errors::error;
use super::lro::{Headers, Url};
use super::state::{State, base};
use super::store::{Kind, Operation, Store};
use crate::shared::Reply;
use crate::shared::Request;
use crate::shared::lock;

/// The query of the current polling URL.
fn query(operation: &Operation) -> String {
    match operation.hop {
        0 => operation.query.clone(),
        hop => format!("{}&hop={hop}", operation.query),
    }
}

/// The polling URL without its origin.
fn polling_target(operation: &Operation, results: bool) -> String {
    let kind = if results { "operationResults" } else { "operationStatuses" };
    let start = match operation.lro.signed {
        Some(_) => {
            format!("/providers/Microsoft.AzureStackHCI/locations/{}", operation.region)
        }
        None => {
            let subscription = operation.key.split('/').nth(2).unwrap_or_default();
            format!(
                "/subscriptions/{subscription}/providers/Microsoft.AzureStackHCI/locations/WESTUS2"
            )
        }
    };
    format!("{start}/{kind}/{}?{}", operation.id, query(operation))
}

fn polling_url(operation: &Operation, results: bool, base: &str) -> String {
    let path = polling_target(operation, results);
    match &operation.lro.url {
        Url::Absolute => format!("{base}{path}"),
        Url::Relative => path,
        Url::Host(origin) => format!("{origin}{path}"),
        Url::Scheme(scheme) => {
            let host = base.split_once("://").map_or("", |(_, host)| host);
            format!("{scheme}://{host}{path}")
        }
    }
}

/// The polling headers of an accepted request, and its Retry-After.
pub(crate) fn polling_headers(operation: &Operation, base: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let kind = operation.lro.headers;
    if matches!(kind, Headers::AsyncOperation | Headers::Both) {
        out.push(("azure-asyncoperation".to_owned(), polling_url(operation, false, base)));
    }
    if matches!(kind, Headers::Location | Headers::Both) {
        out.push(("location".to_owned(), polling_url(operation, true, base)));
    }
    if !operation.lro.synchronous {
        out.extend(operation.lro.retry_after.value().map(|v| ("retry-after".to_owned(), v)));
    }
    out
}

/// Whether a poll of this operation, or of a URL without a subscription, needs a signature.
pub(crate) fn needs_signature(state: &State, subscription: Option<&str>, id: &str) -> bool {
    let store = lock(&state.store);
    subscription.is_none() || store.operations.get(id).is_some_and(|o| o.lro.signed.is_some())
}

/// Checks a signed polling URL: it comes back as it was given out, byte for byte, except for an
/// apostrophe, which URL libraries encode.
pub(crate) fn check_signature(
    state: &State,
    request: &Request,
    id: &str,
    results: bool,
) -> Result<(), Reply> {
    let store = lock(&state.store);
    let given = store.operations.get(id).filter(|operation| operation.lro.signed.is_some());
    let plain = |target: &str| target.replace('\'', "%27");
    let matches =
        given.is_some_and(|o| plain(&polling_target(o, results)) == plain(&request.target));
    if matches {
        Ok(())
    } else {
        let text = "The signature of the operation's address is missing or does not match it.";
        Err(error(403, "InvalidOperationSignature", text))
    }
}

/// Answers a GET of a polling URL.
pub(crate) fn poll(state: &State, request: &Request, id: &str, results: bool) -> Reply {
    let mut store = lock(&state.store);
    let known = store.operations.get(id).is_some_and(|operation| {
        let allowed = match operation.lro.headers {
            Headers::AsyncOperation => !results,
            Headers::Location => results,
            Headers::Both => true,
            Headers::None => false,
        };
        // The URL is opaque: it has to come back exactly as it was given out. Signed ones were
        // checked already.
        let checked = operation.lro.signed.is_some();
        allowed && (checked || request.raw_query() == query(operation))
    });
    if !known {
        let text = format!("The operation '{id}' was not found.");
        return error(404, "OperationNotFound", &text);
    }
    store.count_poll(id);
    if let Some(operation) = store.operations.get_mut(id)
        && operation.lro.moving
        && !operation.finished
    {
        operation.hop += 1;
    }
    let base = base(&store, request);
    let Some(operation) = store.operations.get(id) else {
        return error(404, "OperationNotFound", "The operation was not found.");
    };
    if operation.finished {
        ended(&store, operation, results)
    } else {
        running(operation, results, &base)
    }
}

fn running(operation: &Operation, results: bool, base: &str) -> Reply {
    let mut reply = if results || operation.lro.silent_polls {
        Reply::new(202)
    } else {
        let mut status = status(operation);
        status["status"] = json!(operation.lro.running_word);
        status["percentComplete"] = json!(operation.percent());
        Reply::json(200, &status)
    };
    // A polled Location repeats itself; a status URL only speaks up when it moves.
    let moved = operation.lro.moving;
    for (name, value) in polling_headers(operation, base) {
        let wanted = match name.as_str() {
            "location" => results,
            "azure-asyncoperation" => moved && !results,
            _ => true,
        };
        if wanted {
            reply = reply.header(&name, value);
        }
    }
    reply
}

fn status(operation: &Operation) -> Value {
    json!({
        "id": polling_target(operation, false).split('?').next(),
        "name": operation.id,
        "resourceId": operation.key,
        "startTime": operation.start_time,
    })
}

fn ended(store: &Store, operation: &Operation, results: bool) -> Reply {
    let outcome = &operation.outcome;
    let reason = outcome.error.clone().unwrap_or_else(
        || json!({"code": "OperationFailed", "message": "The operation did not succeed."}),
    );
    if outcome.envelope_only {
        return Reply::json(200, &json!({"error": reason}));
    }
    if !results {
        let mut status = status(operation);
        status["status"] = json!(outcome.word);
        status["endTime"] =
            json!(time::OffsetDateTime::now_utc().format(&Rfc3339).unwrap_or_default());
        if let Some(error) = &outcome.error {
            status["error"] = error.clone();
        }
        if outcome.good() {
            status["percentComplete"] = json!(100);
            status["error"] = Value::Null;
        }
        return Reply::json(200, &status);
    }
    if outcome.operation_failed() {
        return Reply::json(400, &json!({"error": reason}));
    }
    match store.show(&operation.key, &operation.api_version) {
        Some(shown) if operation.kind != Kind::Delete => Reply::json(200, &shown),
        _ => Reply::new(204),
    }
}
