//! `cloudimages_ucloud_image`: the one image that matches, or an error that says why not.

use crate::cloud::ucloud as api;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::{Diagnostic, Path, Result};

use super::arguments::Arguments;
use super::image_attributes::Image;
use super::search::{Search, describe};
use crate::provider::clients::Clients;

model! {
    /// Finds one virtual machine image that UCloud offers in a region.
    ///
    /// An image must match all arguments that are set. Exactly one image must match. If none does,
    /// the error lists how many images each filter removed and the nearest misses. If several
    /// match, the error lists them, unless `most_recent` is `true`.
    ///
    /// See [DescribeImage](https://docs.ucloud.cn/api/uhost-api/describe_image).
    #[derive(Clone, Debug)]
    pub(crate) struct One {
        /// Whether to return the newest image if several match: the one with the latest
        /// `create_time`, then the smallest `id`, then the smallest `zone`. Default: `false`.
        pub most_recent: Option<bool>,
    }
}

/// The data source.
pub(crate) struct UcloudImage;

impl DataSource<Clients> for UcloudImage {
    const NAME: &'static str = "ucloud_image";
    type Inputs = (Arguments, One);
    type Outputs = Image;

    async fn read(
        &self,
        clients: &Clients,
        (arguments, one): Self::Inputs,
        context: &Context,
    ) -> Result<Image> {
        let search = Search::new(clients, arguments, context).await?;
        let (images, _) = search.images(clients, context).await?;
        refuse_missing(&search, &images)?;
        let filters = search.filters();
        let found: Vec<_> = images.iter().filter(|image| filters.keeps(image)).collect();
        let pick = match found.as_slice() {
            [] if images.is_empty() => {
                return Err(filters.nothing(&search.broadly(clients, context).await));
            }
            [] => return Err(filters.nothing(&images)),
            [only] => *only,
            // The listing is in the order that `most_recent` promises.
            [first, ..] if one.most_recent == Some(true) => *first,
            several => return Err(filters.too_many(several)),
        };
        search.warn_of_unreadable_dates(std::iter::once(pick), context);
        warn_if_unusable(pick, context);
        Ok(Image::from(pick.clone()))
    }
}

/// Ids that were asked for and do not exist are named, whatever else matches.
fn refuse_missing(search: &Search, images: &[api::Image]) -> Result<()> {
    let Some(ids) = &search.arguments.image_ids else { return Ok(()) };
    let missing: Vec<_> = ids
        .iter()
        .filter(|id| !images.iter().any(|image| *image.id == ***id))
        .map(String::as_str)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut within = vec![format!("region {}", search.query.region)];
    within.extend(search.query.project_id.iter().map(|project| format!("project {project}")));
    within.extend(search.query.zone.iter().map(|zone| format!("zone {zone}")));
    let detail = format!(
        "UCloud did not return these images ({}): {}. Check the ids and the region, and whether \
         another argument excludes the images.",
        within.join(", "),
        missing.join(", ")
    );
    Err(Diagnostic::error("No image found", detail).at(Path::attribute("image_ids")).into())
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
