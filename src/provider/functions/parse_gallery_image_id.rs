//! `provider::cloudimages::parse_gallery_image_id`.

use crate::cloud::azure::arm::ResourceId;
use crate::cloud::azure::hci::GALLERY_IMAGE;
use crate::tfplugin::function::{Fault, Function};

model! {
    /// Parses the ARM id of a gallery image of Azure Local (Azure Stack HCI) and returns its parts.
    /// The id may be in any case; the case of the returned names is not changed.
    #[derive(Clone, Debug)]
    pub(crate) struct Parameters {
        /// ARM id of the gallery image:
        /// `/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.AzureStackHCI/galleryImages/{name}`.
        pub id: String,
    }
}

model! {
    /// The parts of the id.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Parts {
        /// Id of the subscription of the image.
        pub subscription_id: String,
        /// Name of the resource group of the image.
        pub resource_group_name: String,
        /// Name of the image.
        pub name: String,
    }
}

/// The function.
pub(crate) struct ParseGalleryImageId;

impl Function for ParseGalleryImageId {
    const NAME: &'static str = "parse_gallery_image_id";
    const SUMMARY: &'static str = "Parses the ARM id of a gallery image";
    type Parameters = Parameters;
    type Returns = Parts;

    fn call(&self, Parameters { id }: Parameters) -> Result<Parts, Fault> {
        let id = ResourceId::parse(&id, GALLERY_IMAGE)
            .map_err(|error| Fault { text: format!("{}.", error.message), argument: Some(0) })?;
        Ok(Parts {
            subscription_id: id.subscription_id().to_owned(),
            resource_group_name: id.part("resource group").to_owned(),
            name: id.part("name").to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(id: &str) -> Result<Parts, Fault> {
        Function::call(&ParseGalleryImageId, Parameters { id: id.to_owned() })
    }

    #[test]
    fn an_id_in_any_case_is_taken_apart() {
        let id = "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/resourcegroups/Rg-Edge\
                  /providers/microsoft.azurestackhci/galleryimages/golden";
        let parts = parse(id).unwrap();
        assert_eq!(parts.subscription_id, "00000000-0000-0000-0000-000000000001");
        assert_eq!(
            (parts.resource_group_name.as_str(), parts.name.as_str()),
            ("Rg-Edge", "golden")
        );
    }

    #[test]
    fn anything_else_is_an_error_about_the_argument() {
        let image = "/subscriptions/s/resourceGroups/r/providers/Microsoft.AzureStackHCI";
        for id in [
            String::new(),
            "golden".to_owned(),
            format!("{image}/galleryImages/golden/"),
            format!("{image}/marketplaceGalleryImages/golden"),
            format!("{image}/galleryImages"),
        ] {
            let fault = parse(&id).unwrap_err();
            assert_eq!(fault.argument, Some(0), "{id}");
            assert!(fault.text.contains("galleryImages/{name}"), "{}", fault.text);
        }
    }
}
