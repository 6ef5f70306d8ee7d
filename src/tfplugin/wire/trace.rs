//! One call as the logs show it, and its result when the code panics.

use std::future::Future;
use std::time::Instant;

use tracing::Instrument;

use crate::tfplugin::diagnostic::Diagnostic;
use crate::tfplugin::panics;

/// What a call is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum About<'a> {
    Provider,
    Resource(&'a str),
    DataSource(&'a str),
    List(&'a str),
    Function(&'a str),
}

/// Runs `work` inside of the span that gives its log lines their `tf_*` fields. Its diagnostics are
/// logged as well; a panic becomes one.
pub(super) async fn traced<T>(
    address: &'static str,
    rpc: &'static str,
    about: About<'_>,
    work: impl Future<Output = (T, Vec<Diagnostic>)>,
) -> (Option<T>, Vec<Diagnostic>) {
    let id = uuid::Uuid::new_v4().to_string();
    let span = tracing::info_span!(
        "rpc",
        tf_rpc = rpc,
        tf_req_id = id,
        tf_provider_addr = address,
        tf_proto_version = "6.11",
        tf_resource_type = tracing::field::Empty,
        tf_data_source_type = tracing::field::Empty,
        tf_function_name = tracing::field::Empty,
    );
    match about {
        About::Provider => &span,
        About::Resource(name) | About::List(name) => span.record("tf_resource_type", name),
        About::DataSource(name) => span.record("tf_data_source_type", name),
        About::Function(name) => span.record("tf_function_name", name),
    };
    async {
        tracing::trace!("Received request");
        let started = Instant::now();
        let (value, diagnostics) = match panics::catch(work).await {
            Ok((value, diagnostics)) => (Some(value), diagnostics),
            Err(panic) => (None, vec![panics::crashed(rpc, &panic)]),
        };
        diagnostics.iter().for_each(log);
        tracing::trace!(
            tf_req_duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            diagnostic_error_count = diagnostics.iter().filter(|d| d.is_error()).count(),
            diagnostic_warning_count = diagnostics.iter().filter(|d| !d.is_error()).count(),
            "Served request",
        );
        (value, diagnostics)
    }
    .instrument(span)
    .await
}

fn log(diagnostic: &Diagnostic) {
    let attribute = diagnostic.path.to_string();
    let (summary, detail) = (&diagnostic.summary, &diagnostic.detail);
    if diagnostic.is_error() {
        tracing::error!(
            diagnostic_severity = "ERROR",
            diagnostic_summary = summary,
            diagnostic_detail = detail,
            diagnostic_attribute = attribute,
            "Response contains error diagnostic",
        );
    } else {
        tracing::warn!(
            diagnostic_severity = "WARNING",
            diagnostic_summary = summary,
            diagnostic_detail = detail,
            diagnostic_attribute = attribute,
            "Response contains warning diagnostic",
        );
    }
}
