//! The data sources `cloudimages_hci_gallery_image` and `cloudimages_hci_gallery_images`.

use crate::cloud::azure::hci::ApiVersion;
use crate::tfplugin::attr::Lenient;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::Result;

use super::image_attributes::Image;
use super::target::{client, image_id, subscription};
use super::texts::{Name, ResourceGroup};
use crate::provider::azure::advice;
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;

model! {
    /// Reads a gallery image of Azure Local (Azure Stack HCI) by its name and resource group.
    #[derive(Clone, Debug)]
    pub(crate) struct One {
        /// Name of the image, in any case.
        pub name: Lenient<Name>,
        /// Name of the resource group of the image, in any case.
        pub resource_group_name: Lenient<ResourceGroup>,
    }
}

/// The singular data source.
pub(crate) struct HciGalleryImage;

impl DataSource<Clients> for HciGalleryImage {
    const NAME: &'static str = "hci_gallery_image";
    type Inputs = One;
    type Outputs = Image;

    async fn read(&self, clients: &Clients, asked: One, context: &Context) -> Result<Image> {
        let deadline = deadline(context);
        let subscription = subscription(clients, &deadline).await?;
        let (group, name) = (asked.resource_group_name.as_str(), asked.name.as_str());
        let id = image_id(&subscription, group, name)?;
        let image = client(clients)?.get(&id, ApiVersion::Stable, &deadline).await;
        let image = image.map_err(|failure| advice::arm(failure, clients))?;
        // The id that it returns may be spelled differently.
        Ok(Image { id: id.to_string(), ..Image::from(image) })
    }
}

model! {
    /// Lists the gallery images of Azure Local (Azure Stack HCI) in a subscription or resource
    /// group. All pages of the response are read.
    #[derive(Clone, Debug)]
    pub(crate) struct Many {
        /// Name of the resource group whose images are listed, in any case. Default: all resource
        /// groups of the subscription.
        pub resource_group_name: Option<Lenient<ResourceGroup>>,
    }
}

model! {
    /// What was found.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Found {
        /// Identifier of the query: the ARM id of the subscription or resource group whose images
        /// are listed.
        pub id: String,
        /// The images, sorted by `id`.
        pub images: Vec<Image>,
    }
}

/// The plural data source.
pub(crate) struct HciGalleryImages;

impl DataSource<Clients> for HciGalleryImages {
    const NAME: &'static str = "hci_gallery_images";
    type Inputs = Many;
    type Outputs = Found;

    async fn read(&self, clients: &Clients, asked: Many, context: &Context) -> Result<Found> {
        let deadline = deadline(context);
        let subscription = subscription(clients, &deadline).await?;
        let group = asked.resource_group_name.as_ref().map(Lenient::as_str);
        let listed =
            client(clients)?.list(&subscription, group, ApiVersion::Stable, &deadline).await;
        let listed = listed.map_err(|failure| advice::arm(failure, clients))?;
        let mut images: Vec<_> = listed.into_iter().map(Image::from).collect();
        images.sort_by(|one, other| one.id.cmp(&other.id));
        let group = group.map(|group| format!("/resourceGroups/{group}")).unwrap_or_default();
        Ok(Found { id: format!("/subscriptions/{subscription}{group}"), images })
    }
}
