//! The Terraform side: what makes a process a provider. It could serve any provider.
//!
//! [`process`] runs as Terraform's child, [`wire`] handles its messages. The rest is the API for
//! authors of providers; it uses neither. Nothing here depends on a cloud.

pub mod attr;
pub mod config;
pub mod context;
pub mod data_source;
pub mod diagnostic;
#[cfg(test)]
pub(crate) mod docs;
pub mod function;
pub mod list_resource;
pub mod resource_driver;
pub mod similarity;
#[macro_use]
pub mod model;
pub mod moved;
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
