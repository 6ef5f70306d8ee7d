//! What the two UCloud data sources share: arguments, the image, filters and the look-up.

use std::collections::BTreeSet;
use std::sync::Arc;

use time::Date;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::cloud::ucloud as api;
use crate::tfplugin::attr::{Text, Verbatim};
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Result};
use crate::tfplugin::string_enum::CaseInsensitive;

use super::configuration::Clients;
use super::deadline;
use super::error;
use super::pattern::Pattern;
use super::selection::{Filter, Filters, has, listed, query_id};

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

model! {
    /// An image in one availability zone.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Image {
        /// Id of the image.
        pub id: Box<str>,
        /// Name, exactly as the service has it.
        pub name: Option<Box<str>>,
        /// Description.
        pub description: Option<Box<str>>,
        /// Availability zone.
        pub zone: Option<Box<str>>,
        /// Operating system: `Linux` or `Windows`.
        pub os_type: Option<Box<str>>,
        /// Name of the operating system.
        pub os_name: Option<Box<str>>,
        /// Kind of image: `Base`, `Business` or `Custom`.
        pub image_type: Option<Box<str>>,
        /// What the image is made for: `gpu`, `app` or `uhost`.
        pub func_type: Option<Box<str>>,
        /// Features, in the service's spelling.
        pub features: Vec<Box<str>>,
        /// Software that comes with a marketplace image.
        pub integrated_software: Option<Box<str>>,
        /// Supplier of a marketplace image.
        pub vendor: Option<Box<str>>,
        /// Address of the introduction to a marketplace image.
        pub links: Option<Box<str>>,
        /// State: `Available`, `Making`, `Copying` or `Unavailable`.
        pub state: Option<Box<str>>,
        /// When the image was made, as RFC 3339 in UTC.
        pub create_time: Option<Box<str>>,
        /// When the image was made, in seconds since 1970-01-01 UTC.
        pub create_time_unix: Option<i64>,
        /// Size, in GB.
        pub image_size: Option<f64>,
        /// Oldest CPU platform that can run the image, such as `Broadwell`. Null for any.
        pub minimal_cpu: Option<Box<str>>,
        /// Day on which the maintenance of the system ends, `YYYY/MM/DD` as the service sends it.
        pub maintain_eol: Option<Box<str>>,
        /// Ids of the data disk snapshots that belong to the image.
        pub data_snapshot_ids: Vec<Box<str>>,
        /// GPU models that the image supports.
        pub supported_gpu_types: Vec<Box<str>>,
        /// Scene categories, such as `Featured` or `HPC`.
        pub scene_categories: Vec<Box<str>>,
        /// Main software that is installed.
        pub primary_software: Option<Box<str>>,
        /// Business group.
        pub tag: Option<Box<str>>,
        /// Prices of the image, when `include_prices` asked for them.
        pub prices: Vec<Price>,
    }
}

model! {
    /// The price of an image under one way of charging.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Price {
        /// Way of charging, such as `Month`.
        pub charge_type: Option<Box<str>>,
        /// Price, in the account's currency.
        pub price: Option<f64>,
        /// Price before discounts, in the account's currency.
        pub original_price: Option<f64>,
    }
}

impl From<api::Image> for Image {
    fn from(image: api::Image) -> Self {
        let time = image.create_time.and_then(|seconds| {
            OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
        });
        let price = |price: api::Price| Price {
            charge_type: price.charge_type,
            price: price.price,
            original_price: price.original_price,
        };
        Self {
            id: image.id,
            name: image.name,
            description: image.description,
            zone: image.zone,
            os_type: image.os_type,
            os_name: image.os_name,
            image_type: image.image_type,
            func_type: image.func_type,
            features: image.features.into_vec(),
            integrated_software: image.integrated_software,
            vendor: image.vendor,
            links: image.links,
            state: image.state,
            create_time: time.map(String::into_boxed_str),
            create_time_unix: image.create_time,
            image_size: image.image_size,
            minimal_cpu: image.minimal_cpu,
            maintain_eol: image.maintain_eol,
            data_snapshot_ids: image.data_snapshot_ids.into_vec(),
            supported_gpu_types: image.supported_gpu_types.into_vec(),
            scene_categories: image.scene_categories.into_vec(),
            primary_software: image.primary_software,
            tag: image.tag,
            prices: image.prices.into_vec().into_iter().map(price).collect(),
        }
    }
}

/// What was asked, in full: the provider's region and project included.
pub(crate) struct Search {
    pub(crate) arguments: Arguments,
    pub(crate) query: api::Query,
}

