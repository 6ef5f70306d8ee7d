//! The source of an image: a URL with a shared access signature, or a path on the cluster.

use url::Url;

use crate::secret::Secret;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::model::{Attr, Shape};
use crate::tfplugin::value::{Sink, Value};

pub(crate) mod signature;

use signature::parameter;

/// What an image can be created from, in words.
const FORMS: &str = "the http(s) URL of a VHD or VHDX, or its path on the cluster: a Windows path such \
                     as `C:\\ClusterStorage\\Volume1\\golden.vhdx`, or a UNC path such as \
                     `\\\\server\\share\\golden.vhdx`";

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
    let url = web(text)?;
    Some(format!("{}{}", url.origin().ascii_serialization(), url.path()))
}

/// The address of a disk that the service downloads.
fn web(text: &str) -> Option<Url> {
    let is_whole = |url: &Url| text.contains("://") && matches!(url.scheme(), "https" | "http");
    Url::parse(text).ok().filter(is_whole)
}

fn check(text: &str, at: &Path, problems: &mut Vec<Diagnostic>) {
    if let Some(why) = misfit(text) {
        problems.push(Diagnostic::invalid(at, format!("`{at}` {why}")));
    }
    let Some(url) = web(text) else { return };
    let blob = url.host_str().is_some_and(|host| host.contains(".blob."));
    if blob && parameter(&url, "sig").is_none() {
        let detail = format!(
            "`{at}` names a blob without a shared access signature (no `sig` in the query). \
             Unless the container is public, the download will be refused."
        );
        problems.push(Diagnostic::warning("No signature in the URL", detail).at(at.clone()));
    }
}

/// Why no image can be created from `text`, as it follows the name of the argument. The text itself is
/// a secret and not quoted.
fn misfit(text: &str) -> Option<String> {
    if text.trim() != text {
        return Some(
            "starts or ends with a space or a line break, which a file often has at its end. Remove it, \
             for example with `trimspace`."
                .to_owned(),
        );
    }
    if web(text).is_some() || is_windows_path(text) || is_unc_path(text) {
        return None;
    }
    if is_urn(text) {
        return Some(format!(
            "is the URN of a Marketplace image. Give {FORMS}. To get a Marketplace image, use another \
             resource type: azurerm_stack_hci_marketplace_gallery_image of the azurerm provider."
        ));
    }
    if text.starts_with(['/', '.', '~']) {
        return Some(format!(
            "is a path of Linux or macOS, where the cluster cannot read it. Copy the disk to the \
             cluster, or upload it to a storage account. Then give {FORMS}."
        ));
    }
    Some(format!("is neither a URL nor a path that the cluster can read. Give {FORMS}."))
}

/// A drive and a path from its root: `C:\golden.vhdx`.
fn is_windows_path(text: &str) -> bool {
    let mut letters = text.chars();
    let drive = letters.next().is_some_and(|c| c.is_ascii_alphabetic());
    drive
        && letters.next() == Some(':')
        && letters.next().is_some_and(is_separator)
        && letters.next().is_some_and(|c| !is_separator(c))
}

/// A server, a share and a path in it: `\\server\share\golden.vhdx`.
fn is_unc_path(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(r"\\") else { return false };
    let parts: Vec<&str> = rest.split(is_separator).collect();
    parts.len() >= 3 && parts.iter().all(|part| !part.is_empty())
}

fn is_separator(c: char) -> bool {
    matches!(c, '\\' | '/')
}

/// `publisher:offer:sku`, with or without a version.
fn is_urn(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let fits = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    matches!(parts.len(), 3 | 4)
        && parts.iter().all(|part| !part.is_empty() && part.chars().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOB: &str = "https://acct.blob.core.windows.net/vhds/golden.vhdx";

    #[test]
    fn a_renewed_signature_is_only_remembered() {
        for (prior, planned, adopted) in [
            (format!("{BLOB}?sig=a"), format!("{BLOB}?sig=b"), true),
            (format!("{BLOB}?sig=a"), BLOB.replace("acct", "ACCT"), true),
            (format!("{BLOB}?sig=a"), format!("{BLOB}2?sig=a"), false),
            (format!("{BLOB}?sig=a"), BLOB.replace("acct", "other"), false),
            (BLOB.to_owned(), BLOB.replace("https", "http"), false),
            (r"C:\a.vhdx?x".to_owned(), r"C:\a.vhdx?y".to_owned(), false),
        ] {
            let adopts = ImagePath::adopts(&prior.as_str().into(), &planned.as_str().into());
            assert_eq!(adopts, adopted, "{prior} {planned}");
        }
    }

    fn problems(text: &str) -> Vec<Diagnostic> {
        let mut problems = Vec::new();
        check(text, &Path::attribute("image_path"), &mut problems);
        problems
    }

    #[test]
    fn urls_windows_paths_and_unc_paths_are_accepted() {
        for text in [
            "https://acct.blob.core.windows.net/vhds/golden.vhdx?se=2020-01-01&sig=a",
            "https://files.example/golden.vhdx",
            "HTTP://files.example:8080/golden.vhd",
            r"C:\ClusterStorage\Volume1\golden image.vhdx",
            "d:/golden.vhdx",
            r"\\nas\images\golden.vhdx",
            r"\\nas.corp.example\images$\2027\golden.vhdx",
        ] {
            assert_eq!(problems(text), [], "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_is_expected_and_never_quoted() {
        for (text, why) in [
            ("https://files.example/mine.vhdx\n", "Remove it, for example with `trimspace`."),
            (" C:\\mine.vhdx", "starts or ends with a space"),
            ("Canonical:ubuntu-24_04-lts:server:latest", "azurerm_stack_hci_marketplace_gallery"),
            ("canonical:ubuntu:server", "azurerm_stack_hci_marketplace_gallery"),
            ("./mine.qcow2", "Linux or macOS"),
            ("/images/mine.vhdx", "Linux or macOS"),
            ("~/mine.vhdx", "Linux or macOS"),
            ("mine.vhdx", "neither a URL nor a path"),
            (r"images\mine.vhdx", "neither a URL nor a path"),
            (r"C:mine.vhdx", "neither a URL nor a path"),
            (r"C:\", "neither a URL nor a path"),
            (r"\\nas\images", "neither a URL nor a path"),
            (r"\mine.vhdx", "neither a URL nor a path"),
            ("ftp://files.example/mine.vhdx", "neither a URL nor a path"),
            ("https://", "neither a URL nor a path"),
            ("https:mine", "neither a URL nor a path"),
        ] {
            let found = problems(text);
            let [problem] = found.as_slice() else { panic!("{text}: {found:?}") };
            assert!(problem.is_error() && problem.detail.contains(why), "{text}: {problem:?}");
            assert!(!problem.detail.contains("mine") && !problem.detail.contains("buntu"));
            assert!(problem.detail.ends_with('.') && !problem.detail.ends_with(".."));
        }
    }

    #[test]
    fn a_missing_signature_is_a_warning() {
        let found = problems(BLOB);
        assert!(found.len() == 1 && !found[0].is_error(), "{found:?}");
    }
}
