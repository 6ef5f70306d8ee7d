//! The list resource `cloudimages_horizon_catalog_import`, for `terraform query`.

use crate::cloud::Kind;
use crate::cloud::horizon::Snapshot;
use crate::tfplugin::context::Context;
use crate::tfplugin::diagnostic::Result;
use crate::tfplugin::list_resource::{ListResource, Listing};

use super::advice;
use super::catalog_import::{HorizonCatalogImport, adopt};
use super::search::{images, is};
use crate::provider::clients::Clients;
use crate::provider::deadline::deadline;

model! {
    /// Lists the images in the catalog of Horizon Cloud Service next-gen, to import them with
    /// `terraform query`. An image must match all arguments that are set. Default: all images of the
    /// organization.
    #[derive(Clone, Debug)]
    pub(crate) struct Inputs {
        /// Name of the image, exactly as it is written in the catalog.
        pub name: Option<String>,
        /// Type of the operating system, such as `WINDOWS` or `LINUX`, in any case.
        pub os_type: Option<String>,
        /// Status of the image, such as `IMPORT_COMPLETE` or `AVAILABLE`, in any case.
        pub status: Option<String>,
    }
}

/// The list resource.
#[derive(Debug)]
pub(crate) struct HorizonCatalogImportList;

impl ListResource<Clients> for HorizonCatalogImportList {
    type Of = HorizonCatalogImport;
    type Inputs = Inputs;

    async fn list(
        &self,
        clients: &Clients,
        asked: Inputs,
        context: &Context,
        listing: &mut Listing<HorizonCatalogImport, Clients>,
    ) -> Result<()> {
        let (client, deadline) = (clients.horizon().client()?, deadline(context));
        let org_id = client.org_id(&deadline).await.map_err(advice::failure)?;
        for image in images(clients, asked.name.as_deref(), context).await? {
            if !is(&asked.os_type, &image.os_type) || !is(&asked.status, &image.status) {
                continue;
            }
            let name = image.name.clone();
            let seen = if listing.wants_objects() {
                // The version and its copy are not in the list.
                match client.found(&image.id, None, &deadline).await {
                    Ok(seen) => seen,
                    // It was deleted since.
                    Err(error) if error.kind == Kind::NotFound => continue,
                    Err(error) => return Err(advice::failure(error)),
                }
            } else {
                Snapshot { image, ..Snapshot::default() }
            };
            if !listing.push(name, &adopt(&seen, org_id.clone())).await {
                break;
            }
        }
        Ok(())
    }
}
