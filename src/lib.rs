//! A Terraform provider for people who look after VM images.

pub mod cloud;
#[macro_use]
pub mod tfplugin;
pub mod provider;
