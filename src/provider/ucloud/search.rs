//! The query to UCloud, and the filters that images have to match.

use std::collections::BTreeSet;
use std::sync::Arc;

use time::Date;
use time::macros::format_description;

use crate::cloud::ucloud as api;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Result};
use crate::tfplugin::string_enum::CaseInsensitive;

use super::advice;
use super::arguments::{Arguments, ImageState};
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;
use crate::provider::query_id::query_id;
use crate::provider::selection::{Filter, Filters, has, listed};
use crate::provider::settings::{both, sentence, together};

/// The title of a report about a response that contradicts itself.
pub(crate) const INCONSISTENT: &str = "Inconsistent response from UCloud";

/// The images of a query.
#[derive(Default)]
pub(crate) struct Listing {
    pub(crate) images: Vec<api::Image>,
    /// How many images the service says there are.
    pub(crate) total_count: i64,
    /// A report of images that the service announces and does not send.
    pub(crate) shortfall: Option<String>,
}

/// The complete query, including the provider's region and project.
pub(crate) struct Search {
    pub(crate) arguments: Arguments,
    pub(crate) query: api::Query,
    endpoint: String,
}

impl Search {
    /// Completes the arguments from the provider's configuration.
    ///
    /// # Errors
    /// Everything that is missing or wrong there.
    pub(crate) async fn new(
        clients: &Clients,
        arguments: Arguments,
        context: &Context,
    ) -> Result<Self> {
        let settings = clients.ucloud();
        let region = match &arguments.region {
            Some(region) => Ok(region.clone()),
            None => settings.region(),
        };
        let project_id = match &arguments.project_id {
            Some(project) => Ok(Some(project.clone())),
            None => settings.project_id(),
        };
        let deadline = deadline(context);
        let client = settings.client(&deadline).await;
        let ((region, project_id), client) = together(both(region, project_id), client)?;
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
        Ok(Self { arguments, query, endpoint: client.endpoint().to_string() })
    }

    /// Queries the service. Returns all its images for this query, in the client's order.
    pub(crate) async fn images(&self, clients: &Clients, context: &Context) -> Result<Listing> {
        if self.arguments.image_ids.as_ref().is_some_and(BTreeSet::is_empty) {
            // No id can match; the service would ignore the empty list and return all.
            return Ok(Listing::default());
        }
        let client = clients.ucloud().client(&deadline(context)).await?;
        let listing = client
            .describe_image(&deadline(context), &self.query)
            .await
            .map_err(|failure| advice::failure(failure, &self.arguments))?;
        let api::SearchResult { images, total_count, warnings, shortfalls } =
            Arc::unwrap_or_clone(listing);
        for warning in warnings {
            context.warn(Diagnostic::warning(INCONSISTENT, sentence(&warning)));
        }
        let shortfall = shortfalls.iter().map(|text| sentence(text)).collect::<Vec<_>>().join(" ");
        let total_count = i64::try_from(total_count).unwrap_or(i64::MAX);
        let shortfall = (!shortfall.is_empty()).then_some(shortfall);
        Ok(Listing { images, total_count, shortfall })
    }

    /// Whether the service applied filters besides `image_ids`.
    pub(crate) fn is_narrowed(&self) -> bool {
        let asked = &self.query;
        [&asked.zone, &asked.image_type, &asked.func_type, &asked.os_type, &asked.tag]
            .into_iter()
            .any(Option::is_some)
    }

    /// The images with these ids, or all if there are none, without the other filters that the service
    /// applied: to tell what those left out.
    pub(crate) async fn broadly(
        &self,
        clients: &Clients,
        context: &Context,
        image_ids: Vec<String>,
    ) -> Result<Vec<api::Image>> {
        let broad = api::Query {
            zone: None,
            image_type: None,
            func_type: None,
            os_type: None,
            tag: None,
            image_ids,
            ..self.query.clone()
        };
        let deadline = deadline(context);
        let client = clients.ucloud().client(&deadline).await?;
        let listing = client.describe_image(&deadline, &broad).await;
        let listing = listing.map_err(|failure| advice::failure(failure, &self.arguments))?;
        Ok(Arc::unwrap_or_clone(listing).images)
    }

