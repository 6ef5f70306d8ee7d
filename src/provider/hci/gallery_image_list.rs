//! The list resource `cloudimages_hci_gallery_image`, for `terraform query`.

use crate::cloud::Error;
use crate::cloud::azure::arm::ResourceId;
use crate::cloud::azure::hci::{ApiVersion, GALLERY_IMAGE, Image};
use crate::tfplugin::attr::Lenient;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::{Diagnostic, Result};
use crate::tfplugin::list_resource::{ListResource, Listing};

use super::gallery_image::{HciGalleryImage, adopt};
use super::target::{client, subscription};
use super::texts::ResourceGroup;
use crate::provider::azure::advice;
use crate::provider::azure::settings::SubscriptionId;
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;

model! {
    /// Lists the gallery images of Azure Local (Azure Stack HCI) in a subscription or resource group,
    /// to import them with `terraform query`.
    #[derive(Clone, Debug)]
    pub(crate) struct Inputs {
        /// Id of the subscription whose images are listed, a GUID. Default: the subscription of the
        /// provider configuration.
        pub subscription_id: Option<Lenient<SubscriptionId>>,
        /// Name of the resource group whose images are listed, in any case. Default: all resource
        /// groups of the subscription.
        pub resource_group_name: Option<Lenient<ResourceGroup>>,
    }
}

/// The list resource.
#[derive(Debug)]
pub(crate) struct HciGalleryImageList;

impl ListResource<Clients> for HciGalleryImageList {
    type Of = HciGalleryImage;
    type Inputs = Inputs;

    async fn list(
        &self,
        clients: &Clients,
        asked: Inputs,
        context: &Context,
        listing: &mut Listing<HciGalleryImage, Clients>,
    ) -> Result<()> {
        let deadline = deadline(context);
        let subscription = match &asked.subscription_id {
            Some(subscription) => subscription.as_str().to_owned(),
            None => subscription(clients, &deadline).await?,
        };
        let group = asked.resource_group_name.as_ref().map(Lenient::as_str);
        let client = client(clients)?;
        let explain = |error| advice::arm(error, clients);
        let mut pages = client.pages(&subscription, group, ApiVersion::Stable).map_err(explain)?;
        while let Some(page) = pages.next(&deadline).await.map_err(explain)? {
            for image in page {
                let id = match ResourceId::parse(&image.id, GALLERY_IMAGE) {
                    Ok(id) => id,
                    Err(error) => {
                        context.warn(skipped(&image, &error));
                        continue;
                    }
                };
                if !listing.push(id.part("name").to_owned(), &adopt(&id, &image)).await {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// An element of the list that cannot be imported does not hide the others.
fn skipped(image: &Image, error: &Error) -> Diagnostic {
    let detail = format!(
        "The service lists an image without a valid id, which is left out: {}. Its id is {:?}, \
         and its name {:?}.",
        error.message, image.id, image.name
    );
    Diagnostic::warning("An image is left out of the list", detail)
}
