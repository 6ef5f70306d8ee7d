//! Where Terraform's ideas meet the clouds' APIs: the configuration, the list of what is offered,
//! one file per type.

mod batch;
mod batch_supported_image;
mod batch_supported_images;
pub mod configuration;
#[cfg(test)]
mod docs;
mod error;
mod hci;
mod hci_gallery_image;
mod hci_gallery_image_data;
mod image_path;
#[cfg(test)]
mod invariants;
mod parse_gallery_image_id;
mod parse_image_urn;
mod pattern;
mod selection;
mod ucloud;
mod ucloud_image;
mod ucloud_images;
mod version_of_write_only;

use std::sync::Arc;

use crate::cloud::Deadline;
use crate::tfplugin::config::Config;
use crate::tfplugin::context::Context;
use crate::tfplugin::data_source::AnyDataSource;
use crate::tfplugin::diagnostic::{Diagnostic, Result};
use crate::tfplugin::function::AnyFunction;
use crate::tfplugin::provider::Provider;
use crate::tfplugin::resource_driver::AnyResource;

use configuration::{Clients, Configuration};

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
        configuration::validate(config, problems);
    }

    fn configure(&self, config: Configuration, terraform_version: &str) -> Result<Clients> {
        let user_agent = user_agent(terraform_version, std::env::var("TF_APPEND_USER_AGENT").ok());
        let environment = Arc::new(|name: &str| std::env::var(name).ok());
        Ok(Clients::new(config, user_agent, environment))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Clients>>> {
        vec![Box::new(hci_gallery_image::HciGalleryImage)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Clients>>> {
        vec![
            Box::new(batch_supported_image::BatchSupportedImage),
            Box::new(batch_supported_images::BatchSupportedImages),
            Box::new(hci_gallery_image_data::HciGalleryImage),
            Box::new(hci_gallery_image_data::HciGalleryImages),
            Box::new(ucloud_image::UcloudImage),
            Box::new(ucloud_images::UcloudImages),
        ]
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![
            Box::new(parse_gallery_image_id::ParseGalleryImageId),
            Box::new(parse_image_urn::ParseImageUrn),
        ]
    }
}

/// How requests introduce themselves, in the form that Terraform's providers share.
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

/// The bounds of a call by Terraform.
pub(crate) fn deadline(context: &Context) -> Deadline {
    Deadline { at: context.deadline, within: context.timeout, stop: context.stop.clone() }
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
