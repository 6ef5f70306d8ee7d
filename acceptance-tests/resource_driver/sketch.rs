//! A provider with one resource and one function.

use std::sync::Arc;

use terraform_provider_cloudimages::model;
use terraform_provider_cloudimages::tfplugin::data_source::AnyDataSource;
use terraform_provider_cloudimages::tfplugin::diagnostic::Result;
use terraform_provider_cloudimages::tfplugin::function::{AnyFunction, Fault, Function};
use terraform_provider_cloudimages::tfplugin::provider::Provider;
use terraform_provider_cloudimages::tfplugin::resource_driver::AnyResource;

use super::cloud::Cloud;
use super::image::SketchImage;

/// The provider.
#[derive(Debug)]
pub(super) struct Sketch {
    pub(super) cloud: Arc<Cloud>,
}

model! {
    /// Nothing to configure.
    #[derive(Debug)]
    pub(super) struct Configuration {}
}

impl Provider for Sketch {
    const NAME: &'static str = "sketch";
    const ADDRESS: &'static str = "registry.terraform.io/cloudimages/sketch";
    const VERSION: &'static str = "0.0.0";
    type Config = Configuration;
    type Clients = Arc<Cloud>;

    fn configure(&self, _: Configuration, _: &str) -> Result<Arc<Cloud>> {
        Ok(Arc::clone(&self.cloud))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Arc<Cloud>>>> {
        vec![Box::new(SketchImage)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Arc<Cloud>>>> {
        Vec::new()
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![Box::new(Repeat)]
    }
}

model! {
    /// Repeats a text.
    #[derive(Debug)]
    pub(super) struct Parameters {
        /// What to repeat.
        text: String,
        /// How often.
        times: i64,
    }
}

/// A function that can be called wrongly.
struct Repeat;

impl Function for Repeat {
    const NAME: &'static str = "repeat";
    const SUMMARY: &'static str = "Repeats a text";
    type Parameters = Parameters;
    type Returns = String;

    fn call(&self, Parameters { text, times }: Parameters) -> std::result::Result<String, Fault> {
        let times = usize::try_from(times).map_err(|_| Fault {
            text: format!("A text cannot be repeated {times} times."),
            argument: Some(1),
        })?;
        Ok(text.repeat(times))
    }
}
