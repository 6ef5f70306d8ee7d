//! `cloudimages_horizon_image`: the one image that matches, or an error that says why not.

use std::cmp::Reverse;

use crate::cloud::horizon::{self as api, Phase, phase};
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::{Diagnostic, Path, Result};

use super::advice;
use super::image_attributes::Image;
use super::search::{describe, images, named};
use crate::cloud::Kind;
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;
use crate::provider::selection::Filters;

model! {
    /// Finds one image in the catalog of Horizon Cloud Service next-gen, by its id or by its name.
    ///
    /// If no image matches, the error lists the nearest misses. If several have the name, the error
    /// lists them, unless `most_recent` is `true`. A warning says when the image has failed or is
    /// disabled.
    #[derive(Clone, Debug)]
    pub(crate) struct One {
        /// Id of the image (stream id). Exactly one of `id` and `name` must be set.
        pub id: Option<String>,
        /// Name of the image, exactly as it is written in the catalog. Exactly one of `id` and `name`
        /// must be set.
        pub name: Option<String>,
        /// Whether to return the newest image if several match: the one with the latest
        /// `created_at`, then the smallest `id`. Default: `false`.
        pub most_recent: Option<bool>,
    }
}

/// The data source.
pub(crate) struct HorizonImage;

impl DataSource<Clients> for HorizonImage {
    const NAME: &'static str = "horizon_image";
    type Inputs = One;
    type Outputs = Image;

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        config.exactly_one(&["id", "name"], problems);
    }

    async fn read(&self, clients: &Clients, asked: One, context: &Context) -> Result<Image> {
        let pick = match (&asked.id, &asked.name) {
            (Some(id), _) => by_id(clients, id.as_str(), context).await?,
            (None, name) => {
                let name = name.as_deref().unwrap_or_default();
                by_name(clients, name, asked.most_recent == Some(true), context).await?
            }
        };
        warn_if_unusable(&pick, context);
        Ok(Image::from(pick))
    }
}

async fn by_id(clients: &Clients, id: &str, context: &Context) -> Result<api::Image> {
    match clients.horizon().client()?.image(id, &deadline(context)).await {
        Ok(image) => Ok(image),
        Err(error) if error.kind == Kind::NotFound => {
            let detail = format!(
                "There is no image {id} in the organization. The data source \
                 cloudimages_horizon_images lists the ids of all images."
            );
            Err(Diagnostic::error("No image found", detail).at(Path::attribute("id")).into())
        }
        Err(error) => Err(advice::failure(error)),
    }
}

async fn by_name(
    clients: &Clients,
    name: &str,
    most_recent: bool,
    context: &Context,
) -> Result<api::Image> {
    let mut found = images(clients, Some(name), context).await?;
    let mut filters = Filters::new(describe);
    filters.push(named(name));
    match found.as_slice() {
        [] => {
            // What it is called that comes close to it.
            let all = images(clients, None, context).await.unwrap_or_default();
            return Err(filters.nothing(&all));
        }
        [_] => {}
        _ if most_recent => {
            found.sort_by_cached_key(|image| (Reverse(image.created), image.id.clone()));
        }
        several => return Err(filters.too_many(&several.iter().collect::<Vec<_>>())),
    }
    Ok(found.swap_remove(0))
}

fn warn_if_unusable(pick: &api::Image, context: &Context) {
    let status = pick.status.as_deref().unwrap_or_default();
    let (summary, why) = match phase(status, false) {
        Phase::Failed => ("The image has failed", "pools cannot use it"),
        Phase::Disabled => ("The image is disabled", "pools cannot use it"),
        Phase::Deleting => ("The image is being deleted", "it is about to disappear"),
        _ => return,
    };
    let detail = format!("{} has the status {status}: {why}.", describe(pick));
    context.warn(Diagnostic::warning(summary, detail));
}
