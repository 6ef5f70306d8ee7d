//! The query parameters and the filter of a request.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use super::OPERATION;
use crate::cloud::text::filled;
use crate::cloud::{Error, Kind, Result};

/// The newest version of the API with the `.20.0` tail.
pub const API_VERSION: &str = "2024-07-01.20.0";

/// All but the characters that RFC 3986 leaves alone everywhere. A space becomes `%20`: a plus is
/// a space to some decoders only.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The parameters of the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The version of the API, such as `2024-07-01.20.0`.
    pub api_version: String,
    /// An OData filter, combined with the others.
    pub filter: Option<String>,
    /// `linux` or `windows`, in any case.
    pub os_type: Option<String>,
    /// `verified` or `unverified`, in any case.
    pub verification_type: Option<String>,
    /// The node agent, such as `batch.node.ubuntu 22.04`.
    pub node_agent_sku_id: Option<String>,
    /// Images per page, 1 to 1000.
    pub max_results: Option<u32>,
    /// How long the service may take, 1 to 30.
    pub server_timeout_seconds: Option<u32>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            api_version: API_VERSION.to_owned(),
            filter: None,
            os_type: None,
            verification_type: None,
            node_agent_sku_id: None,
            max_results: None,
            server_timeout_seconds: None,
        }
    }
}

impl Query {
    /// The text of `$filter`, if there is anything to filter by. The raw filter is put in
    /// parentheses, since the precedence of `and` and `or` is not documented.
    #[must_use]
    pub fn filter_text(&self) -> Option<String> {
        let raw = filled(self.filter.as_deref()).map(|raw| format!("({raw})"));
        // The service's own values are in lower case; its filter may be case-sensitive.
        let os_type = filled(self.os_type.as_deref()).map(str::to_lowercase);
        let verification = filled(self.verification_type.as_deref()).map(str::to_lowercase);
        let agent = self.node_agent_sku_id.as_deref().filter(|agent| !agent.is_empty());
        let clauses = [
            raw,
            os_type.map(|value| equals("osType", &value)),
            verification.map(|value| equals("verificationType", &value)),
            agent.map(|value| equals("nodeAgentSKUId", value)),
        ];
        let clauses: Vec<String> = clauses.into_iter().flatten().collect();
        (!clauses.is_empty()).then(|| clauses.join(" and "))
    }

    /// The URL of the first page.
    pub(super) fn url(&self, base: &Url) -> Result<Url> {
        let mut text = format!("{base}supportedimages?api-version={}", encoded(&self.api_version));
        if let Some(filter) = self.filter_text() {
            text += &format!("&$filter={}", encoded(&filter));
        }
        if let Some(count) = self.max_results {
            text += &format!("&maxresults={count}");
        }
        // Lower case in all versions: clients differ in how they sign 2025-06-01's `timeOut`.
        if let Some(seconds) = self.server_timeout_seconds {
            text += &format!("&timeout={seconds}");
        }
        Url::parse(&text).map_err(|why| {
            Error::new(Kind::Invalid, OPERATION, format!("no URL for the request: {why}"))
        })
    }
}

fn equals(property: &str, value: &str) -> String {
    format!("{property} eq '{}'", value.replace('\'', "''"))
}

/// `value`, encoded for a query.
pub(super) fn encoded(value: &str) -> String {
    utf8_percent_encode(value, VALUE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(query: &Query) -> String {
        let base = Url::parse("https://sheep.westeu.batch.azure.com").unwrap();
        query.url(&base).unwrap().to_string()
    }

    #[test]
    fn the_plain_question_carries_the_version_alone() {
        let expected =
            "https://sheep.westeu.batch.azure.com/supportedimages?api-version=2024-07-01.20.0";
        assert_eq!(url(&Query::default()), expected);
    }

    #[test]
    fn the_filter_names_only_what_is_set_in_a_fixed_order() {
        let query = Query {
            os_type: Some("Linux".into()),
            verification_type: Some("VERIFIED".into()),
            node_agent_sku_id: Some("batch.node.o'brien 1".into()),
            ..Query::default()
        };
        let expected = "osType eq 'linux' and verificationType eq 'verified' \
                        and nodeAgentSKUId eq 'batch.node.o''brien 1'";
        assert_eq!(query.filter_text().unwrap(), expected);
        let raw = Some(" osType eq 'linux' or osType eq 'windows' ".into());
        let query = Query { filter: raw, os_type: None, verification_type: None, ..query };
        let expected = "(osType eq 'linux' or osType eq 'windows') \
                        and nodeAgentSKUId eq 'batch.node.o''brien 1'";
        assert_eq!(query.filter_text().unwrap(), expected);
        let blank = Query { filter: Some("  ".into()), ..Query::default() };
        assert_eq!(blank.filter_text(), None);
    }

    #[test]
    fn a_space_travels_as_percent_20_and_the_timeout_in_lower_case() {
        let query = Query {
            api_version: "2025-06-01".into(),
            node_agent_sku_id: Some("batch.node.el 8+".into()),
            max_results: Some(2),
            server_timeout_seconds: Some(20),
            ..Query::default()
        };
        let expected = "https://sheep.westeu.batch.azure.com/supportedimages\
                        ?api-version=2025-06-01\
                        &$filter=nodeAgentSKUId%20eq%20%27batch.node.el%208%2B%27\
                        &maxresults=2&timeout=20";
        assert_eq!(url(&query), expected);
    }
}
