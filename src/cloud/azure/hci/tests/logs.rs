//! What is logged, and what never is.

use std::fmt::Write as _;

use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

use super::*;

/// Everything logged on this thread, at every level.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}

impl<S: tracing::Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
}

impl Lines {
    fn with(&self, pieces: &[&str]) -> usize {
        let lines = self.0.lock().unwrap();
        lines.iter().filter(|line| pieces.iter().all(|piece| line.contains(piece))).count()
    }
}

#[tokio::test]
async fn progress_is_logged_at_each_change_and_rate_limits_at_debug() {
    let lines = Lines::default();
    // While there is only one subscriber, an event that another thread emits first is switched off
    // for all threads.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(lines.clone()));
    let echo = format!("Cannot read {SAS} now.");
    let cloud = Cloud::start(move |asked| match asked.key() {
        ("PUT", ITEM, 1) => Reply::new(503, "text/plain", echo.clone()),
        ("PUT", ITEM, 2) => refusal(429, "Busy", &echo).header("retry-after-ms", 10),
        ("PUT", ITEM, 3) => Reply::json(201, image("Accepted"))
            .header("Azure-AsyncOperation", STATUS)
            .header("x-ms-ratelimit-remaining-subscription-writes", 199),
        ("GET", STATUS, n) => status(if n < 4 { "InProgress" } else { "Succeeded" }),
        ("GET", ITEM, 1) => not_found(),
        ("GET", ITEM, 2..=3) => at(40, 4096),
        ("GET", ITEM, 4) => at(80, 8192),
        ("GET", ITEM, 5) => shows("Succeeded"),
        _ => asked.unexpected(),
    })
    .await;
    cloud.create().await.unwrap();
    for (progress, times) in [
        ("progress_percentage=40 download_size_in_mb=4096", 1),
        ("progress_percentage=80 download_size_in_mb=8192", 1),
        ("provisioning_state=\"Succeeded\"", 1),
    ] {
        let found = lines.with(&["INFO", progress, "elapsed="]);
        assert_eq!(found, times, "{progress} in {:#?}", lines.0.lock().unwrap());
    }
    assert_eq!(lines.with(&["DEBUG", "subscription-writes", "199"]), 1);
    for secret in ["sig=", "sig%3D", "9xyz", "store.example", "token-1", "client-secret"] {
        assert_eq!(lines.with(&[secret]), 0, "{secret} is logged");
    }
}
