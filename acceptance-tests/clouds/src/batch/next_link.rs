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
