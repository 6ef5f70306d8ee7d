//! The arguments of both Batch data sources.

use std::collections::BTreeSet;

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

use crate::tfplugin::attr::{Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::Diagnostic;
use crate::tfplugin::range::Within;
use crate::tfplugin::string_enum::CaseInsensitive;

use super::settings::AccountEndpoint;
use crate::provider::contradiction::refuse_contradiction;
use crate::provider::pattern::Pattern;

string_enum! {
    /// The values of `osType`.
    pub(crate) OsType = ["linux", "windows"];
    /// The values of `verificationType`.
    pub(crate) VerificationType = ["verified", "unverified"];
    /// The processor architectures, which the SKUs of images and agents tell.
    pub(crate) Architecture = ["x64", "arm64"];
}

/// A point in time. A day is its first moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) OffsetDateTime);

impl Text for Moment {
    const EXPECTED: &'static str =
        "a date such as \"2027-06-30\" or a time such as \"2027-06-30T00:00:00Z\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        let day = || Date::parse(text, format_description!("[year]-[month]-[day]"));
        OffsetDateTime::parse(text, &Rfc3339)
            .or_else(|_| day().map(|day| day.midnight().assume_utc()))
            .map(Self)
            .map_err(|_| {
                format!(
                    "{text:?} is neither a date of the form 2027-06-30 nor a time of the form \
                     2027-06-30T00:00:00Z (RFC 3339)."
                )
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

        /// SKU id of the node agent, such as `batch.node.ubuntu 22.04`, in any case.
        pub node_agent_sku_id: Option<String>,

        /// Publisher of the Marketplace image, such as `canonical`, in any case.
        pub publisher: Option<String>,

        /// Offer of the Marketplace image, such as `0001-com-ubuntu-server-jammy`, in any case.
        pub offer: Option<String>,

        /// Marketplace SKU (plan) of the image, such as `2022-datacenter-azure-edition`, in any
        /// case. Conflicts with `sku_regex`.
        pub sku: Option<String>,

        /// Regular expression (RE2 syntax) that must match some part of the Marketplace SKU (plan)
        /// of the image. Azure Batch spells SKUs in lower case; a pattern that starts with `(?i)`
        /// ignores the case. Conflicts with `sku`.
        pub sku_regex: Option<Verbatim<Pattern>>,

        /// Processor architecture of the image, in any case: `x64` or `arm64`. Azure Batch does not
        /// report it; it is `arm64` if a part of the SKU or of the node agent SKU id is `arm64`,
        /// `arm` or `aarch64`.
        pub architecture: Option<CaseInsensitive<Architecture>>,

        /// Capabilities that the image must have, in any case, such as `DockerCompatible`; the
        /// image must have all of them. None of them may be in `excluded_capabilities` as well.
        pub required_capabilities: Option<BTreeSet<String>>,

        /// Capabilities that the image must not have, in any case, such as `SupportsRDMAOnly`; an
        /// image with any of them is left out. None of them may be in `required_capabilities` as
        /// well.
        pub excluded_capabilities: Option<BTreeSet<String>>,

        /// Date such as `2027-12-31`, which is 00:00 UTC of that day, or time in RFC 3339 format,
        /// such as `2027-12-31T00:00:00Z`. Only images that Azure Batch still supports after this
        /// time match, and images without a planned end of support. Conflicts with
        /// `min_support_days`.
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
    config.at_most_one(&["sku", "sku_regex"], problems);
    refuse_contradiction(config, "required_capabilities", "excluded_capabilities", problems);
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::tfplugin::diagnostic::Path;
    use crate::tfplugin::value::{Object, Value};

    #[test]
    fn a_day_is_its_first_moment_in_utc() {
        let midnight = Some(Moment(datetime!(2027-06-30 00:00 UTC)));
        for text in ["2027-06-30", "2027-06-30T00:00:00Z", "2027-06-30T02:00:00+02:00"] {
            assert_eq!(Moment::parse(text).ok(), midnight, "{text}");
        }
        for text in ["2027-06-31", "2027-6-30", "2027-06-30T00:00:00", "30.06.2027", ""] {
            assert!(Moment::parse(text).unwrap_err().contains(&format!("{text:?}")));
        }
    }

    fn problems(arguments: &[(&str, Value)]) -> Vec<(String, Path)> {
        let pairs = arguments.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let object: Object = pairs.collect();
        let mut problems = Vec::new();
        validate(&Config(&object), &mut problems);
        problems.into_iter().map(|problem| (problem.detail, problem.path)).collect()
    }

    #[test]
    fn a_capability_cannot_be_both_required_and_excluded() {
        let set = |texts: &[&str]| Value::List(texts.iter().map(|text| (*text).into()).collect());
        let found = problems(&[
            ("required_capabilities", set(&["DockerCompatible", "X"])),
            ("excluded_capabilities", set(&["SupportsRDMAOnly", "dockercompatible"])),
        ]);
        assert_eq!(found.len(), 1);
        assert!(found[0].0.starts_with("\"dockercompatible\" is also in"), "{found:?}");
        assert_eq!(found[0].1, Path::attribute("excluded_capabilities"));
        let apart =
            [("required_capabilities", set(&["A"])), ("excluded_capabilities", set(&["B"]))];
        assert_eq!(problems(&apart), []);
    }

    #[test]
    fn a_sku_and_a_pattern_for_it_exclude_each_other() {
        let found = problems(&[("sku", "server".into()), ("sku_regex", "^server".into())]);
        let paths: Vec<_> = found.into_iter().map(|(_, path)| path).collect();
        assert_eq!(paths, [Path::attribute("sku"), Path::attribute("sku_regex")]);
    }
}
