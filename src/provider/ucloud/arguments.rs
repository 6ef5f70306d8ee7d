//! The arguments of both UCloud data sources.

use std::collections::BTreeSet;

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime, UtcOffset};

use crate::tfplugin::attr::{Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::diagnostic::Diagnostic;
use crate::tfplugin::string_enum::CaseInsensitive;

use crate::provider::contradiction::refuse_contradiction;
use crate::provider::pattern::Pattern;

string_enum! {
    /// The values of `ImageType`.
    pub(crate) ImageType = ["Base", "Business", "Custom"];
    /// The values of `FuncType`. The service ignores any other.
    pub(crate) FuncType = ["gpu", "app", "uhost"];
    /// The values of `OsType`.
    pub(crate) OsType = ["Linux", "Windows"];
    /// The values of `State`.
    pub(crate) ImageState = ["Available", "Making", "Copying", "Unavailable"];
}

/// A day: `YYYY-MM-DD`, or that of a time in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(Date);

impl Text for Day {
    const EXPECTED: &'static str = "a date such as \"2027-06-30\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        let day = Date::parse(text, format_description!("[year]-[month]-[day]")).ok();
        let of_time = || {
            let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
            Some(time.checked_to_offset(UtcOffset::UTC)?.date())
        };
        day.or_else(of_time).map(Self).ok_or_else(|| {
            format!(
                "{text:?} is not a valid date. Write it as YYYY-MM-DD, such as \"2027-06-30\", or \
                 as a time in RFC 3339 format, such as \"2027-06-30T12:00:00Z\"."
            )
        })
    }
}

model! {
    /// The arguments of both data sources.
    #[derive(Clone, Debug)]
    pub(crate) struct Arguments {
        /// Region to search, such as `cn-bj2`. Default: `region` in the `ucloud` argument of the
        /// provider.
        pub region: Option<String>,

        /// Id of the project to search, such as `org-a1b2c3`. Default: `project_id` in the `ucloud`
        /// argument of the provider, or else the default project of the account. Sub-accounts must
        /// set a project.
        pub project_id: Option<String>,

        /// Availability zone of the image, such as `cn-bj2-04`, in any case.
        pub zone: Option<String>,

        /// Type of the image, in any case: `Base` (standard image), `Business` (marketplace image)
        /// or `Custom` (your own image).
        pub image_type: Option<CaseInsensitive<ImageType>>,

        /// Purpose of the image, in any case: `gpu` (hosts with a GPU), `app` (lightweight
        /// application hosts) or `uhost` (marketplace images for cloud hosts).
        pub func_type: Option<CaseInsensitive<FuncType>>,

        /// Operating system family of the image, in any case: `Linux` or `Windows`.
        pub os_type: Option<CaseInsensitive<OsType>>,

        /// Business group of the image, such as `Default`. Only UCloud applies this filter.
        pub tag: Option<String>,

        /// Ids of the images to search for. In `cloudimages_ucloud_image`, an empty set is an
        /// error, and so is an id that does not exist, even if another one matches.
        pub image_ids: Option<BTreeSet<String>>,

        /// Exact name of the image, including spaces and letter case.
        pub name: Option<String>,

        /// Regular expression (RE2 syntax) that must match some part of the image name.
        pub name_regex: Option<Verbatim<Pattern>>,

        /// Regular expression (RE2 syntax) that must match some part of the operating system name,
        /// such as `^Ubuntu 22`.
        pub os_name_regex: Option<Verbatim<Pattern>>,

        /// Exact name of the vendor of the image, including letter case. Only marketplace images
        /// have a vendor.
        pub vendor: Option<String>,

        /// Features that the image must have, in any case; the image must have all of them.
        /// Examples are `RssdAttachable` (can use RSSD disks), `Aarch64_Type` (for ARM hosts),
        /// `CloudInit`, `IPv6` and `HotPlug`. None of them may be in `excluded_features` as well.
        pub required_features: Option<BTreeSet<String>>,

        /// Features that the image must not have, in any case, such as `Vgpu_AMD`; an image with
        /// any of them is left out. None of them may be in `required_features` as well.
        pub excluded_features: Option<BTreeSet<String>>,

        /// Scene categories (use cases) that the image must have, in any case, such as `HPC` or
        /// `AIModels`; the image must have all of them.
        pub required_scene_categories: Option<BTreeSet<String>>,

        /// GPU models that the image must support, in any case; the image must support all of them.
        pub required_gpu_types: Option<BTreeSet<String>>,

        /// States that the image may be in, in any case: `Available`, `Making`, `Copying` or
        /// `Unavailable`. An image for which UCloud reports no state never matches. Default:
        /// `["Available"]`.
        pub states: Option<BTreeSet<CaseInsensitive<ImageState>>>,

        /// Date in the form `YYYY-MM-DD`, or a time in RFC 3339 format, of which the day in UTC
        /// counts. Only images whose operating system is still maintained after this day match, and
        /// images without a known end of maintenance.
        pub maintained_until: Option<Verbatim<Day>>,

        /// Whether to request the prices of the images, which are then available in `prices`.
        /// Default: `false`.
        pub include_prices: Option<bool>,
    }
}

/// Checks that concern several arguments at once.
pub(crate) fn validate(config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
    refuse_contradiction(config, "required_features", "excluded_features", problems);
}

impl std::ops::Deref for Day {
    type Target = Date;
    fn deref(&self) -> &Date {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date_or_the_day_of_a_time_in_utc() {
        for (text, day) in [
            ("2027-06-30", "2027-06-30"),
            ("2027-06-30T12:00:00Z", "2027-06-30"),
            ("2027-06-30T00:30:00+08:00", "2027-06-29"),
            ("2027-06-30T23:30:00.5-01:00", "2027-07-01"),
        ] {
            assert_eq!(Day::parse(text), Day::parse(day), "{text}");
            assert!(Day::parse(text).is_ok(), "{text}");
        }
        for text in ["2027/06/30", "30.06.2027", "2027-6-30", "2027-02-29", "2027-06-30T12:00", ""]
        {
            let why = Day::parse(text).unwrap_err();
            assert!(why.contains("is not a valid date") && why.contains("YYYY-MM-DD"), "{why}");
        }
        assert!(Day::parse("9999-12-31T23:59:59-23:59").is_err());
    }
}
