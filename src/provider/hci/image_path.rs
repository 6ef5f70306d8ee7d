//! The source of an image: a URL with a shared access signature, or a path on the cluster.

use time::OffsetDateTime;
use time::format_description::well_known::{Iso8601, Rfc3339};
use url::Url;

use crate::secret::Secret;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Value};

/// A secret, since a signature in it opens the storage account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImagePath(Secret);

impl ImagePath {
    /// The path itself.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The path as the client takes it.
    pub(crate) fn secret(&self) -> Secret {
        self.0.clone()
    }
}

impl Attr for ImagePath {
    const SENSITIVE: bool = true;

    fn shape() -> Shape {
        Secret::shape()
    }

    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        Secret::decode(value, at, problems).map(Self)
    }

    fn encode(&self, out: &mut dyn Sink) {
        self.0.encode(out);
    }

    /// A renewed signature opens the same disk, and moving the value to the write-only argument
    /// does not change the image.
    fn adopts(prior: &Value, planned: &Value) -> bool {
        match (prior.as_str(), planned.as_str()) {
            (Some(prior), Some(planned)) => is_same_disk(prior, planned),
            (Some(_), None) => planned.is_null(),
            _ => false,
        }
    }

    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        if let Some(text) = value.as_str() {
            check(text, at, problems);
        }
    }
}

/// Whether two paths name the same disk: URLs may differ in their query.
pub(crate) fn is_same_disk(one: &str, other: &str) -> bool {
    one == other || place(one).is_some_and(|place_of_one| place(other) == Some(place_of_one))
}

/// A URL without its query: scheme, host and path.
fn place(text: &str) -> Option<String> {
    let url = https(text)?;
    Some(format!("{}{}", url.origin().ascii_serialization(), url.path()))
}

/// The message about a signature that has expired, if it has.
///
/// An expired signature is not a mistake in the configuration: every signature expires, and an
/// image that was created with it does not need it any more.
pub(crate) fn expired(text: &str) -> Option<String> {
    expired_at(text, OffsetDateTime::now_utc())
}

fn expired_at(text: &str, now: OffsetDateTime) -> Option<String> {
    let url = https(text)?;
    let end = expiry(&parameter(&url, "se")?).filter(|end| *end < now)?;
    let end = end.format(&Rfc3339).unwrap_or_default();
    Some(format!(
        "The shared access signature of the disk has expired ({end}). Make a new one that lasts as \
         long as the download takes."
    ))
}

fn https(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| url.scheme() == "https")
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

fn check(text: &str, at: &Path, problems: &mut Vec<Diagnostic>) {
    if text.trim().is_empty() {
        problems.push(Diagnostic::invalid(at, format!("`{at}` must not be empty.")));
    }
    let Some(url) = https(text) else { return };
    let blob = url.host_str().is_some_and(|host| host.contains(".blob."));
    if blob && parameter(&url, "sig").is_none() {
        let detail = format!(
            "`{at}` names a blob without a shared access signature (no `sig` in the query). \
             Unless the container is public, the download will be refused."
        );
        problems.push(Diagnostic::warning("No signature in the URL", detail).at(at.clone()));
    }
}

/// `se`: a time, or a day, at whose start the signature expires.
fn expiry(text: &str) -> Option<OffsetDateTime> {
    if let Ok(time) = OffsetDateTime::parse(text, &Iso8601::PARSING) {
        return Some(time);
    }
    let day = time::Date::parse(text, time::macros::format_description!("[year]-[month]-[day]"));
    day.ok().map(|day| day.midnight().assume_utc())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const BLOB: &str = "https://acct.blob.core.windows.net/vhds/golden.vhdx";

    #[test]
    fn a_renewed_signature_is_only_remembered() {
        for (prior, planned, adopted) in [
            (format!("{BLOB}?sig=a"), format!("{BLOB}?sig=b"), true),
            (format!("{BLOB}?sig=a"), BLOB.replace("acct", "ACCT"), true),
            (format!("{BLOB}?sig=a"), format!("{BLOB}2?sig=a"), false),
            (format!("{BLOB}?sig=a"), BLOB.replace("acct", "other"), false),
            (r"C:\a.vhdx?x".to_owned(), r"C:\a.vhdx?y".to_owned(), false),
        ] {
            let adopts = ImagePath::adopts(&prior.as_str().into(), &planned.as_str().into());
            assert_eq!(adopts, adopted, "{prior} {planned}");
        }
    }

    #[test]
    fn a_signature_expires_at_its_time_or_at_the_beginning_of_its_day() {
        let now = datetime!(2027-01-02 12:00 UTC);
        for (text, expected) in [
            (format!("{BLOB}?se=2027-01-02T11%3A59%3A00Z&sig=a"), Some("2027-01-02T11:59:00Z")),
            (format!("{BLOB}?se=2027-01-03T00:00:00Z&sig=a"), None),
            (format!("{BLOB}?se=2027-01-02T12:30Z&sig=a"), None),
            (format!("{BLOB}?se=2027-01-02&sig=a"), Some("2027-01-02T00:00:00Z")),
            (format!("{BLOB}?se=whenever&sig=a"), None),
            (BLOB.to_owned(), None),
            (r"\\nas\images\golden.vhdx?se=2027-01-01".to_owned(), None),
        ] {
            let found = expired_at(&text, now);
            let says = |end| found.as_ref().is_some_and(|found| found.contains(end));
            assert!(expected.map_or(found.is_none(), says), "{text}: {found:?}");
        }
    }

    #[test]
    fn an_empty_path_is_an_error_and_a_missing_signature_a_warning() {
        let problems = |text: &str| {
            let mut problems = Vec::new();
            check(text, &Path::attribute("image_path"), &mut problems);
            problems.iter().map(Diagnostic::is_error).collect::<Vec<_>>()
        };
        for (text, expected) in [
            (format!("{BLOB}?se=2020-01-01&sig=a"), vec![]),
            (BLOB.to_owned(), vec![false]),
            ("https://files.example/golden.vhdx".to_owned(), vec![]),
            (r"\\nas\images\golden.vhdx".to_owned(), vec![]),
            (" ".to_owned(), vec![true]),
        ] {
            assert_eq!(problems(&text), expected, "{text}");
        }
    }
}
