//! What is asked of Batch, and the conditions that images have to meet.

use std::fmt::Write as _;

use time::{Duration, OffsetDateTime};

use crate::cloud::azure::batch::{self as api, Endpoint, Query};
use crate::tfplugin::attr::Verbatim;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Result};
use crate::tfplugin::range::Within;
use crate::tfplugin::string_enum::CaseInsensitive;

use super::advice;
use super::arguments::Arguments;
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;
use crate::provider::query_id::query_id;
use crate::provider::selection::{Filter, Filters};

/// What was asked.
pub(crate) struct Search {
    pub(crate) arguments: Arguments,
    endpoint: Endpoint,
    query: Query,
    /// Images have to be supported beyond this time.
    limit: Option<OffsetDateTime>,
}

impl Search {
    /// Completes the arguments from the provider's configuration.
    pub(crate) fn new(clients: &Clients, arguments: Arguments) -> Result<Self> {
        let endpoint = clients.batch().endpoint(arguments.account_endpoint.as_ref())?;
        let query = Query {
            api_version: arguments
                .api_version
                .clone()
                .unwrap_or_else(|| api::query::API_VERSION.to_owned()),
            filter: arguments.filter.clone(),
            os_type: arguments.os_type.map(|word| word.as_str().to_owned()),
            verification_type: arguments.verification_type.map(|word| word.as_str().to_owned()),
            node_agent_sku_id: arguments.node_agent_sku_id.clone(),
            max_results: arguments.max_results.map(Within::get),
            server_timeout_seconds: arguments.server_timeout_seconds.map(Within::get),
        };
        let days = arguments.min_support_days.map(|days| Duration::days(days.get()));
        let limit = match &arguments.supported_until {
            Some(until) => Some(until.0),
            None => days.map(|days| OffsetDateTime::now_utc() + days),
        };
        Ok(Self { arguments, endpoint, query, limit })
    }

    /// Asks the service; all pages, in the service's order, each image once.
    pub(crate) async fn images(
        &self,
        clients: &Clients,
        context: &Context,
    ) -> Result<Vec<api::Image>> {
        let listing = self.ask(clients, context, &self.query).await?;
        if let Some(warning) = odd(&listing.warnings) {
            context.warn(warning);
        }
        Ok(listing.images)
    }

    /// The error of a query for one image that found none among `images`. Names near misses, for
    /// which the service is asked once more: for what it was told to leave out.
    pub(crate) async fn nothing(
        &self,
        images: Vec<api::Image>,
        clients: &Clients,
        context: &Context,
    ) -> Failure {
        let filters = self.filters();
        let typed = Query {
            os_type: None,
            verification_type: None,
            node_agent_sku_id: None,
            ..self.query.clone()
        };
        let mut images = self.wider(images, &typed, clients, context).await;
        // Among misses that are equally near, one that is supported for long is of more use.
        images.sort_by(api::order::most_recent_first);
        if !images.is_empty() || self.query.filter.is_none() {
            return filters.nothing(&images);
        }
        let without = Query { filter: None, ..typed };
        let mut images = self.wider(images, &without, clients, context).await;
        images.sort_by(api::order::most_recent_first);
        filters.nothing_sent(&images)
    }

    /// What `query` finds, or `images` if it is the same query or fails. Its errors and warnings
    /// do not matter: another error is about to be reported.
    async fn wider(
        &self,
        images: Vec<api::Image>,
        query: &Query,
        clients: &Clients,
        context: &Context,
    ) -> Vec<api::Image> {
        if *query == self.query {
            return images;
        }
        self.ask(clients, context, query).await.map_or(images, |listing| listing.images)
    }

    async fn ask(
        &self,
        clients: &Clients,
        context: &Context,
        query: &Query,
    ) -> Result<api::SearchResult> {
        let client = clients.batch().client(self.endpoint.clone())?;
        let mut listing =
            client.supported_images(&deadline(context), query).await.map_err(|failure| {
                let failure = failure.fact("API version", &*query.api_version);
                advice::failure(failure, clients, query)
            })?;
        api::order::sort_and_deduplicate(&mut listing.images);
        Ok(listing)
    }

