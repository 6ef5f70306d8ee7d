//! Connects Terraform with the clouds' APIs: the configuration, the list of types, one folder per
//! cloud with one file per type.

#[macro_use]
mod settings;

mod azure;
mod batch;
pub mod clients;
mod contradiction;
mod deadline;
#[cfg(test)]
mod docs;
mod error;
mod functions;
mod hci;
mod horizon;
mod interval;
#[cfg(test)]
mod invariants;
mod pattern;
mod query_id;
mod selection;
mod ucloud;
mod write_only_version;

use std::sync::Arc;

use crate::tfplugin::config::Config;
use crate::tfplugin::data_source::AnyDataSource;
use crate::tfplugin::diagnostic::{Diagnostic, Result};
use crate::tfplugin::function::AnyFunction;
use crate::tfplugin::list_resource::AnyListResource;
use crate::tfplugin::provider::Provider;
use crate::tfplugin::resource_driver::AnyResource;

use clients::{Clients, Configuration};

/// The provider.
#[derive(Debug)]
pub struct CloudImages;

impl Provider for CloudImages {
    const NAME: &'static str = "cloudimages";
    const ADDRESS: &'static str = "registry.terraform.io/cloudimages/cloudimages";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Config = Configuration;
    type Clients = Clients;

    fn validate(&self, config: &Config<'_>, problems: &mut Vec<Diagnostic>) {
        clients::validate(config, problems);
    }

    fn configure(&self, config: Configuration, terraform_version: &str) -> Result<Clients> {
        let user_agent = user_agent(terraform_version, std::env::var("TF_APPEND_USER_AGENT").ok());
        let environment = Arc::new(|name: &str| std::env::var(name));
        Ok(Clients::new(config, user_agent, environment))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Clients>>> {
        vec![
            Box::new(hci::gallery_image::HciGalleryImage),
            Box::new(horizon::catalog_import::HorizonCatalogImport),
        ]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Clients>>> {
        vec![
            Box::new(batch::supported_image::BatchSupportedImage),
            Box::new(batch::supported_images::BatchSupportedImages),
            Box::new(hci::gallery_image_data::HciGalleryImage),
            Box::new(hci::gallery_image_data::HciGalleryImages),
            Box::new(horizon::image::HorizonImage),
            Box::new(horizon::image_sources::HorizonImageSources),
            Box::new(horizon::images::HorizonImages),
            Box::new(ucloud::image::UcloudImage),
            Box::new(ucloud::images::UcloudImages),
        ]
    }

    fn list_resources(&self) -> Vec<Arc<dyn AnyListResource<Clients>>> {
        vec![
            Arc::new(hci::gallery_image_list::HciGalleryImageList),
            Arc::new(horizon::catalog_import_list::HorizonCatalogImportList),
        ]
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![
            Box::new(functions::parse_gallery_image_id::ParseGalleryImageId),
            Box::new(functions::parse_image_urn::ParseImageUrn),
        ]
    }
}

/// The `User-Agent` of requests, in the form that Terraform's providers share.
fn user_agent(terraform_version: &str, appended: Option<String>) -> String {
    let terraform = match terraform_version {
        "" => "unknown",
        version => version,
    };
    let mut text = format!(
        "Terraform/{terraform} (+https://www.terraform.io) terraform-provider-{}/{}",
        CloudImages::NAME,
        CloudImages::VERSION
    );
    let appended = appended.unwrap_or_default();
    // A header cannot hold control characters.
    if !appended.trim().is_empty() && !appended.contains(|c: char| c.is_control()) {
        text.push(' ');
        text.push_str(appended.trim());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_agent_names_provider_and_terraform() {
        let version = CloudImages::VERSION;
        let plain = format!(
            "Terraform/1.11.4 (+https://www.terraform.io) terraform-provider-cloudimages/{version}"
        );
        assert_eq!(user_agent("1.11.4", None), plain);
        assert_eq!(user_agent("1.11.4", Some(" ci/7 ".to_owned())), format!("{plain} ci/7"));
    }
}
