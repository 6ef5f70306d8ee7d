//! The shared access signature (SAS) in the URL of a disk: what can be said about it before the service
//! downloads with it.
//!
//! Only where an image is about to be created. Every signature expires, and an image that exists does
//! not need it any more.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::{Iso8601, Rfc3339};
use url::Url;

use super::web;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::timeouts::go;

/// The error about a signature that has expired.
pub(crate) fn expired(text: &str, at: &Path) -> Option<Diagnostic> {
    expired_at(&web(text)?, at, OffsetDateTime::now_utc())
}

/// What is wrong with the signature for a creation that may take as long as `limit`.
pub(crate) fn problems(text: &str, at: &Path, limit: Duration) -> Vec<Diagnostic> {
    problems_at(text, at, limit, OffsetDateTime::now_utc())
}

fn expired_at(url: &Url, at: &Path, now: OffsetDateTime) -> Option<Diagnostic> {
    let end = moment(url, "se").filter(|end| *end < now)?;
    let detail = format!(
        "The shared access signature in `{at}` has expired ({}). Make a new one that lasts as long as \
         the download takes.",
        shown(end)
    );
    Some(Diagnostic::invalid(at, detail))
}

fn problems_at(text: &str, at: &Path, limit: Duration, now: OffsetDateTime) -> Vec<Diagnostic> {
    let Some(url) = web(text) else { return Vec::new() };
    if let Some(expired) = expired_at(&url, at, now) {
        return vec![expired];
    }
    let mut problems = Vec::new();
    let mut warn = |summary: &str, detail: String| {
        problems.push(Diagnostic::warning(summary, detail).at(at.clone()));
    };
    if parameter(&url, "sp").is_some_and(|allowed| !allowed.contains('r')) {
        let detail = format!(
            "The shared access signature in `{at}` lacks the permission to read (no `r` in `sp`), so \
             the download will be refused. Make a new one with that permission."
        );
        warn("The signature does not allow reading", detail);
    }
    if let Some(start) = moment(&url, "st").filter(|start| *start > now) {
        let detail = format!(
            "The shared access signature in `{at}` is not valid before {}, so the download will be \
             refused until then. Apply later, or make a new one that is valid from now on.",
            shown(start)
        );
        warn("The signature is not valid yet", detail);
    }
    if let Some(end) = moment(&url, "se").filter(|end| *end < now + limit) {
        let detail = format!(
            "The shared access signature in `{at}` expires at {}, but the creation may take {} \
             (`timeouts.create`). Make a new one that lasts as long as the download takes, or the \
             download may fail half-way.",
            shown(end),
            go(limit)
        );
        warn("The signature may expire too soon", detail);
    }
    problems
}

pub(super) fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// A time in a signature, or the start of a day.
fn moment(url: &Url, name: &str) -> Option<OffsetDateTime> {
    let text = parameter(url, name)?;
    if let Ok(time) = OffsetDateTime::parse(&text, &Iso8601::PARSING) {
        return Some(time);
    }
    let day = time::Date::parse(&text, time::macros::format_description!("[year]-[month]-[day]"));
    day.ok().map(|day| day.midnight().assume_utc())
}

fn shown(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const BLOB: &str = "https://acct.blob.core.windows.net/vhds/golden.vhdx";
    const NOW: OffsetDateTime = datetime!(2027-01-02 12:00 UTC);
    const LIMIT: Duration = Duration::from_secs(3 * 3600);

    fn said(text: &str) -> Vec<Diagnostic> {
        problems_at(text, &Path::attribute("image_path"), LIMIT, NOW)
    }

    #[test]
    fn a_signature_expires_at_its_time_or_at_the_beginning_of_its_day() {
        for (text, expected) in [
            (format!("{BLOB}?se=2027-01-02T11%3A59%3A00Z&sig=a"), Some("2027-01-02T11:59:00Z")),
            (format!("{BLOB}?se=2027-01-03T00:00:00Z&sig=a"), None),
            (format!("{BLOB}?se=2027-01-02T15:30Z&sig=a"), None),
            (format!("{BLOB}?se=2027-01-02&sig=a"), Some("2027-01-02T00:00:00Z")),
            (format!("{BLOB}?se=whenever&sig=a"), None),
            (BLOB.to_owned(), None),
            (r"\\nas\images\golden.vhdx?se=2027-01-01".to_owned(), None),
        ] {
            let found = said(&text);
            let Some(expected) = expected else {
                assert_eq!(found, [], "{text}");
                continue;
            };
            assert!(found.len() == 1 && found[0].is_error(), "{text}: {found:?}");
            assert!(found[0].detail.contains(expected), "{text}: {found:?}");
        }
    }

    #[test]
    fn a_signature_that_will_not_do_is_a_warning() {
        for (query, fragments) in [
            ("sp=w&se=2030-01-01", &["no `r` in `sp`"][..]),
            ("sp=r&st=2027-01-02T13:00:00Z&se=2030-01-01", &["not valid before 2027-01-02T13:00"]),
            ("sp=rl&se=2027-01-02T14:59Z", &["expires at 2027-01-02T14:59:00Z", "may take 3h"]),
            ("sp=w&st=2027-01-03&se=2027-01-02T13:00Z", &["`sp`", "not valid before", "expires"]),
            ("sp=racw&st=2027-01-02&se=2027-01-02T15:00Z", &[]),
            ("si=policy", &[]),
        ] {
            let found = said(&format!("{BLOB}?{query}&sig=a"));
            assert!(found.iter().all(|problem| !problem.is_error()), "{query}: {found:?}");
            let count = if query.starts_with("sp=w&st") { 3 } else { fragments.len().min(1) };
            assert_eq!(found.len(), count, "{query}: {found:?}");
            let text: String = found.iter().map(|problem| problem.detail.as_str()).collect();
            for fragment in fragments {
                assert!(text.contains(fragment), "{fragment} is not in {text}");
            }
        }
    }
}
