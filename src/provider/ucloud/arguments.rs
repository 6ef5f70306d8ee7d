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
        /// Region to look in, such as `cn-bj2`. Default: the provider's `region`.
        pub region: Option<String>,

        /// Project to look in. Default: the provider's `project_id`, or else the account's default
        /// project. Sub-accounts have to name one.
        pub project_id: Option<String>,

        /// Availability zone, such as `cn-bj2-04`, in any case.
        pub zone: Option<String>,

        /// Kind of image: `Base` (standard), `Business` (from the marketplace) or `Custom`, in any
        /// case.
        pub image_type: Option<CaseInsensitive<ImageType>>,

        /// What the image is made for: `gpu`, `app` (light hosts) or `uhost` (the marketplace of
        /// cloud hosts), in any case.
        pub func_type: Option<CaseInsensitive<FuncType>>,

        /// Operating system: `Linux` or `Windows`, in any case.
        pub os_type: Option<CaseInsensitive<OsType>>,

        /// Business group. The service applies it.
        pub tag: Option<String>,

        /// Ids of images to look for. In `cloudimages_ucloud_image`, one that does not exist is an
        /// error that names it.
        pub image_ids: Option<BTreeSet<String>>,

        /// Name of the image, exactly as it is, blanks included.
        pub name: Option<String>,

        /// Regular expression (RE2 syntax) that the name has to match somewhere.
        pub name_regex: Option<Verbatim<Pattern>>,

        /// Regular expression (RE2 syntax) that the name of the operating system has to match
        /// somewhere.
        pub os_name_regex: Option<Verbatim<Pattern>>,

        /// Supplier of the image, exactly as it is. Only marketplace images have one.
        pub vendor: Option<String>,

        /// Features that the image must have, all of them, in any case: `RssdAttachable` for RSSD
        /// disks, `Aarch64_Type` for ARM hosts, `CloudInit`, `IPv6`, `HotPlug` and so on.
        pub required_features: Option<BTreeSet<String>>,

        /// Features that the image must not have, in any case, such as `Vgpu_AMD`.
        pub excluded_features: Option<BTreeSet<String>>,

        /// Scene categories that the image must have, all of them, in any case, such as `HPC` or
        /// `AIModels`.
        pub required_scene_categories: Option<BTreeSet<String>>,

        /// GPU models that the image must support, all of them, in any case.
        pub required_gpu_types: Option<BTreeSet<String>>,

        /// States the image may be in: `Available`, `Making`, `Copying`, `Unavailable`, in any
        /// case. Default: `["Available"]`.
        pub states: Option<BTreeSet<CaseInsensitive<ImageState>>>,

        /// Keeps images whose system is maintained beyond this day (`YYYY-MM-DD`), and those
        /// without a known end of maintenance.
        pub maintained_until: Option<Verbatim<Day>>,

        /// Whether to ask for prices. Default: `false`.
        pub include_prices: Option<bool>,
    }
}

impl std::ops::Deref for Day {
    type Target = Date;
    fn deref(&self) -> &Date {
        &self.0
    }
}
