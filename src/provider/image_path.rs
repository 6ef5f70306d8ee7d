//! Where an image is made from: a URL with a shared access signature, or a path on the cluster.

use time::OffsetDateTime;
use time::format_description::well_known::Iso8601;
use url::Url;

use crate::tfplugin::attr::Secret;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::mask::mask;
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
}

impl Attr for ImagePath {
    const SENSITIVE: bool = true;

    fn shape() -> Shape {
        Secret::shape()
    }

    fn decode(value: Value, at: &Path, problems: &mut Vec<Diagnostic>) -> Option<Self> {
        let path = Secret::decode(value, at, problems)?;
        hide_signature(path.expose());
        Some(Self(path))
    }

    fn encode(&self, out: &mut dyn Sink) {
        self.0.encode(out);
    }

    /// A renewed signature opens the same image, and an image that is not named any more, because
    /// it has come to be named by the write-only twin, stays what it is.
    fn adopts(prior: &Value, planned: &Value) -> bool {
        match (prior.as_str(), planned.as_str()) {
            (Some(prior), Some(planned)) => place(prior).is_some_and(|p| place(planned) == Some(p)),
            (Some(_), None) => planned.is_null(),
            _ => false,
        }
    }

    fn check(value: &Value, at: &Path, problems: &mut Vec<Diagnostic>) {
        if let Some(text) = value.as_str() {
            check(text, at, OffsetDateTime::now_utc(), problems);
        }
    }
}

/// Hides the signature by itself as well: services quote parts of URLs.
fn hide_signature(path: &str) {
    let Ok(url) = Url::parse(path) else { return };
    if let Some(query) = url.query() {
        mask(query);
    }
    for (name, value) in url.query_pairs() {
        if name == "sig" {
            mask(&value);
        }
    }
}

/// What a URL names, whoever may open it: scheme, host and path.
fn place(text: &str) -> Option<String> {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "https")?;
    Some(format!("{}{}", url.origin().ascii_serialization(), url.path()))
}

fn check(text: &str, at: &Path, now: OffsetDateTime, problems: &mut Vec<Diagnostic>) {
    if text.trim().is_empty() {
        problems.push(Diagnostic::invalid(at, format!("`{at}` must not be empty.")));
    }
    let Ok(url) = Url::parse(text) else { return };
    if url.scheme() != "https" {
        return;
    }
    let parameter = |name: &str| url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value);
    if let Some(end) = parameter("se").as_deref().and_then(expiry)
        && end < now
    {
        let detail = format!(
            "The shared access signature in `{at}` has expired ({end}). Make a new one that lasts \
             as long as the download takes."
        );
        problems.push(Diagnostic::invalid(at, detail));
    }
    let blob = url.host_str().is_some_and(|host| host.contains(".blob."));
    if blob && parameter("sig").is_none() {
        let detail = format!(
            "`{at}` names a blob without a shared access signature (no `sig` in the query). \
             Unless the container is public, the download will be refused."
        );
        problems.push(Diagnostic::warning("No signature in the URL", detail).at(at.clone()));
    }
}

/// `se`: a time, or a day that is over when it begins.
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
    fn an_expired_signature_is_an_error_and_a_missing_one_a_warning() {
        let now = datetime!(2027-01-02 12:00 UTC);
        let problems = |text: &str| {
            let mut problems = Vec::new();
            check(text, &Path::attribute("image_path"), now, &mut problems);
            problems.iter().map(Diagnostic::is_error).collect::<Vec<_>>()
        };
        for (text, expected) in [
            (format!("{BLOB}?se=2027-01-02T11%3A59%3A00Z&sig=a"), vec![true]),
            (format!("{BLOB}?se=2027-01-03T00:00:00Z&sig=a"), vec![]),
            (format!("{BLOB}?se=2027-01-02T12:30Z&sig=a"), vec![]),
            (format!("{BLOB}?se=2027-01-02&sig=a"), vec![true]),
            (format!("{BLOB}?se=whenever&sig=a"), vec![]),
            (BLOB.to_owned(), vec![false]),
            ("https://files.example/golden.vhdx".to_owned(), vec![]),
            (r"\\nas\images\golden.vhdx".to_owned(), vec![]),
            (" ".to_owned(), vec![true]),
        ] {
            assert_eq!(problems(&text), expected, "{text}");
        }
    }
}
