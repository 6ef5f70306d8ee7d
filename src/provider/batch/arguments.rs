//! The arguments of both Batch data sources.

use std::collections::BTreeSet;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::tfplugin::attr::{Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::{Diagnostic, Path};
use crate::tfplugin::range::Within;
use crate::tfplugin::string_enum::CaseInsensitive;

use super::settings::AccountEndpoint;
use crate::provider::pattern::Pattern;

string_enum! {
    /// The values of `osType`.
    pub(crate) OsType = ["linux", "windows"];
    /// The values of `verificationType`.
    pub(crate) VerificationType = ["verified", "unverified"];
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) OffsetDateTime);

impl Text for Moment {
    const EXPECTED: &'static str = "a time such as \"2027-06-30T00:00:00Z\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        OffsetDateTime::parse(text, &Rfc3339).map(Self).map_err(|_| {
            format!("{text:?} is not a time of the form 2027-06-30T00:00:00Z (RFC 3339).")
        })
    }
}

/// More days than that are a mistake, and no calendar reaches that far.
const MOST_DAYS: i64 = 36_500;

model! {
    /// The arguments of both data sources.
    #[derive(Clone, Debug)]
    pub(crate) struct Arguments {
        /// Address of the Batch account, with or without `https://`. Default: the provider's
        /// `batch.account_endpoint`.
        pub account_endpoint: Option<Verbatim<AccountEndpoint>>,

        /// Version of the service's API. Default: `2024-07-01.20.0`. Microsoft has announced that
        /// versions before `2025-06-01` will be retired, without naming a day.
        pub api_version: Option<String>,

        /// Filter in OData's syntax over `osType`, `verificationType` and `nodeAgentSKUId`, with
        /// `eq`, `ne`, `and`, `or` and parentheses. Joined to the other arguments with `and`.
        pub filter: Option<String>,

        /// Operating system: `linux` or `windows`, in any case.
        pub os_type: Option<CaseInsensitive<OsType>>,

        /// Whether Batch has tested the image with its agent: `verified` or `unverified`, in any
        /// case.
        pub verification_type: Option<CaseInsensitive<VerificationType>>,

        /// Node agent, such as `batch.node.ubuntu 22.04`, in any case. One that ends in `-arm64` is
        /// for ARM machines.
        pub node_agent_sku_id: Option<String>,

        /// Publisher, such as `canonical`, in any case.
        pub publisher: Option<String>,

        /// Offer, in any case.
        pub offer: Option<String>,

        /// SKU, in any case.
        pub sku: Option<String>,

        /// Regular expression (RE2 syntax) that the SKU has to match somewhere. The service writes
        /// SKUs in lower case.
        pub sku_regex: Option<Verbatim<Pattern>>,

        /// Capabilities that the image must have, all of them, in any case, such as
        /// `DockerCompatible`.
        pub required_capabilities: Option<BTreeSet<String>>,

        /// Capabilities that the image must not have, in any case, such as `SupportsRDMAOnly`.
        pub excluded_capabilities: Option<BTreeSet<String>>,

        /// Keeps images that Batch supports beyond this time (RFC 3339), and those without a
        /// planned end. Conflicts with `min_support_days`.
        pub supported_until: Option<Verbatim<Moment>>,

        /// Keeps images that Batch supports for more than this many days from now, and those
        /// without a planned end. Makes the result depend on the day of the plan. Conflicts with
        /// `supported_until`.
        pub min_support_days: Option<Within<0, MOST_DAYS>>,

        /// Images per page of the service's answer, 1 to 1000. All pages are read in any case.
        pub max_results: Option<Within<1, 1000>>,

        /// Seconds that the service may take for a page, 1 to 30. Default: the service's own, 30.
        pub server_timeout_seconds: Option<Within<1, 30>>,
    }
}

/// Checks that concern several arguments at once.
pub(crate) fn validate(config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    config.at_most_one(&["supported_until", "min_support_days"], problems);
    for name in ["api_version", "filter"] {
        if config.known::<String>(name).is_some_and(|text| text.trim().is_empty()) {
            let detail = format!("`{name}` is empty. Remove it, or give it a value.");
            problems.push(Diagnostic::invalid(&Path::attribute(name), detail));
        }
    }
}