impl Search {
    /// Completes the arguments from the provider's configuration.
    pub(crate) fn new(clients: &Clients, arguments: Arguments) -> Result<Self> {
        let settings = clients.ucloud();
        let region = match &arguments.region {
            Some(region) => region.clone(),
            None => settings.region()?,
        };
        let project_id = match &arguments.project_id {
            Some(project) => Some(project.clone()),
            None => settings.project_id()?,
        };
        let query = api::Query {
            region,
            project_id,
            zone: arguments.zone.as_ref().map(|zone| zone.to_lowercase()),
            image_type: arguments.image_type.map(|word| word.as_str().to_owned()),
            func_type: arguments.func_type.map(|word| word.as_str().to_owned()),
            os_type: arguments.os_type.map(|word| word.as_str().to_owned()),
            tag: arguments.tag.clone(),
            image_ids: arguments.image_ids.iter().flatten().cloned().collect(),
            include_prices: arguments.include_prices.unwrap_or(false),
        };
        Ok(Self { arguments, query })
    }

    /// Asks the service. The images are all it has for this query, in its order of ours.
    pub(crate) async fn images(
        &self,
        clients: &Clients,
        context: &Context,
    ) -> Result<(Vec<api::Image>, i64)> {
        if self.arguments.image_ids.as_ref().is_some_and(BTreeSet::is_empty) {
            // No id can match; the service would take the empty list for none and list all.
            return Ok((Vec::new(), 0));
        }
        let client = clients.ucloud().client()?;
        let listing = client
            .describe_image(&deadline(context), &self.query)
            .await
            .map_err(|failure| error::ucloud(failure, &self.arguments))?;
        let api::SearchResult { images, total_count, warnings } = Arc::unwrap_or_clone(listing);
        for warning in warnings {
            context.warn(Diagnostic::warning("Inconsistent answer from UCloud", warning));
        }
        Ok((images, i64::try_from(total_count).unwrap_or(i64::MAX)))
    }

    /// What there is without the arguments that the service applied, to name near misses when they
    /// left nothing. Errors do not matter here: another one is about to be reported.
    pub(crate) async fn broadly(&self, clients: &Clients, context: &Context) -> Vec<api::Image> {
        let narrow = &self.query;
        let broad = api::Query {
            zone: None,
            image_type: None,
            func_type: None,
            os_type: None,
            ..narrow.clone()
        };
        let Some(client) = clients.ucloud().client().ok().filter(|_| broad != *narrow) else {
            return Vec::new();
        };
        let listing = client.describe_image(&deadline(context), &broad).await;
        listing.map(|listing| Arc::unwrap_or_clone(listing).images).unwrap_or_default()
    }

