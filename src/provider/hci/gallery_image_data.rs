//! The data sources `cloudimages_hci_gallery_image` and `cloudimages_hci_gallery_images`.

use std::result::Result;

use crate::cloud::azure::hci::ApiVersion;
use crate::cloud::{Error, Kind, Stage};
use crate::tfplugin::attr::Lenient;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::DataSource;
use crate::tfplugin::diagnostic::{Failure, Path};
use crate::tfplugin::similarity::most_similar;

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

    async fn read(
        &self,
        clients: &Clients,
        asked: One,
        context: &Context,
    ) -> Result<Image, Failure> {
        let deadline = deadline(context);
        let subscription = subscription(clients, &deadline).await?;
        let (group, name) = (asked.resource_group_name.as_str(), asked.name.as_str());
        let id = image_id(&subscription, group, name)?;
        let images = client(clients)?;
        match images.get(&id, ApiVersion::Stable, &deadline).await {
            // The id that it returns may be spelled differently.
            Ok(image) => Ok(Image { id: id.to_string(), ..Image::from(image) }),
            Err(error) if is_missing(&error) => {
                let others = images.list(&subscription, Some(group), ApiVersion::Stable, &deadline);
                let others = others.await.map(|others| {
                    others.into_iter().map(|image| Image::from(image).name).collect()
                });
                let Failure(mut failures) =
                    advice::arm_with(error, clients, &missing(name, others));
                for failure in &mut failures {
                    failure.path = Path::attribute("name");
                }
                Err(Failure(failures))
            }
            Err(error) => Err(advice::arm(error, clients)),
        }
    }
}

/// How many names a message lists.
const NAMED: usize = 10;

/// Whether the resource group is there, but not the image.
fn is_missing(error: &Error) -> bool {
    let is_group = error.code.as_deref() == Some("ResourceGroupNotFound");
    error.kind == Kind::NotFound && error.stage == Stage::Call && !is_group
}

/// What to do about an image that is not there, with what may have been meant. The names may be
/// unreadable: that is not what the error is about.
fn missing(name: &str, names: Result<Vec<String>, Error>) -> String {
    let check = "Check `name` and `resource_group_name`";
    let Ok(mut names) = names else { return format!("{check}.") };
    names.sort();
    if names.is_empty() {
        return format!("{check}: the resource group contains no gallery images.");
    }
    let quoted = |names: &[&str]| {
        names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let similar = most_similar(name, names.iter().copied(), NAMED);
    if !similar.is_empty() {
        return format!("{check}. Similar names in the resource group: {}.", quoted(&similar));
    }
    let more = match names.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = quoted(&names[..names.len().min(NAMED)]);
    format!("{check}. Images in the resource group: {named}{more}.")
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

    async fn read(
        &self,
        clients: &Clients,
        asked: Many,
        context: &Context,
    ) -> Result<Found, Failure> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_offered_or_else_all_that_there_are() {
        let names = |names: &[&str]| Ok(names.iter().map(|name| (*name).to_owned()).collect());
        let many: Vec<String> = (0..12).map(|number| format!("image-{number:02}")).collect();
        for (names, end) in [
            (names(&["golden", "unlike"]), "Similar names in the resource group: \"golden\"."),
            (names(&["b", "a"]), "Images in the resource group: \"a\", \"b\"."),
            (Ok(many), "\"image-09\" and 2 more."),
            (names(&[]), "the resource group contains no gallery images."),
            (Err(Error::new(Kind::Denied, "ListGalleryImages", "no")), "`resource_group_name`."),
        ] {
            let said = missing("goldn", names);
            assert!(said.ends_with(end), "{said}");
        }
    }
}
