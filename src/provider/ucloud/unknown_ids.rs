//! Ids that the service did not return: they do not exist, or another filter excludes them.

use std::collections::BTreeSet;

use crate::cloud::ucloud as api;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Path, Result};
use crate::tfplugin::similarity::most_similar;

use super::search::Search;
use crate::provider::clients::Clients;

/// How many similar ids are suggested for an unknown one.
const SUGGESTED: usize = 3;

/// What ids of images usually begin with. It says nothing about similarity.
const PREFIX: &str = "uimage-";

/// The images that were asked for by their ids, exist, and are not among `images`, because filters
/// that the service applied exclude them.
///
/// # Errors
/// When there are ids that do not exist. They are named, whatever else matches.
pub(crate) async fn excluded(
    search: &Search,
    images: &[api::Image],
    clients: &Clients,
    context: &Context,
) -> Result<Vec<api::Image>> {
    let asked = search.arguments.image_ids.iter().flatten();
    let missing = without(asked, images);
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let excluded = match search.is_narrowed() {
        true => search.broadly(clients, context, missing.clone()).await?,
        false => Vec::new(),
    };
    let unknown = without(&missing, &excluded);
    if unknown.is_empty() {
        return Ok(excluded);
    }
    // To suggest what was meant. Errors do not matter here: another one is about to be reported.
    let all = search.broadly(clients, context, Vec::new()).await.unwrap_or_default();
    let detail = described(search, &unknown, &all);
    Err(Diagnostic::error("No image found", detail).at(Path::attribute("image_ids")).into())
}

/// The ids that none of the images has.
fn without<'a>(ids: impl IntoIterator<Item = &'a String>, images: &[api::Image]) -> Vec<String> {
    let known: BTreeSet<&str> = images.iter().map(|image| &*image.id).collect();
    ids.into_iter().filter(|id| !known.contains(id.as_str())).cloned().collect()
}

fn described(search: &Search, unknown: &[String], all: &[api::Image]) -> String {
    let mut within = vec![format!("region {}", search.query.region)];
    within.extend(search.query.project_id.iter().map(|project| format!("project {project}")));
    let these =
        if unknown.len() == 1 { "no image with this id" } else { "no images with these ids" };
    let mut text = format!("UCloud has {these} in {}: {}.", within.join(", "), unknown.join(", "));
    for id in unknown {
        let similar = similar(id, all);
        if !similar.is_empty() {
            text.push_str(&format!("\n\nSimilar to {id}: {}.", similar.join(", ")));
        }
    }
    text.push_str(
        "\n\nCheck the ids, `region` and `project_id`: an image belongs to one region, and a custom \
         image to one project.",
    );
    text
}

/// Existing ids that `id` may have been meant to be, with the names of the images.
fn similar(id: &str, all: &[api::Image]) -> Vec<String> {
    let random = |id: &str| id.strip_prefix(PREFIX).unwrap_or(id).to_owned();
    let known: BTreeSet<String> = all.iter().map(|image| random(&image.id)).collect();
    let similar = most_similar(&random(id), known.iter().map(String::as_str), SUGGESTED);
    let named = similar.into_iter().filter_map(|part| {
        let image = all.iter().find(|image| random(&image.id) == part)?;
        let name = image.name.as_deref().unwrap_or("(no name)");
        Some(format!("{} {name:?}", image.id))
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str) -> api::Image {
        let json = format!("{{\"ImageId\": {id:?}, \"ImageName\": \"Image {id}\"}}");
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn what_all_ids_begin_with_makes_none_of_them_similar() {
        let all = ["uimage-c079d5", "uimage-zzzzzz", "5d2f9a40e0c14a6e8b2f6a1c1b9f7a10"].map(named);
        assert_eq!(similar("uimage-c07gd5", &all), ["uimage-c079d5 \"Image uimage-c079d5\""]);
        assert_eq!(similar("uimage-qwertp", &all), Vec::<String>::new());
        let long = similar("5d2f9a40e0c14a6e8b2f6a1c1b9f7a11", &all);
        assert!(long[0].starts_with("5d2f9a40e0c14a6e8b2f6a1c1b9f7a10"), "{long:?}");
    }
}
