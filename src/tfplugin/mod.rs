//! The Terraform side: what makes a process a provider. It would serve any provider.
//!
//! [`process`] is about being Terraform's child, [`wire`] about its messages. The rest is what a
//! provider's author works with; it knows neither. Nothing here has heard of a cloud.

pub mod attr;
pub mod config;
pub mod context;
pub mod data_source;
pub mod diagnostic;
#[cfg(test)]
pub(crate) mod docs;
pub mod function;
pub mod resource_driver;
pub mod similarity;
#[macro_use]
pub mod model;
pub mod panics;
pub mod plan;
pub mod process;
pub mod provider;
pub mod range;
pub mod resource;
pub mod timeouts;
pub mod value;
pub mod wire;
#[macro_use]
pub mod string_enum;
