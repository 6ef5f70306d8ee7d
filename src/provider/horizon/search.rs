//! What the data sources of images share: describing an image, and the client's errors.

use crate::cloud::horizon as api;
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;
use crate::provider::selection::Filter;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::Result;

use super::advice;

/// All images of the organization, or those of a name, sorted by name and id.
pub(super) async fn images(
    clients: &Clients,
    name: Option<&str>,
    context: &Context,
) -> Result<Vec<api::Image>> {
    let client = clients.horizon().client()?;
    client.images(name, &deadline(context)).await.map_err(advice::failure)
}

/// Whether a word of an image is the one that was asked for, if any was, in any case.
pub(super) fn is(wanted: &Option<String>, word: &Option<String>) -> bool {
    let Some(wanted) = wanted else { return true };
    word.as_deref().is_some_and(|word| word.eq_ignore_ascii_case(wanted))
}

/// Where a query is sent, for its id: address and organization.
pub(super) async fn place(clients: &Clients, context: &Context) -> Result<(String, String)> {
    let client = clients.horizon().client()?;
    let org_id = client.org_id(&deadline(context)).await.map_err(advice::failure)?;
    Ok((client.endpoint().to_string(), org_id))
}

/// The condition that the image has a name.
pub(super) fn named(name: &str) -> Filter<'_, api::Image> {
    Filter::new("name", format!("name = {name:?}"), move |image: &api::Image| image.name == name)
        .suggesting(name, |image| vec![&image.name])
}

/// An image in one line.
pub(super) fn describe(image: &api::Image) -> String {
    let facts = [&image.os, &image.status, &image.created_at];
    let facts: Vec<&str> = facts.into_iter().filter_map(|fact| fact.as_deref()).collect();
    format!("{} {:?} ({})", image.id, image.name, facts.join(", "))
}
