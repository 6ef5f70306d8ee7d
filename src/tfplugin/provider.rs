//! A provider: its configuration, and the list of what it offers.

use std::sync::Arc;

use super::config::Config;
use super::data_source::AnyDataSource;
use super::diagnostic::{Diagnostic, Result};
use super::function::AnyFunction;
use super::list_resource::AnyListResource;
use super::model::Model;
use super::resource_driver::AnyResource;

/// What the `wire` module serves.
pub trait Provider: Send + Sync + Sized + 'static {
    /// The type name, which is also the prefix of all types.
    const NAME: &'static str;
    /// The address under which it is published.
    const ADDRESS: &'static str;
    /// The version.
    const VERSION: &'static str;
    /// The configuration. Its doc comment describes the provider.
    type Config: Model;
    /// What the configuration makes available to resources and data sources.
    type Clients: Send + Sync + 'static;

    /// Checks that concern several arguments at once. Each argument has been checked already.
    fn validate(&self, _config: &Config<'_>, _problems: &mut Vec<Diagnostic>) {}

    /// Takes the configuration. No network: most processes never use it.
    ///
    /// # Errors
    /// When the configuration is invalid for every use.
    fn configure(&self, config: Self::Config, terraform_version: &str) -> Result<Self::Clients>;

    /// The managed resources.
    fn resources(&self) -> Vec<Box<dyn AnyResource<Self::Clients>>>;
    /// The data sources.
    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Self::Clients>>>;
    /// The list resources. Each lists the objects of the managed resource of its name.
    fn list_resources(&self) -> Vec<Arc<dyn AnyListResource<Self::Clients>>> {
        Vec::new()
    }
    /// The functions.
    fn functions(&self) -> Vec<Box<dyn AnyFunction>>;
}
