//! Logs, in the form that Terraform expects of its children: one JSON object per line on stderr,
//! hclog's format.
//!
//! The code logs with `tracing`'s macros. Only this crate's events are written: those of HTTP and
//! TLS libraries have exposed secrets. Known secrets are replaced in every line, see
//! [`crate::secret`].

mod layer;
mod line;

use super::Identity;
use super::environment::Environment;
use layer::HclogLayer;
use std::io;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;

/// Sends the logs of this process to its stderr, at the level that the environment asks for.
///
/// Without any of Terraform's logging variables nobody would read them, and none are written.
pub(super) fn install(identity: &Identity, environment: &Environment) {
    let level = level(identity.name, environment);
    if level == LevelFilter::OFF {
        return;
    }
    let layer = HclogLayer::new(identity.name, level, io::stderr());
    // Fails only if there is a subscriber already, which is then used.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
}

/// The level of `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER` or `TF_LOG`, the first that is set.
///
/// With others alone, `TF_LOG_PATH` or `TF_LOG_CORE`, it is everything: Terraform then chooses
/// what to keep. As in Terraform, a value that is not a level means everything.
fn level(name: &str, environment: &Environment) -> LevelFilter {
    let own = format!("TF_LOG_PROVIDER_{}", name.to_uppercase());
    let set = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"].map(|name| environment.get(name));
    match set.into_iter().flatten().next() {
        Some(value) => match value.to_uppercase().as_str() {
            "DEBUG" => LevelFilter::DEBUG,
            "INFO" => LevelFilter::INFO,
            "WARN" => LevelFilter::WARN,
            "ERROR" => LevelFilter::ERROR,
            "OFF" => LevelFilter::OFF,
            _ => LevelFilter::TRACE,
        },
        None if environment.has_prefix("TF_LOG") => LevelFilter::TRACE,
        None => LevelFilter::OFF,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level_of<const N: usize>(variables: [(&str, &str); N]) -> LevelFilter {
        level("acme", &Environment::from(variables))
    }

    #[test]
    fn the_most_specific_variable_sets_the_level() {
        assert_eq!(
            level_of([
                ("TF_LOG_PROVIDER_ACME", "warn"),
                ("TF_LOG_PROVIDER", "INFO"),
                ("TF_LOG", "DEBUG")
            ]),
            LevelFilter::WARN
        );
        assert_eq!(level_of([("TF_LOG_PROVIDER", "Info"), ("TF_LOG", "OFF")]), LevelFilter::INFO);
        assert_eq!(level_of([("TF_LOG", "error")]), LevelFilter::ERROR);
        assert_eq!(level_of([("TF_LOG", "off")]), LevelFilter::OFF);
    }

    #[test]
    fn json_and_unknown_levels_mean_everything() {
        assert_eq!(level_of([("TF_LOG", "JSON")]), LevelFilter::TRACE);
        assert_eq!(level_of([("TF_LOG", "1")]), LevelFilter::TRACE);
    }

    #[test]
    fn without_any_variable_nothing_is_logged() {
        assert_eq!(level_of([]), LevelFilter::OFF);
        assert_eq!(level_of([("TF_LOG", "")]), LevelFilter::OFF);
        assert_eq!(level_of([("TF_LOG_PATH", "/tmp/log")]), LevelFilter::TRACE);
    }
}
