//! Turns `tracing`'s events, with the fields of the spans around them, into lines.

use super::line::{Fields, line};
use serde_json::Value;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::io::Write;
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The target of this crate's own events.
const OURS: &str = env!("CARGO_CRATE_NAME");

/// Writes each event of this crate as one line.
pub(super) struct HclogLayer<W> {
    module: &'static str,
    level: LevelFilter,
    output: Mutex<W>,
}

impl<W: Write + Send + 'static> HclogLayer<W> {
    /// Writes events up to `level` to `output`, in the name of `module`.
    pub(super) fn new(module: &'static str, level: LevelFilter, output: W) -> Self {
        Self { module, level, output: Mutex::new(output) }
    }
}

impl<S, W> Layer<S> for HclogLayer<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Write + Send + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        // Spans give the fields of the events in them, whatever their own level.
        let ours = metadata.target().split("::").next() == Some(OURS);
        ours && (metadata.is_span() || *metadata.level() <= self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Visited::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Visited>() {
            record.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Visited::default();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(Visited(outer)) = span.extensions().get() {
                fields.0.extend(outer.clone());
            }
        }
        event.record(&mut fields);
        let level = *event.metadata().level();
        let line = line(self.module, level, OffsetDateTime::now_utc(), fields.0);
        // One call under one lock: lines never mix. A failure cannot be reported.
        let _ = self.output.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line);
    }
}

/// Collects fields as JSON.
#[derive(Default)]
struct Visited(Fields);

impl Visited {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn insert_text(&mut self, field: &Field, value: impl Display) {
        self.insert(field, value.to_string());
    }
}

impl Visit for Visited {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.insert_text(field, format_args!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.insert_text(field, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::Arc;
    use tracing::{debug, info, info_span, trace, warn};
    use tracing_subscriber::layer::SubscriberExt as _;

    /// Keeps each write by itself.
    #[derive(Clone, Default)]
    struct Writes(Arc<Mutex<Vec<Vec<u8>>>>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(level: LevelFilter, events: impl FnOnce()) -> Vec<Value> {
        let writes = Writes::default();
        let layer = HclogLayer::new("acme", level, writes.clone());
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, events);
        let writes = writes.0.lock().unwrap();
        writes.iter().map(|write| serde_json::from_slice(write).unwrap()).collect()
    }

    #[test]
    fn an_event_has_the_fields_of_all_spans_around_it() {
        let lines = logged(LevelFilter::TRACE, || {
            let call =
                info_span!("call", tf_rpc = "ReadResource", tf_req_id = tracing::field::Empty);
            call.record("tf_req_id", "abc");
            let _call = call.enter();
            let _request = info_span!("request", method = "GET", attempt = 1_u64).entered();
            debug!(status = 200, attempt = 2_u64, "Answered in {} ms", 5);
        });
        assert_eq!(lines.len(), 1, "one write a line");
        let line = &lines[0];
        assert_eq!(line["@message"], "Answered in 5 ms");
        assert_eq!(line["@level"], "debug");
        assert_eq!(line["@module"], "acme");
        assert_eq!(line["tf_rpc"], "ReadResource");
        assert_eq!(line["tf_req_id"], "abc");
        assert_eq!(line["method"], "GET");
        assert_eq!(line["status"], 200);
        assert_eq!(line["attempt"], 2, "the innermost wins");
    }

    #[test]
    fn events_below_the_level_are_left_out_but_their_spans_are_not() {
        let lines = logged(LevelFilter::WARN, || {
            let _call = tracing::trace_span!("call", tf_rpc = "X").entered();
            info!("left out");
            warn!("kept");
        });
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["tf_rpc"], "X");
    }

    #[test]
    fn what_libraries_say_stays_out() {
        let lines = logged(LevelFilter::TRACE, || {
            trace!(target: "h2::codec", "frame");
            warn!(target: concat!(env!("CARGO_CRATE_NAME"), "_other"), "not ours");
        });
        assert!(lines.is_empty());
    }

    #[test]
    fn errors_and_debug_values_are_strings() {
        let lines = logged(LevelFilter::TRACE, || {
            let error: &(dyn Error + 'static) = &io::Error::other("broken");
            info!(error, value = ?Some(1), big = u128::MAX, "m");
        });
        assert_eq!(lines[0]["error"], "broken");
        assert_eq!(lines[0]["value"], "Some(1)");
        assert!(lines[0]["big"].is_string());
    }
}
