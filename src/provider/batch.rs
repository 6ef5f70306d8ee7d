//! What the two Batch data sources share: arguments, the image, filters and the look-up.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use crate::cloud::azure::batch::{self as api, Endpoint, Query};
use crate::tfplugin::attr::{Text, Verbatim};
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path, Result};
use crate::tfplugin::range::Within;
use crate::tfplugin::string_enum::CaseInsensitive;

use super::configuration::Clients;
use super::configuration::batch::AccountEndpoint;
use super::deadline;
use super::error;
use super::pattern::Pattern;
use super::selection::{Filter, Filters, query_id};

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

model! {
    /// An image that pools may use, with the node agent it needs.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Image {
        /// Publisher.
        pub publisher: Option<String>,
        /// Offer.
        pub offer: Option<String>,
        /// SKU.
        pub sku: Option<String>,
        /// Version, `latest` unless the service names another.
        pub version: String,
        /// Image as `publisher:offer:sku:version`, in the service's spelling.
        pub urn: String,
        /// Node agent that goes with the image.
        pub node_agent_sku_id: String,
        /// Operating system: `linux` or `windows`.
        pub os_type: String,
        /// Whether Batch has tested the image with its agent: `verified` or `unverified`.
        pub verification_type: String,
        /// Capabilities, such as `DockerCompatible`.
        pub capabilities: Vec<String>,
        /// When Batch stops supporting the image, as RFC 3339 in UTC. Null without a planned end.
        pub batch_support_end_of_life: Option<String>,
        /// Version that `latest` stands for, if the service says it.
        pub exact_version: Option<String>,
        /// Id of an image in a gallery of one's own.
        pub virtual_machine_image_id: Option<String>,
        /// Id of an image in a community gallery.
        pub community_gallery_image_id: Option<String>,
        /// Id of an image in a shared gallery.
        pub shared_gallery_image_id: Option<String>,
    }
}

impl From<api::Image> for Image {
    fn from(image: api::Image) -> Self {
        let urn = image.urn();
        let text = |text: String| (!text.is_empty()).then_some(text);
        let end = image.end_of_life.map(|end| {
            let utc =
                end.at.and_then(|at| at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok());
            utc.unwrap_or(end.text)
        });
        Self {
            publisher: text(image.publisher),
            offer: text(image.offer),
            sku: text(image.sku),
            version: image.version,
            urn,
            node_agent_sku_id: image.node_agent_sku_id,
            os_type: image.os_type,
            verification_type: image.verification_type,
            capabilities: image.capabilities,
            batch_support_end_of_life: end,
            exact_version: image.exact_version,
            virtual_machine_image_id: image.virtual_machine_image_id,
            community_gallery_image_id: image.community_gallery_image_id,
            shared_gallery_image_id: image.shared_gallery_image_id,
        }
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
        let images = self.wider(images, &typed, clients, context).await;
        if !images.is_empty() || self.query.filter.is_none() {
            return filters.nothing(&images);
        }
        let images = self.wider(images, &Query { filter: None, ..typed }, clients, context).await;
        filters.nothing_sent(&images)
    }

    /// What `query` finds, or `images` if that is no other query or fails. Its errors and warnings
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
                error::batch(failure, clients)
            })?;
        api::order::sort_and_deduplicate(&mut listing.images);
        Ok(listing)
    }

    /// The conditions, those first that the service was asked to apply too.
    pub(crate) fn filters(&self) -> Filters<'_, api::Image> {
        let mut filters = Filters::new(describe);
        let asked = &self.arguments;
        if let Some(filter) = &asked.filter {
            filters.sent(format!("filter = {filter:?}"));
        }
        type Field = fn(&api::Image) -> &str;
        let verification = asked.verification_type.as_ref().map(CaseInsensitive::as_str);
        let fields: [(_, Option<&str>, Field); 6] = [
            ("os_type", asked.os_type.as_ref().map(CaseInsensitive::as_str), |i| &i.os_type),
            ("verification_type", verification, |i| &i.verification_type),
            ("node_agent_sku_id", asked.node_agent_sku_id.as_deref(), |i| &i.node_agent_sku_id),
            ("publisher", asked.publisher.as_deref(), |i| &i.publisher),
            ("offer", asked.offer.as_deref(), |i| &i.offer),
            ("sku", asked.sku.as_deref(), |i| &i.sku),
        ];
        let suggest: [fn(&api::Image) -> Vec<&str>; 6] = [
            |i| vec![&i.os_type],
            |i| vec![&i.verification_type],
            |i| vec![&i.node_agent_sku_id],
            |i| vec![&i.publisher],
            |i| vec![&i.offer],
            |i| vec![&i.sku],
        ];
        for ((name, wanted, value), suggest) in fields.into_iter().zip(suggest) {
            let Some(wanted) = wanted else { continue };
            let keep = move |image: &api::Image| value(image).eq_ignore_ascii_case(wanted);
            let filter = Filter::new(format!("{name} = {wanted:?}"), keep);
            filters.push(filter.suggesting(wanted, suggest));
        }
        self.push_others(&mut filters);
        filters
    }

    fn push_others<'a>(&'a self, filters: &mut Filters<'a, api::Image>) {
        let asked = &self.arguments;
        if let Some(pattern) = &asked.sku_regex {
            let text = format!("sku_regex = {:?}", pattern.text());
            filters.push(Filter::new(text, |image: &api::Image| pattern.is_match(&image.sku)));
        }
        let sets = [
            ("required_capabilities", &asked.required_capabilities, true),
            ("excluded_capabilities", &asked.excluded_capabilities, false),
        ];
        for (name, wanted, required) in sets {
            for capability in wanted.iter().flatten() {
                let keep = move |image: &api::Image| image.has(capability) == required;
                let filter = Filter::new(format!("{name} {capability:?}"), keep);
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
            let text = match (&asked.supported_until, asked.min_support_days) {
                (None, Some(days)) => format!("min_support_days = {}", days.get::<i64>()),
                (until, _) => {
                    format!("supported_until = {:?}", until.as_ref().map_or("", Verbatim::text))
                }
            };
            filters.push(Filter::new(text, move |image: &api::Image| {
                let end = image.end_of_life.as_ref().and_then(|end| end.at);
                end.is_none_or(|end| end > limit)
            }));
        }
    }

    /// An id that is the same for the same query, wherever its parts came from.
    pub(crate) fn id(&self) -> String {
        let (url, version) = (self.endpoint.url(), &self.query.api_version);
        let completed =
            Arguments { account_endpoint: None, api_version: None, ..self.arguments.clone() };
        query_id(&format!("{url} {version:?} {completed:?}"))
    }
}

/// One warning about all that was odd, however much it is.
fn odd(about: &[String]) -> Option<Diagnostic> {
    const NAMED: usize = 10;
    let (first, rest) = about.split_at(about.len().min(NAMED));
    let mut text = first.join("\n");
    if !rest.is_empty() {
        let _ = write!(text, "\nand {} more", rest.len());
    }
    (!first.is_empty()).then(|| Diagnostic::warning("Odd images in the answer of Batch", text))
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
