//! Which image a call is about, and the client for it.

use crate::cloud::azure::arm::ResourceId;
use crate::cloud::azure::hci::{GALLERY_IMAGE, GalleryImages};
use crate::cloud::{Deadline, Error, Kind};
use crate::provider::azure::advice;
use crate::provider::clients::Clients;
use crate::tfplugin::diagnostic::{Diagnostic, Failure, Result};

/// The client of gallery images.
pub(crate) fn client(clients: &Clients) -> Result<GalleryImages> {
    clients.azure().gallery_images()
}

/// The subscription of calls.
pub(crate) async fn subscription(clients: &Clients, deadline: &Deadline) -> Result<String> {
    let login = clients.azure().login()?;
    login.subscription_id(deadline).await.map_err(|failure| advice::arm(failure, clients))
}

/// The id of the image `name`.
pub(crate) fn image_id(subscription: &str, group: &str, name: &str) -> Result<ResourceId> {
    ResourceId::new(GALLERY_IMAGE, &[subscription, group, name]).map_err(wrong_id)
}

/// An invalid id.
pub(crate) fn wrong_id(error: Error) -> Failure {
    debug_assert_eq!(error.kind, Kind::Invalid);
    let mut text = error.message.chars();
    let first = text.next().into_iter().flat_map(char::to_uppercase);
    let detail = format!("{}{}.", first.collect::<String>(), text.as_str());
    Diagnostic::error("Invalid id", detail).into()
}
