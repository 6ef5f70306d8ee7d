//! The arguments of both UCloud data sources.

use std::collections::BTreeSet;

use time::Date;
use time::macros::format_description;

use crate::tfplugin::attr::{Text, Verbatim};
use crate::tfplugin::string_enum::CaseInsensitive;

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

/// A day, as `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(Date);

impl Text for Day {
    const EXPECTED: &'static str = "a date such as \"2027-06-30\"";
    fn parse(text: &str) -> std::result::Result<Self, String> {
        Date::parse(text, format_description!("[year]-[month]-[day]"))
            .map(Self)
            .map_err(|_| format!("{text:?} is not a date of the form YYYY-MM-DD."))
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

        /// Ids of the images to search for. In `cloudimages_ucloud_image`, an id that does not
        /// exist is an error.
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
        /// `CloudInit`, `IPv6` and `HotPlug`.
        pub required_features: Option<BTreeSet<String>>,

        /// Features that the image must not have, in any case, such as `Vgpu_AMD`; an image with
        /// any of them is left out.
        pub excluded_features: Option<BTreeSet<String>>,

        /// Scene categories (use cases) that the image must have, in any case, such as `HPC` or
        /// `AIModels`; the image must have all of them.
        pub required_scene_categories: Option<BTreeSet<String>>,

        /// GPU models that the image must support, in any case; the image must support all of them.
        pub required_gpu_types: Option<BTreeSet<String>>,

        /// States that the image may be in, in any case: `Available`, `Making`, `Copying` or
        /// `Unavailable`. Default: `["Available"]`.
        pub states: Option<BTreeSet<CaseInsensitive<ImageState>>>,

        /// Date in the form `YYYY-MM-DD`. Only images whose operating system is still maintained
        /// after this day match, and images without a known end of maintenance.
        pub maintained_until: Option<Verbatim<Day>>,

        /// Whether to request the prices of the images, which are then available in `prices`.
        /// Default: `false`.
        pub include_prices: Option<bool>,
    }
}

impl std::ops::Deref for Day {
    type Target = Date;
    fn deref(&self) -> &Date {
        &self.0
    }
}