    /// The conditions, those first that the service was asked to apply too.
    pub(crate) fn filters(&self) -> Filters<'_, api::Image> {
        let mut filters = Filters::new(describe);
        let asked = &self.arguments;
        if let Some(filter) = &asked.filter {
            filters.sent("filter", format!("filter = {filter:?}"));
        }
        type Field = fn(&api::Image) -> &str;
        let verification = asked.verification_type.as_ref().map(CaseInsensitive::as_str);
        let architecture = asked.architecture.as_ref().map(CaseInsensitive::as_str);
        let fields: [(_, Option<&str>, Field); 7] = [
            ("os_type", asked.os_type.as_ref().map(CaseInsensitive::as_str), |i| &i.os_type),
            ("verification_type", verification, |i| &i.verification_type),
            ("node_agent_sku_id", asked.node_agent_sku_id.as_deref(), |i| &i.node_agent_sku_id),
            ("publisher", asked.publisher.as_deref(), |i| &i.publisher),
            ("offer", asked.offer.as_deref(), |i| &i.offer),
            ("sku", asked.sku.as_deref(), |i| &i.sku),
            ("architecture", architecture, api::Image::architecture),
        ];
        let suggest: [fn(&api::Image) -> Vec<&str>; 7] = [
            |i| vec![&i.os_type],
            |i| vec![&i.verification_type],
            |i| vec![&i.node_agent_sku_id],
            |i| vec![&i.publisher],
            |i| vec![&i.offer],
            |i| vec![&i.sku],
            |i| vec![i.architecture()],
        ];
        for ((name, wanted, value), suggest) in fields.into_iter().zip(suggest) {
            let Some(wanted) = wanted else { continue };
            let keep = move |image: &api::Image| value(image).eq_ignore_ascii_case(wanted);
            let filter = Filter::new(name, format!("{name} = {wanted:?}"), keep);
            filters.push(filter.suggesting(wanted, suggest));
        }
        self.push_others(&mut filters);
        filters
    }

    fn push_others<'a>(&'a self, filters: &mut Filters<'a, api::Image>) {
        let asked = &self.arguments;
        if let Some(pattern) = &asked.sku_regex {
            filters.push(Filter::pattern("sku_regex", pattern, |image| Some(&image.sku)));
        }
        let sets = [
            ("required_capabilities", &asked.required_capabilities, true),
            ("excluded_capabilities", &asked.excluded_capabilities, false),
        ];
        for (name, wanted, required) in sets {
            for capability in wanted.iter().flatten() {
                let keep = move |image: &api::Image| image.has(capability) == required;
                let filter = Filter::new(name, format!("{name} {capability:?}"), keep);
                filters.push(if required {
                    filter.suggesting(capability, |image| {
                        image.capabilities.iter().map(String::as_str).collect()
                    })
                } else {
                    filter
                });
            }
        }
        if let Some(limit) = self.limit {
            let (name, text) = match (&asked.supported_until, asked.min_support_days) {
                (None, Some(days)) => ("min_support_days", days.get::<i64>().to_string()),
                (until, _) => {
                    ("supported_until", format!("{:?}", until.as_ref().map_or("", Verbatim::text)))
                }
            };
            filters.push(Filter::new(
                name,
                format!("{name} = {text}"),
                move |image: &api::Image| {
                    let end = image.end_of_life.as_ref().and_then(|end| end.at);
                    end.is_none_or(|end| end > limit)
                },
            ));
        }
    }

    /// An id that is the same for the same query, wherever its parts came from.
    pub(crate) fn id(&self) -> String {
        let places = [
            ("account_endpoint", self.endpoint.url().as_str()),
            ("api_version", &self.query.api_version),
        ];
        query_id(&places, &self.arguments)
    }
}

/// One warning about all oddities.
fn odd(about: &[String]) -> Option<Diagnostic> {
    const NAMED: usize = 10;
    let (first, rest) = about.split_at(about.len().min(NAMED));
    let mut text = first.join("\n");
    if !rest.is_empty() {
        let _ = write!(text, "\nand {} more", rest.len());
    }
    (!first.is_empty())
        .then(|| Diagnostic::warning("Unexpected images in the response of Azure Batch", text))
}

/// An image in one line.
pub(crate) fn describe(image: &api::Image) -> String {
    let end = image.end_of_life.as_ref().map_or(String::new(), |end| {
        format!(", supported until {}", end.text.split('T').next().unwrap_or_default())
    });
    format!(
        "{} with agent {:?} ({}, {}{end})",
        image.urn(),
        image.node_agent_sku_id,
        image.os_type,
        image.verification_type
    )
}
