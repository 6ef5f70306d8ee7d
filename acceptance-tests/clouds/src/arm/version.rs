//! The api-versions of the gallery image operations, and what changed between them.

use super::errors::error;
use crate::shared::{Reply, Request};

/// Those that are served, the oldest first. Earlier previews had another schema; newer stable
/// versions of the namespace have no gallery images.
pub(crate) const VERSIONS: [&str; 14] = [
    "2023-07-01-preview",
    "2023-09-01-preview",
    "2024-01-01",
    "2024-02-01-preview",
    "2024-05-01-preview",
    "2024-07-15-preview",
    "2024-08-01-preview",
    "2024-10-01-preview",
    "2025-02-01-preview",
    "2025-04-01-preview",
    "2025-06-01-preview",
    "2025-09-01-preview",
    "2026-02-01-preview",
    "2026-04-01-preview",
];

/// The longest name an image may have.
pub(crate) fn longest_name(version: &str) -> usize {
    if version >= "2024-02" { 64 } else { 80 }
}

/// Whether an image can be created from a virtual machine.
pub(crate) fn has_source_machine(version: &str) -> bool {
    version >= "2024-05"
}

/// The generations of virtual machines.
pub(crate) fn generations(version: &str) -> &'static [&'static str] {
    if version >= "2025-09" { &["V1", "V2", "NA"] } else { &["V1", "V2"] }
}

/// The api-version of a request, which has to be there exactly once and look like one.
pub(crate) fn of(request: &Request) -> Result<String, Reply> {
    let query = request.query();
    let versions: Vec<&String> =
        query.iter().filter(|(name, _)| name == "api-version").map(|(_, value)| value).collect();
    match versions.as_slice() {
        [] => {
            let text =
                "The api-version query parameter (?api-version=) is required for all requests.";
            Err(error(400, "MissingApiVersionParameter", text))
        }
        [one] if is_date(one) => Ok((*one).clone()),
        [one] => {
            let text = format!(
                "The api-version '{one}' is invalid. The supported versions are '{}'.",
                VERSIONS.join(",")
            );
            Err(error(400, "InvalidApiVersionParameter", &text))
        }
        _ => {
            let text = "The api-version query parameter was given more than once.";
            Err(error(400, "InvalidApiVersionParameter", text))
        }
    }
}

/// A date, which may be that of a preview.
fn is_date(version: &str) -> bool {
    let date = version.strip_suffix("-preview").unwrap_or(version);
    date.len() == 10
        && date.char_indices().all(|(at, c)| match at {
            4 | 7 => c == '-',
            _ => c.is_ascii_digit(),
        })
}

/// Nobody serves this type in this version.
pub(crate) fn no_provider(kind: &str, version: &str, location: &str) -> Reply {
    let text = format!(
        "No registered resource provider found for location '{location}' and API version '{version}' for type '{kind}'. The supported api-versions are '{}'. The supported locations are 'eastus, westeurope, westus2'.",
        VERSIONS.join(", ")
    );
    error(400, "NoRegisteredProviderFound", &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_between_the_versions_is_known() {
        assert_eq!(VERSIONS.map(longest_name)[..4], [80, 80, 80, 64]);
        let since = VERSIONS.into_iter().find(|version| has_source_machine(version));
        assert_eq!(since, Some("2024-05-01-preview"));
        let since = VERSIONS.into_iter().find(|version| generations(version).contains(&"NA"));
        assert_eq!(since, Some("2025-09-01-preview"));
        assert!(VERSIONS.is_sorted());
    }

    #[test]
    fn a_version_is_a_date() {
        assert!(VERSIONS.into_iter().all(is_date));
        for wrong in ["", "latest", "2024-1-1", "2024-01-01-beta", "2024_01_01", "2024-01-01 "] {
            assert!(!is_date(wrong), "{wrong}");
        }
    }
}