    /// The conditions, those first that the service was asked to apply too.
    pub(crate) fn filters(&self) -> Filters<'_, api::Image> {
        let mut filters = Filters::new(describe);
        let asked = &self.arguments;
        if let Some(tag) = &asked.tag {
            filters.sent(format!("tag = {tag:?}"));
        }
        type Field = fn(&api::Image) -> &Option<Box<str>>;
        let words: [(_, Option<&str>, Field); 4] = [
            ("zone", asked.zone.as_deref(), |image| &image.zone),
            ("image_type", asked.image_type.as_ref().map(CaseInsensitive::as_str), |i| {
                &i.image_type
            }),
            ("func_type", asked.func_type.as_ref().map(CaseInsensitive::as_str), |i| &i.func_type),
            ("os_type", asked.os_type.as_ref().map(CaseInsensitive::as_str), |image| {
                &image.os_type
            }),
        ];
        for (name, wanted, value) in words {
            let Some(wanted) = wanted else { continue };
            let filter = Filter::new(format!("{name} = {wanted:?}"), move |image| {
                value(image).as_deref().is_some_and(|found| found.eq_ignore_ascii_case(wanted))
            });
            filters.push(match name {
                "zone" => {
                    filter.suggesting(wanted, |image| image.zone.as_deref().into_iter().collect())
                }
                _ => filter,
            });
        }
        if let Some(ids) = &asked.image_ids {
            let text = format!("image_ids = {}", listed(ids.iter().map(String::as_str)));
            filters.push(Filter::new(text, |image: &api::Image| ids.contains(&*image.id)));
        }
        self.push_names(&mut filters);
        self.push_sets(&mut filters);
        self.push_states(&mut filters);
        filters
    }

    fn push_names<'a>(&'a self, filters: &mut Filters<'a, api::Image>) {
        let asked = &self.arguments;
        if let Some(name) = &asked.name {
            let keep = |image: &api::Image| image.name.as_deref() == Some(name);
            filters.push(
                Filter::new(format!("name = {name:?}"), keep)
                    .suggesting(name, |image| image.name.as_deref().into_iter().collect()),
            );
        }
        if let Some(vendor) = &asked.vendor {
            let keep = |image: &api::Image| image.vendor.as_deref() == Some(vendor);
            filters.push(
                Filter::new(format!("vendor = {vendor:?}"), keep)
                    .suggesting(vendor, |image| image.vendor.as_deref().into_iter().collect()),
            );
        }
        if let Some(pattern) = &asked.name_regex {
            let text = format!("name_regex = {:?}", pattern.text());
            filters.push(Filter::new(text, |image: &api::Image| {
                image.name.as_deref().is_some_and(|name| pattern.is_match(name))
            }));
        }
        if let Some(pattern) = &asked.os_name_regex {
            let text = format!("os_name_regex = {:?}", pattern.text());
            filters.push(Filter::new(text, |image: &api::Image| {
                image.os_name.as_deref().is_some_and(|name| pattern.is_match(name))
            }));
        }
    }

    fn push_sets<'a>(&'a self, filters: &mut Filters<'a, api::Image>) {
        let asked = &self.arguments;
        type Field = fn(&api::Image) -> &[Box<str>];
        let features: Field = |image| &image.features;
        let scenes: Field = |image| &image.scene_categories;
        let gpus: Field = |image| &image.supported_gpu_types;
        let sets = [
            ("required_features", &asked.required_features, features, true),
            ("excluded_features", &asked.excluded_features, features, false),
            ("required_scene_categories", &asked.required_scene_categories, scenes, true),
            ("required_gpu_types", &asked.required_gpu_types, gpus, true),
        ];
        for (name, wanted, field, required) in sets {
            // One filter for each value, so that a message can tell which of them was too much.
            for value in wanted.iter().flatten() {
                let keep = move |image: &api::Image| has(field(image), value) == required;
                let filter = Filter::new(format!("{name} {value:?}"), keep);
                filters.push(if required {
                    filter.suggesting(
                        value,
                        match name {
                            "required_features" => {
                                |image| image.features.iter().map(|f| &**f).collect()
                            }
                            "required_gpu_types" => {
                                |image| image.supported_gpu_types.iter().map(|f| &**f).collect()
                            }
                            _ => |image| image.scene_categories.iter().map(|f| &**f).collect(),
                        },
                    )
                } else {
                    filter
                });
            }
        }
    }

    fn push_states<'a>(&'a self, filters: &mut Filters<'a, api::Image>) {
        let asked = &self.arguments;
        if let Some(day) = &asked.maintained_until {
            let limit = ***day;
            let text = format!("maintained_until = {:?}", day.text());
            filters.push(Filter::new(text, move |image: &api::Image| {
                end_of_maintenance(image).is_none_or(|end| end > limit)
            }));
        }
        let words = |words: &BTreeSet<CaseInsensitive<ImageState>>| {
            words.iter().map(CaseInsensitive::as_str).collect::<Vec<_>>()
        };
        let states = asked.states.as_ref().map_or_else(|| vec!["Available"], words);
        let text = format!("states = {}", listed(states.iter().copied()));
        filters.push(Filter::new(text, move |image: &api::Image| {
            image.state.as_deref().is_some_and(|state| has(&states, state))
        }));
    }

    /// Warns of ends of maintenance that cannot be read, which `maintained_until` then ignores. One
    /// warning, and only about images that are found.
    pub(crate) fn warn_of_unreadable_dates<'i>(
        &self,
        found: impl Iterator<Item = &'i api::Image>,
        context: &Context,
    ) {
        if self.arguments.maintained_until.is_none() {
            return;
        }
        let has_text = |image: &&api::Image| {
            image.maintain_eol.as_deref().is_some_and(|text| !text.trim().is_empty())
        };
        let unreadable: Vec<_> =
            found.filter(has_text).filter(|image| end_of_maintenance(image).is_none()).collect();
        let Some(first) = unreadable.first() else { return };
        let more = match unreadable.len() {
            1 => String::new(),
            count => format!(" The same goes for {} more.", count - 1),
        };
        let text = format!(
            "{}: the end of maintenance {:?} is not of the form YYYY/MM/DD. The image is kept.{more}",
            describe(first),
            first.maintain_eol.as_deref().unwrap_or_default()
        );
        context.warn(Diagnostic::warning("Unreadable end of maintenance", text));
    }

    /// An id that is the same for the same query, wherever its parts came from.
    pub(crate) fn id(&self) -> String {
        let mut arguments = self.arguments.clone();
        arguments.region = Some(self.query.region.clone());
        arguments.project_id = self.query.project_id.clone();
        query_id(&format!("{arguments:?}"))
    }
}

impl std::ops::Deref for Day {
    type Target = Date;
    fn deref(&self) -> &Date {
        &self.0
    }
}

fn end_of_maintenance(image: &api::Image) -> Option<Date> {
    let text = image.maintain_eol.as_deref().filter(|text| !text.is_empty())?;
    Date::parse(text, format_description!("[year]/[month]/[day]"))
        .or_else(|_| Date::parse(text, format_description!("[year]-[month]-[day]")))
        .ok()
}

/// An image in one line.
pub(crate) fn describe(image: &api::Image) -> String {
    let mut facts: Vec<&str> = Vec::new();
    facts.extend(image.zone.as_deref());
    facts.extend(image.os_type.as_deref());
    facts.extend(image.image_type.as_deref());
    facts.extend(image.state.as_deref());
    let name = image.name.as_deref().unwrap_or("(no name)");
    format!("{} {name:?} ({})", image.id, facts.join(", "))
}
