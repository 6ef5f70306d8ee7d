//! The arguments of both Batch data sources.

use std::collections::BTreeSet;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::tfplugin::attr::{Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::Diagnostic;
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

/// More days than that are a mistake.
const MOST_DAYS: i64 = 36_500;

model! {
    /// The arguments of both data sources.
    #[derive(Clone, Debug)]
    pub(crate) struct Arguments {
        /// Endpoint of the Batch account to query, such as `myaccount.westeurope.batch.azure.com`,
        /// with or without `https://`. Default: `account_endpoint` in the `batch` argument of the
        /// provider.
        pub account_endpoint: Option<Verbatim<AccountEndpoint>>,

        /// Version of the Azure Batch API. Default: `2024-07-01.20.0`. Microsoft has announced that
        /// versions before `2025-06-01` will be retired, without naming a date.
        pub api_version: Option<String>,

        /// OData filter over `osType`, `verificationType` and `nodeAgentSKUId` with `eq`, `ne`,
        /// `and`, `or` and parentheses, such as `nodeAgentSKUId ne 'batch.node.debian 12'`. It is
        /// combined with the other arguments by `and`.
        pub filter: Option<String>,

        /// Operating system family of the image, in any case: `linux` or `windows`.
        pub os_type: Option<CaseInsensitive<OsType>>,

        /// Whether Azure Batch has verified that the image works with its node agent, in any case:
        /// `verified` or `unverified`.
        pub verification_type: Option<CaseInsensitive<VerificationType>>,

        /// SKU id of the node agent, such as `batch.node.ubuntu 22.04`, in any case. SKU ids that
        /// end in `-arm64` are for ARM machines.
        pub node_agent_sku_id: Option<String>,

        /// Publisher of the Marketplace image, such as `canonical`, in any case.
        pub publisher: Option<String>,

        /// Offer of the Marketplace image, such as `0001-com-ubuntu-server-jammy`, in any case.
        pub offer: Option<String>,

        /// Marketplace SKU (plan) of the image, such as `2022-datacenter-azure-edition`, in any
        /// case.
        pub sku: Option<String>,

        /// Regular expression (RE2 syntax) that must match some part of the Marketplace SKU (plan)
        /// of the image. Azure Batch spells SKUs in lower case.
        pub sku_regex: Option<Verbatim<Pattern>>,

        /// Capabilities that the image must have, in any case, such as `DockerCompatible`; the
        /// image must have all of them.
        pub required_capabilities: Option<BTreeSet<String>>,

        /// Capabilities that the image must not have, in any case, such as `SupportsRDMAOnly`; an
        /// image with any of them is left out.
        pub excluded_capabilities: Option<BTreeSet<String>>,

        /// Time in RFC 3339 format, such as `2027-12-31T00:00:00Z`. Only images that Azure Batch
        /// still supports after this time match, and images without a planned end of support.
        /// Conflicts with `min_support_days`.
        pub supported_until: Option<Verbatim<Moment>>,

        /// Number of days from now, 0 to 36500. Only images that Azure Batch supports for longer
        /// than that match, and images without a planned end of support. The result depends on the
        /// time of the plan. Conflicts with `supported_until`.
        pub min_support_days: Option<Within<0, MOST_DAYS>>,

        /// Number of images per page of the response, 1 to 1000. All pages are read, whatever the
        /// value. Default: chosen by Azure Batch.
        pub max_results: Option<Within<1, 1000>>,

        /// Time in seconds that Azure Batch may take to return a page of the response, 1 to 30.
        /// Default: 30, the default of Azure Batch.
        pub server_timeout_seconds: Option<Within<1, 30>>,
    }
}

/// Checks that concern several arguments at once.
pub(crate) fn validate(config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    config.at_most_one(&["supported_until", "min_support_days"], problems);
}
