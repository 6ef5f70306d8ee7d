//! Continuation links.

/// How continuation links look.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum NextLink {
    /// Absolute, same host, with api-version and maxresults; absent on the last page.
    #[default]
    Normal,
    /// Without the api-version.
    WithoutApiVersion,
    /// As normal, and an empty string instead of nothing on the last page.
    EmptyOnLastPage,
    /// To this origin instead (`http://127.0.0.1:1234`).
    OtherHost(String),
    /// With this scheme instead, same host.
    Scheme(String),
    /// From the second page on, every page links to itself.
    Cycle,
    /// There is always one more page, each with a new token.
    Endless,
}

impl NextLink {
    /// The origin of links, where that of the account is `base`.
    pub(crate) fn base(&self, base: String) -> String {
        match self {
            Self::OtherHost(other) => other.trim_end_matches('/').to_owned(),
            Self::Scheme(scheme) => {
                let rest = base.split_once("://").map_or("", |(_, rest)| rest);
                format!("{scheme}://{rest}")
            }
            _ => base,
        }
    }
}