    /// The conditions, those first that the service was asked to apply too.
    pub(crate) fn filters(&self) -> Filters<'_, api::Image> {
        let mut filters = Filters::new(describe);
        if let Some(tag) = &self.arguments.tag {
            filters.sent("tag", format!("tag = {tag:?}"));
        }
        self.push_all(&mut filters);
        filters
    }

    /// The same for images of [`Search::broadly`], with the condition that only the service applies
    /// otherwise.
    pub(crate) fn all_filters(&self) -> Filters<'_, api::Image> {
        let mut filters = Filters::new(describe);
        if let Some(tag) = &self.arguments.tag {
            let keep = |image: &api::Image| image.tag.as_ref().is_none_or(|own| **own == **tag);
            filters.push(
                Filter::new("tag", format!("tag = {tag:?}"), keep)
                    .suggesting(tag, |image| image.tag.as_deref().into_iter().collect()),
            );
        }
        self.push_all(&mut filters);
        filters
    }

    fn push_all<'a>(&'a self, filters: &mut Filters<'a, api::Image>) {
        let asked = &self.arguments;
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
            let filter = Filter::new(name, format!("{name} = {wanted:?}"), move |image| {
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
            filters.push(Filter::new("image_ids", text, |image: &api::Image| {
                ids.contains(&*image.id)
            }));
        }
        self.push_names(filters);
        self.push_sets(filters);
        self.push_states(filters);
    }

    fn push_names<'a>(&'a self, filters: &mut Filters<'a, api::Image>) {
        let asked = &self.arguments;
        if let Some(name) = &asked.name {
            let keep = |image: &api::Image| image.name.as_deref() == Some(name);
            filters.push(
                Filter::new("name", format!("name = {name:?}"), keep)
                    .suggesting(name, |image| image.name.as_deref().into_iter().collect()),
            );
        }
        if let Some(vendor) = &asked.vendor {
            let keep = |image: &api::Image| image.vendor.as_deref() == Some(vendor);
            filters.push(
                Filter::new("vendor", format!("vendor = {vendor:?}"), keep)
                    .suggesting(vendor, |image| image.vendor.as_deref().into_iter().collect()),
            );
        }
        if let Some(pattern) = &asked.name_regex {
            filters.push(Filter::pattern("name_regex", pattern, |image| image.name.as_deref()));
        }
        if let Some(pattern) = &asked.os_name_regex {
            filters.push(Filter::pattern("os_name_regex", pattern, |i| i.os_name.as_deref()));
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
            // One filter for each value, so that a message can name the one that failed.
            for value in wanted.iter().flatten() {
                let keep = move |image: &api::Image| has(field(image), value) == required;
                let filter = Filter::new(name, format!("{name} {value:?}"), keep);
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
            filters.push(Filter::new("maintained_until", text, move |image: &api::Image| {
                end_of_maintenance(image).is_none_or(|end| end > limit)
            }));
        }
        let words = |words: &BTreeSet<CaseInsensitive<ImageState>>| {
            words.iter().map(CaseInsensitive::as_str).collect::<Vec<_>>()
        };
        let states = asked.states.as_ref().map_or_else(|| vec!["Available"], words);
        let text = format!("states = {}", listed(states.iter().copied()));
        filters.push(Filter::new("states", text, move |image: &api::Image| {
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
            2 => " This also applies to 1 other image.".to_owned(),
            count => format!(" This also applies to {} other images.", count - 1),
        };
        let text = format!(
            "{}: the end of maintenance {:?} is not a valid date (YYYY/MM/DD), so \
             `maintained_until` does not exclude the image.{more}",
            describe(first),
            first.maintain_eol.as_deref().unwrap_or_default()
        );
        context.warn(Diagnostic::warning("Invalid end of maintenance", text));
    }

    /// An id that is the same for the same query, wherever its parts came from.
    pub(crate) fn id(&self) -> String {
        let places = [
            ("endpoint", self.endpoint.as_str()),
            ("region", &self.query.region),
            ("project_id", self.query.project_id.as_deref().unwrap_or_default()),
        ];
        query_id(&places, &self.arguments)
    }
}

fn end_of_maintenance(image: &api::Image) -> Option<Date> {
    let text = image.maintain_eol.as_deref()?.trim();
    let (slashes, dashes) = (
        format_description!("[year]/[month padding:none]/[day padding:none]"),
        format_description!("[year]-[month padding:none]-[day padding:none]"),
    );
    Date::parse(text, slashes).or_else(|_| Date::parse(text, dashes)).ok()
}

/// An image in one line.
pub(crate) fn describe(image: &api::Image) -> String {
    let mut facts: Vec<&str> = Vec::new();
    facts.extend(image.zone.as_deref());
    facts.extend(image.os_type.as_deref());
    facts.extend(image.image_type.as_deref());
    // It is the reason why an image does not match.
    facts.push(image.state.as_deref().unwrap_or("no state"));
    let name = image.name.as_deref().unwrap_or("(no name)");
    format!("{} {name:?} ({})", image.id, facts.join(", "))
}
