//! `cloudimages_batch_supported_image`: the one image to use, or an error that says why not.

use std::collections::BTreeSet;

use time::{Duration, OffsetDateTime};

use crate::cloud::azure::batch as api;
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::{Diagnostic, Path, Result};

use super::arguments::{self, Arguments};
use super::image_attributes::Image;
use super::search::{Search, describe};
use crate::provider::clients::Clients;

/// An image whose support ends sooner gets a warning: notices have come ten months ahead, and a
/// pool needs time to move.
const NOTICE: Duration = Duration::days(90);

model! {
    /// Finds one image that Azure Batch supports for pools, with the node agent that it needs. The
    /// results can be passed to `azurerm_batch_pool` unchanged.
    ///
    /// An image must match all arguments that are set. Exactly one image must match. If none does,
    /// the error lists the nearest misses. If several match, the error lists them, unless
    /// `most_recent` is `true`. A result that is also an argument keeps the spelling of the
    /// configuration.
    ///
    /// A warning names the image if it is unverified and `verification_type` is not set, if its
    /// support ends within 90 days and neither `supported_until` nor `min_support_days` is set, or
    /// if `most_recent` chose it among images of several publishers and `publisher` is not set.
    ///
    /// See [List Supported Images](https://learn.microsoft.com/rest/api/batchservice/account/list-supported-images).
    #[derive(Clone, Debug)]
    pub(crate) struct One {
        /// Whether to return the most recent image if several match: x64 before arm64, then the
        /// latest end of support (none planned counts as the latest), `verified` before
        /// `unverified`, the highest node agent SKU id and the highest image SKU, comparing
        /// embedded numbers numerically, and generation 2 before generation 1 of the same SKU; ties
        /// are broken alphabetically. Default: `false`.
        pub most_recent: Option<bool>,
    }
}

model! {
    /// What identifies the query.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Identified {
        /// Identifier of the query. Equal queries have equal identifiers.
        pub id: String,
    }
}

/// The data source.
pub(crate) struct BatchSupportedImage;

impl DataSource<Clients> for BatchSupportedImage {
    const NAME: &'static str = "batch_supported_image";
    type Inputs = (Arguments, One);
    type Outputs = (Identified, Image);

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        arguments::validate(config, problems);
    }

    async fn read(
        &self,
        clients: &Clients,
        (arguments, one): Self::Inputs,
        context: &Context,
    ) -> Result<Self::Outputs> {
        let search = Search::new(clients, arguments)?;
        let images = search.images(clients, context).await?;
        let filters = search.filters();
        let mut found: Vec<_> = images.iter().filter(|image| filters.keeps(image)).collect();
        found.sort_by(|one, other| api::order::most_recent_first(one, other));
        let pick = match found.as_slice() {
            [] => return Err(search.nothing(images, clients, context).await),
            [only] => *only,
            [first, ..] if one.most_recent == Some(true) => *first,
            several => return Err(filters.too_many(several)),
        };
        warn_of_publishers(pick, &found, &search.arguments, context);
        warn_of(pick, &search.arguments, context);
        Ok((Identified { id: search.id() }, Image::from(pick.clone())))
    }
}

/// Warns if the image was chosen among those of several publishers: anyone can publish a newer image
/// of a popular name.
fn warn_of_publishers(
    pick: &api::Image,
    found: &[&api::Image],
    asked: &Arguments,
    context: &Context,
) {
    /// So many are named.
    const NAMED: usize = 10;
    // An image of a gallery has none.
    let publishers = found.iter().map(|image| image.publisher.to_lowercase());
    let publishers: BTreeSet<_> = publishers.filter(|publisher| !publisher.is_empty()).collect();
    if publishers.len() < 2 || asked.publisher.is_some() {
        return;
    }
    let named: Vec<_> = publishers.iter().take(NAMED).map(|name| format!("{name:?}")).collect();
    let more = match publishers.len() - named.len() {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    let detail = format!(
        "{}: `most_recent` chose this image among images of {} publishers ({}{more}). Another \
         publisher may offer a more recent one at any time. Set `publisher`, for example to {:?}.",
        describe(pick),
        publishers.len(),
        named.join(", "),
        pick.publisher
    );
    let warning = Diagnostic::warning("The image is one of several publishers' images", detail);
    context.warn(warning.at(Path::attribute("most_recent")));
}

/// Warns about drawbacks of the image, unless the arguments show that the user knows them.
fn warn_of(pick: &api::Image, asked: &Arguments, context: &Context) {
    if !pick.is_verified() && asked.verification_type.is_none() {
        let detail = format!(
            "{}: Azure Batch has not verified that this image works with its node agent. The image \
             may stop working if its publisher removes it. Set `verification_type = \"verified\"` \
             to exclude unverified images, or `verification_type = \"unverified\"` to accept them.",
            describe(pick)
        );
        context.warn(Diagnostic::warning("The image is unverified", detail));
    }
    let end = pick.end_of_life.as_ref().and_then(|end| end.at);
    let near = end.filter(|end| *end < OffsetDateTime::now_utc() + NOTICE);
    if let Some(end) = near
        && asked.supported_until.is_none()
        && asked.min_support_days.is_none()
    {
        let left = end - OffsetDateTime::now_utc();
        let (summary, when) = match left.whole_days() {
            _ if left.is_negative() => ("Image support has ended", "has ended".to_owned()),
            0 => ("Image support ends soon", "ends today".to_owned()),
            1 => ("Image support ends soon", "ends in 1 day".to_owned()),
            days => ("Image support ends soon", format!("ends in {days} days")),
        };
        let detail = format!(
            "{}: Azure Batch support for this image {when}. Set `supported_until` or \
             `min_support_days` to exclude such images.",
            describe(pick)
        );
        context.warn(Diagnostic::warning(summary, detail));
    }
}
