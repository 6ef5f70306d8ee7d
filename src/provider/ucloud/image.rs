//! `cloudimages_ucloud_image`: the one image that matches, or an error that says why not.

use std::collections::BTreeSet;

use crate::cloud::ucloud as api;
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Path, Result};
use crate::tfplugin::value::Value;

use super::arguments::{self, Arguments};
use super::image_attributes::Image;
use super::search::{INCONSISTENT, Listing, Search, describe};
use super::unknown_ids;
use crate::provider::clients::Clients;
use crate::provider::selection::{Filters, listed};

model! {
    /// Finds one virtual machine image that UCloud offers in a region.
    ///
    /// An image must match all arguments that are set. Exactly one image must match. If none does,
    /// the error lists how many images each filter removed and the nearest misses. If several
    /// match, the error lists them, unless `most_recent` is `true`. If UCloud announces more images
    /// than it sends, however often it is asked, the data source fails: a better match may be
    /// missing.
    ///
    /// See [DescribeImage](https://docs.ucloud.cn/api/uhost-api/describe_image).
    #[derive(Clone, Debug)]
    pub(crate) struct One {
        /// Whether to return the newest image if several match: the one with the latest
        /// `create_time`, then the smallest `id`, then the smallest `zone`. A warning names the
        /// image if it is a marketplace image and none of `image_type`, `vendor` and `image_ids` is
        /// set. Default: `false`.
        pub most_recent: Option<bool>,
    }
}

/// The data source.
pub(crate) struct UcloudImage;

impl DataSource<Clients> for UcloudImage {
    const NAME: &'static str = "ucloud_image";
    type Inputs = (Arguments, One);
    type Outputs = Image;

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        arguments::validate(config, problems);
        if matches!(config.0.get("image_ids"), Some(Value::List(ids)) if ids.is_empty()) {
            let detail = "`image_ids` is an empty set, so that no image can match. Give it at least \
                          one id, or use null to leave it out.";
            problems.push(Diagnostic::invalid(&Path::attribute("image_ids"), detail));
        }
    }

    async fn read(
        &self,
        clients: &Clients,
        (arguments, one): Self::Inputs,
        context: &Context,
    ) -> Result<Image> {
        let search = Search::new(clients, arguments, context).await?;
        let Listing { images, shortfall, .. } = search.images(clients, context).await?;
        if let Some(text) = shortfall {
            return Err(incomplete(&text));
        }
        let excluded = unknown_ids::excluded(&search, &images, clients, context).await?;
        let filters = search.filters();
        let found: Vec<_> = images.iter().filter(|image| filters.keeps(image)).collect();
        let pick = match found.as_slice() {
            [] if !excluded.is_empty() => {
                let images = [images, excluded].concat();
                return Err(exclude_all(&search, &images));
            }
            [] if images.is_empty() && search.is_narrowed() => {
                // Errors do not matter here: another one is about to be reported.
                let all = search.broadly(clients, context, Vec::new()).await.unwrap_or_default();
                return Err(search.all_filters().nothing(&all));
            }
            [] => return Err(filters.nothing(&images)),
            [only] => *only,
            // The listing is in the order that `most_recent` promises.
            [first, ..] if one.most_recent == Some(true) => *first,
            several => return Err(too_many(&search, &filters, several)),
        };
        search.warn_of_unreadable_dates(std::iter::once(pick), context);
        warn_if_unusable(pick, context);
        if one.most_recent == Some(true) {
            warn_if_anyones(pick, &search.arguments, context);
        }
        Ok(Image::from(pick.clone()))
    }
}

/// The error about a list that lacks images: one of those may be the one to find.
fn incomplete(text: &str) -> Failure {
    let detail = format!(
        "{text}\n\nTry again later. If that does not help, set `zone`, `image_type`, `os_type` or \
         `image_ids` to read fewer images. `cloudimages_ucloud_images` returns the images that come, \
         with a warning."
    );
    Diagnostic::error(INCONSISTENT, detail).into()
}

/// The error about ids whose images exist, but do not match the filters.
fn exclude_all(search: &Search, images: &[api::Image]) -> Failure {
    let ids: BTreeSet<&str> = images.iter().map(|image| &*image.id).collect();
    let (images_exist, them) = match ids.len() {
        1 => ("The image {} exists", "it"),
        _ => ("The images {} exist", "them"),
    };
    let ids: Vec<_> = ids.into_iter().collect();
    let exist = images_exist.replace("{}", &ids.join(", "));
    let Failure(mut errors) = search.all_filters().nothing(images);
    for error in &mut errors {
        error.detail = format!("{exist}, but other filters exclude {them}.\n\n{}", error.detail);
    }
    Failure(errors)
}

/// The error about several images that match. The zone may be all that they differ in.
fn too_many(search: &Search, filters: &Filters<'_, api::Image>, found: &[&api::Image]) -> Failure {
    let zones: BTreeSet<&str> = found.iter().filter_map(|image| image.zone.as_deref()).collect();
    let count = zones.len();
    if count < 2 || search.arguments.zone.is_some() {
        return filters.too_many(found);
    }
    let zones = listed(zones);
    let (first, rest) = (found[0], &found[1..]);
    if rest.iter().all(|image| image.id == first.id) {
        let lines: Vec<_> = found.iter().map(|image| format!("  {}", describe(image))).collect();
        let detail = format!(
            "{} exists in {count} zones, but exactly one image is needed. Set `zone` to one of \
             {zones}.\n\nCandidates:\n{}",
            first.id,
            lines.join("\n")
        );
        let error = Diagnostic::error("More than one image found", detail);
        return match search.arguments.image_ids {
            Some(_) => error.at(Path::attribute("image_ids")).into(),
            None => error.into(),
        };
    }
    let Failure(mut errors) = filters.too_many(found);
    for error in &mut errors {
        error.detail.push_str(&format!(
            "\n\nThe images are in {count} zones. To choose among those of one zone, set `zone` to \
             one of {zones}."
        ));
    }
    Failure(errors)
}

/// Warns of a marketplace image that nothing but its age has chosen: others can publish one whenever
/// they like.
fn warn_if_anyones(pick: &api::Image, asked: &Arguments, context: &Context) {
    let is_business =
        pick.image_type.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("Business"));
    let is_chosen =
        asked.image_type.is_some() || asked.vendor.is_some() || asked.image_ids.is_some();
    if !is_business || is_chosen {
        return;
    }
    let vendor = match pick.vendor.as_deref() {
        Some(vendor) if !vendor.is_empty() => format!(" of the vendor {vendor:?}"),
        _ => String::new(),
    };
    let detail = format!(
        "`most_recent` chose {}, a marketplace image{vendor}. A newer image of any vendor would be \
         chosen instead, and marketplace images may cost extra. Set `image_type` (\"Base\" for the \
         standard images of UCloud), `vendor` or `image_ids` to say which images you trust.",
        describe(pick)
    );
    context.warn(Diagnostic::warning("The newest image is a marketplace image", detail));
}

fn warn_if_unusable(pick: &api::Image, context: &Context) {
    let state = pick.state.as_deref().unwrap_or("unknown");
    if !state.eq_ignore_ascii_case("Available") {
        let detail = format!(
            "{} is in the state {state}. Hosts can be created only from images in the state \
             Available.",
            describe(pick)
        );
        context.warn(Diagnostic::warning("The image is not available", detail));
    }
}
